// From rows of gold back to the line of the file that each came from.
import { isArchived } from './subject';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Located, locateRecords } from '../../csv';
import { type Connection, namedTable, quoteIdentifier, sizeOf, shellWord } from '../../base';
import {
  brandsThere,
  type Config,
  type DateKey,
  LINEAGE,
  PipelineError,
  throwIfCancelled,
} from '../../model';
import type { Lake, Manifest } from '../../lake';
import { checkExpression } from '../../rules';
import { type GoldColumn, goldColumns, goldView } from '../../stages';
import type { RecordName, RecordOrigin, TracedRow, TraceOptions, TraceResult } from './recordNames';

const VIEW = 'm7_trace';

/** What a trace needs of an opened workspace. */
export interface TraceWorkspace {
  readonly config: Config;
  readonly lake: Lake;
}

/**
 * Rows of gold that satisfy `where`, in the order of gold, each with the line it came from. Originals are read
 * where they lie now: in raw, or compressed in the archive. One that is gone, or is another file by now, leaves
 * `line` and `text` null.
 * @param connection of an instance that may read the data folder.
 * @throws PipelineError NOT_FOUND without gold, SQL_INVALID for a `where` that is no condition over its columns,
 * USAGE for a limit that is no number of rows, FILE_UNREADABLE for an original that can no longer be read.
 */
export async function traceGold(
  { config, lake }: TraceWorkspace,
  connection: Connection,
  options: TraceOptions,
): Promise<TraceResult> {
  const { date, limit, signal } = options;
  throwIfCancelled(signal);
  if (!Number.isSafeInteger(limit) || limit < 1)
    throw new PipelineError('USAGE', `${limit} is not a valid limit.`, 'Give 1 or more.');
  const gold = goldOf(config, lake, date, options.table);
  const path = lake.absolute(gold.output.path);
  const found = await goldColumns(connection, path);
  const where = options.where?.trim() ?? '';
  if (where !== '') await checkWhere(connection, where, found);
  await connection.run(goldView(VIEW, path, found, brandsThere(config)));
  const columns = found.map((c) => c.name).filter((name) => !LINEAGE.includes(name));
  const { rows } = await connection.table(traceSql(columns, where, limit), { signal });
  await connection.run(`DROP VIEW ${quoteIdentifier(VIEW)}`);

  const traced = rows.map((row): TracedRow => ({
    values: row.slice(0, columns.length),
    brand: asText(row[columns.length]),
    file: asText(row[columns.length + 1]),
    row: Number(row[columns.length + 2]),
    line: null,
    text: null,
    original: null,
  }));
  return { columns, rows: await withOrigins(lake, date, gold.table, traced, signal) };
}

/**
 * Finds the line of one record of a landing file, read where it lies now. Needs no gold.
 * @throws PipelineError NOT_FOUND where no raw part of the table was made of such a file, USAGE for a row that
 * is no record number, FILE_UNREADABLE for an original that can no longer be read.
 */
export async function recordOrigin(
  lake: Lake,
  name: RecordName,
  signal?: AbortSignal,
): Promise<RecordOrigin> {
  const { date, table, brand, file, row } = name;
  throwIfCancelled(signal);
  if (!Number.isSafeInteger(row) || row < 1)
    throw new PipelineError('USAGE', `${row} is not a valid record number.`, 'Give 1 or more.');
  const parts = lake
    .manifests('raw', date)
    .filter((m) => m.table === table && m.source?.file === file && (brand ?? m.brand) === m.brand);
  if (parts.length === 0)
    throw new PipelineError(
      'NOT_FOUND',
      `No raw data of ${table}, ${date}, was made of ${file}.`,
      'It may have been removed. Run the date again.',
    );
  const asked = parts.map((part): TracedRow => ({
    values: name.values ?? [],
    brand: part.brand ?? '',
    file,
    row,
    line: null,
    text: null,
    original: null,
  }));
  const candidates = asked.filter((one, i) => asked.findIndex((other) => other.brand === one.brand) === i);
  const found = await withOrigins(lake, date, table, candidates, signal);
  const best = found.find((one) => one.line !== null);
  const part = parts.find((one) => lake.absolute(one.source?.original ?? '') === best?.original);
  return {
    file,
    row,
    original: best?.original ?? null,
    line: best?.line ?? null,
    text: best?.text ?? null,
    packed: part?.source !== undefined && (isArchived(part) || part.source.format.compression !== 'none'),
  };
}

/** The query of a trace; `where` was checked before and stands in brackets of its own line. */
export function traceSql(columns: readonly string[], where: string, limit: number): string {
  return [
    'SELECT',
    [...columns, ...LINEAGE].map((name) => `  ${quoteIdentifier(name)}`).join(',\n'),
    `FROM ${quoteIdentifier(VIEW)}`,
    ...(where === '' ? [] : [`WHERE (${where}\n)`]),
    'ORDER BY "_row"',
    `LIMIT ${limit}`,
  ].join('\n');
}

