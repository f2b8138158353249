// Retention and archive over real layers: only what the warehouse confirms goes, and nothing else changes.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { PipelineError } from '../../../src/engine/model/errors';
import type { ManifestLayer } from '../../../src/engine/lake/manifest';
import { openLedger } from '../../../src/engine/lake/ledger';
import {
  maintainUnderLock,
  type MaintenanceOptions,
  type MaintenanceOutcome,
} from '../../../src/engine/upkeep/maintenance/maintainUnderLock';
import { isOlder } from '../../../src/engine/upkeep/maintenance/chores';
import type { Config, Settings } from '../../../src/engine/model';
import { validateAndLoad } from '../../../src/engine/stages/goldToSnowflake';
import type { LoadInput } from '../../../src/engine/stages/stage';
import { traceGold } from '../../../src/engine/insight/trace';
import { loadKey, openWarehouse, type LoadRecord, type Warehouse } from '../../../src/engine/warehouse';
import {
  CONFIG,
  key,
  openFixture,
  publishDay,
  publishGold,
  rule,
  stepContext,
  users,
  type Fixture,
} from '../warehouse/warehouseFixture';

const OLD = '20240101';
const NEW = '20240131';
const TODAY = '20240201';
const CSV = `user_id,name,fee\n${Array.from({ length: 200 }, (_, i) => `${String(i)},name,1.00`).join('\n')}\n`;

