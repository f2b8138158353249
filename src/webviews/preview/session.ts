// An opened preview: joins grid, toolbar, filters, SQL box, side panel and status line over one file and its queries.
import type { PreviewStart, PageCommand } from '../../shared/previewHostApi';
import type { Filter, PreviewOpened, View } from '../../shared/previewApi';
import { inWords, type Banner } from './banner';
import { copyBlock, type CopyFormat } from './copy';
import { el, fill, button, type Announcer } from './dom';
import { openFilterForm } from './filters';
import { openGoToRow } from './goToRow';
import { createGrid } from './grid/grid';
import { ROW_HEIGHT, type GridEvents, type GridModel } from './grid/model';
import { fileSource, querySource, trouble, type Host } from './host';
import { withHidden, withMoved, withPinned, withWidth, PLAIN_LAYOUT, type LayoutState } from './layout';
import { cellMenu, columnMenu, mainMenu, type MenuActions } from './menus';
import { openMenu, type MenuItem } from './popup';
import { at, block, fit, whole, type Selection } from './selection';
import { createSide } from './side/side';
import { createSqlBox } from './sqlBox';
import { withStatement, type GridState, type PreviewState, type SideTab } from './state';
import { createStatus } from './status';
import { createTab, type Tab } from './tab';
import { createToolbar } from './toolbar';
import { isEverything, sortedBy, withoutFilter, withSearch, filteredBy } from './views';
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
  readonly expire: (cause: 'engine' | 'disk') => void;
  /** Called once it is in the page. */
  readonly begin: () => void;
  readonly dispose: () => void;
}

