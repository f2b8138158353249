// Points of a chart as data, and where the arrow keys lead from one to the next.

/** Forms and dashes by the place in the legend: no series is recognized by its colour alone. */
export const SHAPES = ['circle', 'square', 'triangle', 'diamond', 'cross'] as const;
export type Shape = (typeof SHAPES)[number];
export const DASHES = ['none', '6 3', '2 3', '8 3 2 3', '12 4'] as const;

export interface Point {
  readonly x: number;
  readonly y: number;
  /** Which series it belongs to; arrow up and down change it. */
  readonly series: number;
  readonly shape: Shape;
  /** Does something else stand there already? Then the shape is seen only when it is looked at. */
  readonly ofBar?: boolean;
  /** What the tooltip says, and the screen reader. */
  readonly label: string;
}

/** Where an arrow key leads from a point; undefined: nowhere, or no arrow key. */
export function neighbour(points: readonly Point[], from: number, key: string): number | undefined {
  const here = points[from];
  if (here === undefined) return undefined;
  const own = points.flatMap((point, i) => (point.series === here.series ? [i] : []));
  const at = own.indexOf(from);
  switch (key) {
    case 'ArrowLeft':
      return own[at - 1];
    case 'ArrowRight':
      return own[at + 1];
    case 'Home':
      return own[0];
    case 'End':
      return own.at(-1);
    case 'ArrowUp':
    case 'ArrowDown': {
      const all = [...new Set(points.map((point) => point.series))].sort((a, b) => a - b);
      const series = all[all.indexOf(here.series) + (key === 'ArrowUp' ? -1 : 1)];
      if (series === undefined) return undefined;
      const others = points.flatMap((point, i) => (point.series === series ? [i] : []));
      return others.toSorted((a, b) => distance(points, a, here) - distance(points, b, here))[0];
    }
    default:
      return undefined;
  }
}

function distance(points: readonly Point[], i: number, to: Point): number {
  return Math.abs((points[i]?.x ?? 0) - to.x);
}
