// Sorted, filtered and searched views: page by page they are what DuckDB's own query gives.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { quoteLiteral } from '../../../../src/engine/base/duckdb';
import { isCancelled } from '../../../../src/engine/model/errors';
import type { Filter, View } from '../../../../src/engine/insight/preview/api';
import { failure, PLAIN, usePreviews, withConnection } from './previewFixture';

const ROWS = 5_000;
const MIXED = `SELECT i AS id,
    CASE WHEN i % 7 = 0 THEN NULL ELSE (i * 7919) % 50 END AS number,
    CASE WHEN i % 11 = 0 THEN NULL ELSE 'Name ' || (i * 104729) % 90 END AS name,
    TIMESTAMP '2024-11-15' + to_seconds((i * 31) % 1000) AS at,
    CASE WHEN i % 13 = 0 THEN 'nan'::DOUBLE WHEN i % 17 = 0 THEN 'inf'::DOUBLE ELSE (i % 20) / 3 END AS part,
    i % 3 = 0 AS live, ((i % 40) / 10)::DECIMAL(5,2) AS price,
    CASE WHEN i % 5 = 0 THEN NULL ELSE [i % 4, i % 3] END AS list
  FROM range(${ROWS}) t(i)`;
const NAMES = ['id', 'number', 'name', 'at', 'part', 'live', 'price', 'list'] as const;

