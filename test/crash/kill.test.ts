// Kills runs with SIGKILL at every durable step and at random moments: the next run must make everything whole.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DURABLE_STEPS, type DurableStep } from '../../src/engine/base/durable';
import { writeSample } from '../../src/sample';
import { differences, leftovers, snapshot, type Snapshot } from '../support/snapshot';

const CLI = resolve(__dirname, '../../dist/cli.js');
const DATE = '20241115';
/** Enough to hold every kind of step: brands with all dialects, references between tables, two parts, a refused file. */
const TABLES = 'User,Smartcard,Device';
const RANDOM_KILLS = 50;
/** Which passings of a step to die at: as many as this sample has of the rarer ones. */
function passings(step: DurableStep): readonly number[] {
  if (/^(lock|temporary|summary)\./.test(step)) return [1];
  if (step.startsWith('reject.')) return [1, 2];
  return /^(load|report)\./.test(step) ? [1, 2, 3] : [1, 2, 5];
}

interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly milliseconds: number;
}

async function m7(workspace: string, environment: NodeJS.ProcessEnv = {}, killAfter?: number): Promise<End> {
  const begun = performance.now();
  const child = spawn(
    process.execPath,
    [CLI, 'run', '--workspace', workspace, '--date', DATE, '--quiet', '--table', TABLES],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...environment },
    },
  );
  let errors = '';
  child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
  const timer = killAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfter);
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  clearTimeout(timer);
  assert.ok(
    code === 0 || code === 1 || signal === 'SIGKILL',
    `exit ${String(code)} ${String(signal)}: ${errors}`,
  );
  return { code, signal, milliseconds: performance.now() - begun };
}

/** A small linear congruential generator (constants of Numerical Recipes): the same moments in every test run. */
function* randoms(seed: number): Generator<number> {
  for (let x = seed; ;) {
    x = (Math.imul(x, 1_664_525) + 1_013_904_223) >>> 0;
    yield x / 2 ** 32;
  }
}

describe('a run that is killed', () => {
  const root = mkdtempSync(join(tmpdir(), 'm7-crash-'));
  const fresh = join(root, 'fresh');
  let truth: Snapshot = {};
  let whole: End = { code: null, signal: null, milliseconds: 0 };

  before(async () => {
    await writeSample({ workspace: fresh, date: DATE, rows: 60 });
    const undisturbed = join(root, 'undisturbed');
    cpSync(fresh, undisturbed, { recursive: true, preserveTimestamps: true });
    whole = await m7(undisturbed);
    truth = await snapshot(join(undisturbed, 'data'));
    assert.deepEqual(leftovers(join(undisturbed, 'data')), []);
    assert.ok(Object.keys(truth).length > 100, 'the sample fills all layers');
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  async function killed(name: string, environment: NodeJS.ProcessEnv, killAfter?: number): Promise<End> {
    const workspace = join(root, name);
    cpSync(fresh, workspace, { recursive: true, preserveTimestamps: true });
    const first = await m7(workspace, environment, killAfter);
    const second = await m7(workspace);
    assert.equal(second.code, whole.code);
    assert.deepEqual(differences(truth, await snapshot(join(workspace, 'data'))), []);
    assert.deepEqual(leftovers(join(workspace, 'data')), []);
    rmSync(workspace, { recursive: true, force: true });
    return first;
  }

  for (const step of DURABLE_STEPS)
    for (const nth of passings(step))
      it(`at ${step}, passing ${nth}`, async () => {
        const first = await killed(`${step}-${nth}`, { M7_CRASH_AT: `${step}:${nth}` });
        assert.equal(first.signal, 'SIGKILL', 'the run passed this step');
      });

  const random = randoms(20_241_115);
  for (let i = 0; i < RANDOM_KILLS; i += 1)
    it(`at random moment ${i + 1}`, async () => {
      const moment = random.next().value as number;
      await killed(`random-${i}`, {}, 100 + moment * whole.milliseconds);
    });
});
