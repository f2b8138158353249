// What the protocol peer is told and what it tells: the only module that tests need to read besides peer.ts.
import type { Row } from '../../../src/engine/base/duckdb';

/** What a request asks for. Requests to the stage's object store are numbered with the others. */
export type RequestKind =
  | 'login'
  | 'token'
  | 'logout'
  | 'heartbeat'
  | 'query'
  | 'result'
  | 'chunk'
  | 'abort'
  | 'telemetry'
  | 'stage-head'
  | 'stage-put'
  | 'stage-get'
  | 'stage-delete'
  | 'stage-multipart'
  | 'other';

/** The kind of a statement: its leading words. */
export type StatementKind =
  | 'SELECT'
  | 'INSERT'
  | 'DELETE'
  | 'UPDATE'
  | 'COPY'
  | 'PUT'
  | 'LIST'
  | 'REMOVE'
  | 'CREATE TABLE'
  | 'CREATE SCHEMA'
  | 'CREATE STAGE'
  | 'ALTER TABLE'
  | 'ALTER SESSION'
  | 'DROP'
  | 'TRUNCATE'
  | 'BEGIN'
  | 'COMMIT'
  | 'ROLLBACK'
  | 'SHOW'
  | 'DESCRIBE'
  | 'USE'
  | 'GRANT'
  | 'REVOKE';

/** One request as it arrived; `outcome` is filled in when it was answered. */
export interface RequestRecord {
  /** Counts from 1 over the life of the peer; telemetry is not counted and has 0. */
  readonly number: number;
  readonly kind: RequestKind;
  readonly method: string;
  readonly path: string;
  readonly requestId: string | undefined;
  readonly sqlText: string | undefined;
  readonly statement: StatementKind | undefined;
  readonly session: string | undefined;
  /** The driver's own count of repeats of this request; 0 for the first. */
  readonly retry: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** When the answer went out or the socket was dropped; undefined while it is open. */
  readonly answeredAt: number | undefined;
  /** "ok", an error code of Snowflake, an HTTP status, or the fault that was played. */
  readonly outcome: string | undefined;
}

/** One statement that the peer executed (not: every time it was sent). */
export interface StatementRecord {
  readonly queryId: string;
  readonly requestId: string;
  readonly session: string;
  readonly kind: StatementKind | undefined;
  readonly sqlText: string;
  readonly queryTag: string;
  readonly startedAt: number;
  readonly finishedAt: number | undefined;
  /** "ok" or the code of the error. */
  readonly outcome: string | undefined;
}

/** Which requests a fault befalls. All given conditions hold together; telemetry is never befallen. */
export interface FaultTarget {
  /** The n-th request from now on, counting from 1, of those that the other conditions choose. 1 without it. */
  readonly nth?: number;
  /** The number of the request over the life of the peer, as in RequestRecord. */
  readonly number?: number;
  readonly kind?: RequestKind;
  readonly statement?: StatementKind;
  /** A part of the statement's text. */
  readonly sql?: string;
}

/** What befalls a request. `times`: so many chosen requests from the first one on; 1 without it. */
export type Fault =
  /** Answered with an HTTP status before anything was executed. */
  | { readonly kind: 'status'; readonly status: number; readonly times?: number }
  /** The socket is closed before anything was executed. */
  | { readonly kind: 'dropped-before'; readonly times?: number }
  /** Executed, then the socket is closed: the answer is lost. */
  | { readonly kind: 'dropped-after'; readonly times?: number }
  /** The session token is expired: 390112, until it is renewed. `master`: the renewal fails with 390114 too. */
  | { readonly kind: 'expired'; readonly master?: boolean; readonly times?: number }
  /** The server ended the session: 390111, its transaction is rolled back and its temporary tables are gone. */
  | { readonly kind: 'session-gone' }
  /** The object store refuses, as it does with expired or foreign credentials. Before execution. */
  | { readonly kind: 's3'; readonly status: number; readonly code: string; readonly times?: number }
  /** In progress (333333) until it is cancelled, or for so many milliseconds, then executed. */
  | { readonly kind: 'slow'; readonly milliseconds?: number; readonly times?: number }
  /** Never answered, never executed; the socket stays open. */
  | { readonly kind: 'hang'; readonly times?: number }
  /** Executed, never answered; the socket stays open. */
  | { readonly kind: 'hang-after'; readonly times?: number }
  /** The statement fails with this error and is not executed. */
  | {
      readonly kind: 'error';
      readonly code: string;
      readonly sqlState: string;
      readonly message: string;
      readonly times?: number;
    };

/** A fault that waits for its request. */
export interface Injected {
  /** Resolves when it befell its first request. */
  readonly reached: Promise<RequestRecord>;
  /** How many requests it befell. */
  hits(): number;
  remove(): void;
}

