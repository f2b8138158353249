// Every known way out of an owner's SQL, in every place that takes some: refused by its syntax alone, nothing of it bound or run.
import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { openDatabase, type Connection, type Database } from '../../../src/engine/base/duckdb';
import { consoleQuery } from '../../../src/engine/authoring/debug/consoleQuery';
import { checkExpression, checkQuery, type NamedColumn } from '../../../src/engine/rules';
import {
  AGGREGATE_FUNCTIONS,
  SCALAR_FUNCTIONS,
  TABLE_FUNCTIONS,
  WINDOW_FUNCTIONS,
} from '../../../src/engine/rules/functions';
import { PipelineError } from '../../../src/engine/model';
import { checkConfig } from '../../../src/engine/workspace/config';
import { settingsIn } from '../../support/model';
import { useFolder } from '../../support/folder';

const MARKER = 'marker-of-the-canary';
const COLUMNS: readonly NamedColumn[] = [
  { name: 'a', type: 'BIGINT' },
  { name: 'b', type: 'VARCHAR' },
  { name: 'c', type: 'TIMESTAMP' },
  { name: 'l', type: 'INTEGER[]' },
  { name: 's', type: 'STRUCT(x INTEGER)' },
  { name: 'flag', type: 'BOOLEAN' },
];
const TABLES = new Map([['rows', COLUMNS]]);

/** What an attack reaches for; `{f}` is a file that may be read, `{out}` a folder, `{url}` a listener. */
const SCALAR_SINKS: readonly string[] = [
  "getenv('HOME')",
  "getvariable('x')",
  "current_setting('temp_directory')",
  "nextval('q')",
  "currval('q')",
  'version()',
  'current_database()',
  'current_schema()',
  'current_schemas(true)',
  'current_query()',
  'current_role()',
  'current_user',
  'session_user',
  'pg_typeof(a)',
  'txid_current()',
  'pg_get_viewdef(1)',
  'pg_postmaster_start_time()',
  'inet_server_addr()',
  "write_log('x')",
  "json_execute_serialized_sql('x')",
  "json_deserialize_sql('{}')",
  "json_serialize_plan('SELECT 1')",
  "add_parquet_key('k', 'v')",
  'sleep_ms(1)',
  "error('x')",
  'in_search_path(b, b)',
  "which_secret('s3://x', 's3')",
  'pragma_version()',
];
const TABLE_SINKS: readonly string[] = [
  "read_csv('{f}')",
  "read_csv(['{f}', '{url}/x.csv'])",
  "read_csv_auto('{f}')",
  "sniff_csv('{f}')",
  "read_text('{f}')",
  "read_text('{url}/x')",
  "read_blob('{f}')",
  "read_json('{f}')",
  "read_json_auto('{f}')",
  "read_ndjson('{f}')",
  "read_json_objects('{f}')",
  "read_parquet('{f}')",
  "parquet_scan('{f}')",
  "parquet_metadata('{f}')",
  "parquet_schema('{f}')",
  "parquet_kv_metadata('{f}')",
  "parquet_file_metadata('{f}')",
  "parquet_bloom_probe('{f}', 'a', 1)",
  "read_duckdb('{f}')",
  "glob('{out}/*')",
  "glob('{url}/*')",
  'duckdb_secrets()',
  'duckdb_settings()',
  'duckdb_databases()',
  'duckdb_tables()',
  'duckdb_functions()',
  'duckdb_extensions()',
  'duckdb_logs()',
  'duckdb_variables()',
  'duckdb_temporary_files()',
  'pragma_database_list()',
  "pragma_storage_info('rows')",
  "pragma_table_info('rows')",
  'pragma_version()',
  'pragma_user_agent()',
  "query('SELECT 1')",
  "query('SELECT * FROM read_text(''{f}'')')",
  "query_table('rows')",
  "query_table(['rows', '{f}'])",
  "json_execute_serialized_sql(json_serialize_sql('SELECT 1'))",
  'arrow_scan(1, 2, 3)',
  'repeat_row(1, num_rows = 3)',
  'seq_scan(1)',
  "summary('rows')",
  'test_all_types()',
  "which_secret('s3://x', 's3')",
  'checkpoint()',
  'force_checkpoint()',
  "enable_logging('x')",
  "sql_auto_complete('S')",
];
const NAMED_TABLES: readonly string[] = [
  "'{f}'",
  '"{f}"',
  "'{out}/*.csv'",
  "'{url}/x.csv'",
  "'s3://bucket/x.parquet'",
  "'file://{f}'",
  'information_schema.tables',
  'information_schema.columns',
  'pg_catalog.pg_tables',
  'pg_catalog.pg_settings',
  'main.rows',
  'memory.main.rows',
  'temp.main.rows',
  'system.information_schema.tables',
  'sqlite_master',
  'sqlite_schema',
  'duckdb_tables',
  'duckdb_settings',
  'pg_class',
  'hidden_table',
  'hidden_view',
];

