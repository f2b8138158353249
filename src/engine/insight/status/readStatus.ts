// The state of a workspace by date, from landing, manifests, reports, the ledger and the warehouse.
import { type Inventory, type Plan, makePlan, slotId, takeInventory } from '../../run';
import {
  type ManifestHead,
  type LedgerEntry,
  type LockHolder,
  isRunning,
  lockHolder,
  requireKnownLock,
  openRejections,
  readLanding,
  readLedger,
  rejectionDates,
} from '../../lake';
import {
  type DateKey,
  type Layer,
  LAYERS,
  type Report,
  brandsThere,
  dayOf,
  defined,
  plainError,
  stepId,
} from '../../model';
import type { DateStatus, LayerStatus, RunRecord, Status, TableStatus } from './model';
import { type DateStanding, dateVerdict, driftMessages, lastRun, readReports } from '../../report';
import { openFailures } from '../../stages';
import { type LoadRecord, lastKnownLoads, loadKey, lookAtWarehouse, rememberedLoads } from '../../warehouse';
import type { OpenWorkspace } from '../../workspace';

const RUNS_SHOWN = 20;

/**
 * Reads the state of all dates, or of some. Nothing is written, and it may be asked during a run.
 * @throws PipelineError WAREHOUSE when the warehouse file is held by another program.
 */
export async function readStatus(
  workspace: OpenWorkspace,
  options: {
    readonly date?: DateKey;
    readonly dates?: readonly DateKey[];
    readonly signal?: AbortSignal;
    readonly clock?: () => Date;
  } = {},
): Promise<Status> {
  const { settings, config, lake } = workspace;
  requireKnownLock(lake.stateDir);
  const loads = await readLoads(workspace);
  const landing = await readLanding(settings, config, options.signal);
  const known = [
    ...new Set([
      ...landing.files.map((f) => f.date),
      ...lake.dates('raw'),
      ...lake.dates('gold'),
      ...rejectionDates(lake).filter((date) => openRejections(lake, date).length > 0),
    ]),
  ].sort();
  const dates = options.dates?.toSorted() ?? (options.date === undefined ? known : [options.date]);
  const today = dayOf((options.clock ?? ((): Date => new Date()))());
  const inventory = await takeInventory(workspace, {
    selection: { dates },
    today,
    loads: new Map([...loads].map(([key, record]) => [key, record.loadId])),
    signal: options.signal,
  });
  const plan = makePlan(settings, config, inventory, { dates });
  const { entries, damaged } = readLedger(lake.stateDir);
  const failures = failuresByTable(workspace, entries, plan);
  const running = lockHolder(lake.stateDir);
  return {
    workspace: settings.workspace,
    dates: dates
      .map((date) =>
        dateStatus(
          { workspace, inventory, plan, loads, failures, run: lastRun(entries, date, running) },
          date,
        ),
      )
      .reverse(),
    // Some dates were asked for: files of the others are no strays.
    files: (options.dates === undefined ? plan.strays : landing.strays).map(({ path, status, reason }) => ({
      path,
      status,
      reason,
    })),
    unconfigured: plan.unconfigured,
    runs: runRecords(entries, running).slice(0, RUNS_SHOWN),
    ...(damaged === 0 ? {} : { damaged_history: damaged }),
    ...defined({ running }),
  };
}

/** What the warehouse confirms; while a run holds its file, what it confirmed when it was last asked. */
export async function readLoads(
  workspace: Pick<OpenWorkspace, 'settings' | 'lake'>,
): Promise<ReadonlyMap<string, LoadRecord>> {
  // Views must not wait for a login, nor pay for a virtual warehouse that wakes up; a file of who knows whom is not asked.
  if (!workspace.settings.mockSnowflake || !workspace.settings.trusted)
    return lastKnownLoads(workspace.settings);
  // Opening the file in the process that loads it would end that process's lock on it.
  if (lockHolder(workspace.lake.stateDir)?.pid === process.pid) return lastKnownLoads(workspace.settings);
  try {
    return await lookAtWarehouse(workspace.settings, (warehouse) =>
      rememberedLoads(workspace.settings, warehouse, false),
    );
  } catch (error) {
    // A run that goes on now holds the file: what it has loaded is told when it ends.
    if (lockHolder(workspace.lake.stateDir) !== undefined) return lastKnownLoads(workspace.settings);
    throw error;
  }
}

