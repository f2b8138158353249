// Times of day: DuckDB writes those past the end of a day as text by reading beyond its tables, or crashes. Whatever a
// file's statistics claim, such a value is told in words, and others are shown.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { quoteLiteral } from '../../../../src/engine/base/duckdb';
import { previewFile } from '../../../../src/engine/insight/preview';
import { failure, PLAIN, usePreviews, withConnection } from './previewFixture';

const TIMES = `TIME '01:02:03' + INTERVAL (i) SECOND`;

describe('previews of times of day', () => {
  const { folder, at, writeParquet, open, cells, query } = usePreviews();

  it('show them, and what a query makes of them; nested ones and statistics are left out with a word', async () => {
    const path = await writeParquet(
      'a.parquet',
      `SELECT i, CASE WHEN i > 0 THEN ${TIMES} END AS t, (${TIMES})::TIME_NS AS n, TIME '24:00:00' AS e,
        TIMETZ '01:02:03+01' AS z, [${TIMES}] AS l FROM range(2) r(i)`,
    );
    const { opened, session } = await open(path);
    const nested = '"Nested values with times of day are not shown."';
    assert.deepEqual(await cells(session, PLAIN), [
      ['0', null, '01:02:03', '24:00:00', '00:02:03+00', nested],
      ['1', '01:02:04', '01:02:04', '24:00:00', '00:02:03+00', nested],
    ]);
    const asked = await query(opened.handle, 'SELECT max(t) AS latest FROM file');
    assert.deepEqual(await cells(asked.session, PLAIN), [['01:02:04']]);
    const { facts, columns } = await session.metadata({});
    assert.deepEqual(columns, []);
    assert.ok(facts.some(({ name, value }) => name === 'Sizes and statistics' && /^not shown/.test(value)));
    const { columns: of } = await (
      await open(await writeParquet('b.parquet', 'SELECT 1 AS a'))
    ).session.metadata({});
    assert.equal(of.length, 1);
  });

  it('tell a value that is none, in a page, a query, a search, a profile and on the command line', async () => {
    const hostile = at('hostile.parquet');
    await withConnection(folder(), (connection) =>
      connection.run(
        `COPY (SELECT i, ${TIMES} AS t FROM range(3) r(i)) TO ${quoteLiteral(hostile)} (FORMAT parquet, COMPRESSION uncompressed)`,
      ),
    );
    const bytes = await readFile(hostile);
    const first = Buffer.alloc(8);
    first.writeBigInt64LE(3_723_000_000n);
    // The value itself, not the statistics, which still claim that all are right.
    bytes.writeBigInt64LE(1n << 62n, bytes.indexOf(first));
    await writeFile(hostile, bytes);
    const { opened, session } = await open(hostile);
    const words = /hostile\.parquet cannot be read: column t has a value that is no time of day/;
    const view = { ...PLAIN, filters: [{ kind: 'search' as const, text: '01', case: false }] };
    for (const asked of [
      () => session.page({ view: PLAIN, offset: 0, limit: 10 }, {}),
      () => session.count(view, {}),
      () => session.profile({ view: PLAIN, column: 't' }, {}),
    ]) {
      const { code, message } = await failure(asked());
      assert.equal(code, 'PARQUET_INVALID', message);
      assert.match(message, words);
    }
    assert.match(
      (await failure(query(opened.handle, 'SELECT t::VARCHAR AS x FROM file'))).message,
      /no time of day/,
    );
    // Columns beside it can be looked at.
    const { rows } = await session.page({ view: PLAIN, offset: 0, limit: 10, columns: ['i'] }, {});
    assert.deepEqual(
      rows.map((row) => row.cells),
      [['0'], ['1'], ['2']],
    );
    const printed = await previewFile(hostile, { limit: 10, offset: 0 });
    try {
      await assert.rejects(async () => {
        for await (const batch of printed.batches()) assert.ok(batch);
      }, /no time of day/);
    } finally {
      await printed.close();
    }
  });
});
