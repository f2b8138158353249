// Lines over dates with their axes, broken where a date is missing.
import { isoDate } from '../../../shared/dates';
import { formatCount } from '../../../shared/words';
import { svg } from '../dom';
import { withPoints } from './points';
import { labelled, linear, path, round, segments, ticks, usualStep } from './scale';
import type { DateMark, Series } from './series';
import { DASHES, SHAPES, type Point } from './walk';

export interface LineChart {
  readonly width: number;
  readonly height: number;
  readonly series: readonly Series[];
  /** Bars under the lines on the same dates, with a scale of their own at the bottom. */
  readonly bars?: Series;
  readonly format: (value: number) => string;
  readonly whole: boolean;
  /** A sentence that says what is seen. */
  readonly summary: string;
}

const LEFT = 52;
const RIGHT = 14;
const TOP = 10;
const BOTTOM = 22;
const BAR_HEIGHT = 34;
/** Of a date in the size of the axis. */
const LABEL_WIDTH = 66;

/** The chart; its lines are one image with a summary, its points can be visited one by one. */
export function lineChart(chart: LineChart): HTMLElement {
  const { width, height, series, bars, format, whole, summary } = chart;
  const days = (series[0] ?? bars)?.marks ?? [];
  const step = usualStep(days.map((mark) => mark.day));
  const x = linear([days[0]?.day ?? 0, days.at(-1)?.day ?? 0], [LEFT + 6, width - RIGHT - 6]);
  const strip = bars === undefined ? 0 : BAR_HEIGHT + 14;
  const floor = height - BOTTOM - strip;
  const scale = ticks(highest(series), 3, whole);
  const y = linear([0, scale.at(-1) ?? 1], [floor, TOP]);
  const points: Point[] = [];

  const drawn = svg('g', { role: 'img', 'aria-label': summary });
  for (const value of scale)
    drawn.append(
      svg('line', { class: 'grid', x1: LEFT, x2: width - RIGHT, y1: round(y(value)), y2: round(y(value)) }),
      tick(y(value), short(value, format)),
    );
  for (const i of labelled(
    days.map((day) => x(day.day)),
    LABEL_WIDTH,
    width - RIGHT,
  )) {
    const day = days[i];
    if (day === undefined) continue;
    const last = i === days.length - 1;
    drawn.append(
      svg(
        'text',
        {
          class: 'tick',
          x: round(last && days.length > 1 ? width - RIGHT : x(day.day)),
          y: height - 6,
          'text-anchor': last && days.length > 1 ? 'end' : 'middle',
        },
        isoDate(day.date),
      ),
    );
  }
  for (const [i, one] of series.entries()) {
    for (const run of segments(one.marks, step))
      drawn.append(
        svg('path', {
          class: `line series-${i}`,
          'stroke-dasharray': DASHES[i % DASHES.length] ?? 'none',
          d: path(run.map((mark) => [x(mark.day), y(mark.value ?? 0)])),
        }),
      );
    points.push(...pointsOf(one, i, (mark, value) => [round(x(mark.day)), round(y(value))], format));
  }
  if (bars !== undefined) {
    const base = height - BOTTOM;
    const most = highest([bars]);
    const tall = linear([0, Math.max(1, most)], [base, base - BAR_HEIGHT]);
    const slot = Math.max(2, Math.min(14, ((width - LEFT - RIGHT) / Math.max(1, days.length)) * 0.6));
    drawn.append(
      svg('line', { class: 'grid', x1: LEFT, x2: width - RIGHT, y1: base, y2: base }),
      tick(base, '0'),
      ...(most > 0 ? [tick(base - BAR_HEIGHT + 4, short(most, format))] : []),
    );
    for (const mark of bars.marks)
      if (mark.value !== null && mark.value > 0)
        drawn.append(
          svg('rect', {
            class: 'bar-mark',
            x: round(x(mark.day) - slot / 2),
            y: round(Math.min(tall(mark.value), base - 1)),
            width: round(slot),
            height: round(Math.max(1, base - tall(mark.value))),
          }),
        );
    points.push(
      ...pointsOf(bars, series.length, (mark, value) => [round(x(mark.day)), round(tall(value))], format).map(
        (point) => ({ ...point, ofBar: true }),
      ),
    );
  }
  const root = svg('svg', { class: 'chart', width, height, viewBox: `0 0 ${width} ${height}` }, drawn);
  return withPoints(root, points, summary.split(/[,.]/)[0] ?? summary);
}

/** A value beside the vertical axis. */
function tick(y: number, text: string): SVGTextElement {
  return svg('text', { class: 'tick', x: LEFT - 6, y: round(y) + 4, 'text-anchor': 'end' }, text);
}

function pointsOf(
  series: Series,
  index: number,
  place: (mark: DateMark, value: number) => readonly [number, number],
  format: (value: number) => string,
): readonly Point[] {
  return series.marks.flatMap((mark): readonly Point[] => {
    if (mark.value === null) return [];
    const [x, y] = place(mark, mark.value);
    return [
      {
        x,
        y,
        series: index,
        shape: SHAPES[index % SHAPES.length] ?? 'circle',
        label: `${isoDate(mark.date)}, ${series.name}: ${format(mark.value)}`,
      },
    ];
  });
}

function highest(series: readonly Series[]): number {
  return series.reduce(
    (most, one) => one.marks.reduce((high, mark) => Math.max(high, mark.value ?? 0), most),
    0,
  );
}

/** A value of an axis, in as few signs as fit beside it. */
function short(value: number, format: (value: number) => string): string {
  if (value < 10_000) return format(value);
  const units: readonly (readonly [number, string])[] = [
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ];
  const [power, unit] = units.find(([size]) => value >= size) ?? [1, ''];
  return `${formatCount(Number((value / power).toPrecision(3)))}${unit}`;
}