/** Ways to hide a call `X` in an expression. */
const EXPRESSION_DISGUISES: readonly string[] = [
  'X IS NULL',
  'NOT (X IS NULL)',
  'false AND X IS NULL',
  'true OR X IS NOT NULL',
  'CASE WHEN flag THEN X IS NULL ELSE flag END',
  'coalesce(X, X) IS NULL',
  'CAST(X AS VARCHAR) = b',
  'TRY_CAST(X AS INTEGER) = a',
  'X::VARCHAR = b',
  'TRY(X) IS NULL',
  'b IN (X)',
  'b BETWEEN X AND X',
  'b LIKE X',
  "b LIKE 'x' ESCAPE X",
  'b SIMILAR TO X',
  '[X] IS NULL',
  "{'k': X} IS NULL",
  'MAP {1: X} IS NULL',
  'row(X) IS NULL',
  '(X, X) IS NULL',
  'list_transform(l, q -> X) IS NULL',
  'list_transform(l, lambda q: X) IS NULL',
  'list_filter(l, q -> X IS NULL) IS NULL',
  'list_reduce(l, (p, q) -> X) IS NULL',
  '[X for q in l] IS NULL',
  '[q for q in l if X IS NULL] IS NULL',
  'l[X:] IS NULL',
  'l[CAST(X AS INTEGER)] IS NULL',
  "c AT TIME ZONE X > TIMESTAMP '2020-01-01'",
  'extract(year FROM CAST(X AS DATE)) = 1',
  'c + INTERVAL (CAST(X AS INTEGER)) DAY > c',
  "b || X = 'x'",
  'X COLLATE NOCASE = b',
  'X /* why */ IS NULL -- done',
  'position(X IN b) > 0',
  'substring(b FROM CAST(X AS INTEGER)) IS NULL',
  'overlay(b PLACING X FROM 1) IS NULL',
  'trim(BOTH X FROM b) IS NULL',
  'b IS DISTINCT FROM X',
  'a = -length(X)',
  'COLUMNS(y -> X IS NULL)',
  'COLUMNS(X) IS NULL',
  '(((((X))))) IS NULL',
];

