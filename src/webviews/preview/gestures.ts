// What gestures in the grid and entries of its menus do: sort, filter, resize, move, select, open.
import { createColumnGestures, type ColumnGestureParts, type ColumnGestures } from './columnGestures';
import type { PreviewContext } from './context';
import type { Finder } from './finder';
import { openGoToRow } from './goToRow';
import type { GridEvents } from './grid/model';
import { PLAIN_LAYOUT, withHidden, withPinned } from './layout';
import { cellMenu, columnMenu, type MenuActions } from './menus';
import type { Outlets } from './outlets';
import { openMenu, type MenuItem } from './popup';
import { at, block, holds, whole, type CellPosition } from './selection';
import { filteredBy } from './views';
import { t } from './words';

export interface GestureParts extends ColumnGestureParts {
  readonly outlets: Outlets;
  readonly finder: Finder;
  readonly reload: () => void;
  readonly focusSearch: () => void;
  readonly cellOpened: () => void;
  readonly goToRowAnchor: () => Element;
}

export interface Gestures {
  readonly events: GridEvents;
  readonly actions: MenuActions;
  readonly goToRow: (anchor?: Element) => void;
}

export function createGestures(context: PreviewContext, parts: GestureParts): Gestures {
  const columns = createColumnGestures(context, parts);
  const goToRow = (anchor = parts.goToRowAnchor()): void => {
    const { table, selection } = context.tab;
    openGoToRow(anchor, table.rows, selection.active.row, (row) =>
      context.goTo(row, selection.active.column),
    );
  };
  const actions = menuActionsOf(context, parts, columns, goToRow);
  const events: GridEvents = {
    seen: (rows, indexes) => context.tab.table.seen(rows, indexes),
    scrolled: parts.actions.keepSoon,
    select: parts.actions.select,
    sort: columns.sort,
    filter: columns.openFilter,
    resize: columns.resize,
    move: columns.move,
    menu: (position, x, y) => {
      const { selection, table, layout } = context.tab;
      const chosen = block(selection, { rows: table.rows, columns: layout.columns.length });
      if (!holds(chosen, position.row, position.column)) parts.actions.select(at(position));
      parts.grid().focus();
      openMenu(position.row < 0 ? t('Column') : t('Cell'), menuOf(context, actions, position), x, y);
    },
    open: () => {
      parts.actions.toggleSide('cell');
      parts.cellOpened();
    },
    source: parts.outlets.source,
    copy: () => parts.outlets.copy('tsv', false),
    search: parts.focusSearch,
    goToRow: () => goToRow(),
    find: parts.finder.find,
  };
  return { events, actions, goToRow };
}

function menuActionsOf(
  context: PreviewContext,
  { actions, outlets, reload }: GestureParts,
  columns: ColumnGestures,
  goToRow: () => void,
): MenuActions {
  const { select, arrange, toggleSide } = actions;
  return {
    ...outlets,
    filter: (filter) => context.look(filteredBy(context.tab.table.view, filter)),
    openFilter: (column) => columns.openFilter(column),
    open: () => toggleSide('cell'),
    goToRow: () => goToRow(),
    selectRow: (position) => select(whole('rows', position, context.tab.selection, false)),
    selectColumn: (column) => select(whole('columns', { row: 0, column }, context.tab.selection, false)),
    sort: (terms) => context.look({ ...context.tab.table.view, sort: terms }),
    fit: (column) => columns.resize(column, 'fit'),
    pin: (name, pin) => arrange(withPinned(context.tab.layoutState, name, pin)),
    hide: (name) => arrange(withHidden(context.tab.layoutState, name, true)),
    move: columns.move,
    profile: () => toggleSide('columns'),
    showAllColumns: actions.showAllColumns,
    resetColumns: () => arrange(PLAIN_LAYOUT),
    openAsText: () => void context.host.call('host.openAsText', {}).catch(context.failed),
    reload,
    showLog: () => void context.host.call('host.showLog', {}).catch(context.failed),
  };
}

function menuOf({ tab }: PreviewContext, actions: MenuActions, position: CellPosition): readonly MenuItem[] {
  const { table, layout, source } = tab;
  const placed = layout.columns[position.column];
  if (placed === undefined) return [];
  const { column, index, pinned } = placed;
  if (position.row < 0)
    return columnMenu(actions, position.column, column, {
      pinned,
      last: layout.columns.length - 1,
      view: table.view,
    });
  const { traceable, follows } = source.opened;
  return cellMenu(actions, { position, column, value: table.cell(position.row, index), traceable, follows });
}
