// What is lost on the way to gold counts like failing rows: limits, acceptance, a brand that lost all, whole files.
import assert from 'node:assert/strict';
import type { Manifest, RejectedFile } from '../../../src/engine/lake';
import type { Limit } from '../../../src/engine/model';
import { inputFindings } from '../../../src/engine/stages/validation/inputFindings';
import { column, table } from '../../support/model';

const BASE = { version: 1, date: '20241115', table: 'T', key: 'k', inputs: [] } as const;
const output = { path: 'x', bytes: 1, rows: 1 };

function raw(brand: string, records: number, rejected: number, other = 0): Manifest {
  const edge = { from: 'landing', to: 'raw', brand, in: records + other, out: records - rejected } as const;
  return {
    ...BASE,
    ...{ layer: 'raw', brand, output },
    edges: [{ ...edge, rejected, duplicates: 0, other: { header: other }, balanced: true }],
  };
}

function silver(brand: string, failed: number, values: number): Manifest {
  const edge = { from: 'raw', to: 'silver', brand, in: 1000, out: 1000 } as const;
  return {
    ...BASE,
    ...{ layer: 'silver', brand, output },
    edges: [{ ...edge, rejected: 0, duplicates: 0, balanced: true }],
    conversions: failed === 0 ? [] : [{ column: 'v', brand, failed, values, on_error: 'null', samples: [] }],
  };
}

interface Case {
  readonly raw?: readonly Manifest[];
  readonly silver?: readonly Manifest[];
  readonly maxRejected?: Limit;
  readonly maxFailed?: Limit;
  readonly errorThreshold?: number;
  readonly rejectedFiles?: readonly RejectedFile[];
}

function verdicts(of: Case): readonly string[] {
  const { maxRejected, maxFailed, errorThreshold = 5, rejectedFiles = [] } = of;
  const column_ = column('v', 'INTEGER', maxFailed === undefined ? {} : { maxFailed });
  return inputFindings({
    ...{ raw: of.raw ?? [], silver: of.silver ?? [], rejectedFiles, settings: { errorThreshold } },
    table: table('T', [column_], maxRejected === undefined ? {} : { maxRejected }),
  }).map(({ id, status, failing, evaluated, limit }) =>
    `${id} ${status} ${failing}/${evaluated} ${limit ?? ''}`.trim(),
  );
}

describe('findings about the input', () => {
  it('are none where nothing was lost, and lines that are no records do not count', () => {
    assert.deepEqual(verdicts({ raw: [raw('A', 100, 0, 900)], silver: [silver('A', 0, 0)] }), []);
    // 6 of 100 records, whatever else the file holds.
    assert.deepEqual(verdicts({ raw: [raw('A', 100, 6, 900)] }), [
      'rejected.raw.A failed 6/100 5% (ERROR_THRESHOLD)',
    ]);
  });

  it('warn up to ERROR_THRESHOLD and fail above it, brand by brand', () => {
    assert.deepEqual(verdicts({ raw: [raw('A', 100, 5), raw('B', 100, 6), raw('C', 10_000, 0)] }), [
      'rejected.raw.A warned 5/100 5% (ERROR_THRESHOLD)',
      'rejected.raw.B failed 6/100 5% (ERROR_THRESHOLD)',
    ]);
    assert.deepEqual(verdicts({ silver: [silver('A', 5, 100), silver('B', 6, 100)] }), [
      'conversion.v.A warned 5/100 5% (ERROR_THRESHOLD)',
      'conversion.v.B failed 6/100 5% (ERROR_THRESHOLD)',
    ]);
  });

  it('count the parts of a brand together', () => {
    assert.deepEqual(verdicts({ raw: [raw('A', 100, 0), { ...raw('A', 100, 10), part: 2 }] }), [
      'rejected.raw.A warned 10/200 5% (ERROR_THRESHOLD)',
    ]);
  });

  it('count the values that are there, not the rows', () => {
    assert.deepEqual(verdicts({ silver: [silver('A', 40, 40)] }), [
      'conversion.v.A failed 40/40 5% (ERROR_THRESHOLD)',
    ]);
  });

  it('take a stated limit instead: above it fails, within it warns', () => {
    const of = (maxRejected: Limit): readonly string[] => verdicts({ raw: [raw('A', 100, 3)], maxRejected });
    assert.deepEqual(of({ percent: 2 }), ['rejected.raw.A failed 3/100 2%']);
    assert.deepEqual(of({ percent: 3 }), ['rejected.raw.A warned 3/100 3%']);
    assert.deepEqual(of({ count: 2 }), ['rejected.raw.A failed 3/100 2']);
    assert.deepEqual(of({ count: 3 }), ['rejected.raw.A warned 3/100 3']);
    assert.deepEqual(of({ count: 0 }), ['rejected.raw.A failed 3/100 0']);
    assert.deepEqual(verdicts({ silver: [silver('A', 30, 100)], maxFailed: { percent: 50 } }), [
      'conversion.v.A warned 30/100 50%',
    ]);
  });

  it('pass where all that is lost is stated to be expected', () => {
    assert.deepEqual(verdicts({ silver: [silver('A', 100, 100)], maxFailed: { percent: 100 } }), [
      'conversion.v.A passed 100/100 100%',
    ]);
    assert.deepEqual(verdicts({ raw: [raw('A', 10, 10)], maxRejected: { percent: 100 } }), [
      'rejected.raw.A passed 10/10 100%',
    ]);
  });

  it('fail where a brand lost every row, whatever the limit', () => {
    const all = [raw('A', 3, 3)];
    assert.deepEqual(verdicts({ raw: all, errorThreshold: 100 }), [
      'rejected.raw.A failed 3/3 100% (ERROR_THRESHOLD)',
    ]);
    assert.deepEqual(verdicts({ raw: all, maxRejected: { count: 10 } }), ['rejected.raw.A failed 3/3 10']);
  });

  it('name a file that was rejected whole, ahead of rejected rows, and load the others', () => {
    const file: RejectedFile = {
      ...{ file: 'B_T_20241115.csv', date: '20241115', brand: 'B', table: 'T', code: 'NOT_CSV' },
      ...{ reason: 'It is an HTML page.', bytes: 1, sha256: 'x', kept: 'y' },
    };
    assert.deepEqual(verdicts({ raw: [raw('A', 100, 1)], rejectedFiles: [file] }), [
      'rejected.file.B.B_T_20241115.csv warned 0/0',
      'rejected.raw.A warned 1/100 5% (ERROR_THRESHOLD)',
    ]);
  });
});
