// Answers as files: all rows of a query or of a stop, for the preview of Parquet files.
import { openAnswerFolder, PipelineError, type PagedRows } from '../engine';
import type { StopState } from './stopState';

/** Rows with a name for people. */
export interface PreviewTable {
  readonly relation: PagedRows;
  readonly title: string;
}

/** Of the event that asks an editor to open a file, and of the request that asks for one. */
export const PREVIEW = 'm7/preview';

export interface Previews {
  /** The answer that `:preview` alone is about. */
  last: PreviewTable | undefined;
  /** @throws PipelineError like AnswerFolder. */
  write(table: PreviewTable, stop: StopState, signal: AbortSignal): Promise<string>;
  close(): void;
}

export function openPreviews(): Previews {
  const folder = openAnswerFolder();
  return {
    last: undefined,
    write: ({ relation, title }, stop, signal) => folder.write(relation, stop.workspace.lake, title, signal),
    close: () => folder.close(),
  };
}

export const noRows = (): PipelineError =>
  new PipelineError(
    'NOT_FOUND',
    'There are no rows to show.',
    'Run a query first, or write :preview SELECT * FROM rows',
  );
