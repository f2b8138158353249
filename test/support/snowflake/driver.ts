// The real snowflake-sdk for tests: quiet, without probing the network, and with promises around its callbacks.
import type {
  Binds,
  Connection,
  ConnectionOptions,
  FileAndStageBindStatement,
  RowStatement,
  SnowflakeError,
} from 'snowflake-sdk';
import type * as sdkTypes from 'snowflake-sdk';
import { createRequire } from 'node:module';
import { PASSWORD, type Peer } from './peer';

type Driver = typeof sdkTypes;

let loaded: Driver | undefined;

/** The driver, set up before it is required as its own facts demand; loaded on first use. */
export function driver(): Driver {
  if (loaded !== undefined) return loaded;
  process.env['SNOWFLAKE_DISABLE_PLATFORM_DETECTION'] = 'true';
  process.env['SNOWFLAKE_DISABLE_MINICORE'] = '1';
  process.env['SF_TELEMETRY_DISABLE_CONNECTION_SHAPE'] = '1';
  const sdk = createRequire(__filename)('snowflake-sdk') as Driver;
  sdk.configure({ logLevel: 'OFF', additionalLogToConsole: false });
  return (loaded = sdk);
}

/** Logs in as LOADER unless told otherwise. @throws the driver's error */
export async function connect(
  peer: Pick<Peer, 'url' | 'account' | 'database' | 'warehouse'>,
  more: Partial<ConnectionOptions> = {},
): Promise<Connection> {
  const connection = driver().createConnection({
    accessUrl: peer.url,
    account: peer.account,
    username: 'LOADER',
    ...(more.authenticator === undefined ? { password: PASSWORD } : {}),
    database: peer.database,
    warehouse: peer.warehouse,
    role: 'LOADER',
    sfRetryMaxLoginRetries: 1,
    ...more,
  });
  await new Promise<void>((resolve, reject) => {
    // Some failures reject the promise, others come by the callback alone.
    connection.connectAsync((error) => (error ? reject(error) : resolve())).catch(reject);
  });
  return connection;
}

export interface Done {
  readonly rows: readonly Record<string, unknown>[];
  readonly statement: RowStatement | FileAndStageBindStatement;
}

export interface Execution {
  readonly binds?: Binds;
  /** Given to the driver: the same one again asks for the first answer. */
  readonly requestId?: string;
  readonly started?: (statement: RowStatement | FileAndStageBindStatement) => void;
}

export function execute(connection: Connection, sqlText: string, more: Execution = {}): Promise<Done> {
  return new Promise((resolve, reject) => {
    const statement = connection.execute({
      sqlText,
      ...(more.binds === undefined ? {} : { binds: more.binds }),
      ...(more.requestId === undefined ? {} : { requestId: more.requestId }),
      complete: (error: SnowflakeError | undefined, done, rows) =>
        error ? reject(error) : resolve({ rows: (rows ?? []) as Record<string, unknown>[], statement: done }),
    });
    more.started?.(statement);
  });
}

/** The rows of a statement. */
export async function rowsOf(
  connection: Connection,
  sqlText: string,
  binds?: Binds,
): Promise<readonly Record<string, unknown>[]> {
  return (await execute(connection, sqlText, binds === undefined ? {} : { binds })).rows;
}

export async function disconnect(connection: Connection): Promise<void> {
  await new Promise<void>((resolve) => connection.destroy(() => resolve()));
}
