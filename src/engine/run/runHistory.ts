// What a run writes about itself. What is published stays so, whether or not its history can be written.
import type { Ledger, LedgerEntry } from '../lake';
import { type LogEvent, PipelineError } from '../model';

type HistoryFailure = Omit<LogEvent, 'time' | 'run_id'>;

/** The history of one run. The first failure to write it is reported, and fails the run; later ones are not repeated. */
export class RunHistory {
  readonly #ledger: Ledger;
  #failed = false;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  get failed(): boolean {
    return this.#failed;
  }

  /** Adds an entry to the ledger. @returns what is to be reported of it. */
  note(entry: LedgerEntry): Promise<readonly HistoryFailure[]> {
    return this.attempt(() => this.#ledger.append([entry]));
  }

  /** Writes any other part of the history, in the same way. */
  async attempt(write: () => unknown): Promise<readonly HistoryFailure[]> {
    try {
      await write();
      return [];
    } catch (error) {
      if (!(error instanceof PipelineError)) throw error;
      if (this.#failed) return [];
      this.#failed = true;
      return [{ event: 'log', level: 'error', message: `${error.message} ${error.remedy}` }];
    }
  }
}