type FailureByTable = ReadonlyMap<string, Pick<TableStatus, 'failure' | 'rejected_files'>>;

/** By date and table, the files that were rejected whole, and what failed last and still has something to do. */
export function failuresByTable(
  workspace: Pick<OpenWorkspace, 'settings' | 'config' | 'lake'>,
  entries: readonly LedgerEntry[],
  plan: Plan,
): FailureByTable {
  const due = new Set(plan.steps.filter((s) => s.action === 'run').map(stepId));
  const found = new Map<string, Pick<TableStatus, 'failure' | 'rejected_files'>>();
  for (const { date, table, rejected_file, ...failure } of openFailures(workspace, entries, plan.dates)) {
    // A plan knows what else landing holds.
    if (
      rejected_file === undefined &&
      failure.stage === 'landing-to-raw' &&
      !due.has(stepId({ date, table, ...failure }))
    )
      continue;
    const key = `${date}/${table}`;
    const { rejected_files: files = [] } = found.get(key) ?? {};
    const { brand = '', error } = failure;
    const rejected_files =
      rejected_file === undefined ? files : [...files, { brand, file: rejected_file, error }];
    found.set(key, { failure, ...(rejected_files.length === 0 ? {} : { rejected_files }) });
  }
  return found;
}

/** What the states of dates are read from. */
interface StatusSources {
  readonly workspace: OpenWorkspace;
  readonly inventory: Inventory;
  readonly plan: Plan;
  readonly loads: ReadonlyMap<string, LoadRecord>;
  readonly failures: FailureByTable;
  /** The last run that took the date. */
  readonly run: ReturnType<typeof lastRun>;
}

function dateStatus(sources: StatusSources, date: DateKey): DateStatus {
  const { workspace, plan, run } = sources;
  const { reports, broken } = readReports(workspace.lake, date);
  const known = workspace.config.tables.flatMap(({ name }): readonly TableFacts[] => {
    const facts = tableFacts(sources, date, { table: name, report: reports.find((r) => r.table === name) });
    const { layers, loaded, failure, damaged } = facts;
    const nothing = Object.keys(layers).length === 0 && loaded === null;
    return nothing && failure === undefined && damaged === undefined ? [] : [facts];
  });
  const arrivals = plan.arrivals.filter((one) => one.date === date);
  const verdict = dateVerdict({
    reports: reports.filter(({ table }) => known.some((one) => one.table === table)),
    failures: known.flatMap(failuresOf),
    broken,
    summary: { arrivals, tables: known },
    run,
  });
  const due = plan.steps.some((s) => s.date === date && s.action === 'run');
  return {
    date,
    state: stateOf(verdict.status, due),
    verdict,
    tables: known.flatMap((one) => {
      const judged = verdict.tables.find(({ table }) => table === one.table);
      return judged === undefined ? [] : [{ ...one, status: judged.status }];
    }),
    missing: arrivals
      .filter(({ status }) => status === 'missing')
      .map(({ brand, table }) => ({ brand, table })),
  };
}

function stateOf(standing: DateStanding, due: boolean): DateStatus['state'] {
  if (standing === 'failed') return 'failed';
  return due || standing === 'unfinished' ? 'unfinished' : 'loaded';
}

type TableFacts = Omit<TableStatus, 'status'>;

/** What failed of a table, as the verdict counts it: each file, else the step or the damage that stops it. */
function failuresOf({ table, failure, damaged, rejected_files: files = [] }: TableFacts): readonly {
  readonly table: string;
  readonly brand?: string;
  readonly rejected_file?: string;
}[] {
  if (failure === undefined && damaged === undefined) return [];
  return [{ table }, ...files.map(({ brand, file }) => ({ table, brand, rejected_file: file }))];
}

