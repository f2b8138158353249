// The VSIX as users get it: installed into a clean profile, it runs a date from the palette.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageExtension } from '../../../src/build/package';
import { thisTarget } from '../../../src/build/platforms';
import { adapters, bytesOf, DebugView } from '../../support/host/debugging';
import { LANDED_DATE } from '../../support/host/sample';
import { useWindow } from '../../support/host/window';
import { eventually } from '../../support/host/workbench';

describe('the packaged extension in a clean profile', () => {
  let work = '';
  const window = useWindow(async () => {
    work = await mkdtemp(join(tmpdir(), 'm7-vsix-'));
    const vsix = join(work, 'm7.vsix');
    await packageExtension(thisTarget(), vsix);
    return { vsix };
  });
  after(() => rm(work, { recursive: true, force: true }));

  it('runs a date from the palette into gold', async function () {
    this.timeout(180_000);
    const { workbench, folder } = window();
    const gold = join(folder, 'data/gold', LANDED_DATE);
    assert.ok(!existsSync(gold));
    await workbench.command('M7: Run a Date…');
    await workbench.choose('2024-11-15');
    await eventually('gold on disk', () => Promise.resolve(existsSync(gold)), 90_000);
    // Its progress names the date, too, and the folder is there before its first file.
    await workbench.notification(/Run 2024-11-15: finished/);
    assert.ok((await readdir(gold)).some((name) => name.endsWith('.parquet')));
  });

  it('debugs a date: stops at a rule that warns, and ends without a trace', async () => {
    const { workbench, folder } = window();
    const debug = new DebugView(workbench);
    await workbench.command('View: Show Run and Debug');
    await workbench.openFile('config/validation_rules.json');
    await workbench.page.locator('.codelens-decoration').getByText('Debug this rule').first().waitFor();
    const untouched = bytesOf(join(folder, 'data'));
    await eventually('the session', async () => {
      await workbench.page.locator('.codelens-decoration').getByText('Debug this rule').first().click();
      await debug.toolbar.waitFor({ timeout: 5_000 });
      return true;
    });
    await debug.stands(/^rule \w+ validation_rules\.json/);
    await debug.ask('count(*) > 0', /true/);
    await debug.press('Stop');
    await debug.over();
    await eventually('the adapter to be gone', () => Promise.resolve(adapters(folder).length === 0));
    assert.deepEqual(bytesOf(join(folder, 'data')), untouched);
  });
});
