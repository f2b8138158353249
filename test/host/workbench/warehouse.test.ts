// The warehouse in the window: loads beside gold, their SQL, comparison, the connection, its choice, test alerts.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../../src/engine/base/duckdb';
import { startForwardProxy, type ForwardProxy } from '../../support/forwardProxy';
import { LANDED_DATE, m7 } from '../../support/host/sample';
import { useWindow } from '../../support/host/window';
import { eventually, type Workbench } from '../../support/host/workbench';
import { startMailServer } from '../../support/mailServer';
import { PASSWORD, startPeer, type Peer } from '../../support/snowflake/peer';

const DAY = '2024-11-14';

/** Opens the menu of an item of the Warehouse view and takes an entry of it. */
async function fromMenu(workbench: Workbench, label: string | RegExp, entry: string): Promise<void> {
  await eventually(`"${entry}" in the menu of "${String(label)}"`, async () => {
    await workbench.item('Warehouse', label).click({ button: 'right', timeout: 2_000 });
    const item = workbench.page.locator('.context-view .action-item').filter({ hasText: entry }).first();
    await item.hover({ timeout: 2_000 });
    // A menu takes no click so soon after it has opened.
    await workbench.page.keyboard.press('Enter');
    await item.waitFor({ state: 'hidden', timeout: 2_000 });
    return true;
  });
}

/** What the modal dialog says, and presses a button of it. */
async function answer(workbench: Workbench, button: string): Promise<string> {
  const dialog = workbench.page.locator('.monaco-dialog-box');
  await dialog.waitFor();
  const text = await dialog.innerText();
  await dialog.getByRole('button', { name: button }).click();
  return text;
}

