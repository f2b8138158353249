// Settings: .env overridden by the environment overridden by the command line, each value typed and checked.
import { distance } from 'fastest-levenshtein';
import { join, resolve } from 'node:path';
import {
  type Redact,
  type SettingsProblem,
  deepFreeze,
  nearest,
  problemError,
  readTextFile,
  redactionOf,
  suggestion,
} from '../../base';
import type { Settings, Where } from '../../model';
import { findSetting, SETTINGS, settingOf, type Setting, type SettingName } from './settingsCatalogue';
import { checkFolders, incomplete } from './checks';
import { parseDotenv } from './dotenv';
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

export { SETTINGS, type Setting } from './settingsCatalogue';

export interface SettingsOptions {
  readonly workspace: string;
  /** process.env without it. An empty variable counts as not set. */
  readonly environment?: NodeJS.ProcessEnv;
  /** From the command line; wins over everything. */
  readonly overrides?: Partial<Record<string, string>>;
}

/** A given value and where it stands; no `where`: environment or command line. */
interface Given {
  readonly text: string;
  readonly where?: Where;
}

const MAXIMUM_BYTES = 1_000_000;
const NAMES = SETTINGS.map((setting) => setting.name);

/**
 * Reads the settings of a workspace; .env may be absent.
 * @throws PipelineError SETTINGS_INVALID, with file and line where the value stands in .env.
 */
export async function loadSettings(options: SettingsOptions): Promise<Settings> {
  const { settings, problems } = await checkSettings(options);
  const first = problems.find((problem) => problem.severity === 'error');
  if (first !== undefined) throw problemError(first);
  if (settings === undefined) throw new Error('Settings without a problem were not built.');
  return settings;
}

/** Like loadSettings, but tells all problems; warnings are told only here. `settings` is there when no error is. */
export async function checkSettings(
  options: SettingsOptions,
): Promise<{ readonly settings: Settings | undefined; readonly problems: readonly SettingsProblem[] }> {
  const workspace = resolve(options.workspace);
  const problems: SettingsProblem[] = [];
  const given = await collect(workspace, options, problems);
  const settings = build(workspace, given, problems);
  const failed = problems.some((problem) => problem.severity === 'error');
  if (!failed) problems.push(...incomplete(settings));
  // A secret that was given to the wrong setting as well would be quoted as its value.
  const redact = redactionOf(
    [...given].flatMap(([name, { text }]) =>
      findSetting(name)?.kind === 'secret' && text !== '' ? [text] : [],
    ),
  );
  return {
    settings: failed ? undefined : deepFreeze(settings),
    problems: problems.map(withoutSecrets(redact)),
  };
}

/** A problem's place stays as it is: it leads somewhere. */
const withoutSecrets =
  (redact: Redact) =>
  (problem: SettingsProblem): SettingsProblem => ({
    ...problem,
    message: redact(problem.message),
    remedy: redact(problem.remedy),
  });

/** The secrets among the settings as they were given, longest first; redaction.ts knows how else they may look. */
export function secretValues(settings: Settings): readonly string[] {
  const { snowflake, mail, alerts, lineage } = settings;
  const secrets = [
    snowflake.password,
    snowflake.privateKeyPassphrase,
    snowflake.token,
    mail.password,
    alerts.webhookUrl,
    lineage.apiKey,
  ].flatMap((secret) => (secret === undefined || secret === '' ? [] : [secret]));
  return [...new Set(secrets)].sort((a, b) => b.length - a.length);
}

/** Where .env gives each setting, also where some are wrong; "KEY=" gives none. */
export async function dotenvOrigins(workspace: string): Promise<Readonly<Record<string, Where>>> {
  const given = await collect(resolve(workspace), { workspace, environment: {} }, []);
  return Object.fromEntries(
    [...given].flatMap(([name, { text, where }]) =>
      where === undefined || text.trim() === '' ? [] : [[name, where]],
    ),
  );
}

