// From a row that is shown back to the line of the landing file it came from.
import { rm } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { findPlaces, openCsv } from '../../csv';
import { type Lake, type Manifest, relativePath } from '../../lake';
import { PipelineError, throwIfCancelled } from '../../model';
import { printable } from '../../report';
import type { RecordName } from '../trace/recordNames';
import { makeTemporaryFolder } from '../../base';
import { recordOrigin } from '../trace';
import type { RowOrigin } from './api';
import { knowledgeAt } from './fileKnowledge';
import type { PreviewSource } from './source';

/** A shown row: its number in the file, and its values by column name. */
export interface ShownRow {
  readonly row: number | null;
  readonly values: ReadonlyMap<string, string | null>;
}

/**
 * Where a row came from: by its lineage columns, or by its place in a file of raw.
 * @throws PipelineError NOT_FOUND where nothing tells, or what it tells of is not known (any more).
 */
export async function originOf(
  source: PreviewSource,
  lake: Lake,
  { row, values }: ShownRow,
  signal: AbortSignal | undefined,
): Promise<RowOrigin> {
  throwIfCancelled(signal);
  if (source.kind === 'text' && row !== null) return lineOf(source.path, lake, row, signal);
  const raw = source.kind === 'parquet' ? rawPart(lake, source.path) : undefined;
  if (raw?.source !== undefined && row !== null) {
    const { date, table, brand } = raw;
    const name = { date, table, brand, file: raw.source.file, row: row + 1, values: [...values.values()] };
    return recordOf(lake, name, signal);
  }
  const file = values.get('_source_file') ?? null;
  const number = values.get('_source_row') ?? null;
  const line = values.get('line') ?? null;
  if (file === null || (number === null && line === null))
    throw new PipelineError(
      'NOT_FOUND',
      values.has('_source_file')
        ? 'This row has no source file or row number.'
        : `${printable(source.path)} has no columns for the source of its rows.`,
      'Open a file of raw, silver, gold or rejects: those lead back to landing.',
    );
  const brand = values.get('_brand') ?? undefined;
  const part = partOf(lake, source.path, file, brand);
  if (part === undefined)
    throw new PipelineError(
      'NOT_FOUND',
      `This workspace has no record of ${printable(file)}.`,
      'Open the workspace that made this file; or run the date again, if its state was removed.',
    );
  const { date, table } = part;
  if (number !== null)
    return recordOf(
      lake,
      { date, table, brand, file, row: Number(number), values: [...values.values()] },
      signal,
    );
  // A record that landing refused has no number among the accepted ones, but a line.
  const original = part.source === undefined ? undefined : lake.absolute(part.source.original);
  const there = part.source !== undefined && lake.exists(part.source.original);
  return {
    file,
    row: null,
    original: there ? (original ?? null) : null,
    line: Number(line),
    text: values.get('record') ?? null,
    packed: part.source !== undefined && /\.(?:gz|zst|zip)$/i.test(part.source.original),
    follow: { kind: 'line', path: original ?? file, line: Number(line) },
  };
}

async function recordOf(lake: Lake, name: RecordName, signal: AbortSignal | undefined): Promise<RowOrigin> {
  return { ...(await recordOrigin(lake, name, signal)), follow: { kind: 'record', name } };
}

/** The line of a row of a text file: rows that landing refused are rows here too. */
async function lineOf(
  path: string,
  lake: Lake,
  row: number,
  signal: AbortSignal | undefined,
): Promise<RowOrigin> {
  const temporary = makeTemporaryFolder('preview');
  try {
    const known = await knowledgeAt(path, lake.settings.workspace);
    const { format } = await openCsv({ ...known, file: path, temporary, signal });
    const found =
      format === null
        ? undefined
        : await findPlaces({ file: path, format, shown: [row + 1], temporary, signal });
    const place = found?.shown.get(row + 1);
    if (place === undefined)
      throw new PipelineError(
        'NOT_FOUND',
        `${printable(path)} has no row ${row + 1}.`,
        'Open the file again.',
      );
    const { landingDir } = lake.settings;
    const name = relativePath(landingDir, path);
    return {
      file: inside(name) ? name : path,
      row: null,
      original: path,
      line: place.line,
      text: place.text,
      packed: (format?.compression ?? 'none') !== 'none',
      follow: { kind: 'line', path, line: place.line },
    };
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

const inside = (relative: string): boolean => !relative.startsWith('..') && !isAbsolute(relative);

/** Does the file lie where the pipeline's own files lie? Whether it is one of them is told when a row is asked for. */
export function isOfPipeline(
  { kind, path }: Pick<PreviewSource, 'kind' | 'path'>,
  { settings }: Lake,
): boolean {
  const { landingDir, rawDir, archiveDir, rejectsDir } = settings;
  const folders =
    kind === 'text' ? [landingDir, rawDir, archiveDir, rejectsDir] : kind === 'parquet' ? [rawDir] : [];
  return folders.some((folder) => inside(relativePath(folder, path)));
}

/** Dates with raw data, those in the path first, then the newest. */
function dates(lake: Lake, path: string): readonly string[] {
  const named = new Set(path.match(/\d{8}/g) ?? []);
  const newest = lake.dates('raw').toReversed();
  return [...newest.filter((date) => named.has(date)), ...newest.filter((date) => !named.has(date))];
}

function rawPart(lake: Lake, path: string): Manifest | undefined {
  const relative = lake.relative(path);
  if (relative.startsWith('..')) return undefined;
  for (const date of dates(lake, relative)) {
    const found = lake.manifests('raw', date).find((one) => one.output.path === relative);
    if (found !== undefined) return found;
  }
  return undefined;
}

function partOf(lake: Lake, path: string, file: string, brand: string | undefined): Manifest | undefined {
  for (const date of dates(lake, path)) {
    const found = lake
      .manifests('raw', date)
      .filter((one) => one.source?.file === file && (brand ?? one.brand) === one.brand);
    if (found.length > 0) return found.at(-1);
  }
  return undefined;
}
