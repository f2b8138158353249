// Drift in the editor: the report says what differs, a column takes its new name, and the date runs again.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from '../../../src/engine';
import { deliver, writeConfig } from '../../engine/stages/drift/driftWorkspace';
import { m7 } from '../../support/host/sample';
import type { Frame } from '../../support/host/playwright';
import { useWindow } from '../../support/host/window';
import { eventually } from '../../support/host/workbench';

const DATE = '20241114';
const DAY = '2024-11-14';

describe('drift in the editor', () => {
  const window = useWindow(async () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'm7-drift-')), 'workspace');
    await writeConfig(folder, {
      columns: { id: { type: 'VARCHAR' }, price: { type: 'DOUBLE' }, note: { type: 'VARCHAR' } },
    });
    await deliver(folder, { date: DATE }, ['id', 'price_eur'], [['1', '2.5']]);
    await m7('run', '--workspace', folder, '--date', DATE);
    return { workspace: () => Promise.resolve(folder) };
  });
  const report = (): Report =>
    JSON.parse(readFileSync(join(window().folder, `data/logs/reports/${DATE}/T.json`), 'utf8'));
  const finding = async (frame: Frame, text: string): Promise<void> => {
    const opener = frame.locator('.finding button.disclosure').filter({ hasText: text }).first();
    await opener.waitFor();
    if ((await opener.getAttribute('aria-expanded')) !== 'true') await opener.click();
  };

  it('gives a column its new name from the report, and accepts the rest', async () => {
    const { workbench } = window();
    await workbench.command('M7: Show Report…');
    await workbench.choose(DAY);
    const frame = await workbench.webview('.content header h1');
    await frame.locator('#findings').waitFor();
    await finding(frame, 'drift.A.renamed.price');
    await frame.getByRole('button', { name: 'It is called price_eur now' }).click();
    await eventually(
      'the date was run with the new name',
      () => Promise.resolve(!report().findings.some((one) => one.drift?.column === 'price')),
      60_000,
    );
    const schemas = readFileSync(join(window().folder, 'config/table_schemas.json'), 'utf8');
    assert.match(schemas, /"source": \["price_eur"\]/);

    await finding(frame, 'drift.A.missing.note');
    await frame.getByRole('button', { name: 'Accept note' }).click();
    await eventually('the report passes', () => Promise.resolve(report().status === 'passed'), 60_000);
  });
});
