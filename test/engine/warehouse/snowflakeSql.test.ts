// The SQL for Snowflake as a reviewer reads it: DDL from the config, changes to what is there, names that are refused.
import assert from 'node:assert/strict';
import { PipelineError } from '../../../src/engine/model/errors';
import {
  alterations,
  createSnowflakeTable,
  type FoundColumn,
} from '../../../src/engine/warehouse/snowflake/ddl';
import { acceptedRows } from '../../../src/engine/warehouse/snowflake/snowflakeStage';
import { snowflakeTarget } from '../../../src/engine/warehouse/snowflake/snowflakeNames';
import { SnowflakeWarehouse } from '../../../src/engine/warehouse/snowflake';
import { table } from '../../support/model';
import { column, settingsAt, USER } from './warehouseFixture';

const settings = settingsAt('/w', {
  mockSnowflake: false,
  snowflake: {
    ...{ account: 'a', user: 'u', password: 'p', database: 'db' },
    ...{ schema: 'stg', monitoringSchema: 'mon' },
  },
});

describe('snowflake: SQL', () => {
  it('makes a table with the types of the config', () => {
    assert.equal(
      createSnowflakeTable(snowflakeTarget(settings, USER), 'DB'),
      `CREATE TABLE IF NOT EXISTS "DB"."STG"."USER" (
  "BRAND_CODE" VARCHAR,
  "LOAD_DATE" DATE,
  "USER_ID" NUMBER(19,0),
  "NAME" VARCHAR,
  "FEE" NUMBER(10,2)
)`,
    );
  });

  it('writes values so that none is read as another', () => {
    const target = snowflakeTarget(
      settings,
      table('T', [column('a', 'UBIGINT'), column('b', 'UUID'), column('c', 'TIMESTAMPTZ'), column('d')]),
    );
    assert.equal(
      acceptedRows(target, { source: 'gold1', rejects: 'rejects1', date: '20241115' }),
      `SELECT
  CAST(gold."brand_code" AS VARCHAR) AS "BRAND_CODE",
  DATE '2024-11-15' AS "LOAD_DATE",
  CAST(gold."a" AS DECIMAL(20,0)) AS "A",
  CAST(gold."b" AS VARCHAR) AS "B",
  CAST(gold."c" AS TIMESTAMP) AS "C",
  CAST(gold."d" AS VARCHAR) AS "D"
FROM "gold1" AS gold
ANTI JOIN "rejects1" AS rejected ON rejected."_row" = gold."_row"`,
    );
  });

  it('leaves columns that hold the values, widens what loses nothing, refuses the rest', () => {
    const found = (kind: string, more: Partial<FoundColumn> = {}): FoundColumn => ({
      ...{ name: 'C', kind, length: undefined, precision: undefined, scale: undefined, fraction: undefined },
      ...more,
    });
    const change = (type: string, existing: FoundColumn): readonly string[] | 'refused' => {
      const target = snowflakeTarget(settings, table('T', [column('c', type)]));
      const own = { ...target, columns: target.columns.filter((one) => one.name === 'C') };
      try {
        return alterations(own, [existing], 'DB');
      } catch (error) {
        assert.ok(error instanceof PipelineError && error.code === 'WAREHOUSE');
        return 'refused';
      }
    };
    const to = (type: string): string[] => [
      `ALTER TABLE "DB"."STG"."T" ALTER COLUMN "C" SET DATA TYPE ${type}`,
    ];
    const number = (precision: number, scale: number): FoundColumn => found('NUMBER', { precision, scale });
    assert.deepEqual(change('BIGINT', number(38, 0)), []);
    assert.deepEqual(change('BIGINT', number(10, 0)), to('NUMBER(19,0)'));
    assert.deepEqual(change('DECIMAL(10,2)', number(12, 4)), []);
    assert.equal(change('DECIMAL(10,2)', number(38, 0)), 'refused');
    assert.equal(change('DECIMAL(12,4)', number(10, 2)), 'refused');
    assert.deepEqual(change('VARCHAR', found('TEXT', { length: 16_777_216 })), []);
    assert.deepEqual(change('VARCHAR', found('TEXT', { length: 100 })), to('VARCHAR'));
    assert.deepEqual(change('TIMESTAMP', found('TIMESTAMP_NTZ', { fraction: 9 })), []);
    assert.equal(change('TIMESTAMP', found('TIMESTAMP_LTZ', { fraction: 9 })), 'refused');
    assert.equal(change('DATE', found('TEXT')), 'refused');
    assert.deepEqual(change('DOUBLE', found('FLOAT')), []);
  });

  it('refuses names that would have to be quoted by everyone, with file and line', () => {
    const location = { file: 'config/table_schemas.json', line: 9 };
    for (const name of [
      ...['watch min', 'größe', '1st', 'a"b', "o'clock", 'x'.repeat(256)],
      ...['current_date', 'Current_Timestamp', 'LOCALTIME', 'constraint'],
    ])
      assert.throws(
        () => snowflakeTarget(settings, table('T', [column(name, 'VARCHAR', { location })])),
        (error) =>
          error instanceof PipelineError && error.code === 'CONFIG_INVALID' && error.where?.line === 9,
        name,
      );
  });

  it('tells the statements of a load without asking anybody', () => {
    const warehouse = new SnowflakeWarehouse(settings, 'look', { environment: { SETTLE: '0' } });
    const heads = warehouse.statementsOf(USER, '20241115').map((sql) => sql.split(/\s+/, 2).join(' '));
    assert.deepEqual(heads, [
      'CREATE TABLE',
      "PUT 'file://attempt_0.parquet'",
      'CREATE TEMPORARY',
      'COPY INTO',
      'INSERT INTO',
      'BEGIN TRANSACTION',
      'UPDATE "DB"."MON"."LOAD_LOCKS"',
      'DELETE FROM',
      'INSERT INTO',
      'INSERT INTO',
      'SELECT COUNT(*)',
      'COMMIT',
      'DROP TABLE',
      `REMOVE '@"DB"."STG"."GOLD"/USER/20241115/attempt/'`,
    ]);
  });
});
