// Stacked bars of rejected rows: one per reason, its parts one per brand, distinguished by pattern and number.
import { formatCount } from '../../../shared/words';
import { element, svg } from '../dom';
import { oneLine } from '../text';
import { withPoints } from './points';
import { linear, round } from './scale';
import type { RejectBars } from './series';
import type { Point } from './walk';

/** Patterns there are; brands beyond them start over and are recognized by the tooltip and the table. */
export const PATTERNS = 8;
const ROW = 40;
const LABEL = 16;
const RIGHT = 64;

/** The bars, longest first. `patterns` is the prefix of the ids that `patternDefinitions` gave. */
export function barChart(data: RejectBars, width: number, summary: string, patterns: string): HTMLElement {
  const height = data.bars.length * ROW + 4;
  const most = data.bars[0]?.total ?? 1;
  const x = linear([0, Math.max(1, most)], [0, Math.max(40, width - RIGHT)]);
  const drawn = svg('g', { role: 'img', 'aria-label': summary });
  const points: Point[] = [];
  for (const [i, bar] of data.bars.entries()) {
    const top = i * ROW;
    const letters = Math.max(12, Math.floor(width / 7));
    const name = oneLine(`${bar.table} · ${bar.name}`);
    drawn.append(
      svg(
        'text',
        { class: 'bar-name', x: 0, y: top + LABEL - 3 },
        name.length > letters ? `${name.slice(0, letters - 1)}…` : name,
      ),
      svg(
        'text',
        { class: 'bar-total', x: round(x(bar.total)) + 6, y: top + LABEL + 13 },
        formatCount(bar.total),
      ),
    );
    let from = 0;
    for (const [b, rows] of bar.parts.entries()) {
      if (rows === 0) continue;
      const [start, end] = [x(from), x(from + rows)];
      from += rows;
      drawn.append(
        svg('rect', {
          class: 'part',
          x: round(start),
          y: top + LABEL,
          width: round(Math.max(1, end - start)),
          height: ROW - LABEL - 8,
          fill: `url(#${patterns}-${b % PATTERNS})`,
        }),
      );
      points.push({
        x: round((start + end) / 2),
        y: top + LABEL + (ROW - LABEL - 8) / 2,
        // One bar is one series: left and right go through its brands, up and down to the next bar.
        series: i,
        shape: 'circle',
        ofBar: true,
        label: `${name}, ${oneLine(data.brands[b] ?? '')}: ${formatCount(rows)}`,
      });
    }
  }
  const root = svg(
    'svg',
    { class: 'chart bars', width, height, viewBox: `0 0 ${width} ${height}` },
    patternDefinitions(patterns),
    drawn,
  );
  return withPoints(root, points, 'Rejected rows');
}

/** Puts tools at the end of each bar's name, seen where the pointer or the focus is. `tools` in the order of bars. */
export function withTools(chart: HTMLElement, tools: readonly (readonly HTMLElement[])[]): HTMLElement {
  const items = tools.map((own, i) => {
    const made = element('li', {}, ...own);
    made.style.top = `${i * ROW}px`;
    return made;
  });
  // What lies under the points of the chart takes no pointer itself: the row is recognized by its height.
  chart.addEventListener('pointermove', ({ clientY }) => {
    const at = Math.floor((clientY - chart.getBoundingClientRect().top) / ROW);
    for (const [i, one] of items.entries()) one.classList.toggle('pointed', i === at);
  });
  chart.addEventListener('pointerleave', () => {
    for (const one of items) one.classList.remove('pointed');
  });
  chart.append(element('ul', { class: 'bar-tools', 'aria-label': 'Actions by reason' }, ...items));
  return chart;
}

const LINES: readonly (readonly string[])[] = [
  [],
  ['M-2 2L2 -2', 'M0 8L8 0', 'M6 10L10 6'],
  ['M0 4H8'],
  ['M4 0V8'],
  ['M-2 6L2 10', 'M0 0L8 8', 'M6 -2L10 2'],
  ['M0 4H8', 'M4 0V8'],
  ['M1.5 2h2v2h-2z', 'M5.5 6h2v2h-2z'],
  ['M0 0L8 8', 'M8 0L0 8'],
];

/** Patterns by place in the legend; ids are unique in a page by their prefix. */
export function patternDefinitions(prefix: string): SVGDefsElement {
  return svg(
    'defs',
    {},
    ...LINES.map((lines, i) =>
      svg(
        'pattern',
        {
          id: `${prefix}-${i}`,
          class: `pattern series-${i}`,
          width: 8,
          height: 8,
          patternUnits: 'userSpaceOnUse',
        },
        svg('rect', { width: 8, height: 8 }),
        ...lines.map((d) => svg('path', { d })),
      ),
    ),
  );
}
