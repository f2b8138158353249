// Answers as files: all rows of what was asked or stood at, for the preview of Parquet files.
import { openAnswerFolder, PipelineError, type Relation } from '../engine';
import type { Standing } from './standing';

/** Rows with a name for people. */
export interface Table {
  readonly relation: Relation;
  readonly title: string;
}

/** Of the event by which an editor is told to open a file, and of the request that asks for one. */
export const PREVIEW = 'm7/preview';

export interface Previews {
  /** The answer that `:preview` alone is about. */
  last: Table | undefined;
  /** @throws PipelineError like AnswerFolder. */
  write(table: Table, now: Standing, signal: AbortSignal): Promise<string>;
  close(): void;
}

export function openPreviews(): Previews {
  const folder = openAnswerFolder();
  return {
    last: undefined,
    write: ({ relation, title }, now, signal) => folder.write(relation, now.workspace.lake, title, signal),
    close: () => folder.close(),
  };
}

export const noRows = (): PipelineError =>
  new PipelineError(
    'NOT_FOUND',
    'There are no rows to show.',
    'Ask for a table first, or write :preview SELECT * FROM rows',
  );
