// Every type that `m7 check` takes goes the whole way, from the file to the warehouse; every other is refused.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDatabase } from '../../src/engine/base/duckdb';
import { TYPE_NAMES, checkType } from '../../src/engine/base/columnTypes';
import { useFolder } from '../support/folder';
import { buildCommand, m7, type Ended } from './command';

/** By DuckDB's own name of the type: a text of the file, and the value in the warehouse as text. */
const VALUES: Readonly<Record<string, readonly [text: string, value: string]>> = {
  VARCHAR: [' é ', ' é '],
  BOOLEAN: ['yes', 'true'],
  TINYINT: ['-128', '-128'],
  SMALLINT: ['-32768', '-32768'],
  INTEGER: ['-2147483648', '-2147483648'],
  BIGINT: ['9223372036854775807', '9223372036854775807'],
  UTINYINT: ['255', '255'],
  USMALLINT: ['65535', '65535'],
  UINTEGER: ['4294967295', '4294967295'],
  UBIGINT: ['18446744073709551615', '18446744073709551615'],
  FLOAT: ['1.5', '1.5'],
  DOUBLE: ['0.1', '0.1'],
  'DECIMAL(18,3)': ['1.234', '1.234'],
  'DECIMAL(38,0)': ['12345678901234567890123456789012345678', '12345678901234567890123456789012345678'],
  DATE: ['2024-02-29', '2024-02-29'],
  TIME: ['23:59:59.123456', '23:59:59.123456'],
  TIMESTAMP: ['2024-02-29 01:02:03.123456', '2024-02-29 01:02:03.123456'],
  TIMESTAMP_NS: ['2024-02-29 01:02:03.123456', '2024-02-29 01:02:03.123456'],
  'TIMESTAMP WITH TIME ZONE': ['2024-02-29 01:02:03+01:00', '2024-02-29 00:02:03+00'],
  UUID: ['00112233-4455-6677-8899-aabbccddeeff', '00112233-4455-6677-8899-aabbccddeeff'],
  JSON: ['{"a": [1]}', '{"a": [1]}'],
  BLOB: ['abc', 'abc'],
};
const REFUSED = [
  'INTERVAL',
  'HUGEINT',
  'UHUGEINT',
  'TIMETZ',
  'TIME WITH TIME ZONE',
  'TIME_NS',
  'BIT',
  'BITSTRING',
  'VARINT',
  'BIGNUM',
  "ENUM('a', 'b')",
  'INTEGER[]',
  'INTEGER[3]',
  'STRUCT(a INTEGER)',
  'MAP(VARCHAR, INTEGER)',
  'UNION(a INTEGER)',
  'VARIANT',
  'GEOMETRY',
];

describe('the types of columns', () => {
  const folder = useFolder();
  before(buildCommand);

  async function workspace(types: readonly string[], texts: readonly string[]): Promise<void> {
    const columns = Object.fromEntries(types.map((type, i) => [`c${i}`, { type }]));
    const files = {
      'config/brand_configs.json': { brands: { A: 'AAA' } },
      'config/table_schemas.json': { tables: { T: { columns: { id: { type: 'VARCHAR' }, ...columns } } } },
      'config/validation_rules.json': { tables: {} },
    };
    for (const part of ['config', 'data/landing']) await mkdir(join(folder(), part), { recursive: true });
    for (const [name, content] of Object.entries(files))
      await writeFile(join(folder(), name), JSON.stringify(content));
    await writeFile(join(folder(), '.env'), 'EXPECTED_TABLES=T\n');
    const quoted = ['r1', ...texts].map((text) => `"${text.replaceAll('"', '""')}"`);
    const header = ['id', ...types.map((_, i) => `c${i}`)];
    await writeFile(
      join(folder(), 'data/landing/A_T_20241115.csv'),
      `${header.join(',')}\n${quoted.join(',')}\n"r2",${types.map(() => '').join(',')}\n`,
    );
  }
  const run = (...words: readonly string[]): Promise<Ended> => m7([...words, '--workspace', folder()]);

  it('that are accepted all arrive in the warehouse with their values', async () => {
    const types = [...new Set([...TYPE_NAMES, 'DECIMAL(38,0)', 'NUMERIC(18,3)', 'VARCHAR(10)'])];
    const expected = types.map((type) => {
      const check = checkType(type);
      const value = check.ok ? VALUES[check.type] : undefined;
      assert.ok(value, `A value for ${type}.`);
      return value;
    });
    await workspace(
      types,
      expected.map(([text]) => text),
    );
    const checked = await run('check');
    assert.equal(checked.code, 0, checked.out + checked.err);
    const done = await run('run', '--date', '20241115');
    assert.equal(done.code, 0, done.out + done.err);
    const database = await openDatabase({
      files: [join(folder(), 'data/warehouse.duckdb')],
      folders: [folder()],
    });
    try {
      const connection = await database.connect();
      await connection.run(`ATTACH '${join(folder(), 'data/warehouse.duckdb')}' AS w (READ_ONLY)`);
      const [place] = await connection.rows<{ s: string; t: string }>(
        `SELECT table_schema AS s, table_name AS t FROM information_schema.tables WHERE table_catalog = 'w' AND upper(table_name) = 'T'`,
      );
      const columns = types.map((_, i) => `CAST(c${i} AS VARCHAR)`).join(', ');
      const { rows } = await connection.table(
        `SELECT ${columns} FROM w."${place?.s ?? ''}"."${place?.t ?? ''}" ORDER BY id`,
      );
      assert.deepEqual(
        rows[0]?.map((value, i) => [types[i], value]),
        expected.map(([, value], i) => [types[i], value]),
      );
      assert.ok(
        rows[1]?.every((value) => value === null || value === ''),
        'Empty fields stay empty.',
      );
    } finally {
      database.close();
    }
  }).timeout(120_000);

  it('that cannot go the whole way are refused by the check, each with a way out', async () => {
    await workspace(
      REFUSED,
      REFUSED.map(() => ''),
    );
    const checked = await run('check');
    assert.equal(checked.code, 2, checked.out + checked.err);
    const told = checked.out + checked.err;
    for (const [i] of REFUSED.entries()) assert.match(told, new RegExp(`column "c${i}"`));
  });
});
