// `npm run fuzz` itself: it finds what is planted, keeps the input, repeats with a seed, and leaves no process.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { seeded } from '../support/seeded';
import { useFolder } from '../support/folder';
import { PLANTED, TARGETS } from './targets';
import { FAULTS } from './targets/planted';
import { Watch, type Verdict } from './watch';

const root = resolve(import.meta.dirname, '../..');
const execute = promisify(execFile);

describe('what is fuzzed', () => {
  const folder = useFolder();

  // All at once: each has processes of its own.
  const verdicts = new Map<string, Promise<Verdict>>();
  before(() => {
    for (const fault of FAULTS) verdicts.set(fault, given(fault));
  });

  for (const [fault, words] of [
    ['throw', /^TypeError: planted/],
    ['reject', /ended \(exit code 1\).*planted: nobody awaits it/s],
    ['wrong', /^3 records, 2 accounted for\.$/],
    ['crash', /^The process ended \(SIGSEGV\)/],
    ['hang', /^It takes more than 4 seconds\.$/],
    ['memory', /^A process takes \d+ MB, more than 400\.$/],
    ['child', /^A process takes \d+ MB, more than 400\.$/],
  ] as const)
    it(`is found to do wrong: ${fault}`, async () => {
      const verdict = await verdicts.get(fault);
      assert.ok(verdict?.kind === 'wrong');
      assert.match(verdict.wrong, words);
      assert.equal(verdict.bytes.toString(), fault);
    });

  it('is fine where nothing is wrong', async () => {
    assert.deepEqual(await verdicts.get('fine'), { kind: 'fine' });
  });

  it('is reported and kept, the same for the same seed, and nothing is left', async () => {
    const corpus = join(folder(), 'corpus');
    const words = [
      '--import',
      'tsx',
      join(root, 'test/fuzz/main.ts'),
      '--target',
      'planted',
      '--corpus',
      corpus,
    ];
    const ended = await execute(process.execPath, [...words, '--seed', '37', '--rounds', '4'], {
      cwd: root,
    }).catch((error: unknown) => error as { readonly code: number; readonly stdout: string });
    assert.equal('code' in ended ? ended.code : 0, 1);
    const faults = Array.from({ length: 4 }, (_, round) => fault(37, round)).filter((one) => one !== 'fine');
    assert.ok(faults.length >= 2);
    assert.match(ended.stdout, new RegExp(`planted: 4 inputs in \\d+ s, ${faults.length} did wrong`));
    const kept = await readdir(join(corpus, 'planted'));
    const texts = await Promise.all(kept.map((name) => readFile(join(corpus, 'planted', name), 'utf8')));
    assert.deepEqual(texts.sort(), [...new Set(faults)].sort());
    assert.deepEqual(await workers(), []);
  });

  it('is asked for by names that there are', async () => {
    await assert.rejects(
      execute(process.execPath, ['--import', 'tsx', join(root, 'test/fuzz/main.ts'), '--target', 'xml'], {
        cwd: root,
      }),
      (error: { code?: number; stderr?: string }) =>
        error.code === 2 &&
        error.stderr === `There is no target "xml": ${TARGETS.map(({ name }) => name).join(', ')}.\n`,
    );
  });
});

/** What comes of a planted fault. */
async function given(fault: string): Promise<Verdict> {
  const folder = await mkdtemp(join(tmpdir(), 'm7-fault-'));
  const path = join(folder, '0-input.txt');
  await writeFile(path, fault);
  const watch = new Watch(PLANTED);
  try {
    return await watch.try({ kind: 'file', path });
  } finally {
    watch.close();
    await rm(folder, { recursive: true });
  }
}

/** What a round of a seed makes, as a worker makes it. */
function fault(seed: number, round: number): string {
  const random = seeded(Math.imul(seed, 1_000_003) + round);
  return random.pick(FAULTS);
}

/** Command lines of workers of this test that live. */
async function workers(): Promise<readonly string[]> {
  const { stdout } = await execute('ps', ['-eo', 'args']);
  return stdout.split('\n').filter((line) => line.includes(`${join(root, 'test/fuzz/worker.ts')} planted `));
}