/** What a user may log in by. */
export interface PeerUser {
  readonly name: string;
  readonly password?: string;
  /** PEM (SPKI) of the registered public key. */
  readonly publicKey?: string;
  /** Programmatic access token. */
  readonly accessToken?: string;
  readonly oauthToken?: string;
  /** With it a password alone does not log in: the passcode of the second factor. */
  readonly passcode?: string;
  readonly defaultRole: string;
  readonly defaultWarehouse?: string;
  /** DEFAULT_SECONDARY_ROLES = ('ALL'): with them every session has all roles of the user. */
  readonly hasSecondaryRoles?: boolean;
  /** Roles granted to the user, besides the default role. */
  readonly roles?: readonly string[];
}

/** Where PUT sends files: a folder, or an object store that speaks S3 over TLS on loopback. */
type StageStorage = 'LOCAL_FS' | 'S3';

export interface PeerOptions {
  /** 0 or nothing: a free one. */
  readonly port?: number;
  readonly account?: string;
  readonly database?: string;
  readonly schemas?: readonly string[];
  readonly warehouse?: string;
  /** Besides the user LOADER (password "correct horse battery staple", role LOADER, which owns the database). */
  readonly users?: readonly PeerUser[];
  readonly storage?: StageStorage;
  /** Waited before each answer, in milliseconds. */
  readonly latency?: number;
  /** A statement that takes longer is answered as in progress (333333). Milliseconds; 5,000 without it. */
  readonly inProgressAfter?: number;
  /** Results of more rows come in chunks of so many; 5,000 without it. */
  readonly chunkRows?: number;
  /**
   * A transaction that is idle for so many milliseconds while another statement waits for its lock is rolled back:
   * so end transactions of loaders that were killed. 3,000 without it; the service waits for five minutes.
   */
  readonly abandonedAfter?: number;
  /**
   * What UPDATE and DELETE lock: the partitions whose rows they change ("partition", without it), or the whole table,
   * as the service often does. Either way nothing, where no row is changed.
   */
  readonly locks?: 'partition' | 'table';
  /**
   * A statement that has waited for a lock changes those of its rows that are still there ("snapshot", without it: it
   * "sees only data that was committed before the statement began"), or looks again.
   */
  readonly afterWait?: 'snapshot' | 'latest';
  /** DEFAULT_DDL_COLLATION of the account: that of every text column whose DDL has none, such as en-ci. */
  readonly collation?: string;
  /** STATEMENT_TIMEOUT_IN_SECONDS of the virtual warehouse: the lower of it and the session's ends a statement. */
  readonly warehouseTimeout?: number;
  /** Database roles that there are, such as M7.WRITER. */
  readonly databaseRoles?: readonly string[];
  /** Lifetime of a session token in seconds; 3,600 without it. */
  readonly tokenLifetime?: number;
  /** DuckDB's memory limit of the backing database. */
  readonly memoryLimit?: string;
}

export interface SessionRecord {
  readonly id: string;
  readonly user: string;
  readonly role: string;
  readonly open: boolean;
  readonly inTransaction: boolean;
  readonly queryTag: string;
}

/** The running peer. Whoever starts it closes it. */
export interface Peer {
  /** For the driver's `accessUrl`. */
  readonly url: string;
  readonly account: string;
  readonly database: string;
  readonly warehouse: string;
  readonly users: readonly PeerUser[];
  /** PEM file for NODE_EXTRA_CA_CERTS of the loader's process; only with storage S3. */
  readonly caFile: string | undefined;
  readonly requests: readonly RequestRecord[];
  /** What was executed, in order. */
  statements(): readonly StatementRecord[];
  inject(fault: Fault, target?: FaultTarget): Injected;
  /** Forgets faults that wait still. */
  clearFaults(): void;
  /**
   * Rows of a query on the committed tables, in DuckDB's own words and without privileges, locks or requests:
   * each table is a view "DATABASE"."SCHEMA"."TABLE".
   */
  target(sql: string): Promise<Row[]>;
  /**
   * Executes a statement as the account's administrator, in a session of its own: GRANT, REVOKE, CREATE, INSERT, …
   * @throws SnowflakeError
   */
  admin(sql: string): Promise<Row[]>;
  /** Paths of all files in stages, "DB.SCHEMA.STAGE/path/name", sorted. */
  stageFiles(): Promise<readonly string[]>;
  /** Temporary tables of open sessions, "DB.SCHEMA.TABLE". */
  tempTables(): readonly string[];
  sessions(): readonly SessionRecord[];
  setLatency(milliseconds: number): void;
  /** Ends a session as the server would: rolled back, temporary tables gone, its token unknown. */
  endSession(id: string): Promise<void>;
  close(): Promise<void>;
}
