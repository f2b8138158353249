// The embedded warehouse's file: attached for a load or a look, and detached whole.
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Connection, type LentDatabase, makeFolder, quoteIdentifier, quoteLiteral } from '../base';
import { PipelineError, isCancelled, throwIfCancelled } from '../model';
import type { WarehouseUse } from './contract';
import { ATTACHED } from './statements';

/** How long a load waits for others to let go of the file, and between two tries. */
const PATIENCE_MS = 5_000;
const RETRY_MS = 50;

/**
 * A connection with the warehouse's file attached; the caller detaches it.
 * @throws PipelineError WAREHOUSE where another program holds the file, or it is no database; CANCELLED.
 */
export async function attachWarehouse(
  database: LentDatabase,
  file: string,
  use: WarehouseUse,
  signal?: AbortSignal,
): Promise<Connection> {
  await makeFolder(dirname(file));
  const connection = await database.connect();
  // Whoever looks does so for a moment: a load waits for it, and does not fail because somebody watches.
  const patience = performance.now() + (use === 'load' ? PATIENCE_MS : 0);
  for (;;)
    try {
      throwIfCancelled(signal);
      // Who only looks shares the file with others who look; a log that a kill left behind must be written back.
      const shared = use === 'look' && !existsSync(`${file}.wal`);
      await connection.run(
        `ATTACH ${quoteLiteral(file)} AS ${quoteIdentifier(ATTACHED)}${shared ? ' (READ_ONLY)' : ''}`,
      );
      return connection;
    } catch (error) {
      if (isHeld(error) && performance.now() < patience) {
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
        continue;
      }
      connection.close();
      throw isCancelled(error) ? error : unopened(file, error);
    }
}

/** Detaches the file and closes the connection. */
export async function detachWarehouse(connection: Connection): Promise<void> {
  try {
    // Detaching checkpoints: no log is left beside the file. One that is left is replayed by the next opening.
    await connection.run(`DETACH ${quoteIdentifier(ATTACHED)}`);
  } catch (error) {
    // On a full disk the log stays: all that was committed is in it.
    if (!(error instanceof PipelineError && /CHECKPOINT during DETACH failed/i.test(error.message)))
      throw error;
  } finally {
    connection.close();
  }
}

/** Is the file open in another process? */
function isHeld(error: unknown): boolean {
  return (
    error instanceof Error &&
    /could not set lock|being used by another process|lock is held/i.test(error.message)
  );
}

/** Why the file could not be attached, in words that say what to do. */
function unopened(file: string, error: unknown): PipelineError {
  const message = error instanceof Error ? error.message : String(error);
  const more = { where: { file }, cause: error };
  if (isHeld(error)) {
    const holder = /\(PID (\d+)\)/.exec(message)?.[1];
    return new PipelineError(
      'WAREHOUSE',
      `The embedded warehouse is open in another program${holder === undefined ? '' : ` (process ${holder})`}: ${file}`,
      'Close it there (a DuckDB shell, a notebook, a database browser), then run again.',
      more,
    );
  }
  if (error instanceof PipelineError && ['PERMISSION', 'DISK_FULL'].includes(error.code)) return error;
  return new PipelineError(
    'WAREHOUSE',
    `The embedded warehouse cannot be opened: ${message}`,
    'Move the file away and run again: dates whose gold is kept are loaded again.',
    more,
  );
}
