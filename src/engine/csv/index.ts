// What kind of file is this, and its records as text Parquet: the door of the CSV reader.
import { convert, type Conversion, type ConvertRequest } from './convert';
import { decide, type DecideOptions, type Decision } from './decide';

export { locateRecords, type LocateRequest, type Located } from './locate';
export { openCsv, readCsv, type CsvPage, type CsvRows, type ReadRequest } from './read';
export type { Conversion, Converted, ConvertRequest, Others } from './convert';
export type { DecideOptions, Decision } from './decide';

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
  /** Every line ends with a delimiter that has no column: the empty field behind it is none. */
  readonly trailingDelimiter?: boolean;
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

/**
 * Looks at magic bytes and a sample (256 KB of head, spots between, 64 KB of tail) and decides everything.
 * Rejection codes: NOT_CSV, NOT_TEXT, BAD_ARCHIVE, ARCHIVE_BOMB, AMBIGUOUS_DIALECT, AMBIGUOUS_HEADER,
 * UNKNOWN_COLUMNS, HEADER_MISMATCH.
 */
export async function decideFormat(file: string, options: DecideOptions): Promise<Decision> {
  return decide(file, options, true);
}

/**
 * Converts the whole file to text Parquet (all VARCHAR, file order, NULL for empty), rejects kept aside.
 * Reject codes: TOO_FEW_FIELDS, TOO_MANY_FIELDS, BAD_QUOTES, BAD_ENCODING, NUL_BYTE, LINE_TOO_LONG.
 * @throws PipelineError CONSERVATION where records cannot be accounted for; CANCELLED, DISK_FULL, OUT_OF_MEMORY
 */
export async function convertCsv(request: ConvertRequest): Promise<Conversion> {
  return convert(request);
}
