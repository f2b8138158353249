// Rows of a paused run that can be looked at page by page, or written to a file.
import { type Cell, type Connection, quoteIdentifier, quoteLiteral, quotePath, storedSql } from '../../base';
import type { NamedColumn } from '../../rules';

/** Rows in a fixed order. */
export interface PagedRows {
  readonly columns: readonly NamedColumn[];
  readonly rows: number;
  /** Rows from a position (from 0), as arrays in column order; of long values the beginning, as text. */
  page(start: number, count: number, signal?: AbortSignal): Promise<readonly (readonly Cell[])[]>;
  /** Writes all rows there are to a Parquet file and gives their number. @param path absolute, in the data folder. */
  write(path: string, signal?: AbortSignal): Promise<number>;
}

/** What stands in FROM, with its columns. */
export interface SqlSource {
  /** SQL that may stand behind FROM. */
  readonly from: string;
  readonly columns: readonly NamedColumn[];
}

/** Columns of what stands in FROM. */
export async function describedSource(
  connection: Connection,
  from: string,
  signal: AbortSignal | undefined,
): Promise<SqlSource> {
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
export async function pagedRowsOf(
  connection: Connection,
  source: SqlSource,
  signal: AbortSignal | undefined,
): Promise<PagedRows> {
  return {
    columns: source.columns,
    rows: await countRows(connection, source.from, signal),
    page: (start, count, one) =>
      count <= 0
        ? Promise.resolve([])
        : shownRows(connection, source, `LIMIT ${whole(count)} OFFSET ${whole(start)}`, one),
    write: (path, one) => writeRows(connection, source, path, one),
  };
}

/** Rows of a source whose `_row` is in a table; found by their numbers, so that a page reads few rows. */
export async function numberedRows(
  connection: Connection,
  source: SqlSource,
  numbers: string,
  signal: AbortSignal | undefined,
): Promise<PagedRows> {
  const table = quoteIdentifier(numbers);
  return {
    columns: source.columns,
    rows: await countRows(connection, table, signal),
    page: async (start, count, one) => {
      if (count <= 0) return [];
      const found = await connection.rows<{ n: number }>(
        `SELECT "_row" AS n FROM ${table} ORDER BY "_row" LIMIT ${whole(count)} OFFSET ${whole(start)}`,
        { signal: one },
      );
      if (found.length === 0) return [];
      const list = found.map(({ n }) => String(n)).join(', ');
      return shownRows(connection, source, `WHERE "_row" IN (${list}) ORDER BY "_row"`, one);
    },
    write: (path, one) => writeRows(connection, numbered(source, numbers), path, one),
  };
}

/** The rows of a source whose `_row` is in a table, in their order, as a source. */
export const numbered = (source: SqlSource, numbers: string): SqlSource => ({
  columns: source.columns,
  from: `(SELECT * FROM ${source.from} WHERE "_row" IN (SELECT "_row" FROM ${quoteIdentifier(numbers)}) ORDER BY "_row")`,
});

export async function countRows(
  connection: Connection,
  from: string,
  signal: AbortSignal | undefined,
): Promise<number> {
  const [counted] = await connection.rows<{ n: number }>(`SELECT count(*) AS n FROM ${from}`, { signal });
  return counted?.n ?? 0;
}

/** Writes what a source gives as Parquet. */
export function writeRows(
  connection: Connection,
  { from, columns }: SqlSource,
  path: string,
  signal: AbortSignal | undefined,
): Promise<number> {
  const items = columns.map(({ name, type }) => {
    const quoted = quoteIdentifier(name);
    return `${storedSql(quoted, type)} AS ${quoted}`;
  });
  return connection.run(
    `COPY (\nSELECT ${items.join(', ')}\nFROM ${from}\n) TO ${quoteLiteral(path)} (FORMAT parquet, COMPRESSION zstd)`,
    { signal },
  );
}

/** Characters of a value that are shown; what is longer can be written to a file. */
const SHOWN = 100_000;

async function shownRows(
  connection: Connection,
  { from, columns }: SqlSource,
  rest: string,
  signal: AbortSignal | undefined,
): Promise<readonly (readonly Cell[])[]> {
  // A value of hundreds of megabytes must not become one of this process.
  const items = columns.flatMap(({ name, type }) => {
    const quoted = quoteIdentifier(name);
    const long = longText(quoted, type);
    return long === undefined
      ? [quoted]
      : [`CASE WHEN NOT ${long.is} THEN ${quoted} END`, `CASE WHEN ${long.is} THEN ${long.text} END`];
  });
  const { rows } = await connection.table(`SELECT ${items.join(', ')} FROM ${from} ${rest}`, { signal });
  return rows.map((row) => {
    let at = 0;
    return columns.map(({ name, type }) => {
      const value = row[at++] ?? null;
      if (longText(name, type) === undefined) return value;
      return row[at++] ?? value;
    });
  });
}

/** SQL of whether a value is too long to be shown, and of its beginning; undefined: none of this type is. */
function longText(sql: string, type: string): { readonly is: string; readonly text: string } | undefined {
  const cut = (text: string): string =>
    `left(${text}, ${SHOWN}) || '… (' || CAST(length(${text}) AS VARCHAR) || ' characters in all)'`;
  if (type === 'BLOB') {
    const bytes = SHOWN / 4;
    return {
      is: `octet_length(${sql}) > ${bytes}`,
      text: `CAST(${sql}[1:${bytes}] AS VARCHAR) || '… (' || CAST(octet_length(${sql}) AS VARCHAR) || ' bytes in all)'`,
    };
  }
  if (['VARCHAR', 'JSON', 'BIT', 'BIGNUM'].includes(type)) {
    const text = type === 'VARCHAR' ? sql : `CAST(${sql} AS VARCHAR)`;
    return { is: `strlen(${text}) > ${SHOWN}`, text: cut(text) };
  }
  if (!/\]$|^(?:STRUCT|MAP|UNION|VARIANT)\b/.test(type)) return undefined;
  const text = `CAST(${sql} AS VARCHAR)`;
  return { is: `strlen(${text}) > ${SHOWN}`, text: cut(text) };
}

const whole = (n: number): string => String(Math.max(0, Math.trunc(n)));
