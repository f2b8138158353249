// Scales of charts as plain arithmetic: values and days to pixels, round ticks, lines broken at gaps.

/** A linear scale; a domain of one value lies in the middle of the range. */
export function linear(
  domain: readonly [number, number],
  range: readonly [number, number],
): (value: number) => number {
  const [from, to] = domain;
  const [start, end] = range;
  if (from === to) return () => (start + end) / 2;
  return (value) => start + ((value - from) / (to - from)) * (end - start);
}

/**
 * Round values from 0 to at least `most`, about `count` steps of 1, 2 or 5 times a power of ten (Wilkinson's
 * nice numbers). Never empty; the last is the end of the axis.
 */
export function ticks(most: number, count: number, whole = false): readonly number[] {
  if (!(most > 0) || !Number.isFinite(most)) return [0, 1];
  const rough = most / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const nice = [1, 2, 5, 10].find((n) => n * power >= rough * (1 - 1e-9)) ?? 10;
  const step = whole ? Math.max(1, nice * power) : nice * power;
  const steps = Math.max(1, Math.ceil(most / step - 1e-9));
  return Array.from({ length: steps + 1 }, (_, i) => Number((i * step).toPrecision(12)));
}

/** Free space between two labels of an axis, in pixels. */
const APART = 10;

/**
 * Which marks get a label `width` wide: the last always, whose label ends at `right`, and of the others as many as
 * stand clear of each other, centred under their marks.
 */
export function labelled(positions: readonly number[], width: number, right: number): readonly number[] {
  const chosen: number[] = [];
  let clear = Infinity;
  for (let i = positions.length - 1; i >= 0; i--) {
    const x = positions[i] ?? 0;
    const last = chosen.length === 0;
    if (!last && x + width / 2 + APART > clear) continue;
    chosen.push(i);
    clear = last ? Math.min(x - width / 2, right - width) : x - width / 2;
  }
  return chosen.reverse();
}

export interface Mark {
  readonly day: number;
  /** null: nothing is known of that day. */
  readonly value: number | null;
}

/** The usual distance of neighbouring days: a line that breaks at every weekend would hide the trend. */
export function usualStep(days: readonly number[]): number {
  const steps = days.slice(1).map((day, i) => day - (days[i] ?? day));
  if (steps.length === 0) return 1;
  return steps.toSorted((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 1;
}

/**
 * Runs of marks that a line joins: it breaks where a value is missing, and where more than `gap` usual steps
 * lie between two days.
 */
export function segments<M extends Mark>(
  marks: readonly M[],
  step: number,
  gap = 1.5,
): readonly (readonly M[])[] {
  const found: M[][] = [];
  let last: M | undefined;
  for (const mark of marks) {
    if (mark.value === null) {
      last = undefined;
      continue;
    }
    const run = found.at(-1);
    if (run !== undefined && last !== undefined && mark.day - last.day <= step * gap) run.push(mark);
    else found.push([mark]);
    last = mark;
  }
  return found;
}

/** The path of a line through points. */
export function path(points: readonly (readonly [number, number])[]): string {
  return points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${round(x)} ${round(y)}`).join('');
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