/** All given values by name: .env, then environment, then overrides. */
async function collect(
  workspace: string,
  options: SettingsOptions,
  problems: SettingsProblem[],
): Promise<Map<string, Given>> {
  const given = new Map<string, Given>();
  const file = join(workspace, '.env');
  const report = (line: number, message: string, remedy: string): void => {
    problems.push({ severity: 'error', code: 'SETTINGS_INVALID', message, remedy, file, line });
  };
  const read = await readTextFile(file, '.env', MAXIMUM_BYTES);
  if (read.kind === 'unreadable') report(read.line, read.message, read.remedy);
  if (read.kind === 'text') {
    const { entries, problems: faults } = parseDotenv(read.text);
    for (const fault of faults) report(fault.line, fault.message, fault.remedy);
    for (const { key, value, line } of entries) {
      const before = given.get(key)?.where?.line;
      if (findSetting(key) === undefined) {
        report(
          line,
          unknownKey(key),
          suggestion(key, NAMES, 'Remove the line: .env holds settings of M7 only.'),
        );
      } else if (before !== undefined) {
        report(line, `${key} occurs twice in .env, in lines ${before} and ${line}.`, 'Keep one of the two.');
      } else {
        given.set(key, { text: value, where: { file, line } });
      }
    }
  }
  for (const [key, value] of Object.entries(options.environment ?? process.env)) {
    if (value === undefined || value === '') continue;
    if (findSetting(key) !== undefined) given.set(key, { text: value });
    else problems.push(...strangeVariable(key));
  }
  for (const [key, value] of Object.entries(options.overrides ?? {})) {
    if (value === undefined) continue;
    if (findSetting(key) !== undefined) given.set(key, { text: value });
    else
      problems.push({
        severity: 'error',
        code: 'SETTINGS_INVALID',
        message: `Unknown setting ${JSON.stringify(key)}.`,
        remedy: suggestion(key, NAMES, `The settings are: ${NAMES.join(', ')}.`),
      });
  }
  return given;
}

/** A key is repeated only where it looks like one: a line of an unquoted private key may pass for KEY=. */
function unknownKey(key: string): string {
  const tellable = /^[A-Z][A-Z0-9_]{1,40}$/.test(key) || nearest(key, NAMES) !== undefined;
  return tellable
    ? `Unknown setting ${JSON.stringify(key)} in .env.`
    : 'This line of .env sets an unknown key.';
}

/**
 * The environment belongs to everyone, and Snowflake's own tools read SNOWFLAKE_… too: an unknown variable
 * is an error only where it can mean nothing but a setting (M7_ before one), and a warning where it is one
 * letter off.
 */
function strangeVariable(key: string): SettingsProblem[] {
  const bare = key.startsWith('M7_') ? key.slice(3) : undefined;
  if (bare !== undefined && findSetting(bare) !== undefined)
    return [
      {
        severity: 'error',
        code: 'SETTINGS_INVALID',
        message: `The environment variable ${key} is no setting: settings have no prefix.`,
        remedy: `Set ${bare} instead.`,
      },
    ];
  const near = nearest(key, NAMES);
  const samePrefix = near !== undefined && key.split('_')[0] === near.split('_')[0];
  if (near === undefined || !samePrefix || distance(key, near) > 1) return [];
  return [
    {
      severity: 'warning',
      code: 'SETTINGS_INVALID',
      message: `The environment variable ${key} is no setting.`,
      remedy: `Did you mean ${near}?`,
    },
  ];
}

