// Real processes in bad surroundings: another run, a full disk, folders that may not be written, an interrupt.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunEvent, StepFinished } from '../../src/engine';
import { openDatabase, quoteLiteral } from '../../src/engine/base/duckdb';
import { DATE, smallDay, writeDay } from '../support/day';
import { differences, leftovers, snapshot, type Snapshot } from '../support/snapshot';

const CLI = resolve(__dirname, '../../dist/cli.js');
const NOBODY = 65_534;

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

interface Surroundings {
  readonly environment?: NodeJS.ProcessEnv;
  /** Runs as this user and group. */
  readonly user?: number;
  /** Words before node: another program that starts it. */
  readonly through?: readonly string[];
}

/** Every child ends at once on a rejection that nobody handles: node's own exit code for it is 1, its text is told. */
function start(workspace: string, words: readonly string[] = [], given: Surroundings = {}): ChildProcess {
  const all = [
    ...(given.through ?? []),
    process.execPath,
    '--unhandled-rejections=strict',
    ...[CLI, 'run', '--workspace', workspace, '--date', DATE, '--json', ...words],
  ];
  return spawn(all[0] ?? '', all.slice(1), {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...given.environment },
    ...(given.user === undefined ? {} : { uid: given.user, gid: given.user }),
  });
}

async function ended(child: ChildProcess): Promise<Ended> {
  let out = '';
  let err = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (err += text));
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  assert.ok(
    !/UnhandledPromise|ERR_UNHANDLED|\(BUG\)|"BUG"|node:internal/.test(`${out}${err}`),
    `${out}\n${err}`,
  );
  return { code, signal, out, err };
}

const m7 = (workspace: string, words: readonly string[] = [], given: Surroundings = {}): Promise<Ended> =>
  ended(start(workspace, words, given));

const events = (run: Ended): RunEvent[] =>
  run.out
    .split('\n')
    .filter((line) => line.startsWith('{"event"'))
    .map((line) => JSON.parse(line) as RunEvent);

const failed = (run: Ended): StepFinished[] =>
  events(run).filter((e): e is StepFinished => e.event === 'step_finished' && e.status === 'failed');

