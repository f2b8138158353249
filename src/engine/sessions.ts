// What an opened workspace can be asked that takes a database, a warehouse or the lock for a moment.
import { openDatabase, type Connection, type Database } from './duckdb';
import { dayOf } from './events';
import { takeLock } from './lock';
import { maintain as maintainUnderLock, type MaintenanceOutcome } from './maintenance';
import type { TraceOptions, TraceResult } from './status';
import { trace as traceOn } from './trace';
import { openWarehouse } from './warehouse';
import type { Lake } from './lake';
import type { RejectCount } from './report/model';
import { countRejects } from './report/rejectCounts';
import { readDateDocument } from './report/stored';
import type { DateKey, Settings } from './model';
import type { OpenWorkspace } from './workspace';

async function withDatabase<T>(
  workspace: { readonly settings: Settings },
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const database = await openDatabase({
    memoryLimit: workspace.settings.memoryLimit,
    folders: [workspace.settings.dataDir],
  });
  try {
    return await work(database);
  } finally {
    database.close();
  }
}

async function withConnection<T>(
  database: Database,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await database.connect();
  try {
    return await work(connection);
  } finally {
    connection.close();
  }
}

/** Rows of gold with the landing line each came from; see trace.ts for what it throws. */
export function trace(workspace: OpenWorkspace, options: TraceOptions): Promise<TraceResult> {
  return withDatabase(workspace, (database) =>
    withConnection(database, (connection) => traceOn(workspace, connection, options)),
  );
}

/** Rows of a date kept out, by reason and brand; see rejectCounts.ts. */
export async function rejectCounts(
  lake: Lake,
  date: DateKey,
  signal?: AbortSignal,
): Promise<readonly RejectCount[]> {
  const { rejects } = await readDateDocument(lake, date);
  if (rejects.length === 0) return [];
  return withDatabase(lake, (database) =>
    withConnection(database, (connection) => countRejects(connection, rejects, signal)),
  );
}

/**
 * Applies retention and clears leftovers; with `dryRun` only tells.
 * @throws PipelineError LOCKED while a run goes on; CANCELLED; WAREHOUSE when its ledger cannot be read.
 */
export async function maintain(
  workspace: OpenWorkspace,
  options: { readonly dryRun: boolean; readonly signal?: AbortSignal; readonly clock?: () => Date },
): Promise<MaintenanceOutcome> {
  const today = dayOf((options.clock ?? ((): Date => new Date()))());
  const lock = options.dryRun ? undefined : await takeLock(workspace.lake.stateDir);
  try {
    return await withDatabase(workspace, async (database) => {
      const warehouse = openWarehouse(workspace.settings, database, 'look');
      try {
        const loads = await warehouse.loads();
        return await maintainUnderLock(workspace, {
          loads,
          today,
          dryRun: options.dryRun,
          ...(options.signal === undefined ? {} : { signal: options.signal }),
        });
      } finally {
        await warehouse.close();
      }
    });
  } finally {
    await lock?.release();
  }
}
