// Rejects files: rows kept out, what is wrong with them and enough to replay them, as Parquet.
import { quoteIdentifier, quoteLiteral } from '../base';
import { REJECT_COLUMNS } from '../lake';

/** SQL expression of each column of a reject; what is left out is NULL. */
export type RejectExpressions = Partial<Record<keyof typeof REJECT_COLUMNS, string>>;

/** SELECT of rejects in the columns, order and types that every rejects file has. */
export function selectRejects(expressions: RejectExpressions, from: string): string {
  const entries = Object.entries(REJECT_COLUMNS) as [keyof typeof REJECT_COLUMNS, string][];
  const columns = entries.map(
    ([name, type]) => `  CAST(${expressions[name] ?? 'NULL'} AS ${type}) AS ${quoteIdentifier(name)}`,
  );
  return `SELECT\n${columns.join(',\n')}\n${from}`;
}

/** SQL of a JSON object, as text, of the given names and expressions: the `record` of a reject. */
export function recordObject(entries: readonly { readonly name: string; readonly sql: string }[]): string {
  const pairs = entries.map(({ name, sql }) => `${quoteLiteral(name)}, ${sql}`);
  return `CAST(json_object(${pairs.join(', ')}) AS VARCHAR)`;
}

/** SQL list of the texts whose condition holds, in order. */
export function textsWhere(cases: readonly { readonly condition: string; readonly text: string }[]): string {
  if (cases.length === 0) return 'CAST([] AS VARCHAR[])';
  const items = cases.map(({ condition, text }) => `CASE WHEN ${condition} THEN ${text} END`);
  return `list_filter([${items.join(', ')}], lambda x: x IS NOT NULL)`;
}

/** SQL of a value in a sentence: quoted, cut to a readable length. */
export function shownValue(sql: string): string {
  return `'"' || CASE WHEN length(${sql}) > 100 THEN left(${sql}, 100) || '…' ELSE ${sql} END || '"'`;
}
