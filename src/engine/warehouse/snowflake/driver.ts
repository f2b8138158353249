// The only importer of snowflake-sdk: promises, deadlines and cancellation around it, and its errors as plain data.
import { create as createDomain, type Domain } from 'node:domain';
import { defined } from '../../model';
import type * as Sdk from 'snowflake-sdk';
import type {
  ConnectOptions,
  Driver,
  DriverFailure,
  DriverSession,
  LoginOptions,
  Outcome,
  StatementOptions,
  StatementResult,
} from './protocol';

/** How long a statement that was asked to stop may take to say so. */
const LAST_WORD_MS = 700;

/** Tokens of a browser login last as long as the process: the driver's own store is a file that anyone may read. */
const tokens = new Map<string, string>();
const tokenStore = {
  read: (key: string) => Promise.resolve(tokens.get(key) ?? null),
  write: (key: string, token: string) => Promise.resolve(void tokens.set(key, token)),
  remove: (key: string) => Promise.resolve(void tokens.delete(key)),
};

const silent = (): void => undefined;
const SILENT_LOGGER = { error: silent, warn: silent, info: silent, debug: silent, trace: silent };

/** Loads and configures the driver. */
export async function openDriver(): Promise<Driver> {
  // Read while the module loads: it would ask cloud metadata addresses who we are, load native code and send telemetry.
  process.env['SNOWFLAKE_DISABLE_PLATFORM_DETECTION'] = 'true';
  process.env['SNOWFLAKE_DISABLE_MINICORE'] = '1';
  process.env['SF_TELEMETRY_DISABLE_CONNECTION_SHAPE'] = '1';
  // The S3 client's advice about a later Node would stand between the lines of a run.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  // Read as well: its libraries would write requests to standard error, with the logins of proxy and session.
  delete process.env['DEBUG'];
  const { default: sdk } = (await import('snowflake-sdk')) as unknown as { default: typeof Sdk };
  // Its own logger writes to standard output and to a file in the working folder.
  sdk.configure({
    logLevel: 'OFF',
    additionalLogToConsole: false,
    customLogger: SILENT_LOGGER,
    customCredentialManager: tokenStore,
    // It reads the list NO_PROXY in a way of its own: it is given the proxy, and what is exempt, in its words.
    useEnvProxy: false,
  });
  // Its own client of HTTP: there are no options for what it may take, and where it may be led.
  const { default: web } = (await import('snowflake-sdk/dist/lib/http/axios_instance')) as unknown as {
    readonly default: { readonly defaults: { maxContentLength: number; beforeRedirect: typeof stayOnHost } };
  };
  web.defaults.maxContentLength = MOST_ANSWER_BYTES;
  web.defaults.beforeRedirect = stayOnHost;
  return { connect: (login, options) => connect(sdk, login, options) };
}

/** An answer beyond it is not read to its end: what we ask for has thousands of rows at most. */
const MOST_ANSWER_BYTES = 64_000_000;

/** Follows no redirect to another host: a login would go with it. */
function stayOnHost(
  next: Record<string, unknown>,
  _answer: unknown,
  { url }: { readonly url?: string } = {},
): void {
  if (url === undefined || new URL(url).host !== next['host'])
    throw new Error('It redirects to another host, and a login does not follow.');
}

const BROWSER = ['EXTERNALBROWSER', 'OAUTH_AUTHORIZATION_CODE'];

