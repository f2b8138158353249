// Repair: manifests made again from what lies there, and nothing else; what cannot be proven stays and says why.
import assert from 'node:assert/strict';
import {
  appendFileSync,
  existsSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { repair, type RepairOptions, type RepairResult } from '../../../src/engine';
import { takeLock } from '../../../src/engine/lake/lock';
import { DATE, failures, open, runDay, worked } from '../../support/day';
import { useFinishedDay } from '../../support/finishedDay';
import { differences, leftovers, snapshot } from '../../support/snapshot';

describe('repair', function () {
  this.timeout(120_000);
  const { truth, copy, raw, manifest } = useFinishedDay();
  const fix = async (folder: string, options: Partial<RepairOptions> = {}): Promise<RepairResult> =>
    repair(await open(folder), { dryRun: false, verify: false, ...options });
  const told = ({ files }: RepairResult): string[] => files.map((f) => `${f.outcome} ${f.path}`);
  /** As after the first run, but for what is kept aside on purpose. */
  async function whole(folder: string): Promise<void> {
    const aside = /\.kept-1: not there/;
    const found = differences(truth(), await snapshot(join(folder, 'data')));
    assert.deepEqual(
      found.filter((line) => !aside.test(line)),
      [],
    );
    assert.deepEqual(leftovers(join(folder, 'data')), []);
    assert.deepEqual(worked(await runDay(folder)), []);
    assert.deepEqual(told(await fix(folder)), []);
  }
  /** Everything in the data folder, by its bytes; the lock leaves nothing. */
  const bytes = (folder: string): Record<string, string> =>
    Object.fromEntries(
      readdirSync(join(folder, 'data'), { recursive: true, encoding: 'utf8' })
        .filter((name) => statSync(join(folder, 'data', name)).isFile())
        .map((name) => [name, readFileSync(join(folder, 'data', name), 'latin1')]),
    );

  it('of a whole state finds nothing and changes nothing', async () => {
    const folder = copy();
    const before = bytes(folder);
    assert.deepEqual(await fix(folder, { verify: true }), { dry_run: false, dates: 1, files: [] });
    assert.deepEqual(bytes(folder), before);
  });

  it('of a lost state adopts all of raw: a dry run first says so and changes nothing', async () => {
    const folder = copy();
    rmSync(join(folder, 'data/.state'), { recursive: true });
    const before = bytes(folder);
    const all = ['Skylink', 'Digi'].flatMap((brand) =>
      ['Device', 'Playback'].map((table) => `adopted data/raw/${DATE}/${brand}/${table}.csv`),
    );
    assert.deepEqual(told(await fix(folder, { dryRun: true })), all);
    assert.deepEqual(bytes(folder), before);
    assert.deepEqual(told(await fix(folder, { date: '20240101' })), []);
    assert.deepEqual(told(await fix(folder, { date: DATE })), all);
    assert.deepEqual(told(await fix(folder)), []);
    assert.deepEqual(failures(await runDay(folder)), []);
    await whole(folder);
  });

  for (const [what, text] of Object.entries({
    'cut short': '{"version":1,"layer":"raw"',
    empty: '',
    'of another shape': '{"version":1,"key":"x"}',
    'of another slot': 'other',
  }))
    it(`makes a manifest again that is ${what}, and keeps its bytes`, async () => {
      const folder = copy();
      const path = manifest(folder, 'Digi/Device.json');
      writeFileSync(path, text === 'other' ? readFileSync(manifest(folder, 'Skylink/Device.json')) : text);
      const kept = readFileSync(path, 'utf8');
      assert.deepEqual(told(await fix(folder)), [`adopted data/raw/${DATE}/Digi/Device.csv`]);
      const aside = readdirSync(join(path, '..')).filter((name) => name.includes('.damaged-'));
      assert.deepEqual(
        aside.map((name) => readFileSync(join(path, '..', name), 'utf8')),
        [kept],
      );
      for (const name of aside) rmSync(join(path, '..', name));
      assert.deepEqual(failures(await runDay(folder)), []);
      await whole(folder);
    });

  it('leaves a damaged manifest whose files do not agree, and says what to do', async () => {
    const folder = copy();
    writeFileSync(manifest(folder, 'Digi/Device.json'), '');
    appendFileSync(raw(folder, 'Digi/Device.csv'), '\nnew,M,1.00\n');
    const before = bytes(folder);
    const found = await fix(folder);
    assert.deepEqual(told(found), [`unproven data/raw/${DATE}/Digi/Device.parquet`]);
    assert.match(found.files[0]?.reason ?? '', /other rows/);
    assert.match(found.files[0]?.remedy ?? '', /backup/);
    assert.deepEqual(bytes(folder), before);
  });

  it('names a damaged manifest whose files are gone, and a missing one before another', async () => {
    const folder = copy();
    writeFileSync(
      join(folder, 'data/landing', `Digi_Device_${DATE}.csv`),
      'device_id,model,price\nn,M,1.00\n',
    );
    assert.deepEqual(failures(await runDay(folder)), []);
    for (const name of ['Digi/Device.csv', 'Digi/Device.parquet']) rmSync(raw(folder, name));
    const path = manifest(folder, 'Digi/Device.json');
    const shown = `unproven data/.state/manifests/raw/${DATE}/Digi/Device.json`;
    writeFileSync(path, '');
    assert.deepEqual(told(await fix(folder)), [shown]);
    rmSync(path);
    assert.deepEqual(told(await fix(folder)), [shown]);
  });

  it('reads an original again that grew; the next run loads it', async () => {
    const folder = copy();
    appendFileSync(raw(folder, 'Digi/Device.csv'), '\nnew,M,1.00\n');
    assert.deepEqual(told(await fix(folder, { dryRun: true })), [
      `made_again data/raw/${DATE}/Digi/Device.csv`,
    ]);
    assert.deepEqual(told(await fix(folder)), [`made_again data/raw/${DATE}/Digi/Device.csv`]);
    assert.ok(worked(await runDay(folder)).includes('raw-to-silver Device Digi done'));
    assert.deepEqual(told(await fix(folder)), []);
  });

  it('with --verify sees other content of the same size and time, which nothing else does', async () => {
    const folder = copy();
    const path = raw(folder, 'Digi/Device.csv');
    const { atimeMs, mtimeMs } = statSync(path);
    writeFileSync(path, readFileSync(path, 'utf8').replace('D0,', 'Q0,'));
    utimesSync(path, atimeMs / 1000, mtimeMs / 1000);
    assert.deepEqual(worked(await runDay(folder)), []);
    assert.deepEqual(told(await fix(folder)), []);
    assert.deepEqual(told(await fix(folder, { verify: true })), [
      `made_again data/raw/${DATE}/Digi/Device.csv`,
    ]);
    assert.ok(worked(await runDay(folder)).includes('raw-to-silver Device Digi done'));
    assert.deepEqual(told(await fix(folder, { verify: true })), []);
  });

  it('makes a raw Parquet again that is missing, and leaves silver, gold and reports to the next run', async () => {
    const folder = copy();
    rmSync(raw(folder, 'Digi/Device.parquet'));
    writeFileSync(join(folder, `data/.state/manifests/silver/${DATE}/Digi/Device.json`), 'x');
    assert.deepEqual(told(await fix(folder)), [
      `made_again data/raw/${DATE}/Digi/Device.csv`,
      `next_run data/.state/manifests/silver/${DATE}/Digi/Device.json`,
    ]);
    assert.deepEqual(failures(await runDay(folder)), []);
    await whole(folder);
  });

  it('says that an original is missing whose Parquet is the only copy', async () => {
    const folder = copy();
    rmSync(raw(folder, 'Digi/Device.csv'));
    assert.deepEqual(told(await fix(folder)), [`unproven data/raw/${DATE}/Digi/Device.csv`]);
  });

  it('waits for no run, and can be cancelled at any date', async () => {
    const folder = copy();
    rmSync(join(folder, 'data/.state/manifests'), { recursive: true });
    const lock = await takeLock(join(folder, 'data/.state'));
    await assert.rejects(fix(folder), { code: 'LOCKED' });
    await lock.release();
    const stop = new AbortController();
    stop.abort();
    await assert.rejects(fix(folder, { signal: stop.signal }), { code: 'CANCELLED' });
    const later = new AbortController();
    await assert.rejects(
      fix(folder, { signal: later.signal, progress: () => setTimeout(() => later.abort(), 30) }),
      { code: 'CANCELLED' },
    );
    assert.ok(!existsSync(join(folder, 'data/.state/lock')));
    await fix(folder);
    assert.deepEqual(failures(await runDay(folder)), []);
  });
});
