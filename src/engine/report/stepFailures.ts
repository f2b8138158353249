// Which steps failed and have not succeeded since, as the ledger says.
import { statSync } from 'node:fs';
import { type Lake, type LedgerEntry, type RejectedFile, openRejections } from '../lake';
import { type DateKey, type PlainError, type StepFailure, defined, stepId } from '../model';

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

/** Files of a date that were rejected whole and that nothing accounts for, as failures of the step that rejected them. */
export function rejectionFailures(lake: Lake, date: DateKey): readonly StepFailure[] {
  return openRejections(lake, date).map((note) => ({
    date,
    stage: 'landing-to-raw',
    table: note.table,
    brand: note.brand,
    time: timeOf(`${lake.absolute(note.kept)}.reason.json`),
    run_id: '',
    error: rejectionError(lake, note),
    rejected_file: note.file,
  }));
}

function rejectionError(lake: Lake, { file, code, reason, kept }: RejectedFile): PlainError {
  return {
    code: 'NOT_CSV',
    message: `${file} was rejected whole (${code}): ${reason.replace(/\.$/, '')}. None of its rows are loaded.`,
    remedy: `Deliver a corrected file of the same name and run again, or fix the config and run: m7 replay. To do without the file, delete ${kept}.`,
    file: lake.absolute(kept),
  };
}

function timeOf(path: string): string {
  return (statSync(path, { throwIfNoEntry: false })?.mtime ?? new Date(0)).toISOString();
}
