// What a workspace can be asked: its state by date, its checks, the origin of rows, what maintenance does.
import type { PlainError } from './errors';
import type { DateKey, DateSummary, Layer, Report, RunStatus, Stage } from './model';

// ---- m7 status -----------------------------------------------------------------------------------

/** The state of a workspace as it lies on disk; nothing of it is computed from the rows themselves. */
export interface Status {
  readonly workspace: string;
  /** Newest first. */
  readonly dates: readonly DateStatus[];
  /** Landing files that no step takes, with why. */
  readonly files: DateSummary['files'];
  /** Newest first, the last twenty. */
  readonly runs: readonly RunRecord[];
  /** The run that holds the lock now; undefined without one. */
  readonly running?: { readonly pid: number; readonly host: string; readonly since: string };
}

export interface DateStatus {
  readonly date: DateKey;
  /** "loaded": every table that has gold is in the warehouse as it is now; "unfinished": a step is due. */
  readonly state: 'loaded' | 'unfinished' | 'failed';
  /** In the order of table_schemas.json. */
  readonly tables: readonly TableStatus[];
  /** Expected files that have not come. */
  readonly missing: readonly { readonly brand: string; readonly table: string }[];
}

export interface TableStatus {
  readonly table: string;
  /** A layer without anything of this table is absent. */
  readonly layers: Partial<Readonly<Record<Layer, LayerStatus>>>;
  readonly report?: { readonly status: Report['status']; readonly rejected: number; readonly path: string };
  /** Rows of this date in the warehouse; null: not loaded. */
  readonly loaded: number | null;
  /** The last step of this table that failed, unless it has ended well since. */
  readonly failure?: {
    readonly stage: Stage;
    readonly brand?: string;
    readonly time: string;
    readonly run_id: string;
    readonly error: PlainError;
  };
}

export interface LayerStatus {
  readonly files: number;
  readonly bytes: number;
  /** null where it is not known without reading the files (landing). */
  readonly rows: number | null;
}

export interface RunRecord {
  readonly run_id: string;
  /** "interrupted": it started and never told its end. */
  readonly status: RunStatus | 'interrupted';
  readonly started_at: string;
  readonly finished_at?: string;
  readonly dates: readonly DateKey[];
}

// ---- m7 check ------------------------------------------------------------------------------------

/** Everything that can be known before a run. A problem of severity "error" would stop or spoil a run. */
export interface CheckResult {
  readonly problems: readonly CheckProblem[];
  /** What was found in order, for people: "brands" → "4: Skylink, …". */
  readonly facts: readonly { readonly name: string; readonly value: string }[];
}

export interface CheckProblem {
  readonly severity: 'error' | 'warning';
  readonly file?: string;
  readonly line?: number;
  readonly message: string;
  readonly remedy: string;
  /** SQL that whoever may run it can mend it by: missing GRANTs. */
  readonly statements?: readonly string[];
}

// ---- m7 trace ------------------------------------------------------------------------------------

export interface TraceOptions {
  readonly date: DateKey;
  readonly table: string;
  /** SQL over the columns of gold; undefined: any row. */
  readonly where?: string;
  /** At most so many rows. */
  readonly limit: number;
  readonly signal?: AbortSignal;
}

/** Rows of gold with the line each came from. */
export interface TraceResult {
  /** Columns of gold, in order, without the lineage columns. */
  readonly columns: readonly string[];
  readonly rows: readonly TracedRow[];
}

export interface TracedRow {
  /** In the order of `columns`; temporal and decimal values as text. */
  readonly values: readonly unknown[];
  readonly brand: string;
  /** The landing file as it was named, relative to the landing folder. */
  readonly file: string;
  /** Number of the record in that file, from 1. */
  readonly row: number;
  /** Physical line of the original where the record begins, from 1; null where the original is gone. */
  readonly line: number | null;
  /** The record as it stands in the original; null where the original is gone. */
  readonly text: string | null;
  /** Where the original lies now, absolute; null where it is gone. */
  readonly original: string | null;
}

/** A record of a landing file, as reports and rejects name it. */
export interface RecordName {
  readonly date: DateKey;
  readonly table: string;
  /** Where it is not told, any brand's file of this name is meant. */
  readonly brand?: string | undefined;
  /** Landing file, relative to the landing folder. */
  readonly file: string;
  /** Record number in that file, from 1. */
  readonly row: number;
  /** Values of the row: they tell which file is meant where two of one name came. */
  readonly values?: readonly unknown[] | undefined;
}

/** Where a record stands; `original`, `line` and `text` are null where it is gone or another file by now. */
export interface RecordOrigin {
  readonly file: string;
  readonly row: number;
  /** Absolute. */
  readonly original: string | null;
  /** Physical line of the unpacked text, from 1. */
  readonly line: number | null;
  readonly text: string | null;
  /** Must the original be unpacked to see the line? */
  readonly packed: boolean;
}

// ---- m7 maintenance ------------------------------------------------------------------------------

/** Where a file lies that maintenance is about. */
export type MaintenanceLayer = 'temporary' | 'raw' | 'silver' | 'gold' | 'rejects' | 'archive' | 'logs';

export interface MaintenanceAction {
  readonly kind: 'remove' | 'archive';
  readonly layer: MaintenanceLayer;
  /** Relative to the workspace. */
  readonly path: string;
  readonly bytes: number;
  readonly reason: string;
}

/** What was done, or with `dry_run` what would be. */
export interface MaintenanceResult {
  readonly dry_run: boolean;
  readonly actions: readonly MaintenanceAction[];
  readonly bytes: number;
}
