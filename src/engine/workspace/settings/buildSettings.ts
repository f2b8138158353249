// The settings from what is given: each with its parser, and where it belongs.
import type { SettingsProblem } from '../../base';
import type { Settings } from '../../model';
import { checkFolders } from './checks';
import { SettingReader, type GivenSetting } from './settingReader';
import {
  parseBoolean,
  parseChoice,
  parseChoices,
  parseEndpoint,
  parseLandingPattern,
  parseList,
  parseNumber,
  parsePath,
  parseSecret,
  parseSize,
  parseText,
  parseWebhook,
  type SettingValue,
} from './settingValues';
import type { Setting, SettingName } from './settingsCatalogue';

/** A parser of paths that are relative to `base`. */
const below =
  (base: string) =>
  (setting: Setting, text: string): SettingValue<string> =>
    parsePath(setting, text, base);

/** Builds the settings; what is wrong goes to `problems` and is replaced by its default. */
export function buildSettings(
  workspace: string,
  given: ReadonlyMap<string, GivenSetting>,
  problems: SettingsProblem[],
  trusted: boolean,
): Settings {
  const reader = new SettingReader(given, problems);
  const dataDir = reader.read('DATA_DIR', below(workspace));
  const subdir = (name: SettingName): string => reader.read(name, below(dataDir));
  const settings: Settings = {
    workspace,
    trusted,
    configDir: reader.read('CONFIG_DIR', below(workspace)),
    dataDir,
    landingDir: subdir('LANDING_SUBDIR'),
    rawDir: subdir('RAW_SUBDIR'),
    silverDir: subdir('SILVER_SUBDIR'),
    goldDir: subdir('GOLD_SUBDIR'),
    logsDir: subdir('LOGS_SUBDIR'),
    archiveDir: subdir('ARCHIVE_SUBDIR'),
    rejectsDir: subdir('REJECTS_SUBDIR'),
    expectedTables: reader.read('EXPECTED_TABLES', parseList),
    landingPattern: reader.read('LANDING_PATTERN', parseLandingPattern),
    maxDaysBack: reader.read('MAX_DAYS_BACK', parseNumber),
    mockSnowflake: reader.read('MOCK_SNOWFLAKE', parseBoolean),
    deleteSilverFilesAfterLoad: reader.read('DELETE_SILVER_FILES_AFTER_LOAD', parseBoolean),
    goldRetentionDays: reader.read('GOLD_RETENTION_DAYS', parseNumber),
    rawRetentionDays: reader.read('RAW_RETENTION_DAYS', parseNumber),
    logRetentionDays: reader.read('LOG_RETENTION_DAYS', parseNumber),
    settleSeconds: reader.read('SETTLE', parseNumber),
    fileAccess: reader.read('FILE_ACCESS', parseChoice) === 'group' ? 'group' : 'private',
    parallelProcessing: reader.read('PARALLEL_PROCESSING', parseBoolean),
    maxWorkers: reader.read('MAX_WORKERS', parseNumber),
    sqlTimeoutSeconds: reader.read('SQL_TIMEOUT', parseNumber),
    memoryLimit: reader.given('MEMORY_LIMIT', parseSize),
    snowflake: snowflakeSettings(reader, workspace),
    mail: mailSettings(reader, workspace),
    alerts: alertsSettings(reader),
    lineage: lineageSettings(reader),
    errorThreshold: reader.read('ERROR_THRESHOLD', parseNumber),
    warningThreshold: reader.read('WARNING_THRESHOLD', parseNumber),
    origins: Object.fromEntries([...given].map(([name, { where }]) => [name, where ?? 'environment'])),
  };
  checkFolders(settings, (name, message, remedy) => reader.report(name, message, remedy));
  return settings;
}

function snowflakeSettings(reader: SettingReader, workspace: string): Settings['snowflake'] {
  return {
    ...reader.optional('user', 'SNOWFLAKE_USER', parseText),
    ...reader.optional('password', 'SNOWFLAKE_PASSWORD', parseSecret),
    ...reader.optional('account', 'SNOWFLAKE_ACCOUNT', parseText),
    ...reader.optional('warehouse', 'SNOWFLAKE_WAREHOUSE', parseText),
    ...reader.optional('database', 'SNOWFLAKE_DATABASE', parseText),
    schema: reader.read('SNOWFLAKE_SCHEMA', parseText),
    monitoringSchema: reader.read('SNOWFLAKE_MONITORING_SCHEMA', parseText),
    ...reader.optional('role', 'SNOWFLAKE_ROLE', parseText),
    ...reader.optional('authenticator', 'SNOWFLAKE_AUTHENTICATOR', parseText),
    ...reader.optional('privateKey', 'SNOWFLAKE_PRIVATE_KEY', parseSecret),
    ...reader.optional('privateKeyPath', 'SNOWFLAKE_PRIVATE_KEY_PATH', below(workspace)),
    ...reader.optional('privateKeyPassphrase', 'SNOWFLAKE_PRIVATE_KEY_PASSPHRASE', parseSecret),
    ...reader.optional('token', 'SNOWFLAKE_TOKEN', parseSecret),
    ...reader.optional('connection', 'SNOWFLAKE_CONNECTION', parseText),
    ...reader.optional('accessUrl', 'SNOWFLAKE_ACCESS_URL', parseText),
    statementTimeout: reader.read('SNOWFLAKE_STATEMENT_TIMEOUT', parseNumber),
  };
}

function mailSettings(reader: SettingReader, workspace: string): Settings['mail'] {
  return {
    enabled: reader.read('ENABLE_EMAIL_ALERTS', parseBoolean),
    ...reader.optional('server', 'SMTP_SERVER', parseText),
    port: reader.read('SMTP_PORT', parseNumber),
    ...reader.optional('user', 'SMTP_USER', parseText),
    ...reader.optional('password', 'SMTP_PASSWORD', parseSecret),
    ...reader.optional('adminEmail', 'ADMIN_EMAIL', parseText),
    ...reader.optional('from', 'ALERT_FROM', parseText),
    security: reader.read('SMTP_SECURITY', parseChoice) as Settings['mail']['security'],
    ...reader.optional('caFile', 'SMTP_CA_FILE', below(workspace)),
  };
}

function alertsSettings(reader: SettingReader): Settings['alerts'] {
  return {
    on: reader.read('ALERT_ON', parseChoices) as Settings['alerts']['on'],
    ...reader.optional('webhookUrl', 'ALERT_WEBHOOK_URL', parseWebhook),
    webhookFormat: reader.read('ALERT_WEBHOOK_FORMAT', parseChoice) as Settings['alerts']['webhookFormat'],
  };
}

function lineageSettings(reader: SettingReader): Settings['lineage'] {
  return {
    to: reader.read('OPENLINEAGE', parseChoice) as Settings['lineage']['to'],
    ...reader.optional('url', 'OPENLINEAGE_URL', parseEndpoint),
    ...reader.optional('apiKey', 'OPENLINEAGE_API_KEY', parseSecret),
    namespace: reader.read('OPENLINEAGE_NAMESPACE', parseText),
  };
}
