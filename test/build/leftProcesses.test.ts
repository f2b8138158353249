// A run of tests that leaves a process fails, names it and ends it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { useFolder } from '../support/folder';
import { runs } from '../support/processLife';

const ROOT = resolve(__dirname, '../..');

describe('a run of tests', () => {
  const folder = useFolder();
  /** Runs one test file with mocha as `npm run test:file` does, in a temporary folder of its own. */
  const run = async (body: string) => {
    const file = join(folder(), 'one.test.ts');
    await writeFile(file, `import { spawn } from 'node:child_process';\nit('passes', () => { ${body} });\n`);
    const mocha = join(ROOT, 'node_modules/mocha/bin/mocha.js');
    const words = ['--config', join(ROOT, '.mocharc.json'), file];
    const child = spawn(process.execPath, [mocha, ...words], {
      cwd: ROOT,
      env: { ...process.env, TMPDIR: folder() },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [out, err, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit'),
    ]);
    return { out, err, code: code as number | null };
  };

  it('that leaves a process fails, names it and ends it', async () => {
    const { out, err, code } = await run(
      `console.log(spawn('sleep', ['600'], { detached: true, stdio: 'ignore' }).unref() ?? '');`,
    );
    assert.match(out, /1 passing/);
    assert.equal(code, 1);
    const [, pid] =
      /^Processes that this run has started were left:\n {2}(\d+) {2}sleep 600\n$/.exec(err) ?? [];
    assert.ok(pid !== undefined, err);
    assert.equal(runs(Number(pid)), false);
  });

  it('that leaves none passes', async () => {
    const { err, code } = await run(`spawn('true', [], { detached: true, stdio: 'ignore' }).unref();`);
    assert.deepEqual([err, code], ['', 0]);
  });
});
