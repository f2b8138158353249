// Sessions and their tokens: what a login opens and everything that dies with it.
import { randomBytes } from 'node:crypto';
import type { Connection } from '../../../src/engine/base/duckdb';
import type { Stage, StoredTable } from './catalogue';
import type { Transaction } from './store';

export interface Session {
  readonly id: string;
  readonly user: string;
  readonly connection: Connection;
  token: string;
  readonly masterToken: string;
  tokenExpiresAt: number;
  masterExpiresAt: number;
  role: string;
  warehouse: string | undefined;
  database: string | undefined;
  schema: string | undefined;
  readonly parameters: Map<string, string>;
  transaction: Transaction | undefined;
  /** By full name as fullText writes it. */
  readonly tempTables: Map<string, StoredTable>;
  readonly tempStages: Map<string, Stage>;
  open: boolean;
  /** Statements of one session run one after another. */
  queue: Promise<unknown>;
}

export function newToken(): string {
  return `ETMsDgAAA${randomBytes(40).toString('base64url')}`;
}

/** Parameters of a new session, by Snowflake's defaults; the driver formats dates by some of them. */
export const PARAMETERS: Readonly<Record<string, string>> = {
  TIMEZONE: 'America/Los_Angeles',
  AUTOCOMMIT: 'true',
  QUOTED_IDENTIFIERS_IGNORE_CASE: 'false',
  QUERY_TAG: '',
  DATE_OUTPUT_FORMAT: 'YYYY-MM-DD',
  TIME_OUTPUT_FORMAT: 'HH24:MI:SS',
  TIMESTAMP_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM',
  TIMESTAMP_NTZ_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF3',
  TIMESTAMP_LTZ_OUTPUT_FORMAT: '',
  TIMESTAMP_TZ_OUTPUT_FORMAT: '',
  TIMESTAMP_TYPE_MAPPING: 'TIMESTAMP_NTZ',
  BINARY_OUTPUT_FORMAT: 'HEX',
  STATEMENT_TIMEOUT_IN_SECONDS: '172800',
  LOCK_TIMEOUT: '43200',
  STRICT_JSON_OUTPUT: 'false',
  ERROR_ON_NONDETERMINISTIC_UPDATE: 'false',
  MULTI_STATEMENT_COUNT: '1',
  ABORT_DETACHED_QUERY: 'false',
  CLIENT_SESSION_KEEP_ALIVE: 'false',
  CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY: '3600',
  QUERY_CONTEXT_CACHE_SIZE: '5',
  JS_TREAT_INTEGER_AS_BIGINT: 'false',
};

/** Parameters that the driver sends by itself and that change nothing here. */
export const IGNORED_PARAMETERS: ReadonlySet<string> = new Set([
  'GCS_USE_DOWNSCOPED_CREDENTIAL',
  'CLIENT_REQUEST_MFA_TOKEN',
  'CLIENT_STORE_TEMPORARY_CREDENTIAL',
]);
