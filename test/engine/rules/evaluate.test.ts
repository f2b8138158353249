// Whole evaluations: statuses, limits, rows to keep out, metrics, and rules that go wrong.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { quoteIdentifier } from '../../../src/engine/base/duckdb';
import { isCancelled } from '../../../src/engine/model/errors';
import type { EvaluationRequest } from '../../../src/engine/rules';
import { bench, configOf, ruleOf, table, values, type Bench } from './workbench';

const T = table('T', { id: 'BIGINT', txt: 'VARCHAR', num: 'DOUBLE', ts: 'TIMESTAMP', d: 'DATE' }, ['id']);
const Other = table('Other', { code: 'VARCHAR', amount: 'DOUBLE' });
const config = configOf(T, Other);
const OTHERS = { Other: `(VALUES ('A', 1.5), ('B', 2.5)) o(code, amount)` };

/** n rows: id 1..n, num = id, txt 'a'. */
const numbered = (n: number): string =>
  `SELECT i AS id, 'a' AS txt, i::DOUBLE AS num, TIMESTAMP '2024-03-01' + INTERVAL (i) MINUTE AS ts, DATE '2024-03-01' AS d FROM range(1, ${n + 1}) t(i)`;

let b: Bench;
before(async () => {
  b = await bench(T, config, OTHERS);
});
after(() => b.close());

