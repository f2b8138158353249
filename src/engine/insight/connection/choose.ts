// Which warehouse a workspace loads into: what can be chosen, and writing the choice into .env.
import { PipelineError, type Settings, defined } from '../../model';
import { relativePath, warehouseFile } from '../../lake';
import {
  type DotenvChanges,
  type SettingName,
  checkSettings,
  findSetting,
  settingOf,
  writeDotenv,
} from '../../workspace';
import { readConnections, type ListedConnection } from './connectionNames';
import type { MissingSetting, WarehouseChoice, WarehouseChoices, WarehouseChosen } from './model';

interface ChoiceRequest {
  readonly directory: string;
  readonly environment?: NodeJS.ProcessEnv;
}

/** The settings that the choice is made of. */
const CHOOSING = ['MOCK_SNOWFLAKE', 'SNOWFLAKE_CONNECTION'] as const satisfies readonly SettingName[];

/** What can be chosen, and what is chosen now. Nothing is written, nobody is asked over the network. */
export async function warehouseChoices({ directory, environment }: ChoiceRequest): Promise<WarehouseChoices> {
  const asked = { workspace: directory, ...defined({ environment }) };
  const { settings } = await checkSettings(asked);
  const { file, entries, problem } = await readConnections(environment ?? process.env);
  return {
    current: settings === undefined ? undefined : choiceOf(settings),
    embedded: settings === undefined ? undefined : warehouseFile(settings),
    connections: {
      file,
      names: entries.map((entry) => entry.name),
      ...defined({ problem }),
    },
    environment: CHOOSING.filter((name) => ![undefined, ''].includes((environment ?? process.env)[name])),
  };
}

/**
 * Writes the choice into .env, or with `dryRun` tells what it would write; see writeDotenv.
 * @param options expected: the sha256 that the dry run told.
 * @throws PipelineError SETTINGS_INVALID, CHANGED, PERMISSION, DISK_FULL
 */
export async function chooseWarehouse(
  { directory, environment }: ChoiceRequest,
  choice: WarehouseChoice,
  options: { readonly dryRun: boolean; readonly expected?: string },
): Promise<WarehouseChosen> {
  // What stands in the environment is not in .env: the file is to say it too.
  const inFile = await checkSettings({ workspace: directory, environment: {} });
  const changes = changesFor(choice, inFile.settings);
  const change = await writeDotenv(directory, changes, options);
  const { settings, problems } = await checkSettings({
    workspace: directory,
    ...defined({ environment }),
    ...(options.dryRun ? { overrides: changes } : {}),
  });
  const { entries } = await readConnections(environment ?? process.env);
  const entry = choice.kind === 'connection' ? entries.find((one) => one.name === choice.name) : undefined;
  return {
    change,
    problems: problems.map((one) => ({
      severity: one.severity,
      message: one.message,
      remedy: one.remedy,
      ...(one.file === undefined ? {} : { file: relativePath(directory, one.file) }),
      ...defined({ line: one.line }),
    })),
    missing: settings === undefined || settings.mockSnowflake ? [] : missingOf(settings, entry),
  };
}

/**
 * Writes one setting into .env; "" unsets it.
 * @returns its line; null where nothing had to be written.
 * @throws PipelineError USAGE for a name that is no setting, or one whose value is a secret: .env is read by many.
 */
export async function writeSetting(
  directory: string,
  name: string,
  value: string,
): Promise<{ readonly file: string; readonly line: number | null }> {
  const setting = findSetting(name);
  if (setting === undefined || setting.kind === 'secret')
    throw new PipelineError(
      'USAGE',
      `${name} must not be written to .env.`,
      'Name a setting that is not a secret.',
    );
  const { file, lines } = await writeDotenv(directory, { [name]: value }, { dryRun: false });
  return { file, line: lines[0]?.line ?? null };
}

function choiceOf({ mockSnowflake, snowflake }: Settings): WarehouseChoice {
  if (mockSnowflake) return { kind: 'embedded' };
  return snowflake.connection === undefined
    ? { kind: 'settings' }
    : { kind: 'connection', name: snowflake.connection };
}

/** What .env must say; a value that means the same already is left as a person wrote it. */
function changesFor(choice: WarehouseChoice, settings: Settings | undefined): DotenvChanges {
  const mock = choice.kind === 'embedded';
  const connection = choice.kind === 'connection' ? choice.name : '';
  return {
    ...(settings?.mockSnowflake === mock ? {} : { MOCK_SNOWFLAKE: String(mock) }),
    // The embedded warehouse asks for no connection: the one that was chosen before is kept for the way back.
    ...(mock || (settings !== undefined && (settings.snowflake.connection ?? '') === connection)
      ? {}
      : { SNOWFLAKE_CONNECTION: connection }),
  };
}

/** What a login and a load need and nobody gives; by settings or by the entry of connections.toml. */
function missingOf({ snowflake }: Settings, entry: ListedConnection | undefined): readonly MissingSetting[] {
  const has = (...keys: readonly string[]): boolean => keys.some((key) => entry?.keys.has(key) === true);
  const missing = (name: SettingName): MissingSetting => ({
    names: [name],
    description: settingOf(name).description,
  });
  const authenticator = (snowflake.authenticator ?? entry?.authenticator ?? '').toUpperCase();
  const byBrowser = ['EXTERNALBROWSER', 'OAUTH_AUTHORIZATION_CODE'].includes(authenticator);
  const login =
    byBrowser ||
    snowflake.password !== undefined ||
    snowflake.token !== undefined ||
    snowflake.privateKeyPath !== undefined ||
    has(
      'password',
      'pwd',
      'token',
      'token_file_path',
      'private_key_file',
      'private_key_path',
      'private_key_raw',
    );
  return [
    ...(snowflake.account === undefined && !has('account', 'accountname')
      ? [missing('SNOWFLAKE_ACCOUNT')]
      : []),
    ...(snowflake.user === undefined && !has('user', 'username') && authenticator !== 'OAUTH'
      ? [missing('SNOWFLAKE_USER')]
      : []),
    ...(login
      ? []
      : [
          {
            names: [
              'SNOWFLAKE_PRIVATE_KEY_PATH',
              'SNOWFLAKE_PRIVATE_KEY',
              'SNOWFLAKE_TOKEN',
              'SNOWFLAKE_PASSWORD',
            ],
            description: 'Login: one of these.',
          },
        ]),
    ...(snowflake.warehouse === undefined && !has('warehouse', 'warehousename')
      ? [missing('SNOWFLAKE_WAREHOUSE')]
      : []),
    ...(snowflake.database === undefined && !has('database', 'dbname', 'databasename')
      ? [missing('SNOWFLAKE_DATABASE')]
      : []),
  ];
}
