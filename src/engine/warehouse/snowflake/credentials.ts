// What proves who we are: the authenticator as set or as the secrets allow, and the secrets it needs.
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { PipelineError, type Settings, defined } from '../../model';
import { learnSecrets } from '../../workspace';
import type { ConnectionEntry } from './connectionsToml';
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

/** The error of a setting that keeps us from logging in, at its line of .env. */
export type SettingFault = (name: string, message: string, remedy: string) => PipelineError;

export interface Credentials {
  readonly authenticator: Authenticator;
  readonly password: string | undefined;
  readonly passcode: string | undefined;
  readonly token: string | undefined;
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
  const isOwn = (given.password ?? given.privateKeyPath ?? given.token) !== undefined;
  const { password, token, privateKeyPath } = isOwn ? given : entry;
  const rest = isOwn ? {} : entry;
  return {
    authenticator: authenticatorOf(
      { authenticator: given.authenticator ?? rest.authenticator, password, token, privateKeyPath },
      !isOwn && name !== undefined ? `the connection ${name}` : '.env',
      fault,
    ),
    password,
    passcode: entry.passcode,
    token,
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
  const { authenticator, privateKeyPath, privateKeyPassphrase } = credentials;
  if (authenticator !== 'SNOWFLAKE_JWT' && privateKeyPassphrase !== undefined && privateKeyPath === undefined)
    throw fault(
      'SNOWFLAKE_PRIVATE_KEY_PASSPHRASE',
      'SNOWFLAKE_PRIVATE_KEY_PASSPHRASE is set, and SNOWFLAKE_PRIVATE_KEY_PATH is not.',
      'Set the path of the key, or remove the passphrase.',
    );
  return options;
}

function optionsOf(settings: Settings, credentials: Credentials, fault: SettingFault): Partial<LoginOptions> {
  const { authenticator, password, passcode, token, privateKeyPath, privateKeyPassphrase } = credentials;
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
      return keyOf(
        settings,
        need(privateKeyPath, 'SNOWFLAKE_PRIVATE_KEY_PATH', 'the file of the private key'),
        privateKeyPassphrase,
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
  given: Readonly<Record<'authenticator' | 'password' | 'privateKeyPath' | 'token', string | undefined>>,
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
    ['SNOWFLAKE_JWT', 'SNOWFLAKE_PRIVATE_KEY_PATH', given.privateKeyPath],
    ['PROGRAMMATIC_ACCESS_TOKEN', 'SNOWFLAKE_TOKEN', given.token],
    ['SNOWFLAKE', 'SNOWFLAKE_PASSWORD', given.password],
  ];
  const [first, second] = ways.filter(([, , value]) => value !== undefined);
  if (first === undefined)
    throw fault(
      'MOCK_SNOWFLAKE',
      `There is nothing to log in to Snowflake with in ${from}.`,
      'Set SNOWFLAKE_PRIVATE_KEY_PATH, SNOWFLAKE_TOKEN or SNOWFLAKE_PASSWORD, or SNOWFLAKE_AUTHENTICATOR=EXTERNALBROWSER.',
    );
  if (second !== undefined)
    throw fault(
      second[1],
      `${first[1]} and ${second[1]} are both set: which of them to log in with is not clear.`,
      `Remove one, or set SNOWFLAKE_AUTHENTICATOR to ${first[0]} or ${second[0]}.`,
    );
  return first[0];
}

/** The key, read and decrypted here: what is fault with it is told better than the driver would. */
function keyOf(
  settings: Settings,
  path: string,
  passphrase: string | undefined,
  fault: SettingFault,
): Pick<LoginOptions, 'privateKey'> {
  const name = 'SNOWFLAKE_PRIVATE_KEY_PATH';
  let pem: string;
  try {
    pem = readFileSync(path, 'utf8');
  } catch {
    throw fault(
      name,
      `The private key ${path} cannot be read.`,
      `Correct ${name}, or give this user the right to read it.`,
    );
  }
  learnSecrets(settings, [pem]);
  if (/ENCRYPTED/.test(pem) && passphrase === undefined)
    throw fault(
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
      throw fault(
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
      ? fault(
          'SNOWFLAKE_PRIVATE_KEY_PASSPHRASE',
          `The private key ${path} cannot be decrypted with SNOWFLAKE_PRIVATE_KEY_PASSPHRASE.`,
          'Correct the passphrase.',
        )
      : fault(
          name,
          `${path} is no private key in PEM form.`,
          'Give the file that begins with -----BEGIN PRIVATE KEY-----.',
        );
  }
}
