// An opened file as its readers see it, whatever kind of file it is.
import type { CsvFormat } from '../../csv';
import type { Cell } from '../../base';

/** An opened preview; its opener closes it. */
export interface Preview {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Did the names come from the file? */
  readonly header: boolean;
  /** How a text file was read; null for Parquet. */
  readonly dialect: CsvFormat | null;
  /** What a reader should know, in words: records left out. */
  readonly notes: readonly string[];
  /** The rows asked for, in file order or in the query's; once. */
  batches(): AsyncGenerator<readonly (readonly Cell[])[]>;
  /** Does `total` take next to no time? Else it reads the rest of the file. */
  readonly quick: boolean;
  /** Rows of the whole file or query, whatever limit and offset say. */
  total(): Promise<number>;
  close(): Promise<void>;
}
