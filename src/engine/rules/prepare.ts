// Before a rule is evaluated: is it right for its table, and may its SQL enter ours?
import type { Connection } from '../base';
import type { Config, Rule, Table } from '../model';
import { ruleKind } from './catalogue';
import { checkRule } from './checkRule';
import type { RuleKind } from './ruleKind';
import { checkExpression, checkQuery, expressionColumns, type NamedColumn } from './ruleSql';
import { ruleColumns, textList } from './types';

/** A rule that may be evaluated, or why not. */
export type PreparedRule =
  | {
      readonly rule: Rule;
      readonly kind: RuleKind;
      readonly refused: undefined;
      readonly shown: readonly string[];
    }
  | {
      readonly rule: Rule;
      readonly refused: { readonly status: 'error' | 'skipped'; readonly message: string };
    };

/** Names under which a `sql` rule reads: this table as `rows` and by its own name, and all others. */
export function queryTables(table: Table, config: Config): ReadonlyMap<string, readonly NamedColumn[]> {
  const own = [{ name: '_row', type: 'BIGINT' }, ...ruleColumns(table)];
  const others = config.tables
    .filter((t) => t.name !== table.name && t.name.toLowerCase() !== 'rows')
    .map((t) => [t.name, ruleColumns(t).filter((c) => c.name !== 'brand_code')] as const);
  const named = table.name.toLowerCase() === 'rows' ? [] : [[table.name, own] as const];
  return new Map<string, readonly NamedColumn[]>([['rows', own], ...named, ...others]);
}

/** Checks a rule and its fragments against the table; the catalogue's word is final even if the config was checked before. */
export async function prepare(
  connection: Connection,
  rule: Rule,
  table: Table,
  config: Config,
): Promise<PreparedRule> {
  if (!rule.enabled) return { rule, refused: { status: 'skipped', message: 'The rule is switched off.' } };
  const kind = ruleKind(rule.kind);
  const [wrong] = checkRule(rule, table, config);
  if (kind === undefined || wrong !== undefined) return refuse(rule, wrong);
  const columns = ruleColumns(table);
  if (rule.filter !== undefined) {
    const problem = await checkExpression(connection, rule.filter, columns, { gives: 'boolean' });
    if (problem !== null) return refuse(rule, { ...problem, message: `where: ${problem.message}` });
  }
  const expression = rule.parameters['expression'];
  if (typeof expression === 'string') {
    const problem = await checkExpression(connection, expression, columns, { gives: 'boolean' });
    if (problem !== null) return refuse(rule, problem);
  }
  if (kind.meaning.level === 'query') {
    const problem = await checkQuery(connection, kind.meaning.sql(rule), queryTables(table, config));
    if (problem !== null) return refuse(rule, problem);
  }
  const named =
    typeof expression === 'string' ? await expressionColumns(connection, expression, columns) : [];
  const parameters = (kind.columnParameters ?? []).flatMap((key) => textList(rule, key));
  const shown = [...new Set([...rule.columns, ...named, ...parameters, ...table.primaryKey])];
  // A primary key may name a column that the config's check has yet to refuse.
  return {
    rule,
    kind,
    refused: undefined,
    shown: shown.filter((name) => columns.some((c) => c.name === name)),
  };
}

function refuse(
  rule: Rule,
  problem: { readonly message: string; readonly remedy: string } | undefined,
): PreparedRule {
  const message =
    problem === undefined ? `There is no rule kind "${rule.kind}".` : `${problem.message} ${problem.remedy}`;
  return { rule, refused: { status: 'error', message } };
}
