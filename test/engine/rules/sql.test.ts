// The guard of SQL fragments: what an owner may write, and what must never enter a statement.
import assert from 'node:assert/strict';
import { openDatabase, type Connection, type Database } from '../../../src/engine/base/duckdb';
import { checkExpression, checkQuery, type NamedColumn } from '../../../src/engine/rules';

const columns: readonly NamedColumn[] = [
  { name: 'a', type: 'BIGINT' },
  { name: 'b', type: 'VARCHAR' },
  { name: 'c', type: 'TIMESTAMP' },
  { name: 'l', type: 'INTEGER[]' },
  { name: 's', type: 'STRUCT(x INTEGER)' },
  { name: 'it is "odd"', type: 'DECIMAL(10,2)' },
  { name: 'flag', type: 'BOOLEAN' },
  { name: '🦊', type: 'DATE' },
  { name: 'x'.repeat(300), type: 'DOUBLE' },
];
const tables = new Map<string, readonly NamedColumn[]>([
  ['rows', [{ name: '_row', type: 'BIGINT' }, ...columns]],
  ['User', [{ name: 'user_id', type: 'VARCHAR' }]],
  ['odd "name"', [{ name: 'k', type: 'VARCHAR' }]],
]);

/** Conditions that stand: each is one expression over the columns. */
const GOOD = [
  'a > 1',
  'A > 1 AND B IS NOT NULL',
  "b LIKE 'x%' OR b ILIKE '%Y' ESCAPE '!'",
  "upper(trim(b)) IN ('STB', 'TV')",
  'a BETWEEN 1 AND 10 -- the usual',
  'a > 1 /* why */',
  "c >= TIMESTAMP '2024-01-01' AND c < DATE '2024-02-01' + INTERVAL 1 DAY",
  'CASE WHEN flag THEN a > 0 ELSE a IS NULL END',
  'CAST(b AS BIGINT) = a OR TRY_CAST(b AS DATE) IS NOT NULL OR b::INTEGER = 1',
  "regexp_matches(b, '^[a-z]')",
  'list_contains(l, 3) AND len(list_filter(l, x -> x > 1)) > 0',
  'len(list_filter(l, lambda q: q > a)) > 0',
  "s['x'] = 1 AND struct_extract(s, 'x') > 0",
  '"it is ""odd""" < 10.5',
  `"🦊" < DATE '2030-01-01'`,
  `"${'x'.repeat(300)}" IS NOT NULL`,
  "b SIMILAR TO '[a-z]+'",
  'a % 2 = 0 AND a & 1 = 0 AND -a < 0 AND a ** 2 > 1',
  "date_diff('day', c, TIMESTAMP '2024-01-01') < 3",
  'coalesce(a, 0) = ifnull(a, 0) AND nullif(a, 1) IS DISTINCT FROM 2',
  "b COLLATE NOCASE = 'x'",
  "date_trunc('hour', c) = c AND extract(year FROM c) = 2024 AND strftime(c, '%H') = '01'",
  "b = 'a;b' OR b = ') OR (' OR b = '-- no comment'",
  'flag',
  'NOT flag',
  'hash(b) % 10 = 1',
  "json_extract_string(b, '$.x') = 'y'",
  'flag IS TRUE',
  "c AT TIME ZONE 'Europe/Amsterdam' < TIMESTAMPTZ '2024-01-01 00:00:00+00'",
];

