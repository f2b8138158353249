// How to log in, from settings and connections.toml: all that can be wrong with it is told before the first request.
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { PipelineError, type Settings, type Where, defined } from '../../model';
import { learnSecrets } from '../../workspace';
import { readConnection, type ConnectionEntry } from './connectionsToml';
import { settingName } from './snowflakeNames';
import type { LoginOptions } from './protocol';

/** Ways to log in that the driver knows and that need no more than settings can hold. */
const AUTHENTICATORS = [
  'SNOWFLAKE',
  'SNOWFLAKE_JWT',
  'PROGRAMMATIC_ACCESS_TOKEN',
  'OAUTH',
  'EXTERNALBROWSER',
  'OAUTH_AUTHORIZATION_CODE',
  'USERNAME_PASSWORD_MFA',
] as const;
type Authenticator = (typeof AUTHENTICATORS)[number];

export interface Login {
  readonly options: LoginOptions & { readonly database: string };
  /** Where people recognise it: account, user and database. */
  readonly place: string;
  /** What does not keep it from working. */
  readonly warnings: readonly { readonly message: string; readonly remedy: string; readonly where?: Where }[];
}

/**
 * The login of these settings. Secrets that come from files are made known to the redaction of the settings.
 * @throws PipelineError SETTINGS_INVALID with the place of the setting.
 */
