// Rows of a paused run that can be looked at page by page.
import { quoteIdentifier, quotePath, type Cell, type Connection } from '../duckdb';
import type { NamedColumn } from '../rules/bind';

/** Rows in a fixed order. */
export interface Relation {
  readonly columns: readonly NamedColumn[];
  readonly rows: number;
  /** Rows from a position (from 0), as arrays in column order. */
  page(start: number, count: number, signal?: AbortSignal): Promise<readonly (readonly Cell[])[]>;
}

/** What stands in FROM, with its columns. */
export interface Source {
  /** SQL that may stand behind FROM. */
  readonly from: string;
  readonly columns: readonly NamedColumn[];
}

/** Columns of what stands in FROM. */
export async function sourceOf(
  connection: Connection,
  from: string,
  signal: AbortSignal | undefined,
): Promise<Source> {
  const found = await connection.rows<{ column_name: string; column_type: string }>(
    `DESCRIBE SELECT * FROM ${from}`,
    { signal },
  );
  return { from, columns: found.map((row) => ({ name: row.column_name, type: row.column_type })) };
}

/** Parquet files as one, by the names of their columns; undefined: there is none. */
export function filesSource(paths: readonly string[]): string | undefined {
  if (paths.length === 0) return undefined;
  return `read_parquet([${paths.map(quotePath).join(', ')}], union_by_name = true)`;
}

/** The rows of a source, in the order in which it gives them. */
export async function relationOf(
  connection: Connection,
  source: Source,
  signal: AbortSignal | undefined,
  known?: number,
): Promise<Relation> {
  const rows = known ?? (await countRows(connection, source, signal));
  return {
    columns: source.columns,
    rows,
    page: async (start, count, one) =>
      count <= 0
        ? []
        : (
            await connection.table(
              `SELECT ${namesOf(source)} FROM ${source.from} LIMIT ${whole(count)} OFFSET ${whole(start)}`,
              { signal: one },
            )
          ).rows,
  };
}

/** Rows of a source whose `_row` stands in a table; found by their numbers, so that a page reads few rows. */
export async function numberedRows(
  connection: Connection,
  source: Source,
  numbers: string,
  signal: AbortSignal | undefined,
): Promise<Relation> {
  const table = quoteIdentifier(numbers);
  return {
    columns: source.columns,
    rows: await countRows(connection, { from: table, columns: [] }, signal),
    page: async (start, count, one) => {
      if (count <= 0) return [];
      const found = await connection.rows<{ n: number }>(
        `SELECT "_row" AS n FROM ${table} ORDER BY "_row" LIMIT ${whole(count)} OFFSET ${whole(start)}`,
        { signal: one },
      );
      if (found.length === 0) return [];
      const list = found.map(({ n }) => String(n)).join(', ');
      const query = `SELECT ${namesOf(source)} FROM ${source.from} WHERE "_row" IN (${list}) ORDER BY "_row"`;
      return (await connection.table(query, { signal: one })).rows;
    },
  };
}

async function countRows(
  connection: Connection,
  source: Source,
  signal: AbortSignal | undefined,
): Promise<number> {
  const [counted] = await connection.rows<{ n: number }>(`SELECT count(*) AS n FROM ${source.from}`, {
    signal,
  });
  return counted?.n ?? 0;
}

const namesOf = (source: Source): string => source.columns.map((c) => quoteIdentifier(c.name)).join(', ');

const whole = (n: number): string => String(Math.max(0, Math.trunc(n)));
