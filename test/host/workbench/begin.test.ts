// The first minutes: an empty folder becomes a workspace, the walkthrough keeps count, tasks and checks work.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useWindow } from '../../support/host/window';
import { eventually, type Workbench } from '../../support/host/workbench';

async function emptyFolder(): Promise<string> {
  const folder = join(await mkdtemp(join(tmpdir(), 'm7-begin-')), 'pipeline');
  await mkdir(folder);
  return folder;
}

/** Titles of the walkthrough's steps that are done. */
function done(workbench: Workbench): Promise<readonly string[]> {
  return workbench.page
    .locator('.getting-started-step')
    .filter({ has: workbench.page.locator('.codicon.complete') })
    .locator('.step-title')
    .allInnerTexts();
}

describe('a folder without anything', () => {
  const window = useWindow({
    workspace: emptyFolder,
    // The page of walkthroughs asks for a picture that code-server does not have.
    // Its secrets live in the page, and want a key of a server that hands out none.
    provokes: [/templates\.png/, /\/mint-key/, /The check found/],
  });

  it('offers what to do in the view, and becomes a sample by one click', async () => {
    const { workbench, folder } = window();
    // Open from the start, the walkthrough sees what happens.
    await workbench.command('Welcome: Open Walkthrough...');
    await workbench.choose('Get Started with M7 Pipeline');
    await workbench.page.locator('.getting-started-step').first().waitFor();
    await workbench.container('M7 Pipeline');
    assert.equal(await workbench.view('Runs').count(), 0);
    await workbench.view('Layers').getByRole('button', { name: 'Create a Sample Workspace Here' }).click();
    await workbench.item('Layers', /Landing.*1 date/s).waitFor();
    await workbench.item('Runs', /new in landing/).waitFor();
    await workbench.view('Warehouse').getByText('No date has been loaded').waitFor();
    assert.ok(existsSync(join(folder, 'config/table_schemas.json')));
    await eventually('the first steps to be done', async () => {
      const titles = await done(workbench);
      return titles.includes('Create a workspace') && titles.includes('Browse the layers');
    });
  });

  it('is checked: problems have file and line, and go when they are mended', async () => {
    const { workbench, folder } = window();
    const rules = join(folder, 'config/validation_rules.json');
    const before = readFileSync(rules, 'utf8');
    writeFileSync(rules, before.replace('"rule": "not_null"', '"rule": "not_nul"'));
    await workbench.command('M7: Check the Workspace');
    await workbench.notification('The check found 1 error.');
    const problem = workbench.page.locator('.markers-panel .monaco-list-row').filter({ hasText: 'not_nul' });
    await problem.first().waitFor();
    assert.match(await problem.first().innerText(), /Did you mean "not_null".*\[Ln \d+, Col 1\]/s);
    writeFileSync(rules, before);
    await workbench.command('M7: Check the Workspace');
    await workbench.notification(/No problems found/);
    await eventually('no problem', async () => (await problem.count()) === 0);
  });

  it('is run by a task in a terminal: views and problems tell how it ended', async () => {
    const { workbench, folder } = window();
    await mkdir(join(folder, '.vscode'), { recursive: true });
    writeFileSync(
      join(folder, '.vscode/tasks.json'),
      JSON.stringify({
        version: '2.0.0',
        tasks: [
          { label: 'Devices alone', type: 'm7', command: 'run', table: 'Device', problemMatcher: '$m7' },
        ],
      }),
    );
    await eventually('the task to end', async () => {
      await workbench.command('Tasks: Run Task');
      await workbench.choose('Devices alone', 3_000);
      return true;
    });
    // Devices refer to users, which have not been run: the rule that says so stands in a line.
    await workbench.item('Runs', /1 table failed/).waitFor({ timeout: 60_000 });
    await workbench.page
      .locator('.panel')
      .getByRole('tab', { name: /^Problems/ })
      .click();
    const problem = workbench.page
      .locator('.markers-panel .monaco-list-row')
      .filter({ hasText: 'is not loaded' });
    await problem.first().waitFor();
    assert.match(await problem.first().innerText(), /device_user_known.*m7.*\[Ln \d+/s);
    await workbench.item('Runs', /History/).waitFor();
    await eventually('the step "Run a date" to be done', async () =>
      (await done(workbench)).includes('Run a date'),
    );
  });

  it('keeps a secret out of its files', async () => {
    const { workbench, folder } = window();
    await workbench.command('M7: Set a Secret…');
    await workbench.choose('SMTP_PASSWORD');
    const input = workbench.picker.locator('input[type=password]').first();
    await input.waitFor();
    await input.fill('hunter2 & more');
    await workbench.page.keyboard.press('Enter');
    await workbench.notification('SMTP_PASSWORD is set');
    await workbench.command('M7: Set a Secret…');
    await eventually('it to be known', async () =>
      (await workbench.rows()).some((row) => /SMTP_PASSWORD.*is set/s.test(row)),
    );
    await workbench.page.keyboard.press('Escape');
    assert.ok(!readFileSync(join(folder, '.env'), 'utf8').includes('hunter2'));
  });
});

describe('maintenance in the window', () => {
  const window = useWindow();

  it('shows what would go and why, asks, and only then does it', async () => {
    const { workbench, folder } = window();
    writeFileSync(join(folder, '.env'), 'RAW_RETENTION_DAYS=1\n', { flag: 'a' });
    const raw = join(folder, 'data/raw/20241114');
    await workbench.command('M7: Maintenance…');
    await eventually('the list', async () =>
      /will remove|will archive/.test(await workbench.picker.innerText()),
    );
    await workbench.page.keyboard.press('Escape');
    assert.ok(existsSync(raw));
    await workbench.command('M7: Maintenance…');
    await eventually('the list', async () =>
      /will remove|will archive/.test(await workbench.picker.innerText()),
    );
    await workbench.page.keyboard.press('Enter');
    const dialog = workbench.page.locator('.monaco-dialog-box');
    await dialog.getByRole('button', { name: 'Run Maintenance' }).click();
    await workbench.notification(/Maintenance finished/);
    assert.ok(!existsSync(raw));
    await workbench.container('M7 Pipeline');
    await workbench.item('Layers', /Archive.*1 date/s).waitFor();
  });
});
