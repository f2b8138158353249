// silver-to-gold on real Parquet files: consolidation, deduplication, technical checks, conservation.
import assert from 'node:assert/strict';
import { brand, column, config, table } from '../../support/model';
import { openWorkspace, type Workspace } from './silverGold.fixture';

const BRANDS = [brand('A'), brand('B')];

describe('silver-to-gold', () => {
  let w: Workspace;
  before(async () => (w = await openWorkspace()));
  after(() => w.close());

  it('consolidates the brands and keeps the last row of each key', async () => {
    const cfg = config(BRANDS, [
      table('Playback', [column('id', 'BIGINT'), column('v', 'VARCHAR')], { primaryKey: ['id'] }),
    ]);
    const a = await w.silver(cfg, 'Playback', 'A', [
      await w.raw(
        'Playback',
        'A',
        ['id', 'v', 'xa'],
        [
          ['1', 'a1', 'x'],
          ['2', 'a2', 'x'],
          ['1', 'a3', 'x'],
          [null, 'a4', 'x'],
        ],
      ),
    ]);
    const b = await w.silver(cfg, 'Playback', 'B', [
      await w.raw(
        'Playback',
        'B',
        ['id', 'v', 'xb'],
        [
          ['2', 'b1', 'y'],
          ['3', 'b2', 'y'],
        ],
      ),
    ]);
    const gold = await w.gold(cfg, 'Playback', [a, b]);
    assert.deepEqual(
      (await w.read(gold.output.path)).map((r) => [
        r['id'],
        r['v'],
        r['xa'],
        r['xb'],
        r['_brand'],
        r['_source_row'],
      ]),
      [
        [1, 'a3', 'x', null, 'A', 3],
        [2, 'b1', null, 'y', 'B', 1],
        [3, 'b2', null, 'y', 'B', 2],
      ],
    );
    assert.deepEqual(gold.edges, [
      { from: 'silver', to: 'gold', brand: 'A', in: 4, out: 1, rejected: 1, duplicates: 2, balanced: true },
      { from: 'silver', to: 'gold', brand: 'B', in: 2, out: 2, rejected: 0, duplicates: 0, balanced: true },
    ]);
    assert.deepEqual(
      (await w.read(gold.rejects?.path ?? '')).map((r) => [r['_source_row'], r['code'], r['reason']]),
      [
        [1, 'DUPLICATE_REMOVED', 'another row has the same id; the last one was kept'],
        [2, 'DUPLICATE_REMOVED', 'another row has the same id; the last one was kept'],
        [4, 'KEY_MISSING', 'id: missing in the primary key'],
      ],
    );
    assert.deepEqual(
      gold.findings?.map((f) => [f.id, f.status, f.failing]),
      [
        ['technical.primary_key', 'failed', 1],
        ['technical.types', 'passed', 0],
      ],
    );
  });
});
