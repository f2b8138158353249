// How to log in, from settings and connections.toml: all that can be wrong with it is reported before the first request.
import { shellWord } from '../../base';
import { PipelineError, type Settings, type Where, defined } from '../../model';
import { learnSecrets, requireBoundHost } from '../../workspace';
import { readConnection, type ConnectionEntry } from './connectionsToml';
import { credentialsOf, secretOptions, usernameOf } from './credentials';
import type { SettingFault } from './privateKey';
import { settingName } from './snowflakeNames';
import type { LoginOptions } from './protocol';

export interface Login {
  readonly options: LoginOptions & { readonly database: string };
  /** Where people recognise it: account, user and database. */
  readonly place: string;
  /** What does not keep it from working. */
  readonly warnings: readonly { readonly message: string; readonly remedy: string; readonly where?: Where }[];
}

/**
 * The login of these settings. Secrets that come from files are made known to the redaction of the settings.
 * @throws PipelineError SETTINGS_INVALID with the place of the setting; HOST_CHANGED.
 */
export function loginOf(settings: Settings, environment: NodeJS.ProcessEnv = process.env): Login {
  const given = settings.snowflake;
  const fault = faultsOf(settings);
  const connection = connectionOf(settings, environment);
  const { entry } = connection;
  requireWhole(given, connection, fault);
  requireBoundHost(settings, 'snowflake');
  const credentials = credentialsOf(given, connection, fault);
  const accessUrl = addressOf(given.accessUrl ?? entry.accessUrl, (message, remedy) =>
    fault('SNOWFLAKE_ACCESS_URL', message, remedy),
  );
  const account = accountOf(given.account ?? entry.account, fault);
  const database = given.database ?? entry.database;
  if (database === undefined)
    throw fault(
      'SNOWFLAKE_DATABASE',
      'SNOWFLAKE_DATABASE is not set.',
      'Set it to the database to load into.',
    );
  const secrets = secretOptions(settings, credentials, fault);
  const username = usernameOf(given.user ?? entry.user, credentials, fault);
  const role = given.role ?? entry.role;
  const warehouse = given.warehouse ?? entry.warehouse;
  return {
    options: {
      account,
      authenticator: credentials.authenticator,
      database: settingName(settings, 'SNOWFLAKE_DATABASE', database),
      ...secrets,
      ...defined({ accessUrl, username, role, warehouse }),
      ...oauthOf(entry),
    },
    place: `${account}${username === undefined ? '' : ` as ${username}`}, database ${database}`,
    warnings: warningsOf(entry),
  };
}

/** Where a setting is given in .env. */
function lineOf(settings: Settings, name: string): Where | undefined {
  const origin = settings.origins[name];
  return origin === 'environment' ? undefined : origin;
}

const faultsOf =
  (settings: Settings): SettingFault =>
  (name, message, remedy) =>
    new PipelineError(
      'SETTINGS_INVALID',
      message,
      remedy,
      defined({ where: lineOf(settings, name) ?? lineOf(settings, 'MOCK_SNOWFLAKE') }),
    );

/** The entry of connections.toml that is meant, and its name; empty where none is. */
function connectionOf(
  settings: Settings,
  environment: NodeJS.ProcessEnv,
): { readonly name: string | undefined; readonly entry: Partial<ConnectionEntry> } {
  const given = settings.snowflake;
  const defaultName = environment['SNOWFLAKE_DEFAULT_CONNECTION_NAME'];
  const name =
    given.connection ??
    (given.account === undefined && given.user === undefined && defaultName !== '' ? defaultName : undefined);
  if (name === undefined) return { name, entry: {} };
  const entry = readConnection(name, environment, lineOf(settings, 'SNOWFLAKE_CONNECTION'));
  learnSecrets(settings, [
    entry.password,
    entry.passcode,
    entry.token,
    entry.privateKey,
    entry.privateKeyPassphrase,
    entry.oauthClientSecret,
  ]);
  return { name, entry };
}

/**
 * An entry counts as a whole, its address included: its secrets must not go where a folder says.
 * @throws PipelineError SETTINGS_INVALID
 */
function requireWhole(
  given: Settings['snowflake'],
  { name, entry }: { readonly name: string | undefined; readonly entry: Partial<ConnectionEntry> },
  fault: SettingFault,
): void {
  if (name === undefined) return;
  const moved = [
    ['SNOWFLAKE_ACCESS_URL', given.accessUrl, entry.accessUrl],
    ['SNOWFLAKE_ACCOUNT', given.account, entry.account],
  ] as const;
  for (const [setting, own, its] of moved)
    if (own !== undefined && own !== its)
      throw fault(
        setting,
        `${setting} is set beside the connection ${name}, and would take its login to another address.`,
        `Remove ${setting}: the entry says where it logs in. Or remove SNOWFLAKE_CONNECTION, and set user and login here.`,
      );
}

function accountOf(account: string | undefined, fault: SettingFault): string {
  if (account === undefined)
    throw fault(
      'SNOWFLAKE_ACCOUNT',
      'SNOWFLAKE_ACCOUNT is not set.',
      'Set it to the account identifier, such as myorg-myaccount.',
    );
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(account) || /snowflakecomputing/i.test(account))
    throw fault(
      'SNOWFLAKE_ACCOUNT',
      'SNOWFLAKE_ACCOUNT is not an account identifier.',
      'Write the part of the address before .snowflakecomputing.com, such as myorg-myaccount.',
    );
  return account;
}

function warningsOf(entry: Partial<ConnectionEntry>): Login['warnings'] {
  if (entry.readableByOthers !== true || entry.file === undefined) return [];
  return [
    {
      message: `${entry.file} may be read by others than its owner.`,
      remedy: `Run: chmod 600 ${shellWord(entry.file)}`,
      where: { file: entry.file },
    },
  ];
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** A base URL without a slash at its end. Passwords and rows travel by it: in the clear to this machine alone. */
function addressOf(
  text: string | undefined,
  fault: (message: string, remedy: string) => PipelineError,
): string | undefined {
  if (text === undefined) return undefined;
  const remedy =
    'Write the address of the account, such as https://myorg-myaccount.privatelink.snowflakecomputing.com.';
  if (!URL.canParse(text)) throw fault('SNOWFLAKE_ACCESS_URL is not a web address.', remedy);
  const url = new URL(text);
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw fault('SNOWFLAKE_ACCESS_URL has more than host and port.', remedy);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOOPBACK.includes(url.hostname)))
    throw fault('SNOWFLAKE_ACCESS_URL does not begin with https://.', remedy);
  return `${url.origin}${url.pathname.replace(/(?<!\/)\/+$/, '')}`;
}

function oauthOf(entry: Partial<ConnectionEntry>): Partial<LoginOptions> {
  const { oauthClientId, oauthClientSecret, oauthAuthorizationUrl } = entry;
  const { oauthTokenRequestUrl, oauthRedirectUri, oauthScope } = entry;
  return {
    ...defined({
      oauthClientId,
      oauthClientSecret,
      oauthAuthorizationUrl,
      oauthTokenRequestUrl,
      oauthRedirectUri,
      oauthScope,
    }),
  };
}
