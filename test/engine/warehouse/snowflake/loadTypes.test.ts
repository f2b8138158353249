// Every type that a column may have, from gold to the target and back as text: nothing is lost on the way.
import assert from 'node:assert/strict';
import { startPeer, type Peer } from '../../../support/snowflake/peer';
import { table } from '../../../support/model';
import { column } from '../warehouseFixture';
import { D1, openLoading, type Loading } from './fixture';

/** Type of the config, two values in DuckDB's SQL, and how the target shows them. */
const TYPES: readonly (readonly [string, string, string, string, string])[] = [
  ['VARCHAR', `'žluťoučký ''kůň'' 🐎\n\\'`, `''`, `žluťoučký 'kůň' 🐎\n\\`, ''],
  ['BOOLEAN', 'true', 'false', 'true', 'false'],
  ['TINYINT', '127', '-128', '127', '-128'],
  ['SMALLINT', '32767', '-32768', '32767', '-32768'],
  ['INTEGER', '2147483647', '-2147483648', '2147483647', '-2147483648'],
  ['BIGINT', '9223372036854775807', '-9223372036854775808', '9223372036854775807', '-9223372036854775808'],
  ['UTINYINT', '255', '0', '255', '0'],
  ['USMALLINT', '65535', '0', '65535', '0'],
  ['UINTEGER', '4294967295', '0', '4294967295', '0'],
  ['UBIGINT', '18446744073709551615', '0', '18446744073709551615', '0'],
  ['DOUBLE', '0.1', '-1.7976931348623157e308', '0.1', '-1.7976931348623157e+308'],
  ['FLOAT', '0.5', '-2.25', '0.5', '-2.25'],
  ['DECIMAL(10,2)', '12345678.90', '-0.01', '12345678.90', '-0.01'],
  [
    'DECIMAL(38,10)',
    '1234567890123456789012345678.0123456789',
    '-0.0000000001',
    '1234567890123456789012345678.0123456789',
    '-0.0000000001',
  ],
  ['DATE', `DATE '2024-02-29'`, `DATE '0001-01-01'`, '2024-02-29', '0001-01-01'],
  ['TIME', `TIME '23:59:59.999999'`, `TIME '00:00:00'`, '23:59:59.999999', '00:00:00'],
  [
    'TIMESTAMP',
    `TIMESTAMP '2024-11-15 23:59:59.999999'`,
    `TIMESTAMP '1969-12-31 23:59:59.000001'`,
    '2024-11-15 23:59:59.999999',
    '1969-12-31 23:59:59.000001',
  ],
  [
    'TIMESTAMP WITH TIME ZONE',
    `TIMESTAMPTZ '2024-07-15 12:00:00+02'`,
    `TIMESTAMPTZ '2024-01-15 12:00:00.5-05'`,
    '2024-07-15 10:00:00',
    '2024-01-15 17:00:00.5',
  ],
  [
    'UUID',
    `UUID '3f2504e0-4f89-11d3-9a0c-0305e82c3301'`,
    `UUID '00000000-0000-0000-0000-000000000000'`,
    '3f2504e0-4f89-11d3-9a0c-0305e82c3301',
    '00000000-0000-0000-0000-000000000000',
  ],
  ['JSON', `'{"a": [1, null, "ž"]}'::JSON`, `'null'::JSON`, '{"a": [1, null, "ž"]}', 'null'],
  ['BLOB', `'\\x00\\xFF'::BLOB`, `''::BLOB`, '\\x00\\xFF', ''],
  ['INTERVAL', `INTERVAL '1 day 2 hours'`, `INTERVAL '0'`, '1 day 02:00:00', '00:00:00'],
];

describe('snowflake: types', () => {
  let peer: Peer;
  let loading: Loading;
  before(async () => {
    peer = await startPeer();
    loading = await openLoading(peer);
  });
  after(async () => {
    loading.close();
    await peer.close();
  });

  it('keep their values, and NULL', async () => {
    const types = table(
      'Types',
      TYPES.map(([type], i) => column(`c${i}`, type)),
    );
    const row = (pick: 1 | 2): string =>
      TYPES.map((one, i) => `CAST(${one[pick]} AS ${one[0]}) AS c${i}`).join(', ');
    const nulls = TYPES.map(([type], i) => `CAST(NULL AS ${type}) AS c${i}`).join(', ');
    const lineage = `'Skylink' AS _brand, 'f.csv' AS _source_file, 1::BIGINT AS _source_row`;
    const rows = [row(1), row(2), nulls].map((r) => `SELECT ${r}, ${lineage}`).join(' UNION ALL ');
    const warehouse = loading.open();
    const request = await loading.request(D1, rows, 'types', { table: types });
    assert.equal((await warehouse.load(request)).loaded, 3);
    const shown = TYPES.map((_, i) => `CAST("C${i}" AS VARCHAR) AS c${i}`).join(', ');
    const found = await peer.target(`SELECT ${shown} FROM "M7"."STG_SG"."TYPES"`);
    const plain = (text: unknown): unknown =>
      typeof text === 'string' ? text.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '') : text;
    for (const [i, [type, , , first, second]] of TYPES.entries()) {
      assert.equal(plain(found[0]?.[`c${i}`]), plain(first), type);
      assert.equal(plain(found[1]?.[`c${i}`]), plain(second), type);
      assert.equal(found[2]?.[`c${i}`], null, type);
    }
    const measured = (await warehouse.measure(types, [D1]))?.get(D1);
    assert.equal(measured?.rows, 3);
    assert.equal(measured.columns['C5']?.max, '9223372036854775807');
    await warehouse.close();
  });

  it('keep texts that a file format would take for NULL, or would trim', async () => {
    const texts = ['\\N', '', 'NULL', 'null', '  blanks  ', '\t', '\u00a0', "o'clock \\ \\N"];
    const named = table('Texts', [column('t')]);
    const rows = texts
      .map(
        (text, i) =>
          `SELECT '${text.replaceAll("'", "''")}' AS t, 'Skylink' AS _brand, 'f.csv' AS _source_file, ${i}::BIGINT AS _source_row`,
      )
      .join(' UNION ALL ');
    const warehouse = loading.open();
    const request = await loading.request(D1, rows, 'texts', { table: named });
    assert.equal((await warehouse.load(request)).loaded, texts.length);
    const found = await peer.target(`SELECT "T" AS t FROM "M7"."STG_SG"."TEXTS"`);
    assert.deepEqual(found.map((row) => row['t']).sort(), [...texts].sort());
    await warehouse.close();
  });

  it('are compared by their code points where the account ignores case', async () => {
    const account = await startPeer({ collation: 'en-ci' });
    const own = await openLoading(account);
    try {
      const named = table('Texts', [column('t')]);
      const rows = ['b', 'A', 'a', 'B', 'Z', '_', 'ä']
        .map(
          (text, i) =>
            `SELECT '${text}' AS t, 'Skylink' AS _brand, 'f.csv' AS _source_file, ${i}::BIGINT AS _source_row`,
        )
        .join(' UNION ALL ');
      const warehouse = own.open();
      await warehouse.load(await own.request(D1, rows, 'one', { table: named }));
      assert.deepEqual(await warehouse.load(await own.request(D1, rows, 'two', { table: named })), {
        loaded: 7,
        deleted: 7,
        repeated: false,
      });
      const column1 = (await warehouse.measure(named, [D1]))?.get(D1)?.columns['T'];
      assert.deepEqual([column1?.min, column1?.max], ['A', 'ä']);
      assert.equal((await warehouse.loads()).size, 1);
      await warehouse.close();
    } finally {
      own.close();
      await account.close();
    }
  });
});