export function loginOf(settings: Settings, environment: NodeJS.ProcessEnv = process.env): Login {
  const given = settings.snowflake;
  const place = (name: string): { where?: Where } => {
    const origin = settings.origins[name];
    return origin === undefined || origin === 'environment' ? {} : { where: origin };
  };
  const wrong = (name: string, message: string, remedy: string): PipelineError => {
    const at = place(name);
    return new PipelineError(
      'SETTINGS_INVALID',
      message,
      remedy,
      at.where === undefined ? place('MOCK_SNOWFLAKE') : at,
    );
  };
  const defaultName = environment['SNOWFLAKE_DEFAULT_CONNECTION_NAME'];
  const named =
    given.connection ??
    (given.account === undefined && given.user === undefined && defaultName !== '' ? defaultName : undefined);
  const entry: Partial<ConnectionEntry> =
    named === undefined ? {} : readConnection(named, environment, place('SNOWFLAKE_CONNECTION').where);
  learnSecrets(settings, [
    entry.password,
    entry.passcode,
    entry.token,
    entry.privateKeyPassphrase,
    entry.oauthClientSecret,
  ]);

  // What proves who we are counts as a whole: a password of .env must not meet the key of the entry.
  const own = given.password ?? given.privateKeyPath ?? given.token;
  const { password, token, privateKeyPath } = own === undefined ? entry : given;
  const rest = own === undefined ? entry : {};
  const privateKeyPassphrase = given.privateKeyPassphrase ?? rest.privateKeyPassphrase;
  const authenticator = authenticatorOf(
    { authenticator: given.authenticator ?? rest.authenticator, password, token, privateKeyPath },
    own === undefined && named !== undefined ? `the connection ${named}` : '.env',
    wrong,
  );
  const account = given.account ?? entry.account;
  const user = given.user ?? entry.user;
  const accessUrl = addressOf(given.accessUrl ?? entry.accessUrl, (message, remedy) =>
    wrong('SNOWFLAKE_ACCESS_URL', message, remedy),
  );

  if (account === undefined)
    throw wrong(
      'SNOWFLAKE_ACCOUNT',
      'SNOWFLAKE_ACCOUNT is not set.',
      'Set it to the account identifier, such as myorg-myaccount.',
    );
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(account) || /snowflakecomputing/i.test(account))
    throw wrong(
      'SNOWFLAKE_ACCOUNT',
      'SNOWFLAKE_ACCOUNT is no account identifier.',
      'Write the part of the address before .snowflakecomputing.com, such as myorg-myaccount.',
    );
  const database = given.database ?? entry.database;
  if (database === undefined)
    throw wrong(
      'SNOWFLAKE_DATABASE',
      'SNOWFLAKE_DATABASE is not set.',
      'Set it to the database to load into.',
    );
  const needs = (value: string | undefined, name: string, what: string): string => {
    if (value !== undefined) return value;
    throw wrong(
      'SNOWFLAKE_AUTHENTICATOR',
      `To log in with ${authenticator}, ${name} is missing.`,
      `Set ${name} to ${what}.`,
    );
  };
  const login = ((): Partial<LoginOptions> => {
    switch (authenticator) {
      case 'SNOWFLAKE':
      case 'USERNAME_PASSWORD_MFA':
        return {
          password: needs(password, 'SNOWFLAKE_PASSWORD', 'the password of the user'),
          ...defined({ passcode: entry.passcode }),
        };
      case 'SNOWFLAKE_JWT':
        return keyOf(
          settings,
          needs(privateKeyPath, 'SNOWFLAKE_PRIVATE_KEY_PATH', 'the file of the private key'),
          privateKeyPassphrase,
          wrong,
        );
      case 'PROGRAMMATIC_ACCESS_TOKEN':
      case 'OAUTH':
        return { token: needs(token, 'SNOWFLAKE_TOKEN', 'the token') };
      case 'EXTERNALBROWSER':
      case 'OAUTH_AUTHORIZATION_CODE':
        return {};
      default:
        return authenticator satisfies never;
    }
  })();
  if (authenticator !== 'SNOWFLAKE_JWT' && privateKeyPassphrase !== undefined && privateKeyPath === undefined)
    throw wrong(
      'SNOWFLAKE_PRIVATE_KEY_PASSPHRASE',
      'SNOWFLAKE_PRIVATE_KEY_PASSPHRASE is set, and SNOWFLAKE_PRIVATE_KEY_PATH is not.',
      'Set the path of the key, or remove the passphrase.',
    );
  const username = WITHOUT_USER.includes(authenticator)
    ? user
    : needs(user, 'SNOWFLAKE_USER', 'the user who loads');
  const role = given.role ?? entry.role;
  const warehouse = given.warehouse ?? entry.warehouse;
  return {
    options: {
      account,
      authenticator,
      database: settingName(settings, 'SNOWFLAKE_DATABASE', database),
      ...login,
      ...defined({ accessUrl, username, role, warehouse }),
      ...oauthOf(entry),
    },
    place: `${account}${username === undefined ? '' : ` as ${username}`}, database ${database}`,
    warnings:
      entry.readableByOthers === true && entry.file !== undefined
        ? [
            {
              message: `${entry.file} may be read by others than its owner.`,
              remedy: `Run: chmod 600 ${entry.file}`,
              where: { file: entry.file },
            },
          ]
        : [],
  };
}

/** Where a token or the browser says who it is. */
const WITHOUT_USER: readonly Authenticator[] = [
  'OAUTH',
  'PROGRAMMATIC_ACCESS_TOKEN',
  'EXTERNALBROWSER',
  'OAUTH_AUTHORIZATION_CODE',
];

type SettingFault = (name: string, message: string, remedy: string) => PipelineError;

