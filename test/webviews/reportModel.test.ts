// What the report's page works out of a document: order, filter, flow, matrix, kept state.
import assert from 'node:assert/strict';
import { readingRows } from '../../src/shared/words';
import type { DateDocument, Finding } from '../../src/shared/reportApi';
import { cut, oneLine, pieces } from '../../src/webviews/report/text';
import {
  arrivalMatrix,
  conversionFailure,
  findingsOf,
  findingSubjects,
  flowLinks,
  isEmpty,
  isFailure,
  NO_FILTER,
  passes,
  reasonSubjects,
  rejectsOf,
  tableOfFile,
  type Filter,
} from '../../src/webviews/report/model';
import { NEW_STATE, readState, withOpen } from '../../src/webviews/report/state';
import { DEVICE, HOSTILE, PLAYBACK, SUMMARY } from '../engine/report/reportFixture';

/** A date whose summary cannot be read. */
const BARE: DateDocument = {
  date: '20241115',
  reports: [DEVICE, PLAYBACK],
  broken: [],
  failures: [],
  rejects: [
    { stage: 'silver-to-gold', table: 'Playback', path: '/r/gold.parquet', rows: 3 },
    { stage: 'gold-to-snowflake', table: 'Playback', path: '/r/rules.parquet', rows: 12 },
  ],
  files: { summary: '/s', rules: '/v', schemas: '/t' },
};
const DOCUMENT: DateDocument = { ...BARE, summary: SUMMARY };
const finding = (more: Partial<Finding>): Finding => ({ ...PLAYBACK.findings[0]!, ...more });
const withFindings = (...findings: readonly Finding[]): DateDocument => ({
  ...DOCUMENT,
  reports: [{ ...PLAYBACK, findings }],
});

describe('the model of the report page', () => {
  it('sorts findings by state, then severity, then share, and keeps the order of equals', () => {
    const list = [
      finding({ id: 'ok' }),
      finding({ id: 'warned-little', status: 'warned', failing_pct: 1 }),
      finding({ id: 'warned-info', status: 'warned', severity: 'info', failing_pct: 90 }),
      finding({ id: 'failed', status: 'failed', failing_pct: 2 }),
      finding({ id: 'warned-much', status: 'warned', failing_pct: 5 }),
      finding({ id: 'skipped', status: 'skipped' }),
      finding({ id: 'error', status: 'error' }),
      finding({ id: 'ok-2' }),
    ];
    assert.deepEqual(
      findingsOf(withFindings(...list)).map((one) => one.finding.id),
      ['error', 'failed', 'warned-much', 'warned-little', 'warned-info', 'skipped', 'ok', 'ok-2'],
    );
  });

  it('gives findings keys that differ, even where ids repeat', () => {
    const keys = findingsOf(withFindings(finding({ id: 'x' }), finding({ id: 'x' }))).map((one) => one.key);
    assert.equal(new Set(keys).size, 2);
    assert.deepEqual(
      keys,
      findingsOf(withFindings(finding({ id: 'x' }), finding({ id: 'x' }))).map((one) => one.key),
    );
  });

  describe('the filter', () => {
    const shown = (filter: Partial<Filter>): readonly string[] =>
      findingsOf(DOCUMENT)
        .filter((one) => passes(one, { ...NO_FILTER, ...filter }))
        .map((one) => one.finding.id);
    it('shows all without one', () => assert.equal(shown({}).length, PLAYBACK.findings.length));
    it('finds words in any order, without case, in id, column, kind and message', () => {
      assert.deepEqual(shown({ text: 'PLAUSIBLE duration' }), ['duration_plausible']);
      assert.deepEqual(shown({ text: 'anomaly' }), ['volume']);
      assert.deepEqual(shown({ text: 'no number' }), ['bad_sql']);
      assert.deepEqual(shown({ text: 'playback duration nothing-like-it' }), []);
    });
    it('joins its parts', () => {
      assert.deepEqual(shown({ status: 'error' }), ['bad_sql']);
      assert.deepEqual(shown({ severity: 'warning' }), ['median_length']);
      assert.deepEqual(shown({ severity: 'warning', status: 'passed' }), []);
      assert.deepEqual(shown({ table: 'Device' }), []);
    });
    it('takes text as text', () => assert.deepEqual(shown({ text: '.*' }), []));
  });

  it('leads technical checks and rules to the rejects of their own stage', () => {
    const path = (rule: string): string | undefined =>
      rejectsOf(DOCUMENT.rejects, { key: '', table: 'Playback', finding: finding({ rule }) })?.path;
    assert.equal(path('range'), '/r/rules.parquet');
    assert.equal(path('technical.primary_key'), '/r/gold.parquet');
    assert.equal(rejectsOf(DOCUMENT.rejects, { key: '', table: 'Device', finding: finding({}) }), undefined);
  });

  it('tells how each file was read, and nothing where reports are older', () => {
    const file = { file: 'a.csv', encoding: 'windows-1250', confidence: 0.94, delimiter: '\t', header: 2 };
    const read = { ...PLAYBACK, files: [{ ...file, brand: 'Skylink', records: 12_345, rejected: 0 }] };
    assert.deepEqual(readingRows([DEVICE, read]), [
      [
        'Playback',
        'Skylink',
        'a.csv',
        'windows-1250 (94 % sure), delimiter "\\t", header of 2 records',
        '12,345',
      ],
    ]);
  });

  it('adds the edges of all brands up, and says where there are none', () => {
    const links = flowLinks({
      ...PLAYBACK,
      edges: [...PLAYBACK.edges, { ...PLAYBACK.edges[0]!, brand: 'Diveo', rejected: 5, balanced: false }],
    });
    assert.deepEqual(
      links.map((link) => [link.from, link.to, link.rejected, link.duplicates, link.other, link.balanced]),
      [
        ['landing', 'raw', 20, 0, 6, false],
        ['raw', 'silver', 0, 0, 0, null],
        ['silver', 'gold', 0, 9, 0, false],
        ['gold', 'accepted', 0, 0, 0, null],
        ['accepted', 'loaded', 0, 0, 0, null],
      ],
    );
  });

  it('says that a link adds up where every edge of it does', () => {
    assert.equal(flowLinks(PLAYBACK)[0]?.balanced, true);
  });

  it('puts arrivals into a matrix, with holes for what is not expected', () => {
    const matrix = arrivalMatrix(SUMMARY.arrivals.slice(0, 3));
    assert.deepEqual(matrix.brands, ['Skylink', 'Diveo']);
    assert.deepEqual(
      matrix.rows.map((row) => [row.table, ...row.cells.map((cell) => cell?.status)]),
      [
        ['Playback', 'arrived', 'missing'],
        ['Device', 'arrived', undefined],
      ],
    );
  });

  it('knows a date that was not run from one whose report is broken', () => {
    const nothing: DateDocument = { ...BARE, reports: [] };
    assert.equal(isEmpty(nothing), true);
    assert.equal(isEmpty({ ...nothing, broken: [{ path: '/x', message: 'm', remedy: 'r' }] }), false);
    assert.equal(isEmpty(DOCUMENT), false);
  });
});

