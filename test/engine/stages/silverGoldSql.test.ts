// The main statements of the two middle stages as text, for a reviewer to read: golden/*.sql.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { duplicateKeys, duplicateRows } from '../../../src/engine/stages/gold/duplicates';
import { goldQuery, goldSelect, leftOutSelect } from '../../../src/engine/stages/gold/consolidate';
import { copyStatement } from '../../../src/engine/stages/parquet';
import { buildLayers, silverSelect, type SilverQuery } from '../../../src/engine/stages/silver/statement';
import { mapHeaders } from '../../../src/engine/stages/silver/mapping';
import {
  failuresSelect,
  rejectedRowsSelect,
  silverRejectsSelect,
} from '../../../src/engine/stages/silver/problems';
import { brand, column, table } from '../../support/model';

/** Compares with the golden file; GOLDEN=write writes it anew. */
function golden(name: string, statements: Readonly<Record<string, string>>): void {
  const path = join(import.meta.dirname, 'golden', `${name}.sql`);
  const text = Object.entries(statements)
    .map(([title, sql]) => `-- ${title}\n${sql};\n`)
    .join('\n');
  if (process.env['GOLDEN'] === 'write') writeFileSync(path, text);
  assert.equal(text, readFileSync(path, 'utf8'));
}

describe('SQL of the middle stages', () => {
  it('raw-to-silver', () => {
    const playback = table(
      'Playback',
      [
        column('playback_id', 'VARCHAR', { source: ['PlaybackID'], required: true, onError: 'reject' }),
        column('started_at', 'TIMESTAMP', {
          formats: ['%Y-%m-%d %H:%M:%S', '%d/%m/%Y %H:%M'],
          timezone: 'brand',
          required: true,
          onError: 'reject',
        }),
        column('price', 'DECIMAL(10,2)', { decimal: ',' }),
        column('device_type', 'VARCHAR', { transform: 'upper(trim(device_type))', map: { SETTOP: 'STB' } }),
        column('is_live', 'BOOLEAN', { trueValues: ['Y'], falseValues: ['N'], default: false }),
        column('duration_s', 'BIGINT'),
        column('watch_min', 'DOUBLE', { derived: 'duration_s / 60.0' }),
      ],
      { nullValues: ['', 'NULL', '\\N'] },
    );
    const headers = ['PlaybackID', 'Started At', 'price', 'DeviceType', 'is_live', 'duration_s', 'Note'];
    const parts = [
      {
        path: '/data/raw/20240301/Skylink/Playback.parquet',
        file: 'Skylink_Playback.csv',
        headers,
        rows: 1000,
      },
      {
        path: '/data/raw/20240301/Skylink/Playback.2.parquet',
        file: 'late/Skylink_Playback.csv',
        headers: headers.slice(0, -1),
        rows: 10,
      },
    ];
    const zone = {
      name: 'Europe/Amsterdam',
      first: '2023-10-29 01:00:00',
      end: '2024-12-31 00:00:00',
      offset: 3600,
      changes: [{ at: '2024-03-31 01:00:00', before: 3600, after: 7200 }],
    };
    const query: SilverQuery = {
      table: playback,
      brand: brand('Skylink', { timezone: 'Europe/Amsterdam' }),
      parts,
      mapping: mapHeaders(playback, parts),
      zones: new Map([[zone.name, zone]]),
    };
    const rejected = buildLayers(query, [{ bits: 'm7_kept_1', wanted: 0 }, 'none']);
    golden('rawToSilver', {
      'silver: the typed rows': copyStatement(
        silverSelect(buildLayers(query)),
        '/data/.state/tmp/silver.parquet',
        2,
      ),
      'the rejected rows, by the bits of the rows that silver took': rejectedRowsSelect(rejected),
      'their problems': silverRejectsSelect(rejected, 'm7_rejected_rows'),
      'failed values among them': failuresSelect(
        rejected,
        rejected.work.filter((w) => w.fallible),
        'm7_rejected_rows',
      ),
    });
  });

  it('silver-to-gold', () => {
    const playback = table('Playback', [column('playback_id', 'VARCHAR'), column('user_id', 'BIGINT')], {
      primaryKey: ['playback_id'],
    });
    const columns = [
      { name: 'playback_id', type: 'VARCHAR' },
      { name: 'user_id', type: 'BIGINT' },
      { name: '_brand', type: 'VARCHAR' },
      { name: '_source_file', type: 'VARCHAR' },
      { name: '_source_row', type: 'BIGINT' },
    ];
    const query = goldQuery(playback, [
      { brand: 'Skylink', path: '/data/silver/20240301/Skylink/Playback.parquet', rows: 1000, columns },
      {
        brand: 'Canal Digitaal',
        path: '/data/silver/20240301/Canal Digitaal/Playback.parquet',
        rows: 500,
        columns: [...columns, { name: 'Note', type: 'VARCHAR' }],
      },
    ]);
    const leftOut = { missingKeys: true, duplicates: ['m7_duplicates_1', undefined] };
    golden('silverToGold', {
      'keys of more than one row': duplicateKeys(query),
      'all their rows but the last one': duplicateRows(query),
      'gold: the rows that stay': copyStatement(goldSelect(query, leftOut), '/data/.state/tmp/gold.parquet'),
      'rows left out': leftOutSelect(query, leftOut) ?? '',
    });
  });
});
