// Names and SQL written to break out: through all layers into the warehouse, or refused with file and line.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkWorkspace, plainError, previewFile, readReport, readStatus, trace } from '../../../src/engine';
import { openDatabase, quoteIdentifier, quoteLiteral } from '../../../src/engine/base/duckdb';
import { buildCommand, m7 } from '../../cli/command';
import { DATE, failures, open, runDay, smallDay, worked, writeDay, type Day } from '../../support/day';
import { leftovers } from '../../support/snapshot';

/** Names that the config takes. */
const BRANDS = [
  `O'Brien'; DROP TABLE x;--`,
  'Ünï 😀 %41%2F',
  '\u202egnp.exe\u200f',
  'q"uote"d $(touch pwned) `id`',
  '__proto__',
  'select',
  'é'.repeat(80),
  'year=2024',
];
const TABLES = [`Robert'); DROP SCHEMA "STG_SG";--`, 'constructor', '__proto__', 'Order "😀" 100%s $1', '~'];
const COLUMNS = [
  'user id',
  'a"b',
  `c'd; DROP TABLE t;--`,
  'select',
  'back\\slash\\n',
  '../../etc/passwd',
  '😀',
  '\u202ertl',
  '%s%n%41',
  '*',
  '?[x]{y}',
  '__proto__',
  'constructor',
  '.dot',
  '$1',
  '@col#:;,|',
  'x'.repeat(250),
];
/** Headers in the files that no column names: kept as they are. */
const EXTRA = [
  'new\nline',
  'tab\there',
  `'; ATTACH 'x' AS y;--`,
  'toString',
  '_BRAND',
  'load_date',
  '_source_row',
  'rowid',
  '',
  'file_row_number',
  'filename',
  'y'.repeat(300),
  '🙈',
];
/** Values, one per row: each must come out as it went in. */
const VALUES = [
  `'; DROP TABLE gold;--`,
  '"',
  `it''s`,
  'a\\',
  '../../x',
  '{{x}}${y}%s',
  '😀\u202e',
  '<script>alert(1)</script>',
  '=cmd|x',
  'line\nbreak',
];

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

function hostileDay(): Day {
  const header = [...COLUMNS, ...EXTRA].map(quoted).join(',');
  const line = (value: string, i: number): string =>
    [...COLUMNS, ...EXTRA].map((_, at) => quoted(at === 0 ? String(i) : value)).join(',');
  const text = [header, ...VALUES.map(line)].join('\r\n');
  const columns = Object.fromEntries(COLUMNS.map((name) => [name, { type: 'VARCHAR' }]));
  // A key of this name is a prototype in a literal, and a plain key in JSON.
  Object.defineProperty(columns, '__proto__', { value: { type: 'VARCHAR' }, enumerable: true });
  const named = <T>(names: readonly string[], value: (name: string, i: number) => T): Record<string, T> => {
    const all = Object.create(null) as Record<string, T>;
    names.forEach((name, i) => (all[name] = value(name, i)));
    return all;
  };
  return {
    brands: named(BRANDS, (_, i) => ({ code: `'${i}";--`, aliases: [`alias ${i}' [a-z]* %`] })),
    tables: named(TABLES, () => ({
      primary_key: ['user id', '_brand', '__proto__'],
      deduplicate: { order_by: `"c'd; DROP TABLE t;--" DESC, "a""b"` },
      columns,
    })),
    rules: named(TABLES, () => ({
      rules: [
        ...COLUMNS.map((column) => ({ rule: 'not_null', column, severity: 'warning' })),
        { rule: 'regex', column: 'a"b', pattern: `'|"|\\$\\{|.*`, severity: 'warning', id: `r'"1; <b>` },
        { rule: 'unique', columns: ['__proto__', '../../etc/passwd', 'user id'], severity: 'warning' },
        { rule: 'enum', column: '😀', values: VALUES, severity: 'warning' },
        {
          rule: 'references',
          column: '*',
          to: `${TABLES[1] ?? ''}.*`,
          severity: 'warning',
          id: 'its own *',
        },
        {
          rule: 'expression',
          expression: `"c'd; DROP TABLE t;--" IS NOT NULL`,
          severity: 'warning',
          id: 'e',
        },
      ],
    })),
    settings: `EXPECTED_TABLES=constructor\nMAX_WORKERS=2\n`,
    files: Object.fromEntries(
      BRANDS.flatMap((brand, b) =>
        TABLES.map((table, t) => {
          const name = t === 2 ? `alias ${b}' [a-z]* %` : brand;
          return [`sub '${b}"/[x]*/${name}_${table}_${DATE}.csv`, `${text}\r\n${line(`${b}.${t}`, 99)}\r\n`];
        }),
      ),
    ),
  };
}

