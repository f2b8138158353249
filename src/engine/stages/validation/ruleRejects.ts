// Rows that broke a rule and stay out of the warehouse: written for people, and read again by a later load.
import { type Connection, quoteIdentifier, quoteLiteral, quotePath } from '../../base';
import { type Rule, LINEAGE } from '../../model';
import { copyStatement } from '../parquet';
import { recordObject, selectRejects } from '../stageRejects';
import type { GoldColumn } from './goldView';

/**
 * The column these rejects have after REJECT_COLUMNS: the row's place in gold, from 0. File and record
 * number do not name a row of gold where two files of one name came for a date.
 */
export const GOLD_ROW = '_gold_row';

/** Rejected rows of `view`, in the order of gold, as a query in the shape of REJECT_COLUMNS plus GOLD_ROW. */
export function ruleRejectsSelect(
  view: string,
  rejects: string,
  columns: readonly GoldColumn[],
  rules: readonly Rule[],
): string {
  const own = columns.filter((c) => !LINEAGE.includes(c.name));
  const each = (text: (rule: Rule) => string, fallback: string): string =>
    `list_transform(rejected."rules", lambda id: ${lookUp(
      rules.map((r) => [r.id, text(r)]),
      fallback,
    )})`;
  const from = [
    `, gold."_row" AS ${quoteIdentifier(GOLD_ROW)}`,
    `FROM ${quoteIdentifier(view)} AS gold`,
    `JOIN ${quoteIdentifier(rejects)} AS rejected ON rejected."_row" = gold."_row"`,
    // A join cuts row groups as threads finish; sorted, the bytes are the same every time.
    'ORDER BY gold."_row"',
  ].join('\n');
  const named = (rule: Rule): string => `[${rule.columns.map(quoteLiteral).join(', ')}]`;
  return selectRejects(
    {
      _brand: 'gold."_brand"',
      _source_file: 'gold."_source_file"',
      _source_row: 'gold."_source_row"',
      code: quoteLiteral('RULE'),
      columns: `list_sort(list_distinct(flatten(${each(named, 'CAST([] AS VARCHAR[])')})))`,
      rules: 'rejected."rules"',
      reason: `array_to_string(${each((r) => quoteLiteral(inWords(r)), 'id')}, '; ')`,
      record: recordObject(
        own.map((c) => ({ name: c.name, sql: `CAST(gold.${quoteIdentifier(c.name)} AS VARCHAR)` })),
      ),
    },
    from,
  );
}

/** Writes the rejects file; gives its rows. */
export async function writeRejects(
  connection: Connection,
  path: string,
  query: string,
  signal: AbortSignal,
): Promise<number> {
  return connection.run(copyStatement(query, path), { signal });
}

/** Makes the temporary table of rejected rows from a rejects file of an earlier validation. */
export async function readRejects(connection: Connection, path: string, name: string): Promise<void> {
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE ${quoteIdentifier(name)} AS
SELECT ${quoteIdentifier(GOLD_ROW)} AS "_row", "rules"
FROM read_parquet(${quotePath(path)})`,
  );
}

/** `CASE id WHEN … THEN … ELSE fallback END`, or the fallback alone. */
function lookUp(entries: readonly (readonly [string, string])[], fallback: string): string {
  if (entries.length === 0) return fallback;
  const whens = entries.map(([id, value]) => `WHEN ${quoteLiteral(id)} THEN ${value}`);
  return `CASE id ${whens.join(' ')} ELSE ${fallback} END`;
}

function inWords(rule: Rule): string {
  if (rule.description !== '') return `${rule.id}: ${rule.description}`;
  const about = rule.columns.length === 0 ? '' : ` of ${rule.columns.join(', ')}`;
  return `breaks rule ${rule.id} (${rule.kind}${about})`;
}