/** Builds the settings; what is wrong goes to `problems` and is replaced by its default. */
function build(workspace: string, given: ReadonlyMap<string, Given>, problems: SettingsProblem[]): Settings {
  const report = (name: SettingName, message: string, remedy: string): void => {
    const where = given.get(name)?.where;
    problems.push({ severity: 'error', code: 'SETTINGS_INVALID', message, remedy, ...where });
  };
  /** The given value; undefined where it is not given or wrong. Empty means not given, save for a list: there it means none. */
  function valueOf<T>(
    name: SettingName,
    parse: (setting: Setting, text: string) => SettingValue<T>,
  ): T | undefined {
    const setting = settingOf(name);
    const raw = given.get(name)?.text;
    if (raw === undefined || (raw.trim() === '' && setting.kind !== 'list')) return undefined;
    const parsed = parse(setting, setting.kind === 'secret' ? raw : raw.trim());
    if (parsed.ok) return parsed.value;
    report(name, parsed.message, parsed.remedy);
    return undefined;
  }
  function read<T>(name: SettingName, parse: (setting: Setting, text: string) => SettingValue<T>): T {
    const value = valueOf(name, parse);
    if (value !== undefined) return value;
    const setting = settingOf(name);
    const fallback = parse(setting, setting.default);
    if (!fallback.ok) throw new Error(`The default of ${name} is not valid.`);
    return fallback.value;
  }
  function optional<K extends string>(
    key: K,
    name: SettingName,
    parse: (setting: Setting, text: string) => SettingValue<string>,
  ): Partial<Record<K, string>> {
    const value = valueOf(name, parse);
    return value === undefined ? {} : ({ [key]: value } as Partial<Record<K, string>>);
  }
  const below =
    (base: string) =>
    (setting: Setting, text: string): SettingValue<string> =>
      parsePath(setting, text, base);

  const dataDir = read('DATA_DIR', below(workspace));
  const subdir = (name: SettingName): string => read(name, below(dataDir));
  const settings: Settings = {
    workspace,
    configDir: read('CONFIG_DIR', below(workspace)),
    dataDir,
    landingDir: subdir('LANDING_SUBDIR'),
    rawDir: subdir('RAW_SUBDIR'),
    silverDir: subdir('SILVER_SUBDIR'),
    goldDir: subdir('GOLD_SUBDIR'),
    logsDir: subdir('LOGS_SUBDIR'),
    archiveDir: subdir('ARCHIVE_SUBDIR'),
    rejectsDir: subdir('REJECTS_SUBDIR'),
    expectedTables: read('EXPECTED_TABLES', parseList),
    landingPattern: read('LANDING_PATTERN', parseLandingPattern),
    maxDaysBack: read('MAX_DAYS_BACK', parseNumber),
    mockSnowflake: read('MOCK_SNOWFLAKE', parseBoolean),
    deleteSilverFilesAfterLoad: read('DELETE_SILVER_FILES_AFTER_LOAD', parseBoolean),
    goldRetentionDays: read('GOLD_RETENTION_DAYS', parseNumber),
    rawRetentionDays: read('RAW_RETENTION_DAYS', parseNumber),
    logRetentionDays: read('LOG_RETENTION_DAYS', parseNumber),
    parallelProcessing: read('PARALLEL_PROCESSING', parseBoolean),
    maxWorkers: read('MAX_WORKERS', parseNumber),
    memoryLimit: valueOf('MEMORY_LIMIT', parseSize),
    snowflake: {
      ...optional('user', 'SNOWFLAKE_USER', parseText),
      ...optional('password', 'SNOWFLAKE_PASSWORD', parseSecret),
      ...optional('account', 'SNOWFLAKE_ACCOUNT', parseText),
      ...optional('warehouse', 'SNOWFLAKE_WAREHOUSE', parseText),
      ...optional('database', 'SNOWFLAKE_DATABASE', parseText),
      schema: read('SNOWFLAKE_SCHEMA', parseText),
      monitoringSchema: read('SNOWFLAKE_MONITORING_SCHEMA', parseText),
      ...optional('role', 'SNOWFLAKE_ROLE', parseText),
      ...optional('authenticator', 'SNOWFLAKE_AUTHENTICATOR', parseText),
      ...optional('privateKeyPath', 'SNOWFLAKE_PRIVATE_KEY_PATH', below(workspace)),
      ...optional('privateKeyPassphrase', 'SNOWFLAKE_PRIVATE_KEY_PASSPHRASE', parseSecret),
      ...optional('token', 'SNOWFLAKE_TOKEN', parseSecret),
      ...optional('connection', 'SNOWFLAKE_CONNECTION', parseText),
      ...optional('accessUrl', 'SNOWFLAKE_ACCESS_URL', parseText),
      statementTimeout: read('SNOWFLAKE_STATEMENT_TIMEOUT', parseNumber),
    },
    mail: {
      enabled: read('ENABLE_EMAIL_ALERTS', parseBoolean),
      ...optional('server', 'SMTP_SERVER', parseText),
      port: read('SMTP_PORT', parseNumber),
      ...optional('user', 'SMTP_USER', parseText),
      ...optional('password', 'SMTP_PASSWORD', parseSecret),
      ...optional('adminEmail', 'ADMIN_EMAIL', parseText),
      ...optional('from', 'ALERT_FROM', parseText),
      security: read('SMTP_SECURITY', parseChoice) as Settings['mail']['security'],
      ...optional('caFile', 'SMTP_CA_FILE', below(workspace)),
    },
    alerts: {
      on: read('ALERT_ON', parseChoices) as Settings['alerts']['on'],
      ...optional('webhookUrl', 'ALERT_WEBHOOK_URL', parseWebhook),
      webhookFormat: read('ALERT_WEBHOOK_FORMAT', parseChoice) as Settings['alerts']['webhookFormat'],
    },
    lineage: {
      to: read('OPENLINEAGE', parseChoice) as Settings['lineage']['to'],
      ...optional('url', 'OPENLINEAGE_URL', parseEndpoint),
      ...optional('apiKey', 'OPENLINEAGE_API_KEY', parseSecret),
      namespace: read('OPENLINEAGE_NAMESPACE', parseText),
    },
    errorThreshold: read('ERROR_THRESHOLD', parseNumber),
    warningThreshold: read('WARNING_THRESHOLD', parseNumber),
    origins: Object.fromEntries([...given].map(([name, { where }]) => [name, where ?? 'environment'])),
  };
  checkFolders(settings, report);
  return settings;
}
