// What a file has that its config or the files before it do not, and what of it was accepted.
import type { DateKey } from './names';

/** In the order in which they are shown. */
export const DRIFT_KINDS = ['renamed', 'missing', 'unknown', 'emptied', 'type'] as const;
/**
 * missing: a configured column has no header, or a kept column of the last file is gone. unknown: a header belongs
 * to no column. renamed: one of each that are alike. emptied: the header is there, and no value below it any more.
 * type: a larger share of its values does not convert than in any earlier file.
 */
type DriftKind = (typeof DRIFT_KINDS)[number];

/** How alike a missing column and an unknown header are, 0 to 1. */
interface Likeness {
  readonly name: number;
  /** Of the values of the last file that had the column and those below the new header; absent: not comparable. */
  readonly values?: number;
}

/** One observation about the files of a brand and table of a date. */
export interface Drift {
  readonly kind: DriftKind;
  readonly date: DateKey;
  readonly brand: string;
  readonly table: string;
  /** Of the config; absent for a header that belongs to no column. */
  readonly column?: string;
  /** As the file writes it. */
  readonly header?: string;
  /** Landing files in which it is so. */
  readonly files: readonly string[];
  /** The earlier date that it is compared with, where one says something. */
  readonly earlier?: DateKey;
  readonly likeness?: Likeness;
  /** type: percent of values that do not convert. */
  readonly share?: { readonly now: number; readonly before: number };
  /** One sentence for people. */
  readonly message: string;
  /** Who accepted it, and when: it is no reason to warn any more. */
  readonly accepted?: Pick<AcceptedDrift, 'by' | 'at'>;
}

/** A drift that a person has accepted for all dates of a brand and table. */
export interface AcceptedDrift {
  readonly kind: DriftKind;
  readonly column?: string;
  readonly header?: string;
  /** type: up to this share, in percent. */
  readonly share?: number;
  /** The date on which it was seen. */
  readonly date: DateKey;
  readonly by: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}
