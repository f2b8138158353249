// The embedded warehouse: exactly once, one date at a time, and whole after whatever happens to the process.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { quoteIdentifier } from '../../../src/engine/base/duckdb';
import { hashFile } from '../../../src/engine/base/durable';
import { PipelineError } from '../../../src/engine/model/errors';
import type { Table } from '../../../src/engine/model';
import { goldColumns, goldView } from '../../../src/engine/stages/validation/goldView';
import { loadIdOf, loadKey, openWarehouse, type Warehouse } from '../../../src/engine/warehouse';
import type { LoadRequest } from '../../../src/engine/warehouse/contract';
import { insertAccepted } from '../../../src/engine/warehouse/statements';
import { changesTo, createTable, targetOf, widens } from '../../../src/engine/warehouse/target';
import {
  brand,
  column,
  CONFIG,
  key,
  openFixture,
  publishGold,
  settingsAt,
  USER,
  users,
  warehouseRows,
  type Fixture,
} from './warehouseFixture';
import { table } from '../../support/model';

const D1 = '20240101';
const D2 = '20240102';

describe('warehouse', () => {
  let fixture: Fixture;
  let warehouse: Warehouse;
  beforeEach(async () => {
    fixture = await openFixture();
    warehouse = openWarehouse(fixture.settings, fixture.database);
  });
  afterEach(async () => {
    await warehouse.close();
    fixture.close();
  });

  /** A request for gold made of `select`, with the rows named by `rejected` left out. */
  async function request(
    date: string,
    select: string,
    version: string,
    rejected: readonly number[] = [],
    changes: Partial<LoadRequest> = {},
    of: Table = USER,
    brands = CONFIG.brands,
  ): Promise<LoadRequest> {
    const { connection, lake, settings } = fixture;
    const gold = await publishGold(fixture, date, of.name, select, key(version));
    const path = lake.absolute(gold.output.path);
    const source = `gold ${date} ${version} ${of.name}`;
    const view = goldView(source, path, await goldColumns(connection, path), brands);
    await connection.run(view);
    await connection.run(
      `CREATE OR REPLACE TEMP TABLE out AS SELECT unnest([${rejected.join(', ')}])::BIGINT AS _row`,
    );
    return {
      connection,
      table: of,
      date,
      loadId: loadIdOf(key(version), of, settings),
      runId: 'run-1',
      gold: path,
      source,
      sourceRows: gold.output.rows,
      rejects: rejected.length === 0 ? undefined : 'out',
      expectedRows: gold.output.rows - rejected.length,
      again: false,
      signal: new AbortController().signal,
      ...changes,
    };
  }
  const ids = async (): Promise<readonly unknown[]> =>
    (await warehouseRows(fixture.connection, 'USER')).map((r) => [r['LOAD_DATE'], r['USER_ID']]);
  const monitoring = (): Promise<readonly Record<string, unknown>[]> =>
    fixture.connection.rows('SELECT * FROM warehouse."STG_SG_MONITORING"."LOADS" ORDER BY rowid');

  it('is not there before something is loaded, and asking for loads does not make it', async () => {
    assert.equal((await warehouse.loads()).size, 0);
    await warehouse.close();
    assert.equal(existsSync(join(fixture.settings.dataDir, 'warehouse.duckdb')), false);
  });

  it('loads accepted rows with brand code and date, in upper case, without lineage', async () => {
    const result = await warehouse.load(await request(D1, users(3), 'a', [1]));
    assert.deepEqual(result, { loaded: 2, deleted: 0, repeated: false });
    assert.deepEqual(await warehouseRows(fixture.connection, 'USER'), [
      { BRAND_CODE: 'SKL', LOAD_DATE: '2024-01-01', USER_ID: 1, NAME: 'n1', FEE: '0.50' },
      { BRAND_CODE: 'SKL', LOAD_DATE: '2024-01-01', USER_ID: 3, NAME: 'n3', FEE: '1.50' },
    ]);
  });

  it('notes the load in the monitoring table', async () => {
    const wanted = await request(D1, users(3), 'a', [1]);
    await warehouse.load(wanted);
    const [row] = await monitoring();
    assert.ok(row !== undefined);
    const { STARTED_AT, FINISHED_AT, FILE_BYTES, LOADER_VERSION, ...rest } = row;
    assert.ok(String(STARTED_AT) <= String(FINISHED_AT));
    assert.ok(Number(FILE_BYTES) > 0);
    assert.match(String(LOADER_VERSION), /^\d+\.\d+\.\d+/);
    assert.deepEqual(rest, {
      RUN_ID: 'run-1',
      TABLE_NAME: 'USER',
      LOAD_DATE: '2024-01-01',
      STATUS: 'LOADED',
      ROWS_SOURCE: 3,
      ROWS_LOADED: 2,
      ROWS_DELETED: 0,
      FILE_NAME: basename(wanted.gold),
      FILE_SHA256: await hashFile(wanted.gold),
      LOAD_ID: wanted.loadId,
      QUERY_ID: null,
      ERROR_CODE: null,
      SQLSTATE: null,
      ERROR_MESSAGE: null,
    });
    const record = (await warehouse.loads()).get(loadKey(D1, 'User'));
    assert.equal(record?.loadId, wanted.loadId);
    assert.equal(record.rows, 2);
    assert.match(record.finishedAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it('does nothing the second time, and loads again when told to', async () => {
    const wanted = await request(D1, users(3), 'a');
    await warehouse.load(wanted);
    assert.deepEqual(await warehouse.load(wanted), { loaded: 3, deleted: 0, repeated: true });
    assert.equal((await monitoring()).length, 1);
    assert.deepEqual(await warehouse.load({ ...wanted, again: true }), {
      loaded: 3,
      deleted: 3,
      repeated: false,
    });
    assert.equal((await ids()).length, 3);
  });

  it('replaces exactly one date, and goes back to an older state when that is asked for', async () => {
    const first = await request(D1, users(2), 'a');
    await warehouse.load(first);
    await warehouse.load(await request(D2, users(1), 'b'));
    assert.deepEqual(await warehouse.load(await request(D1, users(3, "'new'"), 'c')), {
      loaded: 3,
      deleted: 2,
      repeated: false,
    });
    assert.deepEqual(
      (await warehouseRows(fixture.connection, 'USER')).map((r) => [r['LOAD_DATE'], r['NAME']]),
      [
        ['2024-01-01', 'new'],
        ['2024-01-01', 'new'],
        ['2024-01-01', 'new'],
        ['2024-01-02', 'n1'],
      ],
    );
    // The first load is in the monitoring table, but it is not the latest: it is no repetition.
    const again = await request(D1, users(2), 'a');
    assert.equal((await warehouse.load(again)).repeated, false);
    assert.equal((await warehouse.loads()).get(loadKey(D1, 'User'))?.loadId, first.loadId);
  });

  it('loads an empty date and replaces a date by nothing', async () => {
    await warehouse.load(await request(D1, users(2), 'a'));
    assert.deepEqual(await warehouse.load(await request(D1, users(2), 'b', [0, 1])), {
      loaded: 0,
      deleted: 2,
      repeated: false,
    });
    assert.equal((await warehouse.loads()).get(loadKey(D1, 'User'))?.rows, 0);
  });

  it('rolls back when the rows do not add up, and notes the failure', async () => {
    await warehouse.load(await request(D1, users(2), 'a'));
    const wrong = await request(D1, users(5), 'b', [], { expectedRows: 4 });
    await assert.rejects(
      warehouse.load(wrong),
      (e) => e instanceof PipelineError && e.code === 'WAREHOUSE' && /5 of 4/.test(e.message),
    );
    assert.equal((await ids()).length, 2);
    const rows = await monitoring();
    assert.deepEqual(
      rows.map((r) => [r['STATUS'], r['ERROR_CODE'], r['ROWS_SOURCE'], r['ROWS_LOADED']]),
      [
        ['LOADED', null, 2, 2],
        ['FAILED', 'WAREHOUSE', 5, null],
      ],
    );
    assert.notEqual((await warehouse.loads()).get(loadKey(D1, 'User'))?.loadId, wrong.loadId);
    // The session is usable again.
    assert.equal((await warehouse.load({ ...wrong, expectedRows: 5 })).loaded, 5);
  });

  it('rolls back when gold is damaged on the way', async () => {
    await warehouse.load(await request(D1, users(2), 'a'));
    const broken = await request(D1, users(5), 'b');
    writeFileSync(broken.gold, 'PAR1 no more');
    await assert.rejects(
      warehouse.load(broken),
      (e) => e instanceof PipelineError && e.code === 'PARQUET_INVALID',
    );
    assert.equal((await ids()).length, 2);
  });

  it('stops when cancelled, before and in the middle, without a trace', async () => {
    const stop = new AbortController();
    const wanted = await request(D1, users(400_000), 'a', [], { signal: stop.signal });
    const load = warehouse.load(wanted);
    setTimeout(() => stop.abort(), 10);
    await assert.rejects(load, (e) => e instanceof PipelineError && e.code === 'CANCELLED');
    await assert.rejects(warehouse.load(wanted), (e) => e instanceof PipelineError && e.code === 'CANCELLED');
    assert.deepEqual(await monitoring(), []);
    assert.equal((await warehouse.load({ ...wanted, signal: new AbortController().signal })).loaded, 400_000);
  });

  it('takes loads of several steps at once', async () => {
    const dates = ['20240101', '20240102', '20240103', '20240104'];
    const requests = [];
    for (const date of dates) {
      const wanted = await request(date, users(1000), date);
      const connection = await fixture.database.connect();
      await connection.run(
        goldView(wanted.source, wanted.gold, await goldColumns(connection, wanted.gold), CONFIG.brands),
      );
      requests.push({ ...wanted, connection });
    }
    const bad = { ...requests[1]!, expectedRows: 7 };
    const ended = await Promise.allSettled([...requests, bad].map((r) => warehouse.load(r)));
    for (const { connection } of requests) connection.close();
    // The last one names a load that is confirmed by then: nothing is done, so nothing is wrong.
    assert.deepEqual(
      ended.map((e) => e.status),
      ['fulfilled', 'fulfilled', 'fulfilled', 'fulfilled', 'fulfilled'],
    );
    assert.equal((await ids()).length, 4000);
  });

  it('leaves one file, without a log beside it, and finds everything again', async () => {
    await warehouse.load(await request(D1, users(3), 'a'));
    await warehouse.close();
    assert.equal(existsSync(join(fixture.settings.dataDir, 'warehouse.duckdb.wal')), false);
    assert.equal((await warehouse.loads()).get(loadKey(D1, 'User'))?.rows, 3);
    assert.equal((await ids()).length, 3);
  });

  it('counts a load whose target table is gone as not confirmed', async () => {
    const wanted = await request(D1, users(3), 'a');
    await warehouse.load(wanted);
    await fixture.connection.run('DROP TABLE warehouse."STG_SG"."USER"');
    assert.equal((await warehouse.loads()).size, 0);
    assert.equal((await warehouse.load(wanted)).repeated, false);
    assert.equal((await ids()).length, 3);
  });

  it('takes hostile names of tables, columns, brands and folders as names', async () => {
    const evil = '"; DROP TABLE x; --';
    const strange = table(`T ${evil}`, [
      column(`c'${evil}`, 'INTEGER'),
      column('日本', 'VARCHAR'),
      column('select'),
    ]);
    const brands = [brand(`B'${evil}`, `C'${evil}`), brand('_', '%')];
    const select = `SELECT 1::INTEGER AS ${quoteIdentifier(`c'${evil}`)}, 'x' AS "日本", 'y' AS "select",
      'B''${evil}' AS _brand, 'f' AS _source_file, 1::BIGINT AS _source_row`;
    const wanted = await request(D1, select, 'a', [], {}, strange, brands);
    assert.equal((await warehouse.load(wanted)).loaded, 1);
    assert.deepEqual(await warehouseRows(fixture.connection, strange.name.toUpperCase()), [
      {
        BRAND_CODE: `C'${evil}`,
        LOAD_DATE: '2024-01-01',
        [`C'${evil.toUpperCase()}`]: 1,
        日本: 'x',
        SELECT: 'y',
      },
    ]);
    assert.equal((await warehouse.loads()).get(loadKey(D1, strange.name))?.rows, 1);
  });

  describe('prepare', () => {
    const wider = (...columns: ReturnType<typeof column>[]): Table =>
      table('User', [...USER.columns.slice(0, 2), ...columns]);

    it('makes tables once, adds new columns and widens types', async () => {
      const made = await warehouse.prepare([USER]);
      assert.equal(made.length, 4);
      assert.deepEqual(await warehouse.prepare([USER]), []);
      await warehouse.load(await request(D1, users(1), 'a'));
      assert.deepEqual(
        await warehouse.prepare([wider(column('fee', 'NUMERIC(12,2)'), column('new', 'INT'))]),
        [
          'ALTER TABLE "warehouse"."STG_SG"."USER" ALTER COLUMN "FEE" SET DATA TYPE DECIMAL(12,2)',
          'ALTER TABLE "warehouse"."STG_SG"."USER" ADD COLUMN "NEW" INTEGER',
        ],
      );
      assert.deepEqual(await warehouseRows(fixture.connection, 'USER'), [
        { BRAND_CODE: 'SKL', LOAD_DATE: '2024-01-01', USER_ID: 1, NAME: 'n1', FEE: '0.50', NEW: null },
      ]);
    });

    it('sees no change in another spelling of a type or name, nor in a column that is no longer wanted', async () => {
      await warehouse.prepare([USER]);
      await warehouse.close();
      const same = table('USER', [column('USER_ID', 'INT8'), column('Name', 'STRING')]);
      assert.deepEqual(await warehouse.prepare([same]), []);
    });

    it('refuses a change that would lose something, with the statement to run', async () => {
      await warehouse.prepare([USER]);
      const where = { file: 'config/table_schemas.json', line: 42 };
      await assert.rejects(
        warehouse.prepare([wider(column('fee', 'VARCHAR', { location: where }))]),
        (e) =>
          e instanceof PipelineError &&
          e.code === 'WAREHOUSE' &&
          e.where === where &&
          e.message.includes('DECIMAL(10,2)') &&
          e.remedy.includes('ALTER TABLE "STG_SG"."USER" ALTER COLUMN "FEE" SET DATA TYPE VARCHAR;'),
      );
    });

    it('refuses names that are one in the warehouse', async () => {
      const invalid = (e: unknown): boolean => e instanceof PipelineError && e.code === 'CONFIG_INVALID';
      await assert.rejects(warehouse.prepare([table('A', [column('x'), column('X')])]), invalid);
      await assert.rejects(warehouse.prepare([table('A', [column('Load_Date')])]), invalid);
      await assert.rejects(warehouse.prepare([table('a', []), table('A', [])]), invalid);
      await assert.rejects(warehouse.prepare([table('A', [column('x', 'INT); DROP TABLE y; --')])]), invalid);
      const one = settingsAt(fixture.root, { snowflake: { schema: 's', monitoringSchema: 'S' } });
      assert.throws(() => targetOf(one, table('loads', [])), invalid);
    });
  });

  it('waits for who looks at it for a moment', async () => {
    await warehouse.load(await request(D1, users(1), 'a'));
    await warehouse.close();
    const child = join(__dirname, 'warehouseChild.ts');
    const watcher = spawn(process.execPath, ['--import', 'tsx', child, 'watch', fixture.root, '1500'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const gone = new Promise((resolve) => watcher.once('exit', resolve));
    await new Promise<void>((resolve) =>
      watcher.stdout.on('data', (text: Buffer) => {
        if (text.toString().includes('looks at 1')) resolve();
      }),
    );
    const { loaded } = await warehouse.load(await request(D1, users(3), 'b'));
    assert.equal(loaded, 3);
    await gone;
  });

  it('says who holds the file', async () => {
    await warehouse.load(await request(D1, users(1), 'a'));
    const child = join(__dirname, 'warehouseChild.ts');
    const said = execFileSync(process.execPath, ['--import', 'tsx', child, 'loads', fixture.root]).toString();
    const [code, message, remedy] = JSON.parse(said) as [string, string, string];
    assert.equal(code, 'WAREHOUSE');
    assert.ok(message.includes(String(process.pid)));
    assert.match(remedy, /Close it there/);
  });

  it('says what to do with a file that is no database', async () => {
    writeFileSync(join(fixture.settings.dataDir, 'warehouse.duckdb'), 'a,b\n'.repeat(9000));
    await assert.rejects(
      warehouse.loads(),
      (e) => e instanceof PipelineError && e.code === 'WAREHOUSE' && /Move the file away/.test(e.remedy),
    );
  });
});

describe('warehouse: SQL', () => {
  const settings = settingsAt('/w');
  const target = targetOf(settings, USER);

  it('makes the target', () => {
    assert.equal(
      createTable(target),
      `CREATE TABLE IF NOT EXISTS "STG_SG"."USER" (
  "BRAND_CODE" VARCHAR,
  "LOAD_DATE" DATE,
  "USER_ID" BIGINT,
  "NAME" VARCHAR,
  "FEE" DECIMAL(10,2)
)`,
    );
  });

  it('inserts what is not rejected', () => {
    assert.equal(
      insertAccepted(target, { source: 'm7_gold', rejects: 'm7_rejects', date: D1 }),
      `INSERT INTO "warehouse"."STG_SG"."USER" (
  "BRAND_CODE",
  "LOAD_DATE",
  "USER_ID",
  "NAME",
  "FEE"
)
SELECT
  gold."brand_code",
  DATE '2024-01-01',
  gold."user_id",
  gold."name",
  gold."fee"
FROM "m7_gold" AS gold
ANTI JOIN "m7_rejects" AS rejected ON rejected."_row" = gold."_row"`,
    );
  });

  it('knows which types hold all values of another', () => {
    const pairs: [string, string, boolean][] = [
      ['INTEGER', 'BIGINT', true],
      ['BIGINT', 'INTEGER', false],
      ['FLOAT', 'DOUBLE', true],
      ['BIGINT', 'DOUBLE', false],
      ['DECIMAL(10,2)', 'DECIMAL(12,2)', true],
      ['DECIMAL(10,2)', 'DECIMAL(12,4)', true],
      ['DECIMAL(10,2)', 'DECIMAL(12,5)', false],
      ['DECIMAL(10,2)', 'DECIMAL(10,1)', false],
      ['DATE', 'TIMESTAMP', false],
    ];
    for (const [from, to, expected] of pairs) assert.equal(widens(from, to), expected, `${from} to ${to}`);
  });

  it('plans no change for what is there', () => {
    const existing = new Map(target.columns.map((c) => [c.name, c.type]));
    assert.deepEqual(
      changesTo(
        target,
        existing,
        target.columns.map((c) => c.type),
      ),
      {
        statements: [],
        refused: [],
      },
    );
  });

  it('names a load by what is loaded and where to', () => {
    const id = loadIdOf(key('a'), USER, settings);
    assert.match(id, /^[0-9a-f]{64}$/);
    assert.equal(loadIdOf(key('a'), { ...USER, description: 'other words' }, settings), id);
    assert.notEqual(loadIdOf(key('b'), USER, settings), id);
    assert.notEqual(loadIdOf(key('a'), table('User', USER.columns.slice(1)), settings), id);
    const elsewhere = settingsAt('/w', { snowflake: { schema: 'X', monitoringSchema: 'M' } });
    assert.notEqual(loadIdOf(key('a'), USER, elsewhere), id);
  });
});
