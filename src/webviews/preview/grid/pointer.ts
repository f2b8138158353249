// The mouse in the grid: choosing by press and drag, sorting and moving columns at the header.
import { clamp } from '../scale';
import { at, moveTo, whole, all, type CellPosition } from '../selection';
import { el } from '../dom';
import { placeAt } from '../layout';
import { HEADER_HEIGHT, ROW_HEIGHT, type GridEvents, type GridModel } from './model';
import type { Viewport } from './viewport';

/** Pixels a press may shake before it is a drag. */
const SHAKE = 5;
/** Milliseconds between two steps while a drag is held beyond an edge. */
const STEP_MS = 40;

export interface PointerParts {
  readonly viewport: Viewport;
  readonly model: () => GridModel;
  readonly gutter: () => number;
  readonly events: GridEvents;
  /** Brings a place into view. */
  readonly reveal: (place: CellPosition) => void;
}

export type Spot =
  | { readonly kind: 'corner' }
  | { readonly kind: 'header'; readonly column: number }
  | { readonly kind: 'gutter'; readonly row: number }
  | { readonly kind: 'cell'; readonly row: number; readonly column: number }
  | { readonly kind: 'nothing' };

/** What is at a point of the window. */
export function spotAt(parts: PointerParts, clientX: number, clientY: number): Spot {
  const { viewport } = parts;
  const { layout, rows } = parts.model();
  const box = viewport.element.getBoundingClientRect();
  const x = clientX - box.left - parts.gutter();
  const y = clientY - box.top;
  const beyond =
    layout.columns.length === 0 || x + (x < layout.pinnedWidth ? 0 : viewport.left) >= layout.width;
  const column = placeAt(layout, viewport.left, Math.max(0, x));
  if (y < HEADER_HEIGHT) {
    if (x < 0) return { kind: 'corner' };
    return beyond ? { kind: 'nothing' } : { kind: 'header', column };
  }
  const row = Math.floor((y - HEADER_HEIGHT + viewport.top) / ROW_HEIGHT);
  if (row >= rows) return { kind: 'nothing' };
  if (x < 0) return { kind: 'gutter', row };
  return beyond ? { kind: 'nothing' } : { kind: 'cell', row, column };
}

export function listenToPointer(parts: PointerParts): void {
  const { viewport, events } = parts;
  const { canvas } = viewport;
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    const spot = spotAt(parts, event.clientX, event.clientY);
    const { selection } = parts.model();
    const extend = event.shiftKey;
    switch (spot.kind) {
      case 'corner':
        events.select(all(selection));
        break;
      case 'gutter': {
        if (event.target instanceof Element && event.target.closest('.to-source') !== null) {
          events.source(spot.row);
          break;
        }
        events.select(whole('rows', { row: spot.row, column: selection.active.column }, selection, extend));
        drawOut(parts, event);
        break;
      }
      case 'cell':
        events.select(extend ? moveTo(selection, spot, sizeOf(parts), true) : at(spot));
        drawOut(parts, event);
        break;
      case 'header':
        pressHeader(parts, event, spot.column);
        break;
      case 'nothing':
        break;
      default:
        spot satisfies never;
    }
  });
  canvas.addEventListener('dblclick', (event) => {
    const spot = spotAt(parts, event.clientX, event.clientY);
    if (spot.kind === 'cell') events.open(spot);
  });
  canvas.addEventListener('contextmenu', (event) => {
    event.preventDefault();
    event.stopPropagation();
    // From the keyboard it comes without a point; the grid's keys see to that.
    if (event.button !== 2) return;
    const spot = spotAt(parts, event.clientX, event.clientY);
    const { selection } = parts.model();
    if (spot.kind === 'header') events.menu({ row: -1, column: spot.column }, event.clientX, event.clientY);
    if (spot.kind === 'cell' || spot.kind === 'gutter') {
      const place = { row: spot.row, column: spot.kind === 'cell' ? spot.column : selection.active.column };
      events.menu(place, event.clientX, event.clientY);
    }
  });
}

