// What became of a line, as a user asks: at the cursor, from previews, by problems in the file; and where it leads.
import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { flaws } from '../../support/host/accessibility';
import type { Frame } from '../../support/host/playwright';
import { LANDED_DATE, RUN_DATE } from '../../support/host/sample';
import { useWindow } from '../../support/host/window';
import { eventually } from '../../support/host/workbench';

const PLAYBACK = `data/raw/${RUN_DATE}/Skylink/Playback.csv`;

describe('what became of a line', () => {
  const window = useWindow();

  /** Lines of the original that hold a text, from 1. */
  const lineWith = (text: string): number =>
    readFileSync(join(window().folder, PLAYBACK), 'utf8')
      .split(/\r?\n/)
      .findIndex((line) => line.includes(text)) + 1;
  async function openOriginal(): Promise<void> {
    const { workbench } = window();
    await workbench.openFile(PLAYBACK);
    await eventually('the original', async () => (await workbench.editors()).includes('Playback.csv'));
    // Until then the picker has nowhere to go.
    await workbench.page.locator('.monaco-editor .view-line').first().waitFor();
  }
  /** The panel once it tells of a title. */
  async function panel(title: RegExp): Promise<Frame> {
    const { workbench } = window();
    return eventually(`a trace of ${String(title)}`, async () => {
      const frame = await workbench.webview('main h1');
      return title.test(await frame.locator('h1').innerText()) ? frame : undefined;
    });
  }
  const problems = async (): Promise<readonly string[]> =>
    window().workbench.page.locator('.markers-panel .monaco-list-row').allInnerTexts();
  const cursorAt = (line: number): Promise<unknown> =>
    eventually(`the cursor on line ${line}`, async () =>
      new RegExp(`Ln ${line},`).test(await window().workbench.page.locator('.part.statusbar').innerText()),
    );

  it('shows what is wrong in a landing file, each at its cell, with the way to the rule', async () => {
    const { workbench } = window();
    await openOriginal();
    await workbench.command('View: Toggle Problems');
    await eventually('the problems', async () => (await problems()).length > 5);
    const told = (await problems()).join('\n');
    assert.match(told, /Rejected: it breaks "Longer than a day[^"]*" \(duration_s: 90000\)/);
    assert.match(told, /Rejected: The record has 13 of 14 fields/);
    assert.match(told, /became NULL: the value did not convert \(buffering_ratio: low\)/);
    await workbench.page.locator('.markers-panel a').getByText('playback_duration_plausible').first().click();
    await eventually('the rule', async () => (await workbench.editors()).includes('validation_rules.json'));
    await workbench.command('View: Toggle Problems');
    await workbench.clear();
  });

  it('tells the line at the cursor, step by step', async () => {
    const { workbench } = window();
    await openOriginal();
    await workbench.goTo(lineWith(';90000;'), 1);
    await workbench.command('M7: What Became of This Line');
    const frame = await panel(/SkylinkCZ_Playback_20241114\.csv, line \d+, record \d+/);
    assert.match(await frame.locator('.summary').innerText(), /Rejected by playback_duration_plausible/);
    assert.deepEqual(await frame.locator('h2').allTextContents(), [
      'Landing: passed',
      'Raw: passed',
      'Silver: passed',
      'Gold: passed',
      'Rules: rejected',
    ]);
    assert.deepEqual(await flaws(frame), []);
    // Another line: the same panel.
    await workbench.page.locator('.tab').filter({ hasText: 'Playback.csv' }).first().click();
    await workbench.goTo(1, 1);
    await workbench.command('M7: What Became of This Line');
    await eventually('the header', async () =>
      /the header of the file/.test(await (await panel(/line 1$/)).locator('.summary').innerText()),
    );
  });

  it('leads on: to the line, the row of silver, the rule, the report', async () => {
    const { workbench } = window();
    const line = lineWith(';90000;');
    await workbench.clear();
    await openOriginal();
    await workbench.goTo(line, 1);
    await workbench.command('M7: What Became of This Line');
    let frame = await panel(/line \d+, record/);
    await workbench.page.locator('.tab').filter({ hasText: 'Playback.csv' }).first().click();
    await workbench.goTo(1, 1);
    await frame.getByRole('button', { name: new RegExp(`Playback\\.csv:${line}$`) }).click();
    await cursorAt(line);
    await frame.getByRole('button', { name: /silver.*Playback\.parquet, row/ }).click();
    const grid = await workbench.webview('.cell.is-active');
    await eventually('the row', async () =>
      (await grid.locator('.cell.is-active').allTextContents()).includes('SKL-P-20241114-00000303'),
    );
    frame = await panel(/line \d+, record/);
    await frame.getByRole('button', { name: 'playback_duration_plausible' }).click();
    await eventually('the rules', async () => (await workbench.editors()).includes('validation_rules.json'));
    await frame.getByRole('button', { name: 'in the report' }).first().click();
    await workbench.page.locator('.tab').filter({ hasText: 'Report 2024-11-14' }).waitFor();
  });

  it('follows a row of a preview: of gold, and of the landing file itself', async () => {
    const { workbench } = window();
    await workbench.clear();
    await workbench.openFile(`data/gold/${RUN_DATE}/Device.parquet`);
    let grid = await workbench.webview('.cell.is-active');
    await grid.locator('.cell.is-active').first().click({ button: 'right' });
    await grid.getByText('What became of this line').click();
    await panel(/Device.*record \d+/);
    await workbench.clear();
    // Another one than the other tests': VS Code remembers by which editor a file was shown last.
    await workbench.openFile(`data/raw/${RUN_DATE}/Skylink/User.csv`);
    await eventually('the original', async () => (await workbench.editors()).includes('User.csv'));
    await workbench.command('M7: Open Preview');
    grid = await workbench.webview('.cell.is-active');
    await grid.locator('.cell.is-active').first().click({ button: 'right' });
    await grid.getByText('What became of this line').click();
    await panel(/SkylinkCZ_User_20241114\.csv, line \d+, record 1$/);
  });

  it('is in the menu of a landing file, and of no other', async () => {
    const { workbench } = window();
    const entry = workbench.page.locator('.context-view .action-label').getByText('What Became of This Line');
    const menuOf = async (path: string): Promise<void> => {
      await workbench.clear();
      await workbench.openFile(path);
      await eventually('the editor', async () => (await workbench.editors()).includes(basename(path)));
      await workbench.goTo(1, 1);
      await workbench.page.keyboard.press('Shift+F10');
      await workbench.page.locator('.context-view .action-label').getByText('Command Palette').waitFor();
    };
    await menuOf('config/brand_configs.json');
    assert.equal(await entry.count(), 0);
    await workbench.page.keyboard.press('Escape');
    await eventually('the entry', async () => {
      await menuOf(PLAYBACK);
      if ((await entry.count()) > 0) return true;
      await workbench.page.keyboard.press('Escape');
      return false;
    });
    // A menu that has just opened takes no click yet.
    await eventually('the menu to take it', async () => {
      if (!(await entry.isVisible())) return true;
      await entry.click();
      return false;
    });
    await panel(/line \d+/);
  });

  it('says why where there is nothing to tell, and forgets problems with the file', async () => {
    const { workbench, folder } = window();
    await workbench.clear();
    await workbench.command('M7: What Became of This Line');
    await workbench.notification(/place the cursor on a line/);
    await workbench.clear();
    await workbench.openFile('config/brand_configs.json');
    await workbench.command('M7: What Became of This Line');
    const frame = await workbench.webview('main .tone-bad');
    assert.match(await frame.locator('.tone-bad').innerText(), /is not a landing file of this workspace/);

    await workbench.clear();
    await openOriginal();
    await workbench.command('View: Toggle Problems');
    await eventually('the problems', async () => (await problems()).length > 5);
    const path = join(folder, PLAYBACK);
    const before = readFileSync(path);
    appendFileSync(path, 'one more\n');
    try {
      // What a run writes is seen; a hand in raw shows when something else does.
      appendFileSync(join(folder, '.env'), '\n');
      await eventually('that the file has changed', async () =>
        /has changed since it was read/.test((await problems()).join('\n')),
      );
    } finally {
      writeFileSync(path, before);
    }
    await workbench.clear();
    await eventually('no problems', async () =>
      (await problems()).every((one) => !one.includes('Playback.csv')),
    );
  });

  it('tells a file that waits in landing', async () => {
    const { workbench } = window();
    await workbench.clear();
    const name = `SkylinkCZ_Playback_${LANDED_DATE}.csv`;
    await workbench.openFile(`data/landing/${name}`);
    await eventually('the file', async () => (await workbench.editors()).includes(name));
    await workbench.goTo(5, 1);
    await workbench.command('M7: What Became of This Line');
    const frame = await panel(/line 5/);
    assert.match(await frame.locator('.summary').innerText(), /is waiting in landing/);
  });
});
