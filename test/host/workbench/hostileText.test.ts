// A workspace whose headers, names, descriptions and values want to be links, icons and images: the window shows text.
import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeOldDay } from '../../debug/adapter';
import { hostileDay } from '../../support/hostileDay';
import { CANARY } from '../../support/hostileTexts';
import { useWindow } from '../../support/host/window';
import { eventually } from '../../support/host/workbench';

async function hostileWorkspace(): Promise<string> {
  const folder = join(await mkdtemp(join(tmpdir(), 'm7-hostile-')), 'hostile');
  writeOldDay(folder, hostileDay());
  return folder;
}

describe('hostile texts in the window', () => {
  const window = useWindow({ workspace: hostileWorkspace, provokes: [/Run 2024-11-15 failed/] });

  it('fails with a notification that holds the header as text, and no link', async () => {
    const { workbench } = window();
    await workbench.command('M7: Run a Date…');
    await workbench.choose('2024-11-15');
    const told = await workbench.notification(/Run 2024-11-15 failed: .*does not know the column/);
    assert.match(await told.innerText(), /\[Show the row\] \(command:workbench\.action\.terminal\.new\)/);
    assert.equal(await told.locator('.notification-list-item-message a').count(), 0);
    await workbench.clear();
  });

  it('draws no icon of a value or a name in a picker', async () => {
    const { workbench } = window();
    await workbench.command('M7: Trace a Row to Its Source Line…');
    await workbench.choose('2024-11-15');
    await workbench.choose('Device');
    await eventually('the condition', async () => /condition/.test(await workbench.picker.innerText()));
    await workbench.page.keyboard.press('Enter');
    await eventually('the rows', async () => /all good/.test((await workbench.rows()).join('\n')));
    assert.equal(await workbench.picker.locator('.codicon-check, .codicon-sync').count(), 0);
    await workbench.page.keyboard.press('Escape');
  });

  it('shows a description in a hover as text', async () => {
    const { workbench } = window();
    await workbench.openFile('config/table_schemas.json');
    const hover = workbench.page.locator('.monaco-hover').filter({ hasText: 'VARCHAR' }).first();
    await eventually('the hover of a column', async () => {
      const word = workbench.page.locator('.view-lines .view-line').getByText('"device_id"').first();
      await word.hover({ timeout: 2_000 });
      await hover.waitFor({ timeout: 3_000 });
      return true;
    });
    assert.match(await hover.innerText(), /pixel\.png/);
    assert.equal(await hover.locator('img').count(), 0);
    assert.deepEqual(await hover.locator('a').allInnerTexts(), ['Open the manual']);
    await workbench.page.keyboard.press('Escape');
  });

  it('loads nothing that a description in a completion asks for', async () => {
    const { workbench } = window();
    const asked: string[] = [];
    workbench.page.on('request', (request) => asked.push(request.url()));
    await workbench.openFile('config/validation_rules.json');
    await workbench.goTo(8, 22);
    const suggestions = workbench.page.locator('.suggest-widget').first();
    const details = workbench.page.locator('.suggest-details').first();
    await eventually('the description beside a suggestion', async () => {
      if (!(await suggestions.isVisible()) || !(await details.isVisible()))
        await workbench.page.keyboard.press('Control+Space');
      return /all good/.test(await details.innerText({ timeout: 1_000 }));
    });
    assert.equal(await details.locator('img').count(), 0);
    assert.equal(await suggestions.locator('.codicon-check, .codicon-sync').count(), 0);
    assert.deepEqual(
      asked.filter((address) => address.includes(CANARY)),
      [],
    );
  });
});
