// Which failures of a date are still open: one answer, whoever asks: status, the report, cases, alerts.
import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { caseFailures, dateDocument, readStatus, removeBrand } from '../../../src/engine';
import { openDatabase, quoteLiteral, withConnection } from '../../../src/engine/base';
import { DATE, open, runDay, smallDay, writeDay, type Day } from '../../support/day';
import { useFolder } from '../../support/folder';
import { startMailServer } from '../../support/mailServer';

describe('failures that are still open', function () {
  this.timeout(60_000);
  const folder = useFolder();
  // Half of the prices are none, which is no failure of its own here.
  const TABLES = {
    Device: { columns: { device_id: { type: 'VARCHAR' }, price: { type: 'INTEGER', max_failed: '50%' } } },
  };
  const FAILING = {
    Device: { columns: { device_id: { type: 'VARCHAR' }, price: { type: 'INTEGER', on_error: 'fail' } } },
  };
  const FILES = Object.fromEntries(
    ['Skylink', 'Digi'].map((brand) => [
      `${brand}_Device_${DATE}.csv`,
      `device_id,price\n${brand}1,dear\n${brand}2,1\n`,
    ]),
  );
  const day = (tables: Day['tables'], settings = 'EXPECTED_TABLES=Device\n'): void =>
    writeDay(folder(), { ...smallDay(), tables, rules: {}, files: FILES, settings });
  const setTables = (tables: object): void =>
    writeFileSync(join(folder(), 'config/table_schemas.json'), JSON.stringify({ tables }));
  const shown = async (): Promise<string[]> => {
    const { failures } = await dateDocument({ directory: folder(), environment: { SETTLE: '0' } }, DATE);
    return failures.map(({ stage, brand, table }) =>
      [stage, brand ?? '', table].join(' ').replace('  ', ' '),
    );
  };
  const ofStatus = async (): Promise<string[]> => {
    const { dates } = await readStatus(await open(folder()), { date: DATE });
    return dates.flatMap(({ tables }) =>
      tables.flatMap(({ table, failure }) =>
        failure === undefined
          ? []
          : [[failure.stage, failure.brand ?? '', table].join(' ').replace('  ', ' ')],
      ),
    );
  };
  const asCases = async (): Promise<string[]> =>
    (await caseFailures(await open(folder()), DATE, new AbortController().signal)).flatMap(({ failure }) =>
      failure.kind === 'step' ? [failure.stage] : [],
    );

  it('is the one of a table that failed last, for status as for the report', async () => {
    day(FAILING);
    await runDay(folder());
    const [first] = await shown();
    assert.ok(first !== undefined);
    const brand = first.split(' ')[1] ?? '';
    await runDay(folder(), { selection: { dates: [DATE], brands: [brand] } });
    assert.equal((await shown()).at(-1), first);
    assert.deepEqual(await ofStatus(), [first]);
  });

  it('is none where what spoilt a step was taken back, and no case is offered for it', async () => {
    day(TABLES);
    await runDay(folder());
    setTables(FAILING);
    await runDay(folder());
    assert.equal((await shown()).length, 2);
    assert.equal((await asCases()).length, 2);
    setTables(TABLES);
    assert.deepEqual([await shown(), await ofStatus(), await asCases()], [[], [], []]);
  });

  it('is gone with the table, or the data of the brand, it was about', async () => {
    const Other = TABLES.Device;
    day({ ...FAILING, Other }, 'EXPECTED_TABLES=Other\n');
    await runDay(folder());
    assert.equal((await shown()).length, 2);
    writeFileSync(
      join(folder(), 'config/brand_configs.json'),
      JSON.stringify({ brands: { Skylink: 'SKL' } }),
    );
    // What came of a brand that is not configured any more stays, and so does what is wrong with it, until it is removed.
    assert.equal((await shown()).length, 2);
    await removeBrand(await open(folder()), { brand: 'Digi', dryRun: false });
    assert.deepEqual(await shown(), ['raw-to-silver Skylink Device']);
    setTables({ Other });
    assert.deepEqual(await shown(), []);
  });

  it('is read from what is stored: neither landing nor the warehouse is looked at', async () => {
    day(TABLES);
    await runDay(folder());
    setTables(FAILING);
    await runDay(folder());
    const before = await shown();
    assert.equal(before.length, 2);
    // A landing folder and a warehouse that can only be stumbled over.
    rmSync(join(folder(), 'data/landing'), { recursive: true });
    writeFileSync(join(folder(), 'data/landing'), 'not a folder');
    renameSync(join(folder(), 'data/warehouse.duckdb'), join(folder(), 'kept'));
    mkdirSync(join(folder(), 'data/warehouse.duckdb'));
    assert.deepEqual(await shown(), before);
    setTables(TABLES);
    assert.deepEqual(await shown(), []);
  });

  it('stays open for alerts where a validation alone has nothing to do', async () => {
    const server = await startMailServer();
    try {
      const settings = [
        'EXPECTED_TABLES=Device',
        'ENABLE_EMAIL_ALERTS=true',
        'SMTP_SERVER=127.0.0.1',
        `SMTP_PORT=${server.port}`,
        'ADMIN_EMAIL=ops@example.org',
        'ALERT_FROM=m7@example.org',
        'ALERT_ON=failed,recovered',
      ];
      day(TABLES, `${settings.join('\n')}\n`);
      await runDay(folder());
      const database = await openDatabase({ folders: [join(folder(), 'data')] });
      await withConnection(database, async (connection) => {
        await connection.run(`ATTACH ${quoteLiteral(join(folder(), 'data/warehouse.duckdb'))} AS w`);
        await connection.run('DROP TABLE w.STG_SG.DEVICE');
        await connection.run('CREATE VIEW w.STG_SG.DEVICE AS SELECT 1 AS a');
        await connection.run('DETACH w');
      });
      database.close();
      await runDay(folder(), { selection: { dates: [DATE], force: true } });
      const subjects = (): string[] => server.mails.map((mail) => mail.headers.get('subject') ?? '');
      assert.deepEqual(await shown(), ['gold-to-snowflake Device']);
      assert.deepEqual(subjects(), ['[M7] 20241115: 1 table failed']);
      await runDay(folder(), { selection: { dates: [DATE], validateOnly: true } });
      assert.deepEqual(await shown(), ['gold-to-snowflake Device']);
      assert.deepEqual(subjects(), ['[M7] 20241115: 1 table failed'], 'not recovered');
    } finally {
      await server.close();
    }
  });
});
