// What a run owns while it works on a data folder, from the lock on, and gives back when it ends.
import { existsSync } from 'node:fs';
import { type LentDatabase, durable, emptyFolder, ofWorkspace, openDatabase, openedOnDemand } from '../base';
import {
  type Ledger,
  clearDrafts,
  ledgerFile,
  openLedger,
  spillFolder,
  storedDates,
  takeLock,
} from '../lake';
import { isCancelled } from '../model';
import { type Warehouse, openWarehouse } from '../warehouse';
import type { OpenWorkspace } from '../workspace';

export interface RunResources {
  readonly database: LentDatabase;
  readonly warehouse: Warehouse;
  readonly ledger: Ledger;
  /** Raw lies there, and no history: the state was removed, or never restored with the data. */
  readonly stateLost: boolean;
  close(): Promise<void>;
}

/**
 * Takes the lock and opens what a run needs; temporary files of a run that was killed are removed.
 * @throws PipelineError LOCKED when another run works on the data folder.
 */
export async function openRunResources({ settings, lake }: OpenWorkspace): Promise<RunResources> {
  const owned: (() => Promise<void> | void)[] = [];
  const close = (): Promise<void> => closeAll(owned);
  try {
    const lock = await takeLock(lake.stateDir);
    owned.push(() => lock.release());
    await clearDrafts(lake.stateDir);
    await emptyFolder(lake.temporaryDir);
    durable('temporary.cleared');
    const lent = openedOnDemand(() =>
      openDatabase({ ...ofWorkspace(settings), temporary: spillFolder(lake.temporaryDir) }),
    );
    owned.push(lent.close);
    const warehouse = openWarehouse(settings, lent.database);
    owned.push(() => warehouse.close());
    const stateLost = !existsSync(ledgerFile(lake.stateDir)) && storedDates(settings).length > 0;
    const ledger = await openLedger(lake.stateDir);
    owned.push(() => ledger.close());
    return { database: lent.database, warehouse, ledger, stateLost, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Closes in reverse order of opening; one that fails does not keep the others open. */
async function closeAll(owned: readonly (() => Promise<void> | void)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const close of [...owned].reverse()) {
    try {
      await close();
    } catch (error) {
      if (!isCancelled(error)) failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
