// What kind of file is this, and its records as text Parquet: the door of the CSV reader.

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
  /** Unique names, in the order of the file; column1, column2, … without a header. */
  readonly columns: readonly string[];
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
}