function goldOf(config: Config, lake: Lake, date: DateKey, name: string): Manifest {
  const table = namedTable(config, name);
  const gold = lake.manifest('gold', date, table.name);
  if (gold !== undefined) return gold;
  const known = lake.manifests('gold', date).find((m) => m.table === table.name);
  if (known !== undefined)
    throw new PipelineError(
      'NOT_FOUND',
      known.removed === true
        ? `Gold of ${table.name}, ${date}, was removed after its retention.`
        : `Gold of ${table.name}, ${date}, is missing or damaged.`,
      `Make it again with: m7 run --date ${date} --table ${shellWord(table.name)} --force`,
      { where: { file: lake.absolute(known.output.path) } },
    );
  const dates = lake.dates('gold').filter((d) => lake.manifest('gold', d, table.name) !== undefined);
  throw new PipelineError(
    'NOT_FOUND',
    `There is no gold of ${table.name} for ${date}.`,
    dates.length === 0
      ? `Run the date first: m7 run --date ${date}`
      : `Run the date, or choose one that has it: ${dates.slice(-5).join(', ')}.`,
  );
}

async function checkWhere(
  connection: Connection,
  where: string,
  columns: readonly GoldColumn[],
): Promise<void> {
  const known = [...columns, { name: 'brand_code', type: 'VARCHAR' }];
  const problem = await checkExpression(connection, where, known, { gives: 'boolean' });
  if (problem !== null)
    throw new PipelineError('SQL_INVALID', `The condition is not valid: ${problem.message}`, problem.remedy);
}

/** Finds the lines, reading each original once. */
async function withOrigins(
  lake: Lake,
  date: DateKey,
  table: string,
  rows: readonly TracedRow[],
  signal: AbortSignal | undefined,
): Promise<readonly TracedRow[]> {
  const parts = lake.manifests('raw', date).filter((m) => m.table === table);
  const origins = new Map<TracedRow, Origin>();
  const temporary = await mkdtemp(join(tmpdir(), 'm7-trace-'));
  try {
    for (const part of parts.toSorted((a, b) => (b.part ?? 1) - (a.part ?? 1))) {
      const mine = rows.filter((row) => row.brand === part.brand && row.file === part.source?.file);
      if (mine.length === 0) continue;
      const file = await originalOf(lake, part);
      if (file === undefined) continue;
      const located = await locate(part, file, mine, temporary, signal);
      for (const row of mine) {
        const at = located.get(row.row);
        if (at === undefined) continue;
        const origin = { original: file, ...at, likeness: likeness(row, at.text, part) };
        // Two files of one name may have come: the one whose record holds the row's values, else the later.
        if (origin.likeness > (origins.get(row)?.likeness ?? -1)) origins.set(row, origin);
      }
    }
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return rows.map((row) => {
    const origin = origins.get(row);
    return origin === undefined
      ? row
      : { ...row, line: origin.line, text: origin.text, original: origin.original };
  });
}

interface Origin extends Located {
  readonly original: string;
  readonly likeness: number;
}

/** How many of the row's values are fields of the record; fields with delimiters inside do not count. */
function likeness(row: TracedRow, text: string, part: Manifest): number {
  const { delimiter = ',', quote = '"' } = part.source?.format ?? {};
  const bare = (field: string): string =>
    quote !== '' && field.startsWith(quote) && field.endsWith(quote) ? field.slice(1, -1) : field;
  const fields = new Set(text.split(delimiter).map((field) => bare(field.trim())));
  return row.values.map(asText).filter((value) => value !== '' && fields.has(value)).length;
}

/** A plain value as text; empty for NULL and for lists and structs, which no file holds as they are printed. */
function asText(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      return '';
  }
}

/** Absolute path of a part's original; undefined where it is gone, or another file lies there. */
async function originalOf(lake: Lake, part: Manifest): Promise<string | undefined> {
  if (part.source === undefined) return undefined;
  const path = lake.absolute(part.source.original);
  const bytes = await sizeOf(path);
  if (bytes === undefined) return undefined;
  return isArchived(part) || bytes === part.source.bytes ? path : undefined;
}

async function locate(
  part: Manifest,
  file: string,
  rows: readonly TracedRow[],
  temporary: string,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<number, Located>> {
  const format = part.source?.format;
  if (format === undefined) return new Map();
  try {
    return await locateRecords({
      file,
      format: isArchived(part) ? { ...format, compression: 'gzip' } : format,
      records: rows.map((row) => row.row),
      temporary,
      signal,
    });
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'Unreadable') throw error;
    throw new PipelineError(
      'FILE_UNREADABLE',
      `${file} can no longer be read: ${error.message}`,
      'Put the original back from a backup, then trace again.',
      { where: { file }, cause: error },
    );
  }
}