describe('statuses of findings and tables', () => {
  before(() => b.fill(numbered(100)));

  /** Rule that `failing` of the 100 rows break. */
  const breaking = (failing: number, more: Record<string, unknown> = {}) => ({
    rule: 'range',
    column: 'num',
    max: 100 - failing,
    ...more,
  });
  const cases: readonly (readonly [Record<string, unknown>, string, string, number, string?])[] = [
    // rule, finding, table, rejected, limit
    [breaking(0), 'passed', 'passed', 0, '5% (ERROR_THRESHOLD)'],
    [breaking(5), 'warned', 'warned', 5, '5% (ERROR_THRESHOLD)'],
    [breaking(6), 'failed', 'failed', 6, '5% (ERROR_THRESHOLD)'],
    [breaking(6, { on_fail: 'report' }), 'failed', 'warned', 0],
    [breaking(6, { error: '10%' }), 'warned', 'warned', 6, '10%'],
    [breaking(10, { error: '10%' }), 'warned', 'warned', 10, '10%'],
    [breaking(11, { error: '10%' }), 'failed', 'failed', 11, '10%'],
    [breaking(2, { error: 1 }), 'failed', 'failed', 2, '1 row'],
    [breaking(1, { error: 1 }), 'warned', 'warned', 1, '1 row'],
    [breaking(3, { warn: 3 }), 'passed', 'warned', 3, '3 rows'],
    [breaking(4, { warn: 3 }), 'warned', 'warned', 4, '3 rows'],
    [breaking(1, { on_fail: 'fail' }), 'failed', 'failed', 0, '0 rows'],
    [breaking(1, { on_fail: 'fail', error: 2 }), 'warned', 'warned', 0, '2 rows'],
    [breaking(3, { on_fail: 'fail', error: 2 }), 'failed', 'failed', 0, '2 rows'],
    [breaking(1, { severity: 'warning' }), 'warned', 'passed', 0],
    [breaking(10, { severity: 'warning' }), 'warned', 'passed', 0],
    [breaking(11, { severity: 'warning' }), 'warned', 'warned', 0],
    [breaking(11, { severity: 'warning', warn: '20%' }), 'passed', 'passed', 0, '20%'],
    [breaking(2, { severity: 'warning', warn: 1 }), 'warned', 'warned', 0, '1 row'],
    [breaking(2, { severity: 'warning', on_fail: 'reject' }), 'warned', 'warned', 2],
    [breaking(1, { severity: 'warning', on_fail: 'fail' }), 'failed', 'failed', 0],
    [breaking(100, { severity: 'info' }), 'passed', 'passed', 0],
    [breaking(100, { enabled: false }), 'skipped', 'passed', 0],
    [breaking(3, { where: 'id > 90' }), 'failed', 'failed', 3, '5% (ERROR_THRESHOLD)'],
    [{ rule: 'row_count', min: 100, max: 100 }, 'passed', 'passed', 0, '100 to 100 rows'],
    [{ rule: 'row_count', min: 101 }, 'failed', 'failed', 0, 'at least 101 rows'],
    [{ rule: 'row_count', min: 1001 }, 'failed', 'failed', 0, 'at least 1,001 rows'],
    [{ rule: 'row_count', max: 1 }, 'failed', 'failed', 0, 'at most 1 row'],
    [{ rule: 'row_count', min: 101, on_fail: 'report' }, 'failed', 'warned', 0],
    [{ rule: 'row_count', min: 101, severity: 'warning' }, 'warned', 'warned', 0],
    [{ rule: 'row_count', min: 101, severity: 'info' }, 'passed', 'passed', 0],
    [{ rule: 'no_gaps', column: 'id', where: 'id <> 50' }, 'failed', 'failed', 0, '0 rows'],
    [{ rule: 'no_gaps', column: 'id', where: 'id <> 50', on_fail: 'report' }, 'warned', 'warned', 0],
    [
      { rule: 'sql', query: 'SELECT txt, count(*) AS n FROM rows GROUP BY txt' },
      'failed',
      'failed',
      0,
      '0 rows',
    ],
    [{ rule: 'sql', query: 'SELECT _row FROM rows WHERE id = 7' }, 'warned', 'warned', 1],
    [
      { rule: 'sql', query: 'SELECT 5000 AS _row UNION ALL SELECT -1 UNION ALL SELECT 3' },
      'warned',
      'warned',
      1,
    ],
  ];
  for (const [json, finding, status, rejected, limit] of cases) {
    it(`${JSON.stringify(json)} is ${finding}, the table ${status}`, async () => {
      const evaluation = await b.run([ruleOf(json)]);
      assert.equal(
        evaluation.findings[0]?.message,
        json['enabled'] === false ? 'The rule is switched off.' : undefined,
      );
      assert.deepEqual(
        [evaluation.findings[0]?.status, evaluation.status, evaluation.rejected],
        [finding, status, rejected],
      );
      assert.equal((await b.rejects(evaluation)).length, rejected);
      if (limit !== undefined) assert.equal(evaluation.findings[0]?.limit, limit);
    });
  }

  it('adds rows of several rules up against the threshold of the table', async () => {
    // Three rules of 2% each on other rows: none exceeds 5%, together they do.
    const rules = [10, 30, 50].map((n) =>
      ruleOf({ id: `r${n}`, rule: 'expression', expression: `id NOT BETWEEN ${n} AND ${n + 1}` }),
    );
    const evaluation = await b.run(rules);
    assert.deepEqual(
      evaluation.findings.map((f) => f.status),
      ['warned', 'warned', 'warned'],
    );
    assert.deepEqual(
      [evaluation.status, evaluation.rejected, evaluation.brokenRows],
      ['failed', 6, { error: 6, warning: 0 }],
    );
    // The same rows three times are 2% of the table.
    const same = [1, 2, 3].map((n) => ruleOf({ id: `r${n}`, rule: 'expression', expression: 'id > 2' }));
    const one = await b.run(same);
    assert.deepEqual([one.status, one.rejected, one.brokenRows.error], ['warned', 2, 2]);
    assert.deepEqual((await b.rejects(one))[0], { _row: 0, rules: ['r1', 'r2', 'r3'] });
    assert.deepEqual(
      (await b.run(same, { settings: { errorThreshold: 1.9, warningThreshold: 10 } })).status,
      'failed',
    );
  });

  it('counts rows by severity and shows rule columns, key and origin of the first failing rows', async () => {
    const evaluation = await b.run([
      ruleOf({ id: 'e', rule: 'range', column: 'num', max: 98 }),
      ruleOf({
        id: 'w',
        rule: 'expression',
        expression: 'num < 97 OR num > 99',
        severity: 'warning',
        samples: 2,
      }),
      ruleOf({ id: 'i', rule: 'not_enum', column: 'txt', values: ['a'], severity: 'info', samples: 0 }),
    ]);
    assert.deepEqual(evaluation.brokenRows, { error: 2, warning: 3 });
    const [e, w, i] = evaluation.findings;
    assert.deepEqual(e?.samples, [
      { values: { num: 99, id: 99 }, file: 'x.csv', row: 99 },
      { values: { num: 100, id: 100 }, file: 'x.csv', row: 100 },
    ]);
    assert.deepEqual(
      w?.samples.map((s) => s.row),
      [97, 98],
    );
    assert.deepEqual([i?.failing, i?.samples, i?.failing_pct], [100, [], 100]);
    assert.deepEqual([e.config_line, e.rule, e.columns, e.evaluated], [7, 'range', ['num'], 100]);
    assert.deepEqual(await b.rejects(evaluation), [
      { _row: 98, rules: ['e'] },
      { _row: 99, rules: ['e'] },
    ]);
  });

  it('keeps more than sixty rules apart, and leaves no temporary tables behind', async () => {
    const rules = Array.from({ length: 130 }, (_, n) =>
      ruleOf({
        id: `rule '${n}'`,
        rule: 'expression',
        expression: `id NOT IN (${n % 100} + 1, 100)`,
        samples: 1,
      }),
    );
    const evaluation = await b.run(rules);
    assert.deepEqual(new Set(evaluation.findings.map((f) => f.failing)), new Set([2, 1]));
    const rejects = await b.rejects(evaluation);
    assert.equal(rejects.length, 100);
    assert.deepEqual(rejects[4]?.rules, ["rule '4'", "rule '104'"]);
    assert.equal(rejects[99]?.rules.length, 130);
    const left = await b.connection.rows(
      `SELECT table_name AS n FROM duckdb_tables() WHERE table_name LIKE '%broken%'`,
    );
    assert.deepEqual(left, []);
  });

  it('passes an empty table, and reports only the rules of this table', async () => {
    await b.fill(`${numbered(1)} LIMIT 0`);
    const evaluation = await b.run([
      ruleOf({ rule: 'not_null', column: 'id' }),
      ruleOf({ rule: 'references', column: 'txt', to: 'Other.code' }),
      ruleOf({ rule: 'stat', column: 'num', fn: 'mean', min: 1 }),
      ruleOf({ rule: 'not_null', column: 'id' }, 'Other'),
    ]);
    assert.deepEqual(
      evaluation.findings.map((f) => f.status),
      ['passed', 'passed', 'skipped'],
    );
    assert.deepEqual(
      [evaluation.status, evaluation.rejected, evaluation.rejectsTable],
      ['passed', 0, undefined],
    );
    await b.fill(numbered(100));
  });
});

