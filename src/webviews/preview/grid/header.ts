// Draws the names of the columns that are seen, and what can be done at them: sort, filter, resize, move.
import { el, set } from '../dom';
import { icon } from '../icons';
import type { PlacedColumn } from '../layout';
import { holds, type Block } from '../selection';
import { pieces, visibleText } from '../text';
import { showPieces } from '../dom';
import { t } from '../words';
import type { GridEvents, GridModel } from './model';
import { filtersOf } from '../views';

interface HeaderFrame {
  readonly places: readonly number[];
  readonly left: number;
  readonly gutter: number;
  readonly chosen: Block | undefined;
}

export interface HeaderView {
  readonly element: HTMLElement;
  readonly draw: (model: GridModel, frame: HeaderFrame) => void;
  /** The element of a column, where it is drawn. */
  readonly at: (place: number) => HTMLElement | undefined;
}

interface HeaderCell {
  readonly element: HTMLElement;
  readonly name: HTMLElement;
  readonly type: HTMLElement;
  readonly order: HTMLElement;
  readonly funnel: HTMLElement;
  place: number;
}

export function createHeader(events: Pick<GridEvents, 'filter' | 'resize' | 'menu'>): HeaderView {
  const corner = el('div', {
    class: 'corner',
    role: 'columnheader',
    'aria-colindex': 1,
    'aria-label': t('Row number'),
    title: t('Select all'),
  });
  const element = el('div', { class: 'row grid-header', role: 'row', 'aria-rowindex': 1 }, corner);
  let heads: HeaderCell[] = [];
  return {
    element,
    at: (place) => heads.find((head) => head.place === place)?.element,
    draw: (model, frame) => {
      corner.style.width = `${frame.gutter}px`;
      while (heads.length > frame.places.length) heads.pop()?.element.remove();
      frame.places.forEach((place, slot) => {
        const column = model.layout.columns[place];
        if (column === undefined) return;
        const head = (heads[slot] ??= createHeaderCell(element, events));
        head.place = place;
        drawHeaderCell(head, column, model, frame);
      });
      heads = heads.slice(0, frame.places.length);
    },
  };
}

function createHeaderCell(
  parent: HTMLElement,
  events: Pick<GridEvents, 'filter' | 'resize' | 'menu'>,
): HeaderCell {
  const name = el('span', { class: 'name', dir: 'auto' });
  const order = el('span', { class: 'order' });
  const type = el('span', { class: 'type' });
  const funnel = el('span', { class: 'head-tool funnel', title: t('Filter') }, icon('filter'));
  const more = el('span', { class: 'head-tool head-more', title: t('More actions') }, icon('more'));
  const edge = el('span', { class: 'edge' });
  const element = el(
    'div',
    { class: 'head', role: 'columnheader' },
    el('div', { class: 'head-words' }, el('div', { class: 'head-name' }, name, order), type),
    funnel,
    more,
    edge,
  );
  parent.append(element);
  const head: HeaderCell = { element, name, type, order, funnel, place: -1 };
  // A press here is neither a sort nor the beginning of a move.
  for (const part of [funnel, more, edge])
    part.addEventListener('pointerdown', (event) => event.stopPropagation());
  funnel.addEventListener('click', (event) => {
    event.stopPropagation();
    events.filter(head.place, funnel);
  });
  more.addEventListener('click', (event) => {
    event.stopPropagation();
    const box = more.getBoundingClientRect();
    events.menu({ row: -1, column: head.place }, box.left, box.bottom);
  });
  edge.addEventListener('pointerdown', (event) => drag(event, edge, head, events));
  edge.addEventListener('dblclick', (event) => {
    event.stopPropagation();
    events.resize(head.place, 'fit');
  });
  edge.addEventListener('click', (event) => event.stopPropagation());
  return head;
}

function drag(
  start: PointerEvent,
  edge: HTMLElement,
  head: HeaderCell,
  events: Pick<GridEvents, 'resize'>,
): void {
  start.preventDefault();
  const width = head.element.getBoundingClientRect().width;
  const { place } = head;
  const move = (event: PointerEvent): void => events.resize(place, width + event.clientX - start.clientX);
  const stop = (): void => {
    edge.removeEventListener('pointermove', move);
    edge.removeEventListener('pointerup', stop);
    edge.removeEventListener('pointercancel', stop);
  };
  edge.setPointerCapture(start.pointerId);
  edge.addEventListener('pointermove', move);
  edge.addEventListener('pointerup', stop);
  edge.addEventListener('pointercancel', stop);
}

function drawHeaderCell(head: HeaderCell, placed: PlacedColumn, model: GridModel, frame: HeaderFrame): void {
  const { element } = head;
  const { column, width, x, pinned } = placed;
  element.style.transform = `translateX(${frame.gutter + x - (pinned ? 0 : frame.left)}px)`;
  element.style.width = `${width}px`;
  if (element.dataset['name'] !== column.name) {
    element.dataset['name'] = column.name;
    showPieces(head.name, pieces(column.name, { limit: 200, oneLine: true }));
  }
  if (head.type.textContent !== column.type) head.type.textContent = column.type;
  const at = model.view.sort.findIndex((term) => term.column === column.name);
  const term = model.view.sort[at];
  const direction = term === undefined ? 'none' : term.descending ? 'descending' : 'ascending';
  if (element.dataset['order'] !== `${direction}${at}`) {
    element.dataset['order'] = `${direction}${at}`;
    head.order.replaceChildren(
      ...(term === undefined ? [] : [icon(term.descending ? 'arrowDown' : 'arrowUp')]),
      ...(term !== undefined && model.view.sort.length > 1 ? [String(at + 1)] : []),
    );
  }
  const filtered = filtersOf(model.view, column.name).length > 0;
  const { selection } = model;
  element.classList.toggle('is-filtered', filtered);
  element.classList.toggle('is-pinned', pinned);
  element.classList.toggle('is-edge', pinned && head.place === model.layout.pinned - 1);
  element.classList.toggle('is-number', column.family === 'number');
  element.classList.toggle('is-active', selection.active.row < 0 && selection.active.column === head.place);
  element.classList.toggle('is-chosen', selection.kind === 'columns' && holds(frame.chosen, 0, head.place));
  set(element, 'aria-sort', direction);
  set(element, 'aria-colindex', head.place + 2);
  set(element, 'id', `cell--1-${head.place}`);
  const label = `${visibleText(column.name, { limit: 200, oneLine: true })}, ${column.type}`;
  set(element, 'aria-label', filtered ? t('{0}, filtered', label) : label);
  set(
    element,
    'title',
    `${label}\n${t('Click: sort. Shift+click: add to sort. Ctrl+click: select the column.')}`,
  );
}
