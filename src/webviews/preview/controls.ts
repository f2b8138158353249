// The controls around the grid: toolbar, SQL box, status line and side panel, each with what it does to the preview.
import type { PreviewActions, PreviewContext } from './context';
import type { Finder } from './finder';
import type { Gestures } from './gestures';
import type { Grid } from './grid/grid';
import { withHidden } from './layout';
import { mainMenu } from './menus';
import type { Outlets } from './outlets';
import { openMenu } from './popup';
import type { Queries } from './queries';
import { at } from './selection';
import { Side } from './side/side';
import type { PreviewSource } from './source';
import { createSqlBox, type SqlBox } from './sqlBox';
import { createStatus, type StatusLine } from './status';
import { createToolbar, type Toolbar } from './toolbar';
import { withoutFilter } from './views';
import { t } from './words';

export interface ControlParts {
  readonly context: PreviewContext;
  readonly actions: PreviewActions;
  readonly file: PreviewSource;
  readonly grid: Grid;
  readonly finder: Finder;
  readonly queries: Queries;
  readonly gestures: Gestures;
  readonly outlets: Outlets;
}

export interface Controls {
  readonly toolbar: Toolbar;
  readonly sql: SqlBox;
  readonly status: StatusLine;
  readonly side: Side;
}

export function createControls(parts: ControlParts): Controls {
  return {
    toolbar: toolbarOf(parts),
    sql: sqlBoxOf(parts),
    status: statusOf(parts),
    side: sideOf(parts),
  };
}

const SIDE_MIN_WIDTH = 220;
/** The part of the window that the side panel takes at most. */
const SIDE_MAX_SHARE = 0.7;

function toolbarOf(parts: ControlParts): Toolbar {
  const { actions, finder, gestures, grid, queries } = parts;
  return createToolbar({
    search: finder.search,
    find: finder.find,
    leave: grid.focus,
    goToRow: gestures.goToRow,
    toggleSql: actions.toggleSql,
    toggleSide: () => actions.toggleSide(),
    backToFile: queries.leave,
    menu: (anchor) => openMainMenu(parts, anchor),
  });
}

function openMainMenu({ context, file, gestures }: ControlParts, anchor: Element): void {
  const box = anchor.getBoundingClientRect();
  const { hidden, order, pinned, widths } = context.tab.layoutState;
  const arranged = hidden.length + order.length + pinned.length + Object.keys(widths).length > 0;
  const items = mainMenu(gestures.actions, {
    text: file.opened.kind === 'text',
    arranged,
    hidden: hidden.length > 0,
  });
  openMenu(t('Preview'), items, box.left, box.bottom);
}

function sqlBoxOf({ context, actions, grid, queries }: ControlParts): SqlBox {
  return createSqlBox({
    run: (text) => void queries.run(text),
    edited: (text) => {
      context.state = { ...context.state, sql: { ...context.state.sql, text } };
      actions.keepSoon();
    },
    leave: grid.focus,
  });
}

function statusOf({ context, actions }: ControlParts): StatusLine {
  return createStatus({
    remove: (filter) => {
      const { search } = context.state;
      if (filter.kind === 'search') context.state = { ...context.state, search: { ...search, text: '' } };
      context.look(withoutFilter(context.tab.table.view, filter));
    },
    clear: actions.clearFilters,
    unsort: () => context.look({ ...context.tab.table.view, sort: [] }),
    showHidden: actions.showAllColumns,
    cancel: () => {
      context.tab.table.cancel();
      context.tasks.cancelAll();
      context.announcer.say(t('Cancelled.'));
      context.changed();
    },
  });
}

function sideOf({ context, actions, grid, outlets }: ControlParts): Side {
  const { host, failed } = context;
  return new Side(host, () => context.tab, {
    choose: actions.toggleSide,
    close: () => {
      actions.toggleSide();
      grid.focus();
    },
    width: (pixels) => {
      const width = Math.min(
        Math.max(SIDE_MIN_WIDTH, Math.round(pixels)),
        window.innerWidth * SIDE_MAX_SHARE,
      );
      context.state = { ...context.state, side: { ...context.state.side, width } };
      context.changed();
    },
    go: (name) => {
      const { tab } = context;
      const column = tab.columnAt(name);
      if (column === -1) return;
      actions.select(at({ row: tab.selection.active.row, column }));
      grid.reveal(tab.selection.active);
    },
    show: (name) => actions.arrange(withHidden(context.tab.layoutState, name, false)),
    copy: outlets.copyText,
    openOrigin: (origin) => void host.call('host.openOrigin', origin).catch(failed),
    follow: (origin) => void host.call('host.follow', origin).catch(failed),
  });
}
