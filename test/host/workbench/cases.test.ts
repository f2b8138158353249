// A test case made of a failure in a real window: from the palette, from the report, refused, cancelled, run.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Frame } from '../../support/host/playwright';
import { m7, RUN_DATE, sampleWorkspace } from '../../support/host/sample';
import { useWindow } from '../../support/host/window';
import { eventually } from '../../support/host/workbench';

const DAY = '2024-11-14';
const COMMAND = 'M7: Create Test Case from a Failure…';
const RULES = 'config/validation_rules.json';

describe('test cases in the editor', () => {
  const window = useWindow(async () => {
    const folder = await sampleWorkspace('cases');
    // A rule that hangs on a value which is called sensitive.
    const [name = ''] = (
      await m7(
        ...['preview', join(folder, `data/gold/${RUN_DATE}/User.parquet`), '--format', 'csv'],
        ...['--sql', 'SELECT first_name FROM file WHERE length(first_name) > 3 LIMIT 1'],
      )
    )
      .trim()
      .split(/\r?\n/)
      .slice(-1);
    const path = join(folder, RULES);
    const config: { readonly tables: { readonly User: { readonly rules: object[] } } } = JSON.parse(
      readFileSync(path, 'utf8'),
    );
    config.tables.User.rules.push({
      ...{ rule: 'not_enum', id: 'user_not_known', column: 'first_name', values: [name] },
      severity: 'warning',
    });
    writeFileSync(path, `${JSON.stringify(config, undefined, 2)}\n`);
    await m7('run', '--workspace', folder, '--date', RUN_DATE);
    return {
      workspace: () => Promise.resolve(folder),
      provokes: [/where a key in double quotes is expected/],
    };
  });
  const cases = (): string => join(window().folder, 'test/cases');
  const box = () => window().workbench.picker.locator('input').first();
  const title = (text: string) =>
    window().workbench.picker.locator('.quick-input-title').filter({ hasText: text });

  /** From the palette to the box that asks for the name. */
  const choose = async (table: string, failure: string): Promise<void> => {
    const { workbench } = window();
    await workbench.command(COMMAND);
    await workbench.choose(DAY);
    await workbench.choose(table);
    await workbench.choose(failure);
    await workbench.picker.getByText('Creates a folder of this name in test/cases').waitFor();
  };
  const isActive = (name: string): Promise<void> =>
    window().workbench.page.locator('.tab.active').filter({ hasText: name }).first().waitFor();

  it('is made from the palette: date, table, failure, name; opened beside its lines, and run', async () => {
    const { workbench } = window();
    await choose('User', 'user_email_once');
    assert.equal(await box().inputValue(), 'User_user_email_once');
    await workbench.page.keyboard.press('Enter');
    await isActive('expected.json');
    await isActive('_20241114');
    const told = await workbench.notification(/test\/cases\/User_user_email_once: reduced to 2 lines/);
    assert.match(await told.innerText(), /Masked: User\.birth_date, User\.email/);
    assert.match(await told.innerText(), /m7 test "test\/cases\/User_user_email_once"/);
    await told.getByRole('button', { name: 'Run It' }).click();
    await workbench.notification('test/cases/User_user_email_once: as expected.');
    // The terminal says the same.
    assert.match(await m7('test', '--workspace', window().folder), /1 case: 1 as expected\./);
    await workbench.clear();
  });

  it('proposes a name that is free, and takes none that is taken or no name', async () => {
    const { workbench } = window();
    await choose('User', 'user_email_once');
    assert.equal(await box().inputValue(), 'User_user_email_once_2');
    for (const [name, words] of [
      ['User_user_email_once', /already exists in test\/cases/],
      ['../up', /Use letters, digits/],
      ['', /Use letters, digits/],
    ] as const) {
      await box().fill(name);
      await workbench.picker.getByText(words).first().waitFor();
      await workbench.page.keyboard.press('Enter');
      await workbench.picker.getByText(words).first().waitFor();
    }
    await workbench.page.keyboard.press('Escape');
    await workbench.picker.waitFor({ state: 'hidden' });
    assert.deepEqual(readdirSync(cases()), ['User_user_email_once']);
  });

  it('asks before values that are called sensitive are kept', async () => {
    const { workbench } = window();
    const make = async (): Promise<void> => {
      await choose('User', 'user_not_known');
      await workbench.page.keyboard.press('Enter');
      await workbench.page
        .locator('.monaco-dialog-box')
        .filter({ hasText: 'depends on the values of User.first_name' })
        .waitFor({ timeout: 60_000 });
    };
    const button = (name: string) =>
      workbench.page.locator('.monaco-dialog-box').getByRole('button', { name, exact: true });
    await make();
    await button('Cancel').click();
    assert.ok(!existsSync(join(cases(), 'User_user_not_known')));
    await make();
    await button('Keep the Values').click();
    await workbench.notification(/test\/cases\/User_user_not_known: reduced to 1 line/);
    assert.ok(existsSync(join(cases(), 'User_user_not_known/expected.json')));
    await workbench.clear();
  });

  it('stops when it is cancelled, and leaves nothing', async () => {
    const { workbench } = window();
    const before = readdirSync(cases());
    await choose('EPG', 'epg_in_order');
    await workbench.page.keyboard.press('Enter');
    const running = await workbench.notification(/Creating test case EPG_epg_in_order/);
    await running.getByRole('button', { name: 'Cancel' }).click();
    await running.waitFor({ state: 'hidden' });
    await eventually('no draft', () => Promise.resolve(readdirSync(cases()).length === before.length));
    assert.deepEqual(readdirSync(cases()), before);
    await workbench.clear();
  });

  describe('from the report', () => {
    const RULE = 'playback_user_known';
    const report = async (): Promise<Frame> => {
      const { workbench } = window();
      await workbench.command('M7: Show Report…');
      await workbench.choose(DAY);
      const frame = await workbench.webview('.content header h1');
      await frame.locator('#findings').waitFor();
      return frame;
    };

    /** Out of the box that asks for the name, once it is there. */
    const leave = async (): Promise<void> => {
      const { workbench } = window();
      await title('Create a Test Case:').waitFor();
      await box().focus();
      await workbench.page.keyboard.press('Escape');
      await workbench.picker.waitFor({ state: 'hidden' });
    };

    it('leads on from a finding by the keyboard', async () => {
      const { workbench } = window();
      const frame = await report();
      const item = frame.locator('.finding').filter({ hasText: RULE }).first();
      await item.locator('button.disclosure').click();
      await item.getByRole('button', { name: `Debug: ${RULE}` }).waitFor();
      await item.getByRole('button', { name: `Create test case: ${RULE}` }).focus();
      await workbench.page.keyboard.press('Enter');
      await title('Create a Test Case: Playback, rule playback_user_known fails').waitFor();
      assert.equal(await box().inputValue(), `Playback_${RULE}`);
      await workbench.page.keyboard.press('Enter');
      await workbench.notification(/test\/cases\/Playback_playback_user_known: reduced to 1 line/);
      await workbench.clear();
    });

    it('leads on from reasons, conversions and lines, seen where the pointer or the focus is', async () => {
      const { workbench } = window();
      const frame = await report();
      const reason = frame.locator('.bar-tools > li').first();
      await reason.locator('.tool').first().waitFor({ state: 'attached' });
      const opacity = (): Promise<string> =>
        reason
          .locator('.tool')
          .first()
          .evaluate((node) => getComputedStyle(node).opacity);
      assert.equal(await opacity(), '0');
      await reason.getByRole('button', { name: /^Create test case: / }).focus();
      await eventually('the icons to be seen', async () => (await opacity()) === '1');
      await workbench.page.keyboard.press('Enter');
      await leave();

      const conversion = frame.locator('#conversions .finding').first();
      await conversion.locator('button.disclosure').click();
      await conversion.getByRole('button', { name: /^Create test case: / }).click();
      await leave();
      const line = conversion.getByRole('button', { name: /^What became of this line: / }).first();
      await line.focus();
      await eventually(
        'the icon to be seen',
        async () => (await line.evaluate((node) => getComputedStyle(node).opacity)) === '1',
      );
    });

    it('starts a debug session of a rule', async () => {
      const { workbench } = window();
      const frame = await report();
      const item = frame.locator('.finding').filter({ hasText: RULE }).first();
      const opener = item.locator('button.disclosure');
      if ((await opener.getAttribute('aria-expanded')) !== 'true') await opener.click();
      await item.getByRole('button', { name: `Debug: ${RULE}` }).click();
      await workbench.page.locator('.debug-toolbar').filter({ visible: true }).waitFor({ timeout: 60_000 });
      await workbench.command('Debug: Stop');
      await workbench.page.locator('.debug-toolbar').filter({ visible: true }).waitFor({ state: 'hidden' });
      await workbench.clear();
    });
  });

  it('tells the line of a config that is broken', async () => {
    const { workbench, folder } = window();
    const path = join(folder, RULES);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace('"rules": [', '"rules": '));
    try {
      await workbench.command(COMMAND);
      const told = await workbench.notification(/where a key in double quotes is expected/);
      await told.getByRole('button', { name: 'Open File' }).click();
      await isActive('validation_rules.json');
    } finally {
      writeFileSync(path, text);
    }
    await workbench.page.keyboard.press('Escape');
  });
});

declare const getComputedStyle: (node: unknown) => { readonly opacity: string };

describe('test cases in a folder that is not trusted', () => {
  const window = useWindow({ trust: false });

  it('are refused with a way to trust, and the report says why its buttons are off', async () => {
    const { workbench } = window();
    const no = workbench.page.getByText(/No, I don't trust/);
    await no.click({ timeout: 5_000 }).catch(() => undefined);
    await workbench.command(COMMAND);
    await workbench.notification(/Restricted Mode/);
    await workbench.command('M7: Show Report…');
    await workbench.choose(DAY);
    const frame = await workbench.webview('#findings');
    const item = frame.locator('.finding').filter({ hasText: 'playback_user_known' }).first();
    await item.locator('button.disclosure').click();
    for (const name of ['Debug', 'Create test case']) {
      const button = item.getByRole('button', { name: new RegExp(`^${name}: `) });
      assert.notEqual(await button.getAttribute('disabled'), null);
      assert.match((await button.getAttribute('title')) ?? '', /trusted/);
    }
    const line = item.getByRole('button', { name: /^What became of this line/ }).first();
    assert.equal(await line.getAttribute('disabled'), null);
  });
});
