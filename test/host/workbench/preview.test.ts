// The preview as its users meet it, in a real window: open, scroll, jump, sort, filter, search, copy, keyboard, errors.
import assert from 'node:assert/strict';
import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Frame, Locator } from '../../support/host/playwright';
import { LONG, MANY, previewWorkspace, WIDE } from '../../support/host/previewFiles';
import { RUN_DATE } from '../../support/host/sample';
import { useWindow } from '../../support/host/window';
import { eventually } from '../../support/host/workbench';

/** What a test asks of an element in the page. */
interface Drawn {
  readonly textContent: string | null;
  readonly getBoundingClientRect: () => { readonly top: number };
}

describe('the preview', () => {
  const window = useWindow({ workspace: previewWorkspace });

  /** Opens a file and waits for what the selector names in its page. */
  async function open(path: string, selector = '.cell:not(.is-waiting)'): Promise<Frame> {
    const { workbench } = window();
    await workbench.openFile(path);
    return shown(path.split('/').at(-1) ?? path, selector);
  }
  /** The page of the active editor, once it shows this file. */
  async function shown(name: string, selector = '.cell:not(.is-waiting)'): Promise<Frame> {
    const { workbench } = window();
    await eventually(
      `the tab of ${name}`,
      async () =>
        (await workbench.page.locator('.tab.active').first().getAttribute('data-resource-name')) === name,
    );
    return workbench.webview(selector);
  }
  const press = (...keys: readonly string[]): Promise<void> =>
    keys.reduce(
      (before, key) => before.then(() => window().workbench.page.keyboard.press(key)),
      Promise.resolve(),
    );
  const active = (frame: Frame): Locator => frame.locator('.cell.is-active');
  const text = async (frame: Frame, selector: string): Promise<string> =>
    (await frame.locator(selector).first().textContent()) ?? '';
  async function activeIs(frame: Frame, wanted: string | RegExp): Promise<void> {
    await eventually(`the active cell to be ${String(wanted)}`, async () => {
      const [cell] = await active(frame).allTextContents();
      return cell !== undefined && (typeof wanted === 'string' ? cell === wanted : wanted.test(cell));
    });
  }
  async function rowsAre(frame: Frame, wanted: string): Promise<void> {
    await eventually(
      `"${wanted}" in the status line`,
      async () => (await text(frame, '.status-rows')) === wanted,
    );
  }
  /** Values of a column as drawn, top to bottom. */
  const column = (frame: Frame, place: number): Promise<readonly string[]> =>
    frame
      .locator(`.row:not(.grid-header) [aria-colindex="${place + 2}"]`)
      .evaluateAll((cells: Drawn[]) =>
        cells
          .sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)
          .map((cell) => String(cell.textContent)),
      );

  describe('of a Parquet file', () => {
    let frame: Frame;
    before(async () => {
      frame = await open('files/many.parquet');
    });

    it('is a grid that tells its size', async () => {
      const grid = frame.locator('[role=grid]');
      assert.equal(await grid.getAttribute('aria-rowcount'), String(MANY + 1));
      assert.equal(await grid.getAttribute('aria-colcount'), '7');
      await rowsAre(frame, '300,000 rows');
      assert.ok((await frame.locator('*').count()) < 2_500, 'only what is seen is in the page');
    });

    it('goes to any row and to the end by the keyboard', async () => {
      await activeIs(frame, '0');
      await press('Control+End');
      await press('Home');
      await activeIs(frame, String(MANY - 1));
      await press('Control+g');
      await frame.locator('.popup input').fill('123,456');
      await press('Enter');
      await activeIs(frame, '123455');
      await press('PageDown', 'ArrowUp', 'ArrowRight');
      await activeIs(frame, /^user \d+$/);
      await press('Control+Home');
      await activeIs(frame, '0');
    });

    it('scrolls by the wheel, row by row', async () => {
      const { page } = window().workbench;
      await frame.locator('.grid').focus();
      await press('Control+Home');
      await activeIs(frame, '0');
      const box = await frame.locator('.grid').boundingBox();
      assert.ok(box);
      await page.mouse.move(box.x + 300, box.y + 200);
      await page.mouse.wheel(0, 22 * 500);
      await eventually('row 500 on top', async () => (await column(frame, 0))[0] === '500');
      await press('Control+Home');
      await activeIs(frame, '0');
    });

    it('sorts the whole file at the head: up, down, not', async () => {
      const head = frame.locator('.head').filter({ hasText: 'amount' });
      await head.locator('.name').click();
      await eventually('the first values ascending', async () => (await column(frame, 3))[0] === '1');
      assert.equal(await head.getAttribute('aria-sort'), 'ascending');
      await head.locator('.name').click();
      await eventually('the first values descending', async () => (await column(frame, 3))[0] === '999');
      await head.locator('.name').click();
      await eventually('file order', async () => (await column(frame, 0))[0] === '0');
      assert.equal(await head.getAttribute('aria-sort'), 'none');
    });

    it('filters a column by its most frequent values, and takes a filter back at its chip', async () => {
      await press('Control+Home', 'ArrowRight', 'ArrowRight', 'Alt+ArrowDown');
      const values = frame.locator('.top-values label');
      await values.filter({ hasText: 'MOBILE' }).locator('input').setChecked(true);
      await press('Enter');
      await rowsAre(frame, '75,000 of 300,000 rows');
      await eventually('one kind alone', async () => {
        const kinds = await column(frame, 2);
        return kinds.length > 0 && kinds.every((kind) => kind === 'MOBILE');
      });
      await frame.locator('.chip').getByLabel('Remove filter').click();
      await rowsAre(frame, '300,000 rows');
    });

    it('searches all columns as filter, and from match to match', async () => {
      await frame.locator('.grid').focus();
      await press('Control+f');
      await frame.locator('.search-text').fill('user 29999');
      await rowsAre(frame, '11 of 300,000 rows');
      await eventually('the matches marked', async () => (await frame.locator('.cell.is-hit').count()) >= 11);
      await frame.getByLabel('Show matching rows only').click();
      await rowsAre(frame, '300,000 rows');
      await eventually(
        'the count of matches',
        async () => (await text(frame, '.matches')) === '11 rows match',
      );
      await frame.locator('.search-text').focus();
      await press('Enter');
      await activeIs(frame, /^user 29999/);
      const first = await active(frame).getAttribute('id');
      await press('F3');
      await eventually('the next match', async () => (await active(frame).getAttribute('id')) !== first);
      await activeIs(frame, /^user 29999/);
      await frame.getByLabel('Clear search').click();
      await frame.getByLabel('Show matching rows only').click();
    });

    it('says what is wrong with a value that is no number, and takes it back', async () => {
      await frame.locator('.grid').focus();
      await press('Control+Home', 'Alt+ArrowDown');
      await frame.locator('.popup').getByLabel('Value', { exact: true }).fill('many');
      await press('Enter');
      await frame.locator('.banner.is-error').waitFor();
      await frame.locator('.banner').getByText('Undo').click();
      await rowsAre(frame, '300,000 rows');
      await eventually('rows again', async () => (await column(frame, 0))[0] === '0');
    });

    it('says so when no row matches', async () => {
      await frame.locator('.search-text').fill('not in this file');
      await frame.getByText('No rows match.').waitFor();
      await frame.locator('.grid-message').getByText('Clear filters').click();
      await rowsAre(frame, '300,000 rows');
    });

    it('copies a block as text, a cell as it is', async () => {
      const { page } = window().workbench;
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      const clipboard = (): Promise<string> =>
        page.evaluate(() =>
          (
            globalThis as unknown as { navigator: { clipboard: { readText(): Promise<string> } } }
          ).navigator.clipboard.readText(),
        );
      await frame.locator('.grid').focus();
      await press('Control+Home', 'ArrowRight', 'Shift+ArrowRight', 'Shift+ArrowDown', 'Control+c');
      await eventually(
        'two rows on the clipboard',
        async () => (await clipboard()).trimEnd() === 'user 0\tSTB\nuser 7919\tMOBILE',
      );
      await press('Control+Home', 'Control+c');
      await eventually('one cell on the clipboard', async () => (await clipboard()) === '0');
    });

    it('shows profiles, metadata and a whole nested value beside the grid', async () => {
      await frame.getByLabel('Columns and metadata', { exact: true }).first().click();
      await frame.locator('.column').filter({ hasText: 'amount' }).locator('.histogram').waitFor();
      assert.match(
        (await frame.locator('.column').filter({ hasText: 'amount' }).textContent()) ?? '',
        /10% null/,
      );
      await frame.locator('#side-metadata').click();
      await frame.locator('.pairs').getByText('300,000').first().waitFor();
      await frame.locator('.grid').focus();
      await press('Control+Home', 'End', 'Enter');
      await frame.locator('.value-box').filter({ hasText: '"b"' }).waitFor();
      await frame.getByLabel('Close panel').click();
    });

    it('runs SQL over the file, tells its errors, and goes back', async () => {
      await frame.getByLabel('SQL', { exact: true }).first().click();
      const box = frame.locator('.sql-text');
      await box.fill('SELEC 1');
      await press('Control+Enter');
      await frame.locator('.sql-problem').getByText(/SELEC/).waitFor();
      await box.fill('SELECT kind, count(*) AS n FROM file GROUP BY ALL ORDER BY kind');
      await press('Control+Enter');
      await eventually('the four kinds', async () => (await column(frame, 0)).join() === 'MOBILE,STB,TV,WEB');
      await rowsAre(frame, '4 rows');
      await frame.getByText('Back to file').click();
      await rowsAre(frame, '300,000 rows');
      await frame.getByLabel('SQL', { exact: true }).first().click();
    });
  });

  describe('of other files, over time', () => {
    it('keeps sort, filter, widths and place while another tab is in front and when the window reloads', async function () {
      this.timeout(120_000);
      const { workbench } = window();
      let frame = await open('files/many.parquet');
      await frame.locator('.head').filter({ hasText: 'amount' }).locator('.name').click();
      await frame.locator('.search-text').fill('mobile');
      await rowsAre(frame, '75,000 of 300,000 rows');
      await frame.locator('.grid').focus();
      await press('Control+g');
      await frame.locator('.popup input').fill('5000');
      await press('Enter');
      await eventually(
        'row 5000',
        async () => (await active(frame).getAttribute('id'))?.startsWith('cell-4999-') === true,
      );
      await frame.locator('.cell.is-active:not(.is-waiting)').waitFor();
      const value = await active(frame).textContent();
      // What is kept is written a moment later.
      await workbench.page.waitForTimeout(500);
      const same = async (): Promise<void> => {
        await rowsAre(frame, '75,000 of 300,000 rows');
        await activeIs(frame, value ?? '');
        assert.equal(
          await frame.locator('.head').filter({ hasText: 'amount' }).getAttribute('aria-sort'),
          'ascending',
        );
        assert.equal(await frame.locator('.search-text').inputValue(), 'mobile');
      };
      await open('files/none.parquet', '.head');
      await workbench.command('View: Open Previous Editor');
      frame = await shown('many.parquet');
      await same();
      await reloadWindow();
      frame = await shown('many.parquet');
      await same();
      await workbench.command('View: Close All Editors');
    });

    it('shows hostile values as what they are', async () => {
      const frame = await open('files/hostile.parquet');
      await rowsAre(frame, '5 rows');
      const texts = await column(frame, 1);
      assert.equal(texts[0], `<img src=x onerror="document.title='hacked'">`);
      assert.equal(texts[1], '<script>document.title="hacked"</script>');
      assert.equal(texts[2], 'a⟨NUL⟩b⟨ESC⟩[31m');
      assert.equal(texts[3], '⟨RLO⟩gnp.exe⟨PDF⟩');
      assert.match(texts[4] ?? '', /^x+… 3,000,000 characters$/);
      assert.deepEqual((await column(frame, 2)).slice(0, 4), ['NULL', '', '··edges·', 'line⏎two']);
      assert.equal(await frame.locator('.grid img, .grid script, .grid b').count(), 0);
      assert.equal(
        await frame.evaluate(() => (globalThis as unknown as { document: { title: string } }).document.title),
        'hostile.parquet',
      );
      await frame.locator('.grid').focus();
      await press('Control+End', 'ArrowLeft', 'Enter');
      await frame
        .getByText(`${LONG.toLocaleString('en-US')} characters`)
        .first()
        .waitFor();
      await frame.getByLabel('Close panel').click();
    });

    it('scrolls through hundreds of columns', async () => {
      const frame = await open('files/wide.parquet');
      await frame.locator('.grid').focus();
      await press('Control+End');
      await activeIs(frame, String(49 * (WIDE - 1)));
      assert.ok((await frame.locator('.head').count()) < 40);
    });

    it('says what is wrong with a file that cannot be read', async () => {
      const frame = await open('files/broken.parquet', '.problem');
      assert.match(await text(frame, '.problem'), /broken\.parquet cannot be shown/);
      for (const label of ['Retry', 'Open as text', 'Show log'])
        await frame.locator('.problem').getByText(label).waitFor();
      await frame.locator('.problem').getByText('Retry').click();
      await frame.locator('.problem h1').waitFor();
    });

    it('says that there are no rows', async () => {
      const frame = await open('files/none.parquet', '.head');
      await frame.getByText('No rows.').waitFor();
      assert.deepEqual(await frame.locator('.head .name').allTextContents(), ['a', 'b']);
    });

    it('opens text files on demand, with the dialect, and reads them anew when they change', async () => {
      const { workbench, folder } = window();
      await workbench.openFile('files/people.csv');
      await workbench.page.locator('.monaco-editor .view-line').first().waitFor();
      await workbench.command('M7: Open Preview');
      const frame = await shown('people.csv');
      await rowsAre(frame, '500 rows');
      assert.equal((await column(frame, 1))[0], 'City; 0');
      await frame.getByLabel('Columns and metadata', { exact: true }).first().click();
      await frame.locator('#side-dialect').click();
      await frame.locator('.pairs').getByText('semicolon').first().waitFor();
      await appendFile(join(folder, 'files/people.csv'), 'Late;"City; 9"\n');
      await rowsAre(frame, '501 rows');
      await writeFile(join(folder, 'files/people.csv'), 'name;city;more\na;b;c\n');
      await eventually('the new column', async () =>
        (await frame.locator('.head .name').allTextContents()).includes('more'),
      );
    });

    it('leads a row of gold back to its landing line', async () => {
      const { workbench } = window();
      const frame = await open(`gold/${RUN_DATE}/Playback.parquet`);
      await frame.locator('.grid').focus();
      await press('ArrowDown', 'ArrowDown', 'Shift+F10');
      await frame.getByRole('menuitem', { name: /landing line/ }).click();
      await workbench.page.locator('.monaco-editor .view-line').first().waitFor();
      await workbench.page.locator('.monaco-editor .selected-text').first().waitFor();
      // Beside the rows, which stay in sight.
      assert.match(
        (await workbench.page.locator('.tab.active').nth(1).getAttribute('data-resource-name')) ?? '',
        /csv/,
      );
      await workbench.command('View: Close All Editors');
    });

    it('goes on after the engine process was killed', async () => {
      const { workbench } = window();
      const frame = await open('files/many.parquet');
      const pid = await enginePid();
      process.kill(pid, 'SIGKILL');
      await frame.locator('.banner.is-warning').filter({ hasText: 'SIGKILL' }).waitFor();
      await frame.locator('.grid').focus();
      await press('Control+End');
      await eventually(
        'the last row',
        async () =>
          /\S/.test((await active(frame).textContent()) ?? '') &&
          (await frame.locator('.cell.is-waiting').count()) === 0,
      );
      await workbench.command('View: Close All Editors');
    });
  });

  /** As a user does it, so that VS Code writes down what it keeps. */
  async function reloadWindow(): Promise<void> {
    const { workbench } = window();
    await workbench.page.evaluate(() => Object.assign(globalThis, { before: true }));
    await workbench.command('Developer: Reload Window');
    await eventually('the window to reload', () =>
      workbench.page.evaluate(() => !('before' in globalThis)).catch(() => false),
    );
    await workbench.ready();
  }

  /** The engine of this window: the process that runs dist/server.js below this server's extension host. */
  async function enginePid(): Promise<number> {
    const { execFileSync } = await import('node:child_process');
    const { folder } = window();
    const lines = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' }).split('\n');
    const line = lines.find((one) => one.includes('server.js') && one.includes(folder));
    assert.ok(line, 'An engine process runs for the folder.');
    return Number(line.trim().split(/\s+/)[0]);
  }
});
