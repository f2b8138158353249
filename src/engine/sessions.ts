// What an opened workspace can be asked that takes a database, a warehouse or the lock for a moment.
import { ofWorkspace, withSession } from './duckdb';
import { isCancelled, PipelineError } from './errors';
import { dayOf } from './events';
import type { Lake } from './lake';
import { isLocked, takeLock } from './lock';
import { maintain as maintainUnderLock, type MaintenanceOutcome } from './maintenance';
import { stepId, type DateKey } from './model';
import type { DateDocument, RejectCount } from './report/model';
import { countRejects } from './report/rejectCounts';
import { readDateDocument } from './report/stored';
import { planRun } from './run';
import type { TraceOptions, TraceResult } from './status';
import { trace as traceOn } from './trace';
import { lookAtWarehouse, type Warehouse } from './warehouse';
import { openData, openWorkspace, type OpenWorkspace, type WorkspaceOptions } from './workspace';

/** Rows of gold with the landing line each came from; see trace.ts for what it throws. */
export function trace(workspace: OpenWorkspace, options: TraceOptions): Promise<TraceResult> {
  return withSession(ofWorkspace(workspace.settings), (connection) =>
    traceOn(workspace, connection, options),
  );
}

/**
 * Everything the report of a date shows; see readDateDocument. A failed step that has nothing left to do, because
 * what spoilt it was taken back, is not told any more; nor is a load refused by rules that the table's own report
 * tells of.
 */
export async function dateDocument(
  options: WorkspaceOptions,
  date: DateKey,
  signal?: AbortSignal,
): Promise<DateDocument> {
  const read = await readDateDocument(await openData(options), date);
  const refused = new Set(read.reports.filter((r) => r.status === 'failed').map((r) => r.table));
  const document = {
    ...read,
    failures: read.failures.filter(
      ({ error, table }) => error.code !== 'VALIDATION_FAILED' || !refused.has(table),
    ),
  };
  if (document.failures.length === 0) return document;
  try {
    const workspace = await openWorkspace(options);
    const plan = await planRun(workspace, { dates: [date] }, signal === undefined ? {} : { signal });
    const due = new Set(plan.steps.filter((step) => step.action === 'run').map(stepId));
    return {
      ...document,
      failures: document.failures.filter((failure) => due.has(stepId({ ...failure, date }))),
    };
  } catch (error) {
    if (isCancelled(error) || !(error instanceof PipelineError)) throw error;
    // What would be done cannot be known while the config is broken or a run holds the warehouse.
    return document;
  }
}

/** Rows of a date kept out, by reason and brand; see rejectCounts.ts. */
export async function rejectCounts(
  lake: Lake,
  date: DateKey,
  signal?: AbortSignal,
): Promise<readonly RejectCount[]> {
  const { rejects } = await readDateDocument(lake, date);
  if (rejects.length === 0) return [];
  return withSession(ofWorkspace(lake.settings), (connection) => countRejects(connection, rejects, signal));
}

/**
 * Applies retention and clears leftovers; with `dryRun` only tells.
 * Where the warehouse cannot be asked, what it has to confirm stays, and the outcome says why.
 * @throws PipelineError LOCKED while a run goes on; CANCELLED.
 */
export async function maintain(
  workspace: OpenWorkspace,
  options: { readonly dryRun: boolean; readonly signal?: AbortSignal; readonly clock?: () => Date },
): Promise<MaintenanceOutcome> {
  const today = dayOf((options.clock ?? ((): Date => new Date()))());
  const lock = options.dryRun ? undefined : await takeLock(workspace.lake.stateDir);
  try {
    // Looking at the embedded warehouse while a run of this very process loads it would end that run's hold on it.
    const busy = options.dryRun && (await isLocked(workspace.lake.stateDir));
    return await maintainUnderLock(workspace, {
      loads: () => (busy ? Promise.reject(loading()) : confirmedLoads(workspace)),
      today,
      dryRun: options.dryRun,
      busy,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  } finally {
    await lock?.release();
  }
}

function confirmedLoads(workspace: OpenWorkspace): ReturnType<Warehouse['loads']> {
  return lookAtWarehouse(workspace.settings, (warehouse) => warehouse.loads());
}

const loading = (): PipelineError =>
  new PipelineError(
    'LOCKED',
    'A run works on this data folder: what it has loaded is known when it ends.',
    'Ask again then.',
  );
