// Rules in the Test Explorer: the tree, runs by date, states, and how it follows the file.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from '../../support/host/playwright';
import { LANDED_DATE, m7, sampleWorkspace } from '../../support/host/sample';
import { useWindow } from '../../support/host/window';
import { eventually, type Workbench } from '../../support/host/workbench';

/** A rule that every row breaks, one that measures, and one that cannot be evaluated. */
const RULES = [
  '{ "id": "all_fail", "rule": "regex", "column": "user_id", "pattern": "x+", "tags": ["tried"] }',
  '{ "id": "too_many", "rule": "row_count", "max": 5 }',
  '{ "id": "nonsense", "rule": "expression", "expression": "no_such > 1" }',
  '{ "id": "holds", "rule": "not_null", "column": "user_id" }',
];
const START = '"rules": [';

const withRules = (text: string): string =>
  text.replace(START, `${START}\n${RULES.map((rule) => `        ${rule},`).join('\n')}`);

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
  const window = useWindow({ workspace });
  const rules = (): string => join(window().folder, 'config/validation_rules.json');

  /** An item of the explorer by its label; its description stands in an element of its own. */
  const item = (workbench: Workbench, label: string): Locator =>
    workbench.page
      .locator(
        `xpath=//div[contains(@class,"testing-stdtree-container")]/div[@class="label" and text()="${label}"]/ancestor::div[@role="treeitem"]`,
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

  it('runs one rule', async () => {
    const { workbench } = window();
    await workbench.openFile('config/validation_rules.json');
    await run(workbench, 'all_fail');
    await says(workbench, 'all_fail', /failed-icon/);
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
    await item(workbench, 'too_many').click();
    await workbench.command('Test: Run Test at Cursor').catch(() => undefined);
    await item(workbench, 'too_many').click({ button: 'right' });
    await page.locator('.monaco-menu').getByText('Execute Using Profile').click();
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
});
