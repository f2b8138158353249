// What a trace is asked and what it answers: rows of gold, and the records of landing files they came from.
import type { DateKey } from '../../model';

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
