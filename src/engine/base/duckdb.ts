// The only importer of @duckdb/node-api: opening, cancelling, plain values, and errors in our own words.
import { readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import {
  DuckDBInstance,
  DuckDBTypeId,
  type DuckDBConnection,
  type DuckDBValue,
  type Json,
} from '@duckdb/node-api';
import { availableParallelism } from 'node:os';
import { PipelineError, type Settings, cancelled, throwIfCancelled, defined } from '../model';
import { type BoundStatement, type StatementBounds, boundStatement } from './bounds';
import { memoryAllowed } from './memory';

/** A value bound to `$1`, `$2`, … of a statement. */
export type SqlValue = string | number | bigint | boolean | null;
/** A value of a result, safe on a wire: integers past 2^53 and all temporal and decimal values are text. */
export type Cell = string | number | boolean | null | readonly Cell[] | { readonly [key: string]: Cell };
/** One row of a result by column name. */
export type Row = Readonly<Record<string, Cell>>;

interface QueryOptions {
  readonly values?: readonly SqlValue[];
  readonly signal?: AbortSignal | undefined;
  /** Narrower than those of the instance. */
  readonly bounds?: StatementBounds;
}

/** One session of a database; statements run one after another. Whoever opens it closes it. */
export interface Connection {
  /** Runs one or more statements and gives the number of rows the last one changed or copied (0 for DDL). */
  run(sql: string, options?: QueryOptions): Promise<number>;
  /** Runs a query and gives all its rows: for small results only. */
  rows<T extends Row = Row>(sql: string, options?: QueryOptions): Promise<T[]>;
  /** Like rows, as arrays in column order, with the columns' names and SQL types. */
  table(sql: string, options?: QueryOptions): Promise<ResultTable>;
  /** Streams a result of any size in batches of at most 2,048 rows, as arrays in column order. */
  batches(sql: string, options?: QueryOptions): AsyncGenerator<readonly (readonly Cell[])[]>;
  /**
   * Streams the first column of a query, whose values are numbers: fast where its type is UINTEGER or DOUBLE,
   * tens of millions of row numbers in a second.
   */
  numbers(sql: string, options?: QueryOptions): AsyncGenerator<Float64Array>;
  /** How far the running statement is, 0 to 100, or -1 where DuckDB cannot tell. */
  progress(): number;
  close(): void;
}

interface ResultTable {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly Cell[])[];
}

/** A database instance: its memory limit and threads are shared by all its connections. */
export interface Database extends LentDatabase {
  close(): void;
}

/** A database as it is given to who may use it but not close it. */
export interface LentDatabase {
  connect(): Promise<Connection>;
}

export interface OpenOptions {
  /** A database file; in memory without it. */
  readonly file?: string;
  /** DuckDB's notation ("512MB"); half of the machine's without it. */
  readonly memoryLimit?: string | undefined;
  /** Seconds that one statement may take; 0 or none: as long as it takes. */
  readonly timeoutSeconds?: number | undefined;
  /** Threads of the whole instance; all cores without it. Never fewer than 2, see below. */
  readonly threads?: number | undefined;
  /** Folder for spilled intermediates; created by DuckDB on demand. */
  readonly temporary?: string;
  /** The only folders whose files SQL may read or write; none at all when empty. Absolute paths. */
  readonly folders: readonly string[];
  /** Single files beside them that SQL may read. Absolute paths. */
  readonly files?: readonly string[];
  /** Keep the footers of Parquet files once read: only where the files stay as they are while this is open. */
  readonly keepFooters?: boolean;
  /** The files are of any origin: what their footers claim of their values decides nothing. */
  readonly foreign?: boolean;
}

/** What all work on a workspace's data opens: its data folder alone, with the memory that its settings grant. */
export function ofWorkspace(
  settings: Pick<Settings, 'dataDir' | 'memoryLimit' | 'sqlTimeoutSeconds'>,
): OpenOptions {
  return {
    memoryLimit: settings.memoryLimit,
    timeoutSeconds: settings.sqlTimeoutSeconds,
    folders: [settings.dataDir],
  };
}

/**
 * Opens an instance that cannot reach the network nor any file outside `folders`, and cannot be talked
 * into it: the configuration is locked.
 * @throws PipelineError WAREHOUSE | STATE_CORRUPT | DUCKDB when the file cannot be opened.
 */
