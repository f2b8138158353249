// m7 maintenance over a workspace that was run: what it tells, what it leaves, and how it ends.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { takeLock } from '../../src/engine/lake/lock';
import { DATE, runDay, smallDay, writeDay } from '../support/day';
import { useFolder } from '../support/folder';
import { buildCommand, m7, type Ended } from './command';

const lines = (text: string): any[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

describe('m7 maintenance', function () {
  this.timeout(60_000);
  const folder = useFolder();
  before(buildCommand);
  const maintenance = (...words: string[]): Promise<Ended> =>
    m7(['maintenance', ...words, '--workspace', folder()]);
  async function ran(settings: string): Promise<void> {
    const day = smallDay();
    writeDay(folder(), { ...day, settings: `${day.settings ?? ''}${settings}` });
    await runDay(folder());
  }
  const silver = (): string => join(folder(), 'data/silver', DATE, 'Skylink/Device.parquet');

  it('tells layers, bytes and reasons in a dry run and does it without', async () => {
    await ran('DELETE_SILVER_FILES_AFTER_LOAD=true\nRAW_RETENTION_DAYS=1\n');
    const told = await maintenance('--dry-run');
    assert.equal(told.code, 0, told.err);
    assert.match(told.out, /silver +remove +4 +[\d.,]+ kB +loaded, DELETE_SILVER_FILES_AFTER_LOAD/i);
    assert.match(told.out, /raw +archive +4 /);
    assert.match(told.out, /would go or be archived/);
    assert.match(told.err, /Nothing was changed/);
    assert.equal(existsSync(silver()), true);
    const done = await maintenance('--json');
    assert.equal(done.code, 0, done.err);
    const events = lines(done.out);
    const last = events.at(-1);
    assert.equal(last.event, 'maintenance_finished');
    assert.equal(last.dry_run, false);
    assert.equal(events.filter((e) => e.event === 'action').length, last.actions);
    const totals: readonly { readonly bytes: number }[] = last.totals;
    assert.equal(
      totals.reduce((sum, t) => sum + t.bytes, 0),
      last.bytes,
    );
    assert.equal(existsSync(silver()), false);
    assert.match((await maintenance()).out, /Nothing to do\./);
    // What was removed is not made again by a run without work.
    assert.match((await m7(['run', '--date', DATE, '--workspace', folder()])).out, /Nothing to do/);
  });

  it('tells hundreds of files by layer, and one by one on request', async () => {
    await ran('');
    const runs = join(folder(), 'data/logs/runs');
    for (let i = 10; i < 99; i += 1) writeFileSync(join(runs, `20200101T0000${i}Z-aaaaaa.ndjson`), 'x');
    const told = await maintenance('--dry-run');
    assert.ok(told.out.split('\n').length < 12, told.out);
    assert.match(told.out, /logs +remove +89 .*LOG_RETENTION_DAYS/);
    assert.ok((await maintenance('--dry-run', '--verbose')).out.split('\n').length > 89);
  });

  it('goes on where one thing cannot be done, and ends with 1', async () => {
    await ran('RAW_RETENTION_DAYS=1\n');
    writeFileSync(join(folder(), 'data/archive'), 'a file where the folder should be');
    writeFileSync(join(folder(), 'data/.state/tmp/dead'), 'x');
    const done = await maintenance();
    assert.equal(done.code, 1);
    assert.match(done.out, /Failed: 4 files/);
    assert.match(done.out, /remove +data\/\.state\/tmp\/dead/);
    assert.equal(existsSync(join(folder(), 'data/.state/tmp/dead')), false);
    assert.equal(existsSync(join(folder(), 'data/raw', DATE, 'Skylink/Device.csv')), true);
  });

  it('keeps what the warehouse would have to confirm when it cannot be asked', async () => {
    await ran('DELETE_SILVER_FILES_AFTER_LOAD=true\n');
    writeFileSync(join(folder(), 'data/warehouse.duckdb'), 'this is no database, whatever its name says');
    const done = await maintenance();
    assert.equal(done.code, 1);
    assert.match(done.out, /The warehouse cannot be asked/);
    assert.equal(existsSync(silver()), true);
  });

  it('waits for nobody: exit 3 while a run holds the lock, but a dry run answers', async () => {
    await ran('DELETE_SILVER_FILES_AFTER_LOAD=true\n');
    const lock = await takeLock(join(folder(), 'data/.state'));
    try {
      assert.equal((await maintenance()).code, 3);
      const told = await maintenance('--dry-run');
      assert.equal(told.code, 1);
      assert.match(told.out, /A run is using this data folder/);
    } finally {
      await lock.release();
    }
  });

  for (const [words, says] of [
    ['--dryrun', /Unknown option '--dryrun'/],
    ['now', /Too many arguments/],
    ['--date 20241115', /Unknown option '--date'/],
    ['--dry-run=yes', /option|argument/],
    ['--quiet --verbose', /cannot be used with/],
  ] as const)
    it(`refuses ${words}`, async () => {
      const end = await m7(['maintenance', ...words.split(' ')], { cwd: folder() });
      assert.equal(end.code, 2, end.err);
      assert.match(end.err, says);
      assert.deepEqual(readdirSync(folder()), []);
    });

  it('says which line of .env is wrong', async () => {
    mkdirSync(join(folder(), 'config'));
    writeFileSync(join(folder(), '.env'), 'DATA_DIR=./data\nLOG_RETENTION_DAYS=soon\n');
    const end = await maintenance();
    assert.equal(end.code, 2);
    assert.match(end.err, /\.env:2|line 2/);
  });
});
