// Whoever is served goes without a word, as an editor that is killed: what served it goes too, also while native code works.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { failingDay, writeOldDay } from '../debug/adapter';
import { runDay } from '../support/day';
import { until, runs, worked } from '../support/processLife';

const MIDDLE = resolve(__dirname, '../support/middle.ts');
/** Seconds: the grace for open work, and what a busy machine takes. */
const SOON = 12;

interface Served {
  readonly middle: ChildProcess;
  readonly pid: number;
  /** Seconds that it lived after whoever it served. */
  readonly outlived: Promise<number>;
}

describe('a process whose client is killed while native code works', () => {
  const kinds = ['server', 'adapter', 'blocked'] as const;
  let root: string;
  let served: Readonly<Record<(typeof kinds)[number], Promise<Served>>>;

  /** Starts one, sees it at work, and kills who started it. */
  const orphan = async (kind: string): Promise<Served> => {
    const middle = spawn(process.execPath, ['--import', 'tsx', MIDDLE, kind, join(root, 'workspace')], {
      env: { ...process.env, TMPDIR: join(root, 'temporary') },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pid = await new Promise<number>((found, fail) => {
      createInterface({ input: middle.stdout }).once('line', (line) => found(Number(line)));
      middle.once('exit', (code) => fail(new Error(`It ended with ${String(code)} before it served.`)));
    });
    const before = worked(pid);
    await until(`${kind} at work`, () => worked(pid) > before + 30, 30);
    middle.kill('SIGKILL');
    return { middle, pid, outlived: until(`the end of ${kind}`, () => !runs(pid), SOON) };
  };

  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'm7-test-'));
    mkdirSync(join(root, 'temporary'));
    const folder = join(root, 'workspace');
    writeOldDay(folder, failingDay());
    await runDay(folder);
    served = Object.fromEntries(kinds.map((kind) => [kind, orphan(kind)])) as typeof served;
  });
  after(async () => {
    for (const one of await Promise.allSettled(Object.values(served)))
      if (one.status === 'fulfilled' && runs(one.value.pid)) process.kill(one.value.pid, 'SIGKILL');
    rmSync(root, { recursive: true, force: true });
  });

  it('is gone: the engine process', async () => {
    await (
      await served.server
    ).outlived;
  });

  it('is gone: the debug adapter', async () => {
    await (
      await served.adapter
    ).outlived;
  });

  it('is gone: one whose own thread is kept', async () => {
    await (
      await served.blocked
    ).outlived;
  });

  it('has removed what it had in the temporary folder', async () => {
    await Promise.all([(await served.server).outlived, (await served.adapter).outlived]);
    assert.deepEqual(
      readdirSync(join(root, 'temporary')).filter((name) => name.startsWith('m7-')),
      [],
    );
  });
});
