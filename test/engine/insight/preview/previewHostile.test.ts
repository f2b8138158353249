// Files that are not what their name says, or hold what nobody expects: shown, or told in words.
import assert from 'node:assert/strict';
import { copyFile, rename, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import type { View } from '../../../../src/engine/insight/preview/api';
import { failure, openFiles, PLAIN, temporaryFolders, usePreviews } from './previewFixture';

/** A Parquet file of this footer (Thrift's compact form) and nothing else. */
function bareParquet(footer: readonly number[]): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  return Buffer.concat([Buffer.from('PAR1'), Buffer.from(footer), length, Buffer.from('PAR1')]);
}

describe('previews of hostile files', () => {
  const { at, writeParquet, open, cells, previews, query } = usePreviews();

  const broken: Readonly<Record<string, () => Promise<string> | string>> = {
    empty: async () => (await writeFile(at('a.parquet'), ''), at('a.parquet')),
    'cut off': async () => {
      const path = await writeParquet('a.parquet', 'SELECT i FROM range(1000) t(i)');
      await truncate(path, 700);
      return path;
    },
    encrypted: async () => {
      await writeFile(
        at('a.pq'),
        Buffer.concat([Buffer.from('PARE'), Buffer.alloc(40), Buffer.from('PARE')]),
      );
      return at('a.pq');
    },
    'text under a Parquet name': async () => (await writeFile(at('a.parq'), 'a,b\n1,2\n'), at('a.parq')),
    'without columns': async () => {
      // Version 1, a root without children, no rows, no row groups.
      const footer = [0x15, 2, 0x19, 0x1c, 0x48, 1, 0x72, 0x15, 0, 0, 0x16, 0, 0x19, 0x0c, 0];
      await writeFile(at('a.parquet'), bareParquet(footer));
      return at('a.parquet');
    },
    'a footer of noise': async () => {
      await writeFile(at('a.parquet'), bareParquet(Array.from({ length: 200 }, (_, i) => (i * 37) % 251)));
      return at('a.parquet');
    },
  };
  for (const [what, make] of Object.entries(broken))
    it(`tell what is wrong: ${what}`, async () => {
      const error = await failure(previews().open(await make(), {}));
      assert.equal(error.code, 'PARQUET_INVALID');
      assert.doesNotMatch(error.message, /(?:Error|Exception): /);
      assert.deepEqual(temporaryFolders(), []);
    });

  it('tell what is wrong: missing, a folder, binary text', async () => {
    assert.equal((await failure(previews().open(at('none.parquet'), {}))).code, 'NOT_FOUND');
    assert.equal((await failure(previews().open(at('.'), {}))).code, 'USAGE');
    await writeFile(at('a.csv'), Buffer.from('89504e470d0a1a0a0000000d49484452000001', 'hex'));
    assert.equal((await failure(previews().open(at('a.csv'), {}))).code, 'NOT_CSV');
    assert.deepEqual(temporaryFolders(), []);
  });

  it('tell of damage within, and go on with the parts that are whole', async () => {
    const path = await writeParquet(
      'a.parquet',
      `SELECT i AS id, md5(i::VARCHAR) AS v FROM range(20000) t(i)`,
    );
    const { open: openFile } = await import('node:fs/promises');
    const file = await openFile(path, 'r+');
    const { size } = await file.stat();
    await file.write(Buffer.alloc(2_000, 0xff), 0, 2_000, Math.floor(size / 2));
    await file.close();
    const { session } = await open(path);
    assert.equal((await session.page({ view: PLAIN, offset: 0, limit: 5 }, {})).rows.length, 5);
    const error = await failure(session.profile({ view: PLAIN, column: 'v' }, {}));
    assert.equal(error.code, 'PARQUET_INVALID');
    assert.doesNotMatch(error.remedy, /See the log/);
    assert.equal((await session.page({ view: PLAIN, offset: 19_990, limit: 50 }, {})).rows.length, 10);
  });

  it('show names as they are: quotes, spaces, SQL, the names of our own, of partitions', async () => {
    const names = [
      'a"b',
      ' ',
      "it's",
      'row_number',
      'c0',
      'c1',
      'file',
      'select',
      'fields',
      'date',
      'ü😀',
      'a\nb',
    ];
    const path = await writeParquet(
      'date=20241115.parquet',
      `SELECT ${names.map((name, i) => `'v' || ${i} || '_' || i AS "${name.replaceAll('"', '""')}"`).join(', ')} FROM range(3) t(i)`,
    );
    const { session, opened } = await open(path);
    assert.deepEqual(
      opened.columns.map((column) => column.name),
      names,
    );
    for (const [i, name] of names.entries()) {
      const view: View = {
        sort: [{ column: name, descending: true }],
        filters: [{ column: name, kind: 'compare', operator: '>=', value: `v${i}_1` }],
      };
      const page = await session.page({ view, offset: 0, limit: 9, columns: [name] }, {});
      assert.deepEqual(
        page.rows.map((row) => row.cells),
        [[`v${i}_2`], [`v${i}_1`]],
      );
      assert.equal((await session.profile({ view: PLAIN, column: name }, {})).distinct, 3);
    }
    const sql = await query(opened.handle, 'SELECT "row_number", "a""b" FROM file LIMIT 1');
    assert.deepEqual(await cells(sql.session, PLAIN), [['v3_0', 'v0_0']]);
  });

  it('show a column called file_row_number, and rows beside it', async () => {
    const path = await writeParquet('a.parquet', 'SELECT 9 - i AS File_Row_Number FROM range(10) t(i)');
    const { session } = await open(path);
    const view: View = { sort: [{ column: 'File_Row_Number', descending: false }], filters: [] };
    const page = await session.page({ view, offset: 2, limit: 2 }, {});
    assert.deepEqual(page.rows, [
      { row: 7, cells: ['2'] },
      { row: 6, cells: ['3'] },
    ]);
    assert.deepEqual((await session.page({ view: PLAIN, offset: 2, limit: 1 }, {})).rows, [
      { row: 2, cells: ['7'] },
    ]);
  });

  it('tell columns apart that differ in case alone, and one without a name', async () => {
    // Footer: root with three INT32 children named "a", "A" and "", no row groups.
    const column = (name: readonly number[]): readonly number[] => [
      0x15,
      2,
      0x25,
      2,
      0x18,
      name.length,
      ...name,
      0,
    ];
    const footer = [
      ...[0x15, 2, 0x19, 0x4c, 0x48, 1, 0x72, 0x15, 6, 0],
      ...[...column([0x61]), ...column([0x41]), ...column([])],
      ...[0x16, 0, 0x19, 0x0c, 0],
    ];
    await writeFile(at('a.parquet'), bareParquet(footer));
    const { session, opened } = await open(at('a.parquet'));
    const names = opened.columns.map((one) => one.name);
    assert.equal(new Set(names).size, 3, names.join());
    for (const name of names) {
      const view: View = {
        sort: [{ column: name, descending: true }],
        filters: [{ column: name, kind: 'not_null' }],
      };
      assert.deepEqual((await session.page({ view, offset: 0, limit: 5 }, {})).rows, []);
      assert.equal((await session.profile({ view: PLAIN, column: name }, {})).rows, 0);
    }
    assert.deepEqual(await cells((await query(opened.handle, 'SELECT * FROM file')).session, PLAIN), []);
    assert.equal((await session.metadata({})).columns.length, 3);
  });

  it('show a file without rows', async () => {
    const { session, opened } = await open(
      await writeParquet('a.parquet', 'SELECT 1 AS a, [1] AS l LIMIT 0'),
    );
    assert.equal(opened.total, 0);
    const view: View = {
      sort: [{ column: 'a', descending: false }],
      filters: [{ kind: 'search', text: '1', case: false }],
    };
    assert.deepEqual((await session.page({ view, offset: 0, limit: 10 }, {})).rows, []);
    assert.equal(await session.count(view, {}), 0);
    assert.equal(
      await session.find({ view: PLAIN, text: '1', case: false, from: 0, backwards: false }, {}),
      null,
    );
    const profile = await session.profile({ view: PLAIN, column: 'a' }, {});
    assert.deepEqual([profile.rows, profile.min, profile.histogram, profile.top], [0, null, [], []]);
    assert.equal((await session.metadata({})).rowGroups, 0);
  });

  it('read of 2,000 columns those near the viewport', async () => {
    const columns = Array.from({ length: 2_000 }, (_, i) => `i + ${i} AS column_${i}`).join(', ');
    const { session, opened } = await open(
      await writeParquet('wide.parquet', `SELECT ${columns} FROM range(300) t(i)`),
    );
    assert.equal(opened.columns.length, 2_000);
    const wanted = opened.columns.slice(990, 1_020).map((column) => column.name);
    const view: View = { sort: [{ column: 'column_1500', descending: true }], filters: [] };
    const page = await session.page({ view, offset: 10, limit: 100, columns: wanted }, {});
    assert.deepEqual(page.rows[0]?.cells[0], String(289 + 990));
    assert.equal((await session.metadata({})).columns.length, 2_000);
    const found = await session.find(
      { view: PLAIN, text: '2298', case: false, from: 0, backwards: false },
      {},
    );
    assert.deepEqual(found, { position: 299, column: 'column_1999' });
  });

  it('show every kind of value as text, cut where it is long, whole when asked', async () => {
    const path = await writeParquet(
      'a.parquet',
      `SELECT 'x'::BLOB || '\\x00\\xFF'::BLOB AS bytes, repeat('ä', 20000) AS long, repeat('b', 1000) AS fits,
        {'n': 9007199254740993, 't': 'a"b'} AS nested, 'nan'::DOUBLE AS nan, '-infinity'::DATE AS never,
        INTERVAL 3 DAY AS span, MAP {'k': [1, 2]} AS pairs, uuid() AS id, '12:30:00.5'::TIME AS at,
        E'a\\x01\\nb' || chr(8238) AS controls, repeat('\\x01', 5000)::BLOB AS large, [] AS none, 1e300::DOUBLE AS big,
        '<script>alert(1)</script>' AS html`,
    );
    const { session, opened } = await open(path);
    const [row] = (await session.page({ view: PLAIN, offset: 0, limit: 1 }, {})).rows;
    const cell = (name: string): unknown =>
      row?.cells[opened.columns.findIndex((column) => column.name === name)];
    assert.equal(cell('bytes'), '7800FF');
    assert.deepEqual(cell('long'), { text: 'ä'.repeat(1_000), cut: 20_000 });
    assert.equal(cell('fits'), 'b'.repeat(1_000));
    assert.equal(cell('nested'), '{"n":9007199254740993,"t":"a\\"b"}');
    assert.equal(cell('nan'), 'nan');
    assert.equal(cell('never'), '-infinity');
    assert.equal(cell('pairs'), '{"k":[1,2]}');
    assert.equal(cell('at'), '12:30:00.5');
    assert.equal(cell('controls'), 'a\u0001\nb\u202e');
    assert.equal(cell('none'), '[]');
    assert.equal(cell('html'), '<script>alert(1)</script>');
    assert.deepEqual(cell('large'), { text: '01'.repeat(500), cut: 10_000 });
    assert.equal(
      (await session.cell({ view: PLAIN, position: 0, column: 'long' }, {})).text,
      'ä'.repeat(20_000),
    );
    assert.deepEqual(await session.cell({ view: PLAIN, position: 0, column: 'nested' }, {}), {
      text: '{\n  "n": 9007199254740993,\n  "t": "a\\"b"\n}',
      characters: 33,
    });
    for (const { name } of opened.columns) {
      const profile = await session.profile({ view: PLAIN, column: name }, {});
      assert.equal(profile.rows, 1, name);
      const values = profile.top.map((one) => one.value);
      assert.equal(values.length, 1, name);
      const view: View = {
        sort: [{ column: name, descending: true }],
        filters: [{ column: name, kind: 'in', values }],
      };
      const cut = typeof cell(name) !== 'string';
      assert.equal((await session.page({ view, offset: 0, limit: 2 }, {})).rows.length, cut ? 0 : 1, name);
    }
  });

  it('hold a cell of 10 MB', async () => {
    const path = await writeParquet(
      'a.parquet',
      `SELECT i AS id, repeat('x', CASE WHEN i = 1 THEN 10000001 ELSE 1 END) AS v FROM range(3) t(i)`,
    );
    const { session } = await open(path);
    const page = await session.page({ view: PLAIN, offset: 0, limit: 3, columns: ['v'] }, {});
    assert.deepEqual(page.rows[1]?.cells, [{ text: 'x'.repeat(1_000), cut: 10_000_001 }]);
    const whole = await session.cell({ view: PLAIN, position: 1, column: 'v' }, {});
    assert.deepEqual([whole.text?.length, whole.characters], [10_000_000, 10_000_001]);
  });

  it('tell when the file has changed, or is gone; opened again it is shown', async () => {
    const path = await writeParquet('a.parquet', 'SELECT 1 AS a');
    const other = await writeParquet('b.parquet', 'SELECT 2 AS b, 3 AS c');
    const { session, opened } = await open(path);
    const sql = await query(opened.handle, 'SELECT a FROM file');
    assert.equal((await session.page({ view: PLAIN, offset: 0, limit: 1 }, {})).rows.length, 1);
    await copyFile(other, at('new.parquet'));
    await rename(at('new.parquet'), path);
    for (const one of [session, sql.session]) {
      assert.equal((await failure(one.page({ view: PLAIN, offset: 0, limit: 1 }, {}))).code, 'CHANGED');
      assert.equal((await failure(one.count(PLAIN, {}))).code, 'CHANGED');
      assert.equal((await failure(one.metadata({}))).code, 'CHANGED');
    }
    await previews().close(opened.handle);
    const again = await open(path);
    assert.deepEqual(await cells(again.session, PLAIN), [['2', '3']]);
    await utimes(path, new Date(), new Date(0));
    assert.equal(
      (await failure(again.session.page({ view: PLAIN, offset: 0, limit: 1 }, {}))).code,
      'CHANGED',
    );
    await rm(path);
    assert.equal(
      (await failure(again.session.page({ view: PLAIN, offset: 0, limit: 1 }, {}))).code,
      'NOT_FOUND',
    );
  });

  it('close: what is under way ends, handles are void, folders gone; many at once', async () => {
    const path = await writeParquet('a.parquet', 'SELECT i AS a FROM range(300000) t(i)', 100_000);
    const all = await Promise.all(Array.from({ length: 12 }, () => open(path)));
    assert.equal(temporaryFolders().length, 12);
    assert.equal(new Set(all.map(({ opened }) => opened.handle)).size, 12);
    const [first, ...others] = all;
    assert.ok(first !== undefined);
    const view: View = { sort: [{ column: 'a', descending: true }], filters: [] };
    const page = first.session.page({ view, offset: 200_000, limit: 1 }, {}).catch(() => undefined);
    await previews().close(first.opened.handle);
    await page;
    assert.equal(temporaryFolders().length, 11);
    assert.deepEqual(openFiles(/view-\d+\.rows/), []);
    assert.throws(() => previews().session(first.opened.handle), /preview is closed/);
    await previews().close(first.opened.handle);
    await Promise.all(
      others.map(async ({ session }, i) => {
        const { rows } = await session.page({ view, offset: i, limit: 1 }, {});
        assert.deepEqual(rows[0]?.cells, [String(299_999 - i)]);
      }),
    );
  });
});