/** As set, or what the secrets that are there allow. */
function authenticatorOf(
  given: Readonly<Record<'authenticator' | 'password' | 'privateKeyPath' | 'token', string | undefined>>,
  from: string,
  wrong: SettingFault,
): Authenticator {
  if (given.authenticator !== undefined) {
    const wanted = given.authenticator.toUpperCase();
    const known = AUTHENTICATORS.find((name) => name === wanted);
    if (known === undefined)
      throw wrong(
        'SNOWFLAKE_AUTHENTICATOR',
        `SNOWFLAKE_AUTHENTICATOR ${given.authenticator} is no way to log in that is known here.`,
        `Use one of: ${AUTHENTICATORS.join(', ')}.`,
      );
    return known;
  }
  const ways: readonly (readonly [Authenticator, string, string | undefined])[] = [
    ['SNOWFLAKE_JWT', 'SNOWFLAKE_PRIVATE_KEY_PATH', given.privateKeyPath],
    ['PROGRAMMATIC_ACCESS_TOKEN', 'SNOWFLAKE_TOKEN', given.token],
    ['SNOWFLAKE', 'SNOWFLAKE_PASSWORD', given.password],
  ];
  const [first, second] = ways.filter(([, , value]) => value !== undefined);
  if (first === undefined)
    throw wrong(
      'MOCK_SNOWFLAKE',
      `There is nothing to log in to Snowflake with in ${from}.`,
      'Set SNOWFLAKE_PRIVATE_KEY_PATH, SNOWFLAKE_TOKEN or SNOWFLAKE_PASSWORD, or SNOWFLAKE_AUTHENTICATOR=EXTERNALBROWSER.',
    );
  if (second !== undefined)
    throw wrong(
      second[1],
      `${first[1]} and ${second[1]} are both set: which of them to log in with is not clear.`,
      `Remove one, or set SNOWFLAKE_AUTHENTICATOR to ${first[0]} or ${second[0]}.`,
    );
  return first[0];
}

/** The key, read and decrypted here: what is wrong with it is told better than the driver would. */
function keyOf(
  settings: Settings,
  path: string,
  passphrase: string | undefined,
  wrong: SettingFault,
): Pick<LoginOptions, 'privateKey'> {
  const name = 'SNOWFLAKE_PRIVATE_KEY_PATH';
  let pem: string;
  try {
    pem = readFileSync(path, 'utf8');
  } catch {
    throw wrong(
      name,
      `The private key ${path} cannot be read.`,
      `Correct ${name}, or give this user the right to read it.`,
    );
  }
  learnSecrets(settings, [pem]);
  if (/ENCRYPTED/.test(pem) && passphrase === undefined)
    throw wrong(
      name,
      `The private key ${path} is encrypted.`,
      'Set SNOWFLAKE_PRIVATE_KEY_PASSPHRASE to its passphrase.',
    );
  try {
    const key = createPrivateKey({
      key: pem,
      format: 'pem',
      ...defined({ passphrase }),
    });
    if (key.asymmetricKeyType !== 'rsa')
      throw wrong(
        name,
        `The private key ${path} is no RSA key.`,
        'Make one: openssl genrsa 2048 | openssl pkcs8 -topk8 -inform PEM -out key.p8',
      );
    const privateKey = key.export({ format: 'pem', type: 'pkcs8' }).toString();
    learnSecrets(settings, [privateKey]);
    return { privateKey };
  } catch (error) {
    if (error instanceof PipelineError) throw error;
    throw /ENCRYPTED/.test(pem)
      ? wrong(
          'SNOWFLAKE_PRIVATE_KEY_PASSPHRASE',
          `The private key ${path} cannot be decrypted with SNOWFLAKE_PRIVATE_KEY_PASSPHRASE.`,
          'Correct the passphrase.',
        )
      : wrong(
          name,
          `${path} is no private key in PEM form.`,
          'Give the file that begins with -----BEGIN PRIVATE KEY-----.',
        );
  }
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** A base URL without a slash at its end. Passwords and rows travel by it: in the clear to this machine alone. */
function addressOf(
  text: string | undefined,
  wrong: (message: string, remedy: string) => PipelineError,
): string | undefined {
  if (text === undefined) return undefined;
  const remedy =
    'Write the address of the account, such as https://myorg-myaccount.privatelink.snowflakecomputing.com.';
  if (!URL.canParse(text)) throw wrong('SNOWFLAKE_ACCESS_URL is no web address.', remedy);
  const url = new URL(text);
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw wrong('SNOWFLAKE_ACCESS_URL has more than host and port.', remedy);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOOPBACK.includes(url.hostname)))
    throw wrong('SNOWFLAKE_ACCESS_URL does not begin with https://.', remedy);
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
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
