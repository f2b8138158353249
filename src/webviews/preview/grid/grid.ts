// The grid: joins viewport, header, rows, mouse and keys, and redraws what is seen once a frame.
import { el, set } from '../dom';
import { columnsSeen, revealColumn, type Layout } from '../layout';
import { reveal, rowsSeen } from '../scale';
import { block, type CellPosition } from '../selection';
import { number, t } from '../words';
import { tooltip } from './cells';
import { createHeader, type HeaderView } from './header';
import { listenToKeys } from './keyboard';
import { ROW_HEIGHT, type GridEvents, type GridModel } from './model';
import { listenToPointer, spotAt, type PointerParts } from './pointer';
import { createRows, type RowsView } from './rows';
import { Viewport } from './viewport';

/** Draws a model and reports what its user does. */
export class Grid {
  readonly element = el('div', {
    class: 'grid',
    role: 'grid',
    tabindex: 0,
    'aria-multiselectable': 'true',
    'aria-readonly': 'true',
    'aria-label': t('Rows of the file'),
  });
  readonly #model: () => GridModel;
  readonly #events: GridEvents;
  readonly #header: HeaderView;
  readonly #rows: RowsView = createRows();
  readonly #viewport = new Viewport(() => this.#draw());
  /** The scroll position that was reported last. */
  #reported = '';
  /** The keyboard was asked for while the user was elsewhere. */
  #wantsFocus = false;

  constructor(model: () => GridModel, events: GridEvents) {
    this.#model = model;
    this.#events = events;
    this.#header = createHeader(events);
    this.#viewport.canvas.append(this.#rows.element, this.#header.element);
    this.element.append(this.#viewport.element);
    const pointer: PointerParts = {
      viewport: this.#viewport,
      model,
      gutter: () => this.#gutter(),
      events,
      reveal: this.reveal,
    };
    listenToPointer(pointer);
    listenToKeys(this.element, {
      model,
      events,
      page: () => this.page,
      reveal: this.reveal,
      anchor: (position) => this.anchor(position),
    });
    this.#keepFocus();
    this.#showTooltips(pointer);
    this.element.addEventListener('contextmenu', (event) => event.preventDefault());
  }

  get top(): number {
    return this.#viewport.top;
  }

  get left(): number {
    return this.#viewport.left;
  }

  /** Rows of one screen. */
  get page(): number {
    return Math.max(1, Math.floor(this.#viewport.body / ROW_HEIGHT) - 1);
  }

  readonly focus = (): void => {
    // Asked for while the user is elsewhere, in a picker perhaps: it waits until the page has the keyboard again.
    if (document.hasFocus()) this.element.focus({ preventScroll: true });
    else this.#wantsFocus = true;
  };

  /** Brings a cell into view. */
  readonly reveal = ({ row, column }: CellPosition): void => {
    const viewport = this.#viewport;
    const { layout } = this.#model();
    const top = row < 0 ? viewport.top : reveal(row, viewport.top, ROW_HEIGHT, viewport.body);
    viewport.scrollTo(top, revealColumn(layout, column, viewport.left, viewport.width - this.#gutter()));
  };

  /** Draws the model again, in the next frame. */
  refresh(): void {
    const { rows, layout } = this.#model();
    this.#viewport.resize(rows, layout.width + this.#gutter());
  }

  /** Columns have other widths than before: the active one, or the first one seen, stays where it is. */
  keepPlace(before: Layout): void {
    const { layout, rows, selection } = this.#model();
    const viewport = this.#viewport;
    const inner = viewport.width - this.#gutter();
    const { top, left } = viewport;
    const seen = columnsSeen(before, left, inner);
    const active = selection.active.column;
    const place = seen.includes(active) ? active : (seen[before.pinned] ?? 0);
    const moved = (layout.columns[place]?.x ?? 0) - (before.columns[place]?.x ?? 0);
    viewport.resize(rows, layout.width + this.#gutter());
    // The first column stays at the edge it is at.
    const to = left === 0 ? 0 : left + moved;
    viewport.scrollTo(top, place === active ? revealColumn(layout, place, to, inner) : to);
  }

  scrollTo(top: number, left: number): void {
    this.#viewport.scrollTo(top, left);
  }

  /** Where a cell or a column's name is in the window, for menus and popups. */
  anchor({ row, column }: CellPosition): Element {
    return document.getElementById(this.#rows.idOf(row, column)) ?? this.#header.at(column) ?? this.element;
  }

  dispose(): void {
    this.#viewport.dispose();
  }

  /** Width of the row numbers. */
  #gutter(): number {
    const { largest, traceable } = this.#model();
    return Math.max(3, number(largest).length) * 7.5 + 18 + (traceable ? 20 : 0);
  }

  #draw(): void {
    const model = this.#model();
    const { top, left, body, width } = this.#viewport;
    const { layout, selection } = model;
    const gutter = this.#gutter();
    const seen = rowsSeen(top, body, ROW_HEIGHT, model.rows);
    const places = columnsSeen(layout, left, width - gutter);
    const chosen = block(selection, { rows: model.rows, columns: layout.columns.length });
    const frame = { rows: seen, places, top, left, gutter, chosen };
    // Asked first: what is in memory is drawn in this frame.
    this.#events.seen(
      seen,
      places.flatMap((place) => layout.columns[place]?.index ?? []),
    );
    this.#header.draw(model, frame);
    this.#rows.draw(model, frame);
    const { active } = selection;
    const isDrawn = active.row < 0 || (active.row >= seen.first && active.row < seen.end);
    const activeId =
      isDrawn && places.includes(active.column) ? this.#rows.idOf(active.row, active.column) : undefined;
    set(this.element, 'aria-activedescendant', activeId);
    set(this.element, 'aria-rowcount', model.rows + 1);
    set(this.element, 'aria-colcount', layout.columns.length + 1);
    const position = `${top}:${left}`;
    if (position === this.#reported) return;
    this.#reported = position;
    this.#events.scrolled(top, left);
  }

  /** The keyboard is the grid's, whatever part of it was clicked. */
  #keepFocus(): void {
    const take = (): void => this.element.focus({ preventScroll: true });
    this.#viewport.element.addEventListener('focus', take);
    window.addEventListener('focus', () => {
      if (this.#wantsFocus && document.activeElement === document.body) take();
      this.#wantsFocus = false;
    });
  }

  /** Tooltips only for what the mouse is at: long texts are not doubled for every cell. */
  #showTooltips(pointer: PointerParts): void {
    this.#viewport.canvas.addEventListener('pointerover', (event) => {
      if (!(event.target instanceof HTMLElement)) return;
      const cell = event.target.closest<HTMLElement>('.cell');
      if (cell === null || cell.scrollWidth <= cell.clientWidth) return;
      const spot = spotAt(pointer, event.clientX, event.clientY);
      if (spot.kind !== 'cell') return;
      const model = this.#model();
      const index = model.layout.columns[spot.column]?.index;
      if (index !== undefined) set(cell, 'title', tooltip(model.cell(spot.row, index)));
    });
  }
}
