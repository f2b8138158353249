// Rejected rows, counted by reason and brand from the rejects files themselves.
import { readDateDocument } from './stored';
import type { DateKey } from '../model';
import type { Lake } from '../lake';
import { type Connection, ofWorkspace, quoteLiteral, quotePath, withSession } from '../base';
import type { RejectCount, RejectsFile } from './model';

/**
 * Counts of all files, most rows first; equal counts in the order of their names.
 * @param connection of an instance that may read the data folder.
 * @throws PipelineError CANCELLED; PARQUET_INVALID | DUCKDB for a file that can no longer be read.
 */
async function countRejects(
  connection: Connection,
  files: readonly RejectsFile[],
  signal?: AbortSignal,
): Promise<readonly RejectCount[]> {
  if (files.length === 0) return [];
  const rows = await connection.rows<{
    stage: RejectCount['stage'];
    table: string;
    brand: string;
    rule: string | null;
    code: string;
    columns: readonly string[] | null;
    rows: number;
  }>(countsSql(files), { signal });
  return rows.map(({ rule, code, columns, ...row }) => ({
    ...row,
    kind: rule === null ? 'code' : 'rule',
    what: rule ?? code,
    columns: columns ?? [],
  }));
}

/** The query of the counts: each row once per rule it breaks, once by its code where it breaks none. */
function countsSql(files: readonly RejectsFile[]): string {
  const each = files.map(({ stage, table, path }) =>
    [
      'SELECT',
      `  ${quoteLiteral(stage)} AS stage,`,
      `  ${quoteLiteral(table)} AS "table",`,
      `  "_brand" AS brand,`,
      '  unnest(CASE WHEN len("rules") > 0 THEN "rules" ELSE [NULL] END) AS rule,',
      '  "code",',
      '  "columns"',
      `FROM read_parquet(${quotePath(path)})`,
    ].join('\n'),
  );
  return [
    'SELECT',
    '  stage,',
    '  "table",',
    `  coalesce(brand, '') AS brand,`,
    '  rule,',
    `  CASE WHEN rule IS NULL THEN "code" ELSE '' END AS code,`,
    '  CASE WHEN rule IS NULL THEN "columns" ELSE [] END AS columns,',
    '  count(*) AS rows',
    'FROM (',
    each.join('\nUNION ALL\n'),
    ')',
    'GROUP BY ALL',
    'ORDER BY rows DESC, stage, "table", rule NULLS LAST, code, columns, brand',
  ].join('\n');
}

/** Rejected rows of a date, by reason and brand; see rejectCounts.ts. */
export async function rejectCounts(
  lake: Lake,
  date: DateKey,
  signal?: AbortSignal,
): Promise<readonly RejectCount[]> {
  const { rejects } = await readDateDocument(lake, date);
  if (rejects.length === 0) return [];
  return withSession(ofWorkspace(lake.settings), (connection) => countRejects(connection, rejects, signal));
}
