// Where columns stand: order, widths, hidden and pinned ones, and which of them are seen.
import type { PreviewColumn } from '../../shared/previewApi';
import { ownValue } from '../../shared/defined';
import { clamp } from './scale';

/** What the user has made of the columns, by name. */
export interface LayoutState {
  /** Names in the order wanted; columns not named follow in file order. Empty: file order. */
  readonly order: readonly string[];
  readonly widths: Readonly<Record<string, number>>;
  readonly hidden: readonly string[];
  /** Always seen, at the left, in this order. */
  readonly pinned: readonly string[];
}

export const PLAIN_LAYOUT: LayoutState = { order: [], widths: {}, hidden: [], pinned: [] };

export interface PlacedColumn {
  /** Index among the file's columns. */
  readonly index: number;
  readonly column: PreviewColumn;
  /** Left edge, from the right edge of the row numbers; for columns that scroll, before scrolling. */
  readonly x: number;
  readonly width: number;
  readonly pinned: boolean;
}

export interface Layout {
  /** As shown from left to right, pinned ones first. */
  readonly columns: readonly PlacedColumn[];
  readonly pinned: number;
  readonly pinnedWidth: number;
  /** Width of all columns. */
  readonly width: number;
}

const MIN_WIDTH = 40;
export const MAX_WIDTH = 1_200;

/** Lays the columns out. */
export function layOut(columns: readonly PreviewColumn[], state: LayoutState): Layout {
  const byName = new Map(columns.map((column, index) => [column.name, index]));
  const hidden = new Set(state.hidden);
  const seen = new Set<number>();
  const take = (names: readonly string[]): number[] =>
    names.flatMap((name) => {
      const index = byName.get(name);
      if (index === undefined || hidden.has(name) || seen.has(index)) return [];
      seen.add(index);
      return [index];
    });
  const pinned = take(state.pinned);
  const rest = take(state.order.length === 0 ? columns.map(({ name }) => name) : state.order);
  const late = take(columns.map(({ name }) => name));
  let x = 0;
  const placed = [...pinned, ...rest, ...late].flatMap((index, at): PlacedColumn[] => {
    const column = columns[index];
    if (column === undefined) return [];
    const width = clamp(ownValue(state.widths, column.name) ?? usualWidth(column), MIN_WIDTH, MAX_WIDTH);
    x += width;
    return [{ index, column, x: x - width, width, pinned: at < pinned.length }];
  });
  const pinnedWidth = placed[pinned.length]?.x ?? (pinned.length === 0 ? 0 : x);
  return { columns: placed, pinned: pinned.length, pinnedWidth, width: x };
}

/** Width of a column nobody has measured, by its name and family. */
function usualWidth({ name, family, type }: PreviewColumn): number {
  const values = {
    number: 90,
    boolean: 60,
    date: 92,
    time: 165,
    nested: 220,
    binary: 150,
    text: 130,
    other: 120,
  }[family];
  return clamp(
    Math.max(values, Math.min(name.length, 30) * 7.5 + 52, Math.min(type.length, 18) * 6 + 30),
    70,
    320,
  );
}

/** Places (in display order) of the columns of which some pixel is seen: pinned ones, then a run of others. */
export function columnsSeen(layout: Layout, left: number, width: number): readonly number[] {
  const places = layout.columns.slice(0, layout.pinned).map((_, place) => place);
  const from = left + layout.pinnedWidth;
  const to = left + width;
  let low = layout.pinned;
  let high = layout.columns.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const column = layout.columns[middle];
    if (column !== undefined && column.x + column.width <= from) low = middle + 1;
    else high = middle;
  }
  for (let place = low; place < layout.columns.length; place++) {
    const column = layout.columns[place];
    if (column === undefined || column.x >= to) break;
    places.push(place);
  }
  return places;
}

/** The place at a distance from the right edge of the row numbers; the nearest one beyond the ends. */
export function placeAt(layout: Layout, left: number, x: number): number {
  const at = x < layout.pinnedWidth ? x : x + left;
  const found = layout.columns.findIndex((column) => at < column.x + column.width);
  return found === -1 ? Math.max(0, layout.columns.length - 1) : Math.max(0, found);
}

/** The nearest horizontal scroll position at which the column is wholly seen. */
export function revealColumn(layout: Layout, place: number, left: number, width: number): number {
  const column = layout.columns[place];
  if (column === undefined || column.pinned) return left;
  if (column.x - left < layout.pinnedWidth) return column.x - layout.pinnedWidth;
  // A column wider than the view shows its beginning.
  if (column.x + column.width - left > width)
    return Math.min(column.x - layout.pinnedWidth, column.x + column.width - width);
  return left;
}

export function withWidth(state: LayoutState, name: string, width: number): LayoutState {
  return { ...state, widths: { ...state.widths, [name]: Math.round(clamp(width, MIN_WIDTH, MAX_WIDTH)) } };
}

export function withHidden(state: LayoutState, name: string, hide: boolean): LayoutState {
  const hidden = state.hidden.filter((other) => other !== name);
  return { ...state, hidden: hide ? [...hidden, name] : hidden };
}

export function withPinned(state: LayoutState, name: string, pin: boolean): LayoutState {
  const pinned = state.pinned.filter((other) => other !== name);
  return { ...state, pinned: pin ? [...pinned, name] : pinned };
}

/** Moves a shown column to the place of another. */
export function withMoved(layout: Layout, state: LayoutState, from: number, to: number): LayoutState {
  const moved = layout.columns[from];
  if (moved === undefined || from === to) return state;
  const names = layout.columns.map(({ column }) => column.name);
  names.splice(from, 1);
  names.splice(clamp(to, 0, names.length), 0, moved.column.name);
  // What is moved among the pinned ones is pinned, and the other way round.
  const others = layout.pinned - (from < layout.pinned ? 1 : 0);
  const pinned = to < layout.pinned && layout.pinned > 0 ? others + 1 : others;
  return { ...state, pinned: names.slice(0, pinned), order: names.slice(pinned) };
}
