// The manual in the window: opened at a heading, from page to page, from a hover, and without trust or network.
import assert from 'node:assert/strict';
import type { Frame } from '../../support/host/playwright';
import { useWindow } from '../../support/host/window';
import { eventually, type Workbench } from '../../support/host/workbench';

/** The preview that shows a heading, once the heading is in sight. */
async function shows(workbench: Workbench, anchor: string): Promise<Frame> {
  const page = await workbench.webview(`#${anchor}`);
  const inSight = `(() => {
    const { top } = document.getElementById('${anchor}').getBoundingClientRect();
    return top >= -5 && top < innerHeight;
  })()`;
  await eventually(`#${anchor} in sight`, () => page.evaluate<boolean>(inSight));
  return page;
}

async function hoverOver(workbench: Workbench, file: string, text: string): Promise<void> {
  await workbench.openFile(file);
  await eventually(`the hover of ${text}`, async () => {
    await workbench.page.locator('.view-lines .view-line').getByText(text).first().hover({ timeout: 2_000 });
    await workbench.page
      .locator('.monaco-hover')
      .getByText('Open the manual')
      .first()
      .waitFor({ timeout: 3_000 });
    return true;
  });
  await workbench.page.locator('.monaco-hover').getByText('Open the manual').first().click();
}

describe('the manual', () => {
  const window = useWindow();
  afterEach(() => window().workbench.clear());

  it('opens at its table of contents, and its links lead to headings of other pages', async () => {
    const { workbench } = window();
    await workbench.command('M7: Open Manual');
    const index = await shows(workbench, 'manual');
    await index.getByRole('link', { name: 'Kinds', exact: true }).first().click();
    const rules = await shows(workbench, 'kinds');
    await rules.getByRole('link', { name: 'range', exact: true }).first().click();
    await shows(workbench, 'range');
  });

  it('opens from the hover of a rule at its kind, and of a setting at its group', async () => {
    const { workbench } = window();
    await hoverOver(workbench, 'config/validation_rules.json', '"regex"');
    await shows(workbench, 'regex');
    await workbench.clear();
    await hoverOver(workbench, '.env', 'EXPECTED_TABLES');
    await shows(workbench, 'files');
  });
});

describe('the manual in Restricted Mode', () => {
  const window = useWindow({ trust: false });

  it('opens', async () => {
    const { workbench } = window();
    const no = workbench.page.getByText(/No, I don't trust/);
    await no.click({ timeout: 5_000 }).catch(() => undefined);
    await workbench.command('M7: Open Manual');
    const index = await shows(workbench, 'manual');
    assert.equal(await index.locator('h1').first().innerText(), 'Manual');
  });
});