function tableFacts(
  sources: StatusSources,
  date: DateKey,
  { table, report }: { readonly table: string; readonly report: Report | undefined },
): TableFacts {
  const { workspace, loads, failures } = sources;
  return {
    table,
    layers: layersOf(sources, date, table),
    ...defined({
      report: report && {
        status: report.status,
        rejected: report.rows.rejected,
        path: workspace.relative(workspace.lake.reportFile(date, table)),
        ...driftOf(report),
      },
    }),
    loaded: loads.get(loadKey(date, table))?.rows ?? null,
    ...damagedOf(sources, date, table),
    ...failures.get(`${date}/${table}`),
  };
}

/** Manifests of raw that cannot be read, brand by brand. */
function damagedOf(
  { workspace, inventory }: StatusSources,
  date: DateKey,
  table: string,
): Pick<TableStatus, 'damaged'> {
  const found = brandsThere(workspace.config).flatMap(({ name: brand }) => {
    const error = inventory.held.get(date)?.damaged.get(slotId(brand, table));
    return error === undefined ? [] : [{ brand, error: plainError(error) }];
  });
  return found.length === 0 ? {} : { damaged: found };
}

function driftOf({ findings }: Report): Pick<NonNullable<TableStatus['report']>, 'drift'> {
  const drift = driftMessages(findings);
  return drift.length === 0 ? {} : { drift };
}

/** What each layer holds of a table; one without anything of it is absent. */
function layersOf(
  { workspace: { lake }, inventory }: StatusSources,
  date: DateKey,
  table: string,
): TableStatus['layers'] {
  const held = inventory.held.get(date);
  const waiting = (inventory.waiting.get(date) ?? []).filter((f) => f.table === table);
  const published = (
    list: Iterable<{ readonly manifest: ManifestHead }> | undefined,
  ): LayerStatus | undefined => {
    const there = [...(list ?? [])]
      .map((h) => h.manifest)
      .filter((m) => m.table === table && m.removed !== true && lake.intact(m));
    if (there.length === 0) return undefined;
    return {
      files: there.length,
      bytes: there.reduce((sum, m) => sum + m.output.bytes, 0),
      rows: there.reduce((sum, m) => sum + m.output.rows, 0),
    };
  };
  const layers: Record<Layer, LayerStatus | undefined> = {
    landing:
      waiting.length === 0
        ? undefined
        : { files: waiting.length, bytes: waiting.reduce((sum, f) => sum + f.bytes, 0), rows: null },
    raw: published([...(held?.raw.values() ?? [])].flat()),
    silver: published(held?.silver.values()),
    gold: published(held?.gold.values()),
  };
  return Object.fromEntries(
    LAYERS.flatMap((layer) => (layers[layer] === undefined ? [] : [[layer, layers[layer]]])),
  );
}

/** Newest first. A run without an end was interrupted, unless it is the one that holds the lock. */
function runRecords(entries: readonly LedgerEntry[], holder: LockHolder | undefined): readonly RunRecord[] {
  const runs = new Map<string, RunRecord>();
  for (const entry of entries) {
    if (entry.kind !== 'run') continue;
    const started = runs.get(entry.run_id);
    if (entry.status === 'started')
      runs.set(entry.run_id, {
        run_id: entry.run_id,
        status: 'interrupted',
        started_at: entry.time,
        dates: entry.dates,
      });
    else
      runs.set(entry.run_id, {
        run_id: entry.run_id,
        status: entry.status,
        started_at: started?.started_at ?? entry.time,
        finished_at: entry.time,
        dates: entry.dates,
      });
  }
  // As the ledger has them: ids of one second have no order.
  const newest = [...runs.values()].toReversed();
  const [last] = newest;
  const running = last?.status === 'interrupted' && isRunning(last.started_at, holder);
  return running ? newest.slice(1) : newest;
}