describe('maintenance', () => {
  let fixture: Fixture;
  let warehouse: Warehouse;
  afterEach(async () => {
    await warehouse.close();
    fixture.close();
  });
  async function open(settings: Partial<Settings> = {}): Promise<void> {
    fixture = await openFixture({ goldRetentionDays: 30, ...settings });
    warehouse = openWarehouse(fixture.settings, fixture.database);
  }
  const day = (date: string, content: string | Buffer = CSV): Promise<LoadInput> =>
    publishDay(fixture, date, [{ brand: 'Skylink', file: `${date}.csv`, content }]);
  async function load(input: LoadInput): Promise<void> {
    const connection = await fixture.database.connect();
    const context = await stepContext(fixture, CONFIG, { connection });
    await validateAndLoad(context, input, { warehouse, force: false });
    connection.close();
    rmSync(context.temporary, { recursive: true });
    rmSync(join(fixture.lake.temporaryDir, `day-${input.date}`), { recursive: true, force: true });
  }
  async function clean(
    changes: Partial<MaintenanceOptions> = {},
    config: Config = CONFIG,
  ): Promise<MaintenanceOutcome> {
    const options = { loads: () => warehouse.loads(), today: TODAY, dryRun: false, ...changes };
    return maintainUnderLock({ settings: fixture.settings, config, lake: fixture.lake }, options);
  }
  const paths = (outcome: MaintenanceOutcome): readonly string[] =>
    outcome.actions.map((a) => `${a.kind} ${a.path}`);
  const there = (path: string): boolean => existsSync(join(fixture.root, path));
  const removed = (layer: ManifestLayer, date: string): boolean | undefined =>
    fixture.lake.manifests(layer, date)[0]?.removed;

  it('has nothing to do in an empty workspace', async () => {
    await open({ rawRetentionDays: 1, deleteSilverFilesAfterLoad: true });
    rmSync(fixture.settings.dataDir, { recursive: true });
    mkdirSync(fixture.settings.dataDir);
    assert.deepEqual(await clean(), {
      dry_run: false,
      actions: [],
      bytes: 0,
      kept: [],
      failed: [],
      totals: [],
    });
  });

  it('keeps everything by default but old gold that is loaded', async () => {
    await open();
    await load(await day(OLD));
    await load(await day(NEW));
    const bytes = readFileSync(join(fixture.root, `data/gold/${OLD}/User.parquet`)).length;
    const outcome = await clean();
    assert.deepEqual(outcome, {
      dry_run: false,
      actions: [
        {
          kind: 'remove',
          layer: 'gold',
          path: `data/gold/${OLD}/User.parquet`,
          bytes,
          reason: 'loaded, older than 30 days (GOLD_RETENTION_DAYS)',
        },
      ],
      bytes,
      kept: [],
      failed: [],
      totals: [
        {
          layer: 'gold',
          kind: 'remove',
          reason: 'loaded, older than 30 days (GOLD_RETENTION_DAYS)',
          files: 1,
          bytes,
        },
      ],
    });
    assert.equal(there(`data/gold/${OLD}`), false);
    assert.equal(there(`data/gold/${NEW}/User.parquet`), true);
    assert.equal(there(`data/raw/${OLD}/Skylink/User.csv`), true);
    assert.equal(there(`data/silver/${OLD}/Skylink/User.parquet`), true);
    assert.equal(removed('gold', OLD), true);
    assert.equal(fixture.lake.manifest('gold', OLD, 'User'), undefined);
    assert.equal((await warehouse.loads()).get(loadKey(OLD, 'User'))?.rows, 200);
    assert.deepEqual((await clean()).actions, []);
  });

  it('only tells what it would do in a dry run', async () => {
    await open({ rawRetentionDays: 7, deleteSilverFilesAfterLoad: true });
    await load(await day(OLD));
    writeFileSync(join(fixture.lake.temporaryDir, 'dead'), 'x');
    const before = execFileSync('find', [fixture.root, '-type', 'f', '-printf', '%p %s %T@\n']).toString();
    const told = await clean({ dryRun: true });
    assert.equal(
      execFileSync('find', [fixture.root, '-type', 'f', '-printf', '%p %s %T@\n']).toString(),
      before,
    );
    const done = await clean();
    assert.deepEqual({ ...told, dry_run: false }, done);
    assert.deepEqual(paths(done), [
      'remove data/.state/tmp/dead',
      `remove data/silver/${OLD}/Skylink/User.parquet`,
      `archive data/raw/${OLD}/Skylink/User.csv`,
      `remove data/raw/${OLD}/Skylink/User.parquet`,
      `remove data/gold/${OLD}/User.parquet`,
    ]);
    for (const layer of ['raw', 'silver', 'gold'])
      assert.deepEqual(readdirSync(join(fixture.root, 'data', layer)), []);
  });

  describe('keeps what the warehouse does not confirm:', () => {
    const all = { rawRetentionDays: 7, deleteSilverFilesAfterLoad: true };
    const untouched = async (reason: RegExp, changes: Partial<MaintenanceOptions> = {}): Promise<void> => {
      const outcome = await clean(changes);
      assert.deepEqual(outcome.actions, []);
      assert.equal(outcome.kept.length, 3);
      for (const { reason: why } of outcome.kept) assert.match(why, reason);
    };

    it('a date that was never loaded', async () => {
      await open(all);
      await day(OLD);
      rmSync(join(fixture.lake.temporaryDir, `day-${OLD}`), { recursive: true });
      await untouched(/its load is not confirmed/);
    });

    it('a date whose load is of another table or date', async () => {
      await open(all);
      await load(await day(OLD));
      const record = [...(await warehouse.loads()).values()][0]!;
      const loads = new Map<string, LoadRecord>([
        [loadKey(NEW, 'User'), record],
        [loadKey(OLD, 'Users'), record],
      ]);
      await untouched(/its load is not confirmed/, { loads: () => Promise.resolve(loads) });
    });

    it('a date whose gold is newer than its load', async () => {
      await open(all);
      await load(await day(OLD));
      await day(OLD, CSV.replaceAll('name', 'names').replace('names', 'name'));
      rmSync(join(fixture.lake.temporaryDir, `day-${OLD}`), { recursive: true });
      await untouched(/an older state/);
    });

    it('a date whose gold is damaged', async () => {
      await open(all);
      await load(await day(OLD));
      writeFileSync(fixture.lake.goldFile(OLD, 'User'), 'PAR1');
      await untouched(/missing or damaged/);
    });

    it('silver and raw that are not in the gold that was loaded', async () => {
      await open(all);
      const input = await day(OLD);
      await load(input);
      for (const manifest of [...input.raw, ...input.silver])
        writeFileSync(fixture.lake.manifestFile(manifest), JSON.stringify({ ...manifest, key: key('late') }));
      const outcome = await clean();
      assert.deepEqual(paths(outcome), [`remove data/gold/${OLD}/User.parquet`]);
      assert.deepEqual(
        outcome.kept.map((k) => k.reason),
        ['it is not in the gold that was loaded', 'it is not in the gold that was loaded'],
      );
      // Gold has gone: what came late is still no part of it.
      assert.equal((await clean()).actions.length, 0);
    });
  });

  describe('the archive', () => {
    beforeEach(() => open({ rawRetentionDays: 7, goldRetentionDays: 0 }));
    const archived = (): string => join(fixture.settings.archiveDir, OLD, 'Skylink', 'User.csv.gz');
    const original = (): string => join(fixture.settings.rawDir, OLD, 'Skylink', 'User.csv');

    it('holds the original bytes, compressed, where trace finds them', async () => {
      await load(await day(OLD));
      await clean();
      assert.equal(gunzipSync(readFileSync(archived())).toString(), CSV);
      assert.ok(readFileSync(archived()).length < CSV.length / 2);
      assert.equal(existsSync(original()), false);
      const [raw] = fixture.lake.manifests('raw', OLD);
      assert.equal(raw?.source?.original, `archive/${OLD}/Skylink/User.csv.gz`);
      assert.equal(raw.removed, true);
      const workspace = { config: CONFIG, lake: fixture.lake };
      const found = await traceGold(workspace, fixture.connection, {
        date: OLD,
        table: 'User',
        where: 'user_id = 3',
        limit: 1,
      });
      assert.deepEqual(
        [found.rows[0]?.line, found.rows[0]?.text, found.rows[0]?.original],
        [5, '3,name,1.00', archived()],
      );
    });

    it('takes a compressed original as it is', async () => {
      const packed = gzipSync(CSV);
      await load(await day(OLD, packed));
      await clean();
      assert.deepEqual(readFileSync(archived().replace(/\.gz$/, '')), packed);
    });

    it('goes on after a crash at any step', async () => {
      for (const crash of ['copied', 'marked', 'half written'] as const) {
        const input = await day(OLD);
        await load(input);
        mkdirSync(dirname(archived()), { recursive: true });
        const { source, ...rest } = input.raw[0]!;
        switch (crash) {
          case 'copied':
            writeFileSync(archived(), gzipSync(CSV));
            break;
          case 'marked': {
            writeFileSync(archived(), gzipSync(CSV));
            const marked = {
              ...rest,
              removed: true,
              source: { ...source, original: fixture.lake.relative(archived()) },
            };
            writeFileSync(fixture.lake.manifestFile(rest), JSON.stringify(marked));
            break;
          }
          case 'half written':
            writeFileSync(join(fixture.lake.temporaryDir, 'archive-User.csv.gz'), 'half');
            break;
          default:
            crash satisfies never;
        }
        const outcome = await clean();
        assert.deepEqual([...outcome.kept, ...outcome.failed], [], crash);
        assert.equal(gunzipSync(readFileSync(archived())).toString(), CSV);
        assert.deepEqual(readdirSync(fixture.settings.rawDir), [], crash);
        assert.equal(removed('raw', OLD), true);
        assert.deepEqual((await clean()).actions, []);
        rmSync(archived());
      }
    });

    it('does not overwrite another file, nor take one that has changed, nor the only copy', async () => {
      const input = await day(OLD);
      await load(input);
      mkdirSync(dirname(archived()), { recursive: true });
      const foreign = 'this is no gzip at all';
      writeFileSync(archived(), foreign);
      const kept = async (reason: RegExp): Promise<void> => {
        const outcome = await clean();
        assert.deepEqual(outcome.actions, []);
        assert.match([...outcome.kept, ...outcome.failed][0]?.reason ?? '', reason);
        assert.equal(removed('raw', OLD), undefined);
        assert.equal(existsSync(join(dirname(original()), 'User.parquet')), true);
      };
      await kept(/there is another file at/);
      assert.equal(readFileSync(archived(), 'utf8'), foreign);
      rmSync(archived());
      writeFileSync(original(), CSV.replace('name', 'eman'));
      await kept(/has changed since it was loaded/);
      rmSync(original());
      await kept(/only copy/);
    });

    it('removes raw that was made again from the archive', async () => {
      const input = await day(OLD);
      await load(input);
      await clean();
      const again = await day(OLD);
      rmSync(original());
      const source = { ...again.raw[0]!.source!, original: fixture.lake.relative(archived()) };
      writeFileSync(fixture.lake.manifestFile(again.raw[0]!), JSON.stringify({ ...again.raw[0]!, source }));
      await load(again);
      assert.deepEqual(paths(await clean()), [`remove data/raw/${OLD}/Skylink/User.parquet`]);
      assert.equal(gunzipSync(readFileSync(archived())).toString(), CSV);
    });

    it('leaves everything whole when cancelled', async () => {
      await load(await day(OLD));
      await assert.rejects(
        clean({ signal: AbortSignal.abort() }),
        (e) => e instanceof PipelineError && e.code === 'CANCELLED',
      );
      assert.equal(existsSync(original()), true);
      assert.equal((await clean()).actions.length, 2);
    });

    it('tells what it could not do and does the rest', async () => {
      await load(await day(OLD));
      const ghost = join(fixture.settings.goldDir, OLD, 'Ghost.parquet');
      writeFileSync(ghost, 'x');
      writeFileSync(fixture.settings.archiveDir, 'a file where the folder should be');
      const outcome = await clean();
      assert.deepEqual(
        outcome.failed.map((k) => k.path),
        [`data/raw/${OLD}/Skylink/User.csv`],
      );
      assert.deepEqual(paths(outcome), [`remove data/gold/${OLD}/Ghost.parquet`]);
      assert.equal(existsSync(original()), true);
      assert.equal(removed('raw', OLD), undefined);
    });
  });

  it('removes what no manifest speaks of below silver and gold, and nothing else', async () => {
    await open();
    await load(await day(NEW));
    const put = (path: string): void => {
      mkdirSync(dirname(join(fixture.root, path)), { recursive: true });
      writeFileSync(join(fixture.root, path), 'x');
    };
    const orphans = [
      `data/silver/${NEW}/Skylink/Ghost.parquet`,
      `data/gold/${OLD}/Ghost.parquet`,
      'data/.state/tmp/dead/a/b',
    ];
    const stays = [
      `data/raw/${NEW}/Skylink/Ghost.parquet`,
      `data/raw/${NEW}/Skylink/Ghost.csv`,
      `data/gold/${NEW}/notes.txt`,
      'data/landing/x.csv',
    ];
    for (const path of [...orphans, ...stays]) put(path);
    const outcome = await clean();
    assert.deepEqual(paths(outcome), [
      'remove data/.state/tmp/dead',
      `remove data/silver/${NEW}/Skylink/Ghost.parquet`,
      `remove data/gold/${OLD}/Ghost.parquet`,
    ]);
    assert.equal(outcome.bytes, 3);
    for (const path of orphans) assert.equal(there(path), false, path);
    for (const path of stays) assert.equal(there(path), true, path);
    assert.deepEqual(
      outcome.kept.map((k) => k.reason),
      ['no manifest: files in raw may be the only copy', 'no manifest: files in raw may be the only copy'],
    );
    assert.equal(there(`data/gold/${NEW}/User.parquet`), true);
  });

  it('finishes a removal that a crash cut short', async () => {
    await open();
    const input = await day(OLD);
    await load(input);
    writeFileSync(fixture.lake.manifestFile(input.gold), JSON.stringify({ ...input.gold, removed: true }));
    assert.deepEqual(paths(await clean()), [`remove data/gold/${OLD}/User.parquet`]);
  });

  it('keeps the latest gold of a table that rules of other dates look at', async () => {
    await open();
    const latest = rule('Playback', 'known', 'references', {
      parameters: { to: 'User.user_id', at: 'latest' },
    });
    const config = { ...CONFIG, rules: [latest] };
    for (const date of ['20231201', OLD])
      await load({
        ...(await publishGold(fixture, date, 'User', users(3), key(date)).then((gold) => ({
          gold,
          silver: [],
          raw: [],
        }))),
        ...{ date, table: 'User', key: key(date) },
      });
    const outcome = await clean({}, config);
    assert.deepEqual(
      paths(outcome).filter((p) => p.includes('/gold/')),
      ['remove data/gold/20231201/User.parquet'],
    );
    assert.match(outcome.kept[0]?.reason ?? '', /latest date of its table/);
  });

  it('asks the warehouse only where something has to be confirmed, and keeps all of that when it cannot', async () => {
    await open({ rawRetentionDays: 7, deleteSilverFilesAfterLoad: true });
    await load(await day(OLD));
    writeFileSync(join(fixture.lake.temporaryDir, 'dead'), 'x');
    let asked = 0;
    const unreachable = (): Promise<never> => {
      asked += 1;
      return Promise.reject(new PipelineError('WAREHOUSE', 'Nobody answers.', 'Look at the network.'));
    };
    const outcome = await clean({ loads: unreachable });
    assert.deepEqual(paths(outcome), ['remove data/.state/tmp/dead']);
    assert.equal(outcome.kept.length, 3);
    assert.ok(outcome.kept.every((k) => /cannot be asked whether it is loaded/.test(k.reason)));
    assert.deepEqual(outcome.unreachable, {
      code: 'WAREHOUSE',
      message: 'Nobody answers.',
      remedy: 'Look at the network.',
    });
    assert.equal(asked, 1);
    // With nothing due there is no question.
    fixture.close();
    await warehouse.close();
    await open({ goldRetentionDays: 0 });
    await load(await day(OLD));
    assert.equal((await clean({ loads: unreachable })).unreachable, undefined);
    assert.equal(asked, 1);
  });

  it('sums up by layer, kind and reason', async () => {
    await open({ rawRetentionDays: 7, deleteSilverFilesAfterLoad: true });
    for (const date of ['20231230', OLD]) await load(await day(date));
    const { actions, totals, bytes } = await clean({ dryRun: true });
    assert.deepEqual(
      totals.map((t) => [t.layer, t.kind, t.files]),
      [
        ['silver', 'remove', 2],
        ['raw', 'archive', 2],
        ['raw', 'remove', 2],
        ['gold', 'remove', 2],
      ],
    );
    assert.equal(
      totals.reduce((sum, t) => sum + t.bytes, 0),
      bytes,
    );
    assert.equal(actions.length, 8);
  });

  describe('logs', () => {
    const log = (path: string): string => {
      const full = join(fixture.settings.logsDir, path);
      mkdirSync(dirname(full), { recursive: true });
      writeFileSync(full, 'x');
      return `data/logs/${path}`;
    };
    async function note(runId: string, status: 'ok' | 'failed', date: string): Promise<void> {
      const ledger = await openLedger(fixture.lake.stateDir);
      ledger.append([{ kind: 'run', run_id: runId, status, time: '2024-01-01T00:00:00Z', dates: [date] }]);
      ledger.close();
    }

    it('of runs, watches and lineage go by the day in their name, and nothing else does', async () => {
      await open({ logRetentionDays: 10 });
      const old = [
        'runs/20240101T063000Z-1a2b3c.ndjson',
        'openlineage/20240101T063000Z-1a2b3c.ndjson',
        'watch/20240101.ndjson',
        'watch/2024-01-02.ndjson',
      ].map(log);
      const stays = [
        'runs/20240131T063000Z-1a2b3c.ndjson',
        'runs/20240122T235959Z-1a2b3c.ndjson',
        'runs/20249999T063000Z-1a2b3c.ndjson',
        'runs/notes.txt',
        'runs/20240101.csv',
        'alerts.ndjson',
        'reports/20240101/User.json',
      ].map(log);
      const outcome = await clean();
      assert.deepEqual(paths(outcome).toSorted(), old.map((path) => `remove ${path}`).toSorted());
      assert.deepEqual(
        outcome.totals.map((t) => [t.layer, t.files, t.bytes, t.reason]),
        [['logs', 4, 4, 'older than 10 days (LOG_RETENTION_DAYS)']],
      );
      for (const path of old) assert.equal(there(path), false, path);
      for (const path of stays) assert.equal(there(path), true, path);
    });

    it('of a date that is unfinished stay until it is done', async () => {
      await open({ logRetentionDays: 10 });
      const [first, second] = ['20240101T063000Z-aaaaaa', '20240102T063000Z-bbbbbb'] as const;
      for (const name of [first, second]) log(`runs/${name}.ndjson`);
      await note(first, 'failed', OLD);
      await note(second, 'ok', '20231231');
      const outcome = await clean();
      assert.deepEqual(paths(outcome), [`remove data/logs/runs/${second}.ndjson`]);
      assert.match(outcome.kept[0]?.reason ?? '', /20240101, which is unfinished/);
      await note('20240103T063000Z-cccccc', 'ok', OLD);
      assert.deepEqual(paths(await clean()), [`remove data/logs/runs/${first}.ndjson`]);
    });

    it('stay for ever with 0', async () => {
      await open({ logRetentionDays: 0 });
      log('runs/19990101T063000Z-1a2b3c.ndjson');
      assert.deepEqual((await clean()).actions, []);
    });
  });

  it('removes rejected rows that no manifest tells of and copies cut short, but no file that was kept out', async () => {
    await open();
    await load(await day(NEW));
    const put = (path: string): string => {
      mkdirSync(dirname(join(fixture.root, path)), { recursive: true });
      writeFileSync(join(fixture.root, path), 'x');
      return path;
    };
    const orphans = [
      `data/rejects/${OLD}/gold-to-snowflake/User.parquet`,
      `data/rejects/${OLD}/raw-to-silver/Skylink/User.parquet`,
      `data/archive/${OLD}/Skylink/User.csv.gz.moving`,
    ].map(put);
    const stays = [
      `data/rejects/${OLD}/landing-to-raw/Skylink/User.parquet`,
      `data/rejects/${OLD}/landing-to-raw/Skylink/files/x.parquet`,
      `data/rejects/${OLD}/landing-to-raw/Skylink/files/x.csv`,
      `data/rejects/${OLD}/landing-to-raw/Skylink/files/x.csv.reason.json`,
      `data/archive/${OLD}/Skylink/User.csv.gz`,
    ].map(put);
    const outcome = await clean();
    assert.deepEqual(paths(outcome).toSorted(), orphans.map((path) => `remove ${path}`).toSorted());
    for (const path of stays) assert.equal(there(path), true, path);
    assert.deepEqual(
      outcome.kept.map((k) => k.path),
      [stays[0]],
    );
  });

  it('leaves the temporary files of a run that goes on out of a dry run', async () => {
    await open();
    writeFileSync(join(fixture.lake.temporaryDir, 'mine'), 'x');
    assert.deepEqual((await clean({ dryRun: true, busy: true })).actions, []);
    assert.equal((await clean({ dryRun: true })).actions.length, 1);
  });

  it('counts days as the calendar does', async () => {
    await open();
    for (const [date, days, older] of [
      ['20240101', 31, false],
      ['20240101', 30, true],
      ['20240229', 1, false],
      ['20231231', 0, false],
      ['20240201', 1, false],
      ['20240131', 1, false],
      ['20240130', 1, true],
    ] as const)
      assert.equal(isOlder(date, days, TODAY), older, `${date} after ${days} days`);
  });
});
