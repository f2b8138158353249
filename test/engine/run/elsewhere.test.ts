// What rules look at elsewhere, and brands that change: what is due is found by the plan, and nothing leaves unasked.
import assert from 'node:assert/strict';
import { mkdir, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  openWorkspace,
  planRun,
  readReport,
  readStatus,
  removeBrand,
  run,
  type RunEvent,
  type Selection,
} from '../../../src/engine';
import { openDatabase, quoteLiteral } from '../../../src/engine/base/duckdb';
import { useFolder } from '../../support/folder';
import { FIRST_WORLD, TODAY, writeWorld, type World } from '../../support/sequences/world';

const clock = (): Date => TODAY;
const [D1, D2, D3, D4] = ['20241111', '20241112', '20241113', '20241114'] as const;

describe('what rules look at elsewhere', function () {
  this.timeout(120_000);
  const folder = useFolder();
  const world: World = { ...FIRST_WORLD, lookAtDevice: false, errorThreshold: 100, anomaly: 'warning' };
  const configure = (changed: World): Promise<void> => writeWorld(folder(), changed);
  beforeEach(() => configure(world));

  const open = () => openWorkspace({ directory: folder(), environment: {} });
  async function comes(name: string, lines: readonly string[]): Promise<void> {
    const path = join(folder(), 'data', 'landing', `${name}.csv`);
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, `${lines.join('\n')}\n`);
    await utimes(path, new Date(0), new Date(0));
  }
  const users = (name: string, ...ids: readonly string[]): Promise<void> =>
    comes(name, ['user_id,name,age', ...ids.map((id) => `${id},Jan,30`)]);
  const devices = (name: string, ...owners: readonly string[]): Promise<void> =>
    comes(name, ['device_id,owner', ...owners.map((owner, i) => `d${String(i)},${owner}`)]);
  const playbacks = (name: string, ...ids: readonly string[]): Promise<void> =>
    comes(name, ['playback_id,user_id,seconds', ...ids.map((id, i) => `p${String(i)},${id},10`)]);
  async function runs(selection: Selection = {}): Promise<readonly RunEvent[]> {
    const events: RunEvent[] = [];
    for await (const event of run(await open(), selection, { clock })) events.push(event);
    return events;
  }
  const due = async (selection: Selection = {}): Promise<readonly string[]> =>
    (await planRun(await open(), selection, { clock })).steps
      .filter((step) => step.action === 'run')
      .map(({ stage, date, table, brand }) => [stage, date, table, brand].join(' ').trim());
  const done = (events: readonly RunEvent[]): readonly string[] =>
    events.flatMap((e) =>
      e.event === 'step_finished' && e.status === 'done' ? [`${e.stage} ${e.date} ${e.table}`] : [],
    );
  const finding = async (date: string, table: string, id: string) =>
    readReport(await open(), date, table)?.findings.find((one) => one.id === id);
  async function rows(table: string): Promise<readonly { brand: string; date: string; n: number }[]> {
    const database = await openDatabase({ folders: [folder()] });
    const connection = await database.connect();
    try {
      await connection.run(
        `ATTACH ${quoteLiteral(join(folder(), 'data', 'warehouse.duckdb'))} AS w (READ_ONLY)`,
      );
      return await connection.rows(
        `SELECT BRAND_CODE AS brand, strftime(LOAD_DATE, '%Y%m%d') AS date, count(*) AS n FROM w."STG_SG"."${table}" GROUP BY ALL ORDER BY ALL`,
      );
    } finally {
      connection.close();
      database.close();
    }
  }

  it('is validated again in the very run that brings a late file of the other table', async () => {
    await users(`Alpha_User_${D2}`, 'u1');
    await playbacks(`Alpha_Playback_${D2}`, 'u1', 'u2');
    await runs();
    assert.equal((await finding(D2, 'Playback', 'known'))?.failing, 1);
    await users(`Beta_User_${D2}`, 'u2');
    const again = await runs();
    assert.ok(done(again).includes(`gold-to-snowflake ${D2} Playback`));
    assert.equal((await finding(D2, 'Playback', 'known'))?.failing, 0);
    assert.deepEqual(await due(), []);
  });

  it('at the latest date is validated again when a date between comes late, and says so where the run leaves it out', async () => {
    await users(`Alpha_User_${D1}`, 'u1');
    await devices(`Alpha_Device_${D3}`, 'u1', 'u2');
    await runs();
    assert.equal((await finding(D3, 'Device', 'owner_known'))?.failing, 1);
    await users(`Alpha_User_${D2}`, 'u1', 'u2');
    const late = await runs({ dates: [D2] });
    const finished = late.find((event) => event.event === 'run_finished');
    assert.deepEqual(finished?.event === 'run_finished' ? finished.affected : undefined, [
      { date: D3, tables: ['Device'] },
    ]);
    assert.ok(
      late.some(
        (e) => e.event === 'log' && e.level === 'warning' && e.message.includes(`m7 run --date ${D3}`),
      ),
    );
    assert.deepEqual(await due(), [`gold-to-snowflake ${D3} Device`]);
    await runs();
    assert.equal((await finding(D3, 'Device', 'owner_known'))?.failing, 0);
    assert.deepEqual(await due(), []);
  });

  it('ends as up to date where the change comes to nothing', async () => {
    await users(`Alpha_User_${D2}`, 'u1');
    await playbacks(`Alpha_Playback_${D2}`, 'u1');
    await runs();
    await rm(join(folder(), 'data', 'gold', D2, 'User.parquet'));
    assert.ok((await due()).includes(`gold-to-snowflake ${D2} Playback`));
    const again = await runs();
    assert.ok(
      again.some(
        (e) => e.event === 'step_finished' && e.table === 'Playback' && /unchanged/.test(e.reason ?? ''),
      ),
    );
    assert.deepEqual(await due(), []);
  });

  it('in its own history is the same whether dates come in order or not, in one run', async () => {
    await configure({ ...world, maxChange: '10%' });
    for (const [date, n] of [
      [D4, 6],
      [D3, 2],
      [D1, 2],
      [D2, 2],
    ] as const) {
      await users(`Alpha_User_${date}`, ...Array.from({ length: n }, (_, i) => `u${String(i)}`));
      if (date === D4) await runs();
    }
    assert.equal((await finding(D4, 'User', 'usual'))?.status, 'skipped');
    await runs({ dates: { from: D1, to: D4 } });
    const found = await finding(D4, 'User', 'usual');
    assert.equal(found?.status, 'warned');
    assert.match(found.message ?? '', /Over 3 earlier dates/);
    assert.deepEqual(await due({ dates: { from: D1, to: D4 } }), []);
  });

  it('a renamed brand keeps its rows, under the new name', async () => {
    await users(`Alpha_User_${D2}`, 'u1', 'u2');
    await users(`Beta_User_${D2}`, 'u3');
    await devices(`Alpha_Device_${D2}`, 'u1');
    await runs();
    const brands = [{ name: 'Omega', code: 'OME', aliases: ['Alpha'] }, ...world.brands.slice(1)];
    await configure({ ...world, brands });
    assert.ok((await due()).includes(`landing-to-raw ${D2} Device Omega`));
    await runs();
    assert.deepEqual(await rows('USER'), [
      { brand: 'BET', date: D2, n: 1 },
      { brand: 'OME', date: D2, n: 2 },
    ]);
    assert.deepEqual(await rows('DEVICE'), [{ brand: 'OME', date: D2, n: 1 }]);
    assert.deepEqual(await due(), []);
    assert.deepEqual((await readdir(join(folder(), 'data', 'raw', D2, 'Omega'))).sort(), [
      'Device.csv',
      'Device.parquet',
      'User.csv',
      'User.parquet',
    ]);
  });

  it('a brand that left the config keeps its rows in all tables, until it is removed', async () => {
    await users(`Alpha_User_${D2}`, 'u1', 'u2');
    await users(`Beta_User_${D2}`, 'u3');
    await devices(`Alpha_Device_${D2}`, 'u1');
    await runs();
    await configure({ ...world, brands: world.brands.slice(1) });
    const said = await runs();
    assert.ok(
      said.some(
        (e) =>
          e.event === 'log' && e.level === 'warning' && e.message.includes('m7 maintenance --brand Alpha'),
      ),
    );
    await users(`Gamma_User_${D2}`, 'u4');
    await runs();
    const kept = [
      { brand: 'ALP', date: D2, n: 2 },
      { brand: 'BET', date: D2, n: 1 },
      { brand: 'GAM', date: D2, n: 1 },
    ];
    assert.deepEqual(await rows('USER'), kept);
    assert.deepEqual(await rows('DEVICE'), [{ brand: 'ALP', date: D2, n: 1 }]);
    assert.deepEqual((await readStatus(await open(), { clock })).unconfigured, [
      { kind: 'brand', name: 'Alpha', dates: [D2] },
    ]);

    await assert.rejects(async () => removeBrand(await open(), { brand: 'beta', dryRun: true }), {
      code: 'USAGE',
    });
    const shown = await removeBrand(await open(), { brand: 'Alpha', dryRun: true });
    assert.equal(shown.archived.length, 2);
    assert.deepEqual(await due(), []);
    await removeBrand(await open(), { brand: 'Alpha', dryRun: false });
    await runs();
    assert.deepEqual(await rows('USER'), kept.slice(1));
    assert.deepEqual(await rows('DEVICE'), []);
    assert.deepEqual(await due(), []);
    assert.deepEqual(await readdir(join(folder(), 'data', 'archive', 'brands', 'Alpha', D2)), [
      'Device.csv.gz',
      'User.csv.gz',
    ]);
    await assert.rejects(async () => removeBrand(await open(), { brand: 'Alpha', dryRun: false }), {
      code: 'NOT_FOUND',
    });
  });

  it('a table that left the config is said, and stays', async () => {
    await users(`Alpha_User_${D2}`, 'u1');
    await devices(`Alpha_Device_${D2}`, 'u1');
    await runs();
    const path = join(folder(), 'config');
    await writeFile(
      join(path, 'table_schemas.json'),
      JSON.stringify({ tables: { User: { columns: { user_id: { type: 'VARCHAR' } } } } }),
    );
    await writeFile(join(path, 'validation_rules.json'), JSON.stringify({ tables: {} }));
    await writeFile(join(folder(), '.env'), 'EXPECTED_TABLES=User\nMAX_DAYS_BACK=60\n');
    const said = await runs();
    assert.ok(
      said.some(
        (e) => e.event === 'log' && e.message.startsWith('Table Device is not in table_schemas.json'),
      ),
    );
    assert.equal((await rows('DEVICE')).length, 1);
  });
});
