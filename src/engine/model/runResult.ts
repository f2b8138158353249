// What a run gives back when it ends.
import type { RunStatus, StepFinished } from './events';
import type { DateSummary, Report } from './report';

export interface RunResult {
  readonly status: RunStatus;
  /** One per date on which something was done. */
  readonly summaries: readonly DateSummary[];
  /** Reports written by this run. */
  readonly reports: readonly Report[];
  /** The end of every planned step. */
  readonly steps: readonly StepFinished[];
}