describe('rules that cannot be evaluated', () => {
  before(() => b.fill(numbered(100)));

  it('tell their reason, fail the table by their severity, and leave the others alone', async () => {
    const rules = [
      ruleOf({ id: 'ok', rule: 'range', column: 'num', max: 99 }),
      ruleOf({ id: 'cast', rule: 'expression', expression: 'CAST(txt AS INTEGER) > 0' }),
      ruleOf({
        id: 'overflow',
        rule: 'expression',
        expression: 'abs(id) * 9000000000000000000 + id > 0',
        severity: 'warning',
      }),
      ruleOf({ id: 'filter', rule: 'not_null', column: 'id', where: 'CAST(txt AS INTEGER) > 0' }),
      ruleOf({ id: 'regex', rule: 'regex', column: 'txt', pattern: '(' }),
      ruleOf({ id: 'not_regex', rule: 'not_regex', column: 'txt', pattern: 'a)(b' }),
      ruleOf({ id: 'column', rule: 'not_null', column: 'nope' }),
      ruleOf({ id: 'kind', rule: 'nope' }),
      ruleOf({ id: 'guard', rule: 'expression', expression: 'a = (SELECT 1)' }),
      ruleOf({ id: 'query', rule: 'sql', query: "SELECT * FROM read_csv('/etc/passwd')" }),
      ruleOf({ id: 'cast2', rule: 'sql', query: 'SELECT CAST(txt AS INTEGER) AS _row FROM rows' }),
      ruleOf({ id: 'also', rule: 'unique', column: 'txt', severity: 'warning' }),
    ];
    const { findings, status, rejected } = await b.run(rules);
    assert.deepEqual(
      findings.map((f) => [f.id, f.status]),
      [
        ['ok', 'warned'],
        ...[
          'cast',
          'overflow',
          'filter',
          'regex',
          'not_regex',
          'column',
          'kind',
          'guard',
          'query',
          'cast2',
        ].map((id) => [id, 'error']),
        ['also', 'warned'],
      ],
    );
    assert.equal(status, 'failed');
    assert.equal(rejected, 1);
    for (const finding of findings.slice(1, -1)) assert.match(finding.message ?? '', /\w{4}/, finding.id);
    assert.match(findings[1]?.message ?? '', /Could not convert string/);
    assert.match(findings[6]?.message ?? '', /no column "nope"/);
    // Alone and without consequence for the load:
    assert.equal(
      (await b.run([ruleOf({ rule: 'not_null', column: 'nope', severity: 'warning' })])).status,
      'warned',
    );
    assert.equal(
      (await b.run([ruleOf({ rule: 'not_null', column: 'nope', severity: 'info' })])).status,
      'passed',
    );
  });

  it('keep the filter before the expression, whatever the values it leaves out', async () => {
    await b.fill(`${numbered(3)} UNION ALL SELECT 4, '12', 0, NULL, NULL`);
    const finding = await b.one({
      rule: 'expression',
      expression: 'CAST(txt AS INTEGER) > 20',
      where: "txt ~ '[0-9]+' -- digits",
    });
    assert.deepEqual([finding.message, finding.evaluated, finding.failing], [undefined, 1, 1]);
    await b.fill(numbered(100));
  });

  it('references: a missing table is an error for the same date and skipped for the latest', async () => {
    const none: Partial<EvaluationRequest> = { others: () => Promise.resolve(undefined) };
    const rules = [
      ruleOf({ id: 'same', rule: 'references', column: 'txt', to: 'Other.code' }),
      ruleOf({ id: 'latest', rule: 'references', column: 'txt', to: 'Other.code', at: 'latest' }),
      ruleOf({ id: 'own', rule: 'references', column: 'id', to: 'T.id' }),
      ruleOf({ id: 'sql', rule: 'sql', query: 'SELECT r.* FROM rows r ANTI JOIN Other ON txt = code' }),
      ruleOf({ id: 'reconcile', rule: 'reconcile', to: 'Other' }),
    ];
    const { findings } = await b.run(rules, none);
    assert.deepEqual(
      findings.map((f) => f.status),
      ['error', 'skipped', 'passed', 'error', 'error'],
    );
    assert.match(findings[0]?.message ?? '', /no gold of Other/);
    const asked: string[] = [];
    await b.run(rules.slice(0, 2), {
      others: (name, at) => {
        asked.push(`${name} ${at}`);
        return Promise.resolve(OTHERS.Other);
      },
    });
    assert.deepEqual(asked, ['Other same', 'Other latest']);
  });

  it('several references with filters and NULLs in one pass', async () => {
    await b.fill(
      `SELECT * FROM (VALUES (1,'A',1,NULL::TIMESTAMP,NULL::DATE),(2,'X',2,NULL,NULL),(3,NULL,3,NULL,NULL),(4,'Y',4,NULL,NULL)) v(id,txt,num,ts,d)`,
    );
    const { findings } = await b.run([
      ruleOf({ id: 'all', rule: 'references', column: 'txt', to: 'Other.code' }),
      ruleOf({ id: 'some', rule: 'references', column: 'txt', to: 'Other.code', where: 'id < 4' }),
      ruleOf({ id: 'amount', rule: 'references', column: 'num', to: 'Other.amount', severity: 'warning' }),
    ]);
    assert.deepEqual(
      findings.map((f) => [f.evaluated, f.failing]),
      [
        [4, 2],
        [3, 1],
        [4, 4],
      ],
    );
    await b.fill(numbered(100));
  });

  it('is cancelled by its signal and tidies up', async () => {
    const controller = new AbortController();
    const work = b.run([ruleOf({ rule: 'not_null', column: 'id' })], {
      signal: controller.signal,
      progress: () => controller.abort(),
    });
    await assert.rejects(work, (error) => isCancelled(error));
    assert.equal((await b.one({ rule: 'not_null', column: 'id' })).status, 'passed');
  });
});

