// What a run tells, event by event.
import type { Drift } from './drift';
import type { FileFormat } from './fileFormat';
import type { PlainError } from './errors';
import type { DateKey, Stage } from './names';

type StepStatus = 'done' | 'skipped' | 'failed' | 'cancelled';
export type RunStatus = 'ok' | 'failed' | 'cancelled';

interface EventBase {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly run_id: string;
}
export interface StepName {
  readonly stage: Stage;
  readonly date: DateKey;
  readonly brand?: string;
  readonly table: string;
}
export interface RunStarted extends EventBase {
  readonly event: 'run_started';
  readonly dates: readonly DateKey[];
  readonly steps: number;
  readonly to_run: number;
  readonly workspace: string;
}
interface StepStarted extends EventBase, StepName {
  readonly event: 'step_started';
  readonly reason: string;
}
interface StepProgress extends EventBase, StepName {
  readonly event: 'step_progress';
  /** 0 to 100, or undefined where it cannot be told. */
  readonly percent?: number;
  readonly rows?: number;
  readonly message?: string;
}
export interface StepFinished extends EventBase, StepName {
  readonly event: 'step_finished';
  readonly status: StepStatus;
  readonly reason?: string;
  readonly rows_in: number;
  readonly rows_out: number;
  readonly rows_rejected: number;
  readonly duplicates: number;
  readonly seconds: number;
  readonly error?: PlainError;
  /** raw-to-silver: what of its files is neither as the config nor as the files before, and not accepted. */
  readonly drift?: readonly Drift[];
  /** landing-to-raw: how its files were read. */
  readonly formats?: readonly FileFormat[];
}
export interface LogEvent extends EventBase {
  readonly event: 'log';
  readonly level: 'debug' | 'info' | 'warning' | 'error';
  readonly message: string;
  readonly step?: StepName;
}
export interface RunFinished extends EventBase {
  readonly event: 'run_finished';
  readonly status: RunStatus;
  readonly dates: readonly DateKey[];
  readonly steps: {
    readonly done: number;
    readonly skipped: number;
    readonly failed: number;
    readonly cancelled: number;
  };
  /** Paths of the validation reports written, relative to the workspace. */
  readonly reports: readonly string[];
  readonly seconds: number;
  /** Of a run over several dates: one each, ascending. */
  readonly by_date?: readonly DateOutcome[];
  /** Of a range: its days of which nothing is in landing or in a layer. */
  readonly gaps?: readonly DateKey[];
  /** Dates outside the selection whose rules look at what this run changed: something is to be done for them now. */
  readonly affected?: readonly { readonly date: DateKey; readonly tables: readonly string[] }[];
  /** Files of the selection that were rejected whole, by this run or before, and not replaced: they fail the run. */
  readonly rejected_files?: readonly {
    readonly date: DateKey;
    readonly brand: string;
    readonly table: string;
    readonly file: string;
    readonly error: PlainError;
  }[];
}
/** What became of one date of a run. */
export interface DateOutcome {
  readonly date: DateKey;
  /** As bad as the worst of its tables. */
  readonly status: 'done' | 'up to date' | 'failed' | 'cancelled';
  /** How many tables ended so. */
  readonly tables: {
    readonly done: number;
    readonly up_to_date: number;
    readonly failed: number;
    readonly cancelled: number;
  };
  /** Of the date as it is after the run; rejected in all stages. */
  readonly rows: { readonly accepted: number; readonly rejected: number; readonly loaded: number };
  /** Sum over its steps; steps that ran at the same time all count. */
  readonly seconds: number;
  /** Of the first step that failed. */
  readonly error?: PlainError;
}
export type RunEvent = RunStarted | StepStarted | StepProgress | StepFinished | LogEvent | RunFinished;

/** The name of a step, unique in a plan. */
export function stepId(step: StepName): string {
  return [step.stage, step.date, step.table, ...(step.brand === undefined ? [] : [step.brand])].join('/');
}
