// What SQL makes of its literals is bounded before DuckDB computes it: binding obeys no limit of memory.
import assert from 'node:assert/strict';
import { openDatabase, type Connection, type Database } from '../../../src/engine/base/duckdb';
import { checkExpression, checkQuery, type NamedColumn } from '../../../src/engine/rules';
import { grownBy } from '../../support/peakMemory';

const columns: readonly NamedColumn[] = [
  { name: 'a', type: 'BIGINT' },
  { name: 'b', type: 'VARCHAR' },
  { name: 'c', type: 'TIMESTAMP' },
  { name: 'l', type: 'INTEGER[]' },
];
const tables = new Map([['rows', columns]]);

/** Each makes a text or a list of hundreds of megabytes, or more, of what is written here. */
const TOO_LARGE: readonly string[] = [
  "strptime(b, repeat('x', 300000000)) = c",
  "repeat('x', 300000000) = b",
  "repeat('x', 3 * 100 * 1000 * 1000) = b",
  "repeat('x', CAST('300000000' AS BIGINT)) = b",
  "repeat('x', '300000000') = b",
  "repeat('x', 10 ** 9) = b",
  "repeat('x', 1 << 30) = b",
  "repeat('x', 3e8::BIGINT) = b",
  "repeat('x', factorial(12)) = b",
  "repeat('x', epoch(TIMESTAMP '2024-01-01')::BIGINT) = b",
  "repeat('x', CASE WHEN true THEN 300000000 ELSE 1 END) = b",
  "repeat('x', coalesce(NULL, 300000000)) = b",
  "repeat('x', ifnull(300000000, 1)) = b",
  "repeat('x', greatest(1, 300000000)) = b",
  "repeat('x', [300000000][1]) = b",
  "repeat('x', len(repeat('x', 1000000)) * 300) = b",
  "repeat(repeat(repeat('x', 1000), 1000), 1000) = b",
  "concat(repeat('x', 900000), repeat('y', 900000)) = b",
  "repeat('x', 900000) || repeat('y', 900000) = b",
  'repeat(b, 300000000) = b',
  'repeat(repeat(repeat(b, 1000), 1000), 1000) = b',
  "lpad('x', 300000000, 'y') = b",
  "rpad(b, 300000000, 'y') = b",
  "replace(repeat('x', 1000000), 'x', repeat('y', 1000)) = b",
  `${'replace('.repeat(9)}'x'${", 'x', 'xxxxxxxxxx')".repeat(9)} = b`,
  "regexp_replace(repeat('x', 1000000), '.', repeat('y', 1000), 'g') = b",
  "printf('%300000000d', 1) = b",
  "printf('%*d', 300000000, 1) = b",
  "format('{:300000000}', 1) = b",
  "format('{:{}}', 1, 300000000) = b",
  'bar(1, 0, 1, 300000000) = b',
  "array_to_string(range(100000), repeat('x', 10000)) = b",
  "concat_ws(repeat('x', 100000), 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a') = b",
  'length(range(300000000)) = a',
  'length(range(0, 300000000, 1)) = a',
  'length(generate_series(1, 300000000)) = a',
  "length(range(TIMESTAMP '2000-01-01', TIMESTAMP '2030-01-01', INTERVAL 1 SECOND)) = a",
  "length(range(TIMESTAMP '2000-01-01', TIMESTAMP '2000-01-02', INTERVAL '1 microsecond')) = a",
  "length(generate_series(DATE '0001-01-01', DATE '2000-01-01' + 3000000, INTERVAL 1 HOUR)) = a",
  'length(list_resize(l, 300000000, 1)) = a',
  'length(array_resize([1], 300000000)) = a',
  "length(list_transform(range(1000), x -> repeat('x', 1000000))) = a",
  "length([repeat('x', 100000) for x in range(1000)]) = a",
  "length(list_transform([300000000], x -> repeat('y', x))) = a",
  `list_reduce([${Array.from({ length: 40 }, () => "'x'").join(', ')}], (s, x) -> s || s) = b`,
  `reduce([${Array.from({ length: 40 }, () => "'x'").join(', ')}], lambda s, x: concat(s, s, s)) = b`,
  'length(equi_width_bins(0, 1, 300000000, true)) = a',
  "length(bitstring('1', 300000000)) = a",
  'to_base(1, 2, 300000000) = b',
  "damerau_levenshtein(repeat('x', 100000), repeat('y', 100000)) = a",
  "length(json_pretty(repeat('[', 5000) || repeat(']', 5000))) = a",
  `${'json_quote('.repeat(9)}'"'${')'.repeat(9)} = b`,
  'NULL::INTEGER[100000][100000] IS NULL',
  'CAST(NULL AS STRUCT(x INTEGER[100000][1000])) IS NULL',
  "regexp_matches(b, repeat('x', 300000000))",
  "strftime(c, repeat('%c', 100000)) = b",
  // A size that data gives: one cell would end the run with its process.
  'repeat(b, a) = b',
  "lpad(b, a, 'y') = b",
  "repeat('x', greatest(a, 5)) = b",
  "repeat('x', a * 10) = b",
  'length(range(a)) > 3',
  'length(list_resize([1], a)) > 3',
  "format('{:' || b || '}', 1) = b",
  "printf('%*d', a, 1) = b",
  'length(range(c, c + INTERVAL 1 DAY, INTERVAL 1 SECOND)) > 3',
];

