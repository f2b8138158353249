// What of the history is lost: all of it, its end, or single lines. A run says so, once.
import { keep, readLedger, recall } from '../lake';
import type { DateKey } from '../model';
import { readSummary } from '../report';
import type { OpenWorkspace } from '../workspace';
import type { RunResources } from './runResources';

const LOST =
  'alerts that were sent or wait, notes of corrections and accepted drifts are lost: restore data/.state from a backup to have them again.';
const ALL_LOST = `The history in data/.state is missing, though raw files are there. Manifests are made again from them; the history of runs, ${LOST}`;
/** Cache of how many damaged lines were reported. */
const REPORTED = 'history';

/**
 * What a run says of a history that is not whole. That its end is missing, as after a restore of an old backup, is seen
 * by the summaries of the dates that the run works on: they are written again by it, so that it is said once.
 */
export async function lostHistory(
  { lake }: Pick<OpenWorkspace, 'lake'>,
  { stateLost, ledger }: Pick<RunResources, 'stateLost' | 'ledger'>,
  dates: readonly DateKey[],
): Promise<readonly string[]> {
  if (stateLost) return [ALL_LOST];
  const messages: string[] = [];
  const summaries = dates.flatMap((date) => readSummary({ lake }, date) ?? []);
  if (summaries.length > 0) {
    const { entries } = readLedger(lake.stateDir, 'run');
    const known = new Set(entries.flatMap((entry) => (entry.kind === 'run' ? [entry.run_id] : [])));
    const [unknown] = summaries.filter(({ run_id }) => !known.has(run_id));
    if (unknown !== undefined)
      messages.push(
        `The history in data/.state is older than the data: run ${unknown.run_id}, which wrote the summary of ${unknown.date}, is not in it. Manifests that are missing are made again; later runs, ${LOST}`,
      );
  }
  const reported = recall(lake, REPORTED)?.['damaged'];
  if (ledger.damaged > (typeof reported === 'number' ? reported : 0)) {
    messages.push(damagedHistoryInWords(ledger.damaged));
    await keep(lake, REPORTED, { damaged: ledger.damaged });
  }
  return messages;
}

/** What is said of damaged lines of the ledger. */
export function damagedHistoryInWords(lines: number): string {
  return `${lines === 1 ? '1 line' : `${lines} lines`} of data/.state/ledger ${lines === 1 ? 'is' : 'are'} damaged: what ${lines === 1 ? 'it' : 'they'} said of earlier runs is lost. Outputs and loads do not depend on it. Restore data/.state/ledger from a backup to have it again.`;
}