async function connect(
  sdk: typeof Sdk,
  login: LoginOptions,
  options: ConnectOptions,
): Promise<Outcome<DriverSession>> {
  let connection: Sdk.Connection;
  try {
    connection = sdk.createConnection({
      ...login,
      ...options.proxy,
      application: 'M7_Pipeline',
      timeout: options.requestTimeoutMs,
      // The default tries for minutes whether or not anybody answers.
      sfRetryMaxLoginRetries: 1,
      ...(BROWSER.includes(login.authenticator)
        ? { clientStoreTemporaryCredential: true, browserActionTimeout: options.deadlineMs }
        : {}),
      ...(login.authenticator === 'USERNAME_PASSWORD_MFA' ? { clientRequestMFAToken: true } : {}),
    });
  } catch (error) {
    return { ok: false, failure: failureOf(error, 'login') };
  }
  const guard = new Guard();
  const answer = guard.run<DriverSession>((resolve) => {
    connection.connect((error) => {
      resolve(
        error === undefined || (error as unknown) === null
          ? { ok: true, value: sessionOf(connection, guard) }
          : { ok: false, failure: failureOf(error, 'login') },
      );
    });
  });
  const ended = await limited(answer, options.deadlineMs, options.signal);
  if (typeof ended !== 'string') return ended;
  // One that logs in after all is closed again.
  void answer.then((late) => (late.ok ? late.value.close(1_000) : undefined));
  return {
    ok: false,
    failure:
      ended === 'cancelled'
        ? { kind: 'cancelled', message: 'The login was cancelled.' }
        : {
            kind: 'network',
            message: `There was no answer within ${Math.round(options.deadlineMs / 1000)} seconds.`,
          },
  };
}

/**
 * What the driver throws where nobody catches it, reading an answer that is none, ends what is being asked, and not this
 * process: its only way to hear of that is a domain.
 */
class Guard {
  readonly #domain: Domain = createDomain();
  #fail: (error: unknown) => void = () => undefined;

  constructor() {
    this.#domain.on('error', (error: unknown) => this.#fail(error));
  }

  /** One at a time. */
  run<T>(ask: (resolve: (outcome: Outcome<T>) => void) => void): Promise<Outcome<T>> {
    return new Promise((resolve) => {
      this.#fail = (error) =>
        resolve({
          ok: false,
          failure: {
            kind: 'network',
            message: `What it answered cannot be read (${error instanceof Error ? error.message : String(error)})`,
          },
        });
      this.#domain.run(() => ask(resolve));
    });
  }
}

function sessionOf(connection: Sdk.Connection, guard: Guard): DriverSession {
  let lost = false;
  return {
    execute: async (sqlText, options) => {
      const outcome = await execute({ connection, guard }, sqlText, options);
      if (!outcome.ok && ['network', 'session', 'deadline', 'cancelled'].includes(outcome.failure.kind))
        lost = true;
      return outcome;
    },
    healthy: () => !lost && connection.isUp(),
    close: async (withinMs) => {
      lost = true;
      const closed = new Promise<'closed'>((resolve) => {
        connection.destroy(() => resolve('closed'));
      });
      await limited(closed, withinMs, undefined);
    },
  };
}

async function execute(
  { connection, guard }: { readonly connection: Sdk.Connection; readonly guard: Guard },
  sqlText: string,
  { binds, queryTag, deadlineMs, signal, folder }: StatementOptions,
): Promise<Outcome<StatementResult>> {
  if (signal?.aborted === true)
    return { ok: false, failure: { kind: 'cancelled', message: 'The statement was cancelled.' } };
  let statement: Sdk.RowStatement | undefined;
  const isPut = /^\s*PUT\s/i.test(sqlText);
  const answer = guard.run<StatementResult>((resolve) => {
    try {
      statement = connection.execute({
        sqlText,
        ...defined({ binds, cwd: folder }),
        parameters: { QUERY_TAG: queryTag },
        complete: (error, done, rows) => {
          if (error !== undefined && (error as unknown) !== null) {
            resolve({ ok: false, failure: failureOf(error, isPut ? 'upload' : 'server', done.getQueryId()) });
            return;
          }
          resolve(resultOf(done, rows));
        },
      });
    } catch (error) {
      resolve({ ok: false, failure: failureOf(error, 'server') });
    }
  });
  const ended = await limited(answer, deadlineMs, signal);
  if (typeof ended !== 'string') return ended;
  // Known or not, the query is named by its request: the server ends it, and says so in its answer.
  statement?.cancel(() => undefined);
  const late = await limited(answer, LAST_WORD_MS, undefined);
  // One that had ended well before the cancellation arrived has happened: whoever asked must know.
  if (typeof late !== 'string' && late.ok && ended === 'deadline') return late;
  const queryId = typeof late === 'string' || late.ok ? undefined : late.failure.queryId;
  return {
    ok: false,
    failure: {
      kind: ended,
      message:
        ended === 'cancelled'
          ? 'The statement was cancelled.'
          : `The statement took longer than ${Math.round(deadlineMs / 1000)} seconds and was cancelled.`,
      ...defined({ queryId }),
    },
  };
}

