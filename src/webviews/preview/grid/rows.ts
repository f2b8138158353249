// Draws the rows that are seen into elements that are used again and again.
import type { Cell } from '../../../shared/previewApi';
import { el, set } from '../dom';
import { icon } from '../icons';
import type { PlacedColumn } from '../layout';
import { holds, type Block } from '../selection';
import type { Rows } from '../scale';
import { number, t } from '../words';
import { drawCell } from './cells';
import { HEADER_HEIGHT, ROW_HEIGHT, sameCell, type GridModel } from './model';

interface Frame {
  readonly rows: Rows;
  /** Places of the columns seen. */
  readonly places: readonly number[];
  readonly top: number;
  readonly left: number;
  /** Width of the row numbers. */
  readonly gutter: number;
  readonly chosen: Block | undefined;
}

export interface RowsView {
  readonly element: HTMLElement;
  readonly draw: (model: GridModel, frame: Frame) => void;
  /** Element ids of the active cell. */
  readonly idOf: (row: number, place: number) => string;
}

interface DrawnCell {
  readonly element: HTMLElement;
  value: Cell | undefined;
  column: PlacedColumn | undefined;
  marked: string;
}

interface DrawnRow {
  readonly element: HTMLElement;
  readonly gutter: HTMLElement;
  readonly cells: DrawnCell[];
  row: number;
}

export function createRows(): RowsView {
  const element = el('div', { class: 'grid-rows', role: 'rowgroup' });
  let drawn: DrawnRow[] = [];

  return {
    element,
    idOf: (row, place) => `cell-${row}-${place}`,
    draw: (model, frame) => {
      const free: DrawnRow[] = [];
      const kept = new Map<number, DrawnRow>();
      for (const row of drawn) {
        if (row.row >= frame.rows.first && row.row < frame.rows.end && !kept.has(row.row))
          kept.set(row.row, row);
        else free.push(row);
      }
      const next: DrawnRow[] = [];
      for (let position = frame.rows.first; position < frame.rows.end; position++) {
        const row = kept.get(position) ?? free.pop() ?? createRow(element);
        row.row = position;
        drawRow(row, model, frame);
        next.push(row);
      }
      for (const row of free) row.element.remove();
      drawn = next;
    },
  };
}

function createRow(parent: HTMLElement): DrawnRow {
  const gutter = el('div', { class: 'gutter', role: 'rowheader', 'aria-colindex': 1 });
  const element = el('div', { class: 'row', role: 'row' }, gutter);
  parent.append(element);
  return { element, gutter, cells: [], row: -1 };
}

function drawRow(row: DrawnRow, model: GridModel, frame: Frame): void {
  const { row: position, element } = row;
  element.style.transform = `translateY(${HEADER_HEIGHT + position * ROW_HEIGHT - frame.top}px)`;
  set(element, 'aria-rowindex', position + 2);
  element.classList.toggle('is-odd', position % 2 === 1);
  const { active } = model.selection;
  const current = active.row === position;
  element.classList.toggle('is-current', current);
  drawGutter(row, model, frame);
  while (row.cells.length > frame.places.length) row.cells.pop()?.element.remove();
  frame.places.forEach((place, slot) => {
    const column = model.layout.columns[place];
    if (column === undefined) return;
    const cell = (row.cells[slot] ??= createCell(element));
    placeCell(cell, column, frame);
    const value = model.cell(position, column.index);
    const marked = `${model.marked.case ? '1' : '0'}${model.marked.text}`;
    if (
      cell.column?.column !== column.column ||
      !sameCell(cell.value, value) ||
      cell.marked !== marked ||
      cell.element.className === ''
    ) {
      drawCell(cell.element, value, column.column, model.marked);
      cell.value = value;
      cell.marked = marked;
    }
    cell.column = column;
    const chosen = holds(frame.chosen, position, place);
    const isActive = current && active.column === place;
    cell.element.classList.toggle('is-chosen', chosen);
    cell.element.classList.toggle('is-active', isActive);
    cell.element.classList.toggle('is-pinned', column.pinned);
    cell.element.classList.toggle('is-edge', column.pinned && place === model.layout.pinned - 1);
    set(cell.element, 'aria-selected', chosen ? 'true' : 'false');
    set(cell.element, 'id', `cell-${position}-${place}`);
    set(cell.element, 'aria-colindex', place + 2);
  });
}

function drawGutter(row: DrawnRow, model: GridModel, frame: Frame): void {
  const { gutter, row: position } = row;
  gutter.style.width = `${frame.gutter}px`;
  const file = model.rowNumber(position);
  const label = file === undefined ? '' : number((file ?? position) + 1);
  if (gutter.dataset['label'] !== label || model.traceable !== gutter.childElementCount > 0) {
    gutter.dataset['label'] = label;
    gutter.replaceChildren(
      ...(model.traceable
        ? [el('span', { class: 'to-source', title: t('Go to the landing line') }, icon('source'))]
        : []),
      label,
    );
  }
  const whole =
    frame.chosen !== undefined &&
    model.selection.kind !== 'cells' &&
    holds(frame.chosen, position, frame.chosen.column);
  gutter.classList.toggle('is-chosen', whole && model.selection.kind !== 'columns');
}

function createCell(row: HTMLElement): DrawnCell {
  const element = el('div', { class: '', role: 'gridcell', dir: 'auto' });
  row.append(element);
  return { element, value: undefined, column: undefined, marked: '' };
}

function placeCell(cell: DrawnCell, column: PlacedColumn, frame: Frame): void {
  const { style } = cell.element;
  style.transform = `translateX(${frame.gutter + column.x - (column.pinned ? 0 : frame.left)}px)`;
  style.width = `${column.width}px`;
}
