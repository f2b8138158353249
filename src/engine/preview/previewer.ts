// Opened previews by their handles: what the extension's engine process asks of the engine.
import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { PipelineError } from '../errors';
import type { Handle, Page, PreviewOpened, View } from './api';
import { kindOfFile, sweepTemporaryFolders } from './opening';
import { openSession, type CallOptions, type PageRequest, type Session } from './session';
import { openParquetSource } from './source';
import { openTextSource } from './textSource';

/** Everything that can be asked; a handle that is not open fails with NOT_FOUND, a file that changed with CHANGED. */
export interface Previewer {
  open(path: string, options: CallOptions): Promise<PreviewOpened>;
  page(handle: Handle, request: PageRequest, options: CallOptions<number>): Promise<Page>;
  count(handle: Handle, view: View, options: CallOptions<number>): Promise<number>;
  /** Closing what is not open is no error. */
  close(handle: Handle): Promise<void>;
  /** Closes everything. */
  dispose(): Promise<void>;
}

export interface PreviewerOptions {
  /** Of each opened file, in DuckDB's notation. */
  readonly memoryLimit?: string;
}

export function openPreviewer(options: PreviewerOptions = {}): Previewer {
  const sessions = new Map<Handle, Session>();
  void sweepTemporaryFolders();
  const session = (handle: Handle): Session => {
    const found = sessions.get(handle);
    if (found !== undefined) return found;
    throw new PipelineError('NOT_FOUND', 'This preview is not open any more.', 'Open the file again.');
  };
  const added = (opened: Session): PreviewOpened => {
    const handle = randomUUID();
    sessions.set(handle, opened);
    return { handle, ...opened.describe() };
  };
  return {
    async open(file, { signal }) {
      const path = resolve(file);
      const source =
        (await kindOfFile(path)) === 'parquet'
          ? await openParquetSource(path, options.memoryLimit)
          : await openTextSource(path, signal, options.memoryLimit);
      return added(openSession(source));
    },
    page: async (handle, request, call) => session(handle).page(request, call),
    count: async (handle, view, call) => session(handle).count(view, call),
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