describe('metrics', () => {
  before(() => b.fill(numbered(100)));

  const cases: readonly (readonly [Record<string, unknown>, string, unknown, Partial<EvaluationRequest>?])[] =
    [
      [{ rule: 'row_count', max: 10, where: 'id <= 10' }, 'passed', 10],
      [{ rule: 'stat', column: 'num', fn: 'mean', min: 50, max: 51 }, 'passed', 50.5],
      [{ rule: 'stat', column: 'num', fn: 'mean', max: 50 }, 'failed', 50.5],
      [{ rule: 'stat', column: 'num', fn: 'median', max: 50.5 }, 'passed', 50.5],
      [{ rule: 'stat', column: 'num', fn: 'stddev', max: 29.1 }, 'passed', 29.0114919759],
      [{ rule: 'stat', column: 'num', fn: 'sum', min: 5051 }, 'failed', 5050],
      [{ rule: 'stat', column: 'num', fn: 'min', min: 2 }, 'failed', 1],
      [{ rule: 'stat', column: 'num', fn: 'max', max: 100 }, 'passed', 100],
      [{ rule: 'stat', column: 'txt', fn: 'distinct_count', max: 1 }, 'passed', 1],
      [{ rule: 'stat', column: 'txt', fn: 'null_pct', max: 0 }, 'passed', 0],
      [{ rule: 'stat', column: 'num', fn: 'quantile', q: 0.9, max: 90 }, 'failed', 90.1],
      [{ rule: 'stat', column: 'ts', fn: 'max', max: '2024-03-01' }, 'failed', '2024-03-01 01:40:00'],
      [{ rule: 'stat', column: 'ts', fn: 'min', min: '2024-03-01' }, 'passed', '2024-03-01 00:01:00'],
      [{ rule: 'stat', column: 'num', fn: 'mean', min: 0, where: 'id > 1000' }, 'skipped', null],
      // The newest is 01:40 of the date; its end is 22 h 20 min later.
      [{ rule: 'freshness', column: 'ts', max_age: '22.5h' }, 'passed', 22.3333],
      [{ rule: 'freshness', column: 'ts', max_age: '22h' }, 'failed', 22.3333],
      [{ rule: 'freshness', column: 'ts', max_age: '22h' }, 'failed', 46.3333, { date: '20240302' }],
      [{ rule: 'freshness', column: 'd', max_age: '1d' }, 'passed', 24],
      [{ rule: 'freshness', column: 'ts', max_age: '3d', where: 'id > 1000' }, 'failed', null],
      [{ rule: 'schema' }, 'passed', '5 columns'],
      [{ rule: 'schema', columns: ['num', 'id'] }, 'passed', '5 columns'],
      [{ rule: 'schema', columns: ['num', 'id'], order: true }, 'failed', 'the order is id, num'],
      [{ rule: 'schema', columns: ['id', 'txt', 'num', 'ts'], exact: true }, 'failed', 'd is not expected'],
      [
        { rule: 'schema', types: { id: 'INT8', num: 'FLOAT', txt: 'TEXT' } },
        'failed',
        'num is DOUBLE, not FLOAT',
      ],
      [{ rule: 'reconcile', from: 'silver', to: 'gold' }, 'failed', 10],
      [{ rule: 'reconcile', from: 'silver', to: 'gold', tolerance: '10%' }, 'passed', 10],
      [{ rule: 'reconcile', from: 'silver', to: 'gold', tolerance: 9 }, 'failed', 10],
      [{ rule: 'reconcile', to: 'landing' }, 'failed', -20],
      [{ rule: 'reconcile', to: 'Other', where: 'id <= 2' }, 'passed', 0],
      [{ rule: 'reconcile', column: 'num', to: 'Other.amount', where: 'id = 4' }, 'passed', 0],
      [{ rule: 'reconcile', column: 'num', to: 'Other.amount' }, 'failed', 5046],
    ];
  for (const [json, status, observed, more] of cases)
    it(`${JSON.stringify(json)} is ${status}`, async () => {
      const finding = await b.one(json, {
        layers: { landing: 120, raw: 120, silver: 110, gold: 100 },
        ...more,
      });
      assert.deepEqual([finding.status, finding.observed, finding.failing], [status, observed, 0]);
      assert.deepEqual(finding.samples, []);
    });

  const past = (...days: number[]): Partial<EvaluationRequest> => ({
    history: (id, back) => {
      assert.equal(id, 'anomaly_1');
      assert.equal(back, 14);
      return Promise.resolve(
        days.map((value, i) => ({ date: `202402${20 + i}`, value, rows: value === 0 ? 0 : 100 })),
      );
    },
  });
  const anomalies: readonly (readonly [Record<string, unknown>, Partial<EvaluationRequest>, string])[] = [
    [{ metric: 'row_count' }, past(98, 99, 101, 102), 'passed'],
    [{ metric: 'row_count' }, past(1000, 1010, 990), 'failed'],
    [{ metric: 'row_count' }, past(98, 99), 'skipped'],
    [{ metric: 'row_count' }, past(98, 99, 0, 0, 0), 'skipped'],
    [{ metric: 'row_count' }, past(100, 100, 100), 'passed'],
    [{ metric: 'row_count' }, past(99.5, 99.5, 99.5), 'passed'],
    [{ metric: 'row_count' }, past(90, 90, 90), 'failed'],
    [{ metric: 'row_count', min_change: 12 }, past(90, 90, 90), 'passed'],
    [{ metric: 'row_count', max_change: '10%' }, past(80, 110, 80), 'failed'],
    [{ metric: 'row_count', max_change: '15%' }, past(80, 110, 80), 'passed'],
    [{ metric: 'mean', column: 'num' }, past(50, 51, 50.5), 'passed'],
    [{ metric: 'mean', column: 'num', where: 'id > 90' }, past(50, 51, 50.5), 'failed'],
    [{ metric: 'mean', column: 'num', where: 'id > 900' }, past(50, 51, 50.5), 'skipped'],
  ];
  for (const [json, more, status] of anomalies)
    it(`anomaly ${JSON.stringify(json)} is ${status}`, async () => {
      assert.equal((await b.one({ rule: 'anomaly', ...json }, more)).status, status);
    });

  it('never takes later dates or the date itself for history', async () => {
    const history: EvaluationRequest['history'] = () =>
      Promise.resolve(['20240301', '20240302', '20240303'].map((date) => ({ date, value: 1, rows: 1 })));
    assert.equal((await b.one({ rule: 'anomaly', metric: 'row_count' }, { history })).status, 'skipped');
  });
});

