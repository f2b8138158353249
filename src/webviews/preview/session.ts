// An opened preview: joins grid, toolbar, filters, SQL box, side panel and status line over one file and its queries.
import type { PreviewStart, PageCommand } from '../../shared/previewHostApi';
import type { PreviewOpened, View } from '../../shared/previewApi';
import type { Banner } from './banner';
import type { Desk } from './desk';
import { el, type Announcer } from './dom';
import { createEmptiness } from './emptiness';
import { createFinder } from './finder';
import { createGestures } from './gestures';
import { createGrid } from './grid/grid';
import { ROW_HEIGHT, type GridModel } from './grid/model';
import { fileSource, type Host } from './host';
import { withHidden, type LayoutState } from './layout';
import { mainMenu } from './menus';
import { createOutlets } from './outlets';
import { openMenu } from './popup';
import { createQueries } from './queries';
import { createRecovery, type Cause } from './recovery';
import { at, block, fit, type Selection } from './selection';
import { createSide } from './side/side';
import { createSqlBox } from './sqlBox';
import type { GridState, PreviewState, SideTab } from './state';
import { createStatus } from './status';
import { createTab, type Tab } from './tab';
import { createToolbar } from './toolbar';
import { withoutFilter } from './views';
import { number, t } from './words';
import { createWork } from './work';

export interface SessionParts {
  readonly host: Host;
  readonly opened: PreviewOpened;
  readonly state: PreviewState;
  readonly start: PreviewStart | undefined;
  readonly banner: Banner;
  readonly announcer: Announcer;
  readonly keep: (state: PreviewState) => void;
  /** The file cannot be read any more. */
  readonly lost: (error: unknown) => void;
}

export interface Session {
  readonly element: HTMLElement;
  readonly do: (command: PageCommand) => void;
  readonly go: (start: PreviewStart) => void;
  /** Handles are void: the engine has ended, or the file is another. */
  readonly expire: (cause: Cause) => void;
  /** Called once it is in the page. */
  readonly begin: () => void;
  readonly dispose: () => void;
}