describe('the kept state of the report page', () => {
  it('comes back as it was kept', () => {
    const state = withOpen(
      { ...NEW_STATE, date: '20241115', rule: ['T', 'r'], scroll: 120, anchor: ['k', -3] },
      'a',
      true,
    );
    assert.deepEqual(readState(structuredClone(state)), state);
    assert.deepEqual(withOpen(withOpen(state, 'b', true), 'b', false), state);
    assert.deepEqual(withOpen(state, 'a', true).open, ['a']);
  });
  for (const kept of [
    undefined,
    null,
    7,
    'text',
    [],
    {},
    { version: 2, date: 'x' },
    { version: 1, open: 'a', filter: null, rule: ['one'], scroll: -3, date: 9, anchor: ['k'] },
    { version: 1, open: [1, null], filter: { status: 'great', text: 5 }, rule: {}, scroll: NaN },
  ])
    it(`starts anew from ${JSON.stringify(kept)}`, () => assert.deepEqual(readState(kept), NEW_STATE));
});

describe('where failures lead', () => {
  const reason = {
    stage: 'raw-to-silver',
    kind: 'code',
    what: 'CONVERSION_FAILED',
    columns: ['price'],
  } as const;

  it('stops at a rule, and for a technical check at the step that makes it', () => {
    assert.deepEqual(findingSubjects({ table: 'T', finding: finding({ id: 'a', rule: 'range' }) }), {
      debug: { table: 'T', rule: 'a' },
      test: { table: 'T', failure: { kind: 'rule', id: 'a' } },
    });
    const check = finding({ id: 'technical.primary_key', rule: 'technical.primary_key' });
    assert.deepEqual(findingSubjects({ table: 'T', finding: check }), {
      debug: { table: 'T', stage: 'silver-to-gold' },
      test: { table: 'T', failure: { kind: 'rule', id: 'technical.primary_key' } },
    });
  });

  it('stops at the column of values that did not convert, and nowhere for rejected rows', () => {
    const of = (rule: string, columns: readonly string[]): Parameters<typeof findingSubjects>[0] => ({
      table: 'T',
      finding: { ...finding({ id: 'x', rule }), columns, config_line: 0 },
    });
    assert.deepEqual(findingSubjects(of('conversion', ['v'])), {
      debug: { table: 'T', stage: 'raw-to-silver', column: 'v' },
      test: { table: 'T', failure: { kind: 'conversion', column: 'v' } },
    });
    assert.equal(findingSubjects(of('rejected', [])), undefined);
  });

  it('stops at the column of a conversion, and at the stage of any other code', () => {
    assert.deepEqual(reasonSubjects('T', reason), {
      debug: { table: 'T', stage: 'raw-to-silver', column: 'price' },
      test: { table: 'T', failure: { kind: 'reject', code: 'CONVERSION_FAILED', column: 'price' } },
    });
    const line = { ...reason, stage: 'landing-to-raw', what: 'TOO_FEW_FIELDS', columns: [] } as const;
    assert.deepEqual(reasonSubjects('T', line), {
      debug: { table: 'T', stage: 'landing-to-raw' },
      test: { table: 'T', failure: { kind: 'reject', code: 'TOO_FEW_FIELDS' } },
    });
    const key = { ...reason, stage: 'silver-to-gold', what: 'KEY_MISSING', columns: ['id'] } as const;
    assert.deepEqual(reasonSubjects('T', key).debug, { table: 'T', stage: 'silver-to-gold' });
    const rule = { ...reason, stage: 'gold-to-snowflake', kind: 'rule', what: 'r', columns: [] } as const;
    assert.deepEqual(reasonSubjects('T', rule), {
      debug: { table: 'T', rule: 'r' },
      test: { table: 'T', failure: { kind: 'rule', id: 'r' } },
    });
  });

  it('finds a value that did not convert where its row is told', () => {
    assert.deepEqual(conversionFailure({ column: 'c', on_error: 'null' }), {
      kind: 'conversion',
      column: 'c',
    });
    assert.deepEqual(conversionFailure({ column: 'c', on_error: 'reject' }), {
      kind: 'reject',
      code: 'CONVERSION_FAILED',
      column: 'c',
    });
  });

  it('offers nothing where nothing is wrong', () => {
    const wrong = (more: Partial<Finding>): boolean => isFailure(finding({ failing: 0, ...more }));
    assert.deepEqual(
      (['passed', 'skipped', 'warned', 'failed', 'error'] as const).map((status) => wrong({ status })),
      [false, false, true, true, true],
    );
    assert.equal(wrong({ status: 'passed', failing: 1 }), true);
  });

  it('knows the table of a file that was expected', () => {
    const [arrival] = SUMMARY.arrivals.filter(({ files }) => files.length > 0);
    assert.ok(arrival !== undefined);
    assert.equal(tableOfFile(DOCUMENT, arrival.files[0] ?? ''), arrival.table);
    assert.equal(tableOfFile(DOCUMENT, 'nobody.csv'), undefined);
    assert.equal(tableOfFile(BARE, arrival.files[0] ?? ''), undefined);
  });
});

describe('text of unknown origin', () => {
  it('shows what would act, and leaves the rest as it is', () => {
    assert.equal(
      pieces(HOSTILE)
        .map((piece) => piece.text)
        .join(''),
      `<script>alert('x')</script>\\x1b[31mred\\x07\n"next" & \\u202ebackwards 👩‍👩‍👧 Ω \\ud800`,
    );
    assert.deepEqual(
      pieces(HOSTILE)
        .filter((piece) => piece.escape)
        .map((piece) => piece.text),
      ['\\x1b', '\\x07', '\\u202e', '\\ud800'],
    );
    assert.deepEqual(pieces(''), []);
  });
  it('puts lines and tabs on one line where there is one only', () => {
    assert.equal(oneLine('a\tb\r\nc\u0000'), 'a b ⏎ c\\x00');
  });
  it('cuts long text between characters', () => {
    assert.deepEqual(cut('abc', 3), { shown: 'abc', more: 0 });
    assert.deepEqual(cut('abcd', 3), { shown: 'abc', more: 1 });
    assert.deepEqual(cut('ab😀d', 3), { shown: 'ab', more: 3 });
    assert.deepEqual(cut('', 0), { shown: '', more: 0 });
  });
});
