// What can be said about a rule without running SQL: columns, types, parameters, references.
import { didYouMean, typeFamily } from '../base';
import { type Config, PipelineError, type Rule, type Table, findTable } from '../model';
import { ruleKind, ruleKinds } from './catalogue';
import type { RuleKind, RuleProblem } from './ruleKind';
import { columnType, ruleColumns, textList } from './types';

/**
 * Everything wrong with a rule that its JSON schema cannot say. Pure; SQL fragments and patterns are
 * checked by checkExpression and checkQuery.
 */
export function checkRule(rule: Rule, table: Table, config: Config): readonly RuleProblem[] {
  const kind = ruleKind(rule.kind);
  if (kind === undefined) {
    const names = ruleKinds.map((k) => k.name);
    return [
      {
        message: `There is no rule kind "${rule.kind}".`,
        remedy: didYouMean(rule.kind, names),
        key: 'rule',
        trouble: { kind: 'unknown-kind', name: rule.kind, known: names },
      },
    ];
  }
  try {
    const structural = [
      ...checkParameters(rule, kind),
      ...checkArity(rule, kind),
      ...checkColumns(rule, kind, table),
      ...checkSeverity(rule, kind),
    ];
    if (structural.length > 0) return structural;
    const types = checkTypes(rule, kind, table);
    if (types.length > 0) return types;
    return [...(kind.check?.(rule, table, config) ?? []), ...checkReference(rule, kind, table, config)];
  } catch (error) {
    // A value of a form that its schema refuses.
    if (!(error instanceof PipelineError)) throw error;
    return [{ message: error.message, remedy: error.remedy }];
  }
}

function checkParameters(rule: Rule, kind: RuleKind): readonly RuleProblem[] {
  const known = Object.keys(kind.parameters);
  const unknown = Object.keys(rule.parameters)
    .filter((key) => !known.includes(key))
    .map((key) => ({
      message: `The kind ${kind.name} has no "${key}".`,
      remedy: known.length === 0 ? 'Remove it.' : didYouMean(key, known),
      key,
      trouble: { kind: 'unknown-key' as const, name: key, known },
    }));
  const missing = (kind.required ?? [])
    .filter((key) => rule.parameters[key] === undefined)
    .map((key) => ({
      message: `The kind ${kind.name} needs "${key}".`,
      remedy: `Add "${key}".`,
      key: 'rule',
      trouble: { kind: 'missing-key' as const, keys: [key] },
    }));
  const none = kind.oneOf?.every((key) => rule.parameters[key] === undefined) === true;
  const empty = none
    ? [
        {
          message: `The kind ${kind.name} needs ${(kind.oneOf ?? []).map((key) => `"${key}"`).join(' or ')}.`,
          remedy: 'Add one of them, or both.',
          key: 'rule',
          trouble: { kind: 'missing-key' as const, keys: kind.oneOf ?? [] },
        },
      ]
    : [];
  return [...unknown, ...missing, ...empty];
}

function checkArity(rule: Rule, kind: RuleKind): readonly RuleProblem[] {
  const { min, max } = kind.columns;
  const count = rule.columns.length;
  if (count < min)
    return [
      {
        message: `The kind ${kind.name} needs a column.`,
        remedy: 'Add "column".',
        key: 'rule',
        trouble: { kind: 'missing-key', keys: ['column'] },
      },
    ];
  if (count > max)
    return [
      {
        message: `The kind ${kind.name} takes ${max === 0 ? 'no column' : 'one column'}, not ${count}.`,
        remedy: max === 0 ? 'Remove "column".' : 'Write one rule for each column.',
        key: count > 1 ? 'columns' : 'column',
        trouble: { kind: 'out-of-bounds' },
      },
    ];
  return [];
}

