// One attempt to load a date: stage, temporary table, one transaction. It ends whole or leaves nothing.
import { randomBytes } from 'node:crypto';
import { durable } from '../../base';
import { PipelineError, throwIfCancelled } from '../../model';
import type { ColumnMeasures, LoadRequest, LoadResult, Measures } from '../contract';
import { measureQuery, readMeasures } from '../measures';
import { qualified, type Target } from '../target';
import { failureBehind } from './failures';
import { beginLocked, rollback } from './loadLock';
import type { WrittenFiles } from './snowflakeStage';
import type { LentSession, Patience } from './sessionPool';
import type { Bind, StatementResult } from './protocol';
import type { SchemaNames } from './snowflakeNames';
import {
  attemptPath,
  copyFiles,
  countRows,
  createTemporary,
  deleteDate,
  dropTemporary,
  insertRows,
  latestLoad,
  noteRow,
  putFile,
  removePath,
  SNOWFLAKE_DIALECT,
  temporaryTable,
  type Statement,
} from './snowflakeStatements';

/** How many files of one load are brought to the stage at a time. */
const UPLOADS = 4;

export interface AttemptContext {
  readonly place: SchemaNames;
  readonly target: Target;
  readonly request: LoadRequest;
  readonly written: WrittenFiles;
  /** The ledger's row, as far as it is known before. */
  readonly row: Readonly<Record<string, Bind>>;
  readonly startedAt: number;
  readonly queryTag: string;
  /** First part of the names of attempts: whose leftovers they are. */
  readonly owner: string;
  /** Marks (QUERY_ID of the ledger) of earlier attempts of this load whose end is not known. */
  readonly unsettled: Set<string>;
  /** Load id of the latest row of the ledger when it was last asked. */
  readonly known: string | undefined;
  /** Stage paths that could not be removed. */
  readonly leftovers: Set<string>;
  readonly patience: Patience;
}

/** The reply to COMMIT did not come: whether it was committed, the ledger tells. */
export class CommitUnknown extends Error {
  override readonly name = 'CommitUnknown';
  readonly result: LoadResult;
  readonly mark: string;

  constructor(cause: unknown, mark: string, result: LoadResult) {
    super('The reply to COMMIT was lost.', { cause });
    this.mark = mark;
    this.result = result;
  }
}

/** Thrown to leave the transaction of a load that turned out to be done. */
class Done extends Error {
  readonly result: LoadResult;

  constructor(result: LoadResult) {
    super('The load was done before.');
    this.result = result;
  }
}

const newAttempt = (owner: string): string => `${owner}_${randomBytes(6).toString('hex')}`;

/**
 * @throws CommitUnknown; PipelineError WAREHOUSE, after a rollback. Nothing of it is visible then.
 */
export async function attemptLoad(session: LentSession, context: AttemptContext): Promise<LoadResult> {
  const { place, target, request, written, queryTag } = context;
  const { database } = place;
  const { date, signal } = request;
  const attempt = newAttempt(context.owner);
  const path = attemptPath(target.name, date, attempt);
  const what = `${request.table.name}, ${date}`;
  const run = (statement: Statement, doing: string): Promise<StatementResult> =>
    session.run(statement, { doing: `${doing} ${what}`, signal, queryTag });
  let staged = false;
  try {
    let mark: string | undefined;
    if (written.files.length > 0) {
      staged = true;
      await upload(session, context, path);
      await run(createTemporary(database, target, attempt), 'making room for');
      mark = await copy(session, context, attempt, path);
      await compare(session, context, attempt);
    }
    return await replace(session, context, attempt, mark);
  } finally {
    if (staged) await clear(session, context, attempt, path);
  }
}

async function upload(session: LentSession, context: AttemptContext, path: string): Promise<void> {
  const { place, target, request, written, queryTag } = context;
  const waiting = [...written.files];
  const put = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const { rows } = await session.run(putFile(place.database, target.schema, file, path), {
        doing: `uploading ${request.table.name}, ${request.date}`,
        signal: request.signal,
        folder: written.folder,
        queryTag,
      });
      const status = String(rows[0]?.['status']);
      // SKIPPED: the answer to an upload was lost, and the driver found the file there when it tried again. The path is
      // this attempt's own, so nobody else can have put it there.
      if (rows.length !== 1 || !['UPLOADED', 'SKIPPED'].includes(status))
        throw mismatch(
          `Uploading ${file} of ${request.table.name}, ${request.date}, ended as ${status}, not as UPLOADED.`,
        );
    }
  };
  await Promise.all(written.files.slice(0, UPLOADS).map(put));
}