function resultOf(done: Sdk.RowStatement, rows: readonly unknown[] | undefined): Outcome<StatementResult> {
  const changed = done.getNumUpdatedRows();
  const announced = done.getNumRows() as number | undefined;
  const came = rows?.length ?? 0;
  if (announced !== came)
    return {
      ok: false,
      failure: {
        kind: 'network',
        message: `${announced ?? 'No'} rows were announced, and ${came} came`,
        queryId: done.getQueryId(),
      },
    };
  return {
    ok: true,
    value: {
      rows: (rows ?? []).filter((row) => typeof row === 'object' && row !== null) as StatementResult['rows'],
      changed: changed === undefined || changed < 0 ? undefined : changed,
      queryId: done.getQueryId(),
    },
  };
}

/** The promise's value, or why it was not waited for any longer. */
async function limited<T>(
  work: Promise<T>,
  withinMs: number,
  signal: AbortSignal | undefined,
): Promise<T | 'deadline' | 'cancelled'> {
  if (signal?.aborted === true) return 'cancelled';
  let timer: NodeJS.Timeout | undefined;
  let abort: (() => void) | undefined;
  try {
    return await Promise.race([
      work,
      new Promise<'deadline'>((resolve) => {
        timer = setTimeout(() => resolve('deadline'), withinMs);
      }),
      new Promise<'cancelled'>((resolve) => {
        abort = () => resolve('cancelled');
        signal?.addEventListener('abort', abort, { once: true });
      }),
    ]);
  } finally {
    clearTimeout(timer);
    if (abort !== undefined) signal?.removeEventListener('abort', abort);
  }
}

/** Snowflake's numbers that mean a session which is no more. */
const SESSION_CODES = ['390104', '390111', '390112', '390113', '390114', '390115', '407002'];

/** @param doing what failed, where the error itself does not tell. */
function failureOf(error: unknown, doing: 'login' | 'upload' | 'server', queryId?: string): DriverFailure {
  const found = fieldsOf(error);
  const cause = fieldsOf(found['cause']);
  const data = fieldsOf(found['data']);
  const text = (value: unknown): string | undefined =>
    typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  const name = text(found['name']);
  const code = text(found['code']);
  const response = fieldsOf(found['response']);
  const status = text(response['statusCode']) ?? text(response['status']);
  const message = text(found['message']) ?? String(error);
  const sqlState = text(found['sqlState']);
  const id = queryId ?? text(data['queryId']);
  const more = {
    ...defined({ sqlState, queryId: id }),
  };
  if (code !== undefined && SESSION_CODES.includes(code) && doing !== 'login')
    return { kind: 'session', message, code, ...more };
  if (name === 'NetworkError' || name === 'RequestFailedError' || name === 'UnexpectedContentError') {
    const why = text(cause['code']) ?? (status === undefined ? code : `HTTP ${status}`);
    const detail = text(cause['message']);
    return {
      kind: 'network',
      message: detail === undefined || detail === '' ? message : detail,
      ...defined({ code: why }),
      ...more,
    };
  }
  if (doing === 'upload' && name === 'OperationFailedError')
    return { kind: 'server', message, ...defined({ code }), ...more };
  return { kind: doing, message, ...defined({ code }), ...more };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