/** What must be refused as a condition, and a word of the reason. */
const ATTACKS: readonly (readonly [string, RegExp])[] = [
  // breaking out of the brackets
  ['1=1); DROP TABLE rows; SELECT (1', /one SQL expression|Only a SELECT/],
  ['1=1); SELECT (1', /one SQL expression/],
  ['flag) OR (flag', /cannot be parsed|one SQL expression/],
  ['flag], [flag', /cannot be parsed/],
  ['flag), (flag', /one SQL expression|cannot be parsed/],
  ['flag, flag', /one SQL expression/],
  ['flag) FROM (SELECT 1', /one SQL expression|cannot be parsed/],
  ['flag) WHERE (flag', /one SQL expression|cannot be parsed/],
  ['flag) UNION SELECT (flag', /one SQL expression|cannot be parsed/],
  ['flag) LIMIT (1', /one SQL expression|cannot be parsed/],
  ['flag) ORDER BY (1', /one SQL expression|cannot be parsed/],
  ['flag) GROUP BY (1', /one SQL expression|cannot be parsed/],
  ['flag) USING SAMPLE (1', /one SQL expression|cannot be parsed/],
  ['flag) AS x, (flag', /one SQL expression|cannot be parsed/],
  ['flag;', /cannot be parsed/],
  ['flag -- x\n); SELECT (1', /one SQL expression/],
  ['flag /* never closed', /cannot be parsed/],
  ["flag OR b = 'never closed", /cannot be parsed/],
  ['flag OR b = $$never closed', /cannot be parsed/],
  ['flag\0) OR (true', /NUL/],
  ['', /empty/],
  ['  \n', /empty/],
  ['-- only a comment', /./],
  // reaching other tables, files and the session
  ['a = (SELECT 1)', /subquery/],
  ['EXISTS (SELECT 1)', /subquery/],
  ['a IN (SELECT a FROM rows)', /subquery/],
  ["a = (SELECT count(*) FROM read_csv('/etc/passwd'))", /subquery/],
  ["a = (FROM '/etc/passwd')", /subquery/],
  ['a = ANY (SELECT 1)', /subquery/],
  ['array(SELECT 1) = l', /subquery/],
  ["getenv('HOME') = b", /not known or not allowed/],
  // Each ends the process on a value of 150,000 brackets.
  ["json_contains(b, '1')", /json_contains\(\) is not allowed: a value that is nested deeply/],
  ['json_structure(b) IS NULL', /json_structure\(\) is not allowed/],
  ['json_merge_patch(b, b) IS NULL', /json_merge_patch\(\) is not allowed/],
  ["getvariable('x') = b", /not allowed/],
  ["current_setting('temp_directory') = b", /not allowed/],
  ["read_text('/etc/passwd') = b", /not allowed/],
  ["query('SELECT 1') = b", /not allowed/],
  ["query_table('rows') = b", /not allowed/],
  ['version() = b', /not allowed/],
  ['current_database() = b', /not allowed/],
  ['current_user = b', /no column/],
  ['user = b', /no column/],
  ['pg_catalog.pg_get_viewdef(1) = b', /not allowed/],
  ["system.main.upper(b) = 'X'", /not allowed/],
  ['txid_current() = a', /not allowed/],
  ["nextval('s') = a", /another result/],
  ["json_execute_serialized_sql('{}') = b", /not allowed/],
  ["json_serialize_sql('SELECT 1') = b", /not allowed/],
  ['json_deserialize_sql(b) = b', /not allowed/],
  ["write_log('x') IS NULL", /not allowed/],
  ['sleep_ms(1000) = a', /not allowed/],
  ["error('x') IS NULL", /not allowed/],
  ["list_aggregate(l, 'reservoir_quantile') > 1", /not allowed/],
  // chance and the clock
  ['random() < 0.5', /another result/],
  ['uuid() = b', /another result/],
  ['c < now()', /moment/],
  ['c < current_timestamp', /moment/],
  ['"🦊" = current_date', /moment/],
  ['"🦊" = today()', /moment/],
  ['age(c) > INTERVAL 1 DAY', /moment/],
  ['c > ago(INTERVAL 1 DAY)', /moment/],
  ['localtimestamp > c', /moment/],
  // more than one row, or no expression
  ['sum(a) > 1', /more than one row/],
  ['count(*) > 1', /more than one row/],
  ['row_number() OVER () > 1', /window/i],
  ['sum(a) OVER () > 1', /window/i],
  ['unnest(l) > 1', /not allowed/],
  ['*', /one SQL expression|\*/],
  ['COLUMNS(*) IS NULL', /\*/],
  ['$1 = a', /parameter/],
  ['? = a', /parameter/],
  ['#1 = a', /column number/],
  ['DEFAULT', /./],
  ['SELECT 1', /./],
  ['DROP TABLE rows', /cannot be parsed/],
  ["COPY rows TO '/tmp/x'", /cannot be parsed/],
  ["ATTACH '/tmp/x'", /./],
  ['PRAGMA version', /./],
  // names and types
  ['nope = 1', /no column "nope"/],
  ['rows.a = 1', /plain column name/],
  ['s.x = 1', /plain column name/],
  ['rowid = 1', /no column/],
  ['_row = 1', /no column/],
  ['a + b + c > 1', /refuses/],
  ['upper(a, b) = b', /refuses/],
  ['a', /BIGINT, not a condition/],
  ['NULL', /not a condition/],
  ["'true'", /not a condition/],
];

