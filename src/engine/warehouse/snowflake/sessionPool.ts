// Sessions at Snowflake: one per load, used again as long as they are well.
import { type PipelineError, type Settings, cancelled, throwIfCancelled, defined } from '../../model';
import { redaction } from '../../workspace';
import { errorOf, failureBehind, isPassing } from './failures';
import type { Login } from './login';
import { loadDriver } from './session';
import {
  type ConnectOptions,
  type DriverSession,
  type StatementOptions,
  type StatementResult,
} from './protocol';
import { sessionSettings, type Statement } from './snowflakeStatements';

/** Times that tests shorten. */
export interface Patience {
  /** Of a login by password, key or token. */
  readonly loginMs: number;
  /** Of a login that a person makes in the browser. */
  readonly browserMs: number;
  readonly requestMs: number;
  /** The first pause before another try; each later one is twice as long. */
  readonly pauseMs: number;
  /** What may be waited for when something has failed already. */
  readonly lastMs: number;
}

export const PATIENCE: Patience = {
  loginMs: 30_000,
  browserMs: 150_000,
  requestMs: 75_000,
  pauseMs: 500,
  lastMs: 10_000,
};

/** How often a login that got no answer is tried. */
const LOGIN_TRIES = 2;

interface LentStatementOptions {
  /** In words, after "while". */
  readonly doing: string;
  readonly signal?: AbortSignal | undefined;
  readonly queryTag?: string;
  readonly folder?: string;
  /** Without it, the setting's. */
  readonly deadlineMs?: number;
}

/** A session that is lent to one load at a time. */
export interface Lent {
  /** @throws PipelineError WAREHOUSE with what Snowflake said; CANCELLED. */
  run(statement: Statement, options: LentStatementOptions): Promise<StatementResult>;
  /** False: what was begun in it is rolled back by its end, and it is of no more use. */
  healthy(): boolean;
}

export interface SessionPool {
  /** Lends a session for the time of `work`. */
  with<T>(work: (session: Lent) => Promise<T>, signal?: AbortSignal): Promise<T>;
  close(): Promise<void>;
}

/** @param login asked for once, by the first who needs a session. */
export function openSessionPool(settings: Settings, login: () => Login, patience: Patience): SessionPool {
  const redact = redaction(settings);
  const idle: DriverSession[] = [];
  const statementMs = (settings.snowflake.statementTimeout ?? 1_800) * 1_000;
  const origin = settings.origins['MOCK_SNOWFLAKE'];
  const where = typeof origin === 'object' ? origin : undefined;
  const tag = JSON.stringify({ app: 'm7-pipeline' });
  let refused: PipelineError | undefined;
  /** The first login is waited for by all: a wrong password must not be tried by every load. */
  let first: Promise<unknown> | undefined;
  let closed = false;
  /** A close that came while a session was lent. */
  const isClosed = (): boolean => closed;

  function lend(session: DriverSession): Lent {
    return {
      healthy: () => session.healthy(),
      run: async ({ sql, binds }, options) => {
        const given: StatementOptions = {
          queryTag: options.queryTag ?? tag,
          deadlineMs: options.deadlineMs ?? statementMs,
          ...defined({ binds, folder: options.folder, signal: options.signal }),
        };
        const outcome = await session.execute(sql, given);
        if (outcome.ok) return outcome.value;
        throw errorOf(outcome.failure, options.doing, redact, where);
      },
    };
  }

  async function login_(signal: AbortSignal | undefined): Promise<DriverSession> {
    const { options } = login();
    const driver = await loadDriver();
    const browser = ['EXTERNALBROWSER', 'OAUTH_AUTHORIZATION_CODE', 'USERNAME_PASSWORD_MFA'].includes(
      options.authenticator,
    );
    const connecting: ConnectOptions = {
      deadlineMs: browser ? patience.browserMs : patience.loginMs,
      requestTimeoutMs: patience.requestMs,
      signal,
    };
    for (let attempt = 1; ; attempt += 1) {
      throwIfCancelled(signal);
      const outcome = await driver.connect(options, connecting);
      if (outcome.ok) return outcome.value;
      const error = errorOf(outcome.failure, 'logging in', redact, where);
      if (outcome.failure.kind === 'login') refused = error;
      if (browser || attempt === LOGIN_TRIES || !isPassing(error)) throw error;
      await backOff(patience.pauseMs * 2 ** (attempt - 1), signal);
    }
  }

  async function open(signal: AbortSignal | undefined): Promise<DriverSession> {
    const session = await login_(signal);
    try {
      await lend(session).run(sessionSettings(Math.ceil(statementMs / 1_000)), {
        doing: 'setting up the session',
        signal,
        deadlineMs: Math.min(statementMs, patience.loginMs),
      });
      return session;
    } catch (error) {
      await session.close(patience.lastMs);
      throw error;
    }
  }

  async function take(signal: AbortSignal | undefined): Promise<DriverSession> {
    for (;;) {
      const session = idle.pop();
      if (session === undefined) break;
      if (session.healthy()) return session;
      await session.close(patience.lastMs);
    }
    if (first === undefined) {
      const opening = open(signal);
      first = opening;
      try {
        return await opening;
      } catch (error) {
        first = undefined;
        throw error;
      }
    }
    await first.catch(() => undefined);
    if (refused !== undefined) throw refused;
    return open(signal);
  }

  return {
    with: async (work, signal) => {
      if (closed) throw cancelled();
      if (refused !== undefined) throw refused;
      throwIfCancelled(signal);
      const session = await take(signal);
      try {
        return await work(lend(session));
      } finally {
        if (session.healthy() && !isClosed()) idle.push(session);
        else await session.close(Math.min(patience.lastMs, 1_000));
      }
    },
    close: async () => {
      closed = true;
      await Promise.all(idle.splice(0).map((session) => session.close(patience.lastMs)));
    },
  };
}

/** A pause of half to all of `ms`, so that loads that failed together do not come back together. */
export async function backOff(ms: number, signal: AbortSignal | undefined): Promise<void> {
  const length = ms * (0.5 + Math.random() / 2);
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, length);
    signal?.addEventListener('abort', end, { once: true });
  });
  throwIfCancelled(signal);
}

/** Was the login refused, so that nothing else needs to be tried? */
export const isRefused = (error: unknown): boolean => failureBehind(error)?.kind === 'login';