/** Ways to write the name of a function otherwise: `read_text('{f}')` and `getenv('HOME')` are to be the same. */
const SPELLINGS: readonly ((name: string, argument: string) => string)[] = [
  (name, argument) => `${name.toUpperCase()}(${argument})`,
  (name, argument) => `"${name}"(${argument})`,
  (name, argument) => `"${name.toUpperCase()}"(${argument})`,
  (name, argument) => `${name} (${argument})`,
  (name, argument) => `${name}\n(\n${argument}\n)`,
  (name, argument) => `${name}/**/(${argument})`,
  (name, argument) => `${name}/* ( */ ( /* ) */ ${argument})`,
  (name, argument) => `${name}-- (\n(${argument})`,
  (name, argument) => `${name}\u00a0(${argument})`,
  (name, argument) => `${name}\u200b(${argument})`,
  (name, argument) => `${name}\u2003(${argument})`,
  (name, argument) => `${name}\u3000(${argument})`,
  (name, argument) => `${name}\ufeff(${argument})`,
  (name, argument) => `${name}\t\v\f(${argument})`,
  (name, argument) => `main.${name}(${argument})`,
  (name, argument) => `system.main.${name}(${argument})`,
  (name, argument) => `"main"."${name}"(${argument})`,
  (name, argument) => `pg_catalog.${name}(${argument})`,
  (name, argument) => `memory.main.${name}(${argument})`,
  (name, argument) => `temp.${name}(${argument})`,
  (name, argument) => `(${argument}).${name}()`,
  (name, argument) => `${argument}.${name}()`,
  (name, argument) => `b.${name}(${argument})`,
  (name, argument) => `${name}(DISTINCT ${argument})`,
  (name, argument) => `${name}(ALL ${argument})`,
  (name, argument) => `${name}(${argument} ORDER BY 1)`,
  (name, argument) => `${name}(${argument}) FILTER (true)`,
  (name, argument) => `${name}(${argument}) OVER ()`,
  (name, argument) => `${name}(x := ${argument})`,
  (name, argument) => `${name}(x => ${argument})`,
  (name, argument) => `${name}(${argument.replace(/^'(.*)'$/s, '$$$$$1$$$$')})`,
  (name, argument) => `${name}(${argument.replace(/^'(.*)'$/s, "E'$1'")})`,
  (name, argument) => `${name}(${argument.replace(/^'(.*)'$/s, '$$t$$$1$$t$$')})`,
  (name, argument) => `${name}(${argument.replace(/^'(.*)'$/s, "concat('$1', '')")})`,
];

/** Ways to put a table `T` into a query. */
const QUERY_PLACES: readonly string[] = [
  'SELECT * FROM T',
  'FROM T',
  'FROM T SELECT 1',
  'SELECT * FROM rows, T',
  'SELECT * FROM rows JOIN T ON true',
  'SELECT * FROM rows LEFT JOIN T x ON true',
  'SELECT * FROM rows CROSS JOIN T',
  'SELECT * FROM rows POSITIONAL JOIN T',
  'SELECT * FROM rows ASOF JOIN T x ON rows.c >= x.c',
  'SELECT * FROM rows SEMI JOIN T x USING (a)',
  'SELECT * FROM rows, LATERAL (SELECT * FROM T) x',
  'SELECT * FROM (SELECT * FROM (SELECT * FROM T))',
  'SELECT (SELECT count(*) FROM T) FROM rows',
  'SELECT * FROM rows WHERE EXISTS (FROM T)',
  'SELECT * FROM rows WHERE a IN (SELECT 1 FROM T)',
  'SELECT * FROM rows WHERE a > ALL (SELECT 1 FROM T)',
  'SELECT * FROM rows WHERE false AND (SELECT true FROM T)',
  'SELECT a FROM rows GROUP BY (SELECT 1 FROM T)',
  'SELECT a FROM rows GROUP BY a HAVING (SELECT true FROM T)',
  'SELECT a FROM rows QUALIFY (SELECT true FROM T)',
  'SELECT a FROM rows ORDER BY (SELECT 1 FROM T)',
  'SELECT a FROM rows LIMIT (SELECT 1 FROM T)',
  'SELECT a FROM rows OFFSET (SELECT 1 FROM T)',
  'SELECT DISTINCT ON ((SELECT 1 FROM T)) a FROM rows',
  'SELECT sum(a) FILTER (WHERE (SELECT true FROM T)) FROM rows',
  'SELECT sum(a) OVER (ORDER BY (SELECT 1 FROM T)) FROM rows',
  'SELECT sum(a) OVER w FROM rows WINDOW w AS (PARTITION BY (SELECT 1 FROM T))',
  'SELECT array(SELECT 1 FROM T) FROM rows',
  'SELECT * REPLACE ((SELECT 1 FROM T) AS a) FROM rows',
  'SELECT COLUMNS(x -> EXISTS (FROM T)) FROM rows',
  'WITH x AS (SELECT * FROM T) SELECT * FROM x',
  'WITH x AS MATERIALIZED (FROM T) SELECT * FROM rows',
  'WITH x AS NOT MATERIALIZED (SELECT 1), y AS (FROM T) FROM y',
  'WITH RECURSIVE x AS (SELECT 1 UNION ALL SELECT 1 FROM T) FROM x',
  'WITH RECURSIVE x(n) USING KEY (n) AS (SELECT 1 UNION SELECT 1 FROM T) FROM x',
  'SELECT 1 UNION ALL SELECT 1 FROM T',
  'SELECT 1 AS a UNION ALL BY NAME SELECT 1 AS b FROM T',
  'SELECT 1 EXCEPT SELECT 1 FROM T',
  'SELECT 1 INTERSECT SELECT 1 FROM T',
  'VALUES ((SELECT 1 FROM T))',
  'SELECT * FROM (VALUES ((SELECT 1 FROM T))) v',
  'SELECT * FROM range((SELECT 1 FROM T))',
  'SELECT * FROM unnest((SELECT [1] FROM T))',
  'PIVOT T ON a',
  'SELECT * FROM (PIVOT T ON a USING sum(a))',
  'UNPIVOT T ON a',
  'SELECT * FROM T UNPIVOT (v FOR n IN (a))',
  'DESCRIBE SELECT * FROM T',
  'SELECT * FROM (DESCRIBE SELECT * FROM T)',
  'SUMMARIZE SELECT * FROM T',
  'SELECT * FROM (SUMMARIZE FROM T)',
  'SELECT * FROM T TABLESAMPLE 10%',
  'SELECT * FROM T AT (VERSION => 1)',
  'SELECT * FROM T AS x(a, b)',
  'SELECT * FROM /* a */ T -- b',
  'EXPLAIN SELECT * FROM T',
  'EXPLAIN ANALYZE SELECT * FROM T',
];

