// What every look into a file begins with: is it there, what kind is it, errors in our words.
import { tmpdir } from 'node:os';
import { extname } from 'node:path';
import { type Connection, quoteIdentifier, quoteLiteral, quotePath } from '../../base';
import { PipelineError } from '../../model';
import { printable } from '../../report';
import { checkParquetFile, checkReadable, invalid, startsLikeParquet } from './parquetFile';

const PARQUET_EXTENSIONS: ReadonlySet<string> = new Set(['.parquet', '.parq', '.pq', '.pqt']);

/** The names under which a query finds the file. */
export const TABLE_NAMES = ['file', 'rows'] as const;

/**
 * Is the file Parquet, by its name or its first bytes? Anything else is taken for text.
 * @throws PipelineError NOT_FOUND | USAGE | PERMISSION | FILE_UNREADABLE, PARQUET_INVALID for one that is not whole.
 */
export async function kindOfFile(path: string): Promise<'parquet' | 'text'> {
  await checkReadable(path);
  const parquet = PARQUET_EXTENSIONS.has(extname(path).toLowerCase()) || (await startsLikeParquet(path));
  if (!parquet) return 'text';
  await checkParquetFile(path);
  return 'parquet';
}

/** A reading of the file as a table function; partition-like folder names on the way to it are no columns. */
export function readParquet(path: string, rowNumber = false): string {
  return `read_parquet(${quotePath(path)}, hive_partitioning = false${rowNumber ? ', file_row_number = true' : ''})`;
}

/** A column as DuckDB describes it. */
interface Typed {
  readonly name: string;
  readonly type: string;
}

/** Of a zone, the reader itself makes times that are. */
const ZONED = /\bTIME(?:STAMP)? WITH TIME ZONE\b/g;

/**
 * May a column hold times of day that are none, as a damaged or hostile file does? DuckDB writes times as text by
 * tables that end after a day: with others it reads beyond them, or crashes.
 */
export const holdsTimes = ({ type }: Pick<Typed, 'type'>): boolean =>
  /\bTIME(?:_NS)?\b/.test(type.replaceAll(ZONED, ''));

/**
 * All columns of a file of any origin, as a relation: a time of day that is none fails in words, and nested values
 * that hold times are replaced by a sentence.
 */
export function readSafely(path: string, columns: readonly Typed[], rowNumber = false): string {
  const read = readParquet(path, rowNumber);
  const guarded = columns.filter(holdsTimes).map(({ name, type }) => {
    const column = quoteIdentifier(name);
    const first = `${type} '00:00:00'`;
    const value = /^TIME(?:_NS)?$/.test(type)
      ? `CASE WHEN ${column} IS NULL OR ${column} BETWEEN ${first} AND ${type} '24:00:00' THEN ${column} ` +
        `ELSE error(${quoteLiteral(`column ${name} has a value that is no time of day`)}) END`
      : `CASE WHEN ${column} IS NOT NULL THEN 'Nested values with times of day are not shown.' END`;
    return `${value} AS ${column}`;
  });
  return guarded.length === 0 ? read : `(SELECT * REPLACE (${guarded.join(', ')}) FROM ${read})`;
}

/** Names and types of a query's columns; nothing is run on rows. */
export async function describe(connection: Connection, query: string): Promise<readonly Typed[]> {
  type Described = { readonly column_name: string; readonly column_type: string };
  const rows = await connection.rows<Described>(`DESCRIBE ${query}`);
  return rows.map((row) => ({ name: row.column_name, type: row.column_type }));
}

/** DuckDB's own message about a broken file comes with a remedy that fits layers only: the error in our words. */
export function inOurWords(path: string, error: unknown): unknown {
  if (!(error instanceof PipelineError)) return error;
  if (error.cause === undefined && error.code !== 'OUT_OF_MEMORY') return error;
  switch (error.code) {
    case 'PARQUET_INVALID':
    case 'DUCKDB':
      return invalid(path, `${printable(path)} cannot be read: ${bare(error.message)}`, error);
    case 'OUT_OF_MEMORY':
      return new PipelineError(
        'OUT_OF_MEMORY',
        `This takes more memory than a preview may use: ${bare(error.message)}`,
        'Show fewer columns, or filter the rows first.',
        { where: { file: path }, cause: error },
      );
    case 'DISK_FULL':
      return new PipelineError(
        'DISK_FULL',
        error.message,
        `Free space on the disk of ${tmpdir()}, where a preview keeps its temporary files.`,
        { where: { file: path }, cause: error },
      );
    default:
      return error;
  }
}

/** A query of a person's that fails on its rows, in our words; what is wrong with the file stays what it is. */
export function inQueryWords(path: string, error: unknown): unknown {
  if (!(error instanceof PipelineError) || error.code !== 'DUCKDB') return inOurWords(path, error);
  return new PipelineError(
    'SQL_INVALID',
    `The query fails: ${bare(error.message)}`,
    'Correct the query; TRY_CAST gives NULL where a value cannot be converted.',
    { cause: error },
  );
}

/** The message without the names DuckDB and its reader give the kind of their error. */
const bare = (message: string): string =>
  message.replace(/^(?:[A-Z]\w+ )+Error: /, '').replace(/^T\w+Exception: /, 'its footer is damaged: ');
