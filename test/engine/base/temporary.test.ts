// Temporary folders are removed with their process, and those of other machines and containers never.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeTemporaryFolder, processPlace, sweepTemporaryFolders } from '../../../src/engine/base/temporary';

describe('temporary folders', () => {
  it('of a dead process go, of one elsewhere stay: its number says nothing here', () => {
    const { pid } = spawnSync(process.execPath, ['-e', '0']);
    const own = makeTemporaryFolder('rows');
    const dead = join(tmpdir(), `m7-rows-${pid}-${processPlace()}-abcdef`);
    const elsewhere = [
      join(tmpdir(), `m7-rows-${pid}-${processPlace('another-host')}-abcdef`),
      join(tmpdir(), `m7-rows-${pid}-${processPlace(undefined, 'pid:[1]')}-abcdef`),
      // Of an earlier version, which did not say where.
      join(tmpdir(), `m7-rows-${pid}-abcdef`),
    ];
    try {
      for (const folder of [dead, ...elsewhere]) mkdirSync(folder);
      sweepTemporaryFolders('rows');
      assert.ok(existsSync(own));
      assert.ok(!existsSync(dead));
      assert.deepEqual(
        elsewhere.filter((folder) => !existsSync(folder)),
        [],
      );
    } finally {
      for (const folder of [own, dead, ...elsewhere]) rmSync(folder, { recursive: true, force: true });
    }
  });
});
