// The SQL of a load into the embedded warehouse, and its questions about tables.
import { type Connection, quoteIdentifier, quoteLiteral } from '../base';
import { isoDate } from '../model';
import type { LoadRequest } from './contract';
import { DATE_COLUMN, qualified, type Target } from './target';

/** Name under which the file is attached. */
export const ATTACHED = 'warehouse';

/** Rows of one date; the date is `$1`. */
export function countDate(target: Target): string {
  return `SELECT count(*) AS n\nFROM ${qualified(target, ATTACHED)}\nWHERE ${quoteIdentifier(DATE_COLUMN)} = CAST($1 AS DATE)`;
}

/** Removes one date; the date is `$1`. */
export function deleteDate(target: Target): string {
  return `DELETE FROM ${qualified(target, ATTACHED)}\nWHERE ${quoteIdentifier(DATE_COLUMN)} = CAST($1 AS DATE)`;
}

/** Copies the accepted rows of the view of gold into the target. */
export function insertAccepted(
  target: Target,
  request: Pick<LoadRequest, 'source' | 'rejects' | 'date'>,
): string {
  const values = target.columns.map((column) =>
    column.name === DATE_COLUMN
      ? `DATE ${quoteLiteral(isoDate(request.date))}`
      : `gold.${quoteIdentifier(column.source)}`,
  );
  return [
    `INSERT INTO ${qualified(target, ATTACHED)} (`,
    target.columns.map((c) => `  ${quoteIdentifier(c.name)}`).join(',\n'),
    ')',
    'SELECT',
    values.map((v) => `  ${v}`).join(',\n'),
    `FROM ${quoteIdentifier(request.source)} AS gold`,
    ...(request.rejects === undefined
      ? []
      : [`ANTI JOIN ${quoteIdentifier(request.rejects)} AS rejected ON rejected."_row" = gold."_row"`]),
  ].join('\n');
}

/** Upper-case column names and types of a table in the warehouse; empty where there is no such table. */
export async function columnsOf(
  connection: Connection,
  target: Target,
): Promise<ReadonlyMap<string, string>> {
  const rows = await connection.rows<{ column_name: string; data_type: string }>(
    `SELECT column_name, data_type
FROM duckdb_columns()
WHERE database_name = $1 AND upper(schema_name) = upper($2) AND upper(table_name) = upper($3)`,
    { values: [ATTACHED, target.schema, target.name] },
  );
  return new Map(rows.map((row) => [row.column_name.toUpperCase(), row.data_type]));
}

/** The target's types in DuckDB's spelling, so that INT and INTEGER are no difference. */
export async function spelled(connection: Connection, target: Target): Promise<readonly string[]> {
  const nulls = target.columns.map((c, i) => `CAST(NULL AS ${c.type}) AS c${i}`);
  const rows = await connection.rows<{ column_type: string }>(`DESCRIBE SELECT ${nulls.join(', ')}`);
  return rows.map((row) => row.column_type);
}