describe('a run in bad surroundings', function () {
  let root = '';
  let fresh = '';
  let truth: Snapshot = {};
  let counter = 0;
  const mounted: string[] = [];

  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'm7-bad-'));
    fresh = join(root, 'fresh');
    // Enough rows that every layer takes some hundred kilobytes.
    writeDay(fresh, smallDay(20_000));
    const undisturbed = copy(fresh);
    const run = await m7(undisturbed);
    assert.equal(run.code, 0, run.err);
    truth = await snapshot(join(undisturbed, 'data'));
  });
  after(() => {
    for (const folder of mounted) spawnSync('umount', ['--lazy', folder]);
    rmSync(root, { recursive: true, force: true });
  });

  const copy = (from: string): string => {
    counter += 1;
    const to = join(root, `copy${counter}`);
    cpSync(from, to, { recursive: true, preserveTimestamps: true });
    return to;
  };

  /** Equal to an undisturbed run. A load that failed is noted as such, and stays noted. */
  async function whole(workspace: string, more: { readonly failedLoads?: boolean } = {}): Promise<void> {
    const data = join(workspace, 'data');
    const loads = 'warehouse STG_SG_MONITORING.LOADS: ';
    const found = differences(truth, await snapshot(data));
    assert.deepEqual(
      found.filter((line) => more.failedLoads !== true || !line.startsWith(loads)),
      [],
    );
    assert.deepEqual(leftovers(data), []);
    assert.deepEqual(await loaded(data), ['DEVICE', 'PLAYBACK']);
  }

  /** Tables of confirmed loads, once for each load. */
  async function loaded(data: string): Promise<string[]> {
    const database = await openDatabase({ folders: [data] });
    const connection = await database.connect();
    try {
      await connection.run(`ATTACH ${quoteLiteral(join(data, 'warehouse.duckdb'))} AS w (READ_ONLY)`);
      const rows = await connection.rows<{ t: string }>(
        `SELECT TABLE_NAME AS t FROM w."STG_SG_MONITORING"."LOADS" WHERE STATUS = 'LOADED' ORDER BY ALL`,
      );
      return rows.map((row) => row.t);
    } finally {
      connection.close();
      database.close();
    }
  }

  describe('beside another run', () => {
    /** A run that holds the lock until it is told to go on: nobody reads what it says, so it waits in its pipe. */
    async function holder(workspace: string): Promise<ChildProcess> {
      const child = start(workspace);
      while (!existsSync(join(workspace, 'data/.state/lock'))) await sleep(5);
      child.kill('SIGSTOP');
      return child;
    }

    it('ends with 3 and says who works there; the other is undisturbed', async () => {
      const workspace = copy(fresh);
      const first = await holder(workspace);
      const second = await m7(workspace);
      assert.equal(second.code, 3);
      assert.equal(second.out.split('\n').filter((l) => l !== '').length, 1, 'one JSON document');
      const told = (JSON.parse(second.out) as { error: { code: string; message: string; remedy: string } })
        .error;
      assert.equal(told.code, 'LOCKED');
      assert.ok(told.message.includes(String(first.pid)), told.message);
      assert.match(told.remedy, /[Ww]ait/);
      const end = ended(first);
      first.kill('SIGCONT');
      assert.equal((await end).code, 0);
      await whole(workspace);
    });

    it('takes the lock over once the other was killed', async () => {
      const workspace = copy(fresh);
      const first = await holder(workspace);
      const end = once(first, 'close');
      first.kill('SIGKILL');
      await end;
      assert.ok(existsSync(join(workspace, 'data/.state/lock')), 'the dead one left its lock');
      assert.equal((await m7(workspace)).code, 0);
      await whole(workspace);
    });

    it('started ten times at once: one works at a time, and all is done exactly once', async () => {
      const workspace = copy(fresh);
      const runs = await Promise.all(Array.from({ length: 10 }, () => m7(workspace)));
      const codes = runs.map((run) => run.code);
      assert.ok(
        codes.every((code) => code === 0 || code === 3),
        codes.join(),
      );
      // One that starts after another ended finds nothing to do.
      const busy = runs.filter((run) =>
        events(run).some((e) => e.event === 'step_finished' && e.status === 'done'),
      );
      assert.equal(busy.length, 1, codes.join());
      await whole(workspace);
    });

    it('started ten times at once on a dead one’s lock: likewise', async () => {
      const workspace = copy(fresh);
      const dead = await holder(workspace);
      dead.kill('SIGKILL');
      await once(dead, 'close');
      const runs = await Promise.all(Array.from({ length: 10 }, () => m7(workspace)));
      assert.ok(runs.every((run) => run.code === 0 || run.code === 3));
      assert.equal(
        runs.filter((run) => events(run).some((e) => e.event === 'step_finished' && e.status === 'done'))
          .length,
        1,
      );
      await whole(workspace);
    });
  });

  it('that was killed after its last step: the next one writes the summary though no step is left', async () => {
    const workspace = copy(fresh);
    // Passings of the ledger: the run's beginning, then its twelve steps.
    const first = await m7(workspace, [], { environment: { M7_CRASH_AT: 'ledger.appended:13' } });
    assert.equal(first.signal, 'SIGKILL');
    assert.equal((await m7(workspace)).code, 0);
    await whole(workspace);
  });

  describe('on a full disk', () => {
    /** A data folder on a file system of its own with `free` kilobytes left; undefined where one may not be mounted. */
    function small(free: number): { workspace: string; enlarge: () => void } | undefined {
      const workspace = join(root, `full${free}`);
      const data = join(workspace, 'data');
      mkdirSync(data, { recursive: true });
      const mount = (...words: string[]): boolean => spawnSync('mount', words).status === 0;
      if (!mount('-t', 'tmpfs', '-o', 'size=100m', 'tmpfs', data)) return undefined;
      mounted.push(data);
      cpSync(fresh, workspace, { recursive: true, preserveTimestamps: true });
      const used = Number(
        execFileSync('df', ['--output=used', '-k', data], { encoding: 'utf8' }).split('\n')[1],
      );
      assert.ok(mount('-o', `remount,size=${used + free}k`, data));
      return { workspace, enlarge: () => assert.ok(mount('-o', 'remount,size=100m', data)) };
    }

    // The first few kilobytes run out in lock, ledger and summary, the next in raw, and so on to the warehouse.
    for (const free of [0, 4, 8, 12, 16, 24, 40, 64, 100, 200, 400, 700, 1000, 1500, 2000, 3000])
      it(`with ${free} kB left: fails in order, and all is well once there is room`, async function () {
        const disk = small(free);
        if (disk === undefined) {
          console.log('        (file systems may not be mounted here)');
          this.skip();
        }
        const { workspace, enlarge } = disk;
        const run = await m7(workspace);
        const steps = failed(run);
        if (run.code === 0) {
          assert.ok(free >= 1000, 'so little room is not enough');
        } else {
          assert.equal(run.code, 1, run.err);
          for (const step of steps) assert.equal(step.error?.code, 'DISK_FULL', step.error?.message);
          assert.match(`${run.out}${run.err}`, /Free space on the disk/);
          const all = events(run);
          if (all.length > 0) {
            assert.equal(all[0]?.event, 'run_started');
            assert.equal(all.at(-1)?.event, 'run_finished', 'a run that began tells its end');
          }
          visibleIsWhole(workspace);
        }
        enlarge();
        const next = await m7(workspace);
        assert.equal(next.code, 0, next.err);
        await whole(workspace, { failedLoads: true });
        spawnSync('umount', [join(workspace, 'data')]);
      });

    /** Every Parquet file outside the temporary folder has the bytes that its manifest tells. */
    function visibleIsWhole(workspace: string): void {
      const data = join(workspace, 'data');
      const manifests = join(data, '.state/manifests');
      if (!existsSync(manifests)) return;
      for (const name of readdirSync(manifests, { recursive: true, encoding: 'utf8' })) {
        if (!name.endsWith('.json')) continue;
        const { output } = JSON.parse(readFileSync(join(manifests, name), 'utf8')) as {
          output: { path: string; bytes: number };
        };
        assert.equal(readFileSync(join(data, output.path)).length, output.bytes, output.path);
      }
      assert.deepEqual(
        leftovers(data).filter((n) => !n.endsWith('.wal')),
        [],
      );
    }

    it('by a limit on file size: fails in order, and all is well without it', async function () {
      if (spawnSync('prlimit', ['--version']).status !== 0) {
        console.log('        (there is no prlimit here)');
        this.skip();
      }
      for (const bytes of [3_000, 60_000, 300_000]) {
        const workspace = copy(fresh);
        const run = await m7(workspace, [], { through: ['prlimit', `--fsize=${bytes}`] });
        assert.equal(run.code, 1, run.err);
        for (const step of failed(run)) assert.equal(step.error?.code, 'DISK_FULL', step.error?.message);
        assert.match(`${run.out}${run.err}`, /Free space on the disk/);
        const next = await m7(workspace);
        assert.equal(next.code, 0, next.err);
        await whole(workspace, { failedLoads: true });
      }
    });

    it('for the answer itself: it is told, and the next run makes all whole', async function () {
      if (!existsSync('/dev/full')) this.skip();
      const workspace = copy(fresh);
      const child = spawn(
        process.execPath,
        ['--unhandled-rejections=strict', CLI, 'run', '--workspace', workspace, '--date', DATE, '--json'],
        { stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'] },
      );
      const run = await ended(child);
      assert.notEqual(run.code, null);
      assert.notEqual(run.code, 0);
      assert.match(run.err, /ENOSPC|no space|DISK_FULL/i);
      assert.equal((await m7(workspace)).code, 0);
      await whole(workspace);
    });
  });

  describe('as a user who may not', () => {
    /** Folders are owned by nobody, whom the run works as: for root every folder is open. */
    function owned(workspace: string): void {
      const give = (path: string): void => chownSync(path, NOBODY, NOBODY);
      give(workspace);
      for (const name of readdirSync(workspace, { recursive: true, encoding: 'utf8' }))
        give(join(workspace, name));
    }
    const asNobody = process.getuid?.() === 0 ? { user: NOBODY } : {};

    function restricted(restrict: (workspace: string) => void): string {
      const workspace = copy(fresh);
      restrict(workspace);
      chmodSync(root, 0o755);
      if (asNobody.user !== undefined) owned(workspace);
      return workspace;
    }

    /** The folders are freed again, and the run goes on where it stopped. */
    async function freed(workspace: string, paths: readonly string[]): Promise<void> {
      for (const path of paths) chmodSync(join(workspace, path), 0o755);
      const next = await m7(workspace, [], asNobody);
      assert.equal(next.code, 0, next.err);
      await whole(workspace, { failedLoads: true });
    }

    const landing = `data/landing/Skylink_Playback_${DATE}.csv`;

    beforeEach(async function () {
      if (process.platform === 'win32') this.skip();
      // Can this user read the program at all?
      const probe = await m7(join(root, 'nowhere'), [], asNobody).catch(() => undefined);
      if (probe?.code !== 2) {
        console.log('        (another user cannot run the program here)');
        this.skip();
      }
    });

    it('read a landing file: that step fails and names it, the others go on', async () => {
      const workspace = restricted((w) => chmodSync(join(w, landing), 0));
      const run = await m7(workspace, [], asNobody);
      assert.equal(run.code, 1);
      const [step, ...others] = failed(run);
      assert.deepEqual(others, []);
      assert.match(step?.error?.code ?? '', /PERMISSION|FILE_UNREADABLE/);
      assert.ok(step?.error?.message.includes('Skylink_Playback') === true, step?.error?.message);
      assert.ok(existsSync(join(workspace, `data/gold/${DATE}/Device.parquet`)));
      await freed(workspace, [landing]);
    });

    it('move files out of landing: the steps fail, nothing is lost or taken twice', async () => {
      const workspace = restricted((w) => chmodSync(join(w, 'data/landing'), 0o555));
      const run = await m7(workspace, [], asNobody);
      assert.equal(run.code, 1);
      assert.equal(failed(run).length, 4);
      for (const step of failed(run)) assert.equal(step.error?.code, 'PERMISSION', step.error?.message);
      assert.equal(readdirSync(join(workspace, 'data/landing')).length, 4);
      await freed(workspace, ['data/landing']);
    });

    for (const layer of ['raw', 'silver', 'gold'])
      it(`write ${layer}: its steps fail with PERMISSION, nothing is lost`, async () => {
        const workspace = restricted((w) => {
          mkdirSync(join(w, 'data', layer), { mode: 0o555 });
        });
        const run = await m7(workspace, [], asNobody);
        assert.equal(run.code, 1);
        assert.ok(failed(run).length > 0);
        for (const step of failed(run)) {
          assert.equal(step.error?.code, 'PERMISSION', step.error?.message);
          assert.match(step.error.message, new RegExp(`/data/${layer}/`));
        }
        await freed(workspace, [`data/${layer}`]);
      });

    it('write the data folder at all: says so at once', async () => {
      const workspace = restricted((w) => chmodSync(join(w, 'data'), 0o555));
      const run = await m7(workspace, [], asNobody);
      assert.equal(run.code, 1);
      assert.match(run.out, /"code":"PERMISSION"/);
      assert.deepEqual(readdirSync(join(workspace, 'data')), ['landing']);
      await freed(workspace, ['data']);
    });

    for (const path of ['data/.state/manifests', 'data/.state/tmp', 'data/logs', 'data/rejects'])
      it(`write ${path}: says so in order`, async () => {
        const workspace = restricted((w) => {
          mkdirSync(join(w, path), { recursive: true });
          chmodSync(join(w, path), 0o555);
        });
        const run = await m7(workspace, [], asNobody);
        assert.equal(run.code, 1, run.err);
        assert.match(run.out, /"code":"PERMISSION"/);
        await freed(workspace, [path]);
      });

    it('write the warehouse: loads fail with PERMISSION, the layers are made', async () => {
      const workspace = restricted(() => undefined);
      assert.equal((await m7(workspace, [], asNobody)).code, 0);
      chmodSync(join(workspace, 'data/warehouse.duckdb'), 0o444);
      const run = await m7(workspace, ['--force'], asNobody);
      assert.equal(run.code, 1, run.err);
      assert.match(run.out, /"code":"PERMISSION"/);
      chmodSync(join(workspace, 'data/warehouse.duckdb'), 0o644);
      assert.equal((await m7(workspace, [], asNobody)).code, 0);
    });

    it('write on a read-only file system: says so at once', async function () {
      const workspace = copy(fresh);
      const data = join(workspace, 'data');
      const bound =
        spawnSync('mount', ['--bind', data, data]).status === 0 &&
        spawnSync('mount', ['-o', 'remount,ro,bind', data]).status === 0;
      if (!bound) {
        console.log('        (file systems may not be mounted here)');
        this.skip();
      }
      mounted.push(data);
      const run = await m7(workspace);
      assert.equal(run.code, 1);
      assert.match(run.out, /"code":"PERMISSION"/);
      spawnSync('umount', [data]);
      assert.equal((await m7(workspace)).code, 0);
      await whole(workspace);
    });
  });

  describe('that is interrupted', () => {
    let large = '';
    let largeTruth: Snapshot = {};

    before(async () => {
      large = join(root, 'large');
      writeDay(large, smallDay(250_000));
      const undisturbed = copy(large);
      assert.equal((await m7(undisturbed)).code, 0);
      largeTruth = await snapshot(join(undisturbed, 'data'));
      rmSync(undisturbed, { recursive: true });
    });

    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      for (const stage of ['landing-to-raw', 'raw-to-silver', 'silver-to-gold', 'gold-to-snowflake'] as const)
        it(`by ${signal} in ${stage}: ends with 130 soon, leaves nothing behind, and the next run makes it whole`, async () => {
          const workspace = copy(large);
          const child = start(workspace, ['--table', 'Playback', '--table', 'Device']);
          const end = ended(child);
          let asked = 0;
          child.stdout?.on('data', (text: string) => {
            if (asked > 0 || !new RegExp(`step_started.*"stage":"${stage}".*Playback`).test(text)) return;
            asked = performance.now();
            child.kill(signal);
          });
          const run = await end;
          const took = performance.now() - asked;
          assert.ok(asked > 0, `${stage} was reached`);
          assert.equal(run.code, 130, run.err);
          assert.ok(took < 2_000, `${Math.round(took)} ms`);
          const last = events(run).at(-1);
          assert.ok(last?.event === 'run_finished' && last.status === 'cancelled');
          assert.deepEqual(leftovers(join(workspace, 'data')), []);
          const next = await m7(workspace);
          assert.equal(next.code, 0, next.err);
          assert.deepEqual(differences(largeTruth, await snapshot(join(workspace, 'data'))), []);
          rmSync(workspace, { recursive: true });
        });
  });
});
