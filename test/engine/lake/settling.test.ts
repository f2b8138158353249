// When a landing file counts as complete, by the clock of its own folder.
import assert from 'node:assert/strict';
import { chmod, mkdir, readdir } from 'node:fs/promises';
import { clockOfFolder, settlesInMs } from '../../../src/engine/lake';
import { useFolder } from '../../support/folder';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const changed = (ago: number) => ({
  path: 'A_T_20241115.csv',
  bytes: 1,
  modifiedMs: NOW - ago,
  brand: 'A',
  table: 'T',
  date: '20241115',
});

describe('settling of landing files', () => {
  const folder = useFolder();

  it('counts from the last change', () => {
    assert.equal(settlesInMs(changed(4_000), NOW, 10_000), 6_000);
    assert.equal(settlesInMs(changed(10_000), NOW, 10_000), 0);
    assert.equal(settlesInMs(changed(86_400_000), NOW, 10_000), 0);
    assert.equal(settlesInMs(changed(0), NOW, 0), 0);
  });

  it('watches a file for all of the time where its time of change lies ahead', () => {
    assert.equal(settlesInMs(changed(-86_400_000), NOW, 10_000), 10_000);
    assert.equal(settlesInMs(changed(-500), NOW, 10_000), 10_000);
  });

  it('takes the clock that stamps the files, and leaves nothing behind', async () => {
    const now = await clockOfFolder(folder());
    assert.ok(Math.abs(now - Date.now()) < 5_000);
    assert.deepEqual(await readdir(folder()), []);
  });

  it('takes its own clock where nothing may be written, or where there is no folder', async () => {
    const closed = `${folder()}/closed`;
    await mkdir(closed);
    await chmod(closed, 0o555);
    for (const place of [closed, `${folder()}/missing`])
      assert.ok(Math.abs((await clockOfFolder(place)) - Date.now()) < 5_000);
    await chmod(closed, 0o755);
  });
});