describe('sequences', () => {
  it('go by order and by group', async () => {
    await b.fill(
      values(
        ['id', 'txt', 'num', 'ts', 'd'],
        [
          ['1', `'a'`, '5', `TIMESTAMP '2024-03-01 03:00:00'`, 'NULL'],
          ['2', `'a'`, '1', `TIMESTAMP '2024-03-01 01:00:00'`, 'NULL'],
          ['3', `'b'`, '2', `TIMESTAMP '2024-03-01 02:00:00'`, 'NULL'],
          ['4', `'b'`, '9', `TIMESTAMP '2024-03-01 01:00:00'`, 'NULL'],
        ],
      ),
    );
    const failing = async (json: Record<string, unknown>) => (await b.one(json)).samples.map((s) => s.row);
    assert.deepEqual(await failing({ rule: 'monotonic', column: 'num', order: 'ts', by: ['txt'] }), [3]);
    assert.deepEqual(
      await failing({ rule: 'monotonic', column: 'num', order: 'ts', by: 'txt', direction: 'desc' }),
      [1],
    );
    assert.deepEqual(await failing({ rule: 'monotonic', column: 'num' }), [2]);
    assert.deepEqual(await failing({ rule: 'no_gaps', column: 'num', by: 'txt', step: 4 }), [4]);
    assert.deepEqual(await failing({ rule: 'no_gaps', column: 'num', order: 'id' }), [4]);
    assert.deepEqual(await failing({ rule: 'no_gaps', column: 'ts', step: '1 hour', by: '_brand' }), []);
  });

  it('without an order go by the records of each file', async () => {
    // Two files of two brands: 5 after 1 and 2 is no step back.
    await b.fill(`${numbered(1)} LIMIT 0`);
    await b.connection
      .run(`CREATE OR REPLACE TEMP VIEW two AS SELECT i - 1 AS _row, i AS id, 'a' AS txt, n AS num,
      NULL::TIMESTAMP AS ts, NULL::DATE AS d, f AS _brand, f AS _source_file, i AS _source_row, f AS brand_code
      FROM (VALUES (1, 5, 'x'), (2, 6, 'x'), (3, 1, 'y'), (4, 2, 'y'), (5, 0, 'y')) v(i, n, f)`);
    const finding = await b.one({ rule: 'monotonic', column: 'num' }, { relation: 'two' });
    assert.deepEqual(
      finding.samples.map((sample) => sample.values['id']),
      [5],
    );
  });
});

