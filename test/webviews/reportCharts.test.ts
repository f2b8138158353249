// The arithmetic of the report's charts: scales, gaps, series, bars, and the way of the arrow keys.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { RejectCount, TrendPoint } from '../../src/shared/reportApi';
import { labelled, linear, path, segments, ticks, usualStep } from '../../src/webviews/report/charts/scale';
import { dayNumber } from '../../src/shared/dates';
import {
  rateSummary,
  reasonWords,
  rejectBars,
  rejectSummary,
  rowsSummary,
  ruleTrends,
  spanWords,
  tableTrends,
  worstRules,
} from '../../src/webviews/report/charts/series';
import { neighbour, type Point } from '../../src/webviews/report/charts/walk';

describe('scales of charts', () => {
  it('gives round ticks that reach the highest value', () => {
    assert.deepEqual(ticks(2.8, 3), [0, 1, 2, 3]);
    assert.deepEqual(ticks(0.07, 3), [0, 0.05, 0.1]);
    assert.deepEqual(ticks(7034, 3), [0, 5000, 10000]);
    assert.deepEqual(ticks(2, 3, true), [0, 1, 2]);
    for (const none of [0, -1, NaN, Infinity]) assert.deepEqual(ticks(none, 3), [0, 1]);
  });

  it('has few ticks, ascending, whatever the value', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1e15, noNaN: true }), fc.boolean(), (most, whole) => {
        const found = ticks(most, 3, whole);
        assert.equal(found[0], 0);
        assert.ok((found.at(-1) ?? 0) >= most * (1 - 1e-9));
        assert.ok(found.length >= 2 && found.length <= 8, String(found.length));
        assert.ok(found.every((tick, i) => i === 0 || tick > (found[i - 1] ?? 0)));
        if (whole) assert.ok(found.every((tick) => Number.isInteger(tick)));
      }),
    );
  });

  it('maps a domain onto a range, one value to its middle', () => {
    assert.deepEqual([0, 5, 10].map(linear([0, 10], [100, 0])), [100, 50, 0]);
    assert.equal(linear([3, 3], [0, 100])(3), 50);
  });

  it('labels marks that stand clear of each other, the last always', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 10, max: 120 }),
        (raw, width) => {
          const positions = raw.toSorted((a, b) => a - b);
          const right = positions.at(-1) ?? 0;
          const chosen = labelled(positions, width, right);
          assert.equal(chosen.at(-1), positions.length - 1);
          const lefts = chosen.map((i, k) =>
            k === chosen.length - 1 ? right - width : (positions[i] ?? 0) - width / 2,
          );
          for (const [k, left] of lefts.entries())
            if (k > 0) assert.ok((lefts[k - 1] ?? 0) + width <= left, String(positions));
        },
      ),
    );
    assert.deepEqual(labelled([], 60, 0), []);
  });

  it('counts days over the ends of months and years', () => {
    assert.equal(dayNumber('20250101') - dayNumber('20241231'), 1);
    assert.equal(dayNumber('20240301') - dayNumber('20240228'), 2);
    assert.ok(Number.isNaN(dayNumber('soon')));
  });

  it('breaks lines at missing values and at gaps, not at the usual step', () => {
    const runs = (
      ...marks: readonly (readonly [number, number | null])[]
    ): readonly (readonly number[])[] => {
      const list = marks.map(([day, value]) => ({ day, value }));
      return segments(list, usualStep(list.map((mark) => mark.day))).map((run) =>
        run.map((mark) => mark.day),
      );
    };
    assert.deepEqual(runs([1, 5], [2, 6], [5, 7], [6, 8]), [
      [1, 2],
      [5, 6],
    ]);
    assert.deepEqual(runs([1, 5], [2, null], [3, 7]), [[1], [3]]);
    assert.deepEqual(runs([1, 5], [8, 6], [15, 7]), [[1, 8, 15]]);
    // Days close to each other: the hole alone breaks the line.
    assert.deepEqual(runs([1, 5], [11, 6], [21, 7], [22, null], [23, 7]), [[1, 11, 21], [23]]);
    assert.deepEqual(runs(), []);
    assert.deepEqual(runs([1, null]), []);
  });

  it('writes paths', () =>
    assert.equal(
      path([
        [0, 1.26],
        [2, 3],
      ]),
      'M0 1.3L2 3',
    ));
});

const point = (date: string, gold: number, failing: Readonly<Record<string, number>>): TrendPoint => ({
  date,
  tables: [{ table: 'Playback', status: 'passed', gold, rejected: 1, failing }],
});
const TREND: readonly TrendPoint[] = [
  point('20241113', 10, { a: 5, b: 0, gone: 1 }),
  { date: '20241114', tables: [] },
  point('20241115', 30, { a: 0.5, b: 0, new: 2 }),
];

