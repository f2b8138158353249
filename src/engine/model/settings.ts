// The settings of a workspace, read from .env and the environment.
import type { Where } from './errors';

export interface Settings {
  /** Absolute folder of the workspace; all other paths are absolute too. */
  readonly workspace: string;
  /**
   * false in Restricted Mode: the folder's SQL is neither run nor bound, nobody is asked over the network, and the
   * secrets are left out of these settings.
   */
  readonly trusted: boolean;
  /** Of a copy: the data folder whose files may stand here as links. Without it a link is no file of ours. */
  readonly lender?: string;
  readonly configDir: string;
  readonly dataDir: string;
  readonly landingDir: string;
  readonly rawDir: string;
  readonly silverDir: string;
  readonly goldDir: string;
  readonly logsDir: string;
  readonly archiveDir: string;
  readonly rejectsDir: string;
  readonly expectedTables: readonly string[];
  readonly landingPattern: string;
  readonly maxDaysBack: number;
  readonly mockSnowflake: boolean;
  readonly deleteSilverFilesAfterLoad: boolean;
  readonly goldRetentionDays: number;
  /** 0 keeps raw files for ever. */
  readonly rawRetentionDays: number;
  /** 0 keeps logs of runs for ever. */
  readonly logRetentionDays: number;
  /** Seconds a landing file must not have changed for. */
  readonly settleSeconds: number;
  /** Who may read what is written. */
  readonly fileAccess: 'private' | 'group';
  readonly parallelProcessing: boolean;
  readonly maxWorkers: number;
  /** Seconds that one statement of DuckDB may take; 0: as long as it takes. */
  readonly sqlTimeoutSeconds: number;
  /** DuckDB notation, e.g. "512MB"; undefined: half the machine's memory. */
  readonly memoryLimit: string | undefined;
  readonly snowflake: SnowflakeSettings;
  readonly mail: MailSettings;
  readonly alerts: AlertSettings;
  readonly lineage: LineageSettings;
  /** Percent of rows that break at least one rule of the severity. */
  readonly errorThreshold: number;
  readonly warningThreshold: number;
  /** Where each given setting was read: for `m7 check` and error messages. Key: the setting's name. */
  readonly origins: Readonly<Record<string, Where | 'environment'>>;
}

export interface SnowflakeSettings {
  readonly user?: string;
  readonly password?: string;
  readonly account?: string;
  readonly warehouse?: string;
  readonly database?: string;
  readonly schema: string;
  readonly monitoringSchema: string;
  readonly role?: string;
  readonly authenticator?: string;
  /** The key's text; see `pemsOf`. */
  readonly privateKey?: string;
  readonly privateKeyPath?: string;
  readonly privateKeyPassphrase?: string;
  readonly token?: string;
  /** Entry of connections.toml; settings win over it. */
  readonly connection?: string;
  /** Base URL, where the account's name does not tell it. */
  readonly accessUrl?: string;
  /** Seconds. */
  readonly statementTimeout?: number;
}

export interface MailSettings {
  readonly enabled: boolean;
  readonly server?: string;
  readonly port: number;
  readonly user?: string;
  readonly password?: string;
  readonly adminEmail?: string;
  readonly from?: string;
  readonly security: 'auto' | 'starttls' | 'tls' | 'none';
  /** Absolute. */
  readonly caFile?: string;
}

/** What is worth an alert, and where else than by mail it goes. */
export interface AlertSettings {
  readonly on: readonly AlertCause[];
  /** A secret. */
  readonly webhookUrl?: string;
  readonly webhookFormat: 'json' | 'slack' | 'teams';
}

/** Where lineage events go. */
interface LineageSettings {
  readonly to: 'off' | 'file' | 'http';
  readonly url?: string;
  /** A secret. */
  readonly apiKey?: string;
  /** Of the jobs. */
  readonly namespace: string;
}

export type AlertCause = 'failed' | 'warned' | 'missing' | 'recovered';
