// The grid: joins viewport, header, rows, mouse and keys, and redraws what is seen once a frame.
import { el, set } from '../dom';
import { actionOf } from '../keys';
import { columnsSeen, revealColumn, type Layout } from '../layout';
import { reveal, rowsSeen } from '../scale';
import { all, block, moveTo, whole, type Place, type Selection } from '../selection';
import { number, t } from '../words';
import { tooltip } from './cells';
import { createHeader } from './header';
import { ROW_HEIGHT, type GridEvents, type GridModel } from './model';
import { listenToPointer, spotAt, type PointerParts } from './pointer';
import { createRows } from './rows';
import { createViewport } from './viewport';

export interface Grid {
  readonly element: HTMLElement;
  /** Draws the model anew, in the next frame. */
  readonly refresh: () => void;
  readonly focus: () => void;
  /** Columns have other widths than before: the active one, or the first one seen, stays where it is. */
  readonly keepPlace: (before: Layout) => void;
  /** Brings a place into view. */
  readonly reveal: (place: Place) => void;
  readonly scrollTo: (top: number, left: number) => void;
  readonly top: number;
  readonly left: number;
  /** Rows of one screen. */
  readonly page: number;
  /** Where a cell or a column's name is in the window, for menus and popups. */
  readonly anchor: (place: Place) => Element;
  readonly dispose: () => void;
}

