// Rules: the catalogue of kinds and everything derived from it, the guard of SQL fragments, the evaluation.
export type { NamedColumn } from './bind';
export { ruleKind, ruleKinds } from './catalogue';
export { COMMON_KEYS } from './common';
export { checkRule } from './checkRule';
export { kindMarkdown } from './docs';
export { evaluateRules } from './evaluate';
export type { Evaluation, EvaluationRequest } from './evaluation';
export { AGGREGATE_FUNCTIONS, SCALAR_FUNCTIONS } from './functions';
export { ruleJsonSchema } from './jsonSchema';
export { type LayerRows, type OtherTables, type RuleHistory, type RuleKind, levelOf } from './ruleKind';
export { derivedRuleId } from './ruleIds';
export { queryTables } from './prepare';
export type { SqlProblem } from './refusals';
export { checkExpression, checkQuery, inspectQuery } from './ruleSql';
export { nameOfToken, sqlTokens, textOfToken, withoutEnd } from './sqlTokens';
export { GIVEN_COLUMNS, ruleColumns } from './types';
export { exceeds, limitInWords } from './verdict';
