// Any Parquet or delimited text file as a table: pages of it, all of it, or a query over it.
import { spillFolder } from '../../lake';
import { rm, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  type Connection,
  type Database,
  makeTemporaryFolder,
  openDatabase,
  quoteIdentifier,
  quotePath,
} from '../../base';
import { PipelineError } from '../../model';
import type { Preview } from './model';
import { describe, inOurWords, kindOfFile, readParquet, readSafely, TABLE_NAMES } from './opening';
import { knowledgeAt } from './fileKnowledge';
import { readingNotes } from './previewWords';
import { MEMORY, PATIENCE_SECONDS } from './source';
import { type TextOptions, openText, textToParquet } from './textFile';
import { checkQuery, withoutEnd } from '../../rules';

export type { Preview } from './model';
export { previewCsv, previewJson } from './writers';

export interface PreviewOptions {
  /** A SELECT over the file as table `file` (or `rows`), in place of the file itself. */
  readonly sql?: string;
  /** Rows at most; 0: all. */
  readonly limit: number;
  /** Rows passed over first. */
  readonly offset: number;
  /** DuckDB notation, e.g. "512MB". */
  readonly memoryLimit?: string;
  readonly signal?: AbortSignal;
  /** Folder of the workspace: its files are read as a run would read them. */
  readonly workspace?: string;
}

/**
 * Opens a file for looking at it. Text files are read as landing reads them; what they hold stays text.
 * @throws PipelineError NOT_FOUND | PERMISSION | USAGE | PARQUET_INVALID | NOT_CSV | SQL_INVALID | FILE_UNREADABLE
 */
export async function previewFile(file: string, options: PreviewOptions): Promise<Preview> {
  const path = resolve(file);
  const parquet = (await kindOfFile(path)) === 'parquet';
  const folder = makeTemporaryFolder('preview');
  const opened: Database[] = [];
  const close = async (): Promise<void> => {
    for (const database of opened.splice(0)) database.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const text = {
      known: parquet ? {} : await knowledgeAt(path, options.workspace),
      temporary: folder,
      signal: options.signal,
    };
    if (!parquet && options.sql === undefined) {
      const preview = await previewText(path, text, options);
      return { ...preview, close: () => preview.close().finally(close) };
    }
    const database = await openDatabase({
      folders: [folder],
      files: [path],
      temporary: spillFolder(folder),
      memoryLimit: options.memoryLimit ?? MEMORY,
      timeoutSeconds: PATIENCE_SECONDS,
      foreign: true,
    });
    opened.push(database);
    const connection = await database.connect();
    const source = parquet
      ? { parquet: path, header: true, dialect: null, notes: [] }
      : await textToParquet(path, connection, text);
    const shown =
      options.sql === undefined
        ? await fileQuery(connection, source.parquet)
        : await ownQuery(connection, source.parquet, options.sql);
    const { header, dialect, notes } = source;
    return {
      header,
      dialect,
      notes,
      quick: true,
      ...reading(connection, shown, options),
      columns: shown.columns,
      close,
    };
  } catch (error) {
    await close();
    throw inOurWords(path, error);
  }
}

/** Up to so many bytes the rows of a text file are counted before anybody waits for it. */
const QUICK_BYTES = 20_000_000;

async function previewText(path: string, text: TextOptions, options: PreviewOptions): Promise<Preview> {
  const rows = await openText(path, text);
  return {
    columns: rows.columns.map((name) => ({ name, type: 'VARCHAR' })),
    header: rows.header,
    dialect: rows.format,
    notes: readingNotes(rows),
    quick: (await stat(path)).size <= QUICK_BYTES,
    batches: () => rows.page(options.offset, options.limit),
    total: () => rows.total(),
    close: () => rows.close(),
  };
}

/** SQL texts of one relation: all its rows, how many they are, and a page of them. */
interface PreviewQuery {
  readonly columns: Preview['columns'];
  readonly all: string;
  readonly count: string;
  readonly page: (offset: number, limit: number) => string;
}

async function fileQuery(connection: Connection, path: string): Promise<PreviewQuery> {
  const columns = await describe(connection, `FROM ${readParquet(path)}`);
  const all = `SELECT * FROM ${readSafely(path, columns)}`;
  const taken = columns.some((column) => column.name.toLowerCase() === 'file_row_number');
  return {
    columns,
    all,
    count: `SELECT num_rows AS n FROM parquet_file_metadata(${quotePath(path)})`,
    page: (offset, limit) =>
      taken
        ? `${all} LIMIT ${limit} OFFSET ${offset}`
        : // Row groups outside the range are not even opened: half the time of LIMIT/OFFSET in a large file.
          [
            'SELECT * EXCLUDE (file_row_number)',
            `FROM ${readSafely(path, columns, true)}`,
            `WHERE file_row_number BETWEEN ${offset} AND ${offset + limit - 1}`,
          ].join('\n'),
  };
}

async function ownQuery(connection: Connection, path: string, sql: string): Promise<PreviewQuery> {
  const query = withoutEnd(sql);
  const { columns } = await fileQuery(connection, path);
  const problem = await checkQuery(connection, query, new Map(TABLE_NAMES.map((name) => [name, columns])));
  if (problem !== null) throw new PipelineError('SQL_INVALID', problem.message, problem.remedy);
  for (const name of TABLE_NAMES)
    await connection.run(
      `CREATE VIEW ${quoteIdentifier(name)} AS SELECT * FROM ${readSafely(path, columns)}`,
    );
  return {
    columns: await describe(connection, query),
    all: query,
    count: `SELECT count(*) AS n FROM (${query}\n)`,
    page: (offset, limit) => `SELECT * FROM (${query}\n) LIMIT ${limit} OFFSET ${offset}`,
  };
}

function reading(
  connection: Connection,
  shown: PreviewQuery,
  options: PreviewOptions,
): Pick<Preview, 'batches' | 'total'> {
  let counted: number | undefined;
  const { limit, offset, signal } = options;
  const sql =
    limit === 0 && offset === 0
      ? shown.all
      : shown.page(offset, limit === 0 ? Number.MAX_SAFE_INTEGER - offset : limit);
  return {
    batches: async function* () {
      let rows = 0;
      for await (const batch of connection.batches(sql, { signal })) {
        rows += batch.length;
        yield batch;
      }
      // Everything has passed by: it need not be counted in a scan of its own.
      if (limit === 0 && offset === 0) counted = rows;
    },
    total: async () => {
      counted ??= Number((await connection.rows(shown.count, { signal }))[0]?.['n'] ?? 0);
      return counted;
    },
  };
}
