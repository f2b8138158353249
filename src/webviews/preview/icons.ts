// The page's icons, as strokes on 16 × 16 points in the colour of the text beside them.

const STROKES = {
  search: ['M7 2.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 0 1 0-9z', 'M10.3 10.3L14 14'],
  filter: ['M2 3h12L9.5 8.5V13l-3-1.5v-3z'],
  close: ['M4 4l8 8', 'M12 4l-8 8'],
  up: ['M4 10l4-4l4 4'],
  down: ['M4 6l4 4l4-4'],
  arrowUp: ['M8 13V3', 'M4.5 6.5L8 3l3.5 3.5'],
  arrowDown: ['M8 3v10', 'M4.5 9.5L8 13l3.5-3.5'],
  more: ['M8 3.5v.01', 'M8 8v.01', 'M8 12.5v.01'],
  panel: ['M2 3h12v10H2z', 'M10 3v10'],
  sql: ['M5 4L1.5 8L5 12', 'M11 4l3.5 4L11 12', 'M9.3 3l-2.6 10'],
  export: ['M8 2v8', 'M4.5 6.5L8 10l3.5-3.5', 'M2.5 13.5h11'],
  copy: ['M5.5 5.5h8v8h-8z', 'M10.5 5.5v-3h-8v8h3'],
  run: ['M4.5 3v10l8-5z'],
  source: ['M9 3h4v10H9', 'M2 8h7', 'M6 5l3 3l-3 3'],
  pin: ['M10 2l4 4', 'M11 3L7 6.5L4 7l5 5l.5-3L13 5', 'M6.5 9.5L2.5 13.5'],
  row: ['M2 4h12', 'M2 8h12', 'M2 12h7', 'M11.5 10v4', 'M9.5 12h4'],
  reload: ['M13 8a5 5 0 1 1-1.5-3.6', 'M13.5 2v3h-3'],
  warning: ['M8 2l6.5 12h-13z', 'M8 6.5v4', 'M8 12v.01'],
  error: ['M8 1.8a6.2 6.2 0 1 1 0 12.4a6.2 6.2 0 0 1 0-12.4z', 'M8 4.8v4', 'M8 11v.01'],
  open: ['M9 2.5h4.5V7', 'M13.5 2.5L7.5 8.5', 'M6 3.5H2.5v10h10V10'],
  back: ['M7 3.5L2.5 8L7 12.5', 'M3 8h11'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type IconName = keyof typeof STROKES;

const SVG = 'http://www.w3.org/2000/svg';

/** A picture for the eye only: its button or its neighbour has the words. */
export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('class', `icon icon-${name}`);
  svg.setAttribute('aria-hidden', 'true');
  for (const stroke of STROKES[name]) {
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('d', stroke);
    svg.append(path);
  }
  return svg;
}
