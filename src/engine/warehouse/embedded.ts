// The embedded warehouse: a DuckDB file attached to the run's instance, loaded with Snowflake's protocol.
import { warehouseFile } from '../lake';
import { existsSync, statSync } from 'node:fs';
import {
  type Connection,
  type LentDatabase,
  durable,
  hashFile,
  makeFolder,
  problemOf,
  quoteIdentifier,
  quoteLiteral,
  sizeOf,
} from '../base';
import { type Settings, PipelineError, isCancelled, isoDate, plainError, throwIfCancelled } from '../model';
import type { FailedLoad, LoadRecord, LoadRequest, LoadResult, Warehouse, WarehouseUse } from './contract';
import { DUCKDB_DIALECT, measureDatesQuery, readMeasuresByDate } from './measures';
import { attemptRow, confirmed, note } from './monitoring';
import { ATTACHED, columnsOf, countDate, deleteDate, insertAccepted, spelled } from './statements';
import {
  changesTo,
  checkDistinct,
  createTable,
  monitoringTarget,
  qualified,
  targetOf,
  type Target,
} from './target';

/** How long a load waits for others to let go of the file, and between two tries. */
const PATIENCE_MS = 5_000;
const RETRY_MS = 50;

/** See `Warehouse`. The file is created with the first DDL and attached with the first question. */
export function embeddedWarehouse(settings: Settings, database: LentDatabase, use: WarehouseUse): Warehouse {
  const file = warehouseFile(settings);
  const monitoring = monitoringTarget(settings);
  let session: Connection | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  /** One after another: two transactions on one DuckDB table end in a conflict, and waiting costs less than a retry. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = turn.then(work, work);
    turn = mine.catch(() => undefined);
    return mine;
  }

  async function attached(signal?: AbortSignal): Promise<Connection> {
    if (session !== undefined) return session;
    await makeFolder(settings.dataDir);
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
        session = connection;
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

  async function ensure(connection: Connection, target: Target): Promise<readonly string[]> {
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
          `Run in ${file}: ${changes.refused.map((r) => `${r.alter};`).join(' ')} Or set the type back; or move the file away, and it is loaded anew from gold.`,
          first.column.location === undefined ? {} : { where: first.column.location },
        );
      for (const statement of changes.statements) await run(statement);
    }
    return done;
  }

  async function noteFailed(attempt: FailedLoad): Promise<void> {
    const connection = await attached();
    await ensure(connection, monitoring);
    const plain = plainError(attempt.error);
    await note(connection, monitoring, {
      ...attemptRow(attempt),
      STATUS: 'FAILED',
      FILE_BYTES: (await sizeOf(attempt.gold)) ?? null,
      STARTED_AT: attempt.startedAt,
      FINISHED_AT: new Date().toISOString(),
      ERROR_CODE: plain.code,
      ERROR_MESSAGE: plain.message,
    });
  }

  /** The transaction of one load; the caller rolls back. */
  async function replace(request: LoadRequest, target: Target, startedAt: string): Promise<LoadResult> {
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
        'Run again; if it stays, run with --force to validate anew.',
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

  return {
    kind: 'embedded',
    place: file,

    prepare: (tables) =>
      inTurn(async () => {
        checkDistinct(tables);
        const targets = tables.map((table) => targetOf(settings, table));
        const connection = await attached();
        const done: string[] = [];
        for (const target of [monitoring, ...targets]) done.push(...(await ensure(connection, target)));
        return done;
      }),

    loads: () =>
      inTurn(async () => {
        if (session === undefined && statSync(file, { throwIfNoEntry: false }) === undefined)
          return new Map<string, LoadRecord>();
        const connection = await attached();
        if ((await columnsOf(connection, monitoring)).size === 0) return new Map<string, LoadRecord>();
        return confirmed(connection, settings, monitoring);
      }),

    load: (request) =>
      inTurn(async () => {
        throwIfCancelled(request.signal);
        const startedAt = new Date().toISOString();
        try {
          const target = targetOf(settings, request.table);
          const own = await attached(request.signal);
          await ensure(own, monitoring);
          // Asked before the table is made: a load into a table that is gone counts for nothing.
          const latest = (await confirmed(own, settings, monitoring)).get(`${request.date}/${target.name}`);
          if (latest?.loadId === request.loadId && !request.again)
            return { loaded: latest.rows, deleted: 0, repeated: true };
          await ensure(own, target);
          try {
            return await replace(request, target, startedAt);
          } catch (error) {
            // No transaction is left where BEGIN or COMMIT itself failed: the first error is the one to tell.
            await request.connection.run('ROLLBACK').catch(() => undefined);
            throw error;
          }
        } catch (error) {
          if (!isCancelled(error)) await noteFailed({ ...request, error, startedAt }).catch(() => undefined);
          throw error;
        }
      }),

    noteFailure: (attempt) => inTurn(() => noteFailed(attempt)),

    statementsOf: (table, date) => {
      const target = targetOf(settings, table);
      return [
        createTable(target, ATTACHED),
        'BEGIN TRANSACTION',
        deleteDate(target).replace('$1', quoteLiteral(isoDate(date))),
        insertAccepted(target, { source: 'gold', rejects: 'rejects', date }),
        'COMMIT',
      ];
    },

    check: async () => {
      try {
        const count = await inTurn(async () => {
          if (session === undefined && statSync(file, { throwIfNoEntry: false }) === undefined) return 0;
          const connection = await attached();
          if ((await columnsOf(connection, monitoring)).size === 0) return 0;
          return (await confirmed(connection, settings, monitoring)).size;
        });
        return { facts: [{ name: 'warehouse', value: `embedded, ${file}, ${count} loads` }], problems: [] };
      } catch (error) {
        return { facts: [], problems: [{ ...problemOf(error), file }] };
      }
    },

    measure: (table, dates, signal) =>
      inTurn(async () => {
        if (session === undefined && statSync(file, { throwIfNoEntry: false }) === undefined)
          return undefined;
        const connection = await attached(signal);
        const target = targetOf(settings, table);
        const existing = await columnsOf(connection, target);
        if (existing.size === 0) return undefined;
        const columns = target.columns.filter((column) => existing.has(column.name));
        const rows = await connection.rows(
          measureDatesQuery(
            columns,
            qualified(target, ATTACHED),
            dates.map((_, i) => `CAST($${i + 1} AS DATE)`),
            DUCKDB_DIALECT,
          ),
          { values: dates.map(isoDate), signal },
        );
        return readMeasuresByDate(columns, dates, rows);
      }),

    close: () =>
      inTurn(async () => {
        if (session === undefined) return;
        const connection = session;
        session = undefined;
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
      }),
  };
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
    'Move the file away and run again: dates whose gold is kept are loaded anew.',
    more,
  );
}
