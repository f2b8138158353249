// A date debugged as a user does it: breakpoint, F5, stop, look, ask, step, mend the rule, go on, from wherever it is begun.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { adapters, bytesOf, DebugView } from '../../support/host/debugging';
import { m7, RUN_DATE } from '../../support/host/sample';
import { useWindow } from '../../support/host/window';
import { eventually } from '../../support/host/workbench';

const RULES = 'config/validation_rules.json';
const DAY = '2024-11-14';

/** The line (from 1) on which a text stands first. */
function lineOf(path: string, text: string): number {
  const line = readFileSync(path, 'utf8')
    .split('\n')
    .findIndex((one) => one.includes(text));
  assert.notEqual(line, -1, text);
  return line + 1;
}

describe('debugging in the window', () => {
  const window = useWindow({
    // Saved by the user alone: what is not saved is one of the things to be told.
    settings: {
      'files.autoSave': 'off',
      'editor.autoClosingQuotes': 'never',
      'editor.autoSurround': 'never',
    },
    provokes: [
      /is not saved/,
      /Validate 2024-11-14 failed/,
      /There is no table "Usr"/,
      /"soon" is not a date/,
    ],
  });
  let untouched: Readonly<Record<string, string>> = {};
  let rules = '';

  before(() => {
    const { folder } = window();
    untouched = bytesOf(join(folder, 'data'));
    rules = readFileSync(join(folder, RULES), 'utf8');
  });
  const view = (): DebugView => new DebugView(window().workbench);

  it('begins by F5 in the rules file without a launch.json: asks for the date, and stops at the breakpoint', async () => {
    const { workbench, folder } = window();
    const debug = view();
    await workbench.openFile(RULES);
    // Lines move down when what stands above the rules has come.
    await workbench.page.locator('.codelens-decoration').getByText('Debug this rule').first().waitFor();
    const line = lineOf(join(folder, RULES), '"id": "user_email_form"');
    await workbench.goTo(line, 1);
    await debug.gutter(line + 2);
    await eventually('the breakpoint', async () => (await debug.breakpoints()) > 0);
    // Who goes away is left alone.
    const begin = async (): Promise<true> => {
      await workbench.page.keyboard.press('F5');
      await workbench.row(DAY).waitFor({ timeout: 5_000 });
      return true;
    };
    await eventually('the dates', begin);
    await workbench.page.keyboard.press('Escape');
    await workbench.picker.waitFor({ state: 'hidden' });
    assert.deepEqual(await workbench.editors(), ['validation_rules.json']);
    // A key that comes while the first session is being given up counts for nothing.
    await eventually('the dates again', begin);
    await workbench.choose(DAY);
    await debug.stands(/^rule user_email_form validation_rules\.json/);
    assert.match((await debug.stack())[1] ?? '', /^table User table_schemas\.json/);
    assert.equal(adapters(folder).length, 1);
    // It has moved to the first line of the rule's object.
    await workbench.page
      .locator('.statusbar-item')
      .filter({ hasText: `Ln ${line - 1}, Col 1` })
      .waitFor();
  });

  it('shows the rule, the counts, and the failing rows with their line', async () => {
    const debug = view();
    await debug.unfold(/^Rule/);
    await debug.shows(/^finding = 4 of 862 rows fail/);
    await debug.unfold(/^Rule/, false);
    await debug.unfold(/^Counts/);
    await debug.shows(/^rules = \d+/);
    await debug.unfold(/^Counts/, false);
    await debug.unfold(/^Failing rows \(4\)/);
    await debug.unfold(/^\[0\]/);
    await debug.shows(/^landing line = \S+_User_20241114\.csv:\d+/);
    await debug.unfold(/^Failing rows/, false);
  });

  it('answers in the Debug Console, in plain words where it cannot', async () => {
    const debug = view();
    await debug.ask('count(*) FILTER (WHERE email IS NULL)', /\b84\b/);
    await debug.ask('SELECT _brand, count(*) FROM failing GROUP BY 1', /\d rows × 2 columns/);
    await debug.ask('SELECT nothing_of_this FROM rows', /"nothing_of_this" not found/);
    await debug.ask('DELETE FROM rows', /Correct the SQL|:help/);
  });

  it('tells what is under the pointer: a rule, a column', async () => {
    const { workbench } = window();
    const over = async (text: string, name: string): Promise<void> => {
      const line = workbench.page.locator('.editor-instance .view-line').filter({ hasText: text }).first();
      await line.getByText(name).first().hover({ timeout: 2_000 });
    };
    const hover = workbench.page.locator('.debug-hover-widget').filter({ visible: true });
    await eventually('the finding of the rule', async () => {
      await over('"id": "user_email_form",', 'user_email_form');
      return /user_email_form: passed, 4 of 862 rows fail/.test(await hover.innerText({ timeout: 2_000 }));
    });
    await workbench.page.mouse.move(5, 5);
    await eventually('the profile of the column', async () => {
      await over('"column": "email",', '"email"');
      return /email VARCHAR: 84 of 862 NULL/.test(await hover.innerText({ timeout: 2_000 }));
    });
  });

  it('steps into the rows at their lines, out, to the next rule, and back', async () => {
    const { workbench } = window();
    const debug = view();
    await workbench.page.mouse.move(5, 5);
    await debug.press('Step Into');
    await debug.stands(/^failing row 1 \S+_User_20241114\.csv:\d+ User\.csv/);
    assert.ok((await workbench.editors()).includes('User.csv'));
    await debug.shows(/^user_id = "\w+-U-\d+"/);
    const line = /(\d+):1$/.exec((await debug.stack())[0] ?? '')?.[1] ?? '';
    await workbench.page
      .locator('.statusbar-item')
      .filter({ hasText: `Ln ${line}, Col 1` })
      .waitFor();
    assert.equal(
      await workbench.page.locator('.editor-instance .debug-top-stack-frame-line').count(),
      1,
      'The line is marked.',
    );
    await debug.press('Step Into');
    await debug.stands(/^failing row 2 /);
    await debug.press('Step Out');
    await debug.stands(/^rule user_email_form/);
    await debug.press('Step Over');
    await debug.stands(/^rule user_email_once/);
    await debug.press('Step Back');
    await debug.stands(/^rule user_email_form/);
  });

  it('restarts the frame by the rules of the file, and says so of those that are not saved', async () => {
    const { workbench, folder } = window();
    const debug = view();
    const frame = workbench.page.locator('.debug-call-stack .stack-frame').first();
    const restart = async (): Promise<void> => {
      await frame.hover();
      await frame.locator('a.action-label[aria-label^="Restart Frame"]').click();
    };
    await workbench.page.locator('.tab').filter({ hasText: 'validation_rules.json' }).click();
    await workbench.goTo(lineOf(join(folder, RULES), '"warn": "2%"'), 1);
    await workbench.page.keyboard.press('Shift+End');
    await workbench.page.keyboard.type('          "warn": 1,');
    await restart();
    const told = await workbench.notification(/validation_rules\.json is not saved/);
    await debug.unfold(/^Rule/);
    await debug.shows(/^status = passed/);
    await told.getByText('Save and Restart Frame').click();
    await debug.shows(/^limit = 1 row$/);
    await debug.shows(/^status = warned/);
    assert.match(readFileSync(join(folder, RULES), 'utf8'), /"warn": 1,/);
    await workbench.command('Notifications: Clear All Notifications');
  });

  it('goes on to its end: nothing is changed, and no process is left', async () => {
    const { workbench, folder } = window();
    const debug = view();
    await debug.filter('Failed warning rules', false);
    await debug.press('Continue');
    await debug.over();
    assert.match(await debug.printed(), /Nothing was changed: it ran on a copy/);
    await eventually('the adapter to be gone', () => Promise.resolve(adapters(folder).length === 0));
    assert.deepEqual(bytesOf(join(folder, 'data')), untouched);
    await workbench.openFile(RULES);
    // With the session gone it stands again where it was put.
    await workbench.goTo(lineOf(join(folder, RULES), '"id": "user_email_form"') + 2, 1);
    await workbench.page.keyboard.press('F9');
    await eventually('the breakpoint to be gone', async () => (await debug.breakpoints()) === 0);
    writeFileSync(join(folder, RULES), rules);
    await workbench.command('View: Close All Editors');
  });

  it('begins at a failed run: by its notification, at the rule that failed', async () => {
    const { workbench, folder } = window();
    const debug = view();
    const failing = rules.replace('"id": "user_id_form",', '"id": "user_id_form", "error": 0,');
    writeFileSync(join(folder, RULES), failing);
    await workbench.command('M7: Validate a Date…');
    await workbench.choose(DAY);
    const told = await workbench.notification(/Validate 2024-11-14 failed: .*user_id_form: 2 of 862 rows/);
    await told.getByText('Debug', { exact: true }).click();
    // A stop at a failure shows the view as one at a breakpoint does.
    await debug.stands(/^rule user_id_form/);
    await workbench.page.locator('.exception-widget').getByText('2 of 862 rows fail').waitFor();
    await debug.press('Stop');
    await debug.over();
    await workbench.command('Notifications: Clear All Notifications');
  });

  it('begins at a failed table of the Runs view', async () => {
    const { workbench } = window();
    const debug = view();
    await workbench.container('M7 Pipeline');
    await workbench.unfold('Runs', /2024-11-14.*1 table failed/s);
    const table = workbench.item('Runs', /^User/);
    // Where the tree is read again in the middle of a click, VS Code runs the command without its row: it asks for a date.
    await eventually('the session', async () => {
      await table.hover();
      await table.locator('a.action-label[aria-label^="Debug a Date"]').click({ timeout: 2_000 });
      const asks = workbench.picker.waitFor({ timeout: 10_000 }).then(() => 'asks' as const);
      const begins = debug.toolbar.waitFor({ timeout: 10_000 }).then(() => 'begins' as const);
      if ((await Promise.any([asks, begins])) === 'begins') return true;
      await workbench.page.keyboard.press('Escape');
      return false;
    });
    await debug.stands(/^rule user_id_form/);
    await debug.press('Stop');
    await debug.over();
  });

  it('begins above a rule, with a breakpoint that goes with the session', async () => {
    const { workbench, folder } = window();
    const debug = view();
    writeFileSync(join(folder, RULES), rules);
    await workbench.command('View: Close All Editors');
    await workbench.openFile(RULES);
    await workbench.goTo(lineOf(join(folder, RULES), '"id": "user_email_once"'), 1);
    const lenses = workbench.page.locator('.codelens-decoration').filter({ hasText: '4 of 770 rows fail' });
    // A lens that is drawn anew in the middle of a click takes no notice of it.
    await eventually('the session', async () => {
      await lenses.getByText('Debug this rule').click({ timeout: 2_000 });
      await debug.toolbar.waitFor({ timeout: 5_000 });
      return true;
    });
    await debug.stands(/^rule user_email_once/);
    await workbench.page
      .locator('.debug-breakpoints .monaco-list-row')
      .getByText('validation_rules')
      .waitFor();
    await debug.press('Stop');
    await debug.over();
    await eventually('the breakpoint to be gone', async () => (await debug.breakpoints()) === 0);
  });

  it('takes a launch.json: one that is right, and one with a slip, which is told', async () => {
    const { workbench, folder } = window();
    const debug = view();
    const begin = async (more: object): Promise<void> => {
      mkdirSync(join(folder, '.vscode'), { recursive: true });
      writeFileSync(
        join(folder, '.vscode/launch.json'),
        JSON.stringify({
          version: '0.2.0',
          configurations: [
            { type: 'm7', request: 'launch', name: 'Mine', workspace: '${workspaceFolder}', ...more },
          ],
        }),
      );
      await eventually('the session', async () => {
        await workbench.command('Debug: Start Debugging');
        const dialog = workbench.page.locator('.monaco-dialog-box');
        return await eventually(
          'its beginning',
          async () => (await debug.toolbar.isVisible()) || (await dialog.isVisible()),
          5_000,
        );
      });
    };
    const refused = async (words: RegExp): Promise<void> => {
      const dialog = workbench.page.locator('.monaco-dialog-box');
      assert.match((await dialog.innerText()).replace(/\s+/g, ' '), words);
      assert.equal(await dialog.getByText("Open 'launch.json'").count(), 1);
      await workbench.page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'hidden' });
    };
    await begin({ date: 'soon' });
    await refused(/"soon" is not a date\. Write it as "20241115" in launch\.json/);
    await begin({ date: RUN_DATE, table: 'Usr' });
    await refused(/There is no table "Usr"\. Did you mean "User"\?/);
    await begin({ date: RUN_DATE, table: 'Device', stage: 'gold-to-snowflake', stopOnEntry: true });
    await debug.stands(/^table Device/);
    await debug.press('Stop');
    await debug.over();
    await workbench.command('View: Close All Editors');
  });

  it('stops where a check box says', async () => {
    const { workbench } = window();
    const debug = view();
    await workbench.command('View: Show Run and Debug');
    await debug.filter('Failed warning rules', true);
    await workbench.command('M7: Debug a Date…');
    await workbench.choose(DAY);
    await workbench.page.locator('.exception-widget').waitFor();
    await debug.stands(/^rule /);
    await debug.filter('Failed warning rules', false);
    await debug.press('Continue');
    await debug.over();
  });

  it('works beside a run, and says what it sees', async () => {
    const { workbench, folder } = window();
    const debug = view();
    const run = m7('run', '--workspace', folder, '--date', '20241115');
    await eventually('the run', async () =>
      /running elsewhere/.test(await workbench.page.locator('.part.statusbar').innerText()),
    );
    await workbench.command('M7: Debug a Date…');
    await workbench.choose(DAY);
    await eventually('a word of it', async () => /A run is in progress/.test(await debug.printed()));
    await debug.over();
    await run;
  });
});

describe('debugging in Restricted Mode', () => {
  const window = useWindow({ trust: false });

  it('is refused with a way to trust', async () => {
    const { workbench, folder } = window();
    const no = workbench.page.getByText(/No, I don't trust/);
    await no.click({ timeout: 5_000 }).catch(() => undefined);
    await workbench.container('M7 Pipeline');
    await workbench.item('Runs', DAY).waitFor();
    await workbench.command('M7: Debug a Date…');
    const told = await workbench.notification(/Restricted Mode/);
    assert.equal(await told.getByText('Manage Workspace Trust').count(), 1);
    assert.deepEqual(adapters(folder), []);
  });
});
