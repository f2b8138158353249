// A row of gold, and the line a person finds it on.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { PipelineError } from '../../../src/engine/model/errors';
import { traceGold, traceSql } from '../../../src/engine/insight/trace';
import type { TraceOptions, TraceResult } from '../../../src/engine/insight/trace/recordNames';
import { CONFIG, openFixture, publishDay, type Delivery, type Fixture } from '../warehouse/warehouseFixture';

const D1 = '20240101';
/** A title, a header, a record over two lines, a blank line, a ragged line that is rejected. */
const MESSY =
  'Users of today\nuser_id;name;fee\n1;"Ann\nLee";1.50\n\n2;Bob;2.00\n3;too;many;fields\n4;Dora;4.00\n';
const PLAIN = 'user_id,name,fee\n7,Émile,7.00\n8,"O""Neil",8.00\n';

describe('trace', () => {
  let fixture: Fixture;
  beforeEach(async () => {
    fixture = await openFixture();
  });
  afterEach(() => fixture.close());

  const day = (...deliveries: readonly Delivery[]): ReturnType<typeof publishDay> =>
    publishDay(fixture, D1, deliveries);
  const ask = (options: Partial<TraceOptions> = {}): Promise<TraceResult> =>
    traceGold({ config: CONFIG, lake: fixture.lake }, fixture.connection, {
      date: D1,
      table: 'User',
      limit: 100,
      ...options,
    });

  it('finds file, line and text of each row', async () => {
    const { raw } = await day(
      { brand: 'Skylink', file: 'in/Skylink.csv', content: MESSY },
      { brand: "O'Neil; DROP", file: 'ONeil.csv', content: Buffer.from(PLAIN, 'latin1') },
    );
    const result = await ask({ where: "user_id IN (1, 4, 7) OR brand_code = 'none'" });
    const original = (i: number): string => fixture.lake.absolute(raw[i]!.source!.original);
    assert.deepEqual(result, {
      columns: ['user_id', 'name', 'fee'],
      rows: [
        {
          values: [1, 'Ann\nLee', '1.50'],
          brand: 'Skylink',
          file: 'in/Skylink.csv',
          row: 1,
          line: 3,
          text: '1;"Ann\nLee";1.50',
          original: original(0),
        },
        {
          values: [4, 'Dora', '4.00'],
          brand: 'Skylink',
          file: 'in/Skylink.csv',
          row: 3,
          line: 8,
          text: '4;Dora;4.00',
          original: original(0),
        },
        {
          values: [7, 'Émile', '7.00'],
          brand: "O'Neil; DROP",
          file: 'ONeil.csv',
          row: 1,
          line: 2,
          text: '7,Émile,7.00',
          original: original(1),
        },
      ],
    });
  });

  it('gives rows in the order of gold, as many as wanted, without a condition', async () => {
    await day({ brand: 'Skylink', file: 'a.csv', content: PLAIN });
    assert.deepEqual(
      (await ask({ limit: 1 })).rows.map((r) => r.values[0]),
      [7],
    );
    assert.deepEqual((await ask({ where: 'false' })).rows, []);
    assert.equal((await ask({ table: 'user' })).rows.length, 2);
  });

  it('reads an original in the archive', async () => {
    const { raw } = await day({ brand: 'Skylink', file: 'a.csv', content: PLAIN });
    const { source, ...rest } = raw[0]!;
    const path = fixture.lake.absolute(source!.original);
    const archived = join(fixture.settings.archiveDir, D1, 'User.csv.gz');
    mkdirSync(dirname(archived), { recursive: true });
    writeFileSync(archived, gzipSync(readFileSync(path)));
    rmSync(path);
    const manifest = { ...rest, source: { ...source!, original: fixture.lake.relative(archived) } };
    writeFileSync(fixture.lake.manifestFile(manifest), JSON.stringify(manifest));
    const { rows } = await ask({ where: 'user_id = 8' });
    assert.deepEqual([rows[0]?.line, rows[0]?.text, rows[0]?.original], [3, '8,"O""Neil",8.00', archived]);
    writeFileSync(archived, gzipSync(PLAIN).subarray(0, 40));
    await assert.rejects(ask(), (e) => e instanceof PipelineError && e.code === 'FILE_UNREADABLE');
  });

  for (const [what, spoil] of [
    ['gone', (path: string): void => rmSync(path)],
    ['another file by now', (path: string): void => writeFileSync(path, `9,9,9\n${PLAIN}`)],
    ['a folder', (path: string): void => (renameSync(path, `${path}.x`), mkdirSync(path), undefined)],
  ] as const)
    it(`leaves line and text open where the original is ${what}`, async () => {
      const { raw } = await day({ brand: 'Skylink', file: 'a.csv', content: PLAIN });
      spoil(fixture.lake.absolute(raw[0]!.source!.original));
      const [row] = (await ask()).rows;
      assert.deepEqual(
        [row?.file, row?.row, row?.line, row?.text, row?.original],
        ['a.csv', 1, null, null, null],
      );
    });

  it('tells two files of one name apart by what stands in them', async () => {
    await day(
      { brand: 'Skylink', file: 'a.csv', content: 'user_id,name,fee\n1,Ann,1.00\n2,Bob,2.00\n3,Cid,3.00\n' },
      { brand: 'Skylink', file: 'a.csv', content: '\nuser_id,name,fee\n1,Anna,1.00\n4,Dora,2.00\n' },
    );
    const found = (await ask()).rows.map((r) => [r.values[1], r.line, r.text]);
    assert.deepEqual(found, [
      ['Ann', 2, '1,Ann,1.00'],
      ['Bob', 3, '2,Bob,2.00'],
      ['Cid', 4, '3,Cid,3.00'],
      ['Anna', 3, '1,Anna,1.00'],
      ['Dora', 4, '4,Dora,2.00'],
    ]);
  });

  describe('refuses', () => {
    const refused = (code: string, words: RegExp) => (e: unknown) =>
      e instanceof PipelineError && e.code === code && words.test(`${e.message} ${e.remedy}`);
    beforeEach(() => day({ brand: 'Skylink', file: 'a.csv', content: PLAIN }));

    for (const where of [
      'user_id = ',
      'nobody = 1',
      'name',
      'true); DROP TABLE x; SELECT (true',
      "user_id IN (SELECT 1 FROM read_csv('/etc/passwd'))",
      'true) OR (true',
      'count(*) > 1',
    ])
      it(`the condition ${where}`, () => assert.rejects(ask({ where }), refused('SQL_INVALID', /./)));

    for (const limit of [0, -1, 1.5, NaN, Infinity])
      it(`a limit of ${limit}`, () => assert.rejects(ask({ limit }), refused('USAGE', /limit/)));

    it('a table nobody knows', () => assert.rejects(ask({ table: 'Usr' }), refused('NOT_FOUND', /"User"/)));
    it('a date without gold, and says which have it', () =>
      assert.rejects(ask({ date: '20240109' }), refused('NOT_FOUND', /20240109.*20240101/)));
    it('gold that was removed', async () => {
      const manifest = { ...fixture.lake.manifest('gold', D1, 'User')!, removed: true };
      writeFileSync(fixture.lake.manifestFile(manifest), JSON.stringify(manifest));
      rmSync(fixture.lake.goldFile(D1, 'User'));
      await assert.rejects(ask(), refused('NOT_FOUND', /retention.*m7 run --date 20240101/));
    });
    it('to go on after cancellation', () =>
      assert.rejects(ask({ signal: AbortSignal.abort() }), refused('CANCELLED', /./)));
  });

  it('asks for lineage beside the columns', () => {
    assert.equal(
      traceSql(['id', 'a"b'], 'id = 1 -- one', 5),
      `SELECT
  "id",
  "a""b",
  "_brand",
  "_source_file",
  "_source_row"
FROM "m7_trace"
WHERE (id = 1 -- one
)
ORDER BY "_row"
LIMIT 5`,
    );
  });
});
