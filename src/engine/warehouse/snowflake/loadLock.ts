// The lock of one table and date: held from the first statement of a transaction to its end, so that of two loaders one
// waits. Snowflake's isolation is READ COMMITTED and a DELETE of nothing locks nothing: without it both would see a date
// without rows, and both would fill it.
import { PipelineError, isoDate } from '../../model';
import { qualified, type Target } from '../target';
import { failureBehind, isLockFailure } from './failures';
import type { DriverFailure } from './protocol';
import { backOff, type LentSession, type Patience } from './sessionPool';
import type { SchemaNames } from './snowflakeNames';
import { DATE, uncollated, type Statement } from './snowflakeStatements';
import type { LoadRequest } from '../contract';

/** What is locked, and by whom. */
interface LoadLock {
  readonly place: SchemaNames;
  readonly target: Target;
  readonly request: Pick<LoadRequest, 'table' | 'date' | 'loadId' | 'runId' | 'signal'>;
  readonly queryTag: string;
  readonly patience: Patience;
}

type LockedDate = Pick<LoadLock, 'place' | 'target'> & { readonly request: Pick<LoadRequest, 'date'> };

/**
 * Makes the row of a table and date where there is none. It runs before the transaction, so that the row is there for
 * everybody; two loaders may both make one, which does no harm: the lock is of all rows of the key.
 */
export const ensureLockRow = ({ place, target, request }: LockedDate): Statement => {
  const table = qualified(place.locks, place.database);
  return {
    sql: [
      `INSERT INTO ${table} (`,
      '  "TABLE_NAME",',
      '  "LOAD_DATE"',
      ')',
      'SELECT',
      '  ?,',
      `  ${DATE}`,
      'FROM (',
      '  SELECT COUNT(*) AS "ROWS_FOUND"',
      `  FROM ${table}`,
      `  WHERE ${uncollated('"TABLE_NAME"')} = ? AND "LOAD_DATE" = ${DATE}`,
      ') AS "FOUND"',
      'WHERE "ROWS_FOUND" = 0',
    ].join('\n'),
    binds: [target.name, isoDate(request.date), target.name, isoDate(request.date)],
  };
};

/** Locks the row of a table and date until the end of the transaction; it says who did so last. */
export const takeLock = (
  { place, target, request }: LockedDate,
  by: Pick<LoadRequest, 'runId' | 'loadId'>,
): Statement => ({
  sql: [
    `UPDATE ${qualified(place.locks, place.database)}`,
    'SET',
    '  "RUN_ID" = ?,',
    '  "LOAD_ID" = ?,',
    '  "LOCKED_AT" = SYSDATE()',
    `WHERE ${uncollated('"TABLE_NAME"')} = ? AND "LOAD_DATE" = ${DATE}`,
  ].join('\n'),
  binds: [by.runId, by.loadId, target.name, isoDate(request.date)],
});

/**
 * Begins a transaction that holds the lock: what it reads from here on, no other loader of the table and date changes.
 * Where it fails, no transaction is open.
 * @throws PipelineError WAREHOUSE, also where others held the lock for too long; CANCELLED.
 */
export async function beginLocked(session: LentSession, lock: LoadLock): Promise<void> {
  const { request, queryTag, patience } = lock;
  const { signal } = request;
  const options = {
    doing: `waiting for the lock of ${request.table.name}, ${request.date}`,
    signal,
    queryTag,
  };
  const until = performance.now() + session.lockMs;
  let isMissing = true;
  for (let attempt = 0; ; attempt += 1) {
    if (isMissing) await session.run(ensureLockRow(lock), options);
    await session.run({ sql: 'BEGIN TRANSACTION' }, options);
    let failure: Error | undefined;
    try {
      // The server ends the statement in time and says why: with more patience its session stays.
      const deadlineMs = session.statementMs + patience.lastMs;
      const { changed } = await session.run(takeLock(lock, request), { ...options, deadlineMs });
      if ((changed ?? 0) > 0) return;
      // It was replaced while this waited for it, or somebody removed it.
      isMissing = true;
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
      isMissing = false;
    }
    await rollback(session, options.doing, patience);
    // 000630: a virtual warehouse may end statements sooner than asked for.
    const isHeld = isLockFailure(failure) || failureBehind(failure)?.code === '000630';
    if (failure !== undefined && !isHeld) throw failure;
    if (performance.now() >= until) throw heldByOthers(lock, failure);
    await backOff(Math.min(patience.pauseMs * 2 ** attempt, 5_000), signal);
  }
}

/** Ends a transaction without its changes. One of a session that is not well ends with the session. */
export async function rollback(session: LentSession, doing: string, patience: Patience): Promise<void> {
  if (!session.healthy()) return;
  await session.run({ sql: 'ROLLBACK' }, { doing, deadlineMs: patience.lastMs }).catch(() => undefined);
}

function heldByOthers({ place, request, queryTag }: LoadLock, failure: unknown): PipelineError {
  const behind = failureBehind(failure);
  const cause: DriverFailure = {
    ...behind,
    kind: 'deadline',
    message: behind?.message ?? 'The lock is held.',
  };
  return new PipelineError(
    'WAREHOUSE',
    `Another load of ${request.table.name}, ${request.date}, holds its lock in ${place.locks.schema}.${place.locks.name} and did not end in time. Nothing was loaded.`,
    `Run again when it has ended. In Snowflake, SHOW LOCKS IN ACCOUNT lists it, its queries have a QUERY_TAG like ${queryTag}, and SELECT SYSTEM$ABORT_TRANSACTION(<transaction>) ends one that was left behind.`,
    { cause },
  );
}