export async function openDatabase(options: OpenOptions): Promise<Database> {
  // With one thread DuckDB cuts Parquet row groups elsewhere than with several: two keep bytes equal everywhere.
  const threads = Math.max(2, options.threads ?? availableParallelism());
  const settings: Record<string, string> = {
    threads: String(threads),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    preserve_insertion_order: 'true',
    // A run reads files it has replaced a moment ago: pages kept from before would be another file's.
    enable_external_file_cache: 'false',
    // What was freed goes back to the system soon: without this a run keeps a sixth more memory than it uses.
    allocator_flush_threshold: '16MB',
    allocator_bulk_deallocation_flush_threshold: '64MB',
    allocator_background_threads: 'true',
    memory_limit: options.memoryLimit ?? `${memoryAllowed(undefined)}B`,
    ...defined({ temp_directory: options.temporary }),
  };
  const bounds: StatementBounds = {
    bytes: memoryAllowed(options.memoryLimit),
    seconds: (options.timeoutSeconds ?? 0) === 0 ? Infinity : Number(options.timeoutSeconds),
  };
  try {
    const instance = await DuckDBInstance.create(options.file ?? ':memory:', settings);
    const first = await instance.connect();
    await first.run(`SET GLOBAL TimeZone = 'UTC'`);
    if (options.keepFooters === true) await first.run('SET GLOBAL parquet_metadata_cache = true');
    // It drops a check that the claims make needless, and packs values into as few bits as they allow.
    if (options.foreign === true)
      await first.run(`SET GLOBAL disabled_optimizers = 'statistics_propagation'`);
    const folders = options.folders
      .flatMap((f) => [f, ...linkedFolders(f)])
      .map((f) => (f.endsWith('/') ? f : `${f}/`));
    await first.run(`SET GLOBAL allowed_directories = [${allowed(folders)}]`);
    await first.run(`SET GLOBAL allowed_paths = [${allowed(options.files ?? [])}]`);
    await first.run('SET GLOBAL enable_external_access = false');
    await first.run('SET GLOBAL lock_configuration = true');
    first.closeSync();
    return {
      connect: async () => wrap(await instance.connect(), bounds, instance),
      close: () => instance.closeSync(),
    };
  } catch (error) {
    throw translate(error);
  }
}

/** Where the links in a folder lead to: a layer on another disk. DuckDB asks for the place itself, not for its name. */
function linkedFolders(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isSymbolicLink())
      .map(({ name }) => realpathSync(join(folder, name)));
  } catch {
    return [];
  }
}

/** Works on a connection of its own, and closes it. */
export async function withConnection<T>(
  database: LentDatabase,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await database.connect();
  try {
    return await work(connection);
  } finally {
    connection.close();
  }
}

/**
 * The one connection of an instance that is closed with it, for work that needs no second.
 * @throws PipelineError as openDatabase does.
 */