const GOOD_QUERIES = [
  'SELECT * FROM rows WHERE a > 1',
  'FROM rows',
  'SELECT r.* FROM rows r LEFT JOIN "User" u ON r.b = u.user_id WHERE u.user_id IS NULL',
  'SELECT * FROM ROWS ANTI JOIN user ON b = user_id',
  'WITH x AS (SELECT b, count(*) AS n FROM rows GROUP BY ALL), y AS (SELECT * FROM x) SELECT * FROM y WHERE n > 1 ORDER BY n DESC LIMIT 3',
  'SELECT * FROM rows WHERE b IN (SELECT user_id FROM User) AND EXISTS (SELECT 1 FROM rows r2 WHERE r2.a = rows.a)',
  'SELECT *, row_number() OVER (PARTITION BY b ORDER BY c) AS n FROM rows QUALIFY n > 1',
  'SELECT b FROM rows UNION ALL SELECT user_id FROM User EXCEPT SELECT k FROM "odd ""name"""',
  'SELECT unnest(l) AS v FROM rows',
  'SELECT i FROM range(10) t(i) ANTI JOIN rows ON a = i',
  'SELECT * FROM rows, unnest(l) u(v) WHERE v > 1 -- done',
  "SELECT * FROM (VALUES (1, 'x')) v(n, t) JOIN rows ON a = n",
  'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT * FROM rows JOIN t ON a = n',
  'SELECT DISTINCT ON (b) * FROM rows ORDER BY a',
  'SELECT sum(a) FILTER (WHERE flag) AS s, quantile_cont(a, 0.5) FROM rows HAVING s > 1',
  "SELECT COLUMNS('a|b') FROM rows",
  'SELECT b FROM rows GROUP BY ROLLUP (b)',
];

const QUERY_ATTACKS: readonly (readonly [string, RegExp])[] = [
  ["SELECT * FROM read_csv('/etc/passwd')", /not known or not allowed/],
  ['SELECT * FROM rows WHERE json_group_structure(b) IS NULL', /json_group_structure\(\) is not allowed/],
  ["SELECT * FROM read_text('/etc/passwd')", /not allowed/],
  ["SELECT * FROM glob('/*')", /not allowed/],
  ["SELECT * FROM '/etc/passwd'", /no table/],
  ["SELECT * FROM 'x.parquet'", /no table/],
  ['SELECT * FROM "x.csv"', /no table/],
  ['SELECT * FROM nope', /no table/],
  ['SELECT * FROM main.rows', /no table/],
  ['SELECT * FROM memory.main.rows', /no table/],
  ['SELECT * FROM information_schema.tables', /no table/],
  ['SELECT * FROM duckdb_settings()', /not allowed/],
  ['SELECT * FROM duckdb_secrets()', /not allowed/],
  ['SELECT * FROM pragma_version()', /not allowed/],
  ['SELECT * FROM sqlite_master', /no table/],
  ["SELECT * FROM query('SELECT 1')", /not allowed/],
  ["SELECT * FROM query_table('rows')", /not allowed/],
  ['SELECT * FROM system.main.range(3)', /not allowed/],
  ["SELECT getvariable('x') FROM rows", /not allowed/],
  ["SELECT current_setting('threads') FROM rows", /not allowed/],
  ["SELECT getenv('HOME') FROM rows", /not allowed/],
  ['SELECT now() FROM rows', /moment/],
  ['SELECT current_date FROM rows', /moment/],
  ['SELECT random() FROM rows', /another result/],
  ['SELECT * FROM rows USING SAMPLE 10', /another result|SAMPLE/],
  ['SELECT * FROM rows TABLESAMPLE 10%', /another result|SAMPLE/],
  ['SELECT * FROM rows; SELECT 1', /one query/],
  ['SELECT * FROM rows;', /one query/],
  ['SELECT 1) CROSS JOIN (SELECT 2', /cannot be parsed/],
  ['SELECT * FROM rows) x; DROP TABLE rows; SELECT * FROM (SELECT 1', /cannot be parsed/],
  ['DROP TABLE rows', /Only a SELECT/],
  ["COPY (SELECT * FROM rows) TO '/tmp/x.csv'", /Only a SELECT/],
  ['INSERT INTO rows VALUES (1)', /Only a SELECT/],
  ['SET threads = 1', /Only a SELECT/],
  ['PRAGMA database_list', /./],
  ["ATTACH '/tmp/x.db'", /Only a SELECT/],
  ['CALL pragma_version()', /./],
  ['EXPLAIN SELECT 1', /./],
  ['DESCRIBE rows', /./],
  ['SUMMARIZE rows', /./],
  ['SELECT * FROM (DESCRIBE rows)', /./],
  ['PIVOT rows ON b', /./],
  ['SELECT $1 FROM rows', /parameter/],
  // a CTE's name must not lend itself to a table outside its reach
  ['WITH "x.parquet" AS (SELECT * FROM "x.parquet") SELECT * FROM "x.parquet"', /no table|plain name/],
  ['WITH a AS (SELECT * FROM z), z AS (SELECT 1) SELECT * FROM a', /no table "z"/],
  ['SELECT * FROM (WITH z AS (SELECT 1) SELECT * FROM z), z', /no table "z"/],
  ['WITH z AS (SELECT * FROM z) SELECT * FROM z', /no table "z"/],
  ['WITH RECURSIVE z AS (SELECT * FROM z UNION ALL SELECT 1) SELECT * FROM z', /no table "z"/],
  ['SELECT nope FROM rows', /refuses/],
  ["SELECT (SELECT count(*) FROM read_csv('/etc/passwd')) FROM rows", /not allowed/],
  ["SELECT * FROM rows WHERE a IN (SELECT 1 FROM 'y.csv')", /no table/],
  ['SELECT * FROM rows ORDER BY (SELECT count(*) FROM duckdb_tables())', /not allowed/],
  ['SELECT * FROM rows LIMIT (SELECT random())', /another result/],
  ["SELECT * FROM range((SELECT count(*) FROM read_csv('/etc/passwd')))", /not allowed/],
  ['SELECT * FROM unnest([random()])', /another result/],
  ['SELECT * FROM rows JOIN rows r2 ON random() < 0.5', /another result/],
  ['VALUES (now())', /moment/],
  ['SELECT sum(a) OVER (ORDER BY random()) FROM rows', /another result/],
  ['SELECT * REPLACE (random() AS a) FROM rows', /another result/],
  ['SELECT list_transform(l, x -> x + random()) FROM rows', /another result/],
  ['', /empty/],
  ['SELECT 1 \0', /NUL/],
];

