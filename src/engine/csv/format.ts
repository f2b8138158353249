// How a file is read and what became of it, as plain data.
import type { Connection } from '../base';
import type { FormatKey } from '../model';
import type { EncodingEvidence, EvidenceSource } from './codePages';

/** A choice that another reading would have made differently, with the text that shows it. */
export interface FormatDoubt {
  readonly choice: 'encoding' | 'delimiter' | 'quote' | 'header' | 'footer' | 'records' | 'end';
  /** One sentence: what was chosen, what else would fit, and the words or lines in question. */
  readonly message: string;
}

/** How a delimited text file is read; every choice with how sure we are. Plain data: goes into manifests. */
export interface CsvFormat {
  readonly compression: 'none' | 'gzip' | 'zstd' | 'zip';
  /** IANA-like name: utf-8, utf-16le, utf-16be, windows-1252, … */
  readonly encoding: string;
  readonly bom: boolean;
  readonly delimiter: string;
  /** Empty: no quoting. */
  readonly quote: string;
  /** Equal to quote: doubled; "\\": backslash; empty: none. */
  readonly escape: string;
  readonly newline: '\n' | '\r\n' | '\r' | 'mixed';
  /** Physical lines before the header: a `sep=` line, titles, comments, blanks. */
  readonly preamble: number;
  /** Records the header takes: 0 (none), 1, or more. */
  readonly header: number;
  /** Lines after the last record that are no records (totals, "end of file"). */
  readonly footer: number;
  /** Rows that the footer says the file has: where it has another number, the footer's lines are records. */
  readonly footerRows?: number;
  /** Every line ends with a delimiter that has no column: the empty field behind it is none. */
  readonly trailingDelimiter?: boolean;
  /** Unique names, in the order of the file; column1, column2, … without a header. */
  readonly columns: readonly string[];
  /**
   * For each of `columns` the other names that the table knows it by, where it knows any: a file put behind this one
   * may have them in its header.
   */
  readonly otherNames?: readonly (readonly string[])[];
  /** 0 to 1 for each choice. */
  readonly confidence: {
    readonly encoding: number;
    readonly delimiter: number;
    readonly quote: number;
    readonly header: number;
    readonly footer: number;
  };
  /** In words for people: "duplicate header Name renamed to Name_2". */
  readonly notes: readonly string[];
  /** Choices that the bytes alone did not settle, or that a stated format contradicts: each makes the table warn. */
  readonly doubts?: readonly FormatDoubt[];
  /** Choices that the config states. */
  readonly stated?: readonly FormatKey[];
  /** What beside the bytes was looked at for the encoding, because they did not settle it. */
  readonly evidence?: EncodingEvidence;
}

export interface ConvertRequest {
  readonly file: string;
  readonly format: CsvFormat;
  readonly connection: Connection;
  /** Parquet file to write: all columns VARCHAR, in file order, NULL for empty. */
  readonly output: string;
  /** Parquet file for rejected records (REJECT_COLUMNS); written only where there are any. */
  readonly rejects: string;
  /** An existing folder for temporary files. */
  readonly temporary: string;
  readonly brand: string;
  readonly sourceFile: string;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: ((percent?: number, rows?: number) => void) | undefined;
  /** Tests only: takes the careful path for a file the fast one could read. */
  readonly careful?: boolean;
  /** As the format was decided with: bytes beyond the sample may have to decide the encoding again. */
  readonly evidence?: EvidenceSource | undefined;
}

interface Others {
  readonly header: number;
  readonly blank: number;
  readonly preamble: number;
  readonly footer: number;
}

export interface Converted {
  readonly kind: 'converted';
  readonly rows: number;
  readonly rejected: number;
  /** Records that are no rows. */
  readonly other: Others;
  /** Records in the file, counted apart from DuckDB: rows + rejected + others. */
  readonly records: number;
  readonly sha256: string;
  readonly bytes: number;
  /** As it was read: the encoding may have been decided by bytes beyond the sample. */
  readonly format: CsvFormat;
  /** "direct": by DuckDB from the file; "careful": through our own reader. */
  readonly path: 'direct' | 'careful';
}

export type CsvConversion =
  Converted | { readonly kind: 'rejected'; readonly code: string; readonly reason: string };
