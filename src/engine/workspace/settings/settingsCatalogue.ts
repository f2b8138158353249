// The one table of all settings: the loader, the README and `m7 check` read it.

export interface Setting {
  readonly name: string;
  readonly section:
    'Folders' | 'Files' | 'Runs' | 'Retention' | 'Snowflake' | 'E-mail' | 'Lineage' | 'Validation';
  /** path: resolved against the workspace (`…_SUBDIR`: against DATA_DIR); list: separated by commas; size: DuckDB's notation. */
  readonly kind: 'path' | 'text' | 'list' | 'integer' | 'number' | 'boolean' | 'secret' | 'size';
  /** As it would stand in .env; empty: none. */
  readonly default: string;
  readonly description: string;
  readonly min?: number;
  readonly max?: number;
  /** The only values there are; in lower case, and given in any. */
  readonly choices?: readonly string[];
}

const TABLE = [
  {
    name: 'DATA_DIR',
    section: 'Folders',
    kind: 'path',
    default: './data',
    description: 'Folder of all data: layers, logs, state and the embedded warehouse.',
  },
  {
    name: 'CONFIG_DIR',
    section: 'Folders',
    kind: 'path',
    default: './config',
    description: 'Folder of brand_configs.json, table_schemas.json and validation_rules.json.',
  },
  {
    name: 'LANDING_SUBDIR',
    section: 'Folders',
    kind: 'path',
    default: 'landing',
    description: 'Drop zone for new files, of any depth. Like all *_SUBDIR a folder inside DATA_DIR.',
  },
  {
    name: 'RAW_SUBDIR',
    section: 'Folders',
    kind: 'path',
    default: 'raw',
    description: 'Original files and the same records as Parquet, by date and brand.',
  },
  {
    name: 'SILVER_SUBDIR',
    section: 'Folders',
    kind: 'path',
    default: 'silver',
    description: 'Typed and cleaned tables, by date and brand.',
  },
  {
    name: 'GOLD_SUBDIR',
    section: 'Folders',
    kind: 'path',
    default: 'gold',
    description: 'Tables of all brands, by date.',
  },
  {
    name: 'LOGS_SUBDIR',
    section: 'Folders',
    kind: 'path',
    default: 'logs',
    description: 'Events of runs and validation reports.',
  },
  {
    name: 'ARCHIVE_SUBDIR',
    section: 'Folders',
    kind: 'path',
    default: 'archive',
    description: 'Raw files past their retention, compressed.',
  },
  {
    name: 'REJECTS_SUBDIR',
    section: 'Folders',
    kind: 'path',
    default: 'rejects',
    description: 'Rejected rows and files, with the reason.',
  },
  {
    name: 'EXPECTED_TABLES',
    section: 'Files',
    kind: 'list',
    default: 'Device,EPG,Playback,User,Smartcard,VODCatalog,VODCatalogExtended',
    description:
      'Tables that every brand delivers each day; missing ones are listed in the summary of the date.',
  },
  {
    name: 'LANDING_PATTERN',
    section: 'Files',
    kind: 'text',
    default: '{brand}_{table}_{date}',
    description:
      'How landing files are named, without extension: the tokens {brand}, {table} and {date} (YYYYMMDD or YYYY-MM-DD), * for any text, / between folders.',
  },
  {
    name: 'MAX_DAYS_BACK',
    section: 'Runs',
    kind: 'integer',
    default: '3',
    min: 0,
    max: 36_500,
    description: 'How many days before today a run without a date looks back.',
  },
  {
    name: 'SETTLE',
    section: 'Runs',
    kind: 'number',
    default: '10',
    min: 0,
    max: 3600,
    description:
      'Seconds a landing file must not have changed for, by the clock of its own file server, before it counts as complete. A run waits that long at most; a file that still changes waits for the next run.',
  },
  {
    name: 'FILE_ACCESS',
    section: 'Folders',
    kind: 'text',
    default: 'private',
    choices: ['private', 'group'],
    description:
      'Who may read what a run writes: private (this user alone) or group (the group of the data folder too). Files that are there already keep their permissions; Windows has its own.',
  },
  {
    name: 'PARALLEL_PROCESSING',
    section: 'Runs',
    kind: 'boolean',
    default: 'true',
    description: 'Run several steps at a time.',
  },
  {
    name: 'MAX_WORKERS',
    section: 'Runs',
    kind: 'integer',
    default: '4',
    min: 1,
    max: 256,
    description: 'How many steps run at a time when PARALLEL_PROCESSING is on.',
  },
  {
    name: 'SQL_TIMEOUT',
    section: 'Runs',
    kind: 'integer',
    default: '7200',
    min: 0,
    max: 604_800,
    description:
      'Seconds after which one SQL statement on your data is cancelled, such as a rule that never ends; 0 lets it run.',
  },
  {
    name: 'MEMORY_LIMIT',
    section: 'Runs',
    kind: 'size',
    default: '',
    min: 16_000_000,
    description: 'Memory the database may use, such as 512MB or 4GB; default: half of the machine’s memory.',
  },
  {
    name: 'DELETE_SILVER_FILES_AFTER_LOAD',
    section: 'Retention',
    kind: 'boolean',
    default: 'false',
    description: '`m7 maintenance` removes silver files once their date is in the warehouse.',
  },
  {
    name: 'GOLD_RETENTION_DAYS',
    section: 'Retention',
    kind: 'integer',
    default: '30',
    min: 1,
    max: 36_500,
    description: 'Days that gold files are kept; `m7 maintenance` removes older ones.',
  },
  {
    name: 'RAW_RETENTION_DAYS',
    section: 'Retention',
    kind: 'integer',
    default: '0',
    min: 0,
    max: 36_500,
    description: 'Days until `m7 maintenance` archives raw files; 0 keeps them forever.',
  },
  {
    name: 'LOG_RETENTION_DAYS',
    section: 'Retention',
    kind: 'integer',
    default: '90',
    min: 0,
    max: 36_500,
    description:
      'Days until `m7 maintenance` removes logs of runs; logs of unfinished dates and reports stay. 0 keeps them forever.',
  },
  {
    name: 'ERROR_THRESHOLD',
    section: 'Validation',
    kind: 'number',
    default: '5.0',
    min: 0,
    max: 100,
    description: 'Percent of rows that may break at least one rule of severity error before the table fails.',
  },
  {
    name: 'WARNING_THRESHOLD',
    section: 'Validation',
    kind: 'number',
    default: '10.0',
    min: 0,
    max: 100,
    description:
      'Percent of rows that may break at least one rule of severity warning before the table warns.',
  },
  {
    name: 'MOCK_SNOWFLAKE',
    section: 'Snowflake',
    kind: 'boolean',
    default: 'true',
    description: 'Load into the embedded warehouse (data/warehouse.duckdb) instead of Snowflake.',
  },
  {
    name: 'SNOWFLAKE_ACCOUNT',
    section: 'Snowflake',
    kind: 'text',
    default: '',
    description: 'Account identifier, such as myorg-myaccount.',
  },
  {
    name: 'SNOWFLAKE_USER',
    section: 'Snowflake',
    kind: 'text',
    default: '',
    description: 'Name of the user who loads.',
  },
  {
    name: 'SNOWFLAKE_PASSWORD',
    section: 'Snowflake',
    kind: 'secret',
    default: '',
    description: 'Password of the user.',
  },
  {
    name: 'SNOWFLAKE_AUTHENTICATOR',
    section: 'Snowflake',
    kind: 'text',
    default: '',
    description:
      'How to log in: SNOWFLAKE (password), SNOWFLAKE_JWT (key pair), PROGRAMMATIC_ACCESS_TOKEN, OAUTH, EXTERNALBROWSER, OAUTH_AUTHORIZATION_CODE, USERNAME_PASSWORD_MFA. Default: what the other settings allow.',
  },
  {
    name: 'SNOWFLAKE_PRIVATE_KEY',
    section: 'Snowflake',
    kind: 'secret',
    default: '',
    description:
      'Text of the private key (PEM, PKCS#8) for key pair login, instead of its file: line breaks may be real, \\n or missing, or the whole of it base64.',
  },
  {
    name: 'SNOWFLAKE_PRIVATE_KEY_PATH',
    section: 'Snowflake',
    kind: 'path',
    default: '',
    description: 'File of the private key (PEM, PKCS#8) for key pair login.',
  },
  {
    name: 'SNOWFLAKE_PRIVATE_KEY_PASSPHRASE',
    section: 'Snowflake',
    kind: 'secret',
    default: '',
    description: 'Passphrase of an encrypted private key.',
  },
  {
    name: 'SNOWFLAKE_TOKEN',
    section: 'Snowflake',
    kind: 'secret',
    default: '',
    description: 'Programmatic access token or OAuth token.',
  },
  {
    name: 'SNOWFLAKE_ROLE',
    section: 'Snowflake',
    kind: 'text',
    default: '',
    description: 'Role to load with. Default: the default role of the user.',
  },
  {
    name: 'SNOWFLAKE_WAREHOUSE',
    section: 'Snowflake',
    kind: 'text',
    default: '',
    description: 'Virtual warehouse that runs the statements.',
  },
  {
    name: 'SNOWFLAKE_DATABASE',
    section: 'Snowflake',
    kind: 'text',
    default: '',
    description: 'Database of both schemas.',
  },
  {
    name: 'SNOWFLAKE_SCHEMA',
    section: 'Snowflake',
    kind: 'text',
    default: 'STG_SG',
    description: 'Schema of the loaded tables.',
  },
  {
    name: 'SNOWFLAKE_MONITORING_SCHEMA',
    section: 'Snowflake',
    kind: 'text',
    default: 'STG_SG_MONITORING',
    description: 'Schema of the monitoring tables.',
  },
  {
    name: 'SNOWFLAKE_CONNECTION',
    section: 'Snowflake',
    kind: 'text',
    default: '',
    description:
      'Entry of Snowflake’s connections.toml to log in with; user, role, warehouse, database and login set here override it, an address may not. Default: SNOWFLAKE_DEFAULT_CONNECTION_NAME if neither account nor user is set.',
  },
  {
    name: 'SNOWFLAKE_ACCESS_URL',
    section: 'Snowflake',
    kind: 'text',
    default: '',
    description:
      'Address of the account where it is not the usual one, such as https://myorg-myaccount.privatelink.snowflakecomputing.com. Not beside SNOWFLAKE_CONNECTION.',
  },
  {
    name: 'SNOWFLAKE_STATEMENT_TIMEOUT',
    section: 'Snowflake',
    kind: 'integer',
    default: '1800',
    min: 1,
    max: 86_400,
    description: 'Seconds after which a statement is cancelled.',
  },
  {
    name: 'ENABLE_EMAIL_ALERTS',
    section: 'E-mail',
    kind: 'boolean',
    default: 'false',
    description:
      'Send an e-mail when a run fails, a table fails or warns, files are missing, or everything is fine again.',
  },
  {
    name: 'SMTP_SERVER',
    section: 'E-mail',
    kind: 'text',
    default: '',
    description: 'Host name of the mail server.',
  },
  {
    name: 'SMTP_PORT',
    section: 'E-mail',
    kind: 'integer',
    default: '587',
    min: 1,
    max: 65_535,
    description: 'Port of the mail server: 587 (STARTTLS) or 465 (TLS).',
  },
  {
    name: 'SMTP_USER',
    section: 'E-mail',
    kind: 'text',
    default: '',
    description: 'User of the mail server. If empty, there is no login.',
  },
  {
    name: 'SMTP_PASSWORD',
    section: 'E-mail',
    kind: 'secret',
    default: '',
    description: 'Password of the mail server’s user.',
  },
  {
    name: 'ADMIN_EMAIL',
    section: 'E-mail',
    kind: 'text',
    default: '',
    description: 'Who gets the alerts; several addresses separated by commas.',
  },
  {
    name: 'ALERT_FROM',
    section: 'E-mail',
    kind: 'text',
    default: '',
    description: 'Sender of the alerts. Default: SMTP_USER or ADMIN_EMAIL.',
  },
  {
    name: 'SMTP_SECURITY',
    section: 'E-mail',
    kind: 'text',
    default: 'auto',
    choices: ['auto', 'starttls', 'tls', 'none'],
    description:
      'How the connection to the mail server is encrypted: tls from the start, starttls, none, or auto: tls on port 465, else starttls, which must be offered where there is a password.',
  },
  {
    name: 'SMTP_CA_FILE',
    section: 'E-mail',
    kind: 'path',
    default: '',
    description:
      'File of further certificates (PEM) to trust, for a mail server with a certificate of your own.',
  },
  {
    name: 'ALERT_ON',
    section: 'E-mail',
    kind: 'list',
    default: 'failed,warned,missing,recovered',
    choices: ['failed', 'warned', 'missing', 'recovered'],
    description:
      'What sends an alert: failed (steps, tables, runs that could not start), warned (tables), missing (expected files), recovered.',
  },
  {
    name: 'ALERT_WEBHOOK_URL',
    section: 'E-mail',
    kind: 'secret',
    default: '',
    description:
      'Address that alerts are also posted to, with or without e-mail. It contains a key: treat it as a secret.',
  },
  {
    name: 'ALERT_WEBHOOK_FORMAT',
    section: 'E-mail',
    kind: 'text',
    default: 'json',
    choices: ['json', 'slack', 'teams'],
    description: 'Format of the posted alert: json (plain), slack (blocks), teams (adaptive card).',
  },
  {
    name: 'OPENLINEAGE',
    section: 'Lineage',
    kind: 'text',
    default: 'off',
    choices: ['off', 'file', 'http'],
    description:
      'Where OpenLineage events of a run go, for a data catalogue: off, file (data/logs/openlineage/<run>.ndjson), http (posted to OPENLINEAGE_URL).',
  },
  {
    name: 'OPENLINEAGE_URL',
    section: 'Lineage',
    kind: 'text',
    default: '',
    description: 'Address of the catalogue; events are posted to api/v1/lineage below it.',
  },
  {
    name: 'OPENLINEAGE_API_KEY',
    section: 'Lineage',
    kind: 'secret',
    default: '',
    description: 'Key that is sent to the catalogue as a bearer token.',
  },
  {
    name: 'OPENLINEAGE_NAMESPACE',
    section: 'Lineage',
    kind: 'text',
    default: 'm7',
    description: 'Namespace of the jobs in the catalogue, such as the name of this installation.',
  },
] as const satisfies readonly Setting[];

export type SettingName = (typeof TABLE)[number]['name'];

/** All settings, in the order to show them. */
export const SETTINGS: readonly Setting[] = TABLE;

const byName = new Map<string, Setting>(TABLE.map((setting) => [setting.name, setting]));

/** The setting of a name, exact case, or undefined. */
export function findSetting(name: string): Setting | undefined {
  return byName.get(name);
}

export function settingOf(name: SettingName): Setting {
  const setting = byName.get(name);
  if (setting === undefined) throw new Error(`The table of settings lacks ${name}.`);
  return setting;
}

/** The folders below DATA_DIR that a setting names. */
export const SUBDIR_SETTINGS = TABLE.map((setting) => setting.name).filter(
  (name): name is Extract<SettingName, `${string}_SUBDIR`> => name.endsWith('_SUBDIR'),
);
