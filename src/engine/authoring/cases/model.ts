// A small case as plain data: which failure it shows, what must come out of it, and what became of it when it ran.
import type { DateKey, Finding, PlainError, Report, Stage } from '../../model';

/** What went wrong on a date, as a case is to show it. */
export type CaseFailure =
  /** A finding of the validation report, technical checks among them. */
  | { readonly kind: 'rule'; readonly id: string }
  /** Rows, lines or whole files kept out for a reason; `column` where the reason is about one. */
  | { readonly kind: 'reject'; readonly code: string; readonly column?: string }
  /** Values that did not convert and became NULL. */
  | { readonly kind: 'conversion'; readonly column: string }
  | { readonly kind: 'step'; readonly stage: Stage; readonly code?: string };

/** A failure that a case can be made of. */
export interface CaseCandidate {
  readonly table: string;
  readonly failure: CaseFailure;
  /** What it is, worst first: "passed" has failing rows within its limits. */
  readonly kind: 'step' | 'file' | 'failed' | 'warned' | 'reject' | 'conversion' | 'passed';
  /** Rows it is about; null where it is about none or that is not known. */
  readonly rows: number | null;
  /** The failure in words. */
  readonly title: string;
  /** The name its case gets where none is given. */
  readonly name: string;
}

/** `expected.json`: keys that are absent are not compared. */
export interface CaseDocument {
  readonly version: 1;
  readonly table: string;
  /** Dates of the landing files, ascending; the last is the one that is looked at. */
  readonly dates: readonly DateKey[];
  readonly failure: CaseFailure;
  readonly expect: CaseExpectation;
  readonly masked: {
    /** "Table.column", each with stand-ins instead of its values. */
    readonly columns: readonly string[];
    readonly how: string;
  };
  /** What a reader must know besides. */
  readonly remarks?: readonly string[];
}

/** What must hold when the case runs: of its table and its last date only. */
export interface CaseExpectation {
  /** Of the table; null: there is no report of it. */
  readonly status?: Report['status'] | null;
  /** Rows by layer. */
  readonly rows?: Readonly<Partial<Record<CaseLayer, number>>>;
  readonly findings?: readonly CaseFinding[];
  readonly rejects?: readonly CaseReject[];
  readonly conversions?: readonly { readonly column: string; readonly failed: number }[];
  /** Files kept out whole. */
  readonly files?: readonly { readonly file: string; readonly code: string }[];
  /** Failed steps. */
  readonly steps?: readonly { readonly stage: Stage; readonly brand?: string; readonly code: string }[];
}

export const CASE_LAYERS = [
  'landing',
  'raw',
  'silver',
  'gold',
  'accepted',
  'rejected',
  'duplicates',
] as const;
type CaseLayer = (typeof CASE_LAYERS)[number];

export interface CaseFinding {
  readonly id: string;
  readonly status: Finding['status'];
  readonly evaluated: number;
  readonly failing: number;
  readonly observed?: Finding['observed'];
}

export interface CaseReject {
  readonly stage: Stage;
  /** A reject code, or the id of a rule. */
  readonly reason: string;
  readonly columns: readonly string[];
  readonly rows: number;
}

export interface CaseOptions {
  readonly date: DateKey;
  readonly table: string;
  /** The worst of the table without it. */
  readonly failure?: CaseFailure;
  /** Absolute folder in which the case's own folder is made. */
  readonly folder: string;
  /** Name of the case's folder; made of table and failure without it. */
  readonly name?: string;
  /** False: values of sensitive columns are written as they are. */
  readonly maskSensitive?: boolean;
  readonly limits?: CaseLimits;
  readonly signal?: AbortSignal;
  readonly progress?: (progress: CaseProgress) => void;
}

/** How long the search for fewer lines may take. */
export interface CaseLimits {
  readonly runs: number;
  readonly seconds: number;
}

export interface CaseProgress {
  readonly doing: 'looking' | 'shrinking' | 'masking' | 'writing';
  /** Runs of the pipeline so far. */
  readonly runs: number;
  /** Landing lines that are known to show the failure; undefined: none yet. */
  readonly lines?: number;
}

export interface CaseResult {
  readonly date: DateKey;
  readonly table: string;
  readonly failure: CaseFailure;
  /** The failure in words. */
  readonly title: string;
  /** Absolute folder of the case. */
  readonly folder: string;
  readonly name: string;
  /** Landing files with the data lines each has; header, preamble and footer lines left out. */
  readonly files: readonly { readonly path: string; readonly lines: number }[];
  /** Data lines of all files. */
  readonly lines: number;
  /** False: the search ended before it was known that no line can be left out. */
  readonly fewest: boolean;
  /** "Table.column". */
  readonly masked: readonly string[];
  readonly remarks: readonly string[];
  readonly expected: CaseExpectation;
  /** Runs of the pipeline that it took. */
  readonly runs: number;
  readonly seconds: number;
}

/** What became of a case. */
export type CaseOutcome =
  | { readonly kind: 'passed' }
  | { readonly kind: 'updated'; readonly differences: readonly CaseDifference[] }
  | { readonly kind: 'differs'; readonly differences: readonly CaseDifference[] }
  /** It could not be run at all. */
  | { readonly kind: 'broken'; readonly error: PlainError };

export interface CaseDifference {
  /** What it is about: "rule user_id_form", "rows of silver". */
  readonly what: string;
  readonly expected: string;
  readonly found: string;
}

export interface TestedCase {
  /** Absolute. */
  readonly folder: string;
  /** The folder relative to where cases were looked for. */
  readonly name: string;
  readonly table?: string;
  readonly outcome: CaseOutcome;
  readonly seconds: number;
}
