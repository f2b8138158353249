// What lies in a workspace, for trees: each question reads no more than its answer needs.
import { join } from 'node:path';
import { type DateKey, throwIfCancelled } from '../../model';
import { type ManifestHead, readHeads, readLanding } from '../../lake';
import { readSummary } from '../../report';
import { readLoads } from '../status/readStatus';
import { archiveOfDate, layerOfDate, rejectsOfDate } from './published';
import {
  dateFolders,
  filesByPath,
  openLayerWorkspace,
  type LayerRequest,
  type LayerWorkspace,
} from './layerFolders';
import {
  TREE_LAYERS,
  type LayerDate,
  type LayerFile,
  type LayerTree,
  type TableLoads,
  type TreeLayer,
} from './model';

export { readDateLoads } from './dateLoads';
export type * from './model';

/** The layers with their dates; only folders are listed. @throws PipelineError SETTINGS_INVALID */
export async function readLayers(request: LayerRequest): Promise<LayerTree> {
  const { signal } = request;
  const workspace = await openLayerWorkspace(request);
  const { settings, lake } = workspace;
  const landing = await landingByDate(workspace, signal);
  const layers = TREE_LAYERS.map((layer) => ({
    layer,
    folder: layerFolder(workspace, layer),
    dates:
      layer === 'landing'
        ? newestFirst(landing.keys())
        : newestFirst(dateFolders(layerFolder(workspace, layer))),
  }));
  const dates = [...layers.flatMap((l) => l.dates), ...lake.dates('raw'), ...lake.dates('gold')];
  return {
    dataFolder: settings.dataDir,
    configFolder: settings.configDir,
    stateFolder: lake.stateDir,
    dates: newestFirst(dates.filter((date) => date !== '')),
    layers,
  };
}

/** Sums of some dates of a layer. @throws PipelineError SETTINGS_INVALID, CANCELLED, STATE_CORRUPT */
export async function readLayerDates(
  request: LayerRequest,
  layer: TreeLayer,
  dates: readonly DateKey[],
): Promise<readonly LayerDate[]> {
  const { signal } = request;
  const workspace = await openLayerWorkspace(request);
  const landing = layer === 'landing' ? await landingByDate(workspace, signal) : undefined;
  const lookAt = (date: DateKey): readonly LayerFile[] => {
    if (layer === 'landing') return landing?.get(date) ?? [];
    // Rows of rejects stand in every manifest of the date: too much to read for a glance.
    return layer === 'rejects'
      ? glance(join(workspace.settings.rejectsDir, date))
      : filesOf(workspace, layer, date);
  };
  const sums: LayerDate[] = [];
  for (const date of dates) {
    await breathe(signal);
    sums.push({ ...sumOf(date, lookAt(date)), ...(layer === 'raw' ? driftOf(workspace, date) : {}) });
  }
  return sums;
}

/** The files of a layer of one date, by path. @throws as readLayerDates does */
export async function readLayerFiles(
  request: LayerRequest,
  layer: TreeLayer,
  date: DateKey,
): Promise<readonly LayerFile[]> {
  const { signal } = request;
  const workspace = await openLayerWorkspace(request);
  return layer === 'landing'
    ? ((await landingByDate(workspace, signal)).get(date) ?? [])
    : filesOf(workspace, layer, date);
}

/**
 * What the warehouse confirms, by table in the order of the config, then those it no longer has.
 * @throws PipelineError SETTINGS_INVALID, WAREHOUSE, CANCELLED
 */
export async function readTableLoads(request: LayerRequest): Promise<readonly TableLoads[]> {
  const { signal } = request;
  const workspace = await openLayerWorkspace(request);
  const names = new Map(workspace.config?.tables.map((t) => [t.name.toUpperCase(), t.name]));
  const tables = new Map<string, TableLoads['loads'][number][]>(
    [...names.values()].map((name) => [name, []]),
  );
  const stale = new Map<DateKey, ReadonlySet<string>>();
  const known = new Map<string, string>();
  for (const [key, load] of await readLoads(workspace)) {
    const [date = '', upper = ''] = key.split('/');
    if (!stale.has(date)) {
      await breathe(signal);
      const { heads } = readHeads(workspace.lake, date);
      stale.set(date, staleTables(heads));
      for (const head of heads) known.set(head.table.toUpperCase(), head.table);
    }
    const table = names.get(upper) ?? known.get(upper) ?? upper;
    tables.set(table, [
      ...(tables.get(table) ?? []),
      {
        date,
        rows: load.rows,
        loaded_at: load.finishedAt,
        load_id: load.loadId,
        current: stale.get(date)?.has(upper) !== true,
      },
    ]);
  }
  return [...tables].flatMap(([table, loads]) =>
    loads.length === 0 ? [] : [{ table, loads: loads.toSorted((a, b) => (a.date < b.date ? 1 : -1)) }],
  );
}

