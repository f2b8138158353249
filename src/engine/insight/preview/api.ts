// Looking into a file of any size, as plain data: what is asked and what is answered.
import type { LineName } from '../trace';

/** An opened file or query; `preview.close` lets it go. Unknown handles fail with NOT_FOUND. */
export type Handle = string;

export interface PreviewColumn {
  readonly name: string;
  /** DuckDB type as text; VARCHAR for every column of a text file. */
  readonly type: string;
  /** What the grid aligns and formats by. */
  readonly family: 'text' | 'number' | 'boolean' | 'date' | 'time' | 'nested' | 'binary' | 'other';
}

export interface PreviewOpened {
  readonly handle: Handle;
  /** What it is: a Parquet file, a text file, a query over one. */
  readonly kind: 'parquet' | 'text' | 'query';
  /** Absolute path of the file. */
  readonly path: string;
  readonly bytes: number;
  readonly columns: readonly PreviewColumn[];
  /** Rows of the file; null until `preview.count` has told (text files of some size). */
  readonly total: number | null;
  /** How a text file was read, in words: name → value, with the confidence 0 to 1 where it was guessed. */
  readonly dialect: readonly {
    readonly name: string;
    readonly value: string;
    readonly confidence?: number;
  }[];
  readonly notes: readonly string[];
  /** Can rows be led back to landing (lineage columns are there)? */
  readonly traceable: boolean;
  /** Can it be told what became of its rows: is it a file of the pipeline, from landing to gold? */
  readonly follows: boolean;
}

/** Which rows, in which order. An empty view is the file as it is. */
export interface View {
  /** First decides. Equal rows stay in file order. */
  readonly sort: readonly { readonly column: string; readonly descending: boolean }[];
  /** All must hold. */
  readonly filters: readonly Filter[];
}

export type Filter =
  | { readonly column: string; readonly kind: 'contains'; readonly text: string; readonly case: boolean }
  | {
      readonly column: string;
      readonly kind: 'compare';
      readonly operator: '=' | '<>' | '<' | '<=' | '>' | '>=';
      /** Read as the column's type; what cannot be read so fails with USAGE. */
      readonly value: string;
    }
  | { readonly column: string; readonly kind: 'in'; readonly values: readonly (string | null)[] }
  | { readonly column: string; readonly kind: 'null' }
  | { readonly column: string; readonly kind: 'not_null' }
  /** Any column contains the text. */
  | { readonly kind: 'search'; readonly text: string; readonly case: boolean };

/**
 * A cell for showing, at most 1,000 characters: text as DuckDB writes the value, JSON for nested values,
 * hexadecimal digits for binary ones; or null. `cut`: the whole has so many characters. An empty field of a text
 * file is null, as the pipeline reads it.
 */
export type PreviewCell = string | null | { readonly text: string; readonly cut: number };

export interface Page {
  /** Position of the first row in the view, from 0. */
  readonly offset: number;
  /** Columns of the cells, as asked for. */
  readonly columns: readonly string[];
  readonly rows: readonly {
    /** Row number in the file, from 0; null for queries. */
    readonly row: number | null;
    readonly cells: readonly PreviewCell[];
    /** What is wrong with a row of a text file: "7 fields where the file has 5 columns". */
    readonly note?: string;
  }[];
}

export interface ColumnProfile {
  readonly column: string;
  readonly rows: number;
  readonly nulls: number;
  /** Different values besides null: exact where they were counted for `top`, else approximate (HyperLogLog). */
  readonly distinct: number;
  readonly min: string | null;
  readonly max: string | null;
  /** Numbers and times only. */
  readonly mean: string | null;
  /** Bins of equal width over min to max for numbers and times; else empty. */
  readonly histogram: readonly { readonly from: string; readonly to: string; readonly rows: number }[];
  /** The most frequent values, most first; empty where nearly all differ. */
  readonly top: readonly { readonly value: string | null; readonly rows: number }[];
}

export interface Metadata {
  /** Facts in order: name → value ("Rows" → "5,000,000", "Created by" → …). */
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  /** By column of the file, leaves of nested columns with their dotted path. Empty for text files, and for files with times of day. */
  readonly columns: readonly {
    readonly name: string;
    readonly type: string;
    readonly physical: string;
    readonly encodings: string;
    readonly compression: string;
    readonly compressed_bytes: number;
    readonly uncompressed_bytes: number;
    readonly nulls: number | null;
    readonly min: string | null;
    readonly max: string | null;
  }[];
  readonly rowGroups: number;
  /** Key-value metadata of the file. */
  readonly properties: readonly { readonly key: string; readonly value: string }[];
}

/** Where a row came from. */
export interface RowOrigin {
  /** Landing file as it was named, relative to the landing folder. */
  readonly file: string;
  /** Number of the record among the accepted ones of that file, from 1; null for a record that landing refused. */
  readonly row: number | null;
  /** Absolute path of the original where it lies now, null where it is gone. */
  readonly original: string | null;
  /** Physical line of the unpacked text, from 1; null where the original is gone. */
  readonly line: number | null;
  /** The record as it stands there. */
  readonly text: string | null;
  /** Must the original be unpacked to see the line? */
  readonly packed: boolean;
  /** The line or record, to ask what became of it. */
  readonly follow: LineName;
}

export type ExportFormat = 'csv' | 'json' | 'parquet' | 'markdown';
export type CopyFormat = 'csv' | 'tsv' | 'json' | 'markdown';

export interface ExportedRows {
  readonly rows: number;
  readonly bytes: number;
  /** Cells with a ' before what a spreadsheet would compute. */
  readonly neutralized: number;
}

export interface CopiedRows {
  readonly text: string;
  readonly rows: number;
  /** Cells with a ' before what a spreadsheet would compute. */
  readonly neutralized: number;
}