const STATEMENTS: readonly string[] = [
  "COPY rows TO '{out}/x.csv'",
  "COPY (SELECT 1) TO '{out}/x.parquet' (FORMAT parquet)",
  "COPY rows FROM '{f}'",
  'COPY FROM DATABASE memory TO x',
  "EXPORT DATABASE '{out}/x'",
  "IMPORT DATABASE '{out}/x'",
  "ATTACH '{out}/x.db' AS x",
  "ATTACH IF NOT EXISTS ':memory:' AS x",
  'DETACH memory',
  'USE memory',
  'INSTALL httpfs',
  "INSTALL httpfs FROM '{url}'",
  'FORCE INSTALL httpfs',
  'LOAD httpfs',
  "LOAD '{out}/x.duckdb_extension'",
  'UPDATE EXTENSIONS',
  'PRAGMA version',
  'PRAGMA database_list',
  "PRAGMA enable_profiling = 'json'",
  "PRAGMA import_database('{out}')",
  'SET threads = 1',
  "SET GLOBAL allowed_directories = ['/']",
  'SET enable_external_access = true',
  "SET VARIABLE x = (SELECT content FROM read_text('{f}'))",
  "SET profiling_output = '{out}/x'",
  "SET log_query_path = '{out}/x'",
  'RESET threads',
  'CALL pragma_version()',
  "CALL enable_logging('QueryLog', storage = 'file')",
  'CREATE TABLE x AS SELECT 1',
  'CREATE TEMP VIEW x AS SELECT 1',
  "CREATE VIEW rows AS SELECT * FROM read_text('{f}')",
  "CREATE MACRO upper(x) AS (SELECT content FROM read_text('{f}'))",
  "CREATE OR REPLACE TEMP MACRO x() AS TABLE FROM read_text('{f}')",
  'CREATE SEQUENCE x',
  "CREATE SECRET x (TYPE s3, KEY_ID 'a')",
  'CREATE PERSISTENT SECRET x (TYPE http)',
  'CREATE SCHEMA x',
  "CREATE TYPE x AS ENUM ('a')",
  'DROP TABLE rows',
  'DROP SECRET x',
  'ALTER TABLE rows ADD COLUMN x INTEGER',
  'INSERT INTO rows VALUES (1)',
  'UPDATE rows SET a = 1',
  'DELETE FROM rows',
  'TRUNCATE rows',
  'MERGE INTO rows USING rows x ON true WHEN MATCHED THEN DELETE',
  "PREPARE x AS SELECT * FROM read_text('{f}')",
  'EXECUTE x',
  'DEALLOCATE x',
  'BEGIN',
  'COMMIT',
  'ROLLBACK',
  'CHECKPOINT',
  'FORCE CHECKPOINT',
  'VACUUM',
  'ANALYZE',
  "COMMENT ON TABLE rows IS 'x'",
  'SHOW TABLES',
  'SHOW ALL TABLES',
  'SHOW DATABASES',
  'DESCRIBE',
  "SELECT * FROM rows; COPY rows TO '{out}/x.csv'",
  "SELECT 1; ATTACH '{out}/x.db'",
  "SELECT * FROM rows) x; COPY rows TO '{out}/x'; SELECT * FROM (SELECT 1",
  'SELECT 1 INTO x',
  'SELECT * FROM rows WHERE a = $1',
  'SELECT * FROM rows WHERE a = ?',
  "TABLE '{f}'",
];

