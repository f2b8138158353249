// What DuckDB's types are called, hold, and become in Parquet.
import assert from 'node:assert/strict';
import {
  isFloating,
  isInteger,
  isNumeric,
  isTemporal,
  isTimestamp,
  openDatabase,
  storedSql,
  typeFamily,
  typeName,
} from '../../../src/engine/base';

const FAMILIES = {
  text: ['VARCHAR', 'text', 'VARCHAR(20)', "ENUM('a', 'b')"],
  number: ['TINYINT', 'INT', 'UBIGINT', 'UINT8', 'HUGEINT', 'uint128', 'FLOAT4', 'DOUBLE PRECISION', 'BIGNUM', 'DECIMAL(10, 2)', 'NUMERIC', 'DEC(8)'], // prettier-ignore
  boolean: ['BOOLEAN', 'bool', 'LOGICAL'],
  date: ['DATE', 'TIMESTAMP', 'DATETIME', 'TIMESTAMP_US', 'TIMESTAMP_S', 'TIMESTAMP_NS', 'TIMESTAMPTZ', 'TIMESTAMP WITH  TIME ZONE'], // prettier-ignore
  time: ['TIME', 'TIME WITHOUT TIME ZONE', 'TIMETZ', 'TIME_NS'],
  nested: ['VARCHAR[]', 'INTEGER[3]', 'STRUCT(a INTEGER)', 'MAP(VARCHAR, INTEGER)', 'UNION(a INT)', 'JSON'],
  binary: ['BLOB', 'BYTEA'],
  uuid: ['UUID', 'GUID'],
  other: ['INTERVAL', 'BIT', '"NULL"'],
} as const;

describe('column types', () => {
  for (const [family, types] of Object.entries(FAMILIES))
    it(`of the family ${family}, however they are written`, () => {
      for (const type of types) assert.equal(typeFamily(type), family, type);
    });

  it('say what can be summed, and what is a time', () => {
    const all = Object.values(FAMILIES).flat();
    assert.deepEqual(all.filter(isFloating), ['FLOAT4', 'DOUBLE PRECISION']);
    assert.deepEqual(all.filter(isInteger), ['TINYINT', 'INT', 'UBIGINT', 'UINT8', 'HUGEINT', 'uint128']);
    assert.deepEqual(all.filter(isNumeric), [...FAMILIES.number]);
    assert.deepEqual(all.filter(isTemporal), [...FAMILIES.date, ...FAMILIES.time]);
    assert.deepEqual(all.filter(isTimestamp), FAMILIES.date.slice(1));
  });

  it('are called as DuckDB calls them, and stored as Parquet can give them back', async () => {
    const database = await openDatabase({ folders: [] });
    const connection = await database.connect();
    const types = Object.values(FAMILIES)
      .flat()
      .filter((type) => !/^(?:ENUM|BIGNUM|UNION|"NULL"|BIT|DATETIME|TIMESTAMP_US|JSON)/.test(type));
    for (const type of types) {
      const { columns } = await connection.table(`SELECT CAST(NULL AS ${type}) AS c`);
      if (!/[[(]|FLOAT4/.test(type)) assert.equal(typeName(type), columns[0]?.type, type);
    }
    const kept = await connection.table(
      `SELECT ${storedSql("CAST('17014118346046923173168730371588410572' AS HUGEINT)", 'HUGEINT')} AS a, ${storedSql("INTERVAL '1 month'", 'INTERVAL')} AS b, ${storedSql('1', 'INTEGER')} AS c`,
    );
    assert.deepEqual(
      kept.columns.map((c) => c.type),
      ['DECIMAL(38,0)', 'VARCHAR', 'INTEGER'],
    );
    connection.close();
    database.close();
  });
});
