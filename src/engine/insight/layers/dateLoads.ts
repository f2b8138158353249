// Loads by date: what gold holds of each table, and what the warehouse has confirmed of it.
import {
  type DateKey,
  PipelineError,
  type PlainError,
  type Table,
  plainError,
  throwIfCancelled,
  defined,
} from '../../model';
import { type Head, readHeads } from '../../lake';
import { readLoads } from '../status/readStatus';
import { readReport } from '../../report';
import { type LoadRecord, lastKnownLoads, loadIdOf, loadKey, lookAtWarehouse } from '../../warehouse';
import { openPlace, type Place } from './layerFolders';
import type { DateLoads, LoadCalendar, LoadState, TableLoad } from './model';

interface Asked {
  readonly directory: string;
  readonly signal?: AbortSignal;
}

/** @throws PipelineError SETTINGS_INVALID, UNSUPPORTED, CANCELLED */
export async function readLoadCalendar({ directory }: Asked): Promise<LoadCalendar> {
  const place = await openPlace(directory);
  const { loads, trouble } = await loadsOf(place);
  const loaded = [...loads.keys()].map((key) => key.slice(0, 8));
  return {
    warehouse: await lookAtWarehouse(place.settings, ({ kind, place }) => Promise.resolve({ kind, place })),
    ...defined({ trouble }),
    dates: [...new Set([...loaded, ...place.lake.dates('gold')])].sort().reverse(),
  };
}

/**
 * Loads of some dates, in the order asked for.
 * @throws PipelineError SETTINGS_INVALID, STATE_CORRUPT, CANCELLED
 */
export async function readDateLoads(
  { directory, signal }: Asked,
  dates: readonly DateKey[],
): Promise<readonly DateLoads[]> {
  const place = await openPlace(directory);
  const { loads } = await loadsOf(place);
  const found: DateLoads[] = [];
  for (const date of dates) {
    throwIfCancelled(signal);
    // Between two dates other calls get their turn: the manifests are read without waiting.
    await new Promise<void>((resolve) => setImmediate(resolve));
    found.push({ date, tables: tablesOf(place, date, loads) });
  }
  return found;
}

/** What the warehouse confirms; where it cannot be asked, what it confirmed when it was. */
async function loadsOf(
  place: Place,
): Promise<{ readonly loads: ReadonlyMap<string, LoadRecord>; readonly trouble?: PlainError }> {
  try {
    return { loads: await readLoads(place) };
  } catch (error) {
    if (!(error instanceof PipelineError) || error.code !== 'WAREHOUSE') throw error;
    return { loads: lastKnownLoads(place.settings), trouble: plainError(error) };
  }
}

function tablesOf(place: Place, date: DateKey, loads: ReadonlyMap<string, LoadRecord>): readonly TableLoad[] {
  const { heads } = readHeads(place.lake, date);
  const order = place.config?.tables.map((table) => table.name) ?? [];
  const known = [...order, ...heads.map((head) => head.table)];
  const names = new Map(known.toReversed().map((name) => [name.toUpperCase(), name]));
  for (const key of loads.keys())
    if (key.startsWith(`${date}/`) && !names.has(key.slice(9))) names.set(key.slice(9), key.slice(9));
  const rank = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length);
  return [...names.values()]
    .flatMap((name) => tableLoad(place, date, name, heads, loads.get(loadKey(date, name))) ?? [])
    .toSorted((a, b) => rank(a.table) - rank(b.table) || (a.table < b.table ? -1 : 1));
}

/** undefined where the table has neither gold nor a load. */
function tableLoad(
  place: Place,
  date: DateKey,
  name: string,
  heads: readonly Head[],
  load: LoadRecord | undefined,
): TableLoad | undefined {
  const of = (layer: Head['layer']): Head | undefined =>
    heads.find((head) => head.layer === layer && head.table === name);
  const gold = of('gold');
  const there = gold !== undefined && gold.removed !== true;
  if (!there && load === undefined) return undefined;
  const latest = of('validated');
  const validated = gold !== undefined && latest?.inputs[0]?.key === gold.key ? latest : undefined;
  const table = place.config?.tables.find((one) => one.name === name);
  return {
    table: name,
    state: stateOf(place, date, name, table, gold, validated, load),
    gold: there ? gold.output.rows : null,
    accepted: validated?.output.rows ?? null,
    load:
      load === undefined
        ? null
        : { load_id: load.loadId, run_id: load.runId, rows: load.rows, loaded_at: load.finishedAt },
  };
}

function stateOf(
  { settings, lake }: Place,
  date: DateKey,
  name: string,
  table: Table | undefined,
  gold: Head | undefined,
  validated: Head | undefined,
  load: LoadRecord | undefined,
): LoadState {
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
