import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';

const root = resolve(__dirname, '../..');
const runFiles = (...words: readonly string[]): { readonly status: number | null; readonly stderr: string } =>
  spawnSync(process.execPath, [join(root, 'test/support/runFiles.mjs'), ...words], {
    cwd: root,
    encoding: 'utf8',
  });

describe('running test files by name', () => {
  it('runs none where one of them is missing: the others passing would say that all did', () => {
    const { status, stderr } = runFiles(
      'test/engine/base/equalNames.test.ts',
      'test/engine/base/gone.test.ts',
    );
    assert.equal(status, 2);
    assert.equal(stderr, 'Not found: test/engine/base/gone.test.ts\n');
  });

  it('asks for names where there are none', () => {
    const { status, stderr } = runFiles('test/engine/base');
    assert.equal(status, 2);
    assert.match(stderr, /^Name test files: /);
  });
});