describe('hostile names', () => {
  const long = `long ${'é'.repeat(300)}`;
  const names = ['quo"te', "apo'stroph", '🦊 fox', 'a;b--c', 'select', '%s', '$1', long];
  const hostile = table('x"y', Object.fromEntries(names.map((name) => [name, 'VARCHAR'])), ['quo"te']);
  let h: Bench;
  before(async () => {
    h = await bench(hostile, configOf(hostile));
    await h.fill(values(names, [names.map(() => `'1'`), names.map(() => 'NULL'), names.map(() => `'x''"'`)]));
  });
  after(() => h.close());

  it('go through every level of rules', async () => {
    const rules = names.flatMap((name, i) => [
      ruleOf(
        {
          id: `n'${i}`,
          rule: 'not_null',
          column: name,
          where: `${quoteIdentifier(name)} IS NULL OR '%s' = '$1'`,
        },
        'x"y',
      ),
      ruleOf({ id: `e${i}`, rule: 'enum', column: name, values: ['1', 'x\'"'] }, 'x"y'),
      ruleOf({ id: `u${i}`, rule: 'unique', columns: [name, '_source_row'] }, 'x"y'),
      ruleOf({ id: `r${i}`, rule: 'references', column: name, to: `x"y.${name}` }, 'x"y'),
      ruleOf({ id: `s${i}`, rule: 'stat', column: name, fn: 'null_pct', min: 33, max: 34 }, 'x"y'),
      ruleOf({ id: `m${i}`, rule: 'monotonic', column: name, by: name, order: name }, 'x"y'),
      ruleOf({ id: `x${i}`, rule: 'expression', expression: `${quoteIdentifier(name)} <> '%s'` }, 'x"y'),
      ruleOf(
        {
          id: `q${i}`,
          rule: 'sql',
          query: `SELECT * FROM "x""y" WHERE ${quoteIdentifier(name)} = '%s'`,
          where: `'%s' <> ''`,
        },
        'x"y',
      ),
    ]);
    const { findings } = await h.run(rules);
    for (const finding of findings) {
      assert.equal(finding.message, undefined, finding.id);
      assert.equal(finding.failing, finding.id.startsWith('n') ? 1 : 0, finding.id);
      assert.equal(finding.status, finding.id.startsWith('n') ? 'failed' : 'passed', finding.id);
    }
    assert.deepEqual(findings[0]?.samples, [{ values: { 'quo"te': null }, file: 'x.csv', row: 2 }]);
  });
});

