// Connections of one instance: a slow query on one never holds up a page on another.
import type { Connection, Database } from '../../base';
import { PipelineError } from '../../model';

/** Told how far something is, in percent. */
export type PercentListener = (percent: number) => void;

export interface PreviewPool {
  /** Lends a connection for one piece of work. */
  use<T>(work: (connection: Connection) => Promise<T>): Promise<T>;
  /** The same for numbers that flow: it is lent until they have ended, or nobody takes them any more. */
  numbers(
    sql: string,
    signal: AbortSignal | undefined,
    percent?: PercentListener,
  ): AsyncGenerator<Float64Array>;
  /** Closes the instance once the work under way, which should have been told to stop, has ended. */
  close(): Promise<void>;
}

export function openPreviewPool(database: Database): PreviewPool {
  const free: Connection[] = [];
  let lent = 0;
  let closed: (() => void) | undefined;
  const take = async (): Promise<Connection> => {
    if (closed !== undefined) throw new PipelineError('NOT_FOUND', 'The file was closed.', 'Open it again.');
    lent++;
    try {
      return free.pop() ?? (await database.connect());
    } catch (error) {
      lent--;
      throw error;
    }
  };
  const giveBack = (connection: Connection): void => {
    free.push(connection);
    lent--;
    if (lent === 0) closed?.();
  };
  return {
    async use(work) {
      const connection = await take();
      try {
        return await work(connection);
      } finally {
        giveBack(connection);
      }
    },
    async *numbers(sql, signal, percent) {
      const connection = await take();
      const stop = watchProgress(connection, percent);
      try {
        yield* connection.numbers(sql, { signal });
      } finally {
        stop();
        giveBack(connection);
      }
    },
    async close() {
      if (closed !== undefined) return;
      await new Promise<void>((resolve) => {
        closed = resolve;
        if (lent === 0) resolve();
      });
      for (const connection of free.splice(0)) connection.close();
      database.close();
    },
  };
}

const WATCH_MS = 250;

/** Tells how far the connection's statement is, until it is stopped. */
export function watchProgress(connection: Connection, percent: PercentListener | undefined): () => void {
  if (percent === undefined) return () => undefined;
  const timer = setInterval(() => {
    const done = connection.progress();
    if (done >= 0) percent(done);
  }, WATCH_MS);
  return () => clearInterval(timer);
}
