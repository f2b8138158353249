// What came of the files that a day is expected to bring: by slot, with repeated and rejected files told apart.
import assert from 'node:assert/strict';
import type { LandingFile, RejectedFile } from '../../../src/engine/lake';
import { arrivalsOf, type Arrived } from '../../../src/engine/run/arrivals';
import { brand, column, config, settingsIn, table } from '../../support/model';

const DATE = '20241115';
const settings = settingsIn('/w', { expectedTables: ['Device'] });
const world = config([brand('A'), brand('B')], [table('Device', [column('id', 'VARCHAR')])], []);
const nothing: Arrived = { parts: () => [], refused: [], waiting: [] };

const rejected = (file: string, code: string): RejectedFile => ({
  ...{ file, date: DATE, brand: 'A', table: 'Device', code },
  ...{ reason: 'a reason', bytes: 10, sha256: 'a1', kept: `rejects/${file}` },
});
const waiting = (path: string, duplicateOf?: string): LandingFile => ({
  ...{ path, bytes: 10, modifiedMs: 0, brand: 'A', table: 'Device', date: DATE },
  ...(duplicateOf === undefined ? {} : { duplicateOf }),
});

/** Status and files of brand A; of brand B nothing ever came. */
function ofA(arrived: Partial<Arrived>): readonly [string | undefined, readonly string[] | undefined] {
  const [a, b, ...more] = arrivalsOf(settings, world, { ...nothing, ...arrived });
  assert.deepEqual([a?.brand, b?.brand, b?.status, more], ['A', 'B', 'missing', []]);
  return [a?.status, a?.files];
}

describe('arrivals', () => {
  it('are missing where no file came', () => {
    assert.deepEqual(ofA({}), ['missing', []]);
  });

  it('have arrived where a file waits in landing', () => {
    assert.deepEqual(ofA({ waiting: [waiting('A_Device.csv')] }), ['arrived', ['A_Device.csv']]);
  });

  it('are rejected where the only files of the slot were', () => {
    const refused = [rejected('A_Device.csv', 'NOT_CSV')];
    assert.deepEqual(ofA({ refused }), ['rejected', ['A_Device.csv']]);
    assert.deepEqual(ofA({ refused, waiting: [waiting('A_Device_2.csv')] }), [
      'arrived',
      ['A_Device_2.csv', 'A_Device.csv'],
    ]);
  });

  it('are still missing where a file came that only repeats another one', () => {
    const refused = [rejected('A_Device.csv', 'DUPLICATE_CONTENT')];
    assert.deepEqual(ofA({ refused }), ['missing', []]);
    assert.deepEqual(ofA({ waiting: [waiting('A_Device.csv', 'B_Device.csv')] }), ['missing', []]);
  });
});
