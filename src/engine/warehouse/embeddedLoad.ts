// What a load does in the embedded warehouse: its table is made as the config says, and a date is replaced in one transaction.
import { type Connection, durable, hashFile, quoteIdentifier, sizeOf } from '../base';
import { PipelineError, throwIfCancelled, isoDate } from '../model';
import type { LoadRequest, LoadResult } from './contract';
import { attemptRow, note } from './monitoring';
import { ATTACHED, columnsOf, countDate, deleteDate, insertAccepted, spelled } from './statements';
import { changesTo, createTable, type Target } from './target';

/**
 * Makes the schema, the table and new columns; gives the statements that were run.
 * @throws PipelineError WAREHOUSE for a column whose type may not change by itself.
 */
export async function ensureTable(
  connection: Connection,
  file: string,
  target: Target,
): Promise<readonly string[]> {
  const done: string[] = [];
  const run = async (statement: string): Promise<void> => {
    await connection.run(statement);
    done.push(statement);
  };
  const ddl = createTable(target, ATTACHED);
  const existing = await columnsOf(connection, target);
  if (existing.size === 0) {
    await run(`CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(ATTACHED)}.${quoteIdentifier(target.schema)}`);
    await run(ddl);
  } else {
    const changes = changesTo(target, existing, await spelled(connection, target), ATTACHED);
    const [first] = changes.refused;
    if (first !== undefined)
      throw new PipelineError(
        'WAREHOUSE',
        `Column ${first.column.name} of ${target.schema}.${target.name} is ${first.from} in the warehouse and ${first.column.type} in the config: its rows would change.`,
        `Run in ${file}: ${changes.refused.map((r) => `${r.alter};`).join(' ')} Or set the type back; or move the file away, and it is loaded again from gold.`,
        first.column.location === undefined ? {} : { where: first.column.location },
      );
    for (const statement of changes.statements) await run(statement);
  }
  return done;
}

/**
 * The transaction of one load; the caller rolls back.
 * @throws PipelineError WAREHOUSE when rows before, rows after and rows expected do not agree; CANCELLED.
 */
export async function replaceDate(
  request: LoadRequest,
  target: Target,
  monitoring: Target,
  startedAt: string,
): Promise<LoadResult> {
  const { connection, signal, expectedRows } = request;
  const values = [isoDate(request.date)];
  const count = async (): Promise<number> => {
    const [row] = await connection.rows<{ n: number }>(countDate(target), { values, signal });
    return row?.n ?? 0;
  };
  // The file is read while the database works; an error shows where it is awaited.
  const hashing = hashFile(request.gold, signal);
  hashing.catch(() => undefined);

  await connection.run('BEGIN TRANSACTION');
  const before = await count();
  const deleted = await connection.run(deleteDate(target), { values, signal });
  durable('load.begun');
  const inserted = await connection.run(insertAccepted(target, request), { signal });
  const loaded = await count();
  if (deleted !== before || inserted !== expectedRows || loaded !== expectedRows)
    throw new PipelineError(
      'WAREHOUSE',
      `Loading ${target.schema}.${target.name} of ${request.date} did not add up: ${deleted} of ${before} rows deleted, ${inserted} of ${expectedRows} inserted, ${loaded} there afterwards. It was rolled back.`,
      'Run again; if it happens again, run with --force to validate again.',
    );
  await note(connection, monitoring, {
    ...attemptRow(request),
    STATUS: 'LOADED',
    ROWS_LOADED: loaded,
    ROWS_DELETED: deleted,
    FILE_BYTES: (await sizeOf(request.gold)) ?? null,
    FILE_SHA256: await hashing,
    STARTED_AT: startedAt,
    FINISHED_AT: new Date().toISOString(),
  });
  throwIfCancelled(signal);
  durable('load.inserted');
  // Without the signal: from here on it is either all there or not, and we want to know which.
  await connection.run('COMMIT');
  durable('load.committed');
  return { loaded, deleted, repeated: false };
}