/** Copies into the temporary table; gives the query's id, by which the ledger knows the attempt. */
async function copy(
  session: LentSession,
  context: AttemptContext,
  attempt: string,
  path: string,
): Promise<string> {
  const { place, target, request, written, queryTag } = context;
  const { rows, queryId } = await session.run(
    copyFiles(place.database, target, attempt, { path, files: written.files }),
    { doing: `copying ${request.table.name}, ${request.date}`, signal: request.signal, queryTag },
  );
  const unloaded = rows.find((row) => row['status'] !== 'LOADED');
  const loaded = rows.reduce((sum, row) => sum + Number(row['rows_loaded'] ?? 0), 0);
  if (unloaded !== undefined || rows.length !== written.files.length || loaded !== request.expectedRows)
    throw mismatch(
      `Copying ${request.table.name}, ${request.date}, did not add up: ${rows.length} of ${written.files.length} files, ${loaded} of ${request.expectedRows} rows${unloaded === undefined ? '' : `, status ${String(unloaded['status'])}`} (query ${queryId}).`,
    );
  return queryId;
}

/** The copied rows are what was written: not only as many, but the same by every figure both databases have. */
async function compare(session: LentSession, context: AttemptContext, attempt: string): Promise<void> {
  const { place, target, request, written, queryTag } = context;
  const from = qualified(temporaryTable(target, attempt), place.database);
  const { rows } = await session.run(
    { sql: measureQuery(target.columns, from, undefined, SNOWFLAKE_DIALECT) },
    { doing: `comparing ${request.table.name}, ${request.date}`, signal: request.signal, queryTag },
  );
  const [row] = rows;
  if (row === undefined) throw new Error('Figures came without a row.');
  const difference = firstDifference(written.measures, readMeasures(target.columns, row));
  if (difference !== undefined)
    throw mismatch(
      `What Snowflake read of ${request.table.name}, ${request.date}, is not what was written: ${difference}.`,
      'A masking policy on a column, or a row access policy on the table, is a likely cause: it shows this role other values than were loaded. Exempt the role from it (DESCRIBE TABLE and POLICY_REFERENCES show policies). Otherwise run again; if it happens again, run with --force to validate again.',
    );
}

/** Where two figures of the same rows differ, in words. */
function firstDifference(written: Measures, found: Measures): string | undefined {
  if (written.rows !== found.rows) return `${written.rows} rows became ${found.rows}`;
  for (const [name, ours] of Object.entries(written.columns)) {
    const theirs = found.columns[name];
    if (theirs === undefined) return `column ${name} is missing`;
    for (const figure of ['filled', 'min', 'max', 'sum'] as const satisfies readonly (keyof ColumnMeasures)[])
      if (ours[figure] !== theirs[figure])
        return figure === 'filled'
          ? `column ${name} has ${theirs.filled} values instead of ${ours.filled}`
          : `the ${figure} of column ${name} differs`;
  }
  return undefined;
}

/** The transaction. */
async function replace(
  session: LentSession,
  context: AttemptContext,
  attempt: string,
  copied: string | undefined,
): Promise<LoadResult> {
  const { place, target, request, written, queryTag, patience } = context;
  const { database, monitoring } = place;
  const { date, signal, expectedRows } = request;
  const doing = `loading ${request.table.name}, ${date}`;
  const run = (statement: Statement): Promise<StatementResult> =>
    session.run(statement, { doing, signal, queryTag });

  // What the ledger says from here on is settled: others who load this date wait.
  await beginLocked(session, context);
  let mark: string;
  let result: LoadResult;
  try {
    const deleting = await run(deleteDate(database, target, date));
    const deleted = deleting.changed ?? 0;
    durable('load.begun');
    mark = copied ?? deleting.queryId;
    await leaveIfDone(run, context, deleted);
    const inserted =
      written.files.length === 0 ? 0 : ((await run(insertRows(database, target, attempt))).changed ?? 0);
    if (inserted !== expectedRows)
      throw mismatch(
        `Loading ${target.schema}.${target.name} of ${date} did not add up: ${inserted} of ${expectedRows} rows inserted. It was rolled back.`,
      );
    result = { loaded: inserted, deleted, repeated: false };
    await run(
      noteRow(
        database,
        monitoring,
        {
          ...context.row,
          STATUS: 'LOADED',
          ROWS_LOADED: inserted,
          ROWS_DELETED: deleted,
          QUERY_ID: mark,
        },
        performance.now() - context.startedAt,
      ),
    );
    await refuseStrangers(run, context, mark);
    throwIfCancelled(signal);
    durable('load.inserted');
  } catch (error) {
    await rollback(session, doing, patience);
    if (error instanceof Done) return error.result;
    throw error;
  }
  try {
    // Without the signal: from here on it is either all there or not, and we want to know which.
    await session.run({ sql: 'COMMIT' }, { doing, queryTag });
  } catch (error) {
    const kind = failureBehind(error)?.kind;
    if (kind === 'network' || kind === 'session' || kind === 'deadline')
      throw new CommitUnknown(error, mark, result);
    await rollback(session, doing, patience);
    throw error;
  }
  durable('load.committed');
  return result;
}

