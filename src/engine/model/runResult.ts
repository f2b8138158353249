// What a run gives back when it ends.
import type { PlainError } from './errors';
import type { RunStatus, StepFinished } from './events';
import type { DateKey, Stage } from './names';
import type { DateSummary, Report } from './report';

export interface RunResult {
  readonly status: RunStatus;
  /** One per date on which something was done. */
  readonly summaries: readonly DateSummary[];
  /** Reports written by this run. */
  readonly reports: readonly Report[];
  /** The end of every planned step. */
  readonly steps: readonly StepFinished[];
  /** Files of the selection that were rejected whole, by this run or before, and not replaced. */
  readonly rejectedFiles: readonly StepFailure[];
}

/** How a run went as its exit code says it: a table that its rules refuse fails the run that only validated it, too. */
export function endOfRun({ status, reports }: Pick<RunResult, 'status' | 'reports'>): RunStatus {
  return status === 'ok' && reports.some((report) => report.status === 'failed') ? 'failed' : status;
}

/** A step that failed, or a file that was rejected whole, as it is remembered after its run. */
export interface StepFailure {
  readonly date: DateKey;
  readonly stage: Stage;
  readonly table: string;
  readonly brand?: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly run_id: string;
  readonly error: PlainError;
  /** The landing file that was rejected whole, where that is what failed: no step did, and there is no run_id. */
  readonly rejected_file?: string;
}
