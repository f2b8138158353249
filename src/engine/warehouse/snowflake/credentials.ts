// What proves who we are: the authenticator as set or as the secrets allow, and the secrets it needs.
import { type Settings, defined } from '../../model';
import type { ConnectionEntry } from './connectionsToml';
import { privateKeyOf, type SettingFault } from './privateKey';
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

export interface Credentials {
  readonly authenticator: Authenticator;
  readonly password: string | undefined;
  readonly passcode: string | undefined;
  readonly token: string | undefined;
  readonly privateKey: string | undefined;
  readonly privateKeyPath: string | undefined;
  readonly privateKeyPassphrase: string | undefined;
}

/**
 * Those of the settings, or else those of the connection.
 * @throws PipelineError SETTINGS_INVALID where none are given, or which of two is meant is not clear.
 */
export function credentialsOf(
  given: Settings['snowflake'],
  connection: { readonly name: string | undefined; readonly entry: Partial<ConnectionEntry> },
  fault: SettingFault,
): Credentials {
  const { name, entry } = connection;
  // They count as a whole: a password of .env must not meet the key of the entry.
  const isOwn = (given.password ?? given.privateKey ?? given.privateKeyPath ?? given.token) !== undefined;
  const { password, token, privateKey, privateKeyPath } = isOwn ? given : entry;
  if (privateKey !== undefined && privateKeyPath !== undefined)
    throw fault(
      'SNOWFLAKE_PRIVATE_KEY',
      'SNOWFLAKE_PRIVATE_KEY and SNOWFLAKE_PRIVATE_KEY_PATH are both set: which key to log in with is not clear.',
      'Remove one of them.',
    );
  const rest = isOwn ? {} : entry;
  return {
    authenticator: authenticatorOf(
      {
        authenticator: given.authenticator ?? rest.authenticator,
        ...{ password, token, privateKey, privateKeyPath },
      },
      !isOwn && name !== undefined ? `the connection ${name}` : '.env',
      fault,
    ),
    password,
    passcode: entry.passcode,
    token,
    privateKey,
    privateKeyPath,
    privateKeyPassphrase: given.privateKeyPassphrase ?? rest.privateKeyPassphrase,
  };
}

/** The value of a setting that this way to log in needs. @throws PipelineError SETTINGS_INVALID where it is missing. */
function needed(
  value: string | undefined,
  setting: { readonly name: string; readonly what: string },
  authenticator: Authenticator,
  fault: SettingFault,
): string {
  if (value !== undefined) return value;
  throw fault(
    'SNOWFLAKE_AUTHENTICATOR',
    `To log in with ${authenticator}, ${setting.name} is missing.`,
    `Set ${setting.name} to ${setting.what}.`,
  );
}

/** The user; a token or the browser says who it is by itself. @throws PipelineError SETTINGS_INVALID */
export function usernameOf(
  user: string | undefined,
  { authenticator }: Credentials,
  fault: SettingFault,
): string | undefined {
  if (WITHOUT_USER.includes(authenticator)) return user;
  return needed(user, { name: 'SNOWFLAKE_USER', what: 'the user who loads' }, authenticator, fault);
}

/**
 * The driver's options for these credentials; a key is read and decrypted here.
 * @throws PipelineError SETTINGS_INVALID where one is missing or not usable.
 */
export function secretOptions(
  settings: Settings,
  credentials: Credentials,
  fault: SettingFault,
): Partial<LoginOptions> {
  const options = optionsOf(settings, credentials, fault);
  const { authenticator, privateKeyPassphrase } = credentials;
  const key = credentials.privateKey ?? credentials.privateKeyPath;
  if (authenticator !== 'SNOWFLAKE_JWT' && privateKeyPassphrase !== undefined && key === undefined)
    throw fault(
      'SNOWFLAKE_PRIVATE_KEY_PASSPHRASE',
      'SNOWFLAKE_PRIVATE_KEY_PASSPHRASE is set, but neither SNOWFLAKE_PRIVATE_KEY nor SNOWFLAKE_PRIVATE_KEY_PATH is.',
      'Set the key or its path, or remove the passphrase.',
    );
  return options;
}

