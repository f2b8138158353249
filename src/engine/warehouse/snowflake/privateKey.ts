// The private key of a key pair login: read, decrypted, and what is wrong with it said better than the driver would.
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { defined, type PipelineError, type Settings } from '../../model';
import { learnSecrets, pemsOf } from '../../workspace';
import type { LoginOptions } from './protocol';

/** The error of a setting that keeps us from logging in, at its line of .env. */
export type SettingFault = (name: string, message: string, remedy: string) => PipelineError;

/** Where the key is given: its text, or its file. */
interface KeySource {
  readonly privateKey: string | undefined;
  readonly privateKeyPath: string | undefined;
  readonly passphrase: string | undefined;
}

/**
 * The key as the driver takes it: PEM, not encrypted.
 * @throws PipelineError SETTINGS_INVALID where there is none to read, or it is not usable. Nothing of it is repeated.
 */
export function privateKeyOf(
  settings: Settings,
  source: KeySource,
  fault: SettingFault,
): Pick<LoginOptions, 'privateKey'> {
  const { name, what, text } = textOf(source, fault);
  const pems = pemsOf(text);
  learnSecrets(settings, [text, ...pems]);
  const key = decrypted(pems, source.passphrase);
  switch (key) {
    case 'encrypted':
      throw fault(name, `${what} is encrypted.`, 'Set SNOWFLAKE_PRIVATE_KEY_PASSPHRASE to its passphrase.');
    case 'passphrase':
      throw fault(
        'SNOWFLAKE_PRIVATE_KEY_PASSPHRASE',
        `${what} cannot be decrypted with SNOWFLAKE_PRIVATE_KEY_PASSPHRASE.`,
        'Correct the passphrase.',
      );
    case 'unknown':
      throw fault(
        name,
        `${what} is not a private key in PEM form.`,
        source.privateKey === undefined
          ? 'Name the file that begins with -----BEGIN PRIVATE KEY-----.'
          : 'Set it to the whole text that begins with -----BEGIN PRIVATE KEY-----; its line breaks may be written as \\n. For a file, set SNOWFLAKE_PRIVATE_KEY_PATH instead.',
      );
  }
  if (key.asymmetricKeyType !== 'rsa')
    throw fault(
      name,
      `${what} is not an RSA key.`,
      'Make one: openssl genrsa 2048 | openssl pkcs8 -topk8 -inform PEM -out key.p8',
    );
  const privateKey = key.export({ format: 'pem', type: 'pkcs8' }).toString();
  learnSecrets(settings, [privateKey]);
  return { privateKey };
}

function textOf(
  { privateKey, privateKeyPath = '' }: KeySource,
  fault: SettingFault,
): { readonly name: string; readonly what: string; readonly text: string } {
  if (privateKey !== undefined)
    return { name: 'SNOWFLAKE_PRIVATE_KEY', what: 'The key in SNOWFLAKE_PRIVATE_KEY', text: privateKey };
  const name = 'SNOWFLAKE_PRIVATE_KEY_PATH';
  const what = `The private key ${privateKeyPath}`;
  try {
    return { name, what, text: readFileSync(privateKeyPath, 'utf8') };
  } catch {
    throw fault(name, `${what} cannot be read.`, `Correct ${name}, or give this user the right to read it.`);
  }
}

/** The key that one of the texts is, or why none is one. */
function decrypted(
  pems: readonly string[],
  passphrase: string | undefined,
): KeyObject | 'encrypted' | 'passphrase' | 'unknown' {
  let problem: 'encrypted' | 'passphrase' | 'unknown' = 'unknown';
  for (const key of pems)
    try {
      return createPrivateKey({ key, format: 'pem', ...defined({ passphrase }) });
    } catch (error) {
      // Whatever else a wrong passphrase makes of it: what has no key in it at all is not supported.
      const { code } = error as { readonly code?: unknown };
      if (key.includes('ENCRYPTED') && code !== 'ERR_OSSL_UNSUPPORTED')
        problem = passphrase === undefined ? 'encrypted' : 'passphrase';
    }
  return problem;
}
