// The rejects of one stage as a relation: which are chosen, why they were kept out, and what became of them.
import { type Connection, quoteIdentifier, quoteLiteral, quotePath } from '../../base';
import { type DateKey, PipelineError, STAGES, type Stage } from '../../model';
import { type Lake, REJECT_COLUMNS } from '../../lake';
import { type RejectsFile, readDateDocument } from '../../report';
import { checkExpression } from '../../rules';
import type { RejectSelection, ReplayReason } from './model';

/** The chosen rejects, as they were before. */
export const BEFORE = 'm7_replay_before';

/** What names a record: two of one file differ by row, or by line where they never became rows. */
const IDENTITY = ['table', '_brand', '_source_file', '_source_row', 'line'] as const;

const among = (names: readonly string[] | undefined, name: string): boolean =>
  names === undefined || names.length === 0 || names.includes(name);

/** The published rejects of a stage and of the tables asked for; those not as they were published are left out. */
export async function rejectsOf(
  lake: Lake,
  date: DateKey,
  stage: Stage,
  tables: readonly string[] | undefined,
): Promise<readonly RejectsFile[]> {
  const { rejects } = await readDateDocument(lake, date, []);
  return rejects.filter((file) => file.stage === stage && among(tables, file.table));
}

/** All rows of the files with their table. */
export function rejectRowsSql(files: readonly RejectsFile[]): string {
  const names = Object.keys(REJECT_COLUMNS).map(quoteIdentifier).join(', ');
  if (files.length === 0) {
    const empty = Object.entries(REJECT_COLUMNS).map(
      ([name, type]) => `CAST(NULL AS ${type}) AS ${quoteIdentifier(name)}`,
    );
    return `SELECT CAST(NULL AS VARCHAR) AS "table", ${empty.join(', ')} WHERE false`;
  }
  return files
    .map(
      ({ table, path }) =>
        `SELECT ${quoteLiteral(table)} AS "table", ${names}\nFROM read_parquet(${quotePath(path)})`,
    )
    .join('\nUNION ALL\n');
}

/**
 * A condition over rejects as it may enter SQL; "true" without one.
 * @throws PipelineError SQL_INVALID
 */
export async function checkedWhere(connection: Connection, where: string | undefined): Promise<string> {
  if (where === undefined) return 'true';
  const columns = [
    { name: 'table', type: 'VARCHAR' },
    ...Object.entries(REJECT_COLUMNS).map(([name, type]) => ({ name, type })),
  ];
  const problem = await checkExpression(connection, where, columns, { gives: 'boolean' });
  if (problem !== null)
    throw new PipelineError('SQL_INVALID', `The condition is not valid: ${problem.message}`, problem.remedy);
  return `(${where}\n)`;
}

/** Keeps the chosen rejects in the session, to be compared with what comes after; gives their number. */
export async function keepChosen(
  connection: Connection,
  files: readonly RejectsFile[],
  selection: RejectSelection,
  signal: AbortSignal | undefined,
): Promise<number> {
  const condition = await checkedWhere(connection, selection.where);
  const brands =
    (selection.brands ?? []).length === 0
      ? 'true'
      : `"_brand" IN (${(selection.brands ?? []).map(quoteLiteral).join(', ')})`;
  await connection.run(
    [
      `CREATE OR REPLACE TEMP TABLE ${BEFORE} AS`,
      `SELECT * EXCLUDE ("record")`,
      `FROM (\n${rejectRowsSql(files)}\n)`,
      `WHERE ${brands}\n  AND ${condition}`,
    ].join('\n'),
    { signal },
  );
  const [row] = await connection.rows<{ n: number }>(`SELECT count(*) AS n FROM ${BEFORE}`);
  return row?.n ?? 0;
}

/** Tables of the chosen rejects. */
export async function chosenTables(connection: Connection): Promise<readonly string[]> {
  const rows = await connection.rows<{ name: string }>(
    `SELECT DISTINCT "table" AS name FROM ${BEFORE} ORDER BY ALL`,
  );
  return rows.map((row) => row.name);
}

/** The chosen rejects by reason, and what became of them; `after` undefined: the stage did not run. */
export async function reasonsOf(
  connection: Connection,
  after: { readonly same: readonly RejectsFile[]; readonly later: readonly RejectsFile[] } | undefined,
  signal: AbortSignal | undefined,
): Promise<{
  readonly reasons: readonly ReplayReason[];
  readonly still: number | null;
}> {
  const rows = await connection.rows<{
    table: string;
    brand: string | null;
    rule: string | null;
    code: string;
    columns: readonly string[] | null;
    before: number;
    still: number;
    later: number;
  }>(reasonsSql(after?.same ?? [], after?.later ?? []), { signal });
  const [total] = await connection.rows<{ still: number }>(
    `SELECT count(*) AS still FROM ${BEFORE} AS b\nSEMI JOIN (\n${rejectRowsSql(after?.same ?? [])}\n) AS a ON ${sameRecord(IDENTITY)}`,
    { signal },
  );
  const ran = after !== undefined;
  return {
    still: ran ? (total?.still ?? 0) : null,
    reasons: rows.map(({ table, brand, rule, code, columns, before, still, later }) => ({
      table,
      brand: brand ?? '',
      kind: rule === null ? 'code' : 'rule',
      what: rule ?? code,
      columns: columns ?? [],
      before,
      passed: ran ? before - still : null,
      rejected_later: ran ? later : null,
      still: ran ? still : null,
    })),
  };
}

/** The query of the reasons: each chosen row once per rule it broke, once by its code where it broke none. */
export function reasonsSql(same: readonly RejectsFile[], later: readonly RejectsFile[]): string {
  return [
    'SELECT "table", "_brand" AS brand, rule,',
    `  CASE WHEN rule IS NULL THEN "code" ELSE '' END AS code,`,
    '  CASE WHEN rule IS NULL THEN "columns" ELSE [] END AS columns,',
    '  count(*) AS before,',
    '  count(*) FILTER (still) AS still,',
    '  count(*) FILTER (NOT still AND later) AS later',
    'FROM (',
    '  SELECT b."table", b."_brand", b."code", b."columns",',
    '    unnest(CASE WHEN len(b."rules") > 0 THEN b."rules" ELSE [NULL] END) AS rule,',
    `    EXISTS (FROM (\n${rejectRowsSql(same)}\n) AS a WHERE ${sameRecord(IDENTITY)}) AS still,`,
    // A line that never became a row has no number by which a later stage knows it.
    `    EXISTS (FROM (\n${rejectRowsSql(later)}\n) AS a WHERE b."_source_row" IS NOT NULL AND ${sameRecord(IDENTITY.slice(0, 4))}) AS later`,
    `  FROM ${BEFORE} AS b`,
    ')',
    'GROUP BY ALL',
    'ORDER BY before DESC, "table", brand, rule NULLS LAST, code, columns',
  ].join('\n');
}

const sameRecord = (names: readonly string[]): string =>
  names
    .map((name) => `a.${quoteIdentifier(name)} IS NOT DISTINCT FROM b.${quoteIdentifier(name)}`)
    .join(' AND ');

/** The stage and those after it. */
export const fromStage = (stage: Stage): readonly Stage[] => STAGES.slice(STAGES.indexOf(stage));
