// A secret of the environment and the host that a folder names for it: remembered at first, refused when it changes.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loginOf } from '../../../src/engine/warehouse/snowflake/login';
import { loadSettings } from '../../../src/engine/workspace';
import { deliver } from '../../../src/engine/notify/alerts/deliverAlerts';
import { ACCEPT_HOST, boundHostsFile, hostChanges } from '../../../src/engine/workspace/boundHosts';
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
      assert.match(JSON.stringify(delivery), /SMTP_PASSWORD was used with localhost so far/);
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
