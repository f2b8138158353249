// Loads by date: what gold holds of each table, and what the warehouse has confirmed of it.
import {
  type DateKey,
  PipelineError,
  type PlainError,
  plainError,
  throwIfCancelled,
  defined,
} from '../../model';
import { type ManifestHead, readHeads } from '../../lake';
import { readLoads } from '../status/readStatus';
import { readReport, readSummary } from '../../report';
import { type LoadRecord, lastKnownLoads, loadIdOf, loadKey, lookAtWarehouse } from '../../warehouse';
import { openLayerWorkspace, type LayerRequest, type LayerWorkspace } from './layerFolders';
import type { DateLoads, LoadCalendar, LoadState, TableLoad } from './model';

/** @throws PipelineError SETTINGS_INVALID, UNSUPPORTED, CANCELLED */
export async function readLoadCalendar(request: LayerRequest): Promise<LoadCalendar> {
  const workspace = await openLayerWorkspace(request);
  const { loads, problem } = await loadsOf(workspace);
  const loaded = [...loads.keys()].map((key) => key.slice(0, 8));
  return {
    warehouse: await lookAtWarehouse(workspace.settings, ({ kind, place }) =>
      Promise.resolve({ kind, place }),
    ),
    ...defined({ problem }),
    dates: [...new Set([...loaded, ...workspace.lake.dates('gold')])].sort().reverse(),
  };
}

/**
 * Loads of some dates, in the order asked for.
 * @throws PipelineError SETTINGS_INVALID, STATE_CORRUPT, CANCELLED
 */
export async function readDateLoads(
  request: LayerRequest,
  dates: readonly DateKey[],
): Promise<readonly DateLoads[]> {
  const { signal } = request;
  const workspace = await openLayerWorkspace(request);
  const { loads } = await loadsOf(workspace);
  const found: DateLoads[] = [];
  for (const date of dates) {
    throwIfCancelled(signal);
    // Between two dates other calls get their turn: the manifests are read without waiting.
    await new Promise<void>((resolve) => setImmediate(resolve));
    found.push({ date, tables: tablesOf(workspace, date, loads) });
  }
  return found;
}

/** What the warehouse confirms; where it cannot be asked, what it confirmed when it was. */
async function loadsOf(
  workspace: LayerWorkspace,
): Promise<{ readonly loads: ReadonlyMap<string, LoadRecord>; readonly problem?: PlainError }> {
  try {
    return { loads: await readLoads(workspace) };
  } catch (error) {
    if (!(error instanceof PipelineError) || error.code !== 'WAREHOUSE') throw error;
    return { loads: lastKnownLoads(workspace.settings), problem: plainError(error) };
  }
}

function tablesOf(
  workspace: LayerWorkspace,
  date: DateKey,
  loads: ReadonlyMap<string, LoadRecord>,
): readonly TableLoad[] {
  const { heads } = readHeads(workspace.lake, date);
  const order = workspace.config?.tables.map((table) => table.name) ?? [];
  // What the last run of the date made of it: also tables that did not come as far as gold.
  const summary = readSummary(workspace, date);
  const due = new Set([
    ...(summary?.tables ?? []).map(({ table }) => table),
    ...(summary?.arrivals ?? []).flatMap(({ table, status }) => (status === 'missing' ? [] : [table])),
  ]);
  const known = [...order, ...heads.map((head) => head.table), ...due];
  const names = new Map(known.toReversed().map((name) => [name.toUpperCase(), name]));
  for (const key of loads.keys())
    if (key.startsWith(`${date}/`) && !names.has(key.slice(9))) names.set(key.slice(9), key.slice(9));
  const rank = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length);
  return [...names.values()]
    .flatMap(
      (name) =>
        tableLoad(workspace, publishedTable(heads, { date, name, load: loads.get(loadKey(date, name)) })) ??
        (due.has(name)
          ? [withoutGold(name, summary?.tables.find(({ table }) => table === name)?.status === 'failed')]
          : []),
    )
    .toSorted((a, b) => rank(a.table) - rank(b.table) || (a.table < b.table ? -1 : 1));
}

/** What is published and loaded of a table. */
interface PublishedTable {
  readonly date: DateKey;
  readonly name: string;
  readonly gold: ManifestHead | undefined;
  /** The validation of this gold. */
  readonly validated: ManifestHead | undefined;
  readonly load: LoadRecord | undefined;
}

function publishedTable(
  heads: readonly ManifestHead[],
  names: Pick<PublishedTable, 'date' | 'name' | 'load'>,
): PublishedTable {
  const of = (layer: ManifestHead['layer']): ManifestHead | undefined =>
    heads.find((head) => head.layer === layer && head.table === names.name);
  const gold = of('gold');
  const latest = of('validated');
  return {
    ...names,
    gold,
    validated: gold !== undefined && latest?.inputs[0]?.key === gold.key ? latest : undefined,
  };
}

/** undefined where the table has neither gold nor a load. */
function tableLoad(workspace: LayerWorkspace, published: PublishedTable): TableLoad | undefined {
  const { name, gold, validated, load } = published;
  const there = gold !== undefined && gold.removed !== true;
  if (!there && load === undefined) return undefined;
  return {
    table: name,
    state: stateOf(workspace, published),
    gold: there ? gold.output.rows : null,
    accepted: validated?.output.rows ?? null,
    load:
      load === undefined
        ? null
        : { load_id: load.loadId, run_id: load.runId, rows: load.rows, loaded_at: load.finishedAt },
  };
}

/** A table that was received, and of which no gold was made. */
const withoutGold = (table: string, failed: boolean): TableLoad => ({
  table,
  state: failed ? 'failed' : 'not_loaded',
  ...{ gold: null, accepted: null, load: null },
});

function stateOf(
  { settings, lake, config }: LayerWorkspace,
  { date, name, gold, validated, load }: PublishedTable,
): LoadState {
  const table = config?.tables.find((one) => one.name === name);
  if (load === undefined) {
    const failed = validated !== undefined && readReport({ lake }, date, name)?.status === 'failed';
    return failed ? 'refused' : 'not_loaded';
  }
  // Where gold was never here, or its date was made elsewhere, there is nothing to doubt it by.
  if (gold === undefined) return 'loaded';
  if (validated === undefined) return gold.removed === true ? 'loaded' : 'older';
  // A config that is being edited does not tell which load it would be: then what the report tells must do.
  const same =
    table === undefined ? validated.tellsLoad : loadIdOf(validated.key, table, settings) === load.loadId;
  if (!same) return 'older';
  return load.rows === validated.output.rows ? 'loaded' : 'miscounted';
}