describe('the guard of SQL', () => {
  let database: Database;
  let connection: Connection;
  before(async () => {
    database = await openDatabase({ folders: [] });
    connection = await database.connect();
    await connection.run('CREATE TEMP VIEW rows AS SELECT 1 AS a');
    await connection.run('CREATE TEMP TABLE z AS SELECT 1 AS a');
  });
  after(() => {
    connection.close();
    database.close();
  });

  it(`lets ${GOOD.length} sound conditions pass`, async () => {
    for (const sql of GOOD)
      assert.equal(await checkExpression(connection, sql, columns, { gives: 'boolean' }), null, sql);
  });

  it(`refuses ${ATTACKS.length} conditions, each with a reason and a remedy`, async () => {
    for (const [sql, reason] of ATTACKS) {
      const problem = await checkExpression(connection, sql, columns, { gives: 'boolean' });
      assert.notEqual(problem, null, `let through: ${sql}`);
      assert.match(problem!.message, reason, sql);
      assert.match(problem!.remedy, /\w/, sql);
    }
  });

  it('takes any scalar where no condition is wanted, and aggregates where they are allowed', async () => {
    assert.equal(await checkExpression(connection, 'upper(trim(b))', columns), null);
    assert.equal(await checkExpression(connection, 'a / 60.0', columns), null);
    assert.equal(await checkExpression(connection, 'sum(a) / count(*)', columns, { aggregates: true }), null);
    assert.match((await checkExpression(connection, 'sum(a)', columns))!.message, /more than one row/);
  });

  it('refuses a type that is more than a type', async () => {
    for (const type of [
      'INTEGER) AS x, (SELECT 1',
      "INTEGER), CAST(read_text('x') AS VARCHAR",
      '',
      'NOPE',
      'INTEGER; DROP TABLE z',
      'INTEGER -- ',
    ])
      assert.notEqual(await checkExpression(connection, 'a = 1', [{ name: 'a', type }]), null, type);
  });

  it(`lets ${GOOD_QUERIES.length} sound queries pass`, async () => {
    for (const sql of GOOD_QUERIES) assert.equal(await checkQuery(connection, sql, tables), null, sql);
  });

  it(`refuses ${QUERY_ATTACKS.length} queries`, async () => {
    for (const [sql, reason] of QUERY_ATTACKS) {
      const problem = await checkQuery(connection, sql, tables);
      assert.notEqual(problem, null, `let through: ${sql}`);
      assert.match(problem!.message, reason, sql);
    }
  });

  it('knows every function of this DuckDB: none that depends on session, clock or chance is allowed', async () => {
    const { SCALAR_FUNCTIONS } = await import('../../../src/engine/rules/functions');
    const rows = await connection.rows<{ name: string }>(
      `SELECT DISTINCT function_name AS name FROM duckdb_functions()
       WHERE function_type IN ('scalar', 'macro') AND stability IS NOT NULL AND stability <> 'CONSISTENT'`,
    );
    assert.ok(rows.length > 10);
    assert.deepEqual(
      rows.map((r) => r.name).filter((name) => SCALAR_FUNCTIONS.has(name)),
      [],
    );
  });
});
