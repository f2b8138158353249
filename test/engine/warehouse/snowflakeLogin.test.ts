// How to log in to Snowflake, from settings and connections.toml: what is wrong is told with its place before any request.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PipelineError } from '../../../src/engine/model/errors';
import type { Settings, SnowflakeSettings } from '../../../src/engine/model';
import { redaction } from '../../../src/engine/workspace/redaction';
import { loginOf } from '../../../src/engine/warehouse/snowflake/login';
import { useFolder } from '../../support/folder';
import { settingsAt } from './warehouseFixture';

const BASE = { account: 'org-acc', user: 'U', database: 'db', schema: 'S', monitoringSchema: 'M' };
const pair = (): string =>
  generateKeyPairSync('rsa', { modulusLength: 2048 })
    .privateKey.export({ format: 'pem', type: 'pkcs8' })
    .toString();

describe('snowflake: login', () => {
  const folder = useFolder();
  const given = (
    snowflake: Partial<Record<keyof SnowflakeSettings, unknown>>,
    origins: Settings['origins'] = {},
  ): Settings =>
    settingsAt(folder(), {
      mockSnowflake: false,
      snowflake: { ...BASE, ...snowflake } as SnowflakeSettings,
      origins,
    });
  const environment = (): NodeJS.ProcessEnv => ({ HOME: folder() });
  const refused = (settings: Settings, message: RegExp, remedy = /./): PipelineError => {
    try {
      loginOf(settings, environment());
    } catch (error) {
      assert.ok(error instanceof PipelineError, String(error));
      assert.equal(error.code, 'SETTINGS_INVALID');
      assert.match(error.message, message);
      assert.match(error.remedy, remedy);
      return error;
    }
    return assert.fail('it was not refused');
  };
  const write = (text: string, mode = 0o600): void => {
    mkdirSync(join(folder(), '.snowflake'), { recursive: true });
    const path = join(folder(), '.snowflake/connections.toml');
    writeFileSync(path, text);
    chmodSync(path, mode);
  };

  it('is inferred from what there is', () => {
    const key = join(folder(), 'key.p8');
    writeFileSync(key, pair());
    const found = (settings: Partial<SnowflakeSettings>): string =>
      loginOf(given(settings), environment()).options.authenticator;
    assert.equal(found({ password: 'p' }), 'SNOWFLAKE');
    assert.equal(found({ token: 't' }), 'PROGRAMMATIC_ACCESS_TOKEN');
    assert.equal(found({ privateKeyPath: key }), 'SNOWFLAKE_JWT');
    assert.equal(found({ token: 't', authenticator: 'oauth' }), 'OAUTH');
    assert.equal(found({ authenticator: 'ExternalBrowser' }), 'EXTERNALBROWSER');
    assert.equal(found({ password: 'p', authenticator: 'username_password_mfa' }), 'USERNAME_PASSWORD_MFA');
    assert.equal(loginOf(given({ password: 'p' }), environment()).options.database, 'DB');
  });

  it('refuses combinations that are not clear, with file and line', () => {
    const where = { file: '.env', line: 7 };
    const error = refused(
      given({ password: 'p', token: 't' }, { SNOWFLAKE_PASSWORD: where }),
      /SNOWFLAKE_TOKEN and SNOWFLAKE_PASSWORD are both set/,
      /SNOWFLAKE_AUTHENTICATOR/,
    );
    assert.deepEqual(error.where, where);
    refused(given({}), /nothing to log in/);
    refused(given({ authenticator: 'SNOWFLAKE_JWT' }), /SNOWFLAKE_PRIVATE_KEY_PATH is missing/);
    refused(given({ authenticator: 'OAUTH' }), /SNOWFLAKE_TOKEN is missing/);
    refused(given({ authenticator: 'KERBEROS' }), /not a known way to log in/, /EXTERNALBROWSER/);
    refused(given({ password: 'p', user: undefined }), /SNOWFLAKE_USER is missing/);
    refused(given({ password: 'p', privateKeyPassphrase: 'x' }), /PASSPHRASE is set, but neither/);
    refused(
      given({ password: 'p', account: 'https://a.snowflakecomputing.com' }),
      /not an account identifier/,
    );
    refused(given({ password: 'p', account: undefined }), /ACCOUNT is not set/);
    refused(given({ password: 'p', database: undefined }), /DATABASE is not set/);
    refused(given({ password: 'p', database: 'my db' }), /SNOWFLAKE_DATABASE cannot be a name/);
    refused(given({ password: 'p', accessUrl: 'http://example.com' }), /https/);
    refused(given({ password: 'p', accessUrl: 'example.com' }), /not a web address/);
    refused(given({ password: 'p', accessUrl: 'https://u:p@example.com' }), /more than host/);
  });

  it('reads private keys, and says what is wrong with one', () => {
    const path = join(folder(), 'key.p8');
    refused(given({ privateKeyPath: path }), /cannot be read/);
    writeFileSync(path, 'ssh-rsa AAAA');
    refused(given({ privateKeyPath: path }), /key\.p8 is not a private key in PEM form/);
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    writeFileSync(
      path,
      privateKey.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'right' }),
    );
    refused(given({ privateKeyPath: path }), /is encrypted/, /PASSPHRASE/);
    refused(given({ privateKeyPath: path, privateKeyPassphrase: 'wrong' }), /cannot be decrypted/);
    const { options } = loginOf(
      given({ privateKeyPath: path, privateKeyPassphrase: 'right' }),
      environment(),
    );
    assert.match(options.privateKey ?? '', /^-----BEGIN PRIVATE KEY-----/);
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    writeFileSync(path, ec.export({ format: 'pem', type: 'pkcs8' }));
    refused(given({ privateKeyPath: path }), /is not an RSA key/);
  });

  it('takes the text of a key however line breaks are written, and hides it however it is said', () => {
    const pem = pair();
    const lines = pem.trim().split('\n');
    const body = lines.slice(1, -1).join('');
    const forms: Readonly<Record<string, string>> = {
      'as it is': pem,
      'with CRLF': pem.replaceAll('\n', '\r\n'),
      'with \\n': pem.replaceAll('\n', '\\n'),
      'with \\r\\n, in quotes': `"${pem.trim().replaceAll('\n', '\\r\\n')}"`,
      'with blanks': lines.join(' '),
      'on one line': lines.join(''),
      'without its first and last line': body,
      'as base64 of it all': Buffer.from(pem).toString('base64'),
    };
    for (const [form, privateKey] of Object.entries(forms)) {
      const settings = given({ privateKey });
      // Before anybody reads it, too: an error may tell of it first.
      const redact = redaction(settings);
      const { options } = loginOf(settings, environment());
      assert.equal(options.authenticator, 'SNOWFLAKE_JWT', form);
      assert.equal(options.privateKey, pem, form);
      for (const said of [privateKey, JSON.stringify(privateKey), pem, lines[3] ?? '', body]) {
        const shown = redact(`x ${said} y`);
        for (const line of lines.slice(1, -1)) assert.ok(!shown.includes(line), `${form}: ${shown}`);
      }
    }
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const encrypted = privateKey
      .export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'right' })
      .toString();
    const clear = privateKey.export({ format: 'pem', type: 'pkcs8' });
    const inner = encrypted.trim().split('\n').slice(1, -1).join('');
    for (const text of [encrypted, encrypted.replaceAll('\n', '\\n'), inner]) {
      const open = given({ privateKey: text, privateKeyPassphrase: 'right' });
      assert.equal(loginOf(open, environment()).options.privateKey, clear);
      refused(given({ privateKey: text }), /is encrypted/, /PASSPHRASE/);
      refused(given({ privateKey: text, privateKeyPassphrase: 'wrong' }), /cannot be decrypted/);
    }
    for (const text of ['/etc/key.p8', 'ssh-rsa AAAA', body.slice(0, 200), pem.slice(0, 400)]) {
      const error = refused(
        given({ privateKey: text }),
        /SNOWFLAKE_PRIVATE_KEY is not a private key/,
        /_PATH/,
      );
      assert.ok(!`${error.message} ${error.remedy}`.includes(text.slice(-9)));
    }
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    refused(
      given({ privateKey: ec.export({ format: 'pem', type: 'pkcs8' }).toString() }),
      /SNOWFLAKE_PRIVATE_KEY is not an RSA key/,
    );
    const where = { file: '.env', line: 3 };
    const both = refused(
      given({ privateKey: pem, privateKeyPath: '/k.p8' }, { SNOWFLAKE_PRIVATE_KEY: where }),
      /SNOWFLAKE_PRIVATE_KEY and SNOWFLAKE_PRIVATE_KEY_PATH are both set/,
      /Remove one/,
    );
    assert.deepEqual(both.where, where);
    refused(given({ privateKey: pem, token: 't' }), /SNOWFLAKE_PRIVATE_KEY and SNOWFLAKE_TOKEN are both set/);
  });

  it('takes an entry of connections.toml, and what is set before it', () => {
    write(
      '[prod]\naccount = "toml-acc"\nuser = "TOML"\npassword = "toml secret"\nrole = "R"\ndatabase = "tdb"\n',
    );
    const settings = given({
      ...{ connection: 'prod', account: undefined, user: 'MINE', database: undefined },
    });
    const { options } = loginOf(settings, environment());
    assert.deepEqual(
      [options.account, options.username, options.password, options.role, options.database],
      ['toml-acc', 'MINE', 'toml secret', 'R', 'TDB'],
    );
    assert.equal(redaction(settings)('a toml secret b'), 'a *** b');
    // Who proves by a token of .env is not also given the password of the entry.
    const other = loginOf(
      given({ connection: 'prod', account: undefined, token: 'tok' }),
      environment(),
    ).options;
    assert.deepEqual([other.password, other.token], [undefined, 'tok']);
    const named = loginOf(given({ account: undefined, user: undefined, database: 'x' }), {
      ...environment(),
      SNOWFLAKE_DEFAULT_CONNECTION_NAME: 'prod',
    });
    assert.equal(named.options.username, 'TOML');
  });

  it('takes an entry as a whole: an address of the folder beside it is refused before anybody is asked', () => {
    write('[prod]\naccount = "toml-acc"\nuser = "TOML"\npassword = "toml secret"\ndatabase = "tdb"\n');
    const where = { file: '.env', line: 4 };
    const moved = refused(
      given(
        { connection: 'prod', account: undefined, accessUrl: 'https://evil.example.org' },
        { SNOWFLAKE_ACCESS_URL: where },
      ),
      /SNOWFLAKE_ACCESS_URL is set beside the connection prod/,
      /Remove SNOWFLAKE_ACCESS_URL/,
    );
    assert.deepEqual(moved.where, where);
    refused(given({ connection: 'prod', account: 'evil' }), /SNOWFLAKE_ACCOUNT is set beside/);
    const byDefault = { ...environment(), SNOWFLAKE_DEFAULT_CONNECTION_NAME: 'prod' };
    assert.throws(
      () =>
        loginOf(
          given({ account: undefined, user: undefined, accessUrl: 'https://evil.example.org' }),
          byDefault,
        ),
      { code: 'SETTINGS_INVALID' },
    );
    // What says the same moves nothing.
    assert.equal(
      loginOf(given({ connection: 'prod', account: 'toml-acc' }), environment()).options.account,
      'toml-acc',
    );
  });

  it('refuses a connections.toml that others write, and tells of one that others read', () => {
    const settings = given({ connection: 'prod', account: undefined });
    refused(settings, /The connection prod is set, but there is no connections\.toml in /);
    write('[dev]\naccount = "a"\n');
    refused(settings, /has no connection prod/, /dev/);
    write('[prod\npassword = "hidden"');
    const error = refused(settings, /is not TOML/);
    assert.ok(!`${error.message}${error.remedy}`.includes('hidden'));
    write('[prod]\npassword = "p"\n', 0o666);
    refused(settings, /written by others/, /chmod 600/);
    write('[prod]\naccount = "a"\npassword = "p"\n', 0o644);
    const { warnings } = loginOf(settings, environment());
    assert.match(warnings[0]?.message ?? '', /may be read by others/);
  });
});
