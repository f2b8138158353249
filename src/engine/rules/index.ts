// Rules: the catalogue of kinds and everything derived from it, the guard of SQL fragments, the evaluation.
export { ruleKind, ruleKinds } from './catalogue';
export { checkRule, didYouMean } from './check';
export { kindMarkdown, ruleDocsMarkdown } from './docs';
export { evaluateRules } from './evaluate';
export { ruleJsonSchema } from './jsonSchema';
export { levelOf } from './kind';
export type {
  LayerRows,
  OtherTables,
  ParameterSchema,
  RuleHistory,
  RuleKind,
  RuleLevel,
  RuleProblem,
  TypeFamily,
} from './kind';
export { derivedRuleId } from './names';
export { checkExpression, checkQuery, checkTypes, type NamedColumn, type SqlProblem } from './sql';
export { LINEAGE_COLUMNS, ruleColumns, typeFamily } from './types';
export type { Evaluation, EvaluationRequest } from './evaluation';
