// Sessions at Snowflake: one per load, used again as long as they are healthy.
import {
  type PipelineError,
  type Settings,
  type Where,
  cancelled,
  throwIfCancelled,
  defined,
} from '../../model';
import type { Redact, TIME_LIMITS } from '../../base';
import { redaction } from '../../workspace';
import { driverProxy } from './driverProxy';
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
export type Patience = Readonly<Record<keyof typeof TIME_LIMITS.snowflake, number>>;

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
export interface LentSession {
  /** @throws PipelineError WAREHOUSE with what Snowflake said; CANCELLED. */
  run(statement: Statement, options: LentStatementOptions): Promise<StatementResult>;
  /** False: what was begun in it is rolled back by its end, and it is of no more use. */
  healthy(): boolean;
  /** How long a lock is waited for: by several statements, where one may not take so long. */
  readonly lockMs: number;
  /** How long one statement may take. */
  readonly statementMs: number;
}

/** Log-ins in which a person has a part: they take long, and are not tried twice. */
const BY_A_PERSON: readonly string[] = [
  'EXTERNALBROWSER',
  'OAUTH_AUTHORIZATION_CODE',
  'USERNAME_PASSWORD_MFA',
];

const QUERY_TAG = JSON.stringify({ app: 'm7-pipeline' });

/** Opens sessions when they are needed, and lends each to one load at a time. */
export class SessionPool {
  readonly #login: () => Login;
  readonly #patience: Patience;
  readonly #redact: Redact;
  readonly #statementMs: number;
  readonly #lockMs: number;
  readonly #where: Where | undefined;
  readonly #idle: DriverSession[] = [];
  /** The login was refused: nothing else needs to be tried. */
  #refused: PipelineError | undefined;
  /** The first login is waited for by all: a wrong password must not be tried by every load. */
  #first: Promise<unknown> | undefined;
  #closed = false;

  /** @param login asked for once, by the first who needs a session. */
  constructor(settings: Settings, login: () => Login, patience: Patience) {
    this.#login = login;
    this.#patience = patience;
    this.#redact = redaction(settings);
    this.#statementMs = (settings.snowflake.statementTimeout ?? 1_800) * 1_000;
    this.#lockMs = Math.max(this.#statementMs, patience.lockMs);
    const origin = settings.origins['MOCK_SNOWFLAKE'];
    this.#where = typeof origin === 'object' ? origin : undefined;
  }

  /** Lends a session for the time of `work`. */
  async with<T>(work: (session: LentSession) => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#closed) throw cancelled();
    if (this.#refused !== undefined) throw this.#refused;
    throwIfCancelled(signal);
    const session = await this.#take(signal);
    try {
      return await work(this.#lend(session));
    } finally {
      // The pool may have been closed while the session was lent.
      if (session.healthy() && !this.#isClosed()) this.#idle.push(session);
      else await session.close(Math.min(this.#patience.lastMs, 1_000));
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#idle.splice(0).map((session) => session.close(this.#patience.lastMs)));
  }

  #isClosed(): boolean {
    return this.#closed;
  }

  #lend(session: DriverSession): LentSession {
    return {
      healthy: () => session.healthy(),
      lockMs: this.#lockMs,
      statementMs: this.#statementMs,
      run: async ({ sql, binds }, options) => {
        const given: StatementOptions = {
          queryTag: options.queryTag ?? QUERY_TAG,
          deadlineMs: options.deadlineMs ?? this.#statementMs,
          ...defined({ binds, folder: options.folder, signal: options.signal }),
        };
        const outcome = await session.execute(sql, given);
        if (outcome.ok) return outcome.value;
        throw errorOf(outcome.failure, options.doing, this.#redact, this.#where);
      },
    };
  }

  async #take(signal: AbortSignal | undefined): Promise<DriverSession> {
    for (;;) {
      const session = this.#idle.pop();
      if (session === undefined) break;
      if (session.healthy()) return session;
      await session.close(this.#patience.lastMs);
    }
    if (this.#first === undefined) {
      const opening = this.#open(signal);
      this.#first = opening;
      try {
        return await opening;
      } catch (error) {
        this.#first = undefined;
        throw error;
      }
    }
    await this.#first.catch(() => undefined);
    if (this.#refused !== undefined) throw this.#refused;
    return this.#open(signal);
  }

  async #open(signal: AbortSignal | undefined): Promise<DriverSession> {
    const session = await this.#connect(signal);
    try {
      await this.#lend(session).run(sessionSettings(Math.ceil(this.#statementMs / 1_000)), {
        doing: 'setting up the session',
        signal,
        deadlineMs: Math.min(this.#statementMs, this.#patience.loginMs),
      });
      return session;
    } catch (error) {
      await session.close(this.#patience.lastMs);
      throw error;
    }
  }

  async #connect(signal: AbortSignal | undefined): Promise<DriverSession> {
    const { options } = this.#login();
    const driver = await loadDriver();
    const byPerson = BY_A_PERSON.includes(options.authenticator);
    const connecting: ConnectOptions = {
      deadlineMs: byPerson ? this.#patience.browserMs : this.#patience.loginMs,
      requestTimeoutMs: this.#patience.requestMs,
      signal,
      ...defined({ proxy: driverProxy(options.accessUrl) }),
    };
    for (let attempt = 1; ; attempt += 1) {
      throwIfCancelled(signal);
      const outcome = await driver.connect(options, connecting);
      if (outcome.ok) return outcome.value;
      const error = errorOf(outcome.failure, 'logging in', this.#redact, this.#where);
      if (outcome.failure.kind === 'login') this.#refused = error;
      if (byPerson || attempt === LOGIN_TRIES || !isPassing(error)) throw error;
      await backOff(this.#patience.pauseMs * 2 ** (attempt - 1), signal);
    }
  }
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
