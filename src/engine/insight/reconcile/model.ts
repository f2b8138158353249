// What a comparison of gold with the warehouse found: plain data for the command line and the editor.
import type { DateKey } from '../../model';

/**
 * What became of one table of one date:
 * same: the warehouse holds what gold says. not_loaded: nothing of it is there. older: it is there as an earlier
 * state of gold, rules or table. changed: this very load is there, and its rows are not what they were.
 * unaccounted: rows are there that no load tells of. gold_gone: there is no gold to compare with.
 */
export type ComparisonVerdict = 'same' | 'not_loaded' | 'older' | 'changed' | 'unaccounted' | 'gold_gone';

/** One figure on which the two sides do not agree; null: there is none. Values of sensitive columns are masked. */
export interface FigureDifference {
  /** Name in the warehouse, upper case; null for the number of rows. */
  readonly column: string | null;
  /** "column": one side has no such column. */
  readonly figure: 'rows' | 'filled' | 'min' | 'max' | 'sum' | 'column';
  readonly gold: string | null;
  readonly warehouse: string | null;
}

export interface TableComparison {
  readonly date: DateKey;
  readonly table: string;
  readonly verdict: ComparisonVerdict;
  /** What was held against each other: all figures, the number of rows alone, or nothing. */
  readonly compared: 'figures' | 'count' | 'nothing';
  /** Why it is so, in one or two sentences for people. */
  readonly explanation: string;
  /** What to do next; absent where nothing is to be done. */
  readonly remedy?: string;
  /** Rows of gold and of those the accepted ones; null where it is not known. */
  readonly gold: { readonly rows: number; readonly accepted: number | null } | null;
  /** Rows of the date in the target now; null where there is no such table. */
  readonly warehouse: { readonly rows: number } | null;
  /** The latest confirmed load of the warehouse's ledger. */
  readonly load: {
    readonly load_id: string;
    readonly run_id: string;
    readonly rows: number;
    readonly finished_at: string;
  } | null;
  readonly differences: readonly FigureDifference[];
}

export interface ReconcileResult {
  readonly warehouse: { readonly kind: 'embedded' | 'snowflake'; readonly place: string };
  /** By date, then in the order of table_schemas.json; a table that is on neither side is left out. */
  readonly tables: readonly TableComparison[];
  readonly same: number;
  readonly different: number;
}
