// What gestures in the grid and entries of its menus do: sort, filter, resize, move, choose, open.
import type { ColumnProfile } from '../../shared/previewApi';
import type { Desk } from './desk';
import { openFilterForm } from './filters';
import type { Finder } from './finder';
import { openGoToRow } from './goToRow';
import type { Grid } from './grid/grid';
import { ROW_HEIGHT, type GridEvents } from './grid/model';
import { PLAIN_LAYOUT, withHidden, withMoved, withPinned, withWidth, type LayoutState } from './layout';
import { cellMenu, columnMenu, type MenuActions } from './menus';
import type { Outlets } from './outlets';
import { openMenu, type MenuItem } from './popup';
import { at, block, holds, whole, type Place, type Selection } from './selection';
import type { SideTab } from './state';
import { filteredBy, sortedBy } from './views';
import { t } from './words';

export interface GesturesParts {
  /** The grid is made with these gestures: it is asked for when one comes. */
  readonly grid: () => Grid;
  readonly outlets: Outlets;
  readonly finder: Finder;
  readonly choose: (selection: Selection) => void;
  readonly arrange: (layout: LayoutState) => void;
  readonly toggleSide: (tab: SideTab) => void;
  readonly showAllColumns: () => void;
  readonly reload: () => void;
  readonly focusSearch: () => void;
  readonly profile: (column: string, signal: AbortSignal) => Promise<ColumnProfile>;
  readonly cellOpened: () => void;
  readonly keepSoon: () => void;
  readonly goToRowAnchor: () => Element;
}

export interface Gestures {
  readonly events: GridEvents;
  readonly actions: MenuActions;
  readonly goToRow: (anchor?: Element) => void;
}

export function createGestures(desk: Desk, parts: GesturesParts): Gestures {
  const { outlets, finder, choose, arrange, toggleSide } = parts;

  const openFilter = (place: number, anchor?: Element): void => {
    const { table, layout } = desk.tab;
    const column = layout.columns[place]?.column;
    if (column === undefined) return;
    openFilterForm({
      anchor: anchor ?? parts.grid().anchor({ row: -1, column: place }),
      column,
      view: table.view,
      profile: (signal) => parts.profile(column.name, signal),
      apply: desk.look,
      closed: () => parts.grid().focus(),
    });
  };

  const goToRow = (anchor = parts.goToRowAnchor()): void => {
    const { table, selection } = desk.tab;
    openGoToRow(anchor, table.rows, selection.active.row, (row) => desk.goTo(row, selection.active.column));
  };

  const sort = (place: number, add: boolean): void => {
    const { table, layout } = desk.tab;
    const name = layout.columns[place]?.column.name;
    if (name === undefined) return;
    desk.look(sortedBy(table.view, name, add));
    const term = table.view.sort.find(({ column }) => column === name);
    desk.announcer.say(
      term === undefined
        ? t('Not sorted by {0}.', name)
        : term.descending
          ? t('Sorted by {0}, descending.', name)
          : t('Sorted by {0}, ascending.', name),
    );
  };

  const resize: GridEvents['resize'] = (place, width) => {
    const { tab } = desk;
    const name = tab.layout.columns[place]?.column.name;
    if (name === undefined) return;
    const near = Math.floor(parts.grid().top / ROW_HEIGHT);
    tab.arrange(withWidth(tab.layoutState, name, width === 'fit' ? tab.fitted(place, near) : width));
    desk.changed();
  };

  const move: GridEvents['move'] = (from, to) => {
    const { tab } = desk;
    if (to < 0 || to >= tab.layout.columns.length) return;
    const inHeader = tab.selection.active.row < 0;
    arrange(withMoved(tab.layout, tab.layoutState, from, to));
    if (inHeader) parts.grid().reveal(tab.selection.active);
  };

  const actions: MenuActions = {
    ...outlets,
    filter: (filter) => desk.look(filteredBy(desk.tab.table.view, filter)),
    openFilter: (place) => openFilter(place),
    open: () => toggleSide('cell'),
    goToRow: () => goToRow(),
    chooseRow: (place) => choose(whole('rows', place, desk.tab.selection, false)),
    chooseColumn: (column) => choose(whole('columns', { row: 0, column }, desk.tab.selection, false)),
    sort: (terms) => desk.look({ ...desk.tab.table.view, sort: terms }),
    fit: (place) => resize(place, 'fit'),
    pin: (name, pin) => arrange(withPinned(desk.tab.layoutState, name, pin)),
    hide: (name) => arrange(withHidden(desk.tab.layoutState, name, true)),
    move,
    profile: () => toggleSide('columns'),
    showAllColumns: parts.showAllColumns,
    resetColumns: () => arrange(PLAIN_LAYOUT),
    openAsText: () => void desk.host.call('host.openAsText', {}).catch(desk.failed),
    reload: parts.reload,
    showLog: () => void desk.host.call('host.showLog', {}).catch(desk.failed),
  };

  const menuOf = ({ row, column: place }: Place): readonly MenuItem[] => {
    const { table, layout, source } = desk.tab;
    const placed = layout.columns[place];
    if (placed === undefined) return [];
    const { column, index, pinned } = placed;
    if (row < 0)
      return columnMenu(actions, place, column, {
        pinned,
        last: layout.columns.length - 1,
        view: table.view,
      });
    const value = table.cell(row, index);
    return cellMenu(actions, { row, column: place }, column, value, source.opened);
  };

  const events: GridEvents = {
    seen: (rows, indexes) => desk.tab.table.seen(rows, indexes),
    scrolled: parts.keepSoon,
    select: choose,
    sort,
    filter: openFilter,
    resize,
    move,
    menu: (place, x, y) => {
      const { selection, table, layout } = desk.tab;
      const chosen = block(selection, { rows: table.rows, columns: layout.columns.length });
      if (!holds(chosen, place.row, place.column)) choose(at(place));
      parts.grid().focus();
      openMenu(place.row < 0 ? t('Column') : t('Cell'), menuOf(place), x, y);
    },
    open: () => {
      toggleSide('cell');
      parts.cellOpened();
    },
    source: outlets.source,
    copy: () => outlets.copy('tsv', false),
    search: parts.focusSearch,
    goToRow: () => goToRow(),
    find: finder.find,
  };
  return { events, actions, goToRow };
}
