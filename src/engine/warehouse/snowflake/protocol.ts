// What the warehouse asks of Snowflake's driver: plain data only, since the driver is a bundle of its own and shares no class with us.

/** How to log in and where; see login.ts. Names as the driver's own options have them. */
export interface LoginOptions {
  readonly account: string;
  readonly accessUrl?: string;
  readonly username?: string;
  readonly authenticator: string;
  readonly password?: string;
  readonly passcode?: string;
  readonly token?: string;
  /** PEM. */
  readonly privateKey?: string;
  readonly privateKeyPass?: string;
  readonly role?: string;
  readonly warehouse?: string;
  readonly database?: string;
  readonly oauthClientId?: string;
  readonly oauthClientSecret?: string;
  readonly oauthAuthorizationUrl?: string;
  readonly oauthTokenRequestUrl?: string;
  readonly oauthRedirectUri?: string;
  readonly oauthScope?: string;
}

/**
 * What went wrong, as far as the driver tells: `login` refused, `network` not reached or broken off, `session` no
 * longer valid, `upload` of a file to the stage, `server` refused a statement, `deadline` passed, `cancelled` by us.
 */
export interface DriverFailure {
  readonly kind: 'login' | 'network' | 'session' | 'upload' | 'server' | 'deadline' | 'cancelled';
  readonly message: string;
  /** Snowflake's number, without it the driver's or the system's. */
  readonly code?: string;
  readonly sqlState?: string;
  readonly queryId?: string;
}

export type Bind = string | number | boolean | null;

export interface StatementResult {
  /** By column name as Snowflake tells it; numbers past 2^53 are text. */
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** Rows changed by DML, undefined of what is none. */
  readonly changed: number | undefined;
  readonly queryId: string;
}

export type Outcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: DriverFailure };

export interface StatementOptions {
  readonly binds?: readonly Bind[];
  /** Tells Snowflake's query history what the statement is for. */
  readonly queryTag: string;
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Folder from which the file of a PUT is named. */
  readonly folder?: string;
}

/** A session at Snowflake: one statement at a time. */
export interface DriverSession {
  execute(sqlText: string, options: StatementOptions): Promise<Outcome<StatementResult>>;
  /** Ends the session at the server, which rolls back and drops what is temporary; waits no longer than `withinMs`. */
  close(withinMs: number): Promise<void>;
  /** False once a statement was left without an answer, or the driver has given the session up. */
  readonly healthy: () => boolean;
}

/** The way to all hosts of an account but some. Names as the driver's own options have them. */
export interface DriverProxy {
  readonly proxyProtocol: 'http' | 'https';
  readonly proxyHost: string;
  readonly proxyPort: number;
  readonly proxyUser?: string;
  readonly proxyPassword?: string;
  /** Hosts that are asked directly: whole names with `*`, between `|`. */
  readonly noProxy: string;
}

export interface ConnectOptions {
  readonly deadlineMs: number;
  /** One HTTP request; a statement takes as many as it needs. */
  readonly requestTimeoutMs: number;
  readonly proxy?: DriverProxy;
  readonly signal?: AbortSignal | undefined;
}

export interface Driver {
  connect(login: LoginOptions, options: ConnectOptions): Promise<Outcome<DriverSession>>;
}
