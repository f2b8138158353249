// Rules in the Test Explorer: the tree, runs by date, failures beside the rule, saves, ordinary runs, a debug session.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DebugView } from '../../support/host/debugging';
import type { Locator } from '../../support/host/playwright';
import { LANDED_DATE, m7, sampleWorkspace } from '../../support/host/sample';
import { useWindow } from '../../support/host/window';
import { eventually, type Workbench } from '../../support/host/workbench';

/** A rule that every row breaks, one that measures, one that cannot be evaluated, and one that holds. */
const RULES: readonly Readonly<Record<string, unknown>>[] = [
  { id: 'all_fail', rule: 'regex', column: 'user_id', pattern: 'x+', tags: ['tried'] },
  { id: 'too_many', rule: 'row_count', max: 5 },
  { id: 'nonsense', rule: 'expression', expression: 'no_such > 1' },
  { id: 'holds', rule: 'not_null', column: 'user_id' },
];
const START = '"rules": [';

const withRules = (text: string): string =>
  text.replace(START, `${START}\n${RULES.map((rule) => `${JSON.stringify(rule, null, 2)},`).join('\n')}`);

async function workspace(): Promise<string> {
  const folder = await sampleWorkspace();
  await m7('run', '--workspace', folder, '--date', LANDED_DATE);
  const rules = join(folder, 'config/validation_rules.json');
  writeFileSync(rules, withRules(readFileSync(rules, 'utf8')));
  // A case that is none, and is told as such.
  mkdirSync(join(folder, 'test/cases/broken'), { recursive: true });
  writeFileSync(join(folder, 'test/cases/broken/expected.json'), '{"version": 2}');
  return folder;
}

