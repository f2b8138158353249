// What the peer understands and what it refuses, asked by the real driver: values, types, definitions, refusals by name.
import assert from 'node:assert/strict';
import type { Connection } from 'snowflake-sdk';
import { connect, disconnect, execute, rowsOf } from '../../../support/snowflake/driver';
import { startPeer, type Peer } from '../../../support/snowflake/peer';

describe('snowflake peer: statements', () => {
  let peer: Peer;
  let connection: Connection;
  before(async () => {
    peer = await startPeer({ schemas: ['S'], chunkRows: 1000 });
    connection = await connect(peer);
  });
  after(async () => {
    await disconnect(connection);
    await peer.close();
  });

  async function refused(sql: string, code: string, part?: RegExp): Promise<void> {
    await assert.rejects(
      rowsOf(connection, sql),
      (error: { readonly code?: unknown; readonly message?: string; readonly sqlState?: string }) => {
        assert.equal(error.code, code, `${sql}: ${String(error.message)}`);
        if (part !== undefined) assert.match(error.message ?? '', part);
        assert.match(error.sqlState ?? '', /^[0-9A-Z]{5}$/);
        return true;
      },
    );
  }

  it('gives every type back as Snowflake writes it', async () => {
    await rowsOf(
      connection,
      `CREATE TABLE "M7"."S"."TYPES" ("T" VARCHAR(5), "N" NUMBER(12,3), "I" INT, "F" FLOAT, "B" BOOLEAN, "D" DATE,
        "TI" TIME, "NTZ" TIMESTAMP_NTZ, "LTZ" TIMESTAMP_LTZ, "TZ" TIMESTAMP_TZ, "BI" BINARY, "V" VARIANT)`,
    );
    const { statement } = await execute(
      connection,
      `INSERT INTO "M7"."S"."TYPES" SELECT 'äöü', 12.3456, 7, 1.25, TRUE, '1969-12-31', '10:11:12.5',
        '1969-12-31 23:59:59.5', '2024-02-29 12:00:00', '2024-02-29 12:00:00', '00ff', PARSE_JSON('{"a":[1]}')`,
    );
    assert.equal(statement.getNumUpdatedRows(), 1);
    const done = await execute(connection, 'SELECT * FROM "M7"."S"."TYPES"');
    const [row] = done.rows;
    assert.ok(row);
    assert.equal(row['T'], 'äöü');
    assert.equal(row['N'], 12.346);
    assert.equal(row['I'], 7);
    assert.equal(row['F'], 1.25);
    assert.equal(row['B'], true);
    assert.equal((row['D'] as Date).toJSON(), '1969-12-31');
    assert.equal(row['TI'], '10:11:12');
    assert.equal((row['NTZ'] as Date).getTime(), -500);
    assert.equal((row['LTZ'] as Date).getTime(), Date.UTC(2024, 1, 29, 12));
    assert.equal((row['TZ'] as Date).getTime(), Date.UTC(2024, 1, 29, 12));
    assert.equal((row['BI'] as Buffer).toString('hex'), '00ff');
    assert.deepEqual(row['V'], { a: [1] });
    const types = (done.statement as { getColumns(): { getName(): string; getType(): string }[] })
      .getColumns()
      .map((c) => c.getType());
    assert.deepEqual(types, [
      'text',
      'fixed',
      'fixed',
      'real',
      'boolean',
      'date',
      'time',
      'timestamp_ntz',
      'timestamp_ltz',
      'timestamp_tz',
      'binary',
      'variant',
    ]);
  });

  it('spells columns in INFORMATION_SCHEMA as Snowflake does', async () => {
    const rows = await rowsOf(
      connection,
      `SELECT COLUMN_NAME, DATA_TYPE, CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION, NUMERIC_SCALE, DATETIME_PRECISION
       FROM "M7".INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA IN (?, ?) AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION`,
      ['S', 'OTHER', 'TYPES'],
    );
    assert.deepEqual(
      rows.map((r) => Object.values(r)),
      [
        ['T', 'TEXT', 5, null, null, null],
        ['N', 'NUMBER', null, 12, 3, null],
        ['I', 'NUMBER', null, 38, 0, null],
        ['F', 'FLOAT', null, null, null, null],
        ['B', 'BOOLEAN', null, null, null, null],
        ['D', 'DATE', null, null, null, null],
        ['TI', 'TIME', null, null, null, 9],
        ['NTZ', 'TIMESTAMP_NTZ', null, null, null, 9],
        ['LTZ', 'TIMESTAMP_LTZ', null, null, null, 9],
        ['TZ', 'TIMESTAMP_TZ', null, null, null, 9],
        ['BI', 'BINARY', null, null, null, null],
        ['V', 'VARIANT', null, null, null, null],
      ],
    );
  });

  it('refuses values that do not fit, and inserts nothing then', async () => {
    await rowsOf(
      connection,
      `CREATE TABLE "M7"."S"."FIT" ("T" VARCHAR(3), "N" NUMBER(4,2), "D" DATE, "B" BOOLEAN, "V" VARIANT, "R" INT NOT NULL)`,
    );
    const into = (column: string, value: string): string =>
      `INSERT INTO "M7"."S"."FIT" ("R", "${column}") SELECT 1, ${value}`;
    await refused(into('T', `'abcd'`), '100078', /'abcd' is too long/);
    await refused(into('N', '100'), '100039', /100/);
    await refused(into('N', `'x'`), '100038', /'x' is not recognized/);
    await refused(into('D', `'2024-02-30'`), '100040');
    await refused(into('D', `'10000-01-01'`), '100040');
    await refused(into('B', `'maybe'`), '100037');
    await refused(into('V', `'text'`), '002023', /expecting VARIANT/);
    await refused(into('D', '1'), '002023');
    await refused(`INSERT INTO "M7"."S"."FIT" ("T") SELECT 'a'`, '100072');
    await refused(`INSERT INTO "M7"."S"."FIT" ("T", "R") SELECT 'a', NULL`, '100072');
    await refused(`INSERT INTO "M7"."S"."FIT" ("T", "R") SELECT 'a'`, '002020');
    await refused(`INSERT INTO "M7"."S"."FIT" ("R", "T") VALUES (1, 'a'), (2, 'long')`, '100078');
    assert.deepEqual(await peer.target('SELECT count(*) AS n FROM "M7"."S"."FIT"'), [{ n: 0 }]);
  });

  it('refuses what it does not know, by name', async () => {
    await refused('SELEC 1', '001003', /SELEC/);
    await refused('MERGE INTO "M7"."S"."FIT" USING x', '001003', /MERGE/);
    await refused('SELECT no_such_function(1) AS X', '002140', /NO_SUCH_FUNCTION/);
    await refused('SELECT "t" FROM "M7"."S"."FIT"', '000904', /'t'/);
    await refused('SELECT NOPE FROM "M7"."S"."FIT"', '000904', /NOPE/);
    await refused('SELECT 1 AS X FROM "M7"."S"."NOPE"', '002003', /M7\.S\.NOPE/);
    await refused('SELECT 1 AS X FROM "M7"."NOPE"."FIT"', '002003', /M7\.NOPE/);
    await refused('SELECT 1 AS X FROM "NOPE"."S"."FIT"', '002003', /NOPE/);
    await refused('CREATE TABLE "M7"."S"."X" ("A" VARCHR)', '002040', /VARCHR/);
    await refused('CREATE TABLE "M7"."S"."X" ("A" INT AUTOINCREMENT)', '001003', /AUTOINCREMENT/);
    await refused('CREATE TABLE "M7"."S"."X" ("A" INT, "A" INT)', '002025');
    await refused('CREATE TABLE "M7"."S"."FIT" ("A" INT)', '002002', /already exists/);
    await refused('SELECT 1 AS A; SELECT 2 AS B', '000008');
    await refused('', '000900').catch(() => undefined);
    await refused('SELECT ? AS X', '002049');
    await refused('TRUNCATE TABLE "M7"."S"."NOPE"', '002003');
    await refused('SHOW TABLES', '001003', /TABLES/);
  });

  it('folds names that are not quoted and keeps those that are', async () => {
    await rowsOf(connection, 'CREATE TABLE m7.s.folded (a INT, "b" INT)');
    await rowsOf(connection, 'INSERT INTO "M7"."S"."FOLDED" ("A", "b") VALUES (1, 2)');
    const rows = await rowsOf(connection, 'SELECT a, "b" AS "B b", x."A" AS again FROM m7.s.folded x');
    assert.deepEqual({ ...rows[0] }, { A: 1, 'B b': 2, AGAIN: 1 });
    await refused('INSERT INTO "M7"."S"."FOLDED" (b) VALUES (1)', '000904', /'B'/);
  });

  it('names results of functions as Snowflake does', async () => {
    const [row] = await rowsOf(
      connection,
      'SELECT CURRENT_USER(), CURRENT_ROLE(), CURRENT_DATABASE(), COUNT(*) FROM "M7"."S"."FIT"',
    );
    assert.deepEqual(Object.keys(row ?? {}), [
      'CURRENT_USER()',
      'CURRENT_ROLE()',
      'CURRENT_DATABASE()',
      'COUNT(*)',
    ]);
  });

  it('measures a table as a load does', async () => {
    await rowsOf(
      connection,
      'CREATE TABLE "M7"."S"."MEASURED" ("D" DATE, "N" NUMBER(10,2), "AT" TIMESTAMP_NTZ)',
    );
    await rowsOf(
      connection,
      `INSERT INTO "M7"."S"."MEASURED" VALUES ('2024-01-01', 1.10, '2024-01-01 01:02:03.000004'), ('2024-01-02', NULL, NULL), ('2024-01-01', 2.25, NULL)`,
    );
    const [row] = await rowsOf(
      connection,
      `SELECT count(*) AS "n", count("N") AS "filled", TO_VARCHAR(sum("N")) AS "sum", TO_VARCHAR(min("D"), 'YYYY-MM-DD') AS "d",
        TO_VARCHAR(max("AT"), 'YYYY-MM-DD HH24:MI:SS.FF6') AS "at" FROM "M7"."S"."MEASURED" WHERE "D" = ?`,
      ['2024-01-01'],
    );
    assert.deepEqual(
      { ...row },
      { n: 2, filled: 2, sum: '3.35', d: '2024-01-01', at: '2024-01-01 01:02:03.000004' },
    );
  });

  it('sorts NULL as the greatest, and takes the last of each by QUALIFY', async () => {
    const sorted = await rowsOf(connection, 'SELECT "N" FROM "M7"."S"."MEASURED" ORDER BY "N" DESC');
    assert.deepEqual(
      sorted.map((r) => r['N']),
      [null, 2.25, 1.1],
    );
    const last = await rowsOf(
      connection,
      'SELECT "D", "N" FROM "M7"."S"."MEASURED" WHERE "N" IS NOT NULL QUALIFY ROW_NUMBER() OVER (PARTITION BY "D" ORDER BY "N" DESC) = 1',
    );
    assert.deepEqual(
      last.map((r) => r['N']),
      [2.25],
    );
  });

  it('gives a long result in chunks, whole and in order', async () => {
    await rowsOf(connection, 'CREATE TABLE "M7"."S"."LONG" ("N" INT, "T" VARCHAR)');
    await rowsOf(connection, `INSERT INTO "M7"."S"."LONG" VALUES (0, 'a "quoted", text')`);
    for (let i = 0; i < 12; i++)
      await rowsOf(
        connection,
        `INSERT INTO "M7"."S"."LONG" SELECT "N" + ${2 ** i}, "T" FROM "M7"."S"."LONG"`,
      );
    const from = peer.requests.length;
    const rows = await rowsOf(connection, 'SELECT "N", "T" FROM "M7"."S"."LONG" ORDER BY "N"');
    assert.equal(rows.length, 4096);
    assert.ok(rows.every((r, i) => r['N'] === i && r['T'] === 'a "quoted", text'));
    assert.equal(peer.requests.slice(from).filter((r) => r.kind === 'chunk').length, 4);
  });

  it('answers a slow statement by its result URL', async () => {
    const from = peer.requests.length;
    peer.inject({ kind: 'slow', milliseconds: 300 }, { sql: 'LATER' });
    const rows = await rowsOf(connection, `SELECT 'done' AS LATER`);
    assert.equal(rows[0]?.['LATER'], 'done');
    assert.deepEqual(
      peer.requests.slice(from).map((r) => [r.kind, r.outcome]),
      [
        ['query', '333333'],
        ['result', 'ok'],
      ],
    );
  });

  it('changes columns only as Snowflake does', async () => {
    await rowsOf(connection, 'CREATE TABLE "M7"."S"."ALTERED" ("A" VARCHAR(10), "N" NUMBER(5,2))');
    await rowsOf(connection, `INSERT INTO "M7"."S"."ALTERED" VALUES ('x', 1.5)`);
    const alter = 'ALTER TABLE "M7"."S"."ALTERED"';
    await rowsOf(connection, `${alter} ADD COLUMN IF NOT EXISTS "B" DATE`);
    await rowsOf(connection, `${alter} ADD COLUMN IF NOT EXISTS "B" DATE`);
    await refused(`${alter} ADD COLUMN "B" DATE`, '001430');
    await rowsOf(connection, `${alter} ALTER COLUMN "A" SET DATA TYPE VARCHAR(20)`);
    await rowsOf(connection, `${alter} ALTER COLUMN "N" SET DATA TYPE NUMBER(9,2)`);
    await refused(`${alter} ALTER COLUMN "N" SET DATA TYPE NUMBER(9,3)`, '002108');
    await refused(`${alter} ALTER COLUMN "A" SET DATA TYPE NUMBER(9,2)`, '002108');
    await refused(`${alter} ALTER COLUMN "NOPE" SET DATA TYPE DATE`, '000904');
    assert.deepEqual(await peer.target('SELECT * FROM "M7"."S"."ALTERED"'), [{ A: 'x', N: '1.50', B: null }]);
  });

  it('updates and deletes by bound values', async () => {
    await rowsOf(connection, 'CREATE TABLE "M7"."S"."CHANGED" ("K" VARCHAR, "N" INT)');
    await rowsOf(connection, `INSERT INTO "M7"."S"."CHANGED" ("K", "N") VALUES (?, ?), (?, ?)`, [
      "it's",
      1,
      'b',
      null,
    ]);
    const updated = await execute(connection, 'UPDATE "M7"."S"."CHANGED" SET "N" = "N" + ? WHERE "K" = ?', {
      binds: [10, "it's"],
    });
    assert.equal(updated.statement.getNumUpdatedRows(), 1);
    const deleted = await execute(connection, 'DELETE FROM "M7"."S"."CHANGED" WHERE "N" IS NULL');
    assert.equal(deleted.statement.getNumUpdatedRows(), 1);
    assert.deepEqual(await peer.target('SELECT * FROM "M7"."S"."CHANGED"'), [{ K: "it's", N: '11' }]);
  });
});
