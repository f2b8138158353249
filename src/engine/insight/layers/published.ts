// The files of one date in raw, silver, gold, rejects and archive, held against what the manifests tell.
import { normalize, relative, sep } from 'node:path';
import { type ManifestHead, MANIFEST_LAYERS, readHeads, rejectedFiles } from '../../lake';
import { defined, type DateKey, type Report } from '../../model';
import { readReport } from '../../report';
import { filesByPath, type LayerWorkspace } from './layerFolders';
import type { LayerFile } from './model';

const UNKNOWN = 'not in any manifest: runs ignore it';

/** raw (Parquet and originals), silver or gold of a date. */
export function layerOfDate(
  workspace: LayerWorkspace,
  layer: 'raw' | 'silver' | 'gold',
  date: DateKey,
): readonly LayerFile[] {
  const { lake } = workspace;
  const rest = filesByPath(folderOf(workspace, layer, date));
  const files: LayerFile[] = [];
  const reports = new Map<string, Report | undefined>();
  for (const head of readHeads(lake, date).heads) {
    if (head.layer !== layer) continue;
    if (layer === 'raw' && !reports.has(head.table))
      reports.set(head.table, readReport(workspace, date, head.table));
    const path = normalize(lake.absolute(head.output.path));
    const bytes = take(rest, path);
    if (bytes !== undefined || head.removed !== true)
      files.push({
        path,
        ...named(head),
        bytes: bytes ?? 0,
        rows: head.output.rows,
        ...comparison(bytes, head.output.bytes),
        ...driftOf(head, reports),
      });
    const original = originalOf(workspace, date, head, rest);
    if (original !== undefined) files.push(original);
  }
  return inOrder([...files, ...unknown(rest)]);
}

/** What differs in the files of a brand and table, and is not accepted. */
function driftOf(
  { brand, table }: Pick<ManifestHead, 'brand' | 'table'>,
  reports: ReadonlyMap<string, Report | undefined>,
): Pick<LayerFile, 'drift'> {
  const drift = (reports.get(table)?.findings ?? [])
    .map((finding) => finding.drift)
    .filter((one) => one?.brand === brand && one?.accepted === undefined)
    .filter((one) => one !== undefined);
  return drift.length === 0 ? {} : { drift };
}

/** Rejected rows and files of a date. */
export function rejectsOfDate({ settings, lake }: LayerWorkspace, date: DateKey): readonly LayerFile[] {
  const folder = `${settings.rejectsDir}${sep}${date}`;
  const rest = filesByPath(folder);
  const files: LayerFile[] = [];
  for (const manifest of MANIFEST_LAYERS.flatMap((layer) => lake.readManifests(layer, date).manifests)) {
    if (manifest.rejects === undefined) continue;
    const path = normalize(lake.absolute(manifest.rejects.path));
    const bytes = take(rest, path);
    if (bytes === undefined && manifest.removed === true) continue;
    files.push({
      path,
      ...named(manifest),
      ...stageOf(folder, path),
      bytes: bytes ?? 0,
      rows: manifest.rejects.rows,
      ...comparison(bytes, manifest.rejects.bytes),
    });
  }
  for (const note of rejectedFiles(lake, date)) {
    const path = normalize(lake.absolute(note.kept));
    take(rest, `${path}.reason.json`);
    files.push({
      path,
      brand: note.brand,
      table: note.table,
      ...stageOf(folder, path),
      rows: null,
      bytes: take(rest, path) ?? 0,
      state: 'ok',
      reason: note.reason,
    });
  }
  return inOrder([...files, ...unknown(rest).map((file) => ({ ...file, ...stageOf(folder, file.path) }))]);
}

/** Originals of a date that were compressed into the archive. */
export function archiveOfDate({ settings, lake }: LayerWorkspace, date: DateKey): readonly LayerFile[] {
  const rest = filesByPath(`${settings.archiveDir}${sep}${date}`);
  const files = readHeads(lake, date).heads.flatMap((head): readonly LayerFile[] => {
    const path = head.source === undefined ? '' : normalize(lake.absolute(head.source.original));
    const bytes = take(rest, path);
    return bytes === undefined
      ? []
      : [{ path, ...named(head), bytes, rows: head.output.rows, state: 'ok', reason: arrival(head) }];
  });
  return inOrder([...files, ...unknown(rest)]);
}

/** Folder of a layer, or of one of its dates. */
function folderOf({ settings }: LayerWorkspace, layer: 'raw' | 'silver' | 'gold', date: DateKey): string {
  const folder = { raw: settings.rawDir, silver: settings.silverDir, gold: settings.goldDir }[layer];
  return `${folder}${sep}${date}`;
}

/** The file that raw was made from, where it lies in raw; one in the archive is shown there. */
function originalOf(
  workspace: LayerWorkspace,
  date: DateKey,
  head: ManifestHead,
  rest: Map<string, number>,
): LayerFile | undefined {
  if (head.source === undefined) return undefined;
  const path = normalize(workspace.lake.absolute(head.source.original));
  if (!path.startsWith(`${folderOf(workspace, 'raw', date)}${sep}`)) return undefined;
  const bytes = take(rest, path);
  const told = comparison(bytes, head.source.bytes);
  return { path, ...named(head), bytes: bytes ?? 0, rows: null, reason: arrival(head), ...told };
}

const arrival = (head: ManifestHead): string => `arrived as ${head.source?.file ?? ''}`;

function comparison(bytes: number | undefined, told: number): Pick<LayerFile, 'state' | 'reason'> {
  if (bytes === told) return { state: 'ok' };
  return {
    state: 'broken',
    reason:
      bytes === undefined
        ? 'the file is missing'
        : `changed since it was written: it has ${bytes} bytes instead of ${told}`,
  };
}

const named = (head: Pick<ManifestHead, 'brand' | 'table'>): Pick<LayerFile, 'brand' | 'table'> => ({
  ...defined({ brand: head.brand }),
  table: head.table,
});

function stageOf(folder: string, path: string): Pick<LayerFile, 'stage'> {
  const parts = relative(folder, path).split(sep);
  return parts.length > 1 && parts[0] !== undefined ? { stage: parts[0] } : {};
}

function unknown(rest: ReadonlyMap<string, number>): readonly LayerFile[] {
  return [...rest].map(([path, bytes]) => ({ path, bytes, rows: null, state: 'ignored', reason: UNKNOWN }));
}

/** The bytes of a file, which is then told. */
function take(rest: Map<string, number>, path: string): number | undefined {
  const bytes = rest.get(path);
  rest.delete(path);
  return bytes;
}

function inOrder(files: readonly LayerFile[]): readonly LayerFile[] {
  return files.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}
