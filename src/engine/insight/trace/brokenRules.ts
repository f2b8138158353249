// Which rules one row of gold breaks: those that kept it out as they are on record, the others by evaluating them.
import { type Connection, quoteIdentifier } from '../../base';
import type { Lake, Manifest } from '../../lake';
import { brandsThere, type Config, type Report, type Rule, type Settings, type Table } from '../../model';
import { evaluateRules, ruleKind } from '../../rules';
import { aroundGold, goldColumns, goldView } from '../../stages';
import type { BrokenRule } from './model';

const ALL = 'm7_trace_gold';
const ONE = 'm7_trace_row';

interface RuleContext {
  readonly config: Config;
  readonly settings: Settings;
  readonly lake: Lake;
}

export interface GoldRow {
  readonly table: Table;
  readonly gold: Manifest;
  /** The row's place in gold, from 0. */
  readonly position: number;
  /** Of the validation of this gold. */
  readonly report: Report;
  /** Rules that kept the row out, as the rejects tell. */
  readonly rejected: readonly string[];
}

/**
 * All rules the row breaks, in the order of the report. Of rules that no row breaks, and of measures of the whole
 * table, nothing is evaluated; a rule of single rows is asked of this row alone.
 * @throws what evaluateRules throws.
 */
export async function brokenRules(
  context: RuleContext,
  connection: Connection,
  row: GoldRow,
  signal: AbortSignal,
): Promise<readonly BrokenRule[]> {
  const { table, gold, report, rejected } = row;
  const suspects = report.findings.flatMap((finding) => {
    if (finding.failing === 0 || rejected.includes(finding.id)) return [];
    const rule = context.config.rules.find((one) => one.table === table.name && one.id === finding.id);
    return rule?.enabled === true ? [rule] : [];
  });
  const broken = new Set(rejected);
  // Rules are SQL of the folder: without trust what is on record must do.
  if (suspects.length > 0 && context.settings.trusted) {
    const path = context.lake.absolute(gold.output.path);
    await connection.run(
      goldView(ALL, path, await goldColumns(connection, path), brandsThere(context.config)),
    );
    await connection.run(
      `CREATE OR REPLACE TEMP VIEW ${quoteIdentifier(ONE)} AS SELECT * FROM ${quoteIdentifier(ALL)} WHERE "_row" = ${row.position}`,
    );
    const alone = suspects.filter((rule) => asksOneRow(rule, context.config));
    const together = suspects.filter((rule) => !alone.includes(rule));
    for (const [relation, rules] of [
      [ONE, alone],
      [ALL, together],
    ] as const)
      for (const id of await breaks(context, connection, row, { relation, rules }, signal)) broken.add(id);
  }
  return report.findings.flatMap((finding) => {
    if (!broken.has(finding.id)) return [];
    const { id, rule, columns, severity, description } = finding;
    return [{ id, rule, columns, severity, rejects: rejected.includes(id), description: description ?? '' }];
  });
}

/** Is the row itself all that the rule asks of its table? */
function asksOneRow(rule: Rule, config: Config): boolean {
  const meaning = ruleKind(rule.kind)?.meaning;
  if (meaning === undefined) return false;
  switch (meaning.level) {
    case 'row':
      return true;
    case 'reference': {
      const target = meaning.target(rule, config);
      return target !== undefined && (target.table !== rule.table || target.at !== 'same');
    }
    case 'measured':
    case 'table':
    case 'query':
    case 'metric':
      return false;
    default:
      return meaning satisfies never;
  }
}

async function breaks(
  context: RuleContext,
  connection: Connection,
  { table, gold, position }: GoldRow,
  { relation, rules }: { readonly relation: string; readonly rules: readonly Rule[] },
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (rules.length === 0) return [];
  const { rejectsTable } = await evaluateRules({
    ...aroundGold(context, table, gold),
    ...{ connection, rules, relation, signal },
    progress: () => undefined,
    everyRow: 'write',
  });
  if (rejectsTable === undefined) return [];
  const [found] = await connection.rows<{ rules: readonly string[] }>(
    `SELECT rules FROM ${quoteIdentifier(rejectsTable)} WHERE "_row" = ${position}`,
    { signal },
  );
  await connection.run(`DROP TABLE temp.${quoteIdentifier(rejectsTable)}`);
  return found?.rules ?? [];
}
