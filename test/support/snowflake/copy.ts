// COPY INTO of Parquet: which files, which of their columns, as which values, and what was loaded before.
import { open, rm } from 'node:fs/promises';
import { quoteIdentifier, quoteLiteral, quotePath } from '../../../src/engine/base/duckdb';
import type { Stage, StoredTable } from './catalogue';
import { filled } from './columnTypes';
import { decrypted } from './encryption';
import { notSpoken, SnowflakeError } from './errors';
import type { Session } from './sessions';
import type { CopyOptions } from './sql/statements';
import { filesOf, md5Of, removeFile, type StagedFile } from './stageFiles';
import type { Store, Transaction } from './store';
import {
  columnsOf,
  numberColumn,
  statusAnswer,
  textColumn,
  TYPE_IDS,
  type Answer,
  type WireRow,
} from './wire';

export interface CopyRequest {
  readonly store: Store;
  readonly session: Session;
  readonly table: StoredTable;
  readonly stage: Stage;
  readonly root: string;
  readonly path: string;
  readonly options: CopyOptions;
  readonly transaction: Transaction | undefined;
  readonly signal: AbortSignal;
}

/** Loads the files that were not loaded into this table before; all of them or none. */
export async function copyInto(request: CopyRequest): Promise<Answer> {
  const chosen = await chosenFiles(request);
  const fresh: { readonly staged: StagedFile; readonly key: string }[] = [];
  for (const staged of chosen) {
    const key = `${request.stage.id}/${staged.path}/${await md5Of(staged.file)}`;
    if (request.options.force || !request.table.loadedFiles.has(key)) fresh.push({ staged, key });
  }
  if (fresh.length === 0) return statusAnswer('Copy executed with 0 files processed.', TYPE_IDS.COPY);
  const queries: string[] = [];
  const counts: number[] = [];
  const clear: string[] = [];
  try {
    for (const { staged } of fresh) {
      const file = await readable(staged, clear);
      queries.push(await selectOf(request, staged, file));
      const [count] = await request.session.connection.rows(
        `SELECT count(*) AS n FROM read_parquet(${quotePath(file)})`,
      );
      counts.push(Number(count?.['n'] ?? 0));
    }
    const columns = request.table.columns.map((c) => c.name);
    await request.store.insert(
      request.session.connection,
      request.table,
      columns,
      queries.join(' UNION ALL '),
      request.transaction,
      request.signal,
    );
  } finally {
    for (const file of clear) await rm(file, { force: true });
  }
  for (const { key } of fresh) request.table.loadedFiles.add(key);
  if (request.options.purge) for (const { staged } of fresh) await removeFile(staged);
  return {
    columns: [
      textColumn('file'),
      textColumn('status'),
      numberColumn('rows_parsed'),
      numberColumn('rows_loaded'),
      numberColumn('error_limit'),
      numberColumn('errors_seen'),
      textColumn('first_error'),
      numberColumn('first_error_line'),
      numberColumn('first_error_character'),
      textColumn('first_error_column_name'),
    ],
    rows: fresh.map(({ staged }, i): WireRow => {
      const rows = String(counts[i] ?? 0);
      return [stagePathOf(request.stage, staged), 'LOADED', rows, rows, '1', '0', null, null, null, null];
    }),
    typeId: TYPE_IDS.COPY,
  };
}

/** As LIST and COPY name a file: the stage's name in lower case, then its path. */
export function stagePathOf(stage: Stage, staged: StagedFile): string {
  return `${stage.name.toLowerCase()}/${staged.path}`;
}

async function chosenFiles(request: CopyRequest): Promise<readonly StagedFile[]> {
  const { path, options } = request;
  const all = await filesOf(request.root, request.stage, path);
  if (options.files === undefined) return all;
  const folder = path === '' || path.endsWith('/') ? path : `${path}/`;
  return options.files.map((name) => {
    const found = all.find((f) => f.path === folder + name);
    if (found === undefined)
      throw new SnowflakeError(
        '091016',
        '22000',
        `Remote file '${folder}${name}' was not found. There are several potential causes. The file might not exist. The required credentials may be missing or invalid. If you are running a copy command, please make sure files are not deleted when they are being loaded or files are not being loaded into two different tables concurrently with auto purge option.`,
      );
    return found;
  });
}

