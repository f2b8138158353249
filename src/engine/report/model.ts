// What is told about a date as its reports lie on disk, for those who draw it: plain data that crosses the wire.
import type { DateKey, DateSummary, Report, RunStatus, Stage, StepFailure } from '../model';

/** Everything the report of a date shows. Without summary, reports and failures the date has never been run. */
export interface DateDocument {
  readonly date: DateKey;
  /** Absent where the date was not run, or where the file is among `broken`. */
  readonly summary?: DateSummary;
  /** In the order of the summary, then by name. */
  readonly reports: readonly Report[];
  /** Files that should hold a report or the summary and do not. */
  readonly broken: readonly BrokenReport[];
  /** Files that were rejected whole and not replaced; steps that failed and have not succeeded since, in order of time. */
  readonly failures: readonly StepFailure[];
  /** The last run that took the date; absent where the ledger knows none. */
  readonly run?: DateRun;
  readonly rejects: readonly RejectsFile[];
  /** Absolute paths, whether or not the files are there. */
  readonly files: {
    readonly summary: string;
    readonly rules: string;
    readonly schemas: string;
    /** The events of `run`. */
    readonly log?: string;
  };
}

export interface BrokenReport {
  /** Absent: the summary of the date. */
  readonly table?: string;
  /** Absolute. */
  readonly path: string;
  readonly message: string;
  readonly remedy: string;
}

export interface DateRun {
  readonly run_id: string;
  /** "running": it holds the lock now; "interrupted": it never told its end. */
  readonly status: RunStatus | 'running' | 'interrupted';
  readonly started_at: string;
  readonly finished_at?: string;
}

/** A Parquet file of rejected rows. */
export interface RejectsFile {
  readonly stage: Stage;
  readonly table: string;
  readonly brand?: string;
  /** Absolute. */
  readonly path: string;
  readonly rows: number;
}

/** How many rows were rejected for one reason. A row that breaks two rules counts for both. */
export interface RejectCount {
  readonly stage: Stage;
  readonly table: string;
  readonly brand: string;
  /** "rule": `what` is its id; "code": a reject code, with the columns it is about. */
  readonly kind: 'rule' | 'code';
  readonly what: string;
  readonly columns: readonly string[];
  readonly rows: number;
}

/** Figures of one date that has reports. */
export interface TrendPoint {
  readonly date: DateKey;
  /** By name. A table without a readable report is absent. */
  readonly tables: readonly {
    readonly table: string;
    readonly status: Report['status'];
    readonly gold: number;
    readonly rejected: number;
    /** Failing rows in percent of evaluated ones, by rule id; rules that evaluated no row are absent. */
    readonly failing: Readonly<Record<string, number>>;
  }[];
}
