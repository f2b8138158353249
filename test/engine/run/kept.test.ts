// What came is never lost: the state is gone, a manifest is missing, or an original is not what its manifest says.
import assert from 'node:assert/strict';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { openDatabase, quoteLiteral, quotePath } from '../../../src/engine/base/duckdb';
import {
  type MaintenanceOutcome,
  maintain,
  planRun,
  readLayerDates,
  readLayerFiles,
  repair,
} from '../../../src/engine';
import { DATE, type Drained, failures, open, runDay, smallDay, worked } from '../../support/day';
import { useFinishedDay } from '../../support/finishedDay';
import { differences, leftovers, snapshot } from '../../support/snapshot';

describe('what came', function () {
  this.timeout(120_000);
  const { truth, copy, raw, manifest } = useFinishedDay();
  const loseState = (folder: string): void => rmSync(join(folder, 'data/.state'), { recursive: true });
  const deliver = (folder: string, name: string, text: string): void =>
    writeFileSync(join(folder, 'data/landing', name), text);
  /** As after the first run: nothing lost, nothing twice, and nothing left to do. */
  async function whole(folder: string): Promise<void> {
    assert.deepEqual(differences(truth(), await snapshot(join(folder, 'data'))), []);
    assert.deepEqual(leftovers(join(folder, 'data')), []);
    await idle(folder);
  }
  async function idle(folder: string): Promise<void> {
    const plan = await planRun(await open(folder), { dates: [DATE] });
    assert.deepEqual(
      plan.steps.filter((s) => s.action === 'run').map((s) => `${s.stage} ${s.table}: ${s.reason}`),
      [],
    );
  }
  async function idsInWarehouse(folder: string, table: string, column: string): Promise<string[]> {
    const database = await openDatabase({ folders: [join(folder, 'data')] });
    const connection = await database.connect();
    try {
      await connection.run(`ATTACH ${quoteLiteral(join(folder, 'data/warehouse.duckdb'))} AS w (READ_ONLY)`);
      const rows = await connection.rows<{ id: string }>(
        `SELECT ${column} AS id FROM w."STG_SG"."${table}" ORDER BY ALL`,
      );
      return rows.map(({ id }) => id);
    } finally {
      connection.close();
      database.close();
    }
  }

  describe('with the state lost', () => {
    it('is taken up again from what lies there: the same outputs, and no load twice', async () => {
      const folder = copy();
      loseState(folder);
      const again = await runDay(folder);
      assert.deepEqual(failures(again), []);
      const told = again.events.flatMap((e) =>
        e.event === 'log' && e.level === 'warning' ? [e.message] : [],
      );
      assert.ok(
        told.some((m) => /history .* missing/.test(m) && /accepted drifts/.test(m)),
        told.join('\n'),
      );
      assert.ok(
        told.some((m) =>
          /raw\/20241115\/Digi\/Device\.csv had no manifest: it was adopted as Digi_Device_20241115\.csv/.test(
            m,
          ),
        ),
        told.join('\n'),
      );
      await asBefore(folder);
    });

    /** Reports of the lost state stay beside the new ones. */
    async function asBefore(folder: string): Promise<void> {
      const found = differences(truth(), await snapshot(join(folder, 'data')));
      const aside = found.filter((line) => /reports\/.*\.json\.kept-1: not there/.test(line));
      assert.deepEqual(
        found.filter((line) => !aside.includes(line)),
        [],
      );
      assert.equal(aside.length, 2, 'the reports of both tables');
      await idle(folder);
    }

    it('is not written over by the next file of its slot: both are loaded', async () => {
      const folder = copy();
      const before = readFileSync(raw(folder, 'Digi/Device.csv'), 'utf8');
      const loaded = await idsInWarehouse(folder, 'DEVICE', 'DEVICE_ID');
      loseState(folder);
      deliver(folder, `Digi_Device_${DATE}.csv`, 'device_id,model,price\nnew1,M,1.00\n');
      assert.deepEqual(failures(await runDay(folder)), []);
      assert.equal(readFileSync(raw(folder, 'Digi/Device.csv'), 'utf8'), before);
      assert.ok(existsSync(raw(folder, 'Digi/Device.2.csv')));
      assert.deepEqual(await idsInWarehouse(folder, 'DEVICE', 'DEVICE_ID'), [...loaded, 'new1'].sort());
      await idle(folder);
    });

    it('and a brand renamed before the next run: its tables stop, and the warehouse keeps what it has', async () => {
      const folder = copy();
      const path = join(folder, 'config/brand_configs.json');
      const { brands } = JSON.parse(readFileSync(path, 'utf8')) as { brands: Record<string, unknown> };
      const [[old, code] = ['', '']] = Object.entries(brands);
      const rest = Object.fromEntries(Object.entries(brands).slice(1));
      const renamed = { NewName: { code: typeof code === 'string' ? code : 'NEW', aliases: [old] }, ...rest };
      const loaded = await idsInWarehouse(folder, 'DEVICE', 'device_id');
      writeFileSync(path, JSON.stringify({ brands: renamed }));
      loseState(folder);
      const found = failures(await runDay(folder));
      assert.ok(found.length > 0);
      for (const failure of found) assert.match(failure, /UNKNOWN_FILE|VALIDATION/);
      assert.deepEqual(await idsInWarehouse(folder, 'DEVICE', 'device_id'), loaded);
      writeFileSync(path, JSON.stringify({ brands }));
      assert.equal(
        (await repair(await open(folder), { dryRun: false, verify: false })).files.filter(
          (f) => f.outcome === 'unproven',
        ).length,
        0,
      );
      writeFileSync(path, JSON.stringify({ brands: renamed }));
      assert.deepEqual(failures(await runDay(folder)), []);
      assert.equal((await idsInWarehouse(folder, 'DEVICE', 'device_id')).length, loaded.length);
    });

    it('and delivered once more is loaded once', async () => {
      const folder = copy();
      const loaded = await idsInWarehouse(folder, 'DEVICE', 'DEVICE_ID');
      loseState(folder);
      deliver(folder, `Digi_Device_${DATE}.csv`, readFileSync(raw(folder, 'Digi/Device.csv'), 'utf8'));
      assert.deepEqual(failures(await runDay(folder)), []);
      assert.deepEqual(await idsInWarehouse(folder, 'DEVICE', 'DEVICE_ID'), loaded);
      await idle(folder);
    });

    for (const [what, spoil] of Object.entries({
      'its original is another': (folder: string) =>
        writeFileSync(raw(folder, 'Digi/Device.csv'), 'device_id,model,price\nz,M,1.00\n'),
      'its original has one row more': (folder: string) =>
        appendFileSync(raw(folder, 'Digi/Device.csv'), '\nz,M,1.00\n'),
      'its original is gone': (folder: string) => rmSync(raw(folder, 'Digi/Device.csv')),
      'its Parquet is gone': (folder: string) => rmSync(raw(folder, 'Digi/Device.parquet')),
      'its Parquet is cut short': (folder: string) =>
        writeFileSync(
          raw(folder, 'Digi/Device.parquet'),
          readFileSync(raw(folder, 'Digi/Device.parquet')).subarray(0, 200),
        ),
      'its original is an empty file': (folder: string) => writeFileSync(raw(folder, 'Digi/Device.csv'), ''),
      'another file lies beside its original': (folder: string) =>
        writeFileSync(raw(folder, 'Digi/Device.tsv'), 'device_id\tmodel\tprice\nz\tM\t1.00\n'),
      'it is in the archive': (folder: string) => {
        mkdirSync(join(folder, 'data/archive', DATE, 'Digi'), { recursive: true });
        renameSync(raw(folder, 'Digi/Device.csv'), join(folder, 'data/archive', DATE, 'Digi/Device.csv.gz'));
        rmSync(raw(folder, 'Digi/Device.parquet'));
      },
    }))
      it(`cannot be proven where ${what}: its table stops, says which file, and nothing is changed`, async () => {
        const folder = copy();
        loseState(folder);
        spoil(folder);
        const files = (): Record<string, string> =>
          Object.fromEntries(
            ['raw', 'archive'].flatMap((layer) =>
              readdirSync(join(folder, 'data', layer), { recursive: true, encoding: 'utf8' })
                .filter((name) => name.includes('Device') && name.includes('Digi'))
                .map((name) => [name, readFileSync(join(folder, 'data', layer, name), 'latin1')]),
            ),
          );
        mkdirSync(join(folder, 'data/archive'), { recursive: true });
        const before = files();
        const loaded = await idsInWarehouse(folder, 'DEVICE', 'DEVICE_ID');
        for (const file of [undefined, 'device_id,model,price\nnew1,M,1.00\n']) {
          if (file !== undefined) deliver(folder, `Digi_Device_${DATE}.csv`, file);
          const again = await runDay(folder);
          const steps = again.result.steps.filter((s) => s.status === 'failed');
          assert.deepEqual(
            steps.map((s) => [s.stage, s.table, s.brand, s.error?.code]),
            [['landing-to-raw', 'Device', 'Digi', 'UNKNOWN_FILE']],
          );
          assert.match(steps[0]?.error?.file ?? '', /Digi\/Device\./);
          const damaged = /damaged and cannot be read/.test(steps[0]?.error?.message ?? '');
          assert.equal(damaged, what === 'its Parquet is cut short', steps[0]?.error?.message);
          assert.ok((steps[0]?.error?.remedy ?? '') !== '');
          assert.ok(
            again.result.steps.some(
              (s) => s.stage === 'silver-to-gold' && s.table === 'Playback' && s.status !== 'skipped',
            ) || file !== undefined,
          );
          assert.deepEqual(files(), before);
        }
        assert.deepEqual(await idsInWarehouse(folder, 'DEVICE', 'DEVICE_ID'), loaded);
      });
  });

  describe('with a manifest missing', () => {
    it('is adopted: all is as before', async () => {
      const folder = copy();
      rmSync(manifest(folder, 'Digi/Playback.json'));
      assert.deepEqual(failures(await runDay(folder)), []);
      await whole(folder);
    });

    it('of the first of two parts: both are there again', async () => {
      const folder = copy();
      deliver(folder, `Digi_Device_${DATE}.csv`, 'device_id,model,price\nnew1,M,1.00\n');
      assert.deepEqual(failures(await runDay(folder)), []);
      const loaded = await idsInWarehouse(folder, 'DEVICE', 'DEVICE_ID');
      rmSync(manifest(folder, 'Digi/Device.json'));
      assert.deepEqual(failures(await runDay(folder)), []);
      assert.deepEqual(await idsInWarehouse(folder, 'DEVICE', 'DEVICE_ID'), loaded);
      await idle(folder);
    });

    it('of the first of two parts, whose files are gone, too: its table stops', async () => {
      const folder = copy();
      deliver(folder, `Digi_Device_${DATE}.csv`, 'device_id,model,price\nnew1,M,1.00\n');
      assert.deepEqual(failures(await runDay(folder)), []);
      for (const path of [
        manifest(folder, 'Digi/Device.json'),
        raw(folder, 'Digi/Device.csv'),
        raw(folder, 'Digi/Device.parquet'),
      ])
        rmSync(path);
      assert.match(failures(await runDay(folder)).join(), /STATE_CORRUPT .*Device\.json is missing/);
    });

    it('of a Parquet file that does not say its name: what was made of it does', async () => {
      const folder = copy();
      rmSync(manifest(folder, 'Digi/Device.json'));
      const path = raw(folder, 'Digi/Device.parquet');
      const plain = join(folder, 'plain.parquet');
      const database = await openDatabase({ folders: [folder] });
      const connection = await database.connect();
      await connection.run(
        `COPY (FROM read_parquet(${quotePath(path)})) TO ${quoteLiteral(plain)} (FORMAT parquet)`,
      );
      connection.close();
      database.close();
      renameSync(plain, path);
      assert.deepEqual(failures(await runDay(folder)), []);
      await whole(folder);
    });

    it('is found without a date, too, within the days that a run looks back', async () => {
      const folder = copy();
      rmSync(manifest(folder, 'Digi/Playback.json'));
      const clock = (): Date => new Date(2024, 10, 16, 12);
      const ran = await runDay(folder, { selection: {}, options: { clock } });
      assert.ok(worked(ran).includes('landing-to-raw Playback Digi done'), worked(ran).join());
      assert.deepEqual(worked(await runDay(folder, { selection: {}, options: { clock } })), []);
    });
  });

  describe('with an original that changed', () => {
    const grown = (folder: string): void =>
      appendFileSync(
        raw(folder, 'Digi/Playback.csv'),
        '\nlate1,a,2024-11-15 12:00:00,1\nlate2,b,2024-11-15 12:00:00,2\n',
      );

    it('is read again: a writer that went on after the move loses nothing', async () => {
      const folder = copy();
      const loaded = await idsInWarehouse(folder, 'PLAYBACK', 'PLAYBACK_ID');
      grown(folder);
      const clock = (): Date => new Date(2024, 10, 16, 12);
      const again = await runDay(folder, { selection: {}, options: { clock } });
      assert.deepEqual(failures(again), []);
      const step = again.result.steps.find((s) => s.stage === 'landing-to-raw' && s.status === 'done');
      assert.deepEqual([step?.table, step?.brand], ['Playback', 'Digi']);
      assert.ok(
        again.events.some(
          (e) =>
            e.event === 'log' &&
            e.level === 'warning' &&
            /Playback\.csv .*changed after it was loaded: it is read again/.test(e.message),
        ),
      );
      assert.deepEqual(
        await idsInWarehouse(folder, 'PLAYBACK', 'PLAYBACK_ID'),
        [...loaded, 'late1', 'late2'].sort(),
      );
      await idle(folder);
    });

    it('at the same size is read again, too', async () => {
      const folder = copy();
      const path = raw(folder, 'Digi/Playback.csv');
      writeFileSync(path, readFileSync(path, 'utf8').replace('p1,', 'q1,'));
      assert.deepEqual(failures(await runDay(folder)), []);
      assert.ok((await idsInWarehouse(folder, 'PLAYBACK', 'PLAYBACK_ID')).includes('q1'));
      await idle(folder);
    });

    it('in its time alone: nothing is made again', async () => {
      const folder = copy();
      for (const name of ['Digi/Device.csv', 'Skylink/Playback.csv']) utimesSync(raw(folder, name), 1e9, 1e9);
      const again = await runDay(folder);
      assert.deepEqual(
        worked(again).filter((step) => /^(raw-to-silver|silver-to-gold)/.test(step)),
        [],
      );
      await whole(folder);
    });

    it('and can no longer be read: its table stops, and the warehouse keeps what it has', async () => {
      const folder = copy();
      const loaded = await idsInWarehouse(folder, 'PLAYBACK', 'PLAYBACK_ID');
      writeFileSync(raw(folder, 'Digi/Playback.csv'), Buffer.alloc(1000));
      assert.match(failures(await runDay(folder)).join(), /landing-to-raw Playback Digi: NOT_CSV/);
      assert.deepEqual(await idsInWarehouse(folder, 'PLAYBACK', 'PLAYBACK_ID'), loaded);
    });

    it('of a state that knew no times is taken by its size alone', async () => {
      const folder = copy();
      const path = manifest(folder, 'Digi/Playback.json');
      const text = readFileSync(path, 'utf8').replace(/"modified_ms":[\d.]+,/, '');
      writeFileSync(path, text);
      utimesSync(raw(folder, 'Digi/Playback.csv'), 1e9, 1e9);
      assert.deepEqual(worked(await runDay(folder)), []);
      grown(folder);
      assert.ok(worked(await runDay(folder)).includes('landing-to-raw Playback Digi done'));
    });
  });

  describe('with a manifest damaged', () => {
    it('is shown by the layers all the same, and maintenance takes nothing of its date', async () => {
      const folder = copy();
      const settings = smallDay().settings ?? '';
      writeFileSync(
        join(folder, '.env'),
        `${settings}RAW_RETENTION_DAYS=1\nDELETE_SILVER_FILES_AFTER_LOAD=true\n`,
      );
      const maintained = async (): Promise<MaintenanceOutcome> =>
        maintain(await open(folder), { dryRun: true });
      assert.ok((await maintained()).actions.length > 0, 'something would go');
      writeFileSync(manifest(folder, 'Digi/Device.json'), '{');
      const { actions, kept } = await maintained();
      assert.deepEqual(actions, []);
      assert.ok(kept.some(({ reason }) => /a manifest of its date is damaged: run m7 repair/.test(reason)));
      for (const layer of ['raw', 'silver', 'gold'] as const) {
        const [of] = await readLayerDates({ directory: folder }, layer, [DATE]);
        assert.ok((of?.files ?? 0) > 0, layer);
        const files = await readLayerFiles({ directory: folder }, layer, DATE);
        assert.deepEqual(
          files.filter(({ state }) => state !== 'ok').map(({ path, state }) => [basename(path), state]),
          layer === 'raw'
            ? [
                ['Device.csv', 'ignored'],
                ['Device.parquet', 'ignored'],
              ]
            : [],
        );
      }
    });
  });

  describe('with a state restored from an older backup', () => {
    const backup = (folder: string): string => join(folder, 'backup');
    const keepBackup = (folder: string): void =>
      cpSync(join(folder, 'data/.state'), backup(folder), { recursive: true, preserveTimestamps: true });
    function restore(folder: string): void {
      loseState(folder);
      cpSync(backup(folder), join(folder, 'data/.state'), { recursive: true, preserveTimestamps: true });
    }
    const warnings = ({ events }: Drained): string[] =>
      events.flatMap((e) => (e.event === 'log' && e.level === 'warning' ? [e.message] : []));

    it('a run says, once, that the history is older than the data; what came since is adopted', async () => {
      const folder = copy();
      keepBackup(folder);
      deliver(folder, `Digi_Device_${DATE}.csv`, 'device_id,model,price\nnew1,M,1.00\n');
      assert.deepEqual(failures(await runDay(folder)), []);
      const loaded = await idsInWarehouse(folder, 'DEVICE', 'DEVICE_ID');
      restore(folder);
      const again = await runDay(folder);
      assert.deepEqual(failures(again), []);
      const older = /history in data\/\.state is older than the data: run \S+, .*20241115.*accepted drifts/;
      assert.equal(warnings(again).filter((m) => older.test(m)).length, 1, warnings(again).join('\n'));
      assert.deepEqual(await idsInWarehouse(folder, 'DEVICE', 'DEVICE_ID'), loaded);
      await idle(folder);
      deliver(folder, `Digi_Device_${DATE}.csv`, 'device_id,model,price\nnew2,M,1.00\n');
      assert.ok(!warnings(await runDay(folder)).some((m) => older.test(m)));
    });

    /** Archives the originals of the date after a backup of the state was made, and restores it. */
    async function archivedSince(folder: string): Promise<void> {
      keepBackup(folder);
      writeFileSync(
        join(folder, '.env'),
        `${smallDay().settings ?? ''}RAW_RETENTION_DAYS=1\nGOLD_RETENTION_DAYS=36500\n`,
      );
      const { actions } = await maintain(await open(folder), { dryRun: false });
      assert.equal(actions.filter(({ kind }) => kind === 'archive').length, 4);
      restore(folder);
    }
    const archived = (folder: string): string[] =>
      readdirSync(join(folder, 'data/archive'), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.gz'))
        .sort();

    it('finds in the archive what was archived since', async () => {
      const folder = copy();
      const loaded = await idsInWarehouse(folder, 'PLAYBACK', 'PLAYBACK_ID');
      await archivedSince(folder);
      const before = archived(folder);
      assert.deepEqual(failures(await runDay(folder)), []);
      assert.deepEqual(archived(folder), before);
      assert.deepEqual(await idsInWarehouse(folder, 'PLAYBACK', 'PLAYBACK_ID'), loaded);
      await idle(folder);
    });

    it('and takes neither a new file of that name for it, nor the same one again', async () => {
      const folder = copy();
      const same = readFileSync(raw(folder, 'Digi/Device.csv'), 'utf8');
      const loaded = await idsInWarehouse(folder, 'DEVICE', 'DEVICE_ID');
      await archivedSince(folder);
      deliver(folder, `Digi_Device_${DATE}.csv`, same);
      assert.ok(warnings(await runDay(folder)).some((m) => /DUPLICATE_CONTENT/.test(m)));
      assert.deepEqual(await idsInWarehouse(folder, 'DEVICE', 'DEVICE_ID'), loaded);
      restore(folder);
      deliver(folder, `Digi_Device_${DATE}.csv`, 'device_id,model,price\nnew1,M,1.00\n');
      await runDay(folder);
      assert.deepEqual(await idsInWarehouse(folder, 'DEVICE', 'DEVICE_ID'), [...loaded, 'new1'].sort());
    });

    it('learns by a repair where they are, and nothing is made again', async () => {
      const folder = copy();
      await archivedSince(folder);
      const fix = async (dryRun: boolean): Promise<string[]> =>
        (await repair(await open(folder), { dryRun, verify: true })).files.map(
          ({ outcome, path }) => `${outcome} ${path}`,
        );
      const all = ['Skylink', 'Digi'].flatMap((brand) =>
        ['Device', 'Playback'].map((table) => `noted data/archive/${DATE}/${brand}/${table}.csv.gz`),
      );
      assert.deepEqual(await fix(true), all);
      assert.deepEqual(await fix(false), all);
      assert.deepEqual(await fix(false), []);
      assert.deepEqual(worked(await runDay(folder)), []);
    });
  });
});