/** Ways out of the brackets that a fragment stands in; `X` is what stands outside then. */
const ESCAPES: readonly string[] = [
  'flag); X; SELECT (1',
  'flag); X; --',
  'flag) OR (SELECT 1 FROM X) IN (1',
  'flag) UNION SELECT * FROM X WHERE (true',
  'flag)) AS x FROM X --',
  'flag) FROM X WHERE (flag',
  'flag), (SELECT 1 FROM X',
  "flag) /* ' */ FROM X /* ' */ WHERE (flag",
  'flag\n) FROM X --',
  'flag -- \r) FROM X',
  "flag OR b = 'x\\') FROM X --'",
  "flag OR b = E'x\\') FROM X --'",
  'flag OR b = $$x$$) FROM X --$$',
  'flag OR b = "x"") FROM X --"',
  'flag] FROM X WHERE [flag',
  'flag\u0000) FROM X',
  'flag\u2028) FROM X',
  'flag\uff09 FROM X',
  'flag OR b = \u2019) FROM X --\u2019',
];

/** A connection that notes the text of every statement it is given. */
function recording(connection: Connection): { readonly connection: Connection; readonly ran: string[] } {
  const ran: string[] = [];
  const noted: Connection = {
    ...connection,
    run: (sql, options) => (ran.push(sql), connection.run(sql, options)),
    rows: (sql, options) => (ran.push(sql), connection.rows(sql, options)),
    table: (sql, options) => (ran.push(sql), connection.table(sql, options)),
    batches: (sql, options) => (ran.push(sql), connection.batches(sql, options)),
  };
  return { connection: noted, ran };
}

type Checked = Awaited<ReturnType<typeof checkConfig>>;
type Door = (connection: Connection, sql: string) => Promise<string | null>;

const refusal = async (work: Promise<unknown>): Promise<string | null> => {
  try {
    await work;
    return null;
  } catch (error) {
    assert.ok(error instanceof PipelineError, String(error));
    return error.message;
  }
};
const messageOf = (problem: { readonly message: string } | null): string | null => problem?.message ?? null;