function sizeOf(parts: PointerParts): { rows: number; columns: number } {
  const { rows, layout } = parts.model();
  return { rows, columns: layout.columns.length };
}

/** Draws the selection out while the button is held, scrolling at the edges. */
function drawOut(parts: PointerParts, start: PointerEvent): void {
  const { viewport, events } = parts;
  const { canvas } = viewport;
  let x = start.clientX;
  let y = start.clientY;
  const step = (): void => {
    const box = viewport.element.getBoundingClientRect();
    const over = (value: number, low: number, high: number): number =>
      value < low ? value - low : value > high ? value - high : 0;
    const dy = over(y, box.top + HEADER_HEIGHT, box.top + viewport.height);
    const dx = over(x, box.left + parts.gutter(), box.left + viewport.width);
    if (dx !== 0 || dy !== 0) viewport.scrollTo(viewport.top + dy, viewport.left + dx);
    const size = sizeOf(parts);
    const row = Math.floor(
      (clamp(y - box.top, HEADER_HEIGHT, viewport.height - 1) - HEADER_HEIGHT + viewport.top) / ROW_HEIGHT,
    );
    const { layout, selection } = parts.model();
    const column = placeAt(
      layout,
      viewport.left,
      clamp(x - box.left - parts.gutter(), 0, viewport.width - parts.gutter() - 1),
    );
    const place = { row: clamp(row, 0, size.rows - 1), column };
    if (selection.active.row === place.row && selection.active.column === place.column) return;
    events.select(moveTo(selection, place, size, true));
  };
  const move = (event: PointerEvent): void => {
    if (Math.abs(event.clientX - start.clientX) + Math.abs(event.clientY - start.clientY) < SHAKE) return;
    x = event.clientX;
    y = event.clientY;
    step();
  };
  const timer = setInterval(() => {
    if (x !== start.clientX || y !== start.clientY) step();
  }, STEP_MS);
  held(canvas, start, move, () => clearInterval(timer));
}

/** A press at a name sorts; drawn aside it moves the column. */
function pressHeader(parts: PointerParts, start: PointerEvent, from: number): void {
  const { viewport, events } = parts;
  const { canvas } = viewport;
  const { selection, layout } = parts.model();
  if (start.ctrlKey || start.metaKey) {
    events.select(whole('columns', { row: 0, column: from }, selection, start.shiftKey));
    return;
  }
  const line = el('div', { class: 'drop-line' });
  let to: number | undefined;
  const move = (event: PointerEvent): void => {
    if (to === undefined && Math.abs(event.clientX - start.clientX) < SHAKE) return;
    const x = event.clientX - canvas.getBoundingClientRect().left - parts.gutter();
    to = placeAt(layout, viewport.left, Math.max(0, x));
    const target = layout.columns[to];
    if (target === undefined) return;
    const edge = to > from ? target.x + target.width : target.x;
    line.style.transform = `translateX(${parts.gutter() + edge - (target.pinned ? 0 : viewport.left)}px)`;
    if (!line.isConnected) canvas.append(line);
    canvas.classList.add('is-moving');
  };
  held(canvas, start, move, (done) => {
    line.remove();
    canvas.classList.remove('is-moving');
    if (!done) return;
    if (to === undefined) events.sort(from, start.shiftKey);
    else if (to !== from) events.move(from, to);
  });
}

function held(
  element: HTMLElement,
  start: PointerEvent,
  move: (event: PointerEvent) => void,
  ended: (done: boolean) => void,
): void {
  element.setPointerCapture(start.pointerId);
  const control = new AbortController();
  const { signal } = control;
  const end = (done: boolean) => (): void => {
    control.abort();
    ended(done);
  };
  element.addEventListener('pointermove', move, { signal });
  element.addEventListener('pointerup', end(true), { signal });
  element.addEventListener('pointercancel', end(false), { signal });
}
