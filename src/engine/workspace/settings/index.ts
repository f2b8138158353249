// Settings: .env overridden by the environment overridden by the command line, each value typed and checked.
import { distance } from 'fastest-levenshtein';
import { join, resolve } from 'node:path';
import {
  type Redact,
  type SettingsProblem,
  deepFreeze,
  nearest,
  problemError,
  processTrusts,
  readTextFile,
  redactionOf,
  suggestion,
} from '../../base';
import { defined, type Settings, type Where } from '../../model';
import { buildSettings } from './buildSettings';
import { incomplete } from './checks';
import { refuseRemotePaths } from './remotePaths';
import type { GivenSetting } from './settingReader';
import { findSetting, SETTINGS } from './settingsCatalogue';
import { parseDotenv } from './dotenv';

export { SETTINGS, type Setting } from './settingsCatalogue';

export interface SettingsOptions {
  readonly workspace: string;
  /** process.env without it. An empty variable counts as not set. */
  readonly environment?: NodeJS.ProcessEnv;
  /** From the command line; wins over everything. */
  readonly overrides?: Partial<Record<string, string>>;
  /** Is the folder trusted? As this process was told without it. */
  readonly trusted?: boolean;
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
  const trusted = options.trusted ?? processTrusts();
  if (!trusted) refuseRemotePaths(given, problems);
  const settings = buildSettings(workspace, given, problems, trusted);
  const failed = problems.some((problem) => problem.severity === 'error');
  if (!failed) problems.push(...incomplete(settings));
  // A secret that was given to the wrong setting as well would be quoted as its value.
  const redact = redactionOf(
    [...given].flatMap(([name, { text }]) =>
      findSetting(name)?.kind === 'secret' && text !== '' ? [text] : [],
    ),
  );
  return {
    settings: failed ? undefined : deepFreeze(settings.trusted ? settings : withoutKeys(settings)),
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

/** Without secrets, and without the file of one: who may not use them need not hold them. */
function withoutKeys(settings: Settings): Settings {
  const none = undefined;
  return {
    ...settings,
    snowflake: defined({
      ...settings.snowflake,
      ...{ password: none, privateKey: none, privateKeyPath: none, privateKeyPassphrase: none, token: none },
    }),
    mail: defined({ ...settings.mail, password: none }),
    alerts: defined({ ...settings.alerts, webhookUrl: none }),
    lineage: defined({ ...settings.lineage, apiKey: none }),
  };
}

/** The secrets among the settings as they were given, longest first; redaction.ts knows how else they may look. */
export function secretValues(settings: Settings): readonly string[] {
  const { snowflake, mail, alerts, lineage } = settings;
  const secrets = [
    snowflake.password,
    snowflake.privateKey,
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
): Promise<Map<string, GivenSetting>> {
  const given = new Map<string, GivenSetting>();
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