/** Tables, in upper case, whose gold on disk is not what was validated and loaded last. */
function staleTables(heads: readonly ManifestHead[]): ReadonlySet<string> {
  const stale = heads.filter((gold) => {
    if (gold.layer !== 'gold' || gold.removed === true) return false;
    const validated = heads.find((h) => h.layer === 'validated' && h.table === gold.table);
    return validated?.inputs[0]?.key !== gold.key || !validated.tellsLoad;
  });
  return new Set(stale.map((gold) => gold.table.toUpperCase()));
}

function filesOf(
  workspace: LayerWorkspace,
  layer: Exclude<TreeLayer, 'landing'>,
  date: DateKey,
): readonly LayerFile[] {
  switch (layer) {
    case 'raw':
    case 'silver':
    case 'gold':
      return layerOfDate(workspace, layer, date);
    case 'rejects':
      return rejectsOfDate(workspace, date);
    case 'archive':
      return archiveOfDate(workspace, date);
    default:
      return layer satisfies never;
  }
}

/** Landing files by the date of their name; "" holds those no step takes, each with its reason. */
async function landingByDate(
  { settings, config, configError }: LayerWorkspace,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<DateKey, readonly LayerFile[]>> {
  const at = (path: string): string => join(settings.landingDir, ...path.split('/'));
  const found = new Map<DateKey, LayerFile[]>();
  const add = (date: DateKey, file: LayerFile): void => {
    found.set(date, [...(found.get(date) ?? []), file]);
  };
  const sizes = filesByPath(settings.landingDir);
  if (config === undefined) {
    const reason = `the config cannot be read: ${configError?.message ?? ''}`;
    for (const [path, bytes] of sizes) add('', { path, bytes, rows: null, state: 'ignored', reason });
    return found;
  }
  const { files, strays } = await readLanding(settings, config, signal);
  for (const { path, brand, table, date, bytes } of files)
    add(date, { path: at(path), brand, table, bytes, rows: null, state: 'ok' });
  for (const { path, status, reason } of strays)
    add('', { path: at(path), bytes: sizes.get(at(path)) ?? 0, rows: null, state: status, reason });
  return found;
}

function layerFolder({ settings }: LayerWorkspace, layer: TreeLayer): string {
  return {
    landing: settings.landingDir,
    raw: settings.rawDir,
    silver: settings.silverDir,
    gold: settings.goldDir,
    rejects: settings.rejectsDir,
    archive: settings.archiveDir,
  }[layer];
}

function glance(folder: string): readonly LayerFile[] {
  return [...filesByPath(folder)].flatMap(([path, bytes]) =>
    path.endsWith('.reason.json') ? [] : [{ path, bytes, rows: null, state: 'ok' as const }],
  );
}

/** One small file per date: the reports have it brand by brand. */
function driftOf({ lake }: LayerWorkspace, date: DateKey): Pick<LayerDate, 'drift'> {
  const tables = readSummary({ lake }, date)?.tables ?? [];
  const drift = tables.reduce((n, table) => n + (table.drift?.length ?? 0), 0);
  return drift === 0 ? {} : { drift };
}

function sumOf(date: DateKey, files: readonly LayerFile[]): LayerDate {
  const counted = files.flatMap(({ rows }) => (rows === null ? [] : [rows]));
  return {
    date,
    files: files.length,
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    rows: counted.length === 0 ? null : counted.reduce((sum, rows) => sum + rows, 0),
    broken: files.filter((file) => file.state !== 'ok').length,
  };
}

function newestFirst(dates: Iterable<DateKey>): readonly DateKey[] {
  return [...new Set(dates)].sort().reverse();
}

/** Between two dates other calls get their turn: the files are read without waiting. */
async function breathe(signal: AbortSignal | undefined): Promise<void> {
  throwIfCancelled(signal);
  await new Promise<void>((resolve) => setImmediate(resolve));
}