describe('rows to keep out, against a plain evaluation of each row', () => {
  type Row = { id: number | null; txt: string | null; num: number | null };
  type Naive = { json: Record<string, unknown>; breaks: (row: Row, all: readonly Row[]) => boolean };
  const text = fc.constantFrom('a', 'b', 'c', '', "o'k", 'A1', null);
  const row = fc.record({
    id: fc.option(fc.integer({ min: 0, max: 6 })),
    txt: text,
    num: fc.option(fc.integer({ min: -3, max: 3 })),
  });
  const kinds: readonly Naive[] = [
    { json: { rule: 'not_null', column: 'txt' }, breaks: (r) => r.txt === null },
    {
      json: { rule: 'range', column: 'num', min: -1, max: 1 },
      breaks: (r) => r.num !== null && Math.abs(r.num) > 1,
    },
    {
      json: { rule: 'enum', column: 'txt', values: ['a', "o'k"] },
      breaks: (r) => r.txt !== null && !['a', "o'k"].includes(r.txt),
    },
    { json: { rule: 'length', column: 'txt', min: 1 }, breaks: (r) => r.txt === '' },
    {
      json: { rule: 'regex', column: 'txt', pattern: '[a-z]' },
      breaks: (r) => r.txt !== null && !/^[a-z]$/.test(r.txt),
    },
    {
      json: { rule: 'unique', column: 'id' },
      breaks: (r, all) => r.id !== null && all.filter((o) => o.id === r.id).length > 1,
    },
    {
      json: { rule: 'references', column: 'txt', to: 'Other.code' },
      breaks: (r) => r.txt !== null && r.txt !== 'A' && r.txt !== 'B',
    },
    {
      json: { rule: 'compare', column: 'num', operator: '<', other_column: 'id' },
      breaks: (r) => r.num !== null && r.id !== null && !(r.num < r.id),
    },
    {
      json: { rule: 'expression', expression: "num > 0 OR txt = 'a'" },
      breaks: (r) => r.num !== null && r.num <= 0 && r.txt !== null && r.txt !== 'a',
    },
    { json: { rule: 'sql', query: 'SELECT * FROM rows WHERE num = 2' }, breaks: (r) => r.num === 2 },
  ];
  const filters: readonly (readonly [string | undefined, (row: Row) => boolean])[] = [
    [undefined, () => true],
    ['num > 0', (r) => r.num !== null && r.num > 0],
    ["txt <> 'b' -- not b", (r) => r.txt !== null && r.txt !== 'b'],
  ];
  const choice = fc.record({
    kind: fc.nat(kinds.length - 1),
    filter: fc.nat(filters.length - 1),
    rejects: fc.boolean(),
  });

  it('are the same, with all broken rules of each', async () => {
    const sql = (v: string | number | null): string =>
      v === null ? 'NULL' : typeof v === 'number' ? String(v) : `'${v.replaceAll("'", "''")}'`;
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 12 }),
        fc.array(choice, { minLength: 1, maxLength: 8 }),
        async (rows, choices) => {
          await b.fill(
            values(
              ['id', 'txt', 'num', 'ts', 'd'],
              rows.map((r) => [sql(r.id), sql(r.txt), sql(r.num), 'NULL', 'NULL']),
            ),
          );
          const made = choices.map(({ kind, filter, rejects }, i) => ({
            ...kinds[kind]!,
            filter: filters[filter]!,
            rejects,
            id: `r${i}`,
          }));
          const evaluation = await b.run(
            made.map(({ json, filter, rejects, id }) =>
              ruleOf({
                ...json,
                id,
                on_fail: rejects ? 'reject' : 'report',
                ...(filter[0] === undefined ? {} : { where: filter[0] }),
              }),
            ),
          );
          const broken = ({ breaks, filter }: (typeof made)[number], r: Row): boolean =>
            filter[1](r) && breaks(r, rows.filter(filter[1]));
          assert.deepEqual(
            evaluation.findings.map((f) => [f.evaluated, f.failing]),
            made.map((rule) => [
              rows.filter(rule.filter[1]).length,
              rows.filter((r) => broken(rule, r)).length,
            ]),
          );
          const expected = rows
            .map((r, i) => ({
              _row: i,
              rules: made.filter((rule) => rule.rejects && broken(rule, r)).map((rule) => rule.id),
            }))
            .filter(({ rules }) => rules.length > 0);
          assert.deepEqual(await b.rejects(evaluation), expected);
          assert.equal(evaluation.rejected, expected.length);
          assert.equal(
            evaluation.brokenRows.error,
            rows.filter((r) => made.some((rule) => broken(rule, r))).length,
          );
        },
      ),
      { numRuns: 60 },
    );
  });
});
