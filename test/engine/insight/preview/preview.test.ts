// Looking into files: pages, everything, queries, and files that are not what their name says.
import assert from 'node:assert/strict';
import { copyFile, mkdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { CsvFormat } from '../../../../src/engine/csv';
import { openDatabase } from '../../../../src/engine/base/duckdb';
import { PipelineError } from '../../../../src/engine/model/errors';
import {
  previewCsv,
  previewFile,
  previewJson,
  type PreviewOptions,
} from '../../../../src/engine/insight/preview';
import { useFolder } from '../../../support/folder';
import { temporaryFolders } from './previewFixture';

/** The JSON document. */
interface Shown {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly header: boolean;
  readonly rows: readonly (readonly unknown[])[];
  readonly total: number;
  readonly dialect: CsvFormat | null;
}

describe('preview', () => {
  const folder = useFolder();
  const at = (name: string): string => join(folder(), name);

  async function writeParquet(name: string, query: string): Promise<string> {
    const database = await openDatabase({ folders: [folder()] });
    const connection = await database.connect();
    await connection.run(`COPY (${query}) TO '${at('made.parquet')}' (FORMAT parquet, ROW_GROUP_SIZE 2048)`);
    database.close();
    if (name !== 'made.parquet') await copyFile(at('made.parquet'), at(name));
    return at(name);
  }

  async function text(
    path: string,
    options: Partial<PreviewOptions> = {},
    writer: typeof previewJson = previewJson,
  ): Promise<string> {
    const preview = await previewFile(path, { limit: 100, offset: 0, ...options });
    try {
      let all = '';
      for await (const piece of writer(preview)) all += piece;
      return all;
    } finally {
      await preview.close();
    }
  }
  const json = async (path: string, options: Partial<PreviewOptions> = {}): Promise<Shown> =>
    JSON.parse(await text(path, options));

  async function refused(path: string, options: Partial<PreviewOptions> = {}): Promise<PipelineError> {
    const before = temporaryFolders();
    try {
      await text(path, options);
    } catch (error) {
      assert.ok(error instanceof PipelineError, String(error));
      assert.deepEqual(temporaryFolders(), before, 'its temporary folder is gone');
      return error;
    }
    assert.fail('it was shown');
  }

  it('shows a page of a Parquet file, typed, with the total', async () => {
    const path = await writeParquet(
      'a.parquet',
      `SELECT i::BIGINT AS id, 'n' || i AS name, i / 3::DOUBLE AS part, NULL::DATE AS day, [i] AS list FROM range(10000) t(i)`,
    );
    assert.deepEqual(await json(path, { limit: 2, offset: 4999 }), {
      columns: [
        { name: 'id', type: 'BIGINT' },
        { name: 'name', type: 'VARCHAR' },
        { name: 'part', type: 'DOUBLE' },
        { name: 'day', type: 'DATE' },
        { name: 'list', type: 'BIGINT[]' },
      ],
      header: true,
      rows: [
        [4999, 'n4999', 4999 / 3, null, ['4999']],
        [5000, 'n5000', 5000 / 3, null, ['5000']],
      ],
      total: 10000,
      dialect: null,
    });
  });

  it('shows everything with limit 0, from any offset, and nothing past the end', async () => {
    const path = await writeParquet('a.pq', 'SELECT i AS id FROM range(5000) t(i)');
    const all = await json(path, { limit: 0 });
    assert.equal(all.rows.length, 5000);
    assert.equal(all.total, 5000);
    assert.deepEqual(all.rows.at(-1), [4999]);
    const rest = await json(path, { limit: 0, offset: 4998 });
    assert.deepEqual(rest.rows, [[4998], [4999]]);
    assert.equal(rest.total, 5000);
    assert.deepEqual((await json(path, { offset: 5000 })).rows, []);
  });

  it('keeps a column named like the row number', async () => {
    const path = await writeParquet('a.pqt', 'SELECT i + 7 AS File_Row_Number FROM range(9) t(i)');
    assert.deepEqual((await json(path, { limit: 1, offset: 2 })).rows, [[9]]);
  });

  it('takes names that look like patterns or partitions for what they are', async () => {
    await mkdir(at('date=2024'));
    for (const name of [
      'a[1]*.parquet',
      'a?.parquet',
      "it's.parquet",
      'date=2024/x.parquet',
      'ü 😀.parquet',
    ]) {
      const path = await writeParquet(name, 'SELECT 1 AS one');
      const shown = await json(path);
      assert.deepEqual([shown.columns.length, shown.rows], [1, [[1]]], name);
    }
  });

  it('recognises Parquet by its content where the extension does not tell', async () => {
    assert.deepEqual((await json(await writeParquet('export.bin', 'SELECT 1 AS one'))).rows, [[1]]);
  });

  it('shows text files as they are, all values text, with how they were read', async () => {
    await writeFile(at('a.csv'), 'id;name\n1;"a;b"\n2;\n007;x\n');
    const shown = await json(at('a.csv'), { limit: 2, offset: 1 });
    assert.deepEqual(shown.columns, [
      { name: 'id', type: 'VARCHAR' },
      { name: 'name', type: 'VARCHAR' },
    ]);
    assert.deepEqual(shown.rows, [
      ['2', ''],
      ['007', 'x'],
    ]);
    assert.deepEqual([shown.header, shown.total, shown.dialect?.delimiter], [true, 3, ';']);
    await writeFile(at('b.csv.gz'), gzipSync('id;name\n1;x\n2;y\n'));
    assert.deepEqual((await json(at('b.csv.gz'), { limit: 0 })).rows, [
      ['1', 'x'],
      ['2', 'y'],
    ]);
    await writeFile(at('empty.csv'), '');
    assert.deepEqual(await json(at('empty.csv')), {
      columns: [],
      header: false,
      rows: [],
      total: 0,
      dialect: null,
    });
  });

  it('queries a file as table "file" or "rows", in the order of the query', async () => {
    const path = await writeParquet('a.parquet', `SELECT i AS id, i % 3 AS k FROM range(10) t(i)`);
    const shown = await json(path, {
      sql: 'SELECT k, count(*) AS n FROM file GROUP BY k ORDER BY n DESC, k -- by size\n;',
      limit: 2,
    });
    assert.deepEqual(
      shown.columns.map((column) => column.name),
      ['k', 'n'],
    );
    assert.deepEqual(
      [shown.rows, shown.total],
      [
        [
          [0, 4],
          [1, 3],
        ],
        3,
      ],
    );
    assert.deepEqual((await json(path, { sql: 'SELECT max(id) FROM rows' })).rows, [[9]]);
    await writeFile(at('a.csv'), 'id,name\n1,a\n2,b\n3,c,d\n4,e\n5,f\n6,g\n7,h\n8,i\n');
    const preview = await previewFile(at('a.csv'), {
      sql: 'SELECT max(id) AS m FROM file',
      limit: 0,
      offset: 0,
    });
    try {
      const rows = [];
      for await (const batch of preview.batches()) rows.push(...batch);
      assert.deepEqual(rows, [['8']]);
      assert.match(preview.notes.join(), /1 record not shown/);
    } finally {
      await preview.close();
    }
  });

  for (const sql of [
    `SELECT * FROM read_csv('/etc/passwd')`,
    `SELECT * FROM '/etc/passwd'`,
    `COPY file TO '/tmp/m7-out.csv'`,
    `SELECT 1; DROP VIEW file`,
    `ATTACH '/tmp/x.db'`,
    `SELECT getenv('HOME') FROM file`,
    `SELECT nothing FROM file`,
    `SELECT * FROM duckdb_settings()`,
    '',
  ])
    it(`refuses ${sql === '' ? 'an empty query' : sql}`, async () => {
      const path = await writeParquet('a.parquet', 'SELECT 1 AS one');
      assert.equal((await refused(path, { sql })).code, 'SQL_INVALID');
    });

  it('writes CSV that reads back: quotes, line breaks, NULL apart from empty text', async () => {
    const path = await writeParquet(
      'a.parquet',
      `SELECT * FROM (VALUES ('a"b', NULL), (E'two\\nlines', ''), ('x,y', 'z')) t("first,1", second)`,
    );
    assert.equal(
      await text(path, {}, previewCsv),
      '"first,1",second\r\n"a""b",\r\n"two\nlines",""\r\n"x,y",z\r\n',
    );
  });

  describe('tells what is wrong with', () => {
    it('a missing file, and a folder', async () => {
      assert.equal((await refused(at('none.parquet'))).code, 'NOT_FOUND');
      assert.equal((await refused(join(at('none.parquet'), 'x'))).code, 'NOT_FOUND');
      assert.equal((await refused(folder())).code, 'USAGE');
    });
    it('an empty Parquet file', async () => {
      await writeFile(at('a.parquet'), '');
      const error = await refused(at('a.parquet'));
      assert.deepEqual([error.code, /is empty/.test(error.message)], ['PARQUET_INVALID', true]);
    });
    it('a Parquet file cut off anywhere', async () => {
      for (const bytes of [3, 4, 11, 200, 300]) {
        const path = await writeParquet('a.parquet', 'SELECT i AS id FROM range(100) t(i)');
        await truncate(path, bytes);
        const error = await refused(path);
        assert.equal(error.code, 'PARQUET_INVALID', `${bytes} bytes`);
        assert.match(error.message, /cut off|not a Parquet/);
        assert.doesNotMatch(error.remedy, /See the log/);
      }
    });
    it('a Parquet file with a damaged footer', async () => {
      const magic = Buffer.from('PAR1');
      const length = Buffer.alloc(4);
      length.writeUInt32LE(4_000_000);
      await writeFile(at('a.parquet'), Buffer.concat([magic, Buffer.alloc(50, 7), length, magic]));
      assert.match((await refused(at('a.parquet'))).message, /footer claims 3.8 MB/);
      length.writeUInt32LE(50);
      await writeFile(at('a.parquet'), Buffer.concat([magic, Buffer.alloc(50, 7), length, magic]));
      assert.equal((await refused(at('a.parquet'))).code, 'PARQUET_INVALID');
    });
    it('an encrypted Parquet file', async () => {
      await writeFile(
        at('a.parquet'),
        Buffer.concat([Buffer.from('PARE'), Buffer.alloc(40), Buffer.from('PARE')]),
      );
      const error = await refused(at('a.parquet'));
      assert.deepEqual([error.code, /encrypted/.test(error.message)], ['PARQUET_INVALID', true]);
    });
    it('a Parquet file without columns', async () => {
      // A footer in Thrift's compact form: version 1, schema of a root without children, no rows, no row groups.
      const footer = Buffer.from([0x15, 2, 0x19, 0x1c, 0x48, 1, 0x72, 0x15, 0, 0, 0x16, 0, 0x19, 0x0c, 0]);
      const length = Buffer.alloc(4);
      length.writeUInt32LE(footer.length);
      const magic = Buffer.from('PAR1');
      await writeFile(at('a.parquet'), Buffer.concat([magic, footer, length, magic]));
      const error = await refused(at('a.parquet'));
      assert.equal(error.code, 'PARQUET_INVALID');
      assert.match(error.message, /column/i);
    });
    it('text under a Parquet name, and Parquet-like bytes under a text name', async () => {
      await writeFile(at('a.parquet'), 'id,name\n1,x\n');
      const error = await refused(at('a.parquet'));
      assert.deepEqual([error.code, /starts with "id,n"/.test(error.message)], ['PARQUET_INVALID', true]);
      await writeFile(at('a.csv'), Buffer.from('89504e470d0a1a0a0000000d49484452000001', 'hex'));
      assert.equal((await refused(at('a.csv'))).code, 'NOT_CSV');
    });
    it('a cancelled signal', async () => {
      const path = await writeParquet('a.parquet', 'SELECT 1 AS one');
      assert.equal((await refused(path, { signal: AbortSignal.abort() })).code, 'CANCELLED');
    });
  });
});
