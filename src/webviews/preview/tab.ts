// One grid's worth of the preview: a table, how its columns are laid out, where the user is in it.
import type { Host, PreviewSource } from './source';
import { fitWidth } from './fit';
import { layOut, type Layout, type LayoutState } from './layout';
import { at, fit, type Selection } from './selection';
import { PLAIN_GRID, type GridState } from './state';
import { Table } from './table';
import type { Tasks } from './tasks';

export interface Tab {
  readonly source: PreviewSource;
  readonly table: Table;
  readonly layout: Layout;
  layoutState: LayoutState;
  selection: Selection;
  /** Where it was, until there are enough rows to go there. */
  scrollTarget: { readonly top: number; readonly left: number } | undefined;
  /** The place of a column; -1 where it is not shown. */
  readonly columnAt: (name: string | undefined) => number;
  /** Lays the columns out again. */
  readonly arrange: (state: LayoutState) => void;
  /** Gives columns that were not given a width the one their first values need. True: something has moved. */
  readonly measure: () => boolean;
  /** The width that shows a column's values near a row. */
  readonly fitted: (place: number, near: number) => number;
  readonly state: (top: number, left: number) => GridState;
  /** Reads everything again: the source is another. */
  readonly renew: () => void;
}

export interface TabParts {
  readonly host: Host;
  readonly tasks: Tasks;
  readonly source: PreviewSource;
  readonly start: GridState | undefined;
  readonly changed: () => void;
  readonly failed: (error: unknown) => void;
}

/** Rows whose values decide a width. */
const MEASURED = 60;

export function createTab(parts: TabParts): Tab {
  const { source } = parts;
  const start = parts.start ?? PLAIN_GRID;
  let { measured } = start;
  let table = new Table({ ...parts, view: start.view });
  let layout = layOut(source.opened.columns, {
    ...start.layout,
    widths: { ...measured, ...start.layout.widths },
  });

  const arrange = (): void => {
    const widths = { ...measured, ...tab.layoutState.widths };
    layout = layOut(source.opened.columns, { ...tab.layoutState, widths });
  };

  const widthOf = (place: number, from: number, asked: boolean): number | undefined => {
    const placed = layout.columns[place];
    if (placed === undefined) return undefined;
    const rows = Math.min(MEASURED, table.rows - from);
    const values = Array.from({ length: Math.max(0, rows) }, (_, row) =>
      table.cell(from + row, placed.index),
    );
    if (!asked && values.every((value) => value === undefined)) return undefined;
    return fitWidth(placed.column, values, asked);
  };

  const active = layout.columns.findIndex(({ column }) => column.name === start.active?.column);
  const tab: Tab = {
    source,
    get table() {
      return table;
    },
    get layout() {
      return layout;
    },
    layoutState: start.layout,
    selection: at({ row: start.active?.row ?? 0, column: Math.max(0, active) }),
    scrollTarget: start.top > 0 || start.left > 0 ? { top: start.top, left: start.left } : undefined,
    columnAt: (name) => layout.columns.findIndex(({ column }) => column.name === name),
    arrange: (state) => {
      const name = layout.columns[tab.selection.active.column]?.column.name;
      tab.layoutState = state;
      arrange();
      // The keyboard stays at its column, wherever that went.
      const place = tab.columnAt(name);
      const size = { rows: table.rows, columns: layout.columns.length };
      tab.selection =
        place === -1 ? fit(tab.selection, size) : at({ ...tab.selection.active, column: place });
    },
    measure: () => {
      const from = Math.max(0, tab.selection.active.row - (tab.selection.active.row % MEASURED));
      const next = new Map<string, number>();
      layout.columns.forEach(({ column }, place) => {
        if ([measured, tab.layoutState.widths].some((widths) => Object.hasOwn(widths, column.name))) return;
        const width = widthOf(place, table.cell(from, 0) === undefined ? 0 : from, false);
        if (width !== undefined) next.set(column.name, width);
      });
      if (next.size === 0) return false;
      measured = { ...measured, ...Object.fromEntries(next) };
      arrange();
      return true;
    },
    fitted: (place, near) => widthOf(place, near, true) ?? 100,
    state: (top, left) => {
      const { row, column } = tab.selection.active;
      const name = layout.columns[column]?.column.name;
      return {
        view: table.view,
        layout: tab.layoutState,
        measured,
        top: tab.scrollTarget?.top ?? top,
        left: tab.scrollTarget?.left ?? left,
        active: name === undefined ? null : { row, column: name },
      };
    },
    renew: () => {
      const { view } = table;
      table.close();
      table = new Table({ ...parts, view });
      arrange();
    },
  };
  return tab;
}