function optionsOf(settings: Settings, credentials: Credentials, fault: SettingFault): Partial<LoginOptions> {
  const { authenticator, password, passcode, token, privateKey, privateKeyPath } = credentials;
  const need = (value: string | undefined, name: string, what: string): string =>
    needed(value, { name, what }, authenticator, fault);
  switch (authenticator) {
    case 'SNOWFLAKE':
    case 'USERNAME_PASSWORD_MFA':
      return {
        password: need(password, 'SNOWFLAKE_PASSWORD', 'the password of the user'),
        ...defined({ passcode }),
      };
    case 'SNOWFLAKE_JWT':
      need(
        privateKey ?? privateKeyPath,
        'SNOWFLAKE_PRIVATE_KEY_PATH',
        'the file of the private key, or SNOWFLAKE_PRIVATE_KEY to its text',
      );
      return privateKeyOf(
        settings,
        { privateKey, privateKeyPath, passphrase: credentials.privateKeyPassphrase },
        fault,
      );
    case 'PROGRAMMATIC_ACCESS_TOKEN':
    case 'OAUTH':
      return { token: need(token, 'SNOWFLAKE_TOKEN', 'the token') };
    case 'EXTERNALBROWSER':
    case 'OAUTH_AUTHORIZATION_CODE':
      return {};
    default:
      return authenticator satisfies never;
  }
}

/** Where a token or the browser says who it is. */
const WITHOUT_USER: readonly Authenticator[] = [
  'OAUTH',
  'PROGRAMMATIC_ACCESS_TOKEN',
  'EXTERNALBROWSER',
  'OAUTH_AUTHORIZATION_CODE',
];

/** As set, or what the secrets that are there allow. */
function authenticatorOf(
  given: Readonly<
    Record<'authenticator' | 'password' | 'privateKey' | 'privateKeyPath' | 'token', string | undefined>
  >,
  from: string,
  fault: SettingFault,
): Authenticator {
  if (given.authenticator !== undefined) {
    const wanted = given.authenticator.toUpperCase();
    const known = AUTHENTICATORS.find((name) => name === wanted);
    if (known === undefined)
      throw fault(
        'SNOWFLAKE_AUTHENTICATOR',
        `SNOWFLAKE_AUTHENTICATOR ${given.authenticator} is not a known way to log in.`,
        `Use one of: ${AUTHENTICATORS.join(', ')}.`,
      );
    return known;
  }
  const ways: readonly (readonly [Authenticator, string, string | undefined])[] = [
    ['SNOWFLAKE_JWT', 'SNOWFLAKE_PRIVATE_KEY', given.privateKey],
    ['SNOWFLAKE_JWT', 'SNOWFLAKE_PRIVATE_KEY_PATH', given.privateKeyPath],
    ['PROGRAMMATIC_ACCESS_TOKEN', 'SNOWFLAKE_TOKEN', given.token],
    ['SNOWFLAKE', 'SNOWFLAKE_PASSWORD', given.password],
  ];
  const [first, second] = ways.filter(([, , value]) => value !== undefined);
  if (first === undefined)
    throw fault(
      'MOCK_SNOWFLAKE',
      `There is nothing to log in to Snowflake with in ${from}.`,
      'Set SNOWFLAKE_PRIVATE_KEY_PATH, SNOWFLAKE_PRIVATE_KEY, SNOWFLAKE_TOKEN or SNOWFLAKE_PASSWORD, or SNOWFLAKE_AUTHENTICATOR=EXTERNALBROWSER.',
    );
  if (second !== undefined)
    throw fault(
      second[1],
      `${first[1]} and ${second[1]} are both set: which of them to log in with is not clear.`,
      `Remove one, or set SNOWFLAKE_AUTHENTICATOR to ${first[0]} or ${second[0]}.`,
    );
  return first[0];
}