/** Every path under a folder but for one, with sizes and times. */
function around(folder: string, but: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (path === but) return [];
    const { size, mtimeMs } = statSync(path);
    return entry.isDirectory() ? [path, ...around(path, but)] : [`${path} ${size} ${mtimeMs}`];
  });
}

describe('hostile names', function () {
  this.timeout(180_000);
  let root = '';
  let workspace = '';
  let outside: string[] = [];

  before(async () => {
    await buildCommand();
    root = mkdtempSync(join(tmpdir(), 'm7-hostile-'));
    workspace = join(root, "a'b/[c]*/d%20e/work space; x");
    mkdirSync(workspace, { recursive: true });
    writeFileSync(join(root, 'secret.csv'), 'secret\n1\n');
    writeDay(workspace, hostileDay());
    outside = around(root, workspace);
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  it('go through all layers into the warehouse', async () => {
    const first = await runDay(workspace);
    assert.deepEqual(failures(first), []);
    assert.equal(first.result.reports.length, TABLES.length);
    const here = await open(workspace);
    for (const table of TABLES) {
      const report = readReport(here, DATE, table);
      const records = (VALUES.length + 1) * BRANDS.length;
      assert.deepEqual(
        report?.rows,
        {
          ...{ landing: records, raw: records, silver: records, gold: records, accepted: records },
          ...{ rejected: 0, duplicates: 0, loaded: records },
        },
        table,
      );
      assert.deepEqual(
        report.findings.filter((f) => f.status === 'error').map((f) => [f.id, f.message]),
        [],
        table,
      );
    }
    assert.deepEqual(leftovers(join(workspace, 'data')), []);
  });

  it('keep every value as it was, in gold and in the warehouse', async () => {
    const here = await open(workspace);
    const database = await openDatabase({ folders: [here.settings.dataDir] });
    const connection = await database.connect();
    try {
      await connection.run(
        `ATTACH ${quoteLiteral(join(here.settings.dataDir, 'warehouse.duckdb'))} AS w (READ_ONLY)`,
      );
      const loaded = await connection.rows<{ schema: string; name: string }>(
        `SELECT schema_name AS schema, table_name AS name FROM duckdb_tables()
WHERE database_name = 'w' AND schema_name = 'STG_SG' ORDER BY ALL`,
      );
      assert.deepEqual(
        loaded.map((t) => t.name),
        TABLES.map((t) => t.toUpperCase()).sort(),
      );
      for (const { name } of loaded)
        for (const column of COLUMNS.slice(1)) {
          const values = await connection.rows<{ v: string }>(
            `SELECT DISTINCT ${quoteIdentifier(column.toUpperCase())} AS v FROM w."STG_SG".${quoteIdentifier(name)} WHERE "USER ID" <> '99' ORDER BY v`,
          );
          assert.deepEqual(values.map((r) => r.v).sort(), [...VALUES].sort(), `${name} ${column}`);
        }
    } finally {
      connection.close();
      database.close();
    }
  });

  it('are traced back to their line, with conditions on any of them', async () => {
    const here = await open(workspace);
    for (const table of TABLES)
      for (const column of [`c'd; DROP TABLE t;--`, '__proto__', '*', 'a"b']) {
        const result = await trace(here, {
          date: DATE,
          table,
          where: `${quoteIdentifier(column)} = ${quoteLiteral('3.0')} OR ${quoteIdentifier(column)} = ${quoteLiteral(VALUES[0] ?? '')}`,
          limit: 3,
        });
        assert.equal(result.rows.length, 3, `${table} ${column}`);
        for (const row of result.rows) {
          assert.ok(BRANDS.includes(row.brand));
          assert.ok(row.line !== null && row.text?.includes(VALUES[0] ?? '') === true, `${table} ${column}`);
        }
      }
  });

  it('are shown by status, and a second run has nothing to do', async () => {
    const here = await open(workspace);
    const status = await readStatus(here, { date: DATE });
    assert.deepEqual(
      status.dates.map((d) => d.tables.map((t) => t.table)),
      [TABLES],
    );
    const second = await runDay(workspace);
    assert.deepEqual(worked(second), []);
    assert.equal(second.result.status, 'ok');
  });

  it('break out of no rendering of the command line', async () => {
    const say = (...words: string[]) => m7([...words, '--workspace', workspace]);
    const [html, junit, json, text, status, traced, plan] = await Promise.all([
      say('report', '--date', DATE, '--format', 'html'),
      say('report', '--date', DATE, '--format', 'junit'),
      say('report', '--date', DATE, '--format', 'json'),
      say('report', '--date', DATE),
      say('status'),
      say('trace', '--date', DATE, '--table', '__proto__', '--where', `"__proto__" LIKE '%script%'`),
      say('plan', '--date', DATE),
    ]);
    for (const ended of [html, junit, json, text, status, traced, plan])
      assert.deepEqual([ended.code, ended.err.includes('BUG')], [0, false], ended.err);
    assert.ok(!/<script>alert/.test(html.out) && !html.out.includes('; <b>'), 'HTML is escaped');
    assert.ok(!junit.out.includes('<script') && !junit.out.includes('; <b>'), 'XML is escaped');
    JSON.parse(json.out);
    for (const ended of [text, status, traced, plan])
      assert.doesNotMatch(ended.out, /[\u202e\u0007\u001b]/, 'something acts on the terminal');
  });

  it('wrote nothing outside the workspace', () => {
    assert.deepEqual(around(root, workspace), outside);
  });

  describe('that the config refuses', () => {
    const refused: Readonly<Record<string, (day: ReturnType<typeof smallDay>, name: string) => Day>> = {
      brand: (day, name) => ({ ...day, brands: { Digi: 'DIG', Skylink: 'SKL', [name]: 'X' } }),
      table: (day, name) => ({
        ...day,
        tables: { ...day.tables, [name]: { columns: { a: { type: 'VARCHAR' } } } },
      }),
      column: (day, name) => ({
        ...day,
        tables: { ...day.tables, Third: { columns: { [name]: { type: 'VARCHAR' } } } },
      }),
    };
    const names: Readonly<Record<string, readonly string[]>> = {
      brand: [
        '../up',
        '..',
        '.',
        '.hidden',
        'a/b',
        'a\\b',
        'a\nb',
        'tab\t',
        ' lead',
        'trail ',
        '',
        'x'.repeat(300),
        'a*b',
        'a?',
        '[a]',
        'nul',
        'a\u0000b',
        'C:',
        '\ud800',
      ],
      table: [
        '../../etc/passwd',
        '..',
        'a/b',
        'summary',
        'x.2',
        'a\u2028b',
        '',
        'y'.repeat(300),
        'con.x',
        '{date}',
        'sky|link',
      ],
      column: [
        '_brand',
        '_SOURCE_FILE',
        'LOAD_DATE',
        'new\nline',
        '',
        ' ',
        '_',
        'z'.repeat(300),
        'nul\u0000',
        'trail ',
      ],
    };
    for (const [kind, list] of Object.entries(names))
      it(`a ${kind}: each with file and line, by check and by run`, async () => {
        for (const [i, name] of list.entries()) {
          const folder = join(root, `refused-${kind}-${i}`);
          writeDay(folder, refused[kind]?.(smallDay(2), name) ?? smallDay(2));
          const before = around(folder, '');
          const { problems } = await checkWorkspace({ directory: folder, environment: { SETTLE: '0' } });
          const errors = problems.filter((p) => p.severity === 'error');
          const file = kind === 'brand' ? 'config/brand_configs.json' : 'config/table_schemas.json';
          assert.ok(
            errors.some((p) => p.file === file && (p.line ?? 0) > 1 && p.remedy !== ''),
            `${kind} ${JSON.stringify(name)}: ${JSON.stringify(errors)}`,
          );
          const thrown = await runDay(folder).then(
            () => undefined,
            (error: unknown) => plainError(error),
          );
          assert.equal(thrown?.code, 'CONFIG_INVALID', JSON.stringify(name));
          assert.ok((thrown.line ?? 0) > 1);
          assert.deepEqual(around(folder, ''), before, 'nothing was written');
          rmSync(folder, { recursive: true });
        }
        assert.deepEqual(around(root, workspace), outside);
      });
  });
});

/** Expressions that want out of the row they were given. */
const EXPRESSIONS = [
  `(SELECT content FROM read_text('/etc/passwd'))`,
  `(SELECT count(*) FROM read_csv('/etc/passwd'))`,
  `(SELECT max(column0) FROM '/etc/passwd')`,
  `getenv('HOME')`,
  `current_setting('allowed_directories')`,
  `(SELECT max(device_id) FROM warehouse."STG_SG"."DEVICE")`,
  `(SELECT 1 FROM glob('../../**'))`,
  `(SELECT 1 FROM duckdb_settings())`,
  `nextval('s')`,
  `model) FROM x; COPY (SELECT 1) TO 'pwned.csv'; SELECT (model`,
  `model; ATTACH 'pwned.db' AS p`,
  `model) /* `,
  `read_blob('/etc/passwd')`,
  `query('SELECT 1')`,
  `(FROM query_table('x'))`,
  `EXISTS (SELECT 1 FROM 'https://example.com/x.csv')`,
  `now()`,
  `random()`,
  `model = ANY(SELECT 'x')`,
  `list_transform([1], lambda x: (SELECT content FROM read_text('../../.env')))[1]`,
  `(VALUES (1))`,
  `getvariable('drop')`,
  `json_serialize_sql('SELECT 1')`,
  `json_execute_serialized_sql('x')`,
  `pg_read_file('/etc/passwd')`,
  `model) UNION ALL SELECT (1`,
  `sum(1) OVER ()`,
  `$1`,
  `?`,
];
/** Queries that want more than their tables. */
const QUERIES = [
  `SELECT * FROM read_csv('/etc/passwd')`,
  `SELECT * FROM read_text('../../.env')`,
  `SELECT * FROM '/etc/passwd'`,
  `SELECT * FROM "data/landing/x.csv"`,
  `SELECT * FROM read_parquet('data/gold/*/*.parquet')`,
  `COPY (SELECT 1) TO 'pwned.csv'`,
  `COPY rows TO 'pwned.parquet'`,
  `ATTACH 'pwned.db' AS p`,
  `ATTACH 'https://example.com/x.db'`,
  `DETACH warehouse`,
  `SET enable_external_access = true`,
  `PRAGMA database_list`,
  `INSTALL httpfs`,
  `LOAD httpfs`,
  `SELECT * FROM glob('/**')`,
  `SELECT getenv('PATH')`,
  `SELECT * FROM duckdb_secrets()`,
  `SELECT * FROM warehouse."STG_SG"."DEVICE"`,
  `SELECT * FROM information_schema.tables`,
  `SELECT * FROM rows; DROP TABLE rows`,
  `SELECT * FROM rows; SELECT 1`,
  `SELECT 1) FROM x; COPY (SELECT 1) TO 'pwned.csv'; SELECT (1`,
  `INSERT INTO rows SELECT * FROM rows`,
  `CREATE TABLE pwned AS SELECT 1`,
  `CREATE SECRET (TYPE s3)`,
  `EXPORT DATABASE 'pwned'`,
  `CALL pragma_version()`,
  `SELECT * FROM query('SELECT * FROM read_text(''/etc/passwd'')')`,
  `WITH x AS (SELECT * FROM read_text('/etc/passwd')) SELECT * FROM x`,
  `SELECT * FROM rows WHERE EXISTS (FROM read_blob('/etc/passwd'))`,
  `SELECT current_setting('home_directory')`,
  `USE memory`,
  ``,
];

describe('hostile SQL', function () {
  this.timeout(180_000);
  let root = '';
  before(async () => {
    await buildCommand();
    root = mkdtempSync(join(tmpdir(), 'm7-sql-'));
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  /** A config with one attack beside the other in one place of it; the line of each is its own. */
  const places: Readonly<Record<string, (attacks: readonly string[]) => Day>> = {
    transform: (attacks) => columns(attacks, (sql) => ({ type: 'VARCHAR', transform: sql })),
    derived: (attacks) => columns(attacks, (sql) => ({ type: 'VARCHAR', derived: sql })),
    where: (attacks) => rules(attacks, (sql) => ({ rule: 'not_null', column: 'model', where: sql })),
    expression: (attacks) => rules(attacks, (sql) => ({ rule: 'expression', expression: sql })),
    query: (attacks) => rules(attacks, (sql) => ({ rule: 'sql', query: sql })),
    order_by: (attacks) => {
      const day = smallDay(2);
      const more = attacks.map((sql, i) => [
        `T${i}`,
        { primary_key: ['a'], deduplicate: { order_by: sql }, columns: { a: { type: 'VARCHAR' } } },
      ]);
      return { ...day, tables: { ...day.tables, ...Object.fromEntries(more) } };
    },
  };
  const columns = (attacks: readonly string[], column: (sql: string) => object): Day => {
    const day = smallDay(2);
    const device = day.tables['Device'] as { columns: object };
    const more = Object.fromEntries(attacks.map((sql, i) => [`c${i}`, column(sql)]));
    return {
      ...day,
      tables: { ...day.tables, Device: { ...device, columns: { ...device.columns, ...more } } },
    };
  };
  const rules = (attacks: readonly string[], rule: (sql: string) => object): Day => ({
    ...smallDay(2),
    rules: { Device: { rules: attacks.map((sql, i) => ({ id: `r${i}`, ...rule(sql) })) } },
  });

  for (const [place, day] of Object.entries(places)) {
    const attacks = place === 'query' ? QUERIES : EXPRESSIONS;

    it(`in ${place}: check refuses each of ${attacks.length} with its line`, async () => {
      const folder = join(root, place);
      writeDay(folder, day(attacks));
      const { problems } = await checkWorkspace({ directory: folder, environment: { SETTLE: '0' } });
      assert.ok(!/root:|PATH=/.test(JSON.stringify(problems)), 'tells nothing of the system');
      const name = /transform|derived|order_by/.test(place) ? 'table_schemas.json' : 'validation_rules.json';
      const key = place === 'order_by' ? 'order_by' : place;
      const lines = readFileSync(join(folder, 'config', name), 'utf8').split('\n');
      for (const [i, sql] of attacks.entries()) {
        const text = `"${key}": ${JSON.stringify(sql)}`;
        const line = lines.findIndex((l) => l.trim().replace(/,$/, '') === text) + 1;
        assert.ok(line > 0, `${i}: ${text}`);
        const error = problems.find(
          (p) => p.severity === 'error' && p.file === `config/${name}` && p.line === line,
        );
        assert.ok(error !== undefined && error.remedy !== '', `${place} line ${line}: ${sql}`);
      }
      rmSync(folder, { recursive: true });
    });

    it(`in ${place}: run refuses it before anything is executed`, async () => {
      for (const sql of attacks.filter((_, i) => i % 15 === 0)) {
        const folder = join(root, place);
        writeDay(folder, day([sql]));
        const thrown = await runDay(folder).then(
          () => undefined,
          (cause: unknown) => plainError(cause),
        );
        assert.match(
          String(thrown?.code),
          /^(CONFIG_INVALID|SQL_INVALID)$/,
          `${sql}: ${thrown?.message ?? ''}`,
        );
        assert.ok((thrown?.line ?? 0) > 1, sql);
        assert.deepEqual(readdirSync(folder).sort(), ['.env', 'config', 'data'], sql);
        assert.deepEqual(
          readdirSync(join(folder, 'data')).filter((n) => n !== '.state'),
          ['landing'],
          `${sql}: nothing was executed`,
        );
        assert.equal(readdirSync(join(folder, 'data/landing')).length, 4, sql);
        assert.deepEqual(readdirSync(root), [place], sql);
        rmSync(folder, { recursive: true });
      }
    });
  }

  it('ends the command line with 2, naming file and line', async () => {
    const folder = join(root, 'cli');
    writeDay(
      folder,
      rules([QUERIES[0] ?? ''], (sql) => ({ rule: 'sql', query: sql })),
    );
    for (const words of [['check'], ['run', '--date', DATE], ['validate', '--date', DATE]]) {
      const ended = await m7([...words, '--workspace', folder]);
      assert.equal(ended.code, 2, `${words.join(' ')}: ${ended.err}${ended.out}`);
      assert.match(`${ended.out}${ended.err}`, /validation_rules\.json:\d+/, words.join(' '));
    }
    rmSync(folder, { recursive: true });
  });

  describe('given by hand', () => {
    let folder = '';
    before(async () => {
      folder = join(root, 'whole');
      writeDay(folder, smallDay(3));
      assert.deepEqual(failures(await runDay(folder)), []);
      writeFileSync(join(root, 'secret.csv'), 'k\nsecret\n');
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    it('to trace is refused, and harmless', async () => {
      const here = await open(folder);
      for (const where of [...EXPRESSIONS, ...QUERIES.filter((q) => q !== '')])
        await assert.rejects(
          trace(here, { date: DATE, table: 'Device', where, limit: 5 }),
          { code: 'SQL_INVALID' },
          where,
        );
    });

    it('to preview reaches nothing but the file', async () => {
      const file = join(folder, `data/gold/${DATE}/Device.parquet`);
      for (const sql of [
        ...QUERIES.filter((q) => q !== '' && !q.includes('data/')).map((q) => q.replaceAll('rows', 'file')),
        `SELECT * FROM read_csv('${join(root, 'secret.csv')}')`,
        `SELECT * FROM '${join(root, 'secret.csv')}'`,
        `SELECT * FROM read_parquet('${join(folder, `data/gold/${DATE}/Playback.parquet`)}')`,
        `SELECT * FROM read_text('${join(folder, '.env')}')`,
        ...EXPRESSIONS.map((e) => `SELECT ${e} FROM file`),
      ]) {
        const told = await previewFile(file, { sql, limit: 5, offset: 0 }).then(
          async (opened) => {
            try {
              let text = '';
              for await (const batch of opened.batches()) text += JSON.stringify(batch);
              return text;
            } finally {
              await opened.close();
            }
          },
          (error: unknown) => plainError(error).code,
        );
        assert.ok(!/root:|secret"|EXPECTED_TABLES|playback_id/.test(told), `${sql}: ${told}`);
        assert.notEqual(told, 'BUG', sql);
      }
      assert.deepEqual(readdirSync(root).sort(), ['secret.csv', 'whole'].sort());
    });

    it('through the command line ends with 2 and tells nothing', async () => {
      const file = join(folder, `data/gold/${DATE}/Device.parquet`);
      for (const words of [
        ['trace', '--date', DATE, '--table', 'Device', '--where', EXPRESSIONS[0] ?? ''],
        ['trace', '--date', DATE, '--table', 'Device', '--where', `1=1) --`],
        ['preview', file, '--sql', QUERIES[0] ?? ''],
        ['preview', file, '--sql', `COPY file TO '${join(root, 'pwned.csv')}'`],
      ]) {
        const ended = await m7([...words, '--workspace', folder]);
        assert.equal(ended.code, 2, `${words.join(' ')}: ${ended.err}`);
        assert.equal(ended.out, '');
        assert.ok(!ended.err.includes('root:'));
      }
      assert.deepEqual(readdirSync(root).sort(), ['secret.csv', 'whole'].sort());
      assert.equal(readFileSync(join(root, 'secret.csv'), 'utf8'), 'k\nsecret\n');
    });
  });
});
