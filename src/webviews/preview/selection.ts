// Which cells are selected: one active cell, and a block of cells, rows or columns that reaches from it.
import { clamp } from './scale';

/** Where a cell is: row position in the view (-1 is the header), column in display order. */
export interface CellPosition {
  readonly row: number;
  readonly column: number;
}

export interface Selection {
  readonly kind: 'cells' | 'rows' | 'columns' | 'all';
  /** Where the keyboard is. */
  readonly active: CellPosition;
  /** The corner that stays while the selection is drawn out. */
  readonly anchor: CellPosition;
}

/** A block of cells; ends are exclusive. */
export interface Block {
  readonly row: number;
  readonly rows: number;
  readonly column: number;
  readonly columns: number;
}

export interface Size {
  readonly rows: number;
  readonly columns: number;
}

export function at(place: CellPosition): Selection {
  return { kind: 'cells', active: place, anchor: place };
}

/** Moves the active cell; drawn out, the anchor stays. */
export function moveTo(selection: Selection, place: CellPosition, size: Size, extend: boolean): Selection {
  const active = {
    row: clamp(place.row, extend ? 0 : -1, size.rows - 1),
    column: clamp(place.column, 0, size.columns - 1),
  };
  if (!extend) return at(active);
  const kind = selection.kind === 'all' ? 'cells' : selection.kind;
  return { kind, active, anchor: selection.anchor };
}

/** Selects the whole row or column of a place. */
export function whole(
  kind: 'rows' | 'columns',
  place: CellPosition,
  selection: Selection,
  extend: boolean,
): Selection {
  return { kind, active: place, anchor: extend && selection.kind === kind ? selection.anchor : place };
}

export function all(selection: Selection): Selection {
  return { ...selection, kind: 'all' };
}

/** The selected cells; nothing while the header is active. */
export function block({ kind, active, anchor }: Selection, size: Size): Block | undefined {
  const everything = { row: 0, rows: size.rows, column: 0, columns: size.columns };
  if (size.rows === 0 || size.columns === 0) return undefined;
  if (kind === 'all') return everything;
  const column = Math.min(active.column, anchor.column);
  const columns = Math.abs(active.column - anchor.column) + 1;
  if (kind === 'columns') return { ...everything, column, columns };
  if (active.row < 0) return undefined;
  const row = Math.max(0, Math.min(active.row, anchor.row));
  const rows = Math.max(active.row, anchor.row) - row + 1;
  return kind === 'rows' ? { ...everything, row, rows } : { row, rows, column, columns };
}

export function holds(chosen: Block | undefined, row: number, column: number): boolean {
  return (
    chosen !== undefined &&
    row >= chosen.row &&
    row < chosen.row + chosen.rows &&
    column >= chosen.column &&
    column < chosen.column + chosen.columns
  );
}

/** Keeps the selection inside a grid that has become smaller. */
export function fit(selection: Selection, size: Size): Selection {
  const inside = (place: CellPosition): CellPosition => ({
    row: clamp(place.row, -1, size.rows - 1),
    column: clamp(place.column, 0, size.columns - 1),
  });
  return { ...selection, active: inside(selection.active), anchor: inside(selection.anchor) };
}