describe('rules in the Test Explorer', () => {
  // The editor's own tree of results stumbles over its sticky lines now and then.
  const window = useWindow({ workspace, provokes: [/stickyScrollDelegate violates constraints/] });
  const rules = (): string => join(window().folder, 'config/validation_rules.json');

  /** An item of the explorer by its name, which its label begins with. */
  const item = (workbench: Workbench, name: string): Locator =>
    workbench.page
      .locator(
        `xpath=//div[contains(@class,"testing-stdtree-container")]/div[@class="label" and text()[.="${name}" or starts-with(., "${name} · ")]]/ancestor::div[@role="treeitem"]`,
      )
      .first();
  const unfold = async (workbench: Workbench, label: string): Promise<void> => {
    const row = item(workbench, label);
    await row.waitFor();
    if ((await row.getAttribute('aria-expanded')) !== 'true') await row.locator('.monaco-tl-twistie').click();
    await eventually(`${label} unfolded`, async () => (await row.getAttribute('aria-expanded')) === 'true');
  };
  const says = (workbench: Workbench, label: string, state: RegExp): Promise<boolean> =>
    eventually(`${label} to be ${String(state)}`, async () =>
      state.test((await item(workbench, label).locator('.computed-state').getAttribute('class')) ?? ''),
    );
  const run = async (workbench: Workbench, label: string, icon = 'testing-run-icon'): Promise<void> => {
    const row = item(workbench, label);
    await row.hover();
    await row.locator(`.codicon-${icon}`).first().click();
  };
  /** What the panel of results shows as output. */
  const output = (workbench: Workbench): Promise<string> =>
    workbench.page.locator('.test-output-peek-message-container, .test-output-peek').first().innerText();

  it('is built when it is opened: tables, rules, cases, and what the last run found', async () => {
    const { workbench } = window();
    await workbench.container('Testing');
    await unfold(workbench, 'Rules');
    await unfold(workbench, 'User');
    await item(workbench, 'all_fail').waitFor();
    // Rules of the file that the last run knew have its results; those written since have none.
    await says(workbench, 'user_id_form', /failed-icon|passed-icon/);
    assert.doesNotMatch(
      (await item(workbench, 'all_fail').locator('.computed-state').getAttribute('class')) ?? '',
      /failed-icon/,
    );
    await unfold(workbench, 'Cases');
    await item(workbench, 'broken').waitFor();
  });

  it('runs one rule: failed in the gutter and beside its line, with samples and a way to the rows', async () => {
    const { workbench } = window();
    const { page } = workbench;
    await workbench.openFile('config/validation_rules.json');
    await run(workbench, 'all_fail');
    await says(workbench, 'all_fail', /failed-icon/);
    await page.locator('.testing-run-glyph.codicon-testing-failed-icon').first().waitFor();
    const beside = page.locator('.test-error-content-widget').filter({ hasText: /rows fail \(100%\)/ });
    await beside.waitFor();
    await workbench.command('View: Hide Panel');
    await beside.click();
    const peek = page.locator('.zone-widget, .peekview-widget').filter({ hasText: 'Show the failing rows' });
    await peek.getByText(/Expected: no failing rows/).waitFor();
    await peek.getByText('The first 5 of').waitFor();
    await peek
      .getByText(/User_20241115\.csv, row/)
      .first()
      .waitFor();
    await workbench.picture(join(__dirname, '../../../.screenshots/tests-peek.png'));
    await peek.getByText('Show the failing rows').click();
    await eventually('the rows', async () =>
      (await workbench.editors()).some((name) => name.startsWith('all_fail 20241115')),
    );
    await workbench.webview('[role=grid]');
  });

  it('passes a rule that only warns: the warning stands in its label and beside its line', async () => {
    const { workbench } = window();
    const { page } = workbench;
    const warning = /Warning: \d+ of \d+ rows fail \(0\.\d+%\), within 5%/;
    // As the last run left it, and again where it is run by itself.
    assert.match(await item(workbench, 'user_id_form').innerText(), warning);
    await workbench.openFile('config/validation_rules.json');
    const lines = readFileSync(rules(), 'utf8').split('\n');
    await workbench.goTo(lines.findIndex((line) => line.includes('"user_id_form"')) + 1, 1);
    await run(workbench, 'user_id_form');
    await says(workbench, 'user_id_form', /passed-icon/);
    await eventually('the warning beside the line', async () => {
      const beside = await page.locator('.view-lines .test-message-inline-content').allInnerTexts();
      return warning.test(beside.join('').replace(/\s+/g, ' '));
    });
    // Heard as a whole: which rule, what of it, how it ended.
    const heard = await item(workbench, 'user_id_form').getAttribute('aria-label');
    assert.match(heard ?? '', /^user_id_form · Warning: .* · regex user_id \(Passed\)/);
  });

  it('tells a measure, a rule that cannot be evaluated, one that holds, and a case that is none', async () => {
    const { workbench } = window();
    await run(workbench, 'too_many');
    await says(workbench, 'too_many', /failed-icon/);
    await run(workbench, 'nonsense');
    await says(workbench, 'nonsense', /error-icon/);
    await run(workbench, 'holds');
    await says(workbench, 'holds', /passed-icon/);
    await run(workbench, 'broken');
    await says(workbench, 'broken', /error-icon/);
  });

  it('offers each date, and runs on the one that is chosen', async () => {
    const { workbench } = window();
    const { page } = workbench;
    await item(workbench, 'too_many').click({ button: 'right' });
    // A menu that has just come takes no click yet.
    await eventually('the profiles', async () => {
      await page.locator('.monaco-menu').getByText('Execute Using Profile').click({ timeout: 2_000 });
      await workbench.picker.waitFor({ timeout: 2_000 });
      return true;
    });
    await workbench.choose('2024-11-14');
    await eventually('its output', async () => /User · 2024-11-14/.test(await output(workbench)));
  });

  it('follows what is typed: renamed, added and broken text', async () => {
    const { workbench } = window();
    await workbench.openFile('config/validation_rules.json');
    const before = readFileSync(rules(), 'utf8');
    try {
      writeFileSync(rules(), before.replace('"holds"', '"holds_still"'));
      await item(workbench, 'holds_still').waitFor();
      await eventually('the old name gone', async () => (await item(workbench, 'holds').count()) === 0);
      await says(workbench, 'all_fail', /failed-icon/);
      writeFileSync(rules(), before.replace(START, '"rules" ['));
      await workbench.page
        .locator('.test-explorer')
        .getByText(/Line \d+: /)
        .first()
        .waitFor();
      await says(workbench, 'all_fail', /failed-icon/);
    } finally {
      writeFileSync(rules(), before);
    }
    await item(workbench, 'holds').waitFor();
  });

  it('runs on every save where that was switched on', async () => {
    const { workbench } = window();
    const { page } = workbench;
    await workbench.openFile('config/validation_rules.json');
    await run(workbench, 'all_fail', 'testing-turn-continuous-run-on');
    const lines = readFileSync(rules(), 'utf8').split('\n');
    const line = lines.findIndex((text) => text.includes('"x+"'));
    await workbench.goTo(line + 1, (lines[line] ?? '').indexOf('x+') + 1);
    // Now any text matches.
    await page.keyboard.insertText('.*|');
    await page.keyboard.press('ControlOrMeta+S');
    await says(workbench, 'all_fail', /passed-icon/);
    await item(workbench, 'all_fail').locator('a[aria-label*="Continuous Run"]').first().click();
  });

  it('shows what an ordinary run found, when it has ended', async () => {
    const { workbench, folder } = window();
    await run(workbench, 'holds');
    await says(workbench, 'holds', /passed-icon/);
    // No row has such a value; and a rule that cannot be read would keep the run from beginning.
    const text = readFileSync(rules(), 'utf8')
      .replace(/"rule": "not_null"/, '"rule": "enum", "values": ["none"]')
      .replace('no_such > 1', 'user_id IS NOT NULL');
    writeFileSync(rules(), text);
    await m7('run', '--workspace', folder, '--date', LANDED_DATE);
    await says(workbench, 'holds', /failed-icon/);
    await says(workbench, 'nonsense', /passed-icon/);
  });

  it('debugs a rule: the session stops at it', async () => {
    const { workbench } = window();
    const debug = new DebugView(workbench);
    await run(workbench, 'nonsense', 'testing-debug-icon');
    await debug.toolbar.waitFor({ timeout: 60_000 });
    // A rule that fails stops every session; the one that was chosen does although it passes.
    await debug.stands(/^rule too_many validation_rules\.json/);
    await debug.press('Continue');
    await debug.stands(/^rule nonsense validation_rules\.json/);
    await debug.press('Stop');
    await debug.over();
  });
});