export function createSession(parts: SessionParts): Session {
  const { host, banner, announcer } = parts;
  let state = parts.state;
  let matches: number | null | undefined;
  let counting: AbortController | undefined;
  let frame = 0;
  let keeping: ReturnType<typeof setTimeout> | undefined;
  let expired: 'engine' | 'disk' | undefined;

  const changed = (): void => {
    frame ||= requestAnimationFrame(draw);
  };
  const work = createWork(changed);

  const failed = (error: unknown): void => {
    const plain = trouble(error);
    if (plain === undefined) return;
    const bad = plain.code === 'USAGE' || plain.code === 'SQL_INVALID';
    banner.show(
      'error',
      inWords(plain),
      bad && !isEverything(tab.table.view)
        ? [{ label: t('Undo'), press: () => tab.table.back() }]
        : [{ label: t('Retry'), press: reload }],
    );
    announcer.say(plain.message);
    changed();
  };

  const reopened = (of: () => Tab | undefined) => (): void => {
    const cause = expired;
    expired = undefined;
    if (cause === 'engine') {
      banner.show('note', t('The engine was started again.'));
      of()?.table.retry();
    } else {
      of()?.renew();
      side.tableChanged();
    }
    changed();
  };

  const file = fileSource(
    host,
    parts.opened,
    reopened(() => fileTab),
  );
  const makeTab = (source: Tab['source'], start: GridState | undefined): Tab =>
    createTab({ host, work, source, start, changed, failed });
  const fileTab = makeTab(file, state.file);
  let queryTab: Tab | undefined;
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

  // --- what is drawn -----------------------------------------------------------------------------------------
  const message = el('div', { class: 'grid-message', hidden: true });
  const draw = (): void => {
    frame = 0;
    if (tab.table.shown && tab.measure()) changed();
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
      selection: many ? t('{0} × {1} chosen', chosen.rows, chosen.columns) : '',
      hidden: tab.layoutState.hidden.length,
    });
    toolbar.update({
      search: state.search,
      matches: state.search.text === '' ? undefined : matches,
      sql: state.sql.open,
      side: state.side.open,
      query: tab !== fileTab,
    });
    sql.update(state.sql);
    side.update(state.side);
    drawMessage();
    keepSoon();
  };
  const drawMessage = (): void => {
    const { table, layout } = tab;
    const none = table.counted && table.rows === 0;
    if (layout.columns.length === 0) {
      const hidden = tab.layoutState.hidden.length > 0;
      fill(
        message,
        hidden ? t('All columns are hidden.') : t('There are no columns.'),
        hidden && button({ label: t('Show all columns'), text: true, press: showAllColumns }),
      );
    } else if (none && table.view.filters.length > 0)
      fill(
        message,
        t('No row matches.'),
        button({ label: t('Clear filters'), text: true, press: clearFilters }),
      );
    else if (none) fill(message, t('There are no rows.'));
    message.hidden = !none && layout.columns.length > 0;
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
    const query = queryTab;
    return {
      ...state,
      file: of(fileTab),
      query:
        query?.source.sql === undefined
          ? null
          : { sql: query.source.sql, grid: of(query), active: tab === query },
    };
  };

  // --- what the user does ------------------------------------------------------------------------------------
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
    countMatches();
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
  const copy = (format: CopyFormat = 'tsv', header = false): void => {
    const chosen = block(tab.selection, size());
    if (chosen === undefined) return;
    work
      .run(t('Copying…'), (signal) =>
        copyBlock(host, tab.table, tab.layout, chosen, { format, header }, signal),
      )
      .then(({ kind, words }) => {
        announcer.say(words);
        if (kind === 'too_many') banner.show('warning', words);
      }, failed);
  };
  const copyText = (text: string): void => {
    host.call('host.copy', { text }).then(() => announcer.say(t('Copied.')), failed);
  };
  const source = (row: number): void => {
    work
      .run(t('Looking for the landing line…'), async (signal) => {
        const handle = await tab.source.handle();
        const origin = await host.call(
          'preview.origin',
          { handle, view: tab.table.view, position: row },
          { signal },
        );
        await host.call('host.openOrigin', origin);
      })
      .catch(failed);
  };
  const openFilter = (place: number, anchor = grid.anchor({ row: -1, column: place })): void => {
    const column = tab.layout.columns[place]?.column;
    if (column === undefined) return;
    openFilterForm({
      anchor,
      column,
      view: tab.table.view,
      profile: (signal) => side.profiles.read(column.name, signal),
      apply: look,
      closed: grid.focus,
    });
  };
  const goToRow = (anchor: Element = toolbar.element): void =>
    openGoToRow(anchor, tab.table.rows, tab.selection.active.row, (row) =>
      goTo(row, tab.selection.active.column),
    );
  const search = (next: PreviewState['search'], now: boolean): void => {
    const other = next.text !== state.search.text || next.case !== state.search.case;
    state = { ...state, search: next };
    const view = withSearch(tab.table.view, next.mode === 'filter' ? next.text : '', next.case);
    look(view);
    if (next.mode === 'find' && other) {
      countMatches();
      if (next.text !== '' && now) find(false, true);
    }
    changed();
  };
  const countMatches = (): void => {
    counting?.abort();
    matches = undefined;
    const { search: wanted } = state;
    if (wanted.mode !== 'find' || wanted.text === '') return;
    const control = new AbortController();
    counting = control;
    matches = null;
    const view = withSearch({ ...tab.table.view, sort: [] }, wanted.text, wanted.case);
    tab.source
      .handle()
      .then((handle) => host.call('preview.count', { handle, view }, { signal: control.signal }))
      .then(
        (rows) => {
          if (control.signal.aborted) return;
          matches = rows;
          changed();
        },
        () => undefined,
      );
  };
  let finding: AbortController | undefined;
  const find = (backwards: boolean, here = false): void => {
    const { text, case: exact } = state.search;
    if (text === '') {
      toolbar.focusSearch();
      return;
    }
    finding?.abort();
    const control = new AbortController();
    finding = control;
    const { active } = tab.selection;
    const rows = Math.max(1, tab.table.rows);
    const from = here ? Math.max(0, active.row) : (active.row + (backwards ? -1 : 1) + rows) % rows;
    work
      .run(
        t('Searching…'),
        async (signal) => {
          const handle = await tab.source.handle();
          return host.call(
            'preview.find',
            { handle, view: tab.table.view, text, case: exact, from, backwards },
            { signal },
          );
        },
        control.signal,
      )
      .then((found) => {
        if (found === null) {
          announcer.say(t('No match.'));
          matches = 0;
          changed();
          return;
        }
        const place = tab.layout.columns.findIndex(({ column }) => column.name === found.column);
        const focused = document.activeElement;
        goTo(found.position, Math.max(0, place));
        announcer.say(t('Row {0}, {1}', found.position + 1, found.column));
        // Who searches from the box goes on from there.
        if (focused instanceof HTMLInputElement) focused.focus();
      }, failed);
  };
  const exportAs: MenuActions['exportAs'] = (format) => {
    const all =
      tab.layoutState.hidden.length === 0 && tab.layoutState.order.length === 0 && tab.layout.pinned === 0;
    const columns = tab.layout.columns.map(({ column }) => column.name);
    work
      .run(t('Exporting…'), async (signal) => {
        const handle = await tab.source.handle();
        return host.call(
          'host.export',
          { handle, view: tab.table.view, format, ...(all ? {} : { columns }) },
          { signal },
        );
      })
      .then((done) => {
        if (done === null) return;
        banner.show('note', t('{0} rows written to {1}.', done.rows, done.target));
        announcer.say(t('{0} rows written.', done.rows));
      }, failed);
  };
  const reload = (): void => {
    banner.hide();
    expire('disk');
  };

  // --- queries -----------------------------------------------------------------------------------------------
  const use = (next: Tab): void => {
    if (tab === next) return;
    tab.wanted = { top: grid.top, left: grid.left };
    tab = next;
    tab.wanted ??= { top: 0, left: 0 };
    side.tableChanged();
    countMatches();
    changed();
    grid.focus();
  };
  let querying: AbortController | undefined;
  const runQuery = async (text: string, start?: GridState): Promise<void> => {
    querying?.abort();
    const control = new AbortController();
    querying = control;
    sql.failed(undefined);
    try {
      const query = await work.run(
        t('Running the query…'),
        (signal) =>
          querySource(
            host,
            file,
            text,
            reopened(() => queryTab),
            signal,
          ),
        control.signal,
      );
      if (control.signal.aborted) {
        query.close();
        return;
      }
      const old = queryTab;
      state = { ...state, sql: { ...state.sql, text, history: withStatement(state.sql.history, text) } };
      queryTab = makeTab(query, start);
      if (tab === old) tab = fileTab;
      old?.table.close();
      old?.source.close();
      use(queryTab);
      announcer.say(t('The query has run.'));
    } catch (error) {
      const plain = trouble(error);
      if (plain === undefined || control.signal.aborted) return;
      sql.failed(plain);
      changed();
    }
  };
  const backToFile = (): void => {
    const query = queryTab;
    queryTab = undefined;
    use(fileTab);
    query?.table.close();
    query?.source.close();
  };

  // --- menus -------------------------------------------------------------------------------------------------
  const actions: MenuActions = {
    copy,
    copyText,
    filter: (filter: Filter) => look(filteredBy(tab.table.view, filter)),
    openFilter: (place) => openFilter(place),
    open: () => toggleSide('cell'),
    source,
    goToRow: () => goToRow(),
    chooseRow: (place) => choose(whole('rows', place, tab.selection, false)),
    chooseColumn: (column) => choose(whole('columns', { row: 0, column }, tab.selection, false)),
    sort: (sort) => look({ ...tab.table.view, sort }),
    fit: (place) => events.resize(place, 'fit'),
    pin: (name, pin) => arrange(withPinned(tab.layoutState, name, pin)),
    hide: (name) => arrange(withHidden(tab.layoutState, name, true)),
    move: (from, to) => events.move(from, to),
    profile: () => toggleSide('columns'),
    exportAs,
    showAllColumns,
    resetColumns: () => arrange(PLAIN_LAYOUT),
    openAsText: () => void host.call('host.openAsText', {}).catch(failed),
    reload,
    showLog: () => void host.call('host.showLog', {}).catch(failed),
  };
  const menuOf = (row: number, place: number): readonly MenuItem[] => {
    const placed = tab.layout.columns[place];
    if (placed === undefined) return [];
    const { column, index, pinned } = placed;
    if (row < 0)
      return columnMenu(actions, place, column, {
        pinned,
        last: tab.layout.columns.length - 1,
        view: tab.table.view,
      });
    return cellMenu(
      actions,
      { row, column: place },
      column,
      tab.table.cell(row, index),
      tab.source.opened.traceable,
    );
  };

  const events: GridEvents = {
    seen: (rows, indexes) => tab.table.seen(rows, indexes),
    scrolled: keepSoon,
    select: choose,
    sort: (place, add) => {
      const name = tab.layout.columns[place]?.column.name;
      if (name === undefined) return;
      look(sortedBy(tab.table.view, name, add));
      const term = tab.table.view.sort.find(({ column }) => column === name);
      announcer.say(
        term === undefined
          ? t('Not sorted by {0}.', name)
          : term.descending
            ? t('Sorted by {0}, descending.', name)
            : t('Sorted by {0}, ascending.', name),
      );
    },
    filter: openFilter,
    resize: (place, width) => {
      const name = tab.layout.columns[place]?.column.name;
      if (name === undefined) return;
      const near = Math.floor(grid.top / ROW_HEIGHT);
      tab.arrange(withWidth(tab.layoutState, name, width === 'fit' ? tab.fitted(place, near) : width));
      changed();
    },
    move: (from, to) => {
      if (to < 0 || to >= tab.layout.columns.length) return;
      const head = tab.selection.active.row < 0;
      arrange(withMoved(tab.layout, tab.layoutState, from, to));
      if (head) grid.reveal(tab.selection.active);
    },
    menu: (place, x, y) => {
      const chosen = block(tab.selection, size());
      const inside =
        chosen !== undefined &&
        place.row >= chosen.row &&
        place.row < chosen.row + chosen.rows &&
        place.column >= chosen.column &&
        place.column < chosen.column + chosen.columns;
      if (!inside) choose(at(place));
      grid.focus();
      openMenu(place.row < 0 ? t('Column') : t('Cell'), menuOf(place.row, place.column), x, y);
    },
    open: () => {
      toggleSide('cell');
      side.cellChanged();
    },
    source,
    copy: () => copy(),
    search: () => toolbar.focusSearch(),
    goToRow: () => goToRow(),
    find,
  };

  const grid = createGrid(model, events);
  grid.element.append(message);
  // Who scrolls no longer waits for the place of last time.
  for (const kind of ['wheel', 'pointerdown', 'keydown'])
    grid.element.addEventListener(kind, () => (tab.wanted = undefined), { passive: true });
  const toolbar = createToolbar({
    search,
    find,
    leave: grid.focus,
    goToRow,
    toggleSql,
    toggleSide: () => toggleSide(),
    backToFile,
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
    run: (text) => void runQuery(text),
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
    copy: copyText,
    openOrigin: (origin) => void host.call('host.openOrigin', origin).catch(failed),
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

  const expire = (cause: 'engine' | 'disk'): void => {
    expired = cause;
    if (cause === 'disk') queryTab?.source.close();
    file.expire();
    queryTab?.source.expire();
    if (cause === 'engine') return;
    tab.source.handle().catch((error: unknown) => {
      if (tab === fileTab) parts.lost(error);
      else failed(error);
    });
  };

  const go = ({ view, position, column }: PreviewStart): void => {
    if (tab !== fileTab) backToFile();
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
      if (query?.active === true) void runQuery(query.sql, query.grid);
      if (parts.start !== undefined) go(parts.start);
      countMatches();
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
          copy();
          break;
        case 'goToSource':
          source(Math.max(0, tab.selection.active.row));
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
