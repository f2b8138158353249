// A view written to a file: made beside its target by an instance that may write there alone, then renamed.
import { spillFolder } from '../../lake';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import {
  type Connection,
  quoteIdentifier,
  quoteLiteral,
  translateSystemError,
  withSession,
} from '../../base';
import { PipelineError, throwIfCancelled } from '../../model';
import { isFormula, isFormulaSql, printable, spreadsheetText } from '../../report';
import type { ExportedRows, ExportFormat, View } from './api';
import { asTextSql, type SourceColumn } from './previewColumns';
import { mayBeFormula, rowWriter } from './formats';
import { watchProgress, type PercentListener } from './previewPool';
import { checkValues } from './previewRows';
import type { PreviewRelation, PreviewSource } from './source';
import { columnNamed, conditionOf, orderOf } from './viewSql';

export interface ExportRequest {
  readonly view: View;
  /** All without it. */
  readonly columns?: readonly string[];
  readonly format: ExportFormat;
  /** CSV: nothing stands before what a spreadsheet would compute. */
  readonly exact?: boolean;
  /** Absolute path. */
  readonly target: string;
}

export interface ExportOptions {
  readonly memoryLimit: string;
  readonly signal: AbortSignal | undefined;
  readonly progress: PercentListener | undefined;
}

/**
 * Writes the view. What was at the target is replaced once all is written, and stays as it is when that fails.
 * @throws PipelineError USAGE for a target that cannot be one, PERMISSION, DISK_FULL, CANCELLED
 */