/** What rules and columns are written with. */
const SOUND: readonly string[] = [
  "lpad(b, 20, '0') = rpad('x', 20, ' ')",
  "repeat('-', 40) = b",
  'repeat(b, 100) = b',
  'repeat(b, least(a, 100)) = b AND repeat(b, a % 10) = b AND rpad(b, length(b)::INTEGER, b) = b',
  'length(range(least(a, 1000))) > 3 AND length(list_resize(l, least(a, 5))) = 5',
  'length(generate_series(1, 1000)) > 3',
  "length(generate_series(DATE '2000-01-01', DATE '2030-12-31', INTERVAL 1 DAY)) > 3",
  "length(range(TIMESTAMP '2024-01-01', TIMESTAMP '2024-12-31', INTERVAL '1 hour')) > 3",
  `${'replace('.repeat(20)}b${", 'x', 'yy')".repeat(20)} = 'z'`,
  "regexp_replace(b, '[^0-9]', '', 'g') = 'z'",
  "printf('%010d', a) = b AND format('{:>20}', b) = b AND format('{} {}', a, 'text') = b",
  "array_to_string(list_transform(string_split(b, ','), x -> trim(upper(x))), ', ') = b",
  'len(list_filter(l, x -> x > 1000000000)) > 0 AND list_reduce(l, (s, x) -> s + x) > 2000000000',
  "list_contains(['a', 'b', 'c'], b) AND b IN ('x', 'y')",
  "strptime(b, '%Y-%m-%d %H:%M:%S') = c AND c BETWEEN TIMESTAMP '2000-01-01' AND TIMESTAMP '2100-01-01'",
  'a < 9999999999999 AND a * 1000000 * 1000000 > 1',
  "md5(concat_ws('|', b, a, c)) = b",
  "json_extract_string(to_json({'k': b}), '$.k') = b",
  'CAST(b AS DECIMAL(38,2)) = 1 AND TRY_CAST(b AS INTEGER[3]) IS NULL',
];

describe('literals', () => {
  let database: Database;
  let connection: Connection;
  before(async () => {
    database = await openDatabase({ folders: [], memoryLimit: '256MB' });
    connection = await database.connect();
  });
  after(() => {
    connection.close();
    database.close();
  });

  for (const sql of TOO_LARGE)
    it(`are refused before they are computed: ${sql.slice(0, 80)}`, async () => {
      const { result, megabytes } = await grownBy(() =>
        checkExpression(connection, sql, columns, { gives: 'boolean' }),
      );
      assert.match(result?.message ?? '', /more than 1,000,000 characters or entries|nobody knows how large/);
      assert.ok(megabytes < 100, `${megabytes} MB`);
      const alone = await checkQuery(connection, `SELECT * FROM rows WHERE ${sql}`, tables);
      assert.equal(alone?.message, result?.message);
    });

  it('are told by the place of what makes them', async () => {
    const sql = "b = 'ä' AND strptime(b, repeat('x', 300000000)) = c";
    const problem = await checkExpression(connection, sql, columns, { gives: 'boolean' });
    assert.deepEqual(problem?.at, { at: sql.indexOf('repeat'), length: 6 });
    assert.equal(problem.message, 'repeat() makes a value of more than 1,000,000 characters or entries.');
  });

  for (const sql of SOUND)
    it(`of sound SQL pass: ${sql.slice(0, 80)}`, async () => {
      assert.equal(await checkExpression(connection, sql, columns, { gives: 'boolean' }), null);
    });

  it('tell a table function how many rows it gives: they flow', async () => {
    const sql = 'SELECT count(*) FROM range(3000000000) t(i) WHERE i IN (SELECT a FROM rows)';
    assert.equal(await checkQuery(connection, sql, tables), null);
    const hidden = "SELECT * FROM json_each(repeat('[', 300000000))";
    assert.match((await checkQuery(connection, hidden, tables))?.message ?? 'passed', /repeat\(\) makes/);
  });
});