/** The plain Parquet file of a staged one. @throws SnowflakeError for what is gzipped or no Parquet at all. */
async function readable(staged: StagedFile, clear: string[]): Promise<string> {
  const file = await decrypted(staged);
  if (file !== staged.file) clear.push(file);
  const handle = await open(file, 'r');
  const edges = Buffer.alloc(8);
  try {
    const { size } = await handle.stat();
    await handle.read(edges, 0, 4, 0);
    if (size >= 12) await handle.read(edges, 4, 4, size - 4);
  } finally {
    await handle.close();
  }
  if (edges.toString('latin1') === 'PAR1PAR1') return file;
  const gzip = edges[0] === 0x1f && edges[1] === 0x8b;
  throw new SnowflakeError(
    '100144',
    '22000',
    `Invalid data encountered during decompression or parsing for file: '${staged.path}': Parquet magic bytes not found in footer. Either the file is corrupted or this is not a parquet file.${gzip ? ' (It is gzipped.)' : ''}`,
  );
}

/** Parquet types that Snowflake's scanner does not read as what they are. */
const UNREADABLE = /^(?:UUID|INTERVAL|TIME WITH TIME ZONE|UHUGEINT|HUGEINT|BIT|ENUM)/;

/** A text as TRIM_SPACE and NULL_IF leave it. */
function textOf(value: string, { trimSpace, nullIf }: CopyOptions): string {
  const trimmed = trimSpace ? `trim(${value})` : value;
  return nullIf.reduce((text, one) => `nullif(${text}, ${quoteLiteral(one)})`, trimmed);
}

async function selectOf(request: CopyRequest, staged: StagedFile, file: string): Promise<string> {
  const { connection } = request.session;
  const inFile = await columnsOf(connection, `SELECT * FROM read_parquet(${quotePath(file)})`);
  const same = (a: string, b: string): boolean =>
    request.options.match === 'CASE_SENSITIVE' ? a === b : a.toLowerCase() === b.toLowerCase();
  const values = request.table.columns.map((column) => {
    const found = inFile.filter((c) => same(c.name, column.name));
    const [first] = found;
    if (found.length > 1)
      throw new SnowflakeError(
        '100072',
        '22000',
        `Column '${column.name}' occurs more than once in file '${staged.path}'.`,
      );
    if (first === undefined)
      return `${filled(column, 'NULL', 'NULL', 'COPY')} AS ${quoteIdentifier(column.name)}`;
    if (UNREADABLE.test(first.type))
      throw notSpoken(`a Parquet column of type ${first.type} ('${first.name}')`);
    if (/^TIME/.test(first.type) && !request.options.logicalTypes)
      throw notSpoken(
        `a Parquet column of type ${first.type} without USE_LOGICAL_TYPE = TRUE ('${first.name}')`,
      );
    if (first.type === 'BLOB' && request.options.binaryAsText)
      throw notSpoken(`a Parquet column of bytes with BINARY_AS_TEXT = TRUE ('${first.name}')`);
    const value = quoteIdentifier(first.name);
    if (first.type === 'VARCHAR')
      return `${filled(column, textOf(value, request.options), 'VARCHAR', 'COPY')} AS ${quoteIdentifier(column.name)}`;
    // A timestamp with a zone is a moment in UTC: NTZ takes its wall clock there.
    const [read, type] =
      column.type.kind === 'TIMESTAMP_NTZ' && first.type === 'TIMESTAMP WITH TIME ZONE'
        ? [`(${value} AT TIME ZONE 'UTC')`, 'TIMESTAMP']
        : [value, first.type];
    return `${filled(column, read, type, 'COPY')} AS ${quoteIdentifier(column.name)}`;
  });
  return `SELECT ${values.join(', ')} FROM read_parquet(${quotePath(file)})`;
}
