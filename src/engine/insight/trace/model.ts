// What became of a line, as plain data that crosses the wire: a step for each place it came to.
import type { DateKey, Severity } from '../../model';
import type { RecordName } from './recordNames';

/** A place in a landing file: a file with a line or a record's number, or a record as reports and rejects name it. */
export type LineName =
  | {
      readonly kind: 'line';
      /** Absolute, or relative to the workspace, the landing folder or the data folder. */
      readonly path: string;
      /** Physical line of the unpacked text, from 1. */
      readonly line: number;
    }
  | {
      readonly kind: 'number';
      readonly path: string;
      /** Number among the accepted records, from 1. */
      readonly row: number;
    }
  | { readonly kind: 'record'; readonly name: RecordName };

/**
 * loaded: it is in the warehouse. kept_out: it was rejected, or dropped as a duplicate. due: a step has yet to take
 * it further. failed: a step that should have taken it further failed. no_record: it is a header, a blank line, …
 * changed: the file is another one than was read.
 */
export type LineOutcome = 'loaded' | 'kept_out' | 'due' | 'failed' | 'no_record' | 'changed';

/** How a landing file is read. */
export interface FileReading {
  readonly encoding: string;
  /** Of the encoding, 0 to 1. */
  readonly confidence: number;
  readonly delimiter: string;
  /** Records that the header takes; 0: none. */
  readonly header: number;
  /** What the file alone did not settle, in sentences. */
  readonly doubts: readonly string[];
}

export interface LineTrace {
  /** Landing file, relative to the landing folder; for a file that lies elsewhere its path. */
  readonly file: string;
  readonly date: DateKey | null;
  readonly brand: string | null;
  readonly table: string | null;
  /** Where the file lies now, absolute; null where it is gone. */
  readonly original: string | null;
  /** How it was read, or would be; null for what cannot be cut into records. */
  readonly reading: FileReading | null;
  /** Must it be unpacked to see the line? */
  readonly packed: boolean;
  /** Physical line the record begins on, from 1, and how many it takes; null where the file is gone. */
  readonly line: number | null;
  readonly lines: number;
  /** Number among the accepted records of the file, from 1; null where it is none. */
  readonly row: number | null;
  /** As it stands in the file; null where that is gone. */
  readonly text: string | null;
  readonly outcome: LineOutcome;
  /** The outcome in one sentence. */
  readonly summary: string;
  /** In the order of the pipeline, up to where it came. */
  readonly steps: readonly LineStep[];
}

interface TraceStep {
  /**
   * through: it went on. out: it went no further. none: it is no record, and rightly goes nowhere. warned: it went
   * on, and something is to be said. due and failed: what comes next has not been done. unknown: what would tell is
   * gone.
   */
  readonly state: 'through' | 'out' | 'none' | 'warned' | 'due' | 'failed' | 'unknown';
  /** In one sentence, for people. */
  readonly words: string;
  readonly remedy?: string;
  /** A file that shows it, absolute, and the row in it, from 0. */
  readonly path?: string;
  readonly position?: number;
}

export type LineStep =
  | (TraceStep & { readonly at: 'landing'; readonly code?: string })
  | (TraceStep & { readonly at: 'raw'; readonly part: number })
  | (TraceStep & {
      readonly at: 'silver';
      readonly code?: string;
      /** Columns a rejected row was rejected for. */
      readonly columns?: readonly string[];
      readonly values: readonly TracedValue[];
    })
  | (TraceStep & {
      readonly at: 'gold';
      readonly code?: string;
      readonly columns?: readonly string[];
      /** Of a duplicate: the row that was kept in its place. */
      readonly kept?: RecordName;
    })
  | (TraceStep & { readonly at: 'rules'; readonly broken: readonly BrokenRule[] })
  | (TraceStep & { readonly at: 'warehouse'; readonly load_id?: string; readonly loaded_at?: string });

/** A value on its way from the file to silver. */
export interface TracedValue {
  readonly column: string;
  readonly type: string;
  /** Header of the file it was read from; null for what the file does not hold. */
  readonly header: string | null;
  /** Text of the file; null where the field is empty or not there. */
  readonly raw: string | null;
  /** Value in silver as text; null: NULL. For a rejected row what it would have been. */
  readonly value: string | null;
  /** What happened to it, where that is not plain. */
  readonly note?: string;
  /** Was something wrong with it? */
  readonly wrong: boolean;
}

/** A rule that the row breaks. */
export interface BrokenRule {
  readonly id: string;
  readonly rule: string;
  readonly columns: readonly string[];
  readonly severity: Severity;
  /** Does it keep the row out of the warehouse? */
  readonly rejects: boolean;
  readonly description: string;
}

// ---- a page of it --------------------------------------------------------------------------------

/** Where a piece of text leads. */
export type TraceLink =
  | { readonly kind: 'text'; readonly path: string; readonly line: number }
  | { readonly kind: 'rows'; readonly path: string; readonly position: number; readonly column?: string }
  | { readonly kind: 'rule'; readonly table: string; readonly rule: string }
  | { readonly kind: 'column'; readonly table: string; readonly column: string }
  | { readonly kind: 'report'; readonly date: DateKey; readonly table: string; readonly rule?: string }
  | { readonly kind: 'record'; readonly name: RecordName };

export interface TracePiece {
  readonly text: string;
  readonly tone?: 'title' | 'good' | 'bad' | 'warn' | 'dim';
  readonly link?: TraceLink;
}

/** A trace for readers: what is there is text, with the pieces that lead on. */
export interface TracePage {
  /** File, line and record. */
  readonly title: string;
  /** Table, brand, date; empty where the file tells none. */
  readonly slot: string;
  readonly summary: TracePiece;
  readonly steps: readonly {
    readonly at: LineStep['at'];
    readonly state: LineStep['state'];
    readonly words: string;
    readonly lines: readonly (readonly TracePiece[])[];
  }[];
}

// ---- marks in a landing file ---------------------------------------------------------------------

/** Something to be said of a place in a landing file. Lines and characters count from 0, as an editor's do. */
export interface LandingMark {
  readonly line: number;
  readonly character: number;
  readonly endLine: number;
  /** null: to the end of the line. */
  readonly endCharacter: number | null;
  readonly severity: Severity;
  readonly message: string;
  /** Rule id or reject code. */
  readonly code: string;
  /** Where the code leads; absent for codes of no rule or column. */
  readonly link?: Extract<TraceLink, { kind: 'rule' | 'column' }>;
}

export interface LandingMarks {
  /** Landing file, relative to the landing folder. */
  readonly file: string;
  readonly date: DateKey | null;
  readonly table: string | null;
  /** In order of lines. */
  readonly marks: readonly LandingMark[];
  /** Lines with something to be said that are not among `marks`. */
  readonly more: number;
}
