// Opened previews by their handles: what the extension's engine process asks of the engine.
import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { PipelineError, cancelled } from '../../model';
import type { Lake } from '../../lake';
import type { Handle, PreviewOpened } from './api';
import { sweepTemporaryFolders } from '../../base';
import { knowledgeAt } from './fileKnowledge';
import { kindOfFile } from './opening';
import { openQuerySource } from './querySource';
import { openPreviewSession, type CallOptions, type Session } from './previewSession';
import { openParquetSource } from './source';
import { openTextSource } from './textSource';

/** A handle that is not open fails with NOT_FOUND, a file that changed since with CHANGED. */
export interface Previewer {
  readonly open: (path: string, options: CallOptions) => Promise<PreviewOpened>;
  /** A SELECT over an opened file. It outlives the file's handle. */
  query(handle: Handle, sql: string, options: CallOptions<number>): Promise<PreviewOpened>;
  /** @throws PipelineError NOT_FOUND */
  readonly session: (handle: Handle) => Session;
  /** The data of the workspace, as it is now. */
  lake(): Promise<Lake>;
  /** Closing what is not open is no error. */
  close(handle: Handle): Promise<void>;
  /** Closes everything. */
  dispose(): Promise<void>;
}

export interface PreviewerOptions {
  /** Of each opened file, in DuckDB's notation. */
  readonly memoryLimit?: string;
  readonly lake: () => Promise<Lake>;
  /** Folder of the workspace: its files are read as a run would read them. */
  readonly workspace?: string;
}

export function openPreviewer({ memoryLimit, lake, workspace }: PreviewerOptions): Previewer {
  const sessions = new Map<Handle, Session>();
  sweepTemporaryFolders('preview');
  const session = (handle: Handle): Session => {
    const found = sessions.get(handle);
    if (found !== undefined) return found;
    throw new PipelineError('NOT_FOUND', 'This preview is closed.', 'Open the file again.');
  };
  const added = async (opened: Session, signal: AbortSignal | undefined): Promise<PreviewOpened> => {
    // Nobody would ever close what nobody waits for.
    if (signal?.aborted === true) {
      await opened.close();
      throw cancelled();
    }
    const handle = randomUUID();
    sessions.set(handle, opened);
    // Settings that are being edited are no reason not to look into a file.
    return { handle, ...opened.describe(await lake().catch(() => undefined)) };
  };
  return {
    session,
    lake,
    async open(file, { signal }) {
      const path = resolve(file);
      const source =
        (await kindOfFile(path)) === 'parquet'
          ? await openParquetSource(path, memoryLimit)
          : await openTextSource(path, signal, { memoryLimit, known: await knowledgeAt(path, workspace) });
      return added(openPreviewSession(source, memoryLimit), signal);
    },
    async query(handle, sql, { signal, progress }) {
      const base = session(handle);
      await base.source.check();
      const source = await openQuerySource(base.source, sql, {
        memoryLimit,
        signal,
        progress,
        release: base.hold(),
      });
      return added(openPreviewSession(source, memoryLimit), signal);
    },
    async close(handle) {
      const found = sessions.get(handle);
      sessions.delete(handle);
      await found?.close();
    },
    async dispose() {
      const all = [...sessions.values()];
      sessions.clear();
      await Promise.all(all.map((one) => one.close()));
    },
  };
}
