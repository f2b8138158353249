// Statements under way and done: executed once for each request id, waited for, cancelled, timed out.
import { randomUUID } from 'node:crypto';
import { PipelineError } from '../../../src/engine/model/errors';
import type { Account } from './account';
import { canceled, SnowflakeError, syntax, timedOut } from './errors';
import { failureOf } from './columnTypes';
import { execute, type Executed } from './execute';
import type { Session } from './sessions';
import type { Binding } from './sql/query';
import { kindOf } from './sql/statements';
import type { Fault, StatementRecord } from './types';

export interface Run {
  readonly record: StatementRecord;
  readonly session: Session;
  readonly outcome: Promise<Executed | SnowflakeError>;
  finished: boolean;
  abort(reason: SnowflakeError): void;
}

export interface Submission {
  readonly session: Session;
  readonly requestId: string;
  readonly sql: string;
  readonly bindings: ReadonlyMap<number, Binding>;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly fault: Fault | undefined;
}

type Writable = { -readonly [K in keyof StatementRecord]: StatementRecord[K] };

export class Running {
  readonly records: StatementRecord[] = [];
  private readonly byRequest = new Map<string, Run>();
  private readonly byQuery = new Map<string, Run>();

  constructor(
    private readonly account: Account,
    private readonly root: string,
  ) {}

  /** Executes a statement, or gives the one that came with this request id before. */
  submit(submission: Submission): Run {
    const { session, requestId, sql } = submission;
    const key = `${session.id}/${requestId}`;
    const known = this.byRequest.get(key);
    if (known !== undefined) return known;
    const record: Writable = {
      queryId: randomUUID(),
      requestId,
      session: session.id,
      kind: kindOf(sql),
      sqlText: sql,
      queryTag: session.parameters.get('QUERY_TAG') ?? '',
      startedAt: Date.now(),
      finishedAt: undefined,
      outcome: undefined,
    };
    const controller = new AbortController();
    const outcome = this.inTurn(session, () => this.play(submission, record.queryId, controller.signal));
    const run: Run = {
      record,
      session,
      outcome,
      finished: false,
      abort: (reason) => controller.abort(reason),
    };
    this.records.push(record);
    this.byRequest.set(key, run);
    this.byQuery.set(record.queryId, run);
    void outcome.then((o) => {
      run.finished = true;
      record.finishedAt = Date.now();
      record.outcome = o instanceof SnowflakeError ? o.code : 'ok';
    });
    return run;
  }

  byQueryId(queryId: string): Run | undefined {
    return this.byQuery.get(queryId);
  }

  byRequestId(requestId: string): Run | undefined {
    return [...this.byRequest.values()].find((r) => r.record.requestId === requestId);
  }

  /** Cancels what a session has under way and waits for its end. */
  async stop(session: Session): Promise<void> {
    const open = [...this.byQuery.values()].filter((r) => r.session === session && !r.finished);
    for (const run of open) run.abort(canceled());
    await Promise.all(open.map((r) => r.outcome));
  }

  private async inTurn(session: Session, work: () => Promise<Executed>): Promise<Executed | SnowflakeError> {
    const done = session.queue.then(work).catch((error: unknown) => asFailure(error));
    session.queue = done;
    return done;
  }

  private async play(submission: Submission, queryId: string, signal: AbortSignal): Promise<Executed> {
    const { session, fault } = submission;
    const asked = Number(
      submission.parameters['STATEMENT_TIMEOUT_IN_SECONDS'] ??
        session.parameters.get('STATEMENT_TIMEOUT_IN_SECONDS') ??
        0,
    );
    // The lower of both that is set holds.
    const limits = [asked, this.account.warehouseTimeout].filter((limit) => limit > 0);
    const seconds = limits.length === 0 ? 0 : Math.min(...limits);
    const late = new AbortController();
    const timer =
      seconds > 0
        ? setTimeout(() => late.abort(timedOut(seconds)), Math.min(seconds * 1000, 2 ** 31 - 1))
        : undefined;
    const both = AbortSignal.any([signal, late.signal]);
    if (session.transaction !== undefined) session.transaction.busy = true;
    try {
      if (fault?.kind === 'error') throw new SnowflakeError(fault.code, fault.sqlState, fault.message);
      if (fault?.kind === 'slow') await slowly(fault.milliseconds, both);
      if (both.aborted) throw canceled();
      return await execute({
        account: this.account,
        session,
        sql: submission.sql,
        bindings: submission.bindings,
        root: this.root,
        queryId,
        signal: both,
      });
    } catch (error) {
      // What was aborted fails with the reason of the abort, whatever the database says.
      if (both.aborted && both.reason instanceof SnowflakeError) throw both.reason;
      throw error;
    } finally {
      clearTimeout(timer);
      if (session.transaction !== undefined) {
        session.transaction.busy = false;
        session.transaction.usedAt = Date.now();
      }
    }
  }
}

async function slowly(milliseconds: number | undefined, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      reject(canceled());
    };
    const timer = milliseconds === undefined ? undefined : setTimeout(resolve, milliseconds);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
  });
}

/** DuckDB's errors in Snowflake's words. What is none of the known ones is told as an internal error, with all of it. */
function asFailure(error: unknown): SnowflakeError {
  if (error instanceof SnowflakeError) return error;
  if (error instanceof PipelineError) {
    const known = failureOf(error.message);
    if (known !== undefined) return known;
    if (error.code === 'CANCELLED') return canceled();
    if (error.code === 'SQL_INVALID') return syntax(`${error.message} (The test peer's database says so.)`);
    if (/^Conversion Error/.test(error.message)) return new SnowflakeError('100038', '22018', error.message);
    return new SnowflakeError('000603', 'XX000', `SQL execution internal error: ${error.message}`);
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new SnowflakeError('000603', 'XX000', `SQL execution internal error: ${text}`);
}
