// What stands behind an opened preview: a file as Parquet under an instance of its own, or on its way to that.
import { spillFolder } from '../../lake';
import { rm, stat } from 'node:fs/promises';
import { type Connection, type Database, makeTemporaryFolder, openDatabase, quotePath } from '../../base';
import { PipelineError } from '../../model';
import { printable } from '../../report';
import type { Page, PreviewOpened } from './api';
import { ROW, sourceColumns, type SourceColumn } from './previewColumns';
import { describe, inOurWords, readParquet, readSafely } from './opening';
import { openPreviewPool, type PreviewPool } from './previewPool';

/** Rows as pages show them, cells by column of the source. */
export type PageRow = Page['rows'][number];

/** A Parquet file as our SQL reads it. */
export interface PreviewRelation {
  /** Absolute path of the Parquet file. */
  readonly path: string;
  /** Stands behind FROM: columns by their ids, and the row number. */
  readonly from: string;
  readonly rows: number;
  /** Rows of text files that are not as wide as the header: the column that holds their number of fields. */
  readonly fields?: string;
}

interface HeadRequest {
  readonly offset: number;
  readonly limit: number;
  readonly columns: readonly SourceColumn[];
  readonly characters: number;
}

/** Told while a file is read whole: percent, and rows where they can be told or guessed. */
export type RelationProgress = (percent: number, rows: number | undefined) => void;

export interface PreviewSource {
  readonly kind: PreviewOpened['kind'];
  /** The file a person opened. */
  readonly path: string;
  readonly bytes: number;
  readonly columns: readonly SourceColumn[];
  readonly dialect: PreviewOpened['dialect'];
  readonly notes: readonly string[];
  readonly pool: PreviewPool;
  /** Own folder for intermediates. */
  readonly folder: string;
  /** Rows, where they are known without reading. */
  rows(): number | null;
  /**
   * The first rows where they are at hand before `relation` is, cells cut at so many characters; undefined where
   * they are not.
   */
  head(wanted: HeadRequest, signal: AbortSignal | undefined): Promise<readonly PageRow[] | undefined>;
  /** All rows as Parquet. */
  relation(signal: AbortSignal | undefined, progress?: RelationProgress): Promise<PreviewRelation>;
  /** @throws PipelineError NOT_FOUND | CHANGED where the file is no longer what was opened. */
  check(): Promise<void>;
  /** Stops what is under way and removes what was made. */
  close(): Promise<void>;
}

/** What tells one state of a file from another. */
export interface Stamp {
  readonly bytes: number;
  readonly key: string;
}

export async function stampOf(path: string): Promise<Stamp> {
  const { dev, ino, size, mtimeMs } = await stat(path);
  return { bytes: size, key: [dev, ino, size, mtimeMs].join(':') };
}

/** @throws PipelineError NOT_FOUND | CHANGED */
export async function checkStamp(path: string, stamp: Stamp): Promise<void> {
  const now = await stampOf(path).catch(() => undefined);
  const where = { where: { file: path } };
  if (now === undefined)
    throw new PipelineError(
      'NOT_FOUND',
      `${printable(path)} is gone: it was removed or renamed after it was opened.`,
      'Run the date again, or open the file where it is now.',
      where,
    );
  if (now.key !== stamp.key)
    throw new PipelineError(
      'CHANGED',
      `${printable(path)} has changed on disk since it was opened.`,
      'Open it again.',
      where,
    );
}

export interface Room {
  readonly folder: string;
  readonly pool: PreviewPool;
  close(): Promise<void>;
}

/** Memory of one opened file's instance: sorting twenty million keys fits, the rest spills. */
export const MEMORY = '2GB';
/** Seconds that one question about a file may take: somebody waits for it, or has forgotten it. */
export const PATIENCE_SECONDS = 3_600;

/** An own folder and an instance that reads nothing but it and the given files. */
export async function openRoom(files: readonly string[], memoryLimit?: string): Promise<Room> {
  const folder = makeTemporaryFolder('preview');
  let database: Database | undefined;
  try {
    database = await openDatabase({
      folders: [folder],
      files,
      temporary: spillFolder(folder),
      memoryLimit: memoryLimit ?? MEMORY,
      timeoutSeconds: PATIENCE_SECONDS,
      keepFooters: true,
      foreign: true,
    });
    const pool = openPreviewPool(database);
    return {
      folder,
      pool,
      close: async () => {
        await pool.close();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    database?.close();
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** The relation of a Parquet file and its columns. */
export async function openRelation(
  connection: Connection,
  path: string,
): Promise<{ readonly relation: PreviewRelation; readonly columns: readonly SourceColumn[] }> {
  const columns = sourceColumns(await describe(connection, `FROM ${readParquet(path)}`));
  const [counted] = await connection.rows(
    `SELECT num_rows AS n FROM parquet_file_metadata(${quotePath(path)})`,
  );
  return {
    columns,
    relation: { path, from: relationSql(path, columns), rows: Number(counted?.['n'] ?? 0) },
  };
}

/** The file as a table whose columns are `c0`, `c1`, …, and the row number from 0. */
function relationSql(path: string, columns: readonly SourceColumn[]): string {
  const taken = columns.some((column) => column.name.toLowerCase() === 'file_row_number');
  const ids = [...columns.map((column) => column.id), ROW].join(', ');
  return taken
    ? // The reader's own numbering would clash with the column: counted instead, slower in a large file.
      `(SELECT *, row_number() OVER () - 1 FROM ${readSafely(path, columns)}) AS file(${ids})`
    : `${readSafely(path, columns, true)} AS file(${ids})`;
}

/** A Parquet file, as it lies. */
export async function openParquetSource(path: string, memoryLimit?: string): Promise<PreviewSource> {
  const stamp = await stampOf(path);
  const room = await openRoom([path], memoryLimit);
  try {
    const { relation, columns } = await room.pool.use((connection) => openRelation(connection, path));
    return {
      kind: 'parquet',
      path,
      bytes: stamp.bytes,
      columns,
      dialect: [],
      notes: [],
      pool: room.pool,
      folder: room.folder,
      rows: () => relation.rows,
      head: () => Promise.resolve(undefined),
      relation: () => Promise.resolve(relation),
      check: () => checkStamp(path, stamp),
      close: () => room.close(),
    };
  } catch (error) {
    await room.close();
    throw inOurWords(path, error);
  }
}
