// A secret of the environment and the host that a folder names for it: remembered at first, refused when it changes.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loginOf } from '../../../src/engine/warehouse/snowflake/login';
import { loadSettings } from '../../../src/engine/workspace';
import { deliver } from '../../../src/engine/notify/alerts/deliverAlerts';
import {
  ACCEPT_HOST,
  boundHostsFile,
  hostChanges,
  type HostPurpose,
  requireBoundHost,
} from '../../../src/engine/workspace/boundHosts';
import type { AlertContent } from '../../../src/engine/notify/alerts/content';
import type { Settings } from '../../../src/engine/model';
import { listen } from '../../support/hostileFolder';

describe('a credential is bound to its host', () => {
  let root: string;
  const before = process.env['XDG_STATE_HOME'];

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'm7-hosts-'));
    process.env['XDG_STATE_HOME'] = join(root, 'state');
    mkdirSync(join(root, 'folder'));
  });
  afterEach(() => {
    process.env['XDG_STATE_HOME'] = before;
    process.env[ACCEPT_HOST] = '';
    rmSync(root, { recursive: true, force: true });
  });

  /** The settings of the folder as somebody has written them. */
  const given = (lines: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Settings> => {
    writeFileSync(join(root, 'folder/.env'), ['MOCK_SNOWFLAKE=false', ...lines, ''].join('\n'));
    return loadSettings({ workspace: join(root, 'folder'), environment });
  };
  const login = (host: string): string[] => [
    ...['SNOWFLAKE_ACCOUNT=acc', 'SNOWFLAKE_USER=ME', 'SNOWFLAKE_DATABASE=DB'],
    `SNOWFLAKE_ACCESS_URL=https://${host}`,
  ];
  const PASSWORD = { SNOWFLAKE_PASSWORD: 'of the environment' };

  it('takes the first host, refuses another one with its line, and takes it once it is accepted', async () => {
    loginOf(await given(login('mine.example.org'), PASSWORD), {});
    loginOf(await given(login('mine.example.org'), PASSWORD), {});
    const moved = await given(login('evil.example.org'), PASSWORD);
    assert.deepEqual(hostChanges(moved), [
      {
        purpose: 'snowflake',
        secret: 'SNOWFLAKE_PASSWORD',
        from: 'mine.example.org',
        to: 'evil.example.org',
      },
    ]);
    assert.throws(() => loginOf(moved, {}), {
      code: 'HOST_CHANGED',
      message: /SNOWFLAKE_PASSWORD was used with mine\.example\.org .* names evil\.example\.org/,
      where: { file: join(root, 'folder/.env'), line: 5 },
    });
    process.env[ACCEPT_HOST] = 'other.example.org';
    assert.throws(() => loginOf(moved, {}), { code: 'HOST_CHANGED' });
    process.env[ACCEPT_HOST] = 'evil.example.org';
    loginOf(moved, {});
    process.env[ACCEPT_HOST] = '';
    loginOf(moved, {});
    assert.throws(
      () => loginOf({ ...moved, snowflake: { ...moved.snowflake, accessUrl: 'https://a.b' } }, {}),
      {
        code: 'HOST_CHANGED',
      },
    );
  });

  it('remembers in the home and not in the folder, for its owner alone, and no secret', async () => {
    loginOf(await given(login('mine.example.org'), PASSWORD), {});
    const file = boundHostsFile();
    assert.ok(file.startsWith(join(root, 'state')));
    if (process.platform !== 'win32') assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.ok(!readFileSync(file, 'utf8').includes('of the environment'));
  });

  it('binds nothing where one owner gives both: the folder by .env, or the user by the environment', async () => {
    for (const host of ['a.example.org', 'b.example.org']) {
      loginOf(await given([...login(host), 'SNOWFLAKE_PASSWORD=own']), {});
      const user = { ...PASSWORD, SNOWFLAKE_ACCESS_URL: `https://${host}` };
      loginOf(await given(login('folder.example.org'), user), {});
    }
  });

  it('refuses an address of the folder beside an account and a password of the environment', async () => {
    const user = { ...PASSWORD, SNOWFLAKE_ACCOUNT: 'acme-prod', SNOWFLAKE_USER: 'ME' };
    const lines = ['SNOWFLAKE_DATABASE=DB', 'SNOWFLAKE_WAREHOUSE=W'];
    const pulled = [...lines, 'SNOWFLAKE_ACCESS_URL=https://evil.example.org'];
    const refused = {
      code: 'HOST_CHANGED',
      message:
        /SNOWFLAKE_PASSWORD was used with acme-prod\.snowflakecomputing\.com .* names evil\.example\.org/,
    };
    const moved = await given(pulled, user);
    assert.throws(() => loginOf(moved, {}), refused, 'before anything was bound');
    loginOf(await given(lines, user), {});
    assert.throws(() => loginOf(moved, {}), refused, 'after the environment was used');
    // The environment may move what it names.
    loginOf(await given(lines, { ...user, SNOWFLAKE_ACCOUNT: 'other' }), {});
  });

  it('refuses another scheme, a port, an account that only looks the same, and an entry of connections.toml', async () => {
    const bound = async (purpose: string, first: readonly string[], then: readonly string[], user = {}) => {
      const environment = {
        ...{ SNOWFLAKE_PASSWORD: 'p', SMTP_PASSWORD: 'p', OPENLINEAGE_API_KEY: 'k' },
        ...user,
      };
      const before = await given(first, environment);
      requireBoundHost(before, purpose as HostPurpose);
      const moved = await given(then, environment);
      assert.throws(
        () => requireBoundHost(moved, purpose as HostPurpose),
        { code: 'HOST_CHANGED' },
        then.join(' '),
      );
      rmSync(join(root, 'state'), { recursive: true, force: true });
    };
    const lineage = (url: string): string[] => ['OPENLINEAGE=http', `OPENLINEAGE_URL=${url}`];
    await bound('lineage', lineage('https://cat.example'), lineage('http://cat.example'));
    await bound('lineage', lineage('https://cat.example'), lineage('https://cat.example:444'));
    const mail = ['ENABLE_EMAIL_ALERTS=true', 'ADMIN_EMAIL=a@example.org'];
    const server = [...mail, 'SMTP_SERVER=mail.example.org'];
    await bound('mail', server, [...server, 'SMTP_SECURITY=none']);
    await bound('mail', server, [...server, 'SMTP_PORT=18025']);
    writeFileSync(join(root, 'folder/ca.pem'), 'x');
    await bound('mail', server, [...server, 'SMTP_CA_FILE=ca.pem']);
    await bound('mail', mail, [...mail, 'SMTP_SECURITY=none'], { SMTP_SERVER: 'mail.example.org' });
    const account = (name: string): string[] => [`SNOWFLAKE_ACCOUNT=${name}`, 'SNOWFLAKE_USER=ME'];
    await bound('snowflake', account('acme.global'), [
      ...account('acme.global'),
      'SNOWFLAKE_ACCESS_URL=https://acme.global',
    ]);
    await bound('snowflake', account('acme'), ['SNOWFLAKE_CONNECTION=dev']);
    await bound('snowflake', ['SNOWFLAKE_CONNECTION=prod'], ['SNOWFLAKE_CONNECTION=dev']);
  });

  it('sends no mail to another host: nobody is asked', async () => {
    const listener = await listen();
    try {
      const mail = (host: string): string[] => [
        ...['ENABLE_EMAIL_ALERTS=true', `SMTP_SERVER=${host}`, `SMTP_PORT=${listener.port}`],
        ...['SMTP_USER=ops', 'ADMIN_EMAIL=ops@example.org'],
      ];
      const message = { id: 'x', content: CONTENT };
      const environment = { SMTP_PASSWORD: 'of the environment' };
      await deliver(await given(mail('localhost'), environment), 'mail', message, 200);
      const asked = listener.connections();
      const delivery = await deliver(await given(mail('127.0.0.1'), environment), 'mail', message, 200);
      assert.match(JSON.stringify(delivery), /SMTP_PASSWORD was used with localhost:\d+ so far/);
      assert.equal(listener.connections(), asked);
    } finally {
      await listener.close();
    }
  });
});

const CONTENT: AlertContent = {
  kind: 'test',
  ...{ subject: 's', headline: 'h', run_id: '', host: 'h', workspace: 'w' },
  ...{ time: '2024-11-15T00:00:00.000Z', dates: [], more_dates: [], recovered: [], commands: [] },
};
