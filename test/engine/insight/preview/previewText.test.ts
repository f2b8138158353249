// Delimited text in a preview: first rows at once, and the same rows once all of it was read.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import type { View } from '../../../../src/engine/insight/preview/api';
import { failure, PLAIN, usePreviews } from './previewFixture';

describe('previews of text', () => {
  const { at, open, cells, previews, query } = usePreviews();
  const sortedBy = (column: string): View => ({ sort: [{ column, descending: true }], filters: [] });

  /** 20,000 lines, more than are kept from the beginning. */
  const large = (): string =>
    [
      'id;name;note',
      ...Array.from({ length: 20_000 }, (_, i) => `${i};n${(i * 7919) % 1000};${i % 3 === 0 ? '' : 'x'}`),
    ].join('\n');

  it('show the first rows before all is read, the dialect with how sure it is, then any row', async () => {
    await writeFile(at('a.csv'), large());
    const { session, opened } = await open(at('a.csv'));
    assert.deepEqual([opened.kind, opened.total, opened.columns.length], ['text', null, 3]);
    assert.ok(
      opened.dialect.some(
        ({ name, value, confidence = 0 }) =>
          name === 'Delimiter' && value === 'semicolon' && confidence > 0.5,
      ),
    );
    const first = await session.page({ view: PLAIN, offset: 0, limit: 2 }, {});
    assert.deepEqual(first.rows, [
      { row: 0, cells: ['0', 'n0', null] },
      { row: 1, cells: ['1', 'n919', 'x'] },
    ]);
    assert.deepEqual((await session.cell({ view: PLAIN, position: 1, column: 'name' }, {})).text, 'n919');
    assert.equal(
      (
        await session.copy(
          { view: PLAIN, offset: 0, limit: 1, columns: ['id'], format: 'csv', header: false },
          {},
        )
      ).text,
      '0\r\n',
    );
    const seen: number[] = [];
    const far = await session.page(
      { view: PLAIN, offset: 19_999, limit: 5 },
      { progress: (percent) => seen.push(percent) },
    );
    assert.deepEqual(far.rows, [{ row: 19_999, cells: ['19999', 'n81', 'x'] }]);
    assert.equal(await session.count(PLAIN, {}), 20_000);
    assert.deepEqual((await session.page({ view: PLAIN, offset: 0, limit: 2 }, {})).rows, first.rows);
    assert.equal(await session.count({ sort: [], filters: [{ column: 'note', kind: 'null' }] }, {}), 6_667);
    const [top] = (await session.page({ view: sortedBy('name'), offset: 0, limit: 1 }, {})).rows;
    assert.equal(top?.cells[1], 'n999');
  });

  it('keep rows that landing would refuse, in their place, with what is wrong with them', async () => {
    const text = 'id,name\n1,a\n2,b,c,d\n3\n\n4,"x""y\nz"\n5,e\n6,f\n7,g\n8,h\n9,"i, j"\n';
    await writeFile(at('a.csv'), text);
    const { session, opened } = await open(at('a.csv'));
    assert.equal(opened.total, 9);
    const before = await session.page({ view: PLAIN, offset: 0, limit: 50 }, {});
    assert.deepEqual(before.rows[1], {
      row: 1,
      cells: ['2', 'b'],
      note: '4 fields where the file has 2 columns',
    });
    assert.deepEqual(before.rows[2], {
      row: 2,
      cells: ['3', null],
      note: '1 field where the file has 2 columns',
    });
    assert.deepEqual(before.rows[3]?.cells, ['4', 'x"y\nz']);
    const sorted = await session.page({ view: sortedBy('id'), offset: 0, limit: 50 }, {});
    assert.deepEqual([...sorted.rows].reverse(), before.rows);
    assert.deepEqual((await session.page({ view: PLAIN, offset: 0, limit: 50 }, {})).rows, before.rows);
    const { session: sql } = await query(opened.handle, `SELECT count(*) AS n, max("name") AS m FROM file`);
    assert.deepEqual(await cells(sql, PLAIN), [['9', 'x"y\nz']]);
  });

  const readings: readonly (readonly [string, Buffer | string, readonly (readonly (string | null)[])[]])[] = [
    [
      'UTF-16',
      Buffer.from('\ufeffid;name\n1;ä\n2;ö\n', 'utf16le'),
      [
        ['1', 'ä'],
        ['2', 'ö'],
      ],
    ],
    [
      'gzip',
      gzipSync('id;name\n1;x\n2;y\n'),
      [
        ['1', 'x'],
        ['2', 'y'],
      ],
    ],
    [
      'no header',
      '1,2024-01-01\n2,2024-01-02\n3,2024-01-03\n',
      [
        ['1', '2024-01-01'],
        ['2', '2024-01-02'],
        ['3', '2024-01-03'],
      ],
    ],
    [
      'duplicate header names',
      'id,name,Name,name\n1,a,b,c\n2,d,e,f\n',
      [
        ['1', 'a', 'b', 'c'],
        ['2', 'd', 'e', 'f'],
      ],
    ],
    [
      'NUL bytes',
      'id,name\n1,a\0b\n2,c\n3,d\n4,e\n',
      [
        ['1', 'a\0b'],
        ['2', 'c'],
        ['3', 'd'],
        ['4', 'e'],
      ],
    ],
    [
      'windows-1252',
      Buffer.from('id;name\n1;M\xfcller\n2;Sch\xf6n\n', 'latin1'),
      [
        ['1', 'Müller'],
        ['2', 'Schön'],
      ],
    ],
    ['a header alone', 'id,name\n', []],
    [
      'tabs',
      'id\tname\n1\ta b\n2\tc\n',
      [
        ['1', 'a b'],
        ['2', 'c'],
      ],
    ],
    [
      'a footer',
      `id,name\n${Array.from({ length: 30 }, (_, i) => `${i},n${i}`).join('\n')}\nTotal: 30\n`,
      [],
    ],
  ];
  for (const [what, content, expected] of readings)
    it(`are the same before and after all is read: ${what}`, async () => {
      await writeFile(at('a.csv'), content);
      const { session, opened } = await open(at('a.csv'));
      assert.equal(new Set(opened.columns.map((column) => column.name)).size, opened.columns.length);
      const before = await session.page({ view: PLAIN, offset: 0, limit: 100 }, {});
      if (expected.length > 0)
        assert.deepEqual(
          before.rows.map((row) => row.cells),
          expected,
        );
      const name = opened.columns[0]?.name ?? '';
      const all: View = { sort: [{ column: name, descending: false }], filters: [] };
      const after = await session.page({ view: all, offset: 0, limit: 100 }, {});
      assert.deepEqual(
        [...after.rows].sort((a, b) => Number(a.row) - Number(b.row)),
        before.rows,
      );
      assert.equal(await session.count(PLAIN, {}), before.rows.length);
      assert.deepEqual((await session.page({ view: PLAIN, offset: 0, limit: 100 }, {})).rows, before.rows);
    });

  it('show an empty file as such', async () => {
    await writeFile(at('a.csv'), '');
    const { session, opened } = await open(at('a.csv'));
    assert.deepEqual([opened.columns, opened.total, opened.notes], [[], 0, ['The file is empty.']]);
    assert.deepEqual((await session.page({ view: PLAIN, offset: 0, limit: 10 }, {})).rows, []);
    assert.equal(
      await session.count({ sort: [], filters: [{ kind: 'search', text: 'x', case: false }] }, {}),
      0,
    );
    assert.equal((await failure(previews().query(opened.handle, 'SELECT * FROM file', {}))).code, 'USAGE');
  });

  it('hold a line of 100 MB in little memory', async () => {
    await writeFile(
      at('a.csv'),
      Buffer.concat([
        Buffer.from('id,name\n1,'),
        Buffer.alloc(100_000_000, 0x78),
        Buffer.from('\n2,b\n3,c\n'),
      ]),
    );
    const before = process.memoryUsage().rss;
    const { session } = await open(at('a.csv'));
    const { rows } = await session.page({ view: PLAIN, offset: 0, limit: 10 }, {});
    const [first] = rows;
    const cell = first?.cells[0];
    assert.ok(typeof cell === 'object' && cell !== null && cell.cut > 1_000);
    assert.match(first?.note ?? '', /more than 2,000,000 bytes/);
    assert.equal(rows.length, 3);
    assert.equal(await session.count(PLAIN, {}), 3);
    const sorted = await session.page({ view: sortedBy('id'), offset: 0, limit: 10 }, {});
    assert.deepEqual(
      [...sorted.rows].sort((a, b) => Number(a.row) - Number(b.row)),
      rows,
    );
    assert.ok(process.memoryUsage().rss - before < 300e6);
  });

  it('go on after reading all of it was cancelled', async () => {
    await writeFile(at('a.csv'), large().repeat(5));
    const { session } = await open(at('a.csv'));
    const control = new AbortController();
    const sorted = failure(
      session.page({ view: sortedBy('id'), offset: 0, limit: 1 }, { signal: control.signal }),
    );
    setImmediate(() => control.abort());
    assert.equal((await sorted).code, 'CANCELLED');
    assert.equal((await session.page({ view: PLAIN, offset: 0, limit: 5 }, {})).rows.length, 5);
    assert.equal((await session.page({ view: sortedBy('id'), offset: 0, limit: 5 }, {})).rows.length, 5);
  });

  it('tell that the file has changed while it was open', async () => {
    await writeFile(at('a.csv'), large());
    const { session } = await open(at('a.csv'));
    await writeFile(at('a.csv'), 'a,b\n1,2\n');
    assert.equal((await failure(session.page({ view: PLAIN, offset: 0, limit: 5 }, {}))).code, 'CHANGED');
    assert.equal((await failure(session.count(PLAIN, {}))).code, 'CHANGED');
  });
});