describe('views of a preview', () => {
  const { folder, writeParquet, open, cells, query } = usePreviews();

  async function expected(path: string, where: string, order: string): Promise<readonly unknown[]> {
    return withConnection(folder(), async (connection) => {
      const { rows } = await connection.table(
        `SELECT id FROM read_parquet(${quoteLiteral(path)}, file_row_number = true) WHERE ${where} ORDER BY ${order}`,
      );
      return rows.map((row) => String(row[0] as number));
    });
  }

  const filters: readonly (readonly [Filter, string])[] = [
    [{ column: 'name', kind: 'contains', text: 'E 1', case: false }, `contains(lower(name), 'e 1')`],
    [{ column: 'name', kind: 'contains', text: 'e 1', case: true }, `contains(name, 'e 1')`],
    [{ column: 'number', kind: 'contains', text: '4', case: false }, `contains(number::VARCHAR, '4')`],
    [{ column: 'number', kind: 'compare', operator: '>=', value: '30' }, 'number >= 30'],
    [
      { column: 'at', kind: 'compare', operator: '<', value: '2024-11-15 00:05:00' },
      `"at" < TIMESTAMP '2024-11-15 00:05:00'`,
    ],
    [{ column: 'price', kind: 'compare', operator: '<>', value: '1.5' }, 'price <> 1.5'],
    [
      { column: 'name', kind: 'in', values: ['Name 1', 'Name 2', null] },
      `name IN ('Name 1', 'Name 2') OR name IS NULL`,
    ],
    [{ column: 'live', kind: 'in', values: ['true'] }, 'live'],
    [{ column: 'list', kind: 'in', values: ['[1,1]'] }, 'list = [1, 1]'],
    [{ column: 'part', kind: 'in', values: ['nan', 'inf'] }, `part IN ('nan'::DOUBLE, 'inf'::DOUBLE)`],
    [{ column: 'number', kind: 'in', values: [] }, 'false'],
    [{ column: 'number', kind: 'null' }, 'number IS NULL'],
    [{ column: 'list', kind: 'not_null' }, 'list IS NOT NULL'],
    [{ kind: 'search', text: 'NAME 8', case: false }, `contains(lower(name), 'name 8')`],
    [
      { kind: 'search', text: '49', case: true },
      NAMES.map((name) => `coalesce(contains("${name}"::VARCHAR, '49'), false)`).join(' OR '),
    ],
  ];
  const sorts = fc.uniqueArray(fc.record({ column: fc.constantFrom(...NAMES), descending: fc.boolean() }), {
    maxLength: 3,
    selector: (sort) => sort.column,
  });

  it('are those of DuckDB for any sort and filters; ties in file order, NULL last', async () => {
    const path = await writeParquet('mixed.parquet', MIXED);
    const { session } = await open(path);
    await fc.assert(
      fc.asyncProperty(
        sorts,
        fc.subarray([...filters.keys()], { maxLength: 2 }),
        fc.constantFrom(1, 97, 1_000, 3_000),
        fc.nat(ROWS),
        async (sort, chosen, limit, offset) => {
          const view: View = { sort, filters: chosen.flatMap((i) => filters[i]?.[0] ?? []) };
          const where = chosen.map((i) => `(${filters[i]?.[1] ?? ''})`).join(' AND ') || 'true';
          const order = [
            ...sort.map(({ column, descending }) => `"${column}" ${descending ? 'DESC' : 'ASC'} NULLS LAST`),
            'file_row_number',
          ].join(', ');
          const all = await expected(path, where, order);
          const page = await session.page({ view, offset, limit, columns: ['id'] }, {});
          assert.deepEqual(
            page.rows.map((row) => row.cells[0]),
            all.slice(offset, offset + limit),
          );
          assert.deepEqual(
            page.rows.map((row) => String(row.row)),
            all.slice(offset, offset + limit),
          );
          assert.equal(await session.count(view, {}), all.length);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('page through everything once, sorted or not, over the edge of the quick top', async () => {
    const { session } = await open(await writeParquet('mixed.parquet', MIXED));
    for (const view of [PLAIN, { sort: [{ column: 'number', descending: true }], filters: [] }]) {
      const all = await cells(session, view, 300);
      assert.equal(all.length, ROWS);
      assert.equal(new Set(all.map((row) => row[0])).size, ROWS);
    }
  });

  it('show columns in the order asked for, each as often', async () => {
    const { session } = await open(await writeParquet('mixed.parquet', MIXED));
    const page = await session.page(
      { view: PLAIN, offset: 3, limit: 1, columns: ['name', 'id', 'name'] },
      {},
    );
    assert.deepEqual(page, {
      offset: 3,
      columns: ['name', 'id', 'name'],
      rows: [{ row: 3, cells: ['Name 87', '3', 'Name 87'] }],
    });
  });

  it('are found in rows and pages behind the end: none', async () => {
    const { session } = await open(await writeParquet('mixed.parquet', MIXED));
    const sorted: View = { sort: [{ column: 'at', descending: false }], filters: [] };
    for (const view of [
      PLAIN,
      sorted,
      { sort: [], filters: [{ kind: 'search', text: 'N', case: true }] } as const,
    ])
      for (const offset of [ROWS, ROWS + 5, 2 ** 40])
        assert.deepEqual((await session.page({ view, offset, limit: 10 }, {})).rows, []);
    assert.deepEqual((await session.page({ view: PLAIN, offset: 0, limit: 0 }, {})).rows, []);
  });

  const wrong: readonly (readonly [string, View, string])[] = [
    [
      'an unknown column in a sort',
      { sort: [{ column: 'nope', descending: false }], filters: [] },
      'NOT_FOUND',
    ],
    ['an unknown column in a filter', { sort: [], filters: [{ column: 'ID', kind: 'null' }] }, 'NOT_FOUND'],
    [
      'a value that is none of the type',
      { sort: [], filters: [{ column: 'number', kind: 'compare', operator: '<', value: 'ten' }] },
      'USAGE',
    ],
    [
      'a value among several that is none',
      { sort: [], filters: [{ column: 'at', kind: 'in', values: ['2024-11-15', 'x'] }] },
      'USAGE',
    ],
    [
      'an operator that is none',
      {
        sort: [],
        filters: [
          JSON.parse('{"column":"number","kind":"compare","operator":"OR 1 =","value":"1"}') as Filter,
        ],
      },
      'USAGE',
    ],
    [
      'a filter that is none',
      { sort: [], filters: [JSON.parse('{"column":"id","kind":"drop"}') as Filter] },
      'USAGE',
    ],
  ];
  for (const [what, view, code] of wrong)
    it(`refuse ${what}`, async () => {
      const { session } = await open(await writeParquet('mixed.parquet', MIXED));
      assert.equal((await failure(session.page({ view, offset: 0, limit: 10 }, {}))).code, code);
      if (view.filters.length > 0) assert.equal((await failure(session.count(view, {}))).code, code);
    });

  it('refuse offsets and limits that are none', async () => {
    const { session } = await open(await writeParquet('mixed.parquet', MIXED));
    for (const [offset, limit] of [
      [-1, 10],
      [0.5, 10],
      [Number.NaN, 10],
      [0, -1],
      [0, 10_001],
    ] as const)
      assert.equal((await failure(session.page({ view: PLAIN, offset, limit }, {}))).code, 'USAGE');
  });

  it('take text for text: quotes, NUL, wildcards, SQL', async () => {
    const texts = [`it's`, '100%', 'a_b', `'; DROP TABLE file; --`, 'a\0b', '"', '\\', 'ÄÖ', '😀'];
    const path = await writeParquet(
      'texts.parquet',
      `SELECT i AS id, v FROM (VALUES ${texts
        .map(
          (text, i) => `(${i}, 'x' || ${text.split('\0').map(quoteLiteral).join(' || chr(0) || ')} || 'y')`,
        )
        .join(', ')}) t(i, v)`,
    );
    const { session } = await open(path);
    for (const [i, text] of texts.entries())
      for (const filter of [
        { column: 'v', kind: 'contains', text, case: true },
        { column: 'v', kind: 'contains', text: text.toLowerCase(), case: false },
        { column: 'v', kind: 'compare', operator: '=', value: `x${text}y` },
        { column: 'v', kind: 'in', values: [`x${text}y`] },
        { kind: 'search', text: `x${text}`, case: false },
      ] as const) {
        const found = await cells(session, { sort: [], filters: [filter] });
        assert.deepEqual(
          found.map((row) => row[0]),
          [String(i)],
          `${filter.kind} ${text}`,
        );
      }
  });

  it('go on after one was cancelled, and a page of the file never waits for a sort', async () => {
    const path = await writeParquet(
      'large.parquet',
      `SELECT i AS id, md5(i::VARCHAR) AS a, md5((i * 7)::VARCHAR) AS b FROM range(600000) t(i)`,
      122_880,
    );
    const { session } = await open(path);
    const slow: View = {
      sort: [
        { column: 'a', descending: true },
        { column: 'b', descending: false },
      ],
      filters: [{ kind: 'search', text: 'e', case: false }],
    };
    const control = new AbortController();
    const sorted = session.page({ view: slow, offset: 300_000, limit: 10 }, { signal: control.signal });
    const outcome = sorted.then(
      () => 'done',
      (error: unknown) => (isCancelled(error) ? 'cancelled' : String(error)),
    );
    const plain = await session.page({ view: PLAIN, offset: 599_990, limit: 20 }, {});
    assert.equal(plain.rows.length, 10);
    control.abort();
    assert.equal(await outcome, 'cancelled');
    assert.equal((await failure(session.count(slow, { signal: AbortSignal.abort() }))).code, 'CANCELLED');
    const again = await session.page({ view: slow, offset: 5, limit: 1 }, {});
    assert.equal(again.rows.length, 1);
  });

  it('are worked out once for all who wait, and stop with the last of them', async () => {
    const { session } = await open(await writeParquet('mixed.parquet', MIXED));
    const view: View = { sort: [{ column: 'name', descending: false }], filters: [] };
    const first = new AbortController();
    const pages = [1_500, 2_500, 3_500].map((offset, i) =>
      session.page({ view, offset, limit: 5 }, i === 0 ? { signal: first.signal } : {}),
    );
    first.abort();
    const results = await Promise.allSettled(pages);
    assert.deepEqual(
      results.map((result) => result.status),
      ['rejected', 'fulfilled', 'fulfilled'],
    );
  });

  it('of a query are those of the query', async () => {
    const file = await open(await writeParquet('mixed.parquet', MIXED));
    const { session, opened } = await query(
      file.opened.handle,
      `SELECT number, count(*) AS n, sum(id) AS s FROM file GROUP BY number`,
    );
    assert.deepEqual(
      opened.columns.map(({ name, type }) => [name, type]),
      [
        ['number', 'BIGINT'],
        ['n', 'BIGINT'],
        ['s', 'DECIMAL(38,0)'],
      ],
    );
    assert.equal(opened.total, 51);
    const view: View = {
      sort: [{ column: 'number', descending: true }],
      filters: [{ column: 'number', kind: 'compare', operator: '>', value: '46' }],
    };
    assert.deepEqual(
      (await cells(session, view)).map((row) => row[0]),
      ['49', '48', '47'],
    );
    assert.deepEqual((await cells(session, { sort: view.sort, filters: [] })).at(-1)?.[0], null);
  });
});