describe('the warehouse in the window', () => {
  let home: string;
  let proxy: ForwardProxy;
  const window = useWindow(async () => {
    home = await mkdtemp(join(tmpdir(), 'm7-home-'));
    writeFileSync(
      join(home, 'connections.toml'),
      '[work]\naccount = "org-acc"\nuser = "loader"\npassword = "hunter2-in-toml"\nwarehouse = "WH"\ndatabase = "DB"\n',
      { mode: 0o600 },
    );
    proxy = await startForwardProxy({ hosts: {}, login: { user: 'window', password: 'pr0xy-word' } });
    return {
      // The variable of the environment leads nowhere: the user's setting replaces it.
      env: { SNOWFLAKE_HOME: home, https_proxy: 'http://nowhere.invalid:1' },
      settings: { 'http.proxy': `http://window:pr0xy-word@localhost:${proxy.port}` },
      provokes: [
        /The test mail/,
        /The test message/,
        /No alert can be sent/,
        /warehouse cannot be opened/,
        // Its secrets live in the page, and want a key of a server that hands out none.
        /mint-key|Method Not Allowed/,
        /Gold and the warehouse/,
      ],
    };
  });
  after(async () => {
    await proxy.close();
    rmSync(home, { recursive: true, force: true });
  });

  it('shows loads by date and table, with the rows of both sides', async () => {
    const { workbench } = window();
    await workbench.container('M7 Pipeline');
    await workbench.item('Warehouse', /Embedded warehouse.*warehouse\.duckdb/s).waitFor();
    await workbench.unfold('Warehouse', new RegExp(`${DAY}.*7 tables`, 's'));
    await workbench.item('Warehouse', /Device.*loaded [\d,]+ of [\d,]+/s).waitFor();
    const text = await workbench.item('Warehouse', /^Device/).innerText();
    const [, loaded, accepted] = /loaded ([\d,]+) of ([\d,]+)/.exec(text) ?? [];
    assert.equal(loaded, accepted);
  });

  it('shows the SQL of a load as a document that cannot be changed', async () => {
    const { workbench } = window();
    await fromMenu(workbench, /^Device/, 'Show SQL of This Load');
    await eventually('the document', async () => (await workbench.editors()).includes(`Device ${DAY}.sql`));
    const lines = workbench.page.locator('.editor-instance .view-lines');
    await eventually('its text', async () => /Statements.of.a.load.of.Device/.test(await lines.innerText()));
    assert.match(await lines.innerText(), /CREATE\s+TABLE\s+IF\s+NOT\s+EXISTS/);
    await lines.click();
    await workbench.page.keyboard.type('DROP');
    assert.doesNotMatch(await lines.innerText(), /DROP/);
    assert.equal(
      await workbench.page.locator('.statusbar-item').filter({ hasText: /SQL/ }).count(),
      1,
      'It is not taken for SQL.',
    );
  });

  it('compares a date: agreement is told, a difference is shown in the view and as a document', async () => {
    const { workbench, folder } = window();
    await workbench.clear();
    await fromMenu(workbench, new RegExp(DAY), 'Compare with the Warehouse');
    await workbench.notification(/gold and the warehouse agree \(7 tables/);
    await withWarehouse(folder, (run) =>
      run(`DELETE FROM w.STG_SG.DEVICE WHERE rowid IN (SELECT rowid FROM w.STG_SG.DEVICE LIMIT 3)`),
    );
    await workbench.clear();
    await workbench.command('M7: Compare with the Warehouse…');
    await workbench.choose(DAY);
    await workbench.page
      .locator('.tab')
      .filter({ hasText: `Comparison ${DAY}` })
      .waitFor();
    const page = await workbench.webview('h2');
    assert.match(await page.locator('h2').first().innerText(), /Device.*changed in the warehouse/);
    assert.equal(await page.locator('table').first().locator('tbody tr').count(), 7);
    await workbench.item('Warehouse', /2024-11-14.*1 differ/s).waitFor();
    await workbench.item('Warehouse', /Device.*differs: [\d,]+ in the warehouse of [\d,]+/s).waitFor();
    // Loaded anew, what was compared before holds no more.
    await m7('run', '--workspace', folder, '--date', '20241114', '--table', 'Device', '--force');
    await workbench.item('Warehouse', /Device.*loaded [\d,]+ of [\d,]+/s).waitFor();
  });

  it('tests the connection: what it found stands in the view', async () => {
    const { workbench, folder } = window();
    await workbench.clear();
    await workbench.command('M7: Test the Warehouse Connection');
    await workbench.notification(/Embedded warehouse: connected/);
    await workbench.unfold('Warehouse', /Embedded warehouse.*connected/s);
    await workbench.item('Warehouse', /embedded, .*loads/s).waitFor();
    const file = join(folder, 'data/warehouse.duckdb');
    const bytes = readFileSync(file);
    writeFileSync(file, 'this is no database, and was put here by a test');
    try {
      await workbench.command('M7: Test the Warehouse Connection');
      await workbench.notification(/warehouse cannot be opened/);
      await workbench.item('Warehouse', /1 problem/).waitFor();
    } finally {
      writeFileSync(file, bytes);
    }
  });

  it('chooses the warehouse: asks, changes .env and nothing else of it, and asks for what is missing', async () => {
    const { workbench, folder } = window();
    await workbench.clear();
    const env = join(folder, '.env');
    const before = readFileSync(env, 'utf8');
    await workbench.command('M7: Choose the Warehouse…');
    await workbench.row('Embedded warehouse').waitFor();
    const rows = (await workbench.rows()).join('\n');
    assert.match(rows, /Embedded warehouse.*current/s);
    assert.match(rows, /work/);
    assert.doesNotMatch(rows, /hunter2|loader|org-acc/);
    await workbench.choose('work');
    assert.match(await answer(workbench, 'Cancel'), /SNOWFLAKE_CONNECTION=work/);
    assert.equal(readFileSync(env, 'utf8'), before);
    await workbench.command('M7: Choose the Warehouse…');
    await workbench.choose('Snowflake (settings in .env)');
    assert.match(await answer(workbench, 'Change .env'), /MOCK_SNOWFLAKE=false/);
    await workbench.row('SNOWFLAKE_ACCOUNT').waitFor();
    assert.equal(
      readFileSync(env, 'utf8'),
      before.replace('# MOCK_SNOWFLAKE=true\n', '# MOCK_SNOWFLAKE=true\nMOCK_SNOWFLAKE=false\n'),
    );
    await workbench.choose('SNOWFLAKE_ACCOUNT');
    await eventually('the question', async () => /Written to \.env/.test(await workbench.picker.innerText()));
    await workbench.picker.locator('input').first().fill('org-acc');
    await workbench.page.keyboard.press('Enter');
    await workbench.row('SNOWFLAKE_USER').waitFor();
    await eventually(
      'it not to be missing any more',
      async () => (await workbench.row('SNOWFLAKE_ACCOUNT').count()) === 0,
    );
    assert.match(readFileSync(env, 'utf8'), /^SNOWFLAKE_ACCOUNT=org-acc$/m);
    await workbench.choose('SNOWFLAKE_PASSWORD');
    await workbench.picker.locator('input[type=password]').first().fill('hunter2 & more');
    await workbench.page.keyboard.press('Enter');
    await workbench.row('SNOWFLAKE_USER').waitFor();
    await eventually('a login', async () => (await workbench.row('SNOWFLAKE_PASSWORD').count()) === 0);
    await workbench.page.keyboard.press('Escape');
    assert.doesNotMatch(readFileSync(env, 'utf8'), /hunter2/);
    await workbench.item('Warehouse', 'Snowflake').waitFor();
    await workbench.command('M7: Choose the Warehouse…');
    await workbench.choose('Embedded warehouse');
    await answer(workbench, 'Change .env');
    await workbench.notification(/Runs load into the embedded warehouse/);
    await workbench.item('Warehouse', 'Embedded warehouse').waitFor();
  });

  it('sends a test alert: says what is to be set, what failed, and what was sent', async () => {
    const { workbench, folder } = window();
    const server = await startMailServer({ login: { user: 'robot', password: 'right one' } });
    try {
      await workbench.clear();
      const env = join(folder, '.env');
      const before = readFileSync(env, 'utf8');
      await workbench.command('M7: Send a Test Alert');
      await workbench.notification(/No alert can be sent/);
      await workbench.clear();
      writeFileSync(
        env,
        `${before}ENABLE_EMAIL_ALERTS=true\nSMTP_SERVER=127.0.0.1\nSMTP_PORT=${server.port}\nSMTP_SECURITY=none\nSMTP_USER=robot\nADMIN_EMAIL=someone@example.com\nALERT_FROM=m7@example.com\n`,
      );
      await setSecret(workbench, 'SMTP_PASSWORD', 'wrong one');
      await workbench.command('M7: Send a Test Alert');
      const told = await workbench.notification(/The test mail to someone@example.com was not sent/);
      assert.doesNotMatch(await told.innerText(), /wrong one/);
      assert.equal(server.mails.length, 0);
      await workbench.clear();
      await setSecret(workbench, 'SMTP_PASSWORD', 'right one');
      await workbench.command('M7: Send a Test Alert');
      await workbench.notification(/The test mail was sent to someone@example.com/);
      assert.equal(server.mails.length, 1);
      assert.deepEqual(server.mails[0]?.to, ['someone@example.com']);
      assert.equal(server.mails[0].user, 'robot');
      // By the proxy of the user's settings, which refuses: only what it was asked counts.
      await workbench.clear();
      writeFileSync(env, `${before}ALERT_WEBHOOK_URL=https://hooks.test/services/KEY\n`);
      await workbench.command('M7: Send a Test Alert');
      const refused = await workbench.notification(/refused to connect to hooks\.test \(403\)/);
      assert.doesNotMatch(await refused.innerText(), /pr0xy-word/);
      assert.ok(proxy.asked.includes('CONNECT hooks.test:443'), proxy.asked.join());
    } finally {
      await server.close();
    }
  });

  it('tells where each secret is read from, and removes one', async () => {
    const { workbench, folder } = window();
    await workbench.clear();
    writeFileSync(join(folder, '.env'), 'SMTP_PASSWORD=in-the-file\n', { flag: 'a' });
    await workbench.command('M7: Set a Secret…');
    await eventually('both places', async () =>
      (await workbench.rows()).some((row) =>
        /SMTP_PASSWORD.*is set in the secret storage · also in \.env, line \d+/s.test(row),
      ),
    );
    await workbench.choose('SMTP_PASSWORD');
    await workbench.picker.locator('input[type=password]').first().waitFor();
    await workbench.picker.locator('.action-label.codicon-trash').click();
    await workbench.notification(/SMTP_PASSWORD was removed\. is read from|SMTP_PASSWORD was removed/);
    await workbench.command('M7: Set a Secret…');
    await eventually('the file', async () =>
      (await workbench.rows()).some((row) => /SMTP_PASSWORD.*is read from \.env, line \d+/s.test(row)),
    );
    await workbench.page.keyboard.press('Escape');
  });
});

describe('Snowflake in the window, by a peer that speaks its protocol', () => {
  let peer: Peer;
  const window = useWindow(async () => {
    peer = await startPeer({
      users: [{ name: 'POOR', password: PASSWORD, defaultRole: 'POOR_ROLE', defaultWarehouse: 'M7_WH' }],
    });
    return {
      env: { SNOWFLAKE_HOME: tmpdir(), SNOWFLAKE_PASSWORD: PASSWORD },
      provokes: [/Snowflake, /, /mint-key|Method Not Allowed/],
    };
  });
  after(() => peer.close());

  it('names the GRANTs that are missing, to be copied, and loads once they are given', async () => {
    const { workbench, folder } = window();
    await workbench.container('M7 Pipeline');
    await workbench.item('Warehouse', 'Embedded warehouse').waitFor();
    const settings = (user: string): string =>
      `MOCK_SNOWFLAKE=false\nSNOWFLAKE_ACCESS_URL=${peer.url}\nSNOWFLAKE_ACCOUNT=${peer.account}\nSNOWFLAKE_USER=${user}\nSNOWFLAKE_DATABASE=${peer.database}\nSNOWFLAKE_WAREHOUSE=${peer.warehouse}\n`;
    const env = join(folder, '.env');
    const before = readFileSync(env, 'utf8');
    writeFileSync(env, `${before}${settings('POOR')}`);
    await workbench.item('Warehouse', 'Snowflake').waitFor();
    await workbench.command('M7: Test the Warehouse Connection');
    const told = await workbench.notification(/GRANT USAGE/);
    assert.equal(await told.getByText('Copy GRANTs').count(), 1);
    await workbench.unfold('Warehouse', /Snowflake.*problem/s);
    await workbench.item('Warehouse', /^GRANT USAGE ON WAREHOUSE/).waitFor();
    await workbench.clear();
    writeFileSync(env, `${before}${settings('LOADER')}`);
    await workbench.command('M7: Test the Warehouse Connection');
    await workbench.notification(/Snowflake, .*: connected/);
    await workbench.item('Warehouse', /Snowflake.*connected/s).waitFor();
    await workbench.clear();
    await workbench.command('M7: Run a Date…');
    await workbench.choose(DAY);
    await workbench.notification(/Run 2024-11-14: finished/);
    await workbench.unfold('Warehouse', new RegExp(`${DAY}.*7 tables`, 's'));
    await workbench.item('Warehouse', /Device.*loaded [\d,]+ of [\d,]+/s).waitFor();
    await workbench.clear();
    await fromMenu(workbench, new RegExp(DAY), 'Compare with the Warehouse');
    await workbench.notification(/gold and the warehouse agree \(7 tables/);
  });
});

describe('the warehouse in Restricted Mode', () => {
  const window = useWindow({ trust: false });

  it('is looked at, and not asked', async () => {
    const { workbench, folder } = window();
    await workbench.page
      .getByText(/No, I don't trust/)
      .click({ timeout: 5_000 })
      .catch(() => undefined);
    await workbench.container('M7 Pipeline');
    await workbench.unfold('Warehouse', new RegExp(DAY));
    await workbench.page.keyboard.press('F1');
    await workbench.picker.locator('input').first().fill('>M7: Show SQL of');
    await workbench.row('M7: Show SQL of This Load').waitFor();
    for (const title of [
      'M7: Test the Warehouse Connection',
      'M7: Send a Test Alert',
      'M7: Choose the Warehouse…',
    ]) {
      await workbench.picker.locator('input').first().fill(`>${title}`);
      await eventually(`no "${title}"`, async () => (await workbench.row(title).count()) === 0);
    }
    await workbench.page.keyboard.press('Escape');
    assert.ok(existsSync(join(folder, '.env')));
    assert.ok(!existsSync(join(folder, 'data/gold', LANDED_DATE)));
  });
});

async function setSecret(workbench: Workbench, name: string, value: string): Promise<void> {
  await workbench.command('M7: Set a Secret…');
  await workbench.choose(name);
  const input = workbench.picker.locator('input[type=password]').first();
  await input.waitFor();
  await input.fill(value);
  await workbench.page.keyboard.press('Enter');
  await workbench.notification(`${name} is set`);
}

/** Changes the embedded warehouse behind the product's back, once nobody else has it open. */
async function withWarehouse(
  folder: string,
  work: (run: (sql: string) => Promise<unknown>) => Promise<unknown>,
): Promise<void> {
  const data = join(folder, 'data');
  mkdirSync(data, { recursive: true });
  await eventually('the warehouse to be free', async () => {
    const database = await openDatabase({ folders: [data] });
    const connection = await database.connect();
    try {
      await connection.run(`ATTACH '${join(data, 'warehouse.duckdb').replaceAll("'", "''")}' AS w`);
      await work((sql) => connection.run(sql));
      await connection.run('DETACH w');
      return true;
    } finally {
      connection.close();
      database.close();
    }
  });
}
