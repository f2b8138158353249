// Answers written to files of their own, to be looked at by whoever opens Parquet; they go with the process.
import { copyFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, makeTemporaryFolder, sweepTemporaryFolders, translateSystemError } from '../../base';
import type { Lake } from '../../lake';
import type { PagedRows } from './pagedRows';

export interface AnswerFolder {
  /**
   * Writes all rows of an answer and gives the absolute path of the file.
   * @param lake of the pause point where it was asked: its session may write below the data folder alone.
   * @param name what the file is called, in letters and digits.
   * @throws PipelineError CANCELLED, DISK_FULL, and what DuckDB cannot do.
   */
  write(relation: PagedRows, lake: Lake, name: string, signal?: AbortSignal): Promise<string>;
  close(): void;
}

/** A folder in the system's temporary folder, made when it is needed. */
export function openAnswerFolder(): AnswerFolder {
  let folder: string | undefined;
  let written = 0;
  return {
    write: async (relation, lake, name, signal) => {
      if (folder === undefined) sweepTemporaryFolders('answers');
      folder ??= makeTemporaryFolder('answers');
      written += 1;
      await makeFolder(lake.temporaryDir);
      const draft = join(lake.temporaryDir, `answer-${process.pid}-${written}.parquet`);
      const path = join(folder, `${written} ${fileName(name)}.parquet`);
      try {
        await relation.write(draft, signal);
        move(draft, path);
        return path;
      } catch (error) {
        throw translateSystemError(path, error);
      } finally {
        rmSync(draft, { force: true });
      }
    },
    close: () => {
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
      folder = undefined;
    },
  };
}

/** What an editor shows in the title of a tab: readable, and a file name everywhere. */
const fileName = (name: string): string =>
  name
    .replace(/[^\p{L}\p{N}_.() -]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .slice(0, 60)
    .trim() || 'answer';

function move(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch {
    // Another disk.
    copyFileSync(from, to);
  }
}