export async function exportView(
  source: PreviewSource,
  request: ExportRequest,
  options: ExportOptions,
): Promise<ExportedRows> {
  const columns = request.columns?.map((name) => columnNamed(source.columns, name)) ?? source.columns;
  if (columns.length === 0)
    throw new PipelineError('USAGE', 'No column is selected.', 'Show at least one column.');
  const target = await checkTarget(source, request.target);
  const relation = await source.relation(options.signal);
  await checkValues(source, request.view, options.signal);
  const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}.part`);
  const reach = {
    folders: [dirname(target), source.folder],
    files: [relation.path],
    foreign: true,
    temporary: spillFolder(source.folder),
    memoryLimit: options.memoryLimit,
  };
  return withSession(reach, async (connection) => {
    try {
      const query = (cells: (column: SourceColumn) => string): string =>
        selectSql({ relation, source, view: request.view }, columns, cells);
      const safe = request.format === 'csv' && request.exact !== true;
      const written = { query, columns, target: temporary, safe };
      const rows =
        request.format === 'markdown'
          ? await writeMarkdown(connection, { ...written, of: relation.rows }, options)
          : await copy(connection, copySql(request.format, written), options);
      const neutralized = safe ? await countFormulas(connection, written, options) : 0;
      await source.check();
      throwIfCancelled(options.signal);
      await rename(temporary, target).catch((error: unknown) => {
        throw translateSystemError(target, error);
      });
      return { rows, bytes: (await stat(target)).size, neutralized };
    } finally {
      await rm(temporary, { force: true }).catch(() => undefined);
    }
  });
}

async function checkTarget(source: PreviewSource, target: string): Promise<string> {
  const shown = printable(target);
  if (!isAbsolute(target))
    throw new PipelineError('USAGE', `${shown} is not an absolute path.`, 'Choose a file to write to.');
  const path = resolve(target);
  const folder = await stat(dirname(path)).catch(() => undefined);
  if (folder?.isDirectory() !== true)
    throw new PipelineError(
      'NOT_FOUND',
      `There is no folder ${printable(dirname(path))}.`,
      'Choose another folder.',
    );
  const there = await stat(path).catch(() => undefined);
  if (there === undefined) return path;
  if (!there.isFile()) throw new PipelineError('USAGE', `${shown} is not a file.`, 'Choose another name.');
  const own = await stat(source.path);
  if (own.dev === there.dev && own.ino === there.ino)
    throw new PipelineError('USAGE', `${shown} is the file shown here.`, 'Choose another name.');
  return path;
}

async function copy(connection: Connection, sql: string, options: ExportOptions): Promise<number> {
  const stop = watchProgress(connection, options.progress);
  try {
    return await connection.run(sql, { signal: options.signal });
  } finally {
    stop();
  }
}

/** What an export is written from and to. */
interface ExportedFile {
  /** The view's query, given how each column is written. */
  readonly query: (cells: (column: SourceColumn) => string) => string;
  readonly columns: readonly SourceColumn[];
  /** Absolute path. */
  readonly target: string;
  /** A ' stands before what a spreadsheet would compute. */
  readonly safe: boolean;
}

interface ExportedView {
  readonly relation: PreviewRelation;
  readonly source: PreviewSource;
  readonly view: View;
}

function selectSql(
  { relation, source, view }: ExportedView,
  columns: readonly SourceColumn[],
  cells: (column: SourceColumn) => string,
): string {
  const condition = conditionOf(view.filters, source.columns);
  const order = orderOf(view, source.columns);
  return [
    'SELECT',
    columns.map((column) => `  ${cells(column)}`).join(',\n'),
    `FROM ${relation.from}`,
    ...(condition === undefined ? [] : [`WHERE ${condition}`]),
    // The row number in the order makes it whole: two exports of one view are equal.
    ...(order === undefined ? [] : [`ORDER BY ${order}`]),
  ].join('\n');
}

function copySql(
  format: Exclude<ExportFormat, 'markdown'>,
  { query, columns, target, safe }: ExportedFile,
): string {
  const unique = uniqueColumnNames(columns.map((column) => column.name));
  const names = safe ? unique.map(spreadsheetText) : unique;
  const named = (column: SourceColumn, value: string): string =>
    `${value} AS ${quoteIdentifier(names[columns.indexOf(column)] ?? '')}`;
  const plain = (column: SourceColumn): string =>
    named(
      column,
      safe && mayBeFormula(column.family)
        ? `CASE WHEN ${isFormulaSql(csvTextSql(column))} THEN concat('''', ${csvTextSql(column)}) ELSE ${csvTextSql(column)} END`
        : csvValueSql(column),
    );
  const binary = (column: SourceColumn): string =>
    named(column, column.family === 'binary' ? asTextSql(column) : column.id);
  switch (format) {
    case 'csv':
      return `COPY (\n${query(plain)}\n) TO ${quoteLiteral(target)} (FORMAT csv, HEADER true)`;
    case 'json':
      return `COPY (\n${query(binary)}\n) TO ${quoteLiteral(target)} (FORMAT json, ARRAY true)`;
    case 'parquet':
      return `COPY (\n${query((column) => named(column, column.id))}\n) TO ${quoteLiteral(target)} (FORMAT parquet, COMPRESSION zstd)`;
    default:
      return format satisfies never;
  }
}

/** A format without binary or nested values holds them as the preview shows them. */
const csvValueSql = (column: SourceColumn): string =>
  column.family === 'nested' || column.family === 'binary' ? asTextSql(column) : column.id;
/** A value as the text that a CSV file has of it. */
const csvTextSql = (column: SourceColumn): string => `CAST(${csvValueSql(column)} AS VARCHAR)`;

/** Cells of the written view, names included, that a spreadsheet would compute. */
async function countFormulas(
  connection: Connection,
  { query, columns }: ExportedFile,
  { signal }: ExportOptions,
): Promise<number> {
  const inNames = columns.filter(({ name }) => isFormula(name)).length;
  const texts = columns.filter(({ family }) => mayBeFormula(family));
  if (texts.length === 0) return inNames;
  const cells = query((column) =>
    texts.includes(column)
      ? `CAST(${isFormulaSql(csvTextSql(column))} AS INTEGER) AS ${column.id}`
      : `0 AS ${column.id}`,
  );
  const sums = texts.map(({ id }) => `coalesce(sum(${id}), 0)`).join(' + ');
  const [row] = await connection.rows(`SELECT CAST(${sums} AS BIGINT) AS n FROM (\n${cells}\n)`, { signal });
  return inNames + Number(row?.['n'] ?? 0);
}

/** Names a file or a view can have: none empty, none that differ in case alone. */
export function uniqueColumnNames(names: readonly string[]): readonly string[] {
  const taken = new Set(names.map((name) => name.toLowerCase()));
  const seen = new Set<string>();
  return names.map((given, i) => {
    const name = given === '' ? `column${i + 1}` : given;
    let unique = name;
    for (
      let n = 1;
      seen.has(unique.toLowerCase()) || (unique !== given && taken.has(unique.toLowerCase()));
      n++
    )
      unique = `${name}_${n}`;
    seen.add(unique.toLowerCase());
    return unique;
  });
}

async function writeMarkdown(
  connection: Connection,
  { query, columns, target, of }: ExportedFile & { readonly of: number },
  { signal, progress }: ExportOptions,
): Promise<number> {
  const writer = rowWriter('markdown', columns, { header: true });
  const stream = createWriteStream(target, { flags: 'wx' });
  let failure: unknown;
  stream.on('error', (error) => (failure = error));
  const check = (): void => {
    if (failure !== undefined) throw translateSystemError(target, failure);
  };
  let rows = 0;
  try {
    stream.write(writer.head);
    for await (const batch of connection.batches(query(asTextSql), { signal })) {
      const lines = batch.map((cells) => writer.row(cells.map(asText), false)).join('');
      rows += batch.length;
      if (lines !== '' && !stream.write(lines) && stream.writableNeedDrain)
        await Promise.race([once(stream, 'drain'), once(stream, 'close')]);
      check();
      progress?.((100 * rows) / Math.max(1, of));
    }
    stream.end();
    if (!stream.closed) await once(stream, 'close');
    check();
    return rows;
  } finally {
    stream.destroy();
  }
}

const asText = (cell: unknown): string | null => (typeof cell === 'string' ? cell : null);