export function createSession(parts: SessionParts): Session {
  const { host, banner, announcer } = parts;
  let state = parts.state;
  let frame = 0;
  let keeping: ReturnType<typeof setTimeout> | undefined;

  const changed = (): void => {
    frame ||= requestAnimationFrame(draw);
  };
  const work = createWork(changed);

  const { failed, reopened, expire, reload } = createRecovery({
    banner,
    announcer,
    tabs: () => ({ front: tab, file: fileTab, query: queries.tab }),
    changed,
    renewed: () => side.tableChanged(),
    lost: parts.lost,
  });
  const file = fileSource(host, parts.opened, () => reopened(fileTab));
  const makeTab = (source: Tab['source'], start: GridState | undefined): Tab =>
    createTab({ host, work, source, start, changed, failed });
  const fileTab = makeTab(file, state.file);
  let tab = fileTab;

  const model = (): GridModel => ({
    rows: tab.table.rows,
    largest: Math.max(tab.table.rows, tab.table.total ?? 0),
    view: tab.table.view,
    layout: tab.layout,
    selection: tab.selection,
    cell: tab.table.cell,
    rowNumber: tab.table.rowNumber,
    traceable: tab.source.opened.traceable,
    marked: state.search,
  });
  const size = (): { rows: number; columns: number } => ({
    rows: tab.table.rows,
    columns: tab.layout.columns.length,
  });

  const draw = (): void => {
    frame = 0;
    const { layout } = tab;
    if (tab.table.shown && tab.measure()) {
      grid.keepPlace(layout);
      changed();
    }
    if (tab.table.counted) tab.selection = fit(tab.selection, size());
    grid.refresh();
    restorePosition();
    const chosen = block(tab.selection, size());
    const many = chosen !== undefined && chosen.rows * chosen.columns > 1;
    status.update({
      view: tab.table.view,
      rows: tab.table.rows,
      counted: tab.table.counted,
      total: tab.table.total,
      took: tab.table.took,
      working: work.shown,
      selection: many ? t('{0} × {1} selected', chosen.rows, chosen.columns) : '',
      hidden: tab.layoutState.hidden.length,
    });
    toolbar.update({
      search: state.search,
      matches: finder.matches,
      sql: state.sql.open,
      side: state.side.open,
      query: tab !== fileTab,
    });
    sql.update(state.sql);
    side.update(state.side);
    emptiness.update(tab);
    keepSoon();
  };
  const restorePosition = (): void => {
    const { wanted, table } = tab;
    if (wanted === undefined) return;
    grid.scrollTo(wanted.top, wanted.left);
    if (table.counted || table.rows * ROW_HEIGHT > wanted.top + 5_000) tab.wanted = undefined;
  };
  const keepSoon = (): void => {
    keeping ??= setTimeout(() => {
      keeping = undefined;
      parts.keep(snapshot());
    }, 200);
  };
  const snapshot = (): PreviewState => {
    const of = (one: Tab): GridState =>
      one === tab ? one.state(grid.top, grid.left) : one.state(one.wanted?.top ?? 0, one.wanted?.left ?? 0);
    const query = queries.tab;
    return {
      ...state,
      file: of(fileTab),
      query:
        query?.source.sql === undefined
          ? null
          : { sql: query.source.sql, grid: of(query), active: tab === query },
    };
  };

  const choose = (selection: Selection): void => {
    tab.selection = selection;
    changed();
    side.cellChanged();
  };
  const goTo = (row: number, column: number): void => {
    tab.wanted = undefined;
    tab.selection = at({ row, column });
    // In the middle, where it stands out.
    if (row * ROW_HEIGHT < grid.top || (row + 1) * ROW_HEIGHT > grid.top + grid.page * ROW_HEIGHT)
      grid.scrollTo((row - Math.floor(grid.page / 2)) * ROW_HEIGHT, grid.left);
    grid.reveal({ row, column });
    choose(tab.selection);
    grid.focus();
  };
  const look = (view: View): void => {
    const before = tab.table.view;
    banner.hide();
    tab.table.show(view);
    if (tab.table.view === before) return;
    tab.wanted = undefined;
    grid.scrollTo(0, grid.left);
    tab.selection = at({ row: Math.min(0, tab.selection.active.row), column: tab.selection.active.column });
    side.tableChanged();
    finder.count();
    changed();
  };
  const arrange = (layout: LayoutState): void => {
    tab.arrange(layout);
    changed();
    if (state.side.tab === 'columns') side.tableChanged();
  };
  const clearFilters = (): void => {
    state = {
      ...state,
      search: { ...state.search, text: state.search.mode === 'filter' ? '' : state.search.text },
    };
    look({ ...tab.table.view, filters: [] });
  };
  const showAllColumns = (): void => arrange({ ...tab.layoutState, hidden: [] });
  const toggleSide = (to?: SideTab): void => {
    const open = to === undefined ? !state.side.open : true;
    state = { ...state, side: { ...state.side, open, tab: to ?? state.side.tab } };
    changed();
  };
  const toggleSql = (): void => {
    state = { ...state, sql: { ...state.sql, open: !state.sql.open } };
    sql.update(state.sql);
    if (state.sql.open) sql.focus();
    else grid.focus();
    changed();
  };
  const use = (next: Tab): void => {
    if (tab === next) return;
    tab.wanted = { top: grid.top, left: grid.left };
    tab = next;
    tab.wanted ??= { top: 0, left: 0 };
    side.tableChanged();
    finder.count();
    changed();
    grid.focus();
  };
  const desk: Desk = {
    host,
    work,
    banner,
    announcer,
    get tab() {
      return tab;
    },
    get state() {
      return state;
    },
    set state(next) {
      state = next;
    },
    changed,
    failed,
    look,
    goTo,
  };
  const emptiness = createEmptiness({ showAllColumns, clearFilters });
  const outlets = createOutlets(desk);
  const finder = createFinder(desk, () => toolbar.focusSearch());
  const queries = createQueries({
    desk,
    file,
    fileTab,
    sql: { failed: (error) => sql.failed(error) },
    makeTab,
    use,
    reopened,
  });

  const { events, actions, goToRow } = createGestures(desk, {
    grid: () => grid,
    outlets,
    finder,
    choose,
    arrange,
    toggleSide,
    showAllColumns,
    reload,
    focusSearch: () => toolbar.focusSearch(),
    profile: (column, signal) => side.profiles.read(column, signal),
    cellOpened: () => side.cellChanged(),
    keepSoon,
    goToRowAnchor: () => toolbar.element,
  });

  const grid = createGrid(model, events);
  grid.element.append(emptiness.element);
  // Who scrolls no longer waits for the place of last time.
  for (const kind of ['wheel', 'pointerdown', 'keydown'])
    grid.element.addEventListener(kind, () => (tab.wanted = undefined), { passive: true });
  const toolbar = createToolbar({
    search: finder.search,
    find: finder.find,
    leave: grid.focus,
    goToRow,
    toggleSql,
    toggleSide: () => toggleSide(),
    backToFile: () => queries.leave(),
    menu: (anchor) => {
      const box = anchor.getBoundingClientRect();
      const { hidden, order, pinned, widths } = tab.layoutState;
      const arranged = hidden.length + order.length + pinned.length + Object.keys(widths).length > 0;
      openMenu(
        t('Preview'),
        mainMenu(actions, { text: file.opened.kind === 'text', arranged, hidden: hidden.length > 0 }),
        box.left,
        box.bottom,
      );
    },
  });
  const sql = createSqlBox({
    run: (text) => void queries.run(text),
    edited: (text) => {
      state = { ...state, sql: { ...state.sql, text } };
      keepSoon();
    },
    leave: grid.focus,
  });
  const status = createStatus({
    remove: (filter) => {
      if (filter.kind === 'search') state = { ...state, search: { ...state.search, text: '' } };
      look(withoutFilter(tab.table.view, filter));
    },
    clear: clearFilters,
    unsort: () => look({ ...tab.table.view, sort: [] }),
    showHidden: showAllColumns,
    cancel: () => {
      tab.table.cancel();
      work.cancelAll();
      announcer.say(t('Cancelled.'));
      changed();
    },
  });
  const side = createSide(host, () => tab, {
    choose: (name) => toggleSide(name),
    close: () => {
      toggleSide();
      grid.focus();
    },
    width: (pixels) => {
      state = {
        ...state,
        side: { ...state.side, width: Math.min(Math.max(220, Math.round(pixels)), window.innerWidth * 0.7) },
      };
      changed();
    },
    go: (name) => {
      const place = tab.layout.columns.findIndex(({ column }) => column.name === name);
      if (place === -1) return;
      choose(at({ row: tab.selection.active.row, column: place }));
      grid.reveal(tab.selection.active);
    },
    show: (name) => arrange(withHidden(tab.layoutState, name, false)),
    copy: outlets.copyText,
    openOrigin: (origin) => void host.call('host.openOrigin', origin).catch(failed),
    follow: (origin) => void host.call('host.follow', origin).catch(failed),
  });
  const element = el(
    'main',
    { class: 'preview' },
    toolbar.element,
    sql.element,
    banner.element,
    el('div', { class: 'work' }, grid.element, side.element),
    status.element,
  );

  const go = ({ view, position, column }: PreviewStart): void => {
    if (tab !== fileTab) queries.leave();
    if (view !== undefined) look(view);
    if (position === undefined && column === undefined) return;
    const place = tab.layout.columns.findIndex((placed) => placed.column.name === column);
    const row = position ?? 0;
    tab.wanted = undefined;
    tab.selection = at({ row, column: Math.max(0, place) });
    tab.wanted = { top: Math.max(0, (row - 5) * ROW_HEIGHT), left: 0 };
    changed();
  };

  return {
    element,
    expire,
    go,
    begin: () => {
      side.tableChanged();
      draw();
      const { query } = state;
      if (query?.active === true) void queries.run(query.sql, query.grid);
      if (parts.start !== undefined) go(parts.start);
      finder.count();
      grid.focus();
      announcer.say(
        t(
          '{0} columns, {1} rows.',
          tab.layout.columns.length,
          tab.table.counted ? number(tab.table.rows) : t('many'),
        ),
      );
    },
    do: (command) => {
      switch (command) {
        case 'search':
          toolbar.focusSearch();
          break;
        case 'goToRow':
          goToRow();
          break;
        case 'toggleSql':
          toggleSql();
          break;
        case 'togglePanel':
          toggleSide();
          break;
        case 'reload':
          reload();
          break;
        case 'copy':
          outlets.copy('tsv', false);
          break;
        case 'goToSource':
          outlets.source(Math.max(0, tab.selection.active.row));
          break;
        default:
          command satisfies never;
      }
    },
    dispose: () => {
      clearTimeout(keeping);
      cancelAnimationFrame(frame);
      grid.dispose();
      work.cancelAll();
    },
  };
}
