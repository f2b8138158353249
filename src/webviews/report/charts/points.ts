// Points that can be visited: one tab stop per chart, arrow keys between them, a tooltip for pointer and keyboard.
import { element, svg } from '../dom';
import { neighbour, type Point, type Shape } from './walk';

const SIZE = 4;
/** Colours the style sheet has for series. */
const SERIES_COLOURS = 8;

/** The form of a shape around a point, as a path. */
export function shapePath(shape: Shape, x: number, y: number, size = SIZE): string {
  const s = size;
  switch (shape) {
    case 'circle':
      return `M${x - s} ${y}a${s} ${s} 0 1 0 ${2 * s} 0a${s} ${s} 0 1 0 ${-2 * s} 0z`;
    case 'square':
      return `M${x - s} ${y - s}h${2 * s}v${2 * s}h${-2 * s}z`;
    case 'triangle':
      return `M${x} ${y - s - 1}l${s + 1} ${2 * s}h${-2 * s - 2}z`;
    case 'diamond':
      return `M${x} ${y - s - 1}l${s + 1} ${s + 1}l${-s - 1} ${s + 1}l${-s - 1} ${-s - 1}z`;
    case 'cross':
      return `M${x - s} ${y - s}l${2 * s} ${2 * s}M${x + s} ${y - s}l${-2 * s} ${2 * s}`;
  }
}

/** Wraps a drawing of `width` × `height` with its points on top and one tooltip for them. */
export function withPoints(drawing: SVGSVGElement, points: readonly Point[], name: string): HTMLElement {
  const tip = element('div', { class: 'tip', hidden: true });
  const box = element('div', { class: 'plot' }, drawing, tip);
  if (points.length === 0) return box;
  const nodes = points.map((point, i) =>
    svg(
      'g',
      {
        class: `point series-${point.series % SERIES_COLOURS}${point.ofBar === true ? ' of-bar' : ''}`,
        role: 'img',
        'aria-label': point.label,
        'data-point': i,
        tabindex: i === points.length - 1 ? 0 : -1,
      },
      // A wider, unseen circle is easier to hit.
      svg('circle', { class: 'reach', cx: point.x, cy: point.y, r: 9 }),
      svg('path', { class: 'shape', d: shapePath(point.shape, point.x, point.y) }),
    ),
  );
  drawing.append(
    svg('g', { role: 'group', 'aria-label': `${name}: points; arrow keys move between them` }, ...nodes),
  );
  const show = (i: number): void => {
    const point = points[i];
    if (point === undefined) return;
    tip.textContent = point.label;
    tip.hidden = false;
    const room = box.clientWidth;
    tip.style.left = `${Math.max(0, Math.min(point.x - tip.offsetWidth / 2, room - tip.offsetWidth))}px`;
    const above = point.y - tip.offsetHeight - 10;
    tip.style.top = `${above < 0 ? point.y + 10 : above}px`;
  };
  const hide = (): void => {
    tip.hidden = true;
  };
  const go = (i: number): void => {
    for (const [j, node] of nodes.entries()) node.setAttribute('tabindex', j === i ? '0' : '-1');
    nodes[i]?.focus();
  };
  for (const [i, node] of nodes.entries()) {
    node.addEventListener('pointerenter', () => show(i));
    node.addEventListener('pointerleave', hide);
    node.addEventListener('focus', () => show(i));
    node.addEventListener('blur', hide);
    node.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') hide();
      const next = neighbour(points, i, event.key);
      if (next === undefined) return;
      event.preventDefault();
      go(next);
    });
  }
  return box;
}
