// The report as its readers use it: from the palette to what is wrong, to the rule, to the line, and back.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { DateSummary, Report } from '../../../src/engine';
import { LANDED_DATE, m7, RUN_DATE, sampleWorkspace } from '../../support/host/sample';
import type { Frame } from '../../support/host/playwright';
import { useWindow } from '../../support/host/window';
import { eventually } from '../../support/host/workbench';
import { flaws } from '../../support/host/accessibility';

const DAY = '2024-11-14';
const RULE = 'playback_user_known';
const RULES = 'config/validation_rules.json';

describe('the report in the editor', () => {
  const window = useWindow(async () => {
    const folder = await sampleWorkspace('report');
    // One row that breaks the rule is one too many: the table fails.
    changeRule(folder, { error: 0 });
    await m7('run', '--workspace', folder, '--date', RUN_DATE);
    return { workspace: () => Promise.resolve(folder) };
  });
  const reportOf = (table: string): Report =>
    JSON.parse(readFileSync(join(window().folder, `data/logs/reports/${RUN_DATE}/${table}.json`), 'utf8'));
  const summary = (): DateSummary =>
    JSON.parse(readFileSync(join(window().folder, `data/logs/reports/${RUN_DATE}/summary.json`), 'utf8'));
  const rulesText = (): string => readFileSync(join(window().folder, RULES), 'utf8');

  const show = async (day: string): Promise<void> => {
    const { workbench } = window();
    // Rows move when it becomes known what is known of each date: who clicks before hits another. And a page that
    // comes late takes the focus, which closes the picker.
    await eventually(
      'the facts about dates',
      async () => {
        if (!(await workbench.picker.isVisible())) await workbench.command('M7: Show Report…');
        const rows = await workbench.picker.locator('.quick-input-list .monaco-list-row').allInnerTexts();
        return rows.some((row) => /\d table|\d file/.test(row));
      },
      60_000,
    );
    await workbench.choose(day);
  };
  const open = async (): Promise<Frame> => {
    await show(DAY);
    return page();
  };
  const page = async (): Promise<Frame> => {
    const frame = await window().workbench.webview('.content header h1');
    await frame.locator('#findings').waitFor();
    return frame;
  };
  const opener = (frame: Frame) =>
    frame.locator('.finding button.disclosure').filter({ hasText: RULE }).first();
  /** Line of the cursor, as the status bar tells. */
  const atLine = async (line: number): Promise<void> => {
    const bar = window()
      .workbench.page.locator('.statusbar-item')
      .filter({ hasText: new RegExp(`Ln ${line},`) });
    await bar.first().waitFor({ timeout: 20_000 });
  };
  const tab = () =>
    window()
      .workbench.page.locator('.tab')
      .filter({ hasText: `Report ${DAY}` });
  const back = async (): Promise<Frame> => {
    const tab = window()
      .workbench.page.locator('.tab')
      .filter({ hasText: `Report ${DAY}` });
    await tab.first().click();
    return page();
  };

  it('opens from the palette with what is wrong first', async () => {
    const frame = await open();
    assert.match(await frame.locator('h1').innerText(), /2024-11-14\s+failed/);
    assert.match(await frame.locator('.verdict').innerText(), /^1 of 7 tables failed/);
    // What the files were like is ahead of the rules; the failed rule is found by its name, and stays alone below.
    const first = frame.locator('.finding').first();
    assert.match(await first.innerText(), /warned[^]*drift\./);
    await frame.locator('[data-key="filter-text"]').fill(RULE);
    await eventually('the failed rule', async () =>
      new RegExp(`failed[^]*${RULE}`).test(await first.innerText()),
    );
    await tab().first().waitFor();
  });

  it('is one panel for a date', async () => {
    await open();
    assert.equal(await tab().count(), 1);
  });

  it('leads by keyboard alone from a finding to its rule', async () => {
    const { workbench } = window();
    const frame = await page();
    // From the search field down: what can be reached by the mouse can be reached by Tab.
    await frame.locator('[data-key="filter-text"]').focus();
    const label = async (): Promise<string> => {
      const active = frame.locator(':focus');
      return `${(await active.getAttribute('class')) ?? ''} ${(await active.textContent()) ?? ''}`;
    };
    const tabTo = async (text: RegExp): Promise<void> => {
      for (let i = 0; i < 12; i += 1) {
        if (text.test(await label())) return;
        await workbench.page.keyboard.press('Tab');
      }
      assert.fail(`Tab does not lead to ${String(text)}: ${await label()}`);
    };
    await tabTo(new RegExp(`^disclosure.*${RULE}`));
    await workbench.page.keyboard.press('Enter');
    await opener(frame).locator('xpath=self::*[@aria-expanded="true"]').waitFor();
    await tabTo(/Open rule/);
    await workbench.page.keyboard.press('Enter');
    await workbench.page
      .locator('.tab.active')
      .filter({ hasText: basename(RULES) })
      .waitFor();
    const lines = rulesText().split('\n');
    const id = lines.findIndex((line) => line.includes(`"${RULE}"`)) + 1;
    const rule = reportOf('Playback').findings.find((one) => one.id === RULE);
    assert.ok(
      rule !== undefined && Math.abs(rule.config_line - id) <= 2,
      `${rule?.config_line} is not near ${id}`,
    );
    await atLine(rule.config_line);
  });

  it('leads from a failing row to its line in the file that came', async () => {
    const frame = await back();
    const sample = reportOf('Playback')
      .findings.find((one) => one.id === RULE)
      ?.samples.find((one) => one.file?.endsWith('.csv') === true);
    assert.ok(sample?.file !== null && sample !== undefined);
    const row = frame
      .locator('.samples tbody tr')
      .filter({ hasText: basename(sample.file) })
      .first();
    await row.locator('button.source').click();
    await window().workbench.page.locator('.tab.active').filter({ hasText: /\.csv/ }).waitFor();
    const again = await back();
    const told = again.locator('tr.origin').first();
    // The page was drawn anew when its tab came back: the line is asked for again, and now stays in view.
    if (!(await told.isVisible())) {
      await again
        .locator('.samples button.source')
        .filter({ hasText: basename(sample.file) })
        .first()
        .click();
      await window().workbench.page.locator('.tab.active').filter({ hasText: /\.csv/ }).waitFor();
    }
    const status = await window()
      .workbench.page.locator('.statusbar-item')
      .filter({ hasText: /Ln \d+,/ })
      .first()
      .innerText();
    const line = Number(/Ln (\d+)/.exec(status)?.[1]);
    const brand = summary().arrivals.find((one) => one.files.includes(sample.file ?? ''))?.brand;
    assert.ok(brand !== undefined);
    const text = readFileSync(rawOf(brand, sample.file), 'latin1').split(/\r\n|\r|\n/)[line - 1] ?? '';
    assert.ok(
      Object.values(sample.values).some((value) => typeof value === 'string' && text.includes(value)),
      `line ${line} is ${text}`,
    );
  });
  const rawOf = (brand: string, file: string): string =>
    join(window().folder, 'data/raw', RUN_DATE, brand, `Playback${/\.\w+$/.exec(file)?.[0] ?? ''}`);

  it('opens the rejects of a table in the preview', async () => {
    const frame = await back();
    await frame.locator('button.action').filter({ hasText: 'Open rejects' }).first().click();
    const grid = await window().workbench.webview('[role=grid]');
    await grid.locator('[role=gridcell]').filter({ hasText: 'RULE' }).first().waitFor();
  });

  it('keeps what is open and filtered over a tab switch and a reload of the window', async () => {
    const { workbench } = window();
    const frame = await back();
    await frame.locator('[data-key="filter-text"]').fill('playback user');
    assert.equal(await opener(frame).getAttribute('aria-expanded'), 'true');
    const check = async (there: Frame): Promise<void> => {
      assert.equal(await there.locator('[data-key="filter-text"]').inputValue(), 'playback user');
      assert.equal(await opener(there).getAttribute('aria-expanded'), 'true');
    };
    await workbench.openFile(RULES);
    await check(await back());
    await workbench.page.reload();
    await workbench.ready();
    await check(await back());
    await (await page()).locator('[data-key="filter-clear"]').click();
  });

  it('is drawn anew when a run elsewhere ends, where its reader is', async () => {
    const { folder } = window();
    changeRule(folder, { error: '50%' });
    await m7('run', '--workspace', folder, '--date', RUN_DATE);
    const frame = await page();
    await frame.locator('h1').filter({ hasText: 'warned' }).waitFor({ timeout: 30_000 });
    assert.equal(await opener(frame).getAttribute('aria-expanded'), 'true');
  });

  it('has names, captions and order for who cannot see it', async () => {
    const frame = await page();
    for (const more of ['passed', 'edges', 'profile', 'chart-rates', 'chart-rows'])
      await frame.locator(`[data-key*="${more}"]`).first().click();
    assert.deepEqual(await flaws(frame), []);
  });

  it('walks through the points of a chart by arrow keys, each told in words', async () => {
    const frame = await page();
    await frame.locator('[data-key="chart-rejects"]').waitFor();
    const points = frame.locator('.chart.bars .point');
    await points.last().focus();
    const tip = frame.locator('.tip').filter({ visible: true });
    const before = await tip.first().innerText();
    await window().workbench.page.keyboard.press('ArrowUp');
    await eventually('another point', async () => (await tip.first().innerText()) !== before);
    await window().workbench.page.keyboard.press('Escape');
    assert.equal(await tip.count(), 0);
  });

  it('says that a date has no report, runs it on request, and shows what came of it', async () => {
    const { workbench } = window();
    await show('2024-11-15');
    const frame = await workbench.webview('.blank');
    assert.match(await frame.locator('.blank').innerText(), /No report for 2024-11-15/);
    assert.ok(!existsSync(join(window().folder, 'data/logs/reports', LANDED_DATE)));
    await frame.getByRole('button', { name: 'Run this date' }).click();
    await frame.locator('#findings').waitFor({ timeout: 90_000 });
    assert.match(await frame.locator('h1').innerText(), /2024-11-15\s+(warned|passed|failed)/);
  });

  it('writes itself as HTML where it is wanted', async () => {
    const { workbench, folder } = window();
    const frame = await workbench.webview('.content header h1');
    await frame.getByRole('button', { name: 'Export HTML' }).click();
    await workbench.picker.locator('input').first().waitFor();
    await workbench.page.keyboard.press('Enter');
    const path = join(folder, 'report-2024-11-15.html');
    await eventually('the file', () => Promise.resolve(existsSync(path)));
    await eventually('its end', () =>
      Promise.resolve(readFileSync(path, 'utf8').trimEnd().endsWith('</html>')),
    );
  });
});

function changeRule(folder: string, more: Readonly<Record<string, unknown>>): void {
  const path = join(folder, RULES);
  const config = JSON.parse(readFileSync(path, 'utf8'));
  const rules: readonly { readonly id?: string }[] = config.tables.Playback.rules;
  const rule = rules.find((one) => one.id === RULE);
  assert.ok(rule !== undefined);
  Object.assign(rule, more);
  writeFileSync(path, `${JSON.stringify(config, undefined, 2)}\n`);
}
