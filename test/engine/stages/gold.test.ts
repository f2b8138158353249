// silver-to-gold on real Parquet files: consolidation, deduplication, technical checks, conservation.
import { slicesFor } from '../../../src/engine/stages/gold/duplicates';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { quoteLiteral } from '../../../src/engine/base/duckdb';
import type { PipelineError } from '../../../src/engine/model/errors';
import type { Manifest } from '../../../src/engine/lake/manifest';
import type { Column, Config, Table } from '../../../src/engine/model';
import { silverToGold } from '../../../src/engine/stages/silverToGold';
import { brand, column, config, table } from '../../support/model';
import { DATE, openWorkspace, type Workspace } from './silverGold.fixture';

const BRANDS = [brand('A'), brand('B')];
const COLUMNS = [column('id', 'BIGINT'), column('v', 'VARCHAR')];

function playback(more: Partial<Table> = {}, columns: readonly Column[] = COLUMNS): Config {
  return config(BRANDS, [table('Playback', columns, { primaryKey: ['id'], ...more })]);
}

type Rows = readonly (readonly (string | null)[])[];

describe('silver-to-gold', () => {
  let w: Workspace;
  before(async () => (w = await openWorkspace()));
  after(() => w.close());

  async function silver(cfg: Config, name: string, rows: Rows, headers = ['id', 'v']): Promise<Manifest> {
    return w.silver(cfg, 'Playback', name, [await w.raw('Playback', name, headers, rows)]);
  }
  /** Gold of two brands: values of v, and [row, code] of what was left out. */
  async function gold(cfg: Config, a: Rows, b: Rows, headers?: string[]) {
    const manifest = await w.gold(cfg, 'Playback', [
      await silver(cfg, 'A', a, headers),
      await silver(cfg, 'B', b, headers),
    ]);
    const left = manifest.rejects === undefined ? [] : await w.read(manifest.rejects.path);
    return {
      manifest,
      values: (await w.read(manifest.output.path)).map((r) => r['v']),
      left: left.map((r) => [r['_brand'], r['_source_row'], r['code']]),
    };
  }

  it('consolidates the brands and keeps the last row of each key', async () => {
    const cfg = playback();
    const a = await silver(
      cfg,
      'A',
      [
        ['1', 'a1', 'x'],
        ['2', 'a2', 'x'],
        ['1', 'a3', 'x'],
        [null, 'a4', 'x'],
      ],
      ['id', 'v', 'xa'],
    );
    const b = await silver(
      cfg,
      'B',
      [
        ['2', 'b1', 'y'],
        ['3', 'b2', 'y'],
      ],
      ['id', 'v', 'xb'],
    );
    const manifest = await w.gold(cfg, 'Playback', [a, b]);
    const columns = 'id, v, xa, xb, _brand, _source_file, _source_row';
    assert.deepEqual(
      (await w.read(manifest.output.path, columns)).map((r) => Object.values(r)),
      [
        [1, 'a3', 'x', null, 'A', 'A_Playback.csv', 3],
        [2, 'b1', null, 'y', 'B', 'B_Playback.csv', 1],
        [3, 'b2', null, 'y', 'B', 'B_Playback.csv', 2],
      ],
    );
    assert.deepEqual(manifest.edges, [
      { from: 'silver', to: 'gold', brand: 'A', in: 4, out: 1, rejected: 1, duplicates: 2, balanced: true },
      { from: 'silver', to: 'gold', brand: 'B', in: 2, out: 2, rejected: 0, duplicates: 0, balanced: true },
    ]);
    assert.deepEqual(
      await w.read(manifest.rejects!.path, '_source_row, line, code, columns, reason, record'),
      [
        {
          _source_row: 1,
          line: null,
          code: 'DUPLICATE_REMOVED',
          columns: ['id'],
          reason: 'another row has the same id; the last one was kept',
          record: '{"id":"1","v":"a1","xa":"x","xb":null}',
        },
        {
          _source_row: 2,
          line: null,
          code: 'DUPLICATE_REMOVED',
          columns: ['id'],
          reason: 'another row has the same id; the last one was kept',
          record: '{"id":"2","v":"a2","xa":"x","xb":null}',
        },
        {
          _source_row: 4,
          line: null,
          code: 'KEY_MISSING',
          columns: ['id'],
          reason: 'id: missing in the primary key',
          record: '{"id":null,"v":"a4","xa":"x","xb":null}',
        },
      ],
    );
    assert.deepEqual(
      manifest.inputs.map((i) => [i.path, i.rows]),
      [
        [`silver/${DATE}/A/Playback.parquet`, 4],
        [`silver/${DATE}/B/Playback.parquet`, 2],
      ],
    );
  });

  describe('deduplicate', () => {
    const a: Rows = [
      ['1', 'a1'],
      ['2', 'a2'],
      ['1', 'a3'],
      ['4', 'a4'],
    ];
    const b: Rows = [
      ['2', 'b1'],
      ['1', 'b2'],
      ['3', 'b3'],
    ];
    it('last', async () => {
      const { values, left } = await gold(playback(), a, b);
      assert.deepEqual(values, ['a4', 'b1', 'b2', 'b3']);
      assert.deepEqual(
        left.map(([name, row]) => `${String(name)}${String(row)}`),
        ['A1', 'A2', 'A3'],
      );
    });
    it('counts what it removed, one as one', async () => {
      const message = async (one: Rows): Promise<unknown> =>
        (await gold(playback(), one, [['9', 'b']])).manifest.findings?.[0]?.message;
      assert.equal(await message(a), '1 duplicate was removed.');
      assert.equal(await message([...a, ['2', 'a5']]), '2 duplicates were removed.');
    });
    it('first', async () => {
      const { values, left } = await gold(playback({ deduplicate: 'first' }), a, b);
      assert.deepEqual(values, ['a1', 'a2', 'a4', 'b3']);
      assert.deepEqual(
        left.map(([name, row]) => `${String(name)}${String(row)}`),
        ['A3', 'B1', 'B2'],
      );
    });
    it('none keeps all and says that it did not look', async () => {
      const { values, manifest } = await gold(playback({ deduplicate: 'none' }), a, b);
      assert.equal(values.length, 7);
      const [finding] = manifest.findings ?? [];
      assert.equal(finding?.status, 'passed');
      assert.match(finding.message ?? '', /not checked/);
    });
    it('error rejects every row of the key', async () => {
      const { values, left, manifest } = await gold(playback({ deduplicate: 'error' }), a, b);
      assert.deepEqual(values, ['a4', 'b3']);
      assert.deepEqual(new Set(left.map((l) => l[2])), new Set(['DUPLICATE']));
      assert.deepEqual(
        manifest.edges.map((e) => [e.rejected, e.duplicates]),
        [
          [3, 0],
          [2, 0],
        ],
      );
      const [finding] = manifest.findings ?? [];
      assert.deepEqual([finding?.status, finding?.failing, finding?.evaluated], ['failed', 5, 7]);
      assert.deepEqual(finding?.samples[0], { values: { id: '1' }, file: 'A_Playback.csv', row: 1 });
    });
    it('by an order, ties in order of the files', async () => {
      const cfg = playback({ deduplicate: { orderBy: '"v" DESC NULLS LAST' } });
      const { values } = await gold(
        cfg,
        [
          ['1', 'x'],
          ['1', 'z'],
          ['2', null],
          ['3', 'k'],
        ],
        [
          ['1', 'z'],
          ['2', 'y'],
          ['3', 'k'],
        ],
      );
      assert.deepEqual(values, ['z', 'k', 'y']);
    });
    it('looks at the brand where the key names it', async () => {
      const { values } = await gold(playback({ primaryKey: ['id', '_brand'] }), a, b);
      assert.deepEqual(values, ['a2', 'a3', 'a4', 'b1', 'b2', 'b3']);
    });
    it('does nothing without a key', async () => {
      const { values, manifest } = await gold(playback({ primaryKey: [] }), a, b);
      assert.equal(values.length, 7);
      assert.equal(manifest.findings?.[0]?.status, 'skipped');
    });
    it('takes keys of several columns, NULL in any of them missing', async () => {
      const cfg = playback({ primaryKey: ['id', 'v'] });
      const { values, left } = await gold(
        cfg,
        [
          ['1', 'x'],
          ['1', null],
          ['2', 'x'],
        ],
        [
          ['1', 'x'],
          [null, 'x'],
        ],
      );
      assert.deepEqual(values, ['x', 'x']);
      assert.deepEqual(left, [
        ['A', 1, 'DUPLICATE_REMOVED'],
        ['A', 2, 'KEY_MISSING'],
        ['B', 2, 'KEY_MISSING'],
      ]);
    });
  });

  it('searches in as many slices as the memory limit asks for', () => {
    assert.equal(slicesFor(200_000, '10MB'), 7);
    assert.equal(slicesFor(200_000, '1GB'), 1);
    assert.equal(slicesFor(0, '10MB'), 1);
    assert.equal(slicesFor(11_550_000, '512MB'), 8);
  });

  it('agrees with a plain window over random keys of many rows, in several slices', async () => {
    const cfg = playback();
    const rows = (seed: number) =>
      `SELECT (hash(i + ${seed}) % 150000)::VARCHAR AS id, i::VARCHAR AS v FROM range(100000) t(i)`;
    const parts = [];
    for (const [i, name] of ['A', 'B'].entries())
      parts.push(
        await w.silver(cfg, 'Playback', name, [await w.raw('Playback', name, ['id', 'v'], rows(i * 7))]),
      );
    const manifest = await w.gold(cfg, 'Playback', parts);
    const [path, a, b] = [manifest.output.path, ...parts.map((p) => p.output.path)].map((p) =>
      w.lake.absolute(p),
    );
    const expected = `SELECT id, v, _brand FROM (FROM '${a}' UNION ALL FROM '${b}') QUALIFY row_number() OVER (PARTITION BY id ORDER BY _brand DESC, _source_row DESC) = 1`;
    const [result] = await w.connection.rows(
      `SELECT (SELECT count(*) FROM (${expected})) AS expected, (SELECT count(*) FROM '${path}') AS found, (SELECT count(*) FROM (${expected} EXCEPT SELECT id, v, _brand FROM '${path}')) AS differ`,
    );
    assert.equal(result?.['expected'], result?.['found']);
    assert.equal(result?.['differ'], 0);
    assert.ok(Number(result['found']) < 150000);
  });

  it('checks required columns and types', async () => {
    const columns = [column('id', 'BIGINT', { required: true }), column('price', 'DECIMAL(10, 2)')];
    const cfg = playback({}, columns);
    const manifest = await w.gold(cfg, 'Playback', [await silver(cfg, 'A', [['1', '2.5']], ['id', 'price'])]);
    assert.deepEqual(
      manifest.findings?.map((f) => [f.id, f.rule, f.status, f.evaluated, f.failing, f.columns]),
      [
        ['technical.primary_key', 'technical.primary_key', 'passed', 1, 0, ['id']],
        ['technical.required.id', 'technical.required', 'passed', 1, 0, ['id']],
        ['technical.types', 'technical.types', 'passed', 2, 0, []],
      ],
    );
  });

  it('tells NULLs of a column that became required after its silver was made', async () => {
    const made = await silver(playback(), 'A', [
      ['1', null],
      ['2', 'x'],
    ]);
    const manifest = await w.gold(
      playback({}, [column('id', 'BIGINT'), column('v', 'VARCHAR', { required: true })]),
      'Playback',
      [made],
    );
    assert.deepEqual(
      manifest.findings?.map((f) => [f.id, f.status, f.failing_pct]),
      [
        ['technical.primary_key', 'passed', 0],
        ['technical.required.v', 'failed', 50],
        ['technical.types', 'passed', 0],
      ],
    );
  });

  it('refuses silver that was made for other columns', async () => {
    const made = await silver(playback(), 'A', [['1', 'x']]);
    const cfg = playback({}, [column('id', 'INTEGER'), column('new', 'VARCHAR'), column('v', 'VARCHAR')]);
    await assert.rejects(w.gold(cfg, 'Playback', [made]), {
      code: 'TABLE_FAILED',
      message:
        'The silver of Playback of A does not fit the config: id is BIGINT, not INTEGER; new is missing.',
    });
  });

  it('passes brands without rows, and gold without any', async () => {
    const cfg = playback();
    const some = await gold(
      cfg,
      [],
      [
        ['1', 'x'],
        ['1', 'y'],
      ],
    );
    assert.deepEqual(some.values, ['y']);
    const none = await gold(cfg, [], []);
    assert.deepEqual(none.values, []);
    assert.deepEqual(
      none.manifest.edges.map((e) => [e.in, e.out, e.balanced]),
      [
        [0, 0, true],
        [0, 0, true],
      ],
    );
    const left = await gold(cfg, [[null, 'x']], [[null, 'y']]);
    assert.deepEqual(left.values, []);
    assert.equal(left.manifest.rejects?.rows, 2);
    assert.ok(existsSync(w.lake.absolute(left.manifest.rejects.path)));
    const again = await gold(cfg, [['1', 'x']], [['2', 'y']]);
    assert.equal(again.manifest.rejects, undefined);
    assert.ok(!existsSync(w.lake.absolute(left.manifest.rejects.path)));
  });

  it('takes hostile names of columns, tables and brands', async () => {
    const key = `k"'; --`;
    const cfg = config(
      [brand(`O'Brien`), brand('B"b')],
      [
        table(
          `T'"x`,
          [column(key, 'BIGINT'), column('file_row_number', 'VARCHAR'), column('m7_position', 'VARCHAR')],
          { primaryKey: [key] },
        ),
      ],
    );
    const headers = [key, 'file_row_number', 'm7_position', 'm7_rank'];
    const made = [];
    for (const name of [`O'Brien`, 'B"b'])
      made.push(
        await w.silver(cfg, `T'"x`, name, [
          await w.raw(`T'"x`, name, headers, [
            ['1', `${name}1`, 'p', 'r'],
            ['1', `${name}2`, 'p', 'r'],
            ['2', `${name}3`, 'p', 'r'],
          ]),
        ]),
      );
    const manifest = await w.gold(cfg, `T'"x`, made);
    assert.deepEqual(
      (await w.read(manifest.output.path)).map((r) => [
        r[key],
        r['file_row_number'],
        r['m7_rank'],
        r['_brand'],
      ]),
      [
        [1, 'B"b2', 'r', 'B"b'],
        [2, 'B"b3', 'r', 'B"b'],
      ],
    );
    assert.equal(manifest.rejects?.rows, 4);
  });

  it('names the silver file that is broken or not the one of its manifest', async () => {
    const cfg = playback();
    const made = await silver(cfg, 'A', [['1', 'x']]);
    const named = (code: string) => (error: PipelineError) =>
      error.code === code && error.message.includes('Playback.parquet');
    const other = { ...made, output: { ...made.output, rows: 5 } };
    await assert.rejects(w.gold(cfg, 'Playback', [other]), named('CONSERVATION'));
    writeFileSync(w.lake.absolute(made.output.path), 'PAR1 and no more');
    await assert.rejects(w.gold(cfg, 'Playback', [made]), named('PARQUET_INVALID'));
  });

  it('has its columns and no row where no brand is left', async () => {
    const cfg = playback();
    const { connection } = await w.context(cfg);
    const columnsOf = (path: string) =>
      connection.rows(
        `SELECT column_name, column_type FROM (DESCRIBE FROM read_parquet(${quoteLiteral(w.lake.absolute(path))}))`,
      );
    const full = await w.gold(cfg, 'Playback', [await silver(cfg, 'A', [['1', 'x']])]);
    const before = await columnsOf(full.output.path);
    const empty = await w.gold(cfg, 'Playback', []);
    assert.deepEqual([empty.withdrawn, empty.output.rows, empty.rejects], [true, 0, undefined]);
    assert.deepEqual(await w.read(empty.output.path), []);
    assert.deepEqual(await columnsOf(empty.output.path), before);
  });

  it('is cancelled while it runs and leaves the session clean', async () => {
    const cfg = playback();
    const rows = 'SELECT (i % 900000)::VARCHAR AS id, i::VARCHAR AS v FROM range(1000000) t(i)';
    const made = await w.silver(cfg, 'Playback', 'A', [await w.raw('Playback', 'A', ['id', 'v'], rows)]);
    const abort = new AbortController();
    const context = await w.context(cfg, abort.signal);
    const running = silverToGold(context, { date: DATE, table: 'Playback', silver: [made], key: 'k' });
    setTimeout(() => abort.abort(), 100);
    await assert.rejects(running, { code: 'CANCELLED' });
    assert.deepEqual(
      await w.connection.rows(`SELECT table_name FROM duckdb_tables() WHERE table_name LIKE 'm7%'`),
      [],
    );
    assert.equal((await w.gold(cfg, 'Playback', [made])).output.rows, 900000);
  });

  it('writes the same bytes whatever the threads and memory', async () => {
    const cfg = playback();
    const rows = (n: number) =>
      `SELECT (hash(i + ${n}) % 200000)::VARCHAR AS id, 'v' || i AS v FROM range(150000) t(i)`;
    const hashes = new Set<string>();
    for (const options of [
      { threads: 2, memoryLimit: '512MB' },
      { threads: 4, memoryLimit: '4GB' },
    ]) {
      const other = await openWorkspace(options);
      try {
        const made = [];
        for (const [i, name] of ['A', 'B'].entries())
          made.push(
            await other.silver(cfg, 'Playback', name, [
              await other.raw('Playback', name, ['id', 'v'], rows(i)),
            ]),
          );
        const manifest = await other.gold(cfg, 'Playback', made);
        const bytes = [manifest.output.path, manifest.rejects!.path].map((p) =>
          readFileSync(other.lake.absolute(p)),
        );
        hashes.add(createHash('sha256').update(Buffer.concat(bytes)).digest('hex'));
      } finally {
        await other.close();
      }
    }
    assert.equal(hashes.size, 1);
  });
});