describe('series of the trend', () => {
  it('puts the worst rules of the last date first, and leaves out what never failed', () => {
    const rules = ruleTrends(TREND);
    assert.deepEqual(
      rules.map((rule) => rule.rule),
      ['new', 'a', 'b', 'gone'],
    );
    assert.deepEqual(
      worstRules(rules, 5).map((rule) => rule.rule),
      ['new', 'a', 'gone'],
    );
    assert.equal(worstRules(rules, 1).length, 1);
  });

  it('has a hole where a date tells nothing of a rule', () => {
    const a = ruleTrends(TREND).find((rule) => rule.rule === 'a');
    assert.deepEqual(
      a?.marks.map((mark) => mark.value),
      [5, null, 0.5],
    );
    assert.deepEqual(
      ruleTrends([point('20241115', 1, { toString: 3 })]).map((rule) => [rule.rule, rule.last]),
      [['toString', 3]],
    );
    assert.deepEqual(
      tableTrends(TREND)[0]?.gold.map((mark) => mark.value),
      [10, null, 30],
    );
  });

  it('says in words what is drawn', () => {
    assert.equal(
      rateSummary(worstRules(ruleTrends(TREND), 2), TREND),
      'Failing rows in percent, 3 dates from 2024-11-13 to 2024-11-15. Playback: new: 2% on the last date, at most 2%. Playback: a: 0.5% on the last date, at most 5%.',
    );
    assert.equal(
      rowsSummary(tableTrends(TREND)[0]!, TREND),
      'Playback, 3 dates from 2024-11-13 to 2024-11-15: rows of gold 10 to 30, 30 last; rejected rows 1 to 1, 1 last.',
    );
    assert.equal(spanWords([]), 'no dates');
    assert.equal(spanWords(TREND.slice(0, 1)), '2024-11-13');
  });
});

describe('bars of the rejects', () => {
  const count = (
    what: string,
    brand: string,
    rows: number,
    more: Partial<RejectCount> = {},
  ): RejectCount => ({
    stage: 'gold-to-snowflake',
    table: 'Playback',
    kind: 'rule',
    columns: [],
    ...more,
    what,
    brand,
    rows,
  });
  const COUNTS = [
    count('x', 'Skylink', 5),
    count('x', 'Diveo', 2),
    count('y', 'Diveo', 1),
    count('CONVERSION_FAILED', 'Diveo', 9, { kind: 'code', columns: ['price'], stage: 'raw-to-silver' }),
    count('x', 'Diveo', 1, { table: 'Device' }),
  ];

  it('stacks brands, most rows first, and counts what finds no room', () => {
    const bars = rejectBars(COUNTS, 2);
    assert.deepEqual(bars.brands, ['Diveo', 'Skylink']);
    assert.deepEqual(
      bars.bars.map((bar) => [bar.table, bar.name, bar.total, bar.parts]),
      [
        ['Playback', 'conversion failed: price', 9, [9, 0]],
        ['Playback', 'x', 7, [2, 5]],
      ],
    );
    assert.deepEqual(bars.bars[0]?.reason, {
      stage: 'raw-to-silver',
      kind: 'code',
      what: 'CONVERSION_FAILED',
      columns: ['price'],
    });
    assert.deepEqual(bars.others, { reasons: 2, rows: 2 });
    assert.equal(
      rejectSummary(bars),
      '18 rejections for 4 reasons in 2 brands. Most: Playback: conversion failed: price 9; Playback: x 7.',
    );
  });

  it('loses no row', () => {
    const all = rejectBars(COUNTS, Infinity);
    assert.equal(
      all.bars.reduce((sum, bar) => sum + bar.total, 0),
      COUNTS.reduce((sum, one) => sum + one.rows, 0),
    );
    for (const bar of all.bars)
      assert.equal(
        bar.total,
        bar.parts.reduce((a, b) => a + b, 0),
      );
    assert.deepEqual(rejectBars([], 5), { brands: [], bars: [], others: { reasons: 0, rows: 0 } });
  });

  it('names reasons', () => {
    assert.equal(reasonWords(count('my_rule', 'x', 1, { columns: ['a'] })), 'my_rule');
    assert.equal(reasonWords(count('TOO_MANY_FIELDS', 'x', 1, { kind: 'code' })), 'too many fields');
  });
});

describe('the way of the arrow keys', () => {
  const at = (x: number, series: number): Point => ({ x, y: 0, series, shape: 'circle', label: '' });
  const points = [at(0, 0), at(10, 0), at(20, 0), at(1, 2), at(19, 2)];
  const cases: readonly (readonly [number, string, number | undefined])[] = [
    [0, 'ArrowRight', 1],
    [2, 'ArrowRight', undefined],
    [0, 'ArrowLeft', undefined],
    [1, 'ArrowLeft', 0],
    [2, 'ArrowDown', 4],
    [0, 'ArrowDown', 3],
    [3, 'ArrowDown', undefined],
    [3, 'ArrowUp', 0],
    [1, 'Home', 0],
    [1, 'End', 2],
    [1, 'a', undefined],
    [9, 'Home', undefined],
  ];
  for (const [from, key, to] of cases)
    it(`${key} from ${from} leads to ${to}`, () => assert.equal(neighbour(points, from, key), to));
});