export async function openSession(options: OpenOptions): Promise<Connection> {
  const database = await openDatabase(options);
  try {
    const connection = await database.connect();
    return {
      ...connection,
      close: () => {
        connection.close();
        database.close();
      },
    };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Works on a session (see openSession), and closes it. */
export async function withSession<T>(
  options: OpenOptions,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  return withConnection({ connect: () => openSession(options) }, work);
}

/** A database that is opened by the first who connects: most runs find nothing to do and need none. */
export function openedOnDemand(open: () => Promise<Database>): {
  readonly database: LentDatabase;
  readonly close: () => Promise<void>;
} {
  let opened: Promise<Database> | undefined;
  return {
    database: {
      connect: async () => {
        opened ??= open();
        return (await opened).connect();
      },
    },
    close: async () => {
      // One that failed to open was told to whoever connected.
      (await opened?.catch(() => undefined))?.close();
    },
  };
}

/** Paths for a setting, each also as the pattern by which a reading function names it (quotePath): both are checked. */
function allowed(paths: readonly string[]): string {
  return [...new Set(paths.flatMap((path) => [path, asPattern(path)]))].map(quoteLiteral).join(', ');
}

/** @param owner the instance: its statements share its memory. */
function wrap(connection: DuckDBConnection, bounds: StatementBounds, owner: object): Connection {
  const bound = (options: QueryOptions | undefined): BoundStatement =>
    boundStatement(options?.bounds ?? bounds, owner);

  /**
   * Runs `work` within the bounds of its statement, interrupting it again and again after an abort: an interrupt before
   * a statement starts is lost.
   */
  async function guarded<T>(
    signal: AbortSignal | undefined,
    statement: BoundStatement,
    work: () => Promise<T>,
  ): Promise<T> {
    throwIfCancelled(signal);
    let timer: NodeJS.Timeout | undefined;
    const abort = (): void => {
      connection.interrupt();
      timer ??= setInterval(() => connection.interrupt(), 25);
    };
    signal?.addEventListener('abort', abort, { once: true });
    const leave = statement.enter(abort);
    try {
      return await work();
    } catch (error) {
      if (signal?.aborted === true) throw cancelled();
      throw statement.over ?? translate(error);
    } finally {
      leave();
      signal?.removeEventListener('abort', abort);
      if (timer !== undefined) clearInterval(timer);
    }
  }
  const bind = (options: QueryOptions | undefined): DuckDBValue[] | undefined =>
    options?.values === undefined ? undefined : [...options.values];

  return {
    run: (sql, options) =>
      guarded(options?.signal, bound(options), async () => {
        const result = await connection.run(sql, bind(options));
        return result.rowsChanged;
      }),
    rows: <T extends Row>(sql: string, options?: QueryOptions) =>
      guarded(options?.signal, bound(options), async () => {
        const reader = await connection.runAndReadAll(sql, bind(options));
        const names = reader.deduplicatedColumnNames();
        return reader
          .getRowsJson()
          .map(
            (row) =>
              Object.fromEntries(
                row.map((v, i) => [names[i] ?? String(i), plain(v, reader.columnTypeId(i))]),
              ) as T,
          );
      }),
    table: (sql, options) =>
      guarded(options?.signal, bound(options), async () => {
        const reader = await connection.runAndReadAll(sql, bind(options));
        const columns = reader
          .columnNames()
          .map((name, i) => ({ name, type: reader.columnType(i).toString() }));
        const types = columns.map((_, i) => reader.columnTypeId(i));
        return { columns, rows: reader.getRowsJson().map((row) => row.map((v, i) => plain(v, types[i]))) };
      }),
    async *batches(sql, options) {
      const statement = bound(options);
      const result = await guarded(options?.signal, statement, () => connection.stream(sql, bind(options)));
      const types = result.columnNames().map((_, i) => result.columnTypeId(i));
      const rows = result.yieldRowsJson();
      for (;;) {
        const next = await guarded(options?.signal, statement, () => rows.next());
        if (next.done === true) return;
        yield next.value.map((row) => row.map((v, i) => plain(v, types[i])));
      }
    },
    async *numbers(sql, options) {
      const statement = bound(options);
      const result = await guarded(options?.signal, statement, () => connection.stream(sql, bind(options)));
      for (;;) {
        const chunk = await guarded(options?.signal, statement, () => result.fetchChunk());
        if (chunk === null || chunk.rowCount === 0) return;
        const vector = chunk.getColumnVector(0);
        const numbers = new Float64Array(chunk.rowCount);
        for (let i = 0; i < numbers.length; i++) numbers[i] = Number(vector.getItem(i));
        yield numbers;
      }
    },
    progress: () => connection.progress.percentage,
    close: () => connection.closeSync(),
  };
}

/** DuckDB's JSON form writes integers of 64 and more bits as text; what a number holds exactly becomes one. */
function plain(value: Json, typeId: number | undefined): Cell {
  if (typeof value === 'string' && typeId !== undefined && WIDE_INTEGERS.has(typeId)) {
    const number = Number(value);
    if (Number.isSafeInteger(number)) return number;
  }
  return value;
}

const WIDE_INTEGERS: ReadonlySet<number> = new Set([
  DuckDBTypeId.BIGINT,
  DuckDBTypeId.UBIGINT,
  DuckDBTypeId.HUGEINT,
  DuckDBTypeId.UHUGEINT,
]);

/** An identifier for SQL text: any string becomes one name. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text literal for SQL where a value cannot be bound (COPY, table functions, DDL). */
export function quoteLiteral(text: string): string {
  // A NUL byte would end the statement's text in C; chr(0) cannot stand in a path or pattern anyway.
  return `'${text.replaceAll('\0', '').replaceAll("'", "''")}'`;
}

/**
 * A path as the argument of DuckDB's file readers, which take `*`, `?` and `[` for patterns: these are
 * escaped, so that a file of exactly this name is read and no other. Not for COPY … TO or ATTACH.
 */
export function quotePath(path: string): string {
  return quoteLiteral(asPattern(path));
}

/** A pattern that matches this path alone. */
function asPattern(path: string): string {
  return path.replace(/[*?[]/g, (character) => `[${character}]`);
}

/** DuckDB's errors are plain ones whose kind is the prefix of their message. */
function translate(error: unknown): Error {
  if (error instanceof PipelineError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const kind = /^(?:TransactionContext Error: )?([A-Z]\w+(?: \w+)*) Error: /.exec(message)?.[1] ?? '';
  const first = message.split('\n')[0] ?? message;
  if (
    /No space left on device|Disk quota exceeded|File too large|ENOSPC|max_temp_directory_size/i.test(message)
  )
    return new PipelineError(
      'DISK_FULL',
      first,
      'Free space on the disk of the data folder, then run again.',
      { cause: error },
    );
  if (/Permission denied|Read-only file system/i.test(message))
    return new PipelineError(
      'PERMISSION',
      first,
      'Give this user permission to read and write the named path.',
      { cause: error },
    );
  if (kind === 'Out of Memory')
    return new PipelineError('OUT_OF_MEMORY', first, 'Raise MEMORY_LIMIT or lower MAX_WORKERS in .env.', {
      cause: error,
    });
  if (kind === 'INTERRUPT') return cancelled();
  if (/parquet/i.test(message) && ['Invalid Input', 'IO', 'Invalid', 'Serialization'].includes(kind))
    return new PipelineError(
      'PARQUET_INVALID',
      first,
      'Remove the file and run again: it is made again from the layer before it.',
      { cause: error },
    );
  if (['Parser', 'Binder', 'Catalog', 'Syntax', 'Permission'].includes(kind))
    return new PipelineError('SQL_INVALID', first, 'Correct the SQL.', { cause: error });
  return new PipelineError('DUCKDB', first, 'See the log of the run for the statement that failed.', {
    cause: error,
  });
}