export function createGrid(model: () => GridModel, events: GridEvents): Grid {
  const header = createHeader(events);
  const rows = createRows();
  const element = el('div', {
    class: 'grid',
    role: 'grid',
    tabindex: 0,
    'aria-multiselectable': 'true',
    'aria-readonly': 'true',
    'aria-label': t('Rows of the file'),
  });
  let told = '';

  const gutter = (): number => {
    const { largest, traceable } = model();
    return Math.max(3, number(largest).length) * 7.5 + 18 + (traceable ? 20 : 0);
  };

  const draw = (): void => {
    const now = model();
    const seen = rowsSeen(viewport.top, viewport.body, ROW_HEIGHT, now.rows);
    const width = gutter();
    const places = columnsSeen(now.layout, viewport.left, viewport.width - width);
    const chosen = block(now.selection, { rows: now.rows, columns: now.layout.columns.length });
    const frame = { rows: seen, places, top: viewport.top, left: viewport.left, gutter: width, chosen };
    // Asked first: what is in memory is drawn in this frame.
    const indexes = places.flatMap((place) => now.layout.columns[place]?.index ?? []);
    events.seen(seen, indexes);
    header.draw(now, frame);
    rows.draw(now, frame);
    const { active } = now.selection;
    const inRows = active.row >= seen.first && active.row < seen.end && places.includes(active.column);
    const inHeader = active.row < 0 && places.includes(active.column);
    set(
      element,
      'aria-activedescendant',
      inRows || inHeader ? rows.idOf(active.row, active.column) : undefined,
    );
    set(element, 'aria-rowcount', now.rows + 1);
    set(element, 'aria-colcount', now.layout.columns.length + 1);
    const position = `${viewport.top}:${viewport.left}`;
    if (position !== told) {
      told = position;
      events.scrolled(viewport.top, viewport.left);
    }
  };

  const viewport = createViewport(draw);
  viewport.canvas.append(rows.element, header.element);
  element.append(viewport.element);

  const refresh = (): void => {
    const now = model();
    viewport.resize(now.rows, now.layout.width + gutter());
  };

  const show = ({ row, column }: Place): void => {
    const now = model();
    const top = row < 0 ? viewport.top : reveal(row, viewport.top, ROW_HEIGHT, viewport.body);
    viewport.scrollTo(top, revealColumn(now.layout, column, viewport.left, viewport.width - gutter()));
  };

  const keepPlace = (before: Layout): void => {
    const { layout, rows: count, selection } = model();
    const inner = viewport.width - gutter();
    const { top, left } = viewport;
    const seen = columnsSeen(before, left, inner);
    const active = selection.active.column;
    const place = seen.includes(active) ? active : (seen[before.pinned] ?? 0);
    const moved = (layout.columns[place]?.x ?? 0) - (before.columns[place]?.x ?? 0);
    viewport.resize(count, layout.width + gutter());
    // The first column stays at the edge it is at.
    const to = left === 0 ? 0 : left + moved;
    viewport.scrollTo(top, place === active ? revealColumn(layout, place, to, inner) : to);
  };

  const parts: PointerParts = { viewport, model, gutter, events, reveal: show };
  listenToPointer(parts);
  // The keyboard is the grid's, whatever part of it was clicked.
  viewport.element.addEventListener('focus', () => element.focus({ preventScroll: true }));
  let awaited = false;
  window.addEventListener('focus', () => {
    if (awaited && document.activeElement === document.body) element.focus({ preventScroll: true });
    awaited = false;
  });

  const select = (selection: Selection): void => {
    events.select(selection);
    show(selection.active);
  };

  const anchor = ({ row, column }: Place): Element =>
    document.getElementById(rows.idOf(row, column)) ?? header.at(column) ?? element;

  element.addEventListener('keydown', (event) => {
    if (event.target !== element || event.isComposing) return;
    const now = model();
    const size = { rows: now.rows, columns: now.layout.columns.length };
    const key = {
      key: event.key,
      ctrl: event.ctrlKey || event.metaKey,
      shift: event.shiftKey,
      alt: event.altKey,
    };
    const page = Math.max(1, Math.floor(viewport.body / ROW_HEIGHT) - 1);
    const { active } = now.selection;
    const action = actionOf(key, active, size, page);
    if (action === undefined) return;
    event.preventDefault();
    // The editor's own shortcuts for the same keys stay out of it.
    event.stopPropagation();
    switch (action.kind) {
      case 'move':
        select(moveTo(now.selection, action.to, size, action.extend));
        break;
      case 'row':
        events.select(whole('rows', active, now.selection, false));
        break;
      case 'column':
        events.select(whole('columns', { ...active, row: Math.max(0, active.row) }, now.selection, false));
        break;
      case 'all':
        events.select(all(now.selection));
        break;
      case 'sort':
        events.sort(active.column, action.add);
        break;
      case 'filter':
        show(active);
        events.filter(active.column, anchor({ row: -1, column: active.column }));
        break;
      case 'moveColumn':
        events.move(active.column, active.column + action.by);
        break;
      case 'resizeColumn': {
        const column = now.layout.columns[active.column];
        if (column !== undefined) events.resize(active.column, column.width + action.by);
        break;
      }
      case 'menu': {
        show(active);
        const box = anchor(active).getBoundingClientRect();
        events.menu(active, box.left + 8, box.bottom);
        break;
      }
      case 'open':
        events.open(active);
        break;
      case 'find':
        events.find(action.backwards);
        break;
      case 'copy':
        events.copy();
        break;
      case 'search':
        events.search();
        break;
      case 'goToRow':
        events.goToRow();
        break;
      default:
        action satisfies never;
    }
  });
  element.addEventListener('contextmenu', (event) => event.preventDefault());
  // Tooltips only for what the mouse is at: long texts are not doubled for every cell.
  viewport.canvas.addEventListener('pointerover', (event) => {
    if (!(event.target instanceof HTMLElement)) return;
    const cell = event.target.closest<HTMLElement>('.cell');
    if (cell === null || cell.scrollWidth <= cell.clientWidth) return;
    const spot = spotAt(parts, event.clientX, event.clientY);
    if (spot.kind !== 'cell') return;
    const index = model().layout.columns[spot.column]?.index;
    if (index !== undefined) set(cell, 'title', tooltip(model().cell(spot.row, index)));
  });

  return {
    element,
    refresh,
    focus: () => {
      // Asked for while the user is elsewhere, in a picker perhaps: it waits until the page has the keyboard again.
      if (document.hasFocus()) element.focus({ preventScroll: true });
      else awaited = true;
    },
    keepPlace,
    reveal: show,
    scrollTo: viewport.scrollTo,
    get top() {
      return viewport.top;
    },
    get left() {
      return viewport.left;
    },
    get page() {
      return Math.max(1, Math.floor(viewport.body / ROW_HEIGHT) - 1);
    },
    anchor,
    dispose: viewport.dispose,
  };
}