function checkColumns(rule: Rule, kind: RuleKind, table: Table): readonly RuleProblem[] {
  const known = ruleColumns(table).map((c) => c.name);
  const named: (readonly [string, string])[] = rule.columns.map((name) => [
    rule.lines['columns'] === undefined ? 'column' : 'columns',
    name,
  ]);
  for (const key of kind.columnParameters ?? [])
    for (const name of textList(rule, key)) named.push([key, name]);
  return named
    .filter(([, name]) => !known.includes(name))
    .map(([key, name]) => ({
      message: `Table ${table.name} has no column "${name}".`,
      remedy: didYouMean(name, known),
      key,
      entry: name,
      trouble: { kind: 'unknown-column', name, known },
    }));
}

function checkTypes(rule: Rule, kind: RuleKind, table: Table): readonly RuleProblem[] {
  const fitting = kind.types;
  if (fitting === undefined) return [];
  return rule.columns
    .filter((name) => !fitting.includes(typeFamily(columnType(table, name))))
    .map((name) => ({
      message: `The kind ${kind.name} does not fit column "${name}" of type ${columnType(table, name)}.`,
      remedy: `Use it on columns of type ${fitting.join(', ')}, or use the kind expression.`,
      key: rule.lines['columns'] === undefined ? 'column' : 'columns',
      entry: name,
      trouble: { kind: 'type-mismatch' },
    }));
}

function checkSeverity(rule: Rule, kind: RuleKind): readonly RuleProblem[] {
  const problems: RuleProblem[] = [];
  if (kind.filters === false && rule.filter !== undefined)
    problems.push({
      message: `"where" has no meaning for the kind ${kind.name}.`,
      remedy: 'Remove it.',
      key: 'where',
      trouble: { kind: 'needless-key' },
    });
  for (const key of ['error', 'warn'] as const) {
    const limit = rule[key];
    if (limit === undefined) continue;
    if (kind.meaning.level === 'metric')
      problems.push({
        message: `"${key}" limits failing rows; the kind ${kind.name} has none.`,
        remedy: 'Remove it and use the bounds of the kind.',
        key,
        trouble: { kind: 'needless-key' },
      });
    else if ('percent' in limit && limit.percent > 100)
      problems.push({
        message: `"${key}" is more than 100%.`,
        remedy: 'Write a percentage from 0% to 100%.',
        key,
        trouble: { kind: 'out-of-bounds' },
      });
    else if (key === 'error' && rule.severity !== 'error' && rule.onFail !== 'fail')
      problems.push({
        message: `"error" has no effect with severity ${rule.severity}.`,
        remedy: 'Remove it, or make the severity error.',
        key,
        trouble: { kind: 'needless-key' },
      });
    else if (key === 'warn' && rule.severity === 'info')
      problems.push({
        message: '"warn" has no effect with severity info.',
        remedy: 'Remove it, or make the severity warning.',
        key,
        trouble: { kind: 'needless-key' },
      });
  }
  return problems;
}

function checkReference(rule: Rule, kind: RuleKind, table: Table, config: Config): readonly RuleProblem[] {
  if (kind.meaning.level !== 'reference') return [];
  const target = kind.meaning.target(rule, config);
  const text = String(rule.parameters['to']);
  if (target === undefined) {
    const all = config.tables.flatMap((t) => t.columns.map((c) => `${t.name}.${c.name}`));
    return [
      {
        message: `"to" is "${text}", not a table and column of the config.`,
        remedy: didYouMean(text, all),
        key: 'to',
        trouble: { kind: 'unknown-reference', name: text, known: all },
      },
    ];
  }
  const own = columnType(table, rule.columns[0] ?? '');
  const other = findTable(config, target.table);
  const type = other === undefined ? own : columnType(other, target.column);
  if (typeFamily(own) === typeFamily(type)) return [];
  return [
    {
      message: `Column "${rule.columns[0] ?? ''}" (${own}) cannot refer to ${text} (${type}).`,
      remedy: 'Give both columns types of the same family in table_schemas.json.',
      key: 'to',
      trouble: { kind: 'type-mismatch' },
    },
  ];
}
