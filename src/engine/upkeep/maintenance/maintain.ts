// Maintenance under the lock of the data folder.
import type { OpenWorkspace } from '../../workspace';
import { type Warehouse, lookAtWarehouse } from '../../warehouse';
import { maintainUnderLock, type MaintenanceOutcome } from './maintainUnderLock';
import { lockHolder, requireKnownRest, takeLock } from '../../lake';

import { PipelineError, dayOf, defined } from '../../model';

/**
 * Applies retention and clears leftovers; with `dryRun` only reports.
 * Where the warehouse cannot be asked, what it has to confirm stays, and the outcome says why.
 * @throws PipelineError LOCKED while a run is under way; STATE_NEWER; CANCELLED.
 */
export async function maintain(
  workspace: OpenWorkspace,
  options: { readonly dryRun: boolean; readonly signal?: AbortSignal; readonly clock?: () => Date },
): Promise<MaintenanceOutcome> {
  const today = dayOf((options.clock ?? ((): Date => new Date()))());
  requireKnownRest(workspace.lake.stateDir);
  const lock = options.dryRun ? undefined : await takeLock(workspace.lake.stateDir);
  try {
    // Looking at the embedded warehouse while a run of this very process loads it would end that run's hold on it.
    const busy = options.dryRun && lockHolder(workspace.lake.stateDir) !== undefined;
    return await maintainUnderLock(workspace, {
      loads: () => (busy ? Promise.reject(loading()) : confirmedLoads(workspace)),
      today,
      dryRun: options.dryRun,
      busy,
      ...defined({ signal: options.signal }),
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
    'A run is using this data folder: what it has loaded is known when it ends.',
    'Try again then.',
  );
