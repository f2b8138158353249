// Which steps failed and have not succeeded since, as the ledger says.
import type { LedgerEntry } from '../lake';
import { type DateKey, defined, stepId } from '../model';
import type { StepFailure } from './model';

/**
 * The last failure of each step of some dates that has not succeeded since, in order of time. Whether anything is
 * left to do about them only the config can say: see stages/openFailures.ts.
 * @param dates undefined: all.
 */
export function lastFailures(
  entries: readonly LedgerEntry[],
  dates?: readonly DateKey[],
): readonly StepFailure[] {
  const failed = new Map<string, StepFailure>();
  for (const entry of entries) {
    if (entry.kind !== 'step' || dates?.includes(entry.outcome.date) === false) continue;
    const { outcome } = entry;
    const id = stepId(outcome);
    if (outcome.status === 'done') failed.delete(id);
    if (outcome.status !== 'failed' || outcome.error === undefined) continue;
    // Moved to the end: the order is that of time.
    failed.delete(id);
    failed.set(id, {
      date: outcome.date,
      stage: outcome.stage,
      table: outcome.table,
      ...defined({ brand: outcome.brand }),
      time: outcome.time,
      run_id: outcome.run_id,
      error: outcome.error,
    });
  }
  return [...failed.values()];
}
