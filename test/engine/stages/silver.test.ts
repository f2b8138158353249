// raw-to-silver on real Parquet files: mapping, strict conversions, rejects, conservation.
import assert from 'node:assert/strict';
import { brand, column, config, table } from '../../support/model';
import { openWorkspace, type Workspace } from './silverGold.fixture';

const BRANDS = [brand('A', { timezone: 'Europe/Amsterdam' }), brand('B')];

describe('raw-to-silver', () => {
  let w: Workspace;
  before(async () => (w = await openWorkspace()));
  after(() => w.close());

  it('types, maps headers and keeps lineage', async () => {
    const cfg = config(BRANDS, [
      table('Playback', [
        column('playback_id', 'VARCHAR', { source: ['ID'], required: true }),
        column('n', 'BIGINT'),
        column('device_type', 'VARCHAR', { transform: 'upper(trim(device_type))', map: { SETTOP: 'STB' } }),
        column('twice', 'DOUBLE', { derived: 'n * 2.0' }),
      ]),
    ]);
    const raw = await w.raw(
      'Playback',
      'A',
      ['Device Type', 'id', 'N', 'Other'],
      [
        [' settop', 'p1', '12', 'x'],
        ['phone', 'p2', 'abc', null],
        [null, null, '7', 'y'],
      ],
    );
    const manifest = await w.silver(cfg, 'Playback', 'A', [raw]);
    const lineage = { _brand: 'A', _source_file: 'A_Playback.csv' };
    assert.deepEqual(await w.read(manifest.output.path), [
      { playback_id: 'p1', n: 12, device_type: 'STB', twice: 24, Other: 'x', ...lineage, _source_row: 1 },
      {
        playback_id: 'p2',
        n: null,
        device_type: 'PHONE',
        twice: null,
        Other: null,
        ...lineage,
        _source_row: 2,
      },
    ]);
    assert.deepEqual(manifest.conversions, [
      {
        column: 'n',
        brand: 'A',
        failed: 1,
        on_error: 'null',
        samples: [{ values: { n: 'abc' }, file: 'A_Playback.csv', row: 2 }],
      },
    ]);
    assert.deepEqual(await w.read(manifest.rejects?.path ?? ''), [
      {
        ...lineage,
        _source_row: 3,
        line: null,
        code: 'REQUIRED_MISSING',
        columns: ['playback_id'],
        rules: null,
        reason: 'playback_id: the value is required and missing',
        record: '{"Device Type":null,"id":null,"N":"7","Other":"y"}',
      },
    ]);
  });
});
