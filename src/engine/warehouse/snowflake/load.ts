// A load that happens exactly once: attempts until one is committed, and the ledger asked where that is not known.
import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename } from 'node:path';
import { version } from '../../../../package.json';
import { hashFile, sizeOf } from '../../base';
import {
  type Settings,
  PipelineError,
  isCancelled,
  isoDate,
  plainError,
  throwIfCancelled,
} from '../../model';
import { stateFolders } from '../../lake';
import { redaction } from '../../workspace';
import type { FailedLoad, LoadRequest, LoadResult } from '../contract';
import type { Target } from '../target';
import { attemptLoad, CommitUnknown, type AttemptContext } from './loadAttempt';
import { failureBehind, isPassing } from './failures';
import { writeAccepted } from './snowflakeStage';
import { isRefused, backOff, type Patience, type SessionPool } from './sessionPool';
import type { Bind } from './protocol';
import type { Setup } from './setup';
import type { SchemaNames } from './snowflakeNames';
import { latestLoad, noteRow } from './snowflakeStatements';

/** Attempts of one load, and questions to the ledger about one. */
const TRIES = 4;

export interface Loader {
  readonly settings: Settings;
  readonly pool: SessionPool;
  readonly place: SchemaNames;
  readonly setup: Setup;
  readonly patience: Patience;
  readonly leftovers: Set<string>;
  readonly fileBytes?: number | undefined;
}

/** Whose attempts' leftovers may be removed at any time: this data folder's, whose lock a run holds. */
export const ownerOf = (settings: Settings): string =>
  createHash('sha256').update(`${hostname()}\n${settings.dataDir}`).digest('hex').slice(0, 8);

/** What Snowflake's query history shows beside each statement of a load. */
const queryTagOf = (load: Pick<LoadRequest, 'runId' | 'table' | 'date'>): string =>
  JSON.stringify({ app: 'm7-pipeline', run: load.runId, table: load.table.name, date: load.date });

/** What the ledger tells of a load, whether it went well or not. */
function rowOf(
  load: Pick<FailedLoad, 'runId' | 'table' | 'date' | 'sourceRows' | 'gold' | 'loadId'>,
): Readonly<Record<string, Bind>> {
  return {
    RUN_ID: load.runId,
    TABLE_NAME: load.table.name.toUpperCase(),
    LOAD_DATE: isoDate(load.date),
    ROWS_SOURCE: load.sourceRows,
    FILE_NAME: basename(load.gold),
    LOAD_ID: load.loadId,
    LOADER_VERSION: version,
  };
}

/**
 * @param known load id of the latest confirmed load of this date and table, when it was last asked.
 * @throws PipelineError WAREHOUSE when nothing was loaded, or it is not known; CANCELLED.
 */
export async function loadOnce(
  loader: Loader,
  request: LoadRequest,
  target: Target,
  known: string | undefined,
): Promise<LoadResult & { readonly sha256: string }> {
  const { settings, pool, patience } = loader;
  const { signal } = request;
  const startedAt = performance.now();
  // The file is read while Snowflake works; an error shows where it is awaited.
  const hashing = hashFile(request.gold, signal);
  hashing.catch(() => undefined);
  const written = await writeAccepted(request, target, stateFolders(settings).temporaryDir, loader.fileBytes);
  try {
    if (written.measures.rows !== request.expectedRows)
      throw new PipelineError(
        'WAREHOUSE',
        `${request.expectedRows} rows of ${request.table.name}, ${request.date}, were accepted, and ${written.measures.rows} were written for the load.`,
        'Run again; if it happens again, run with --force to validate again.',
      );
    const sha256 = await hashing;
    const context: AttemptContext = {
      ...{ place: loader.place, target, request, written, startedAt, known, patience },
      row: {
        ...rowOf(request),
        FILE_BYTES: (await sizeOf(request.gold)) ?? null,
        FILE_SHA256: sha256,
      },
      queryTag: queryTagOf(request),
      owner: ownerOf(settings),
      unsettled: new Set(),
      leftovers: loader.leftovers,
    };
    for (let attempt = 1; ; attempt += 1)
      try {
        return { ...(await pool.with((session) => attemptLoad(session, context), signal)), sha256 };
      } catch (error) {
        if (error instanceof CommitUnknown) {
          context.unsettled.add(error.mark);
          const settled = await settle(loader, context, error);
          if (settled !== undefined) return { ...settled, sha256 };
        }
        const cause = error instanceof CommitUnknown ? error.cause : error;
        if (attempt === TRIES || !(error instanceof CommitUnknown || isPassing(cause))) throw cause;
        await backOff(patience.pauseMs * 2 ** (attempt - 1), signal);
      }
  } finally {
    await rm(written.folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

/**
 * Asks the ledger, in a session of its own, whether the attempt was committed.
 * @returns undefined: it was not until now. Should it be later, the next attempt sees it, since it waits for its lock.
 * @throws PipelineError WAREHOUSE when nobody answers: the next run asks.
 */
async function settle(
  { pool, place, patience }: Loader,
  { target, request }: AttemptContext,
  lost: CommitUnknown,
): Promise<LoadResult | undefined> {
  for (let attempt = 1; ; attempt += 1)
    try {
      // Without the signal: who cancels now still has to know what was loaded.
      const { rows } = await pool.with((session) =>
        session.run(latestLoad(place, target.name, request.date), {
          doing: 'asking whether the load was committed',
          deadlineMs: patience.lastMs,
        }),
      );
      throwIfCancelled(request.signal);
      return rows[0]?.['QUERY_ID'] === lost.mark ? lost.result : undefined;
    } catch (error) {
      if (isCancelled(error)) throw error;
      if (attempt < TRIES && isPassing(error)) {
        await backOff(patience.pauseMs * 2 ** (attempt - 1), request.signal);
        continue;
      }
      throw new PipelineError(
        'WAREHOUSE',
        `Whether ${request.table.name}, ${request.date}, was loaded is not known: the connection broke at its COMMIT, and Snowflake could not be asked since.`,
        'Run again: it asks, and loads the date unless it is there.',
        { cause: failureBehind(error) ?? error },
      );
    }
}

/** Adds the row of a load that did not happen; where Snowflake cannot be reached there is nobody to tell. */
export async function noteFailed(loader: Loader, attempt: FailedLoad): Promise<void> {
  const { settings, pool, place, setup, patience } = loader;
  const behind = failureBehind(attempt.error);
  if (isRefused(attempt.error)) return;
  const plain = redaction(settings)(plainError(attempt.error));
  const row = {
    ...rowOf(attempt),
    STATUS: 'FAILED',
    FILE_BYTES: (await sizeOf(attempt.gold)) ?? null,
    QUERY_ID: behind?.queryId ?? null,
    ERROR_CODE: behind?.code ?? plain.code,
    SQLSTATE: behind?.sqlState ?? null,
    ERROR_MESSAGE: plain.message.slice(0, 4_000),
  };
  const since = Date.now() - Date.parse(attempt.startedAt);
  await pool.with(async (session) => {
    await setup.shared(session, undefined);
    await session.run(noteRow(place.database, place.monitoring, row, Number.isNaN(since) ? 0 : since), {
      doing: 'noting a failed load',
      deadlineMs: patience.lastMs,
      queryTag: queryTagOf(attempt),
    });
  });
}
