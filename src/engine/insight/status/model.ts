// What a workspace can be asked: its state by date, its checks, the origin of rows, what maintenance does.
import type { DateVerdict, TableStanding } from '../../report';
import type { Unconfigured } from '../../run';
import type { DateKey, DateSummary, Layer, PlainError, Report, RunStatus, Stage } from '../../model';

// ---- m7 status -----------------------------------------------------------------------------------

/** The state of a workspace as it lies on disk; nothing of it is computed from the rows themselves. */
export interface Status {
  readonly workspace: string;
  /** Newest first. */
  readonly dates: readonly DateStatus[];
  /** Landing files that no step takes, with why. */
  readonly files: DateSummary['files'];
  /** Brands and tables that are no longer configured and have rows: they stay as they are. */
  readonly unconfigured: readonly Unconfigured[];
  /** Newest first, the last twenty. */
  readonly runs: readonly RunRecord[];
  /** Lines of the ledger that are damaged, so that runs may be missing from the history; absent without any. */
  readonly damaged_history?: number;
  /** The run that holds the lock now; undefined without one. */
  readonly running?: { readonly pid: number; readonly host: string; readonly since: string };
}

export interface DateStatus {
  readonly date: DateKey;
  /** "loaded": every table that has gold is in the warehouse as it is now; "unfinished": a step is due. */
  readonly state: 'loaded' | 'unfinished' | 'failed';
  /** State and counts as every other surface has them. */
  readonly verdict: DateVerdict;
  /** In the order of table_schemas.json. */
  readonly tables: readonly TableStatus[];
  /** Expected files that were not received. */
  readonly missing: readonly { readonly brand: string; readonly table: string }[];
}

export interface TableStatus {
  readonly table: string;
  /** As the verdict has it. */
  readonly status: TableStanding;
  /** A layer without anything of this table is absent. */
  readonly layers: Partial<Readonly<Record<Layer, LayerStatus>>>;
  readonly report?: {
    readonly status: Report['status'];
    readonly rejected: number;
    readonly path: string;
    /** What differs in the files and is not accepted, a sentence each; absent: nothing. */
    readonly drift?: readonly string[];
  };
  /** Rows of this date in the warehouse; null: not loaded. */
  readonly loaded: number | null;
  /** What failed last of this table: a step that has not succeeded since, or a file that was rejected whole. */
  readonly failure?: {
    readonly stage: Stage;
    readonly brand?: string;
    readonly time: string;
    readonly run_id: string;
    readonly error: PlainError;
  };
  /** Brands whose manifest in raw is damaged: the table stops there until it is repaired. Absent without any. */
  readonly damaged?: readonly { readonly brand: string; readonly error: PlainError }[];
  /** Files that were rejected whole and not replaced; absent without any. */
  readonly rejected_files?: readonly {
    readonly brand: string;
    /** Its name in landing. */
    readonly file: string;
    readonly error: PlainError;
  }[];
}

export interface LayerStatus {
  readonly files: number;
  readonly bytes: number;
  /** null where it is not known without reading the files (landing). */
  readonly rows: number | null;
}

export interface RunRecord {
  readonly run_id: string;
  /** "interrupted": it started and has no end. */
  readonly status: RunStatus | 'interrupted';
  readonly started_at: string;
  readonly finished_at?: string;
  readonly dates: readonly DateKey[];
}
