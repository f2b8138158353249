// Runs disturbed from outside: files damaged, growing, gone or no files at all, and runs that are stopped.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openDatabase, quoteLiteral, quotePath } from '../../../src/engine/base/duckdb';
import { readSummary, run, type RunEvent, type Selection } from '../../../src/engine';
import { DATE, failures, open, runDay, smallDay, worked, writeDay } from '../../support/day';
import { differences, leftovers, snapshot, type Snapshot } from '../../support/snapshot';

describe('a disturbed run', function () {
  this.timeout(120_000);
  let root = '';
  let fresh = '';
  let done = '';
  let truth: Snapshot = {};
  let counter = 0;

  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'm7-disturbed-'));
    fresh = join(root, 'fresh');
    done = join(root, 'done');
    writeDay(fresh, smallDay());
    cpSync(fresh, done, { recursive: true, preserveTimestamps: true });
    const first = await runDay(done);
    assert.deepEqual(failures(first), []);
    truth = await snapshot(join(done, 'data'));
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  const copyOf = (from: string): string => {
    counter += 1;
    const to = join(root, String(counter));
    cpSync(from, to, { recursive: true, preserveTimestamps: true });
    return to;
  };
  /** Equal to an undisturbed run; where a table was loaded twice on the way, but for the history of loads. */
  const whole = async (folder: string, loads = 'loads are the same'): Promise<void> => {
    const found = differences(truth, await snapshot(join(folder, 'data')));
    const may = (line: string): boolean =>
      loads !== 'loads are the same' && line.startsWith('warehouse STG_SG_MONITORING.LOADS: ');
    assert.deepEqual(
      found.filter((line) => !may(line)),
      [],
    );
    assert.deepEqual(leftovers(join(folder, 'data')), []);
  };

  const outputs = [
    `raw/${DATE}/Skylink/Playback.parquet`,
    `silver/${DATE}/Digi/Playback.parquet`,
    `gold/${DATE}/Playback.parquet`,
    `rejects/${DATE}/gold-to-snowflake/Playback.parquet`,
  ];

  describe('with a Parquet file', () => {
    const damages: Readonly<Record<string, (path: string) => void>> = {
      'cut short': (path) => truncateSync(path, statSync(path).size - 7),
      emptied: (path) => truncateSync(path, 0),
      removed: (path) => rmSync(path),
      'made longer': (path) => appendFileSync(path, 'more'),
    };
    for (const [name, damage] of Object.entries(damages))
      for (const output of outputs.slice(0, 3))
        it(`${name}, ${output.split('/')[0] ?? ''}: is made anew, byte for byte`, async () => {
          const folder = copyOf(done);
          damage(join(folder, 'data', output));
          const again = await runDay(folder);
          assert.deepEqual(failures(again), []);
          assert.notDeepEqual(worked(again), [], 'something was made anew');
          await whole(folder);
        });

    for (const output of outputs.slice(0, 3))
      it(`of garbage of the same size, ${output.split('/')[0] ?? ''}: fails naming it, and the remedy works`, async () => {
        const folder = copyOf(done);
        const path = join(folder, 'data', output);
        writeFileSync(path, Buffer.alloc(statSync(path).size, 0xa5));
        // Nothing that is up to date reads it; forcing the last stages does.
        const stage = output.startsWith('raw')
          ? 'raw-to-silver'
          : output.startsWith('silver')
            ? 'silver-to-gold'
            : 'gold-to-snowflake';
        const broken = await runDay(folder, { selection: { dates: [DATE], stages: [stage], force: true } });
        const failed = broken.result.steps.filter((s) => s.status === 'failed');
        assert.equal(failed.length, 1, failures(broken).join('\n'));
        const [first] = failed;
        assert.equal(first?.error?.code, 'PARQUET_INVALID', failures(broken).join('\n'));
        assert.equal(first.error.file, path);
        assert.ok(first.error.message.includes(path), first.error.message);
        assert.match(first.error.remedy, /[Rr]emove the file and run again/);
        assert.equal(broken.result.status, 'failed');
        // Exactly what the remedy says: no --force.
        rmSync(path);
        const again = await runDay(folder);
        assert.deepEqual(failures(again), []);
        await whole(folder, 'loads may differ');
      });

    for (const [i, stage] of (['raw-to-silver', 'silver-to-gold', 'gold-to-snowflake'] as const).entries())
      it(`replaced by another one with as many rows: ${stage} refuses it, and the remedy works`, async () => {
        const folder = copyOf(done);
        const path = join(folder, 'data', outputs[i] ?? '');
        await rewrite(path);
        const before = readFileSync(path);
        const selection: Selection = { dates: [DATE], stages: [stage], tables: ['Playback'], force: true };
        const [error, ...others] = (await runDay(folder, { selection })).result.steps.flatMap(
          (s) => s.error ?? [],
        );
        assert.deepEqual([error?.code, error?.file, others], ['PARQUET_INVALID', path, []], error?.message);
        assert.match(error?.message ?? '', /is missing or not as it was published/);
        assert.deepEqual(readFileSync(path), before);
        const [, earlier = ''] = /^Run (\S+) /.exec(error?.remedy ?? '') ?? [];
        const again = await runDay(folder);
        assert.ok(
          worked(again).some((step) => step.startsWith(`${earlier} Playback`)),
          worked(again).join('; '),
        );
        assert.deepEqual(failures(again), []);
        await whole(folder);
      });

    it('replaced by a folder: fails naming it, and goes on once it is away', async () => {
      const folder = copyOf(done);
      const path = join(folder, 'data', outputs[2] ?? '');
      rmSync(path);
      mkdirSync(path);
      const broken = await runDay(folder);
      assert.match(
        failures(broken).join('\n'),
        /^silver-to-gold Playback : FILE_UNREADABLE .*Playback\.parquet/,
      );
      rmSync(path, { recursive: true });
      assert.deepEqual(failures(await runDay(folder)), []);
      await whole(folder);
    });

    for (const [i, stage] of (['raw-to-silver', 'silver-to-gold', 'gold-to-snowflake'] as const).entries())
      it(`of garbage in the middle, its footer whole: ${stage} fails naming it, and the remedy works`, async () => {
        const folder = copyOf(done);
        const path = join(folder, 'data', outputs[i] ?? '');
        const bytes = readFileSync(path);
        bytes.fill(0xa5, 8, Math.floor(bytes.length / 3));
        writeFileSync(path, bytes);
        const selection: Selection = { dates: [DATE], stages: [stage], tables: ['Playback'], force: true };
        const [error, ...others] = (await runDay(folder, { selection })).result.steps.flatMap(
          (s) => s.error ?? [],
        );
        assert.deepEqual([error?.code, error?.file, others], ['PARQUET_INVALID', path, []], error?.message);
        assert.match(error?.remedy ?? '', /[Rr]emove the file and run again/);
        rmSync(path);
        assert.deepEqual(failures(await runDay(folder)), []);
        await whole(folder, 'loads may differ');
      });

    it('of another table that a rule refers to: is the one that is named', async () => {
      const folder = copyOf(done);
      const path = join(folder, 'data', `gold/${DATE}/Device.parquet`);
      writeFileSync(path, Buffer.alloc(statSync(path).size, 0xa5));
      const selection: Selection = {
        dates: [DATE],
        stages: ['gold-to-snowflake'],
        tables: ['Playback'],
        force: true,
      };
      const ran = await runDay(folder, { selection });
      // Rules of a table that cannot be read end in status "error"; the step may also fail, but never silently.
      const [report] = ran.result.reports;
      const findings = report?.findings.filter((f) => f.rule === 'references').map((f) => f.status) ?? [];
      assert.ok(
        findings.includes('error') || failures(ran).some((f) => f.includes(path)),
        `${failures(ran).join()} ${findings.join()}`,
      );
      rmSync(path);
      assert.deepEqual(failures(await runDay(folder)), []);
    });

    it('damaged in raw and its original gone: only that slot fails, and says which file to deliver', async () => {
      const folder = copyOf(done);
      truncateSync(join(folder, 'data', outputs[0] ?? ''), 10);
      rmSync(join(folder, 'data', `raw/${DATE}/Skylink/Playback.csv`));
      const again = await runDay(folder);
      assert.match(
        failures(again).join('\n'),
        /^landing-to-raw Playback Skylink: NOT_FOUND .*Playback\.csv.*deliver/,
      );
    });
  });

  describe('with a broken state', () => {
    for (const [name, damage] of Object.entries({
      'manifest cut short': (path: string) => truncateSync(path, 20),
      'manifest of another shape': (path: string) => writeFileSync(path, '{"version":1,"key":"x"}'),
      'manifest of binary bytes': (path: string) => writeFileSync(path, Buffer.alloc(100, 0xff)),
    }))
      for (const layer of [`silver/${DATE}/Digi`, `gold/${DATE}`, `validated/${DATE}`])
        it(`${name} of ${layer}: its output is made anew`, async () => {
          const folder = copyOf(done);
          damage(join(folder, 'data/.state/manifests', layer, 'Device.json'));
          assert.deepEqual(failures(await runDay(folder)), []);
          await whole(folder, 'loads may differ');
        });

    it('manifest of raw damaged: its table stops as if its rows were still to come, and the others go on', async () => {
      const folder = copyOf(done);
      const manifest = join(folder, `data/.state/manifests/raw/${DATE}/Digi/Device.json`);
      for (const damage of ['', '{"version":1,"layer":"raw"', 'null', '{"version":1,"key":"x"}']) {
        writeFileSync(manifest, damage);
        const ran = await runDay(folder);
        assert.deepEqual(
          ran.result.steps
            .filter((s) => s.status === 'failed')
            .map((s) => [s.stage, s.table, s.brand, s.error?.code, s.error?.file]),
          [['landing-to-raw', 'Device', 'Digi', 'STATE_CORRUPT', manifest]],
        );
        assert.match(
          ran.result.steps.find((s) => s.error !== undefined)?.error?.remedy ?? '',
          /m7 repair --date 20241115/,
        );
        assert.deepEqual(
          worked(ran).filter((step) => /gold|snowflake/.test(step) && step.includes('Device')),
          [],
        );
      }
      assert.deepEqual(leftovers(join(folder, 'data')), []);
      rmSync(manifest);
      renameSync(
        join(folder, `data/raw/${DATE}/Digi/Device.csv`),
        join(folder, `data/landing/Digi_Device_${DATE}.csv`),
      );
      assert.deepEqual(failures(await runDay(folder)), []);
      await whole(folder);
    });
  });

  describe('with a landing file', () => {
    const playback = `Skylink_Playback_${DATE}.csv`;
    const landing = (folder: string): string => join(folder, 'data/landing', playback);

    it('that grows before it is read: waits, the others go on, and the next run takes it whole', async () => {
      const folder = copyOf(fresh);
      const text = readFileSync(landing(folder), 'utf8');
      writeFileSync(landing(folder), text.slice(0, 200));
      let at = 200;
      const growing = setInterval(() => {
        appendFileSync(landing(folder), text.slice(at, at + 20));
        at += 20;
      }, 15);
      const settling = { options: { settleMs: 1_000 } };
      const first = await runDay(folder, settling).finally(() => clearInterval(growing));
      appendFileSync(landing(folder), text.slice(at));
      assert.ok(!existsSync(join(folder, 'data', `raw/${DATE}/Skylink/Playback.parquet`)));
      assert.ok(existsSync(join(folder, 'data', `raw/${DATE}/Digi/Playback.parquet`)));
      const files = readSummary(await open(folder), DATE)?.files ?? [];
      assert.ok(
        files.some((f) => f.path === playback && f.status === 'waiting'),
        JSON.stringify(files),
      );
      assert.equal(first.result.status, 'ok');
      assert.deepEqual(failures(await runDay(folder)), []);
      await whole(folder, 'loads may differ');
    });

    it('that grows while it is read: nothing half is published, and the next run takes it whole', async () => {
      const folder = copyOf(fresh);
      const text = readFileSync(landing(folder), 'utf8');
      const old = new Date(Date.now() - 60_000);
      writeFileSync(landing(folder), text.slice(0, -30));
      utimesSync(landing(folder), old, old);
      const first = await runDay(folder, {
        each: (event) => {
          if (
            event.event === 'step_started' &&
            event.table === 'Playback' &&
            event.brand === 'Skylink' &&
            event.stage === 'landing-to-raw'
          )
            appendFileSync(landing(folder), text.slice(-30));
        },
      });
      // Either the step had not begun to read, or it notices: half is never taken.
      if (!existsSync(join(folder, 'data', `raw/${DATE}/Skylink/Playback.parquet`)))
        assert.ok(first.events.some((e) => e.event === 'log' && e.message.includes('still being written')));
      assert.deepEqual(failures(await runDay(folder)), []);
      await whole(folder, 'loads may differ');
    });

    it('that is kept out whole before another of its slot: the other is taken in as part 1', async () => {
      const folder = copyOf(fresh);
      const good = readFileSync(landing(folder), 'utf8');
      rmSync(landing(folder));
      for (const [brand, text] of [
        ['a', 'nobody,knows,these\n1,2,3\n'],
        ['b', good],
      ] as const) {
        mkdirSync(join(folder, 'data/landing', brand));
        writeFileSync(join(folder, 'data/landing', brand, playback), text);
      }
      const { result } = await runDay(folder);
      // The other one came with it: it does not replace it, and not all that came is accounted for.
      assert.equal(result.status, 'failed');
      assert.deepEqual(
        result.rejectedFiles.map((file) => [file.brand, file.table, file.rejected_file]),
        [['Skylink', 'Playback', `a/${playback}`]],
      );
      const kept = readSummary(await open(folder), DATE)?.files ?? [];
      assert.deepEqual(
        kept.filter(({ status }) => status === 'rejected').map(({ path }) => path),
        [`a/${playback}`],
      );
      assert.ok(existsSync(join(folder, 'data', `raw/${DATE}/Skylink/Playback.parquet`)));
      assert.ok(existsSync(join(folder, 'data', `silver/${DATE}/Skylink/Playback.parquet`)));
    });

    it('that is removed while the run goes on: its step fails and says so, the others go on', async () => {
      const folder = copyOf(fresh);
      const first = await runDay(folder, {
        each: (event) => {
          if (event.event === 'run_started') rmSync(landing(folder));
        },
      });
      const told = failures(first);
      assert.equal(told.length, 1, told.join('\n'));
      assert.match(
        told[0] ?? '',
        /^landing-to-raw Playback Skylink: (NOT_FOUND|FILE_UNREADABLE) .*Skylink_Playback/,
      );
      assert.ok(existsSync(join(folder, 'data', `gold/${DATE}/Device.parquet`)));
      cpSync(join(fresh, 'data/landing', playback), landing(folder));
      assert.deepEqual(failures(await runDay(folder)), []);
      await whole(folder);
    });

    it('that is no regular file: is left alone with its reason, and nothing hangs', async function () {
      if (process.platform === 'win32') this.skip();
      const folder = copyOf(fresh);
      const at = join(folder, 'data/landing');
      const outside = join(root, 'outside.csv');
      writeFileSync(outside, 'device_id,model,price\nX,Y,1\n');
      execFileSync('mkfifo', [join(at, `Digi_Device_${DATE}.txt`)]);
      symlinkSync(outside, join(at, `Skylink_Device_${DATE}.txt`));
      symlinkSync('/etc', join(at, 'etc'));
      symlinkSync(join(at, 'nowhere'), join(at, `Digi_Playback_${DATE}.txt`));
      symlinkSync('/dev/zero', join(at, `Skylink_Playback_${DATE}.txt`));
      mkdirSync(join(at, `Skylink_Device_${DATE}.tsv`));
      mkdirSync(join(at, 'loop'));
      symlinkSync(at, join(at, 'loop/up'));
      const ran = await runDay(folder);
      assert.deepEqual(failures(ran), []);
      const files = readSummary(await open(folder), DATE)?.files ?? [];
      const left = files.filter((f) => f.status === 'ignored').map((f) => f.path);
      assert.deepEqual(left, [
        `Digi_Device_${DATE}.txt`,
        `Digi_Playback_${DATE}.txt`,
        `Skylink_Device_${DATE}.txt`,
        `Skylink_Playback_${DATE}.txt`,
        'etc',
        'loop/up',
      ]);
      assert.equal(readFileSync(outside, 'utf8').length, 28, 'what a link points to is not touched');
      assert.ok(lstatSync(join(at, `Skylink_Device_${DATE}.txt`)).isSymbolicLink());
      // The comparison reads every file it finds.
      for (const name of readdirSync(at)) rmSync(join(at, name), { recursive: true });
      rmSync(join(folder, `data/logs/reports/${DATE}/summary.json`));
      const lines = differences(truth, await snapshot(join(folder, 'data')));
      assert.deepEqual(
        lines.filter((line) => !line.includes('summary.json')),
        [],
      );
    });

    it('whose folder is a file, or is gone: says so', async () => {
      const folder = copyOf(fresh);
      renameSync(join(folder, 'data/landing'), join(folder, 'elsewhere'));
      assert.deepEqual(worked(await runDay(folder)), []);
      writeFileSync(join(folder, 'data/landing'), 'no folder');
      await assert.rejects(runDay(folder), { name: 'PipelineError', code: 'FILE_UNREADABLE' });
    });
  });

  describe('that is stopped', () => {
    const until =
      (stop: (event: RunEvent) => boolean, abort: AbortController) =>
      (event: RunEvent): void => {
        if (stop(event)) abort.abort();
      };
    const moments: Readonly<Record<string, (event: RunEvent) => boolean>> = {
      'before it began': () => true,
      'at its first step': (e) => e.event === 'step_started',
      'in silver': (e) => e.event === 'step_started' && e.stage === 'raw-to-silver',
      'in gold': (e) => e.event === 'step_started' && e.stage === 'silver-to-gold',
      'in a load': (e) => e.event === 'step_started' && e.stage === 'gold-to-snowflake',
      'after its last step': (e) =>
        e.event === 'step_finished' && e.stage === 'gold-to-snowflake' && e.table === 'Playback',
    };
    for (const [name, moment] of Object.entries(moments))
      it(`by its signal ${name}: ends cancelled, and the next run makes it whole`, async () => {
        const folder = copyOf(fresh);
        const abort = new AbortController();
        const stopped = await runDay(folder, {
          options: { signal: abort.signal },
          each: until(moment, abort),
        });
        assert.equal(stopped.result.status, 'cancelled');
        const end = stopped.events.at(-1);
        assert.ok(end?.event === 'run_finished' && end.status === 'cancelled');
        assert.deepEqual(failures(stopped), []);
        assert.deepEqual(leftovers(join(folder, 'data')), []);
        assert.deepEqual(failures(await runDay(folder)), []);
        await whole(folder);
      });

    it('with a signal aborted beforehand: throws or ends cancelled, and holds nothing', async () => {
      const folder = copyOf(fresh);
      const ended = await runDay(folder, { options: { signal: AbortSignal.abort() } }).then(
        (r) => r.result.status,
        (error: unknown) => (error as { code?: string }).code,
      );
      assert.match(String(ended), /cancelled/i);
      assert.deepEqual(leftovers(join(folder, 'data')), []);
      await runDay(folder);
      await whole(folder);
    });

    for (const [name, moment] of Object.entries(moments).slice(1, -1))
      it(`by leaving its loop ${name}: no step runs on, the lock is free`, async () => {
        const folder = copyOf(fresh);
        const workspace = await open(folder);
        let left = false;
        for await (const event of run(workspace, { dates: [DATE] })) {
          left = moment(event);
          if (left) break;
        }
        assert.ok(left, 'the moment came');
        const before = readdirSync(join(folder, 'data'), { recursive: true }).sort();
        assert.deepEqual(leftovers(join(folder, 'data')), []);
        await new Promise((resolve) => setTimeout(resolve, 150));
        assert.deepEqual(
          readdirSync(join(folder, 'data'), { recursive: true }).sort(),
          before,
          'all is quiet',
        );
        assert.deepEqual(failures(await runDay(folder)), []);
        await whole(folder);
      });
  });
});

/** The same rows as a Parquet file of other bytes, as a tool that copies data might leave it. */
async function rewrite(path: string): Promise<void> {
  const database = await openDatabase({ folders: [dirname(path)] });
  const connection = await database.connect();
  try {
    const copy = `${path}.copy`;
    await connection.run(
      `COPY (SELECT * FROM read_parquet(${quotePath(path)})) TO ${quoteLiteral(copy)} (FORMAT parquet, COMPRESSION uncompressed)`,
    );
    assert.notEqual(statSync(copy).size, statSync(path).size);
    renameSync(copy, path);
  } finally {
    connection.close();
    database.close();
  }
}
