// Looking into a file of any size: what the engine process answers, and the webview asks.
import type {
  ColumnProfile,
  CopiedRows,
  CopyFormat,
  ExportedRows,
  ExportFormat,
  Handle,
  Metadata,
  Page,
  PreviewOpened,
  RowOrigin,
  View,
} from '../engine/insight/preview/api';
import type { Method } from './channel';

export type {
  ColumnProfile,
  ExportFormat,
  Filter,
  Handle,
  Metadata,
  Page,
  PreviewCell as Cell,
  PreviewColumn,
  PreviewOpened,
  RowOrigin,
  View,
} from '../engine/insight/preview/api';

/**
 * Every method fails with NOT_FOUND for a handle that is not open and for a file that was removed since, with
 * CHANGED for a file that is another one now than was opened (a run published it again): close and open again.
 * Cancelling stops the work behind a call; others on the same handle go on.
 */
export interface PreviewApi {
  /** Opens a Parquet or delimited text file. */
  readonly 'preview.open': Method<{ readonly path: string }, PreviewOpened>;
  /**
   * A SELECT over an opened file as table `file` (or `rows`), opened as one of its own; closing the file does not
   * close it. Fails with SQL_INVALID. Progress: percent, where all of it must be read before anything is shown.
   */
  readonly 'preview.query': Method<{ readonly handle: Handle; readonly sql: string }, PreviewOpened, number>;
  /**
   * Some rows. The first ones of a text file or of a query come at once; what needs all of it (sorting, filtering,
   * far rows) waits until it was read once. Progress: percent of that.
   */
  readonly 'preview.page': Method<
    {
      readonly handle: Handle;
      readonly view: View;
      readonly offset: number;
      readonly limit: number;
      /** Only these, in this order: a wide table is read near the viewport alone. All without it. */
      readonly columns?: readonly string[];
    },
    Page,
    number
  >;
  /** Rows of a view. Progress: rows counted so far, where it takes long. */
  readonly 'preview.count': Method<{ readonly handle: Handle; readonly view: View }, number, number>;
  /**
   * Position in the view of the next row (from `from`, wrapping round once) in which a cell contains the text.
   * Progress: percent of the file looked through.
   */
  readonly 'preview.find': Method<
    {
      readonly handle: Handle;
      readonly view: View;
      readonly text: string;
      readonly case: boolean;
      readonly from: number;
      readonly backwards: boolean;
    },
    { readonly position: number; readonly column: string } | null,
    number
  >;
  readonly 'preview.profile': Method<
    { readonly handle: Handle; readonly view: View; readonly column: string },
    ColumnProfile
  >;
  readonly 'preview.metadata': Method<{ readonly handle: Handle }, Metadata>;
  /** One whole cell as text, indented where it is nested; at most 10 million characters. */
  readonly 'preview.cell': Method<
    {
      readonly handle: Handle;
      readonly view: View;
      readonly position: number;
      readonly column: string;
    },
    { readonly text: string | null; readonly characters: number }
  >;
  /** Writes the view to a file; the format decides how. Progress: percent. */
  readonly 'preview.export': Method<
    {
      readonly handle: Handle;
      readonly view: View;
      readonly columns?: readonly string[];
      readonly format: ExportFormat;
      /** CSV: nothing stands before what a spreadsheet would compute. */
      readonly exact?: boolean;
      readonly target: string;
    },
    ExportedRows,
    number
  >;
  /** Rows as text for the clipboard, at most 100,000 rows. */
  readonly 'preview.copy': Method<
    {
      readonly handle: Handle;
      readonly view: View;
      readonly offset: number;
      readonly limit: number;
      readonly columns: readonly string[];
      readonly format: CopyFormat;
      readonly header: boolean;
      /** CSV and TSV: nothing stands before what a spreadsheet would compute. */
      readonly exact?: boolean;
    },
    CopiedRows
  >;
  /** Where the row at a position of the view came from. NOT_FOUND where nothing says so. */
  readonly 'preview.origin': Method<
    { readonly handle: Handle; readonly view: View; readonly position: number },
    RowOrigin
  >;
  readonly 'preview.close': Method<{ readonly handle: Handle }, null>;
}
