// Rows that share their primary key: found by the key alone, marked by a bit per row of each silver file.
import { totalmem } from 'node:os';
import { type Connection, bytesOf, quoteIdentifier } from '../../base';
import type { Table } from '../../model';
import { internalNames } from '../freeNames';
import { selectFrom } from '../select';
import { allRows, keyMissing, type GoldQuery } from './consolidate';

/** Names of what the search leaves in the session while it runs. */
const DUPLICATE_KEYS = 'm7_duplicate_keys';
const DUPLICATE_ROWS = 'm7_duplicate_rows';
const VARIABLE = 'm7_duplicates_';

/** One of `of` equal parts of all keys, by their hash. */
export interface Slice {
  readonly index: number;
  readonly of: number;
}

/**
 * Primary keys of more than one row. Keys alone: what else is asked here is kept for every row of the table.
 * With several slices each statement groups its part of the keys and adds to what the first one made.
 */
export function duplicateKeys(query: GoldQuery, slice: Slice = { index: 0, of: 1 }): string {
  const keys = query.table.primaryKey.map(quoteIdentifier).join(', ');
  const head =
    slice.index === 0
      ? `CREATE OR REPLACE TEMPORARY TABLE ${DUPLICATE_KEYS} AS`
      : `INSERT INTO ${DUPLICATE_KEYS}`;
  const part = slice.of === 1 ? '' : ` AND hash(${keys}) % ${slice.of} = ${slice.index}`;
  return `${head}
SELECT ${keys}
FROM (
${allRows(query)}
)
WHERE NOT (${keyMissing(query.table)})${part}
GROUP BY ${keys}
HAVING count(*) > 1`;
}

/** Memory that grouping one key takes at its peak: the row, its hash, and a table that has just doubled. */
const BYTES_PER_KEY = 160;

/**
 * In how many slices the keys are grouped, so that one fits in half the memory limit: DuckDB's hash table
 * must hold all groups of a query at once. Reading the key columns once more costs little.
 */
export function slicesFor(rows: number, memoryLimit: string | undefined): number {
  const bytes = (memoryLimit === undefined ? undefined : bytesOf(memoryLimit)) ?? totalmem() / 2;
  return Math.max(1, Math.ceil((rows * BYTES_PER_KEY) / (bytes / 2)));
}

/** Positions of the rows to leave out: of each key all but the one that wins, or all of them. */
export function duplicateRows(query: GoldQuery): string {
  const keys = query.table.primaryKey.map(quoteIdentifier).join(', ');
  const order = winnerFirst(query.table, query.position);
  const candidates = `SELECT ${query.position}${order === undefined ? '' : `, row_number() OVER (PARTITION BY ${keys} ORDER BY ${order}) AS ${rank(query)}`}
FROM (
${allRows(query)}
)
SEMI JOIN ${DUPLICATE_KEYS} USING (${keys})`;
  const wrapped =
    order === undefined
      ? candidates
      : `SELECT ${query.position}\nFROM (\n${candidates}\n)\nWHERE ${rank(query)} > 1`;
  return `CREATE OR REPLACE TEMPORARY TABLE ${DUPLICATE_ROWS} AS\n${wrapped}`;
}

function rank(query: GoldQuery): string {
  return quoteIdentifier(internalNames(query.columns)('rank'));
}

/** ORDER BY of the rows of one key, the winner first; undefined where none wins. */
function winnerFirst(table: Table, position: string): string | undefined {
  const { deduplicate } = table;
  switch (deduplicate) {
    case 'last':
      return `${position} DESC`;
    case 'first':
      return position;
    case 'error':
    case 'none':
      return undefined;
    default:
      // Checked when the config was loaded; the line break ends a comment at its end.
      return `${deduplicate.orderBy}\n, ${position}`;
  }
}

/** Sets the variable of a source's bits; NULL where it has no duplicates. */
function duplicateBits(before: number, rows: number, position: string, variable: string): string {
  return `SET VARIABLE ${variable} = (
${selectFrom([`bitstring_agg(${position} - ${before}, 0, ${rows - 1})`], `FROM ${DUPLICATE_ROWS}`)}
WHERE ${position} BETWEEN ${before} AND ${before + rows - 1}
)`;
}

/**
 * Looks for duplicate keys and marks the rows to leave out in session variables, one per source; cleared by
 * forgetDuplicates.
 * @returns for each source its variable, undefined where it has none of them.
 */
export async function findDuplicates(
  connection: Connection,
  query: GoldQuery,
  memoryLimit: string | undefined,
  signal: AbortSignal,
): Promise<readonly (string | undefined)[]> {
  const none = query.sources.map(() => undefined);
  if (query.table.primaryKey.length === 0 || query.table.deduplicate === 'none') return none;
  const of = slicesFor(
    query.sources.reduce((sum, source) => sum + source.rows, 0),
    memoryLimit,
  );
  for (let index = 0; index < of; index++)
    await connection.run(duplicateKeys(query, { index, of }), { signal });
  const [found] = await connection.rows<{ n: number }>(`SELECT count(*) AS n FROM ${DUPLICATE_KEYS}`, {
    signal,
  });
  if (found?.n === 0) return none;
  await connection.run(duplicateRows(query), { signal });

  const variables: (string | undefined)[] = [];
  let before = 0;
  for (const [i, source] of query.sources.entries()) {
    const variable = `${VARIABLE}${i + 1}`;
    let any = false;
    if (source.rows > 0) {
      await connection.run(duplicateBits(before, source.rows, query.position, variable), { signal });
      const [set] = await connection.rows<{ any: boolean }>(
        `SELECT getvariable('${variable}') IS NOT NULL AS "any"`,
        { signal },
      );
      any = set?.any === true;
    }
    variables.push(any ? variable : undefined);
    before += source.rows;
  }
  return variables;
}

/** Frees what findDuplicates left in the session; never cancelled. */
export async function forgetDuplicates(connection: Connection, sources: number): Promise<void> {
  await connection.run(`DROP TABLE IF EXISTS ${DUPLICATE_KEYS}`);
  await connection.run(`DROP TABLE IF EXISTS ${DUPLICATE_ROWS}`);
  for (let i = 1; i <= sources; i++) await connection.run(`RESET VARIABLE ${VARIABLE}${i}`);
}
