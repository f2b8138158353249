// What every look into a file begins with: is it there, what kind is it, a folder for intermediates, errors in our words.
import { readdirSync, rmSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { quotePath, type Connection } from '../duckdb';
import { PipelineError } from '../errors';
import { printable } from '../report/layout';
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

const FOLDER = 'm7-preview-';

let watched = false;

/** A folder of its own for one opened file; its name tells whose it is. What is left goes with the process. */
export function temporaryFolder(): Promise<string> {
  if (!watched) {
    watched = true;
    process.once('exit', () => {
      for (const name of readdirSync(tmpdir()))
        if (name.startsWith(`${FOLDER}${process.pid}-`))
          rmSync(join(tmpdir(), name), { recursive: true, force: true });
    });
  }
  return mkdtemp(join(tmpdir(), `${FOLDER}${process.pid}-`));
}

/** Removes the folders of processes that ended without doing so. */
export async function sweepTemporaryFolders(): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => []);
  for (const name of names) {
    const pid = new RegExp(`^${FOLDER}(\\d+)-`).exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process may not be signalled, but it lives.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** A reading of the file as a table function; partition-like folder names on the way to it are no columns. */
export function readParquet(path: string, rowNumber = false): string {
  return `read_parquet(${quotePath(path)}, hive_partitioning = false${rowNumber ? ', file_row_number = true' : ''})`;
}

/** Names and types of a query's columns; nothing is run on rows. */
export async function describe(
  connection: Connection,
  query: string,
): Promise<readonly { readonly name: string; readonly type: string }[]> {
  type Described = { readonly column_name: string; readonly column_type: string };
  const rows = await connection.rows<Described>(`DESCRIBE ${query}`);
  return rows.map((row) => ({ name: row.column_name, type: row.column_type }));
}

/** DuckDB's own message about a broken file comes with a remedy that fits layers only: the error in our words. */
export function inOurWords(path: string, error: unknown): unknown {
  if (!(error instanceof PipelineError) || error.cause === undefined) return error;
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
        `Free space on the disk of ${tmpdir()}, where a preview keeps what it has made of the file.`,
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
