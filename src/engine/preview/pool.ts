// Connections of one instance: a slow query on one never holds up a page on another.
import type { Connection, Database } from '../duckdb';
import { PipelineError } from '../errors';

export interface Pool {
  /** Lends a connection for one piece of work. */
  use<T>(work: (connection: Connection) => Promise<T>): Promise<T>;
  /** The same for numbers that flow: it is lent until they have ended, or nobody takes them any more. */
  numbers(sql: string, signal: AbortSignal | undefined): AsyncGenerator<Float64Array>;
  /** Closes the instance once the work under way, which should have been told to stop, has ended. */
  close(): Promise<void>;
}

export function openPool(database: Database): Pool {
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
    async *numbers(sql, signal) {
      const connection = await take();
      try {
        yield* connection.numbers(sql, { signal });
      } finally {
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