/** Where an expression enters: what stands in rules, columns, traces, replays and breakpoints. */
const EXPRESSION_DOORS: Readonly<Record<string, Door>> = {
  condition: async (connection, sql) =>
    messageOf(await checkExpression(connection, sql, COLUMNS, { gives: 'boolean' })),
  'transform or derived': async (connection, sql) =>
    messageOf(await checkExpression(connection, sql, COLUMNS)),
};
/** Where a query enters: rules of kind sql, the preview, the debugger's console. */
const QUERY_DOORS: Readonly<Record<string, Door>> = {
  query: async (connection, sql) => messageOf(await checkQuery(connection, sql, TABLES)),
  console: (connection, sql) =>
    refusal(
      consoleQuery(connection, sql, {
        tables: [],
        date: '20241115',
        sources: new Map([['rows', () => Promise.resolve({ from: 'rows', columns: COLUMNS })]]),
      }),
    ),
};

describe('the sandbox of SQL', function () {
  this.timeout(30_000);
  const folder = useFolder();
  let database: Database;
  let plain: Connection;
  let listener: Server;
  let requests = 0;
  let fill: (sql: string) => string;

  beforeEach(async () => {
    requests = 0;
    listener = createServer((_request, response) => {
      requests += 1;
      response.end();
    });
    listener.on('connection', () => (requests += 1));
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
    const file = join(folder(), 'canary.csv');
    writeFileSync(file, `k\n${MARKER}\n`);
    fill = (sql) => sql.replaceAll('{f}', file).replaceAll('{out}', folder()).replaceAll('{url}', url);
    // The canary lies where a run may read and write: only the guard keeps owners' SQL from it.
    database = await openDatabase({ folders: [folder()] });
    plain = await database.connect();
    await plain.run('CREATE TEMP TABLE rows AS SELECT 1 AS a');
    await plain.run('CREATE TABLE hidden_table AS SELECT 1 AS a');
    await plain.run('CREATE VIEW hidden_view AS SELECT 1 AS a');
    await plain.run('CREATE SEQUENCE q');
  });
  afterEach(() => {
    plain.close();
    database.close();
    listener.closeAllConnections();
    listener.close();
  });

  /**
   * Tries all at the doors: each is refused, and of none has a word come before anything but the parser.
   * @param bindable what is a statement alone is a name or a constant where an expression is wanted: binding may refuse it.
   */
  async function refuseAll(
    attacks: readonly string[],
    doors: Readonly<Record<string, Door>>,
    bindable = false,
  ): Promise<number> {
    const { connection, ran } = recording(plain);
    const through: string[] = [];
    const all = [...new Set(attacks.map((sql) => fill(sql)))];
    for (const sql of all)
      for (const [name, door] of Object.entries(doors)) {
        ran.length = 0;
        const message = await door(connection, sql);
        if (message === null) through.push(`${name} lets through: ${sql}`);
        else if (message.includes(MARKER)) through.push(`${name} shows the canary: ${sql}`);
        // The parser is given SQL as a value: its text stands in no statement that is bound or run.
        const bound = ran.filter((one) => !/^SELECT json_serialize_sql\(\$1::VARCHAR\)[^']*$/.test(one));
        if (bound.length > 0 && !bindable) through.push(`${name} bound it: ${sql}`);
      }
    assert.deepEqual(through, []);
    assert.equal(requests, 0);
    assert.deepEqual(readdirSync(folder()), ['canary.csv']);
    return all.length * Object.keys(doors).length;
  }

  it('would be read through without a guard', async () => {
    for (const sql of ["SELECT * FROM '{f}'", "SELECT content FROM read_text('{f}')"])
      assert.match(JSON.stringify(await plain.rows(fill(sql))), new RegExp(MARKER));
  });

  it('has no way out of an expression', async () => {
    const spelt = SPELLINGS.flatMap((spell) => [
      spell('read_text', "'{f}'"),
      spell('getenv', "'HOME'"),
      spell('query', "'SELECT 1'"),
    ]);
    const tried = await refuseAll(
      [
        ...SCALAR_SINKS.flatMap((sink) => [`${sink} IS NULL`, sink]),
        ...TABLE_SINKS.flatMap((sink) => [
          `${sink} IS NULL`,
          `(SELECT 1 FROM ${sink}) = 1`,
          `EXISTS (FROM ${sink})`,
        ]),
        ...NAMED_TABLES.flatMap((name) => [`a IN (SELECT 1 FROM ${name})`, `a = ANY (FROM ${name})`]),
        ...EXPRESSION_DISGUISES.flatMap((disguise) =>
          ["getenv('HOME')", "(SELECT content FROM read_text('{f}'))", "main.read_text('{f}')"].map((sink) =>
            disguise.replace(/\bX\b/g, () => sink),
          ),
        ),
        ...spelt.map((call) => `${call} IS NULL`),
        ...ESCAPES.flatMap((escape) =>
          ["read_text('{f}')", "'{f}'", "COPY rows TO '{out}/x'"].map((sink) =>
            escape.replace(/\bX\b/g, () => sink),
          ),
        ),
      ],
      EXPRESSION_DOORS,
    );
    await refuseAll(STATEMENTS, EXPRESSION_DOORS, true);
    assert.ok(tried >= 800, `${tried}`);
  });

  it('has no way out of a query', async () => {
    const sinks = [
      "read_text('{f}')",
      "'{f}'",
      '"{f}"',
      'duckdb_secrets()',
      "query('FROM rows')",
      'main.rows',
    ];
    const tried = await refuseAll(
      [
        ...[...TABLE_SINKS, ...NAMED_TABLES].flatMap((sink) => [`SELECT * FROM ${sink}`, `FROM ${sink} x`]),
        ...QUERY_PLACES.flatMap((place) => sinks.map((sink) => place.replace(/\bT\b/g, () => sink))),
        ...SCALAR_SINKS.map((sink) => `SELECT ${sink} FROM rows`),
        ...EXPRESSION_DISGUISES.map(
          (disguise) => `SELECT ${disguise.replace(/\bX\b/g, () => "getenv('HOME')")} FROM rows`,
        ),
        ...SPELLINGS.flatMap((spell) => [
          `SELECT * FROM ${spell('read_text', "'{f}'")}`,
          `SELECT ${spell('getenv', "'HOME'")} FROM rows`,
        ]),
      ],
      QUERY_DOORS,
    );
    await refuseAll(STATEMENTS, QUERY_DOORS, true);
    assert.ok(tried >= 800, `${tried}`);
  });

  it('lets no function of this DuckDB pass that nobody looked at', async () => {
    const functions = await plain.rows<{ name: string; kind: string }>(
      'SELECT DISTINCT function_name AS name, function_type AS kind FROM duckdb_functions() ORDER BY ALL',
    );
    const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
    const unknown = functions.filter(
      ({ name }) =>
        ![SCALAR_FUNCTIONS, AGGREGATE_FUNCTIONS, WINDOW_FUNCTIONS, TABLE_FUNCTIONS].some((known) =>
          known.has(name.toLowerCase()),
        ),
    );
    assert.ok(unknown.length > 200, `${unknown.length}`);
    await refuseAll(
      unknown.map(({ name }) => `${quoted(name)}(b) IS NULL`),
      EXPRESSION_DOORS,
    );
    await refuseAll(
      unknown.flatMap(({ name }) => [
        `SELECT ${quoted(name)}(b) FROM rows`,
        `SELECT * FROM ${quoted(name)}('{f}')`,
      ]),
      QUERY_DOORS,
    );
  });

  it('lets sound SQL pass at every door', async () => {
    for (const sql of [
      "b LIKE 'x%' AND a BETWEEN 1 AND 10",
      "regexp_matches(lower(b), '^[a-z]') OR TRY_CAST(b AS DATE) IS NOT NULL",
      'len(list_filter(l, x -> x > a)) > 0',
      "b = 'read_text(''/etc/passwd'')' /* getenv('HOME') */ -- COPY rows TO 'x'",
      "b = $$'; DROP TABLE rows$$",
    ]) {
      for (const [name, door] of Object.entries(EXPRESSION_DOORS))
        assert.equal(await door(plain, sql), null, `${name}: ${sql}`);
      for (const [name, door] of Object.entries(QUERY_DOORS))
        assert.equal(await door(plain, `SELECT * FROM rows WHERE ${sql}`), null, `${name}: ${sql}`);
    }
    for (const [name, door] of Object.entries(QUERY_DOORS))
      for (const sql of [
        'WITH x AS (SELECT b, count(*) AS n FROM rows GROUP BY ALL) SELECT * FROM x WHERE n > 1',
        'SELECT *, row_number() OVER (PARTITION BY b ORDER BY c) AS n FROM rows QUALIFY n > 1',
        'SELECT * FROM rows, unnest(l) u(v), range(3) t(i)',
      ])
        assert.equal(await door(plain, sql), null, `${name}: ${sql}`);
  });

  it('refuses the same in every key of the config that takes SQL, or a piece of it', async () => {
    const attacks = [
      "getenv('HOME') IS NULL",
      "(SELECT content FROM read_text('{f}')) IS NULL",
      "EXISTS (FROM '{f}')",
      "main.read_text('{f}') IS NULL",
      "flag) OR (SELECT 1 FROM read_text('{f}')) IN (1",
      "flag); COPY rows TO '{out}/x'; --",
      "{f}'); COPY rows TO '{out}/x'; --",
    ].map(fill);
    const tables = Object.fromEntries(
      attacks.flatMap((sql, i) => [
        [`T${i}`, { columns: { flag: { type: 'BOOLEAN', transform: sql } } }],
        [`D${i}`, { columns: { flag: { type: 'BOOLEAN' }, d: { type: 'VARCHAR', derived: sql } } }],
        [`C${i}`, { columns: { flag: { type: sql } } }],
        [`O${i}`, { columns: { flag: { type: 'BOOLEAN' } }, deduplicate: { order_by: sql } }],
      ]),
    );
    const rules = attacks.flatMap((sql, i): object[] => [
      { id: `e${i}`, rule: 'expression', expression: sql },
      { id: `w${i}`, rule: 'not_null', column: 'b', where: sql },
      { id: `q${i}`, rule: 'sql', query: `SELECT * FROM rows WHERE ${sql}` },
      { id: `g${i}`, rule: 'no_gaps', column: 'c', step: sql },
      { id: `t${i}`, rule: 'schema', types: { b: sql } },
      { id: `r${i}`, rule: 'references', column: 'b', to: sql },
      { id: `o${i}`, rule: 'compare', column: 'b', operator: sql, other_column: 'b' },
      { id: `s${i}`, rule: 'stat', column: 'a', fn: sql, max: 1 },
    ]);
    const columns = Object.fromEntries(COLUMNS.map(({ name, type }) => [name, { type }]));
    const { connection, ran } = recording(plain);
    const check = async (texts: { readonly tables: object; readonly rules: object }): Promise<Checked> =>
      checkConfig(settingsIn(folder()), {
        connection,
        contents: {
          'brand_configs.json': JSON.stringify({ brands: { Skylink: 'SKL' } }),
          'table_schemas.json': JSON.stringify({ tables: texts.tables }, undefined, 1),
          'validation_rules.json': JSON.stringify({ tables: texts.rules }, undefined, 1),
        },
      });
    const own = { X: { columns } };
    const ofTables = await check({ tables, rules: {} });
    for (const name of Object.keys(tables))
      assert.ok(
        ofTables.problems.some(({ severity, message }) => severity === 'error' && message.includes(name)),
        `${name} passes: ${JSON.stringify(tables[name])}`,
      );
    for (const rule of rules) {
      const { problems } = await check({ tables: own, rules: { X: { rules: [rule] } } });
      assert.ok(
        problems.some(({ severity }) => severity === 'error'),
        `it passes: ${JSON.stringify(rule)}`,
      );
    }
    assert.deepEqual(
      ran.filter((sql) => sql.includes(folder()) || sql.includes('getenv')),
      [],
    );
    assert.equal(requests, 0);
    assert.deepEqual(readdirSync(folder()), ['canary.csv']);
  });
});
