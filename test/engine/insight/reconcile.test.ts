// Gold against the embedded warehouse: what agrees, and every way in which it does not, made on purpose.
import assert from 'node:assert/strict';
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import {
  maintain,
  reconcile,
  type ReconcileOptions,
  type ReconcileResult,
  type TableComparison,
} from '../../../src/engine';
import { openDatabase, quoteLiteral } from '../../../src/engine/base/duckdb';
import { PipelineError } from '../../../src/engine/model/errors';
import { takeLock } from '../../../src/engine/lake/lock';
import { goldFiguresSql } from '../../../src/engine/insight/reconcile/goldFigures';
import { DUCKDB_DIALECT, measureDatesQuery } from '../../../src/engine/warehouse/measures';
import { DATE, open, runDay, smallDay, writeDay } from '../../support/day';
import { useFolder } from '../../support/folder';
import { snapshot } from '../../support/snapshot';

describe('reconcile', () => {
  const folder = useFolder();
  const compare = async (options: Partial<ReconcileOptions> = {}): Promise<ReconcileResult> =>
    reconcile(await open(folder()), { dates: [DATE], ...options });
  const one = async (table: string): Promise<TableComparison> => {
    const found = (await compare()).tables.find((t) => t.table === table);
    assert.ok(found !== undefined, `${table} is told`);
    return found;
  };
  async function sql(statement: string): Promise<void> {
    const database = await openDatabase({ folders: [join(folder(), 'data')] });
    const connection = await database.connect();
    try {
      await connection.run(`ATTACH ${quoteLiteral(join(folder(), 'data/warehouse.duckdb'))} AS w`);
      await connection.run(statement);
      await connection.run('DETACH w');
    } finally {
      connection.close();
      database.close();
    }
  }
  const ran = async (): Promise<void> => {
    writeDay(folder(), smallDay());
    await runDay(folder());
  };
  const words = ({ verdict, compared, differences }: TableComparison): unknown => [
    verdict,
    compared,
    differences.map((d) => `${d.column ?? ''} ${d.figure}: ${d.gold ?? 'NULL'} / ${d.warehouse ?? 'NULL'}`),
  ];

  it('agrees after a run, on accepted rows only, and writes nothing', async () => {
    await ran();
    const before = await snapshot(join(folder(), 'data'));
    const result = await compare();
    assert.deepEqual(
      result.tables.map((t) => [
        t.table,
        t.verdict,
        t.compared,
        t.gold?.rows,
        t.gold?.accepted,
        t.warehouse?.rows,
        t.load?.rows,
      ]),
      [
        ['Device', 'same', 'figures', 80, 80, 80, 80],
        // One row of each brand breaks a rule: it is in gold and not in the warehouse.
        ['Playback', 'same', 'figures', 82, 80, 80, 80],
      ],
    );
    assert.deepEqual([result.same, result.different, result.warehouse.kind], [2, 0, 'embedded']);
    assert.deepEqual(await snapshot(join(folder(), 'data')), before);
  });

  it('tells tables and dates that were asked for only', async () => {
    await ran();
    assert.deepEqual(
      (await compare({ tables: ['Playback'] })).tables.map((t) => t.table),
      ['Playback'],
    );
    assert.deepEqual((await compare({ dates: ['20200101'] })).tables, []);
    const range = await compare({ dates: { from: '20241110', to: '20241120' } });
    assert.deepEqual(
      range.tables.map((t) => `${t.date} ${t.table}`),
      [`${DATE} Device`, `${DATE} Playback`],
    );
  });

  it('names the columns and figures that were changed in the warehouse', async () => {
    await ran();
    await sql(`UPDATE w."STG_SG"."DEVICE" SET "PRICE" = 1000 WHERE "DEVICE_ID" = 'S3'`);
    const device = await one('Device');
    assert.deepEqual(words(device), [
      'changed',
      'figures',
      ['PRICE max: 39.5 / 1000', 'PRICE sum: 1600 / 2596.5'],
    ]);
    assert.match(device.explanation, /figures of PRICE differ/);
    assert.equal((await one('Playback')).verdict, 'same');
    // The remedy it names works.
    await runDay(folder(), {
      selection: { dates: [DATE], tables: ['Device'], stages: ['gold-to-snowflake'], force: true },
    });
    assert.equal((await one('Device')).verdict, 'same');
  });

  it('sees rows that were removed, doubled, emptied or given to another brand', async () => {
    await ran();
    await sql(`DELETE FROM w."STG_SG"."DEVICE" WHERE "DEVICE_ID" = 'S3'`);
    const removed = await one('Device');
    assert.equal(removed.verdict, 'changed');
    assert.match(removed.explanation, /79 rows instead of 80 accepted/);
    assert.deepEqual(removed.differences[0], { column: null, figure: 'rows', gold: '80', warehouse: '79' });
    await sql(
      `INSERT INTO w."STG_SG"."PLAYBACK" SELECT * FROM w."STG_SG"."PLAYBACK"; UPDATE w."STG_SG"."DEVICE" SET "MODEL" = NULL WHERE "DEVICE_ID" = 'D7'`,
    );
    assert.deepEqual((await one('Playback')).warehouse, { rows: 160 });
    assert.ok((await one('Device')).differences.some((d) => d.column === 'MODEL' && d.figure === 'filled'));
    await runDay(folder(), { selection: { dates: [DATE], stages: ['gold-to-snowflake'], force: true } });
    await sql(`UPDATE w."STG_SG"."DEVICE" SET "BRAND_CODE" = 'XXX' WHERE "DEVICE_ID" = 'S3'`);
    assert.deepEqual(words(await one('Device')), ['changed', 'figures', ['BRAND_CODE max: SKL / XXX']]);
  });

  it('hides the values of sensitive columns, and cuts long ones', async () => {
    const day = smallDay();
    const tables = structuredClone(day.tables) as Record<
      string,
      { columns: Record<string, Record<string, unknown>> }
    >;
    Object.assign(tables['Device']?.columns['device_id'] ?? {}, { sensitive: true });
    writeDay(folder(), { ...day, tables });
    await runDay(folder());
    await sql(
      `UPDATE w."STG_SG"."DEVICE" SET "DEVICE_ID" = 'zz-secret', "MODEL" = repeat('z', 1000) WHERE "DEVICE_ID" = 'S3'`,
    );
    const device = await one('Device');
    assert.doesNotMatch(JSON.stringify(device), /zz-secret|z{200}/);
    assert.deepEqual(
      device.differences.map((d) => `${d.column ?? ''} ${d.figure}`),
      ['DEVICE_ID max', 'MODEL max'],
    );
  });

  it('says of what is not loaded why: never run, failed validation, failed step', async () => {
    const day = smallDay();
    writeDay(folder(), day);
    const fresh = await compare();
    assert.deepEqual(
      fresh.tables.map((t) => [t.table, t.verdict, t.explanation]),
      [
        ['Device', 'not_loaded', 'Not loaded: gold is not made yet (landing-to-raw: new file).'],
        ['Playback', 'not_loaded', 'Not loaded: gold is not made yet (landing-to-raw: new file).'],
      ],
    );
    writeDay(folder(), {
      ...day,
      files: {},
      rules: { Device: { rules: [{ rule: 'row_count', min: 1000 }] } },
    });
    await runDay(folder(), { selection: { dates: [DATE], tables: ['Device'] } });
    const refused = await one('Device');
    assert.equal(refused.verdict, 'not_loaded');
    assert.match(refused.explanation, /its validation failed.*row_count/);
    assert.match(refused.remedy ?? '', /m7 report --date 20241115 --table Device/);
    await runDay(folder(), {
      selection: {
        dates: [DATE],
        tables: ['Playback'],
        stages: ['landing-to-raw', 'raw-to-silver', 'silver-to-gold'],
      },
    });
    assert.match((await one('Playback')).explanation, /never validated/);
    await runDay(folder(), {
      selection: { dates: [DATE], tables: ['Playback'], stages: ['gold-to-snowflake'], validateOnly: true },
    });
    assert.match((await one('Playback')).explanation, /passed its validation, but the load history/);
  });

  it('tells a load of an older gold, of older rules, and one whose newer state was refused', async () => {
    const day = smallDay();
    await ran();
    writeDay(folder(), {
      ...day,
      files: { [`Skylink_Device_${DATE}_2.csv`]: 'device_id,model,price\nS999,"Model X",1.00\n' },
    });
    writeFileSync(join(folder(), '.env'), `${day.settings ?? ''}LANDING_PATTERN={brand}_{table}_{date}*\n`);
    await runDay(folder(), {
      selection: { dates: [DATE], stages: ['landing-to-raw', 'raw-to-silver', 'silver-to-gold'] },
    });
    const older = await one('Device');
    assert.equal(older.verdict, 'older');
    assert.match(older.explanation, /from an older gold \(run \d{8}T/);
    assert.match(older.remedy ?? '', /m7 run --date 20241115 --table Device/);
    await runDay(folder(), {
      selection: { dates: [DATE], stages: ['gold-to-snowflake'], validateOnly: true },
    });
    assert.deepEqual(words(await one('Device')), [
      'older',
      'figures',
      [
        ' rows: 81 / 80',
        'BRAND_CODE filled: 81 / 80',
        'DEVICE_ID filled: 81 / 80',
        'DEVICE_ID max: S999 / S9',
        'MODEL filled: 81 / 80',
        'MODEL max: MODEL X / MODEL 6',
        'PRICE filled: 81 / 80',
        'PRICE sum: 1601 / 1600',
      ],
    ]);
    await runDay(folder());
    assert.equal((await one('Device')).verdict, 'same');
    const rules = { Device: { rules: [{ rule: 'row_count', min: 1000 }] }, Playback: { rules: [] } };
    writeFileSync(join(folder(), 'config/validation_rules.json'), JSON.stringify({ tables: rules }));
    await runDay(folder(), { selection: { dates: [DATE], tables: ['Device'] } });
    const refused = await one('Device');
    assert.equal(refused.verdict, 'older');
    assert.match(
      refused.explanation,
      /from this gold .* before its rules.*failed its validation and was not loaded/,
    );
  });

  it('tells rows of a date that no load accounts for, known here or not', async () => {
    await ran();
    await sql(
      `INSERT INTO w."STG_SG"."DEVICE" BY NAME SELECT DATE '2024-11-18' AS "LOAD_DATE", 'ghost' AS "DEVICE_ID"; DELETE FROM w."STG_SG_MONITORING"."LOADS" WHERE "TABLE_NAME" = 'PLAYBACK'`,
    );
    const { tables, different } = await compare({ dates: { from: DATE, to: '20241130' } });
    assert.deepEqual(
      tables.map((t) => [t.date, t.table, t.verdict, t.warehouse?.rows]),
      [
        [DATE, 'Device', 'same', 80],
        [DATE, 'Playback', 'unaccounted', 80],
        ['20241118', 'Device', 'unaccounted', 1],
      ],
    );
    assert.equal(different, 2);
  });

  it('tells each of several dates by itself, in their order, with what is there of none', async () => {
    await ran();
    await sql(
      `INSERT INTO w."STG_SG"."DEVICE" BY NAME SELECT * REPLACE (DATE '2024-11-13' AS "LOAD_DATE") FROM w."STG_SG"."DEVICE" WHERE "DEVICE_ID" <> 'S3'; INSERT INTO w."STG_SG"."PLAYBACK" BY NAME SELECT DATE '2024-11-12' AS "LOAD_DATE"`,
    );
    const of = async (dates: ReconcileOptions['dates']): Promise<unknown> =>
      (await compare({ dates })).tables.map((t) => [t.date, t.table, t.verdict, t.warehouse?.rows]);
    const all = [
      ['20241112', 'Playback', 'unaccounted', 1],
      ['20241113', 'Device', 'unaccounted', 79],
      [DATE, 'Device', 'same', 80],
      [DATE, 'Playback', 'same', 80],
    ];
    assert.deepEqual(await of({ from: '20241101', to: '20241130' }), all);
    assert.deepEqual(await of([DATE, '20241112', DATE]), [all[0], ...all.slice(2)]);
    assert.deepEqual(await of([]), []);
    // Rows of the date itself are gone, rows of others are not: the date has none.
    await sql(`DELETE FROM w."STG_SG"."DEVICE" WHERE "LOAD_DATE" = DATE '2024-11-15'`);
    const device = (await compare({ dates: ['20241113', DATE], tables: ['Device'] })).tables.at(-1);
    assert.deepEqual([device?.verdict, device?.warehouse?.rows], ['changed', 0]);
    assert.ok(
      device?.differences.some((d) => d.column === 'PRICE' && d.figure === 'sum' && d.warehouse === null),
    );
  });

  it('compares by count alone where gold was removed by retention', async () => {
    const day = smallDay();
    writeDay(folder(), { ...day, settings: `${day.settings ?? ''}GOLD_RETENTION_DAYS=1\n` });
    await runDay(folder());
    await maintain(await open(folder()), { dryRun: false, clock: () => new Date('2024-12-24T12:00:00') });
    assert.deepEqual(words(await one('Device')), ['same', 'count', []]);
    await sql(`DELETE FROM w."STG_SG"."DEVICE" WHERE "DEVICE_ID" = 'S3'`);
    const device = await one('Device');
    assert.deepEqual(words(device), ['changed', 'count', [' rows: 80 / 79']]);
    assert.match(device.explanation, /removed after its retention|have changed since the load/);
  });

  it('says that there is no gold where it is gone, damaged or replaced', async () => {
    await ran();
    const gold = join(folder(), `data/gold/${DATE}/Device.parquet`);
    const other = readFileSync(gold);
    // Another file of the same size behind the manifest's back.
    const at = Math.floor(other.length / 2);
    other[at] = (other[at] ?? 0) ^ 0xff;
    writeFileSync(gold, other);
    const replaced = await compare();
    assert.match(replaced.tables[0]?.explanation ?? '', /its content differs|is missing or damaged/);
    assert.deepEqual(
      replaced.tables.map((t) => t.verdict === 'same'),
      [false, true],
    );
    truncateSync(gold, 10);
    assert.equal((await one('Device')).verdict, 'gold_gone');
    rmSync(gold);
    const gone = await one('Device');
    assert.deepEqual(words(gone), ['gold_gone', 'count', []]);
    rmSync(join(folder(), 'data/.state/manifests/gold', DATE), { recursive: true });
    assert.match((await one('Device')).explanation, /no gold of it:/);
  });

  it('compares by count where the rejects are not as they were published', async () => {
    await ran();
    appendFileSync(join(folder(), `data/rejects/${DATE}/gold-to-snowflake/Playback.parquet`), 'x');
    assert.equal((await one('Playback')).compared, 'count');
  });

  it('needs rest: refuses during a run', async () => {
    await ran();
    const lock = await takeLock(join(folder(), 'data/.state'));
    try {
      await assert.rejects(compare(), (e) => e instanceof PipelineError && e.code === 'LOCKED');
    } finally {
      await lock.release();
    }
    assert.equal((await compare()).different, 0);
  });

  it('is cancelled by its signal, and leaves the warehouse free', async () => {
    await ran();
    await assert.rejects(
      compare({ signal: AbortSignal.abort() }),
      (e) => e instanceof PipelineError && e.code === 'CANCELLED',
    );
    assert.equal((await compare()).different, 0);
  });

  it('answers where there is nothing: no warehouse, no data folder', async () => {
    writeDay(folder(), { ...smallDay(), files: {} });
    assert.deepEqual((await compare()).tables, []);
    rmSync(join(folder(), 'data'), { recursive: true });
    mkdirSync(join(folder(), 'data'));
    assert.deepEqual((await compare()).tables, []);
    assert.equal(statSync(join(folder(), 'data/warehouse.duckdb'), { throwIfNoEntry: false }), undefined);
  });

  it('asks one question of the target, for all dates', () => {
    assert.equal(
      measureDatesQuery(
        [{ name: 'PRICE', type: 'DECIMAL(10,2)' }],
        '"warehouse"."STG_SG"."DEVICE"',
        ['CAST($1 AS DATE)', 'CAST($2 AS DATE)'],
        DUCKDB_DIALECT,
      ),
      `SELECT
  CAST("LOAD_DATE" AS VARCHAR) AS "day",
  count(*) AS "n",
  count("PRICE") AS "c0_filled",
  CAST(min("PRICE") AS VARCHAR) AS "c0_min",
  CAST(max("PRICE") AS VARCHAR) AS "c0_max",
  CAST(sum("PRICE") AS VARCHAR) AS "c0_sum"
FROM "warehouse"."STG_SG"."DEVICE"
WHERE "LOAD_DATE" IN (CAST($1 AS DATE), CAST($2 AS DATE))
GROUP BY "LOAD_DATE"`,
    );
  });

  it('asks one question of gold', () => {
    assert.equal(
      goldFiguresSql(
        [{ name: 'PRICE', type: 'DECIMAL(10,2)', source: 'price', location: undefined }],
        '/d/rejects.parquet',
      ),
      `SELECT
  count(*) AS "n",
  count("PRICE") AS "c0_filled",
  CAST(min("PRICE") AS VARCHAR) AS "c0_min",
  CAST(max("PRICE") AS VARCHAR) AS "c0_max",
  CAST(sum("PRICE") AS VARCHAR) AS "c0_sum"
FROM (
  SELECT
    gold."price" AS "PRICE"
  FROM "m7_compared_gold" AS gold
  ANTI JOIN read_parquet('/d/rejects.parquet') AS rejected ON rejected."_gold_row" = gold."_row"
) AS accepted`,
    );
  });
});
