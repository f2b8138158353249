// The one verdict on a date: from reports, open failures, arrivals and the last run.
import assert from 'node:assert/strict';
import { dateVerdict } from '../../../src/engine/report';
import type { DateSummary, Report } from '../../../src/engine/model';
import { DEVICE, PLAYBACK, SUMMARY } from './reportFixture';

const none = { failures: [], broken: [] };
/** Reports of tables T0, T1, … that ended so. */
const of = (...statuses: readonly Report['status'][]): readonly Report[] =>
  statuses.map((status, i) => ({ ...DEVICE, table: `T${i}`, status }));
const slot = (
  table: string,
  brand: string,
  status: DateSummary['arrivals'][number]['status'],
  rows = 0,
): DateSummary['arrivals'][number] => ({ table, brand, status, files: [], rows });
const brief = (facts: Parameters<typeof dateVerdict>[0]): readonly string[] => {
  const { status, text } = dateVerdict(facts);
  return [status, text];
};

describe('the verdict on a date', () => {
  it('says how many tables failed and have warnings', () => {
    assert.deepEqual(brief({ reports: of('failed', 'warned', 'passed'), ...none }), [
      'failed',
      '1 of 3 tables failed, 1 has warnings.',
    ]);
    assert.deepEqual(brief({ reports: of('warned', 'warned'), ...none }), [
      'warned',
      '2 of 2 tables have warnings.',
    ]);
    assert.deepEqual(brief({ reports: of('passed'), ...none }), ['passed', 'The only table passed.']);
    assert.deepEqual(brief({ reports: [], ...none }), ['not validated', 'No table was validated.']);
  });

  it('counts a table whose step failed among the failed, whatever its report from before says', () => {
    assert.deepEqual(brief({ reports: of('passed', 'passed'), ...none, failures: [{ table: 'T1' }] }), [
      'failed',
      '1 of 2 tables failed.',
    ]);
    const { tables, counts } = dateVerdict({ reports: of('passed'), ...none, failures: [{ table: 'Z' }] });
    assert.deepEqual(
      tables.map(({ table, status }) => [table, status]),
      [
        ['T0', 'passed'],
        ['Z', 'failed'],
      ],
    );
    assert.deepEqual(counts, { failed: 1, 'not validated': 0, missing: 0, warned: 0, passed: 1 });
  });

  it('fails for a file that was rejected whole, though no step did', () => {
    assert.deepEqual(
      brief({ reports: of('passed'), ...none, failures: [{ table: 'T0', rejected_file: 'a.csv' }] }),
      ['failed', '1 of 1 table failed, 1 file was rejected.'],
    );
  });

  it('fails for a report that cannot be read', () => {
    assert.deepEqual(brief({ reports: of('passed'), ...none, broken: [{ table: 'T1' }] }), [
      'failed',
      '1 of 2 tables failed, 1 report cannot be read.',
    ]);
    assert.equal(
      dateVerdict({ reports: of('passed'), ...none, broken: [{}] }).status,
      'failed',
      'the summary',
    );
  });

  it('warns of expected files that are missing, and does not say that all passed', () => {
    const summary = {
      tables: [],
      arrivals: [slot('T0', 'A', 'arrived', 5), slot('T0', 'B', 'missing'), slot('T1', 'A', 'missing')],
    };
    const verdict = dateVerdict({ reports: of('passed'), ...none, summary });
    assert.deepEqual(
      [verdict.status, verdict.text],
      ['warned', '1 of 2 tables passed, 2 expected files are missing.'],
    );
    assert.equal(verdict.tables[1]?.status, 'missing');
    assert.deepEqual(verdict.files, { expected: 3, complete: 1, missing: 2, rejected: 0 });
  });

  it('has no slot arrive in full of which a file was rejected', () => {
    const { arrivals, files } = dateVerdict({
      reports: of('passed'),
      ...none,
      failures: [{ table: 'T0', brand: 'A', rejected_file: 'a.csv' }],
      summary: { tables: [], arrivals: [slot('T0', 'A', 'arrived', 5), slot('T0', 'B', 'arrived', 5)] },
    });
    assert.deepEqual(
      arrivals.map(({ status }) => status),
      ['incomplete', 'arrived'],
    );
    assert.deepEqual(files, { expected: 2, complete: 1, missing: 0, rejected: 1 });
  });

  it('knows a run that did not come to its end, and a date of which some tables were not validated', () => {
    const reports = of('passed', 'passed');
    assert.deepEqual(brief({ reports, ...none, run: { status: 'interrupted' } }), [
      'unfinished',
      'All 2 tables passed, the last run was interrupted.',
    ]);
    assert.equal(dateVerdict({ reports, ...none, run: { status: 'cancelled' } }).status, 'unfinished');
    assert.equal(dateVerdict({ reports, ...none, run: { status: 'running' } }).status, 'passed');
    const summary = { tables: [], arrivals: [slot('T2', 'A', 'arrived', 3)] };
    assert.deepEqual(brief({ reports, ...none, summary }), [
      'unfinished',
      '2 of 3 tables passed, 1 was not validated.',
    ]);
  });

  it('adds up rows of every table, those of a table without a report as raw has them', () => {
    const { rows } = dateVerdict({ reports: [DEVICE, PLAYBACK], ...none });
    assert.deepEqual(rows.landing, DEVICE.rows.landing + PLAYBACK.rows.landing);
    const verdict = dateVerdict({
      reports: [DEVICE],
      ...none,
      failures: [{ table: 'Playback' }],
      summary: {
        ...SUMMARY,
        arrivals: [slot('Playback', 'A', 'arrived', 40), slot('Playback', 'B', 'arrived', 2)],
      },
    });
    assert.equal(verdict.rows.landing, DEVICE.rows.landing + 42);
    assert.equal(verdict.rows.loaded, DEVICE.rows.loaded);
  });
});