/**
 * Leaves the transaction where the ledger shows that an attempt before this one was committed after all: of this
 * process, or of one that was killed while its COMMIT was on its way.
 */
async function leaveIfDone(
  run: (statement: Statement) => Promise<StatementResult>,
  { place, target, request, unsettled, known }: AttemptContext,
  there: number,
): Promise<void> {
  const { rows } = await run(latestLoad(place, target.name, request.date));
  const [latest] = rows;
  if (latest === undefined) return;
  const loaded = Number(latest['ROWS_LOADED']);
  // Rows that somebody took away since are loaded again.
  if (there !== loaded) return;
  const ours = unsettled.has(String(latest['QUERY_ID']));
  const same = latest['LOAD_ID'] === request.loadId;
  if (ours || (same && known !== request.loadId && !request.again))
    throw new Done({ loaded, deleted: 0, repeated: !ours });
}

/**
 * Counts the date last of all: rows that this load did not bring were committed meanwhile by somebody who does not take
 * the lock, such as a loader of an earlier version.
 * @throws PipelineError WAREHOUSE that says who.
 */
async function refuseStrangers(
  run: (statement: Statement) => Promise<StatementResult>,
  { place, target, request, queryTag }: AttemptContext,
  mark: string,
): Promise<void> {
  const { date, expectedRows } = request;
  const counted = await run(countRows(place.database, target, date));
  const there = Number(counted.rows[0]?.['N']);
  if (there === expectedRows) return;
  if (there < expectedRows)
    throw mismatch(
      `${target.schema}.${target.name} shows ${there} of the ${expectedRows} rows of ${date} that were inserted. It was rolled back.`,
      'A row access policy that hides rows from this role is a likely cause: then old rows stay, too, when a date is replaced. Exempt the role from it.',
    );
  const { rows } = await run(latestLoad(place, target.name, date, 4));
  const others = rows
    .filter((row) => row['QUERY_ID'] !== mark)
    .map((row) => {
      const text = (name: string): string => {
        const value = row[name];
        return typeof value === 'string' ? value : 'unknown';
      };
      return `run ${text('RUN_ID')} (load ${text('LOAD_ID').slice(0, 12)}, version ${text('LOADER_VERSION')}, ${text('FINISHED')} UTC)`;
    });
  throw new PipelineError(
    'WAREHOUSE',
    `${target.schema}.${target.name} has ${there} rows of ${date} instead of the ${expectedRows} of this load: another session added rows of the date at the same time. It was rolled back. ${
      others.length === 0
        ? `${place.monitoring.schema}.${place.monitoring.name} has no other load of the date.`
        : `The latest loads of the date are: ${others.join('; ')}.`
    }`,
    `See that nothing else writes to this table, and that every loader has this version; then run again, which replaces the date. Queries of loaders have a QUERY_TAG like ${queryTag} in Snowflake’s query history.`,
  );
}

/** Removes what only this attempt needed. What cannot be removed now is by the next load or run. */
async function clear(
  session: LentSession,
  context: AttemptContext,
  attempt: string,
  path: string,
): Promise<void> {
  const { place, target, patience, leftovers, queryTag } = context;
  leftovers.add(path);
  if (!session.healthy()) return;
  const options = { doing: 'clearing up', deadlineMs: patience.lastMs, queryTag };
  try {
    await session.run(dropTemporary(place.database, target, attempt), options);
    await session.run(removePath(place.database, target.schema, path), options);
    leftovers.delete(path);
  } catch {
    // The load itself has ended, well or not: that is what is told.
  }
}

function mismatch(
  message: string,
  remedy = 'Run again; if it happens again, run with --force to validate again.',
): PipelineError {
  return new PipelineError('WAREHOUSE', message, remedy);
}
