// Runs as a user sees them: picker, status bar, views, notifications; from a terminal too, failing, and cut short.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LANDED_DATE, m7, MEASURED_DATE } from '../../support/host/sample';
import { useWindow } from '../../support/host/window';
import { eventually, type Workbench } from '../../support/host/workbench';

/** Processes of dist/server.js that serve this folder. */
function engines(folder: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        return words.some((word) => word.endsWith('dist/server.js')) && words.includes(folder);
      } catch {
        return false;
      }
    })
    .map(Number);
}

async function statusSays(workbench: Workbench, text: RegExp): Promise<void> {
  await eventually(`${String(text)} in the status bar`, async () =>
    text.test(await workbench.page.locator('.part.statusbar').innerText()),
  );
}

describe('runs in the window', () => {
  const window = useWindow({
    provokes: [/was interrupted/, /Run 2024-11-1\d failed/],
  });

  it('offers dates with what is known of them, and draws nothing before it is opened', async () => {
    const { workbench, folder } = window();
    assert.deepEqual(engines(folder), [], 'The engine runs before anybody asked for it.');
    await workbench.container('M7 Pipeline');
    await workbench.item('Layers', 'Landing').waitFor();
    await workbench.item('Runs', /2024-11-14.*loaded/s).waitFor();
    await workbench.item('Warehouse', /2024-11-14.*7 tables/s).waitFor();
    await workbench.command('M7: Run a Date…');
    await workbench.row('2024-11-14').waitFor();
    const rows = await workbench.rows();
    assert.match(rows[0] ?? '', /^Everything that is due/);
    assert.match(rows[1] ?? '', /^2024-11-16.*new in landing/s);
    assert.match(rows[3] ?? '', /^2024-11-14.*loaded/s);
    // A date that is not known may be typed, in either form.
    await workbench.picker.locator('input').first().fill('20231231');
    await workbench.row('2023-12-31').waitFor();
    await workbench.picker.locator('input').first().fill('2023-12-32');
    await eventually('no row', async () => (await workbench.row('2023-12-32').count()) === 0);
    await workbench.page.keyboard.press('Escape');
  });

  it('is killed in the middle: says so, keeps the views, and recovers', async () => {
    const { workbench, folder } = window();
    await workbench.command('M7: Run a Date…');
    await workbench.choose('2024-11-15');
    await statusSays(workbench, /Run 2024-11-15 [1-9]\d?%/);
    const running = engines(folder);
    assert.equal(running.length, 1);
    for (const pid of running) process.kill(pid, 'SIGKILL');
    const told = await workbench.notification(/Run 2024-11-15 was interrupted.*SIGKILL/);
    await workbench.item('Layers', 'Gold').waitFor();
    await told.getByText('Run Again').click();
    await workbench.notification(/Run 2024-11-15: finished/);
    assert.ok(existsSync(join(folder, 'data/gold', LANDED_DATE)));
    await workbench.item('Runs', /2024-11-15.*loaded/s).waitFor();
    await workbench.item('Warehouse', /2024-11-15.*tables/s).waitFor();
    await statusSays(workbench, /Run 2024-11-15(?! \d)/);
  });

  it('sees a run from a terminal begin and end', async () => {
    const { workbench, folder } = window();
    const run = m7('run', '--workspace', folder, '--date', MEASURED_DATE);
    await statusSays(workbench, /running elsewhere/);
    await run;
    await workbench.item('Runs', /2024-11-16.*loaded/s).waitFor();
    await workbench.item('Warehouse', /2024-11-16.*tables/s).waitFor();
    await eventually('the status bar to forget it', async () => {
      const text = await workbench.page.locator('.part.statusbar').innerText();
      return !/running elsewhere/.test(text);
    });
  });

  it('fails: one notification, the step with its reason in the view, its line a click away', async () => {
    const { workbench, folder } = window();
    const schemas = join(folder, 'config/table_schemas.json');
    const before = readFileSync(schemas, 'utf8');
    writeFileSync(schemas, before.replace('"extra_columns": "drop"', '"extra_columns": "fail"'));
    try {
      await workbench.command('M7: Run a Date…');
      await workbench.choose('2024-11-16');
      const told = await workbench.notification(
        /Run 2024-11-16 failed: .*table User does not know the column/,
      );
      assert.equal(await told.getByText('Show Log').count(), 1);
      await told.getByText('Show Report').click();
      await workbench.page.locator('.tab').filter({ hasText: 'Report 2024-11-16' }).waitFor();
      await workbench.unfold('Runs', /2024-11-16.*1 table failed/s);
      await workbench.item('Runs', /Raw to Silver · TVVlaanderen/).click();
      await eventually('the line of the table', async () => {
        const text = await workbench.page.locator('.part.statusbar').innerText();
        return (await workbench.editors()).includes('table_schemas.json') && /Ln 3,/.test(text);
      });
    } finally {
      writeFileSync(schemas, before);
    }
  });

  it('shows files of a layer, and opens one by a click', async () => {
    const { workbench } = window();
    await workbench.unfold('Layers', 'Gold', '2024-11-14');
    await workbench.item('Layers', /Device\.parquet.*rows/s).click();
    await eventually('the preview', async () => (await workbench.editors()).includes('Device.parquet'));
    // It takes the focus when it has been drawn.
    await workbench.webview('[role=grid]');
  });

  it('leads from a row of gold to its line', async () => {
    const { workbench } = window();
    await workbench.command('M7: Trace a Row to Its Source Line…');
    await workbench.choose('2024-11-14');
    await workbench.row('Device').waitFor();
    await workbench.choose('Device');
    const input = workbench.picker.locator('input').first();
    await eventually('the condition', async () => /condition/.test(await workbench.picker.innerText()));
    await input.fill("device_typ = 'STB'");
    await workbench.page.keyboard.press('Enter');
    await eventually('the refusal', async () =>
      /no column "device_typ"/.test(await workbench.picker.innerText()),
    );
    await workbench.picker.locator('input').first().fill("device_type = 'STB' AND brand_code = 'SKL'");
    await workbench.page.keyboard.press('Enter');
    await eventually('rows', async () =>
      /Device\w*\.csv:\d+|_20241114/.test((await workbench.rows()).join('\n')),
    );
    await workbench.page.keyboard.press('Enter');
    await eventually('the original', async () =>
      (await workbench.editors()).some((title) => /^Device\.(csv|tsv|txt)$/.test(title)),
    );
  });
});

describe('a window in Restricted Mode', () => {
  const window = useWindow({ trust: false });

  it('shows what is there, and refuses to run with a way to trust', async () => {
    const { workbench, folder } = window();
    const no = workbench.page.getByText(/No, I don't trust/);
    await no.click({ timeout: 5_000 }).catch(() => undefined);
    await workbench.container('M7 Pipeline');
    await workbench.item('Layers', 'Landing').waitFor();
    await workbench.item('Runs', '2024-11-15').waitFor();
    await workbench.command('M7: Run a Date…');
    const told = await workbench.notification(/Restricted Mode/);
    assert.equal(await told.getByText('Manage Workspace Trust').count(), 1);
    assert.ok(!existsSync(join(folder, 'data/gold', LANDED_DATE)));
  });
});
