// What a replay is asked and what it found: plain data for the command line and the editor.
import type { DateKey, RunStatus, Stage, Step } from '../../model';

/** Which rejects are meant. */
export interface RejectSelection {
  readonly date: DateKey;
  readonly stage: Stage;
  /** Empty: all. */
  readonly tables?: readonly string[];
  readonly brands?: readonly string[];
  /** SQL over the columns of rejects (see REJECT_COLUMNS) and "table". */
  readonly where?: string;
}

export interface ReplayOptions extends RejectSelection {
  readonly dryRun?: boolean;
  /** Runs the stage again although nothing it depends on has changed. */
  readonly force?: boolean;
  readonly signal?: AbortSignal;
}

/** Rows kept out for one reason, before and after. A row that breaks two rules counts for both. */
export interface ReplayReason {
  readonly table: string;
  readonly brand: string;
  /** "rule": `what` is its id; "code": a reject code, with the columns it is about. */
  readonly kind: 'rule' | 'code';
  readonly what: string;
  readonly columns: readonly string[];
  readonly before: number;
  /** Rows that the stage lets through now; null: it did not run. */
  readonly passed: number | null;
  /** Of these, rows that a later stage keeps out. */
  readonly rejected_later: number | null;
  readonly still: number | null;
}

/** A file that was kept out whole. */
export interface ReplayFile {
  /** Its name in landing. */
  readonly file: string;
  readonly table: string;
  readonly brand: string;
  readonly code: string;
  /** Why it was kept out. */
  readonly reason: string;
  /**
   * put_back: it lies in landing and the run has not taken it. taken_in, rejected: what the run made of it.
   * left: it stays in rejects, for `because`. would_put_back: in a dry run.
   */
  readonly outcome: 'put_back' | 'taken_in' | 'rejected' | 'left' | 'would_put_back';
  readonly because?: string;
}

export interface ReplayResult {
  readonly date: DateKey;
  readonly stage: Stage;
  readonly dry_run: boolean;
  readonly reasons: readonly ReplayReason[];
  readonly files: readonly ReplayFile[];
  /** Rows, each once however many reasons it has. */
  readonly rows: { readonly before: number; readonly passed: number | null; readonly still: number | null };
  /** The steps that ran, or would. */
  readonly steps: readonly Pick<Step, 'stage' | 'date' | 'brand' | 'table' | 'reason'>[];
  /** Absent where nothing was run: a dry run, or nothing has changed since. */
  readonly run?: { readonly run_id: string; readonly status: RunStatus };
}

/** Rejected records written to a file for a person. */
export interface ExportResult {
  readonly path: string;
  /** null: there was nothing to write, and nothing was written. */
  readonly table: string | null;
  readonly rows: number;
  /** Left out: corrected and submitted before. */
  readonly handed_in_before: number;
  /** Cells that a spreadsheet would compute: they are as they came, since corrections are compared with them. */
  readonly formulas: number;
}

/** A landing file of corrected records, and what became of it. */
export interface CorrectedFile {
  /** Relative to the landing folder. */
  readonly path: string;
  readonly table: string;
  readonly brand: string;
  readonly rows: number;
  /** in_landing: no run has taken it yet. */
  readonly outcome: 'taken_in' | 'rejected' | 'in_landing';
  /** Of its rows, those that are kept out in some stage again. */
  readonly rejected: number;
}

export interface CorrectionResult {
  readonly date: DateKey;
  readonly stage: Stage;
  /** Records in the file given, and of these the ones that are as they were: left out. */
  readonly given: number;
  readonly unchanged: number;
  /** Left out, too: corrected and submitted before. What became of them is in the rejects, under their own file. */
  readonly handed_in_before: number;
  readonly files: readonly CorrectedFile[];
  readonly run?: { readonly run_id: string; readonly status: RunStatus };
}
