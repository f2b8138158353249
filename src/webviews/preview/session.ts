// An opened preview: joins grid, toolbar, filters, SQL box, side panel and status line over one file and its queries.
import type { PreviewStart, PageCommand } from '../../shared/previewHostApi';
import type { PreviewOpened, View } from '../../shared/previewApi';
import type { Banner } from './banner';
import type { PreviewActions, PreviewContext } from './context';
import { createControls, type Controls } from './controls';
import { el, type Announcer } from './dom';
import { createEmptiness, type Emptiness } from './emptiness';
import { createFinder, type Finder } from './finder';
import { createGestures, type Gestures } from './gestures';
import { Grid } from './grid/grid';
import { ROW_HEIGHT, type GridModel } from './grid/model';
import type { LayoutState } from './layout';
import { createOutlets, type Outlets } from './outlets';
import { createQueries, type Queries } from './queries';
import { createRecovery, type Cause, type Recovery } from './recovery';
import { at, block, fit, type Selection, type Size } from './selection';
import { fileSource, type Host, type PreviewSource } from './source';
import type { GridState, PreviewState, SideTab } from './state';
import { createTab, type Tab } from './tab';
import { createTasks, type Tasks } from './tasks';
import { number, t } from './words';

export interface SessionOptions {
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

/** A pause before the state is kept: scrolling changes it with every frame. */
const KEEP_MS = 200;
/** Rows shown above the one that a start leads to. */
const ROWS_ABOVE = 5;

/** A preview that is open: its tabs, its parts, and what they do to each other. */
export class Session implements PreviewContext, PreviewActions {
  readonly element: HTMLElement;
  readonly host: Host;
  readonly banner: Banner;
  readonly announcer: Announcer;
  readonly tasks: Tasks;
  state: PreviewState;

  readonly #options: SessionOptions;
  readonly #file: PreviewSource;
  readonly #fileTab: Tab;
  #tab: Tab;

  readonly #recovery: Recovery;
  readonly #outlets: Outlets;
  readonly #finder: Finder;
  readonly #queries: Queries;
  readonly #gestures: Gestures;
  readonly #emptiness: Emptiness;
  readonly #grid: Grid;
  readonly #controls: Controls;

  #frame = 0;
  #keeping: ReturnType<typeof setTimeout> | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.host = options.host;
    this.banner = options.banner;
    this.announcer = options.announcer;
    this.state = options.state;
    this.tasks = createTasks(this.changed);
    this.#recovery = this.#openRecovery();
    this.#file = fileSource(this.host, options.opened, () => this.#recovery.reopened(this.#fileTab));
    this.#fileTab = this.#openTab(this.#file, this.state.file);
    this.#tab = this.#fileTab;
    this.#outlets = createOutlets(this);
    this.#finder = createFinder(this, () => this.#controls.toolbar.focusSearch());
    this.#queries = this.#openQueries();
    this.#gestures = this.#openGestures();
    this.#emptiness = createEmptiness({
      showAllColumns: this.showAllColumns,
      clearFilters: this.clearFilters,
    });
    this.#grid = this.#openGrid();
    this.#controls = createControls({
      context: this,
      actions: this,
      file: this.#file,
      grid: this.#grid,
      finder: this.#finder,
      queries: this.#queries,
      gestures: this.#gestures,
      outlets: this.#outlets,
    });
    const { toolbar, sql, side, status } = this.#controls;
    this.element = el(
      'main',
      { class: 'preview' },
      toolbar.element,
      sql.element,
      this.banner.element,
      el('div', { class: 'work' }, this.#grid.element, side.element),
      status.element,
    );
  }

  get tab(): Tab {
    return this.#tab;
  }

  readonly changed = (): void => {
    this.#frame ||= requestAnimationFrame(this.#draw);
  };

  readonly failed = (error: unknown): void => this.#recovery.failed(error);

  readonly look = (view: View): void => {
    const tab = this.#tab;
    const before = tab.table.view;
    this.banner.hide();
    tab.table.show(view);
    if (tab.table.view === before) return;
    tab.scrollTarget = undefined;
    this.#grid.scrollTo(0, this.#grid.left);
    const { active } = tab.selection;
    tab.selection = at({ ...active, row: Math.min(0, active.row) });
    this.#controls.side.tableChanged();
    this.#finder.count();
    this.changed();
  };

  readonly goTo = (row: number, column: number): void => {
    const grid = this.#grid;
    this.#tab.scrollTarget = undefined;
    // In the middle, where it stands out.
    if (row * ROW_HEIGHT < grid.top || (row + 1) * ROW_HEIGHT > grid.top + grid.page * ROW_HEIGHT)
      grid.scrollTo((row - Math.floor(grid.page / 2)) * ROW_HEIGHT, grid.left);
    grid.reveal({ row, column });
    this.select(at({ row, column }));
    grid.focus();
  };

  /** Handles are void: the engine has ended, or the file is another. */
  readonly expire = (cause: Cause): void => this.#recovery.expire(cause);

  /** Leads to a view, a row or a column of the file. */
  go({ view, position, column }: PreviewStart): void {
    if (this.#tab !== this.#fileTab) this.#queries.leave();
    if (view !== undefined) this.look(view);
    if (position === undefined && column === undefined) return;
    const row = position ?? 0;
    this.#tab.selection = at({ row, column: Math.max(0, this.#tab.columnAt(column)) });
    this.#tab.scrollTarget = { top: Math.max(0, (row - ROWS_ABOVE) * ROW_HEIGHT), left: 0 };
    this.changed();
  }

  /** Called once it is in the page. */
  begin(): void {
    this.#controls.side.tableChanged();
    this.#draw();
    const { query } = this.state;
    if (query?.active === true) void this.#queries.run(query.sql, query.grid);
    if (this.#options.start !== undefined) this.go(this.#options.start);
    this.#finder.count();
    this.#grid.focus();
    const { table, layout } = this.#tab;
    const rows = table.counted ? number(table.rows) : t('many');
    this.announcer.say(t('{0} columns, {1} rows.', layout.columns.length, rows));
  }

  do(command: PageCommand): void {
    switch (command) {
      case 'search':
        this.#controls.toolbar.focusSearch();
        break;
      case 'goToRow':
        this.#gestures.goToRow();
        break;
      case 'toggleSql':
        this.toggleSql();
        break;
      case 'togglePanel':
        this.toggleSide();
        break;
      case 'reload':
        this.#recovery.reload();
        break;
      case 'copy':
        this.#outlets.copy('tsv', false);
        break;
      case 'goToSource':
        this.#outlets.source(Math.max(0, this.#tab.selection.active.row));
        break;
      default:
        command satisfies never;
    }
  }

  dispose(): void {
    clearTimeout(this.#keeping);
    cancelAnimationFrame(this.#frame);
    this.#grid.dispose();
    this.tasks.cancelAll();
  }

  readonly #draw = (): void => {
    this.#frame = 0;
    const tab = this.#tab;
    const { layout } = tab;
    if (tab.table.shown && tab.measure()) {
      this.#grid.keepPlace(layout);
      this.changed();
    }
    if (tab.table.counted) tab.selection = fit(tab.selection, this.#size());
    this.#grid.refresh();
    this.#restorePosition();
    this.#drawStatus();
    const { search, sql, side } = this.state;
    const { matches } = this.#finder;
    const query = tab !== this.#fileTab;
    this.#controls.toolbar.update({ search, matches, sql: sql.open, side: side.open, query });
    this.#controls.sql.update(sql);
    this.#controls.side.update(side);
    this.#emptiness.update(tab);
    this.keepSoon();
  };

  #drawStatus(): void {
    const { table, selection, layoutState } = this.#tab;
    const chosen = block(selection, this.#size());
    const isMany = chosen !== undefined && chosen.rows * chosen.columns > 1;
    this.#controls.status.update({
      view: table.view,
      rows: table.rows,
      counted: table.counted,
      total: table.total,
      took: table.took,
      working: this.tasks.shown,
      selection: isMany ? t('{0} × {1} selected', chosen.rows, chosen.columns) : '',
      hidden: layoutState.hidden.length,
    });
  }

  #model(): GridModel {
    const { table, layout, selection, source } = this.#tab;
    return {
      rows: table.rows,
      largest: Math.max(table.rows, table.total ?? 0),
      view: table.view,
      layout,
      selection,
      cell: (row, index) => table.cell(row, index),
      rowNumber: (row) => table.rowNumber(row),
      traceable: source.opened.traceable,
      marked: this.state.search,
    };
  }

  #size(): Size {
    return { rows: this.#tab.table.rows, columns: this.#tab.layout.columns.length };
  }

  /** Scrolls to where the tab was, once there are enough rows to go there. */
  #restorePosition(): void {
    const tab = this.#tab;
    const { scrollTarget: target, table } = tab;
    if (target === undefined) return;
    this.#grid.scrollTo(target.top, target.left);
    if (table.counted || table.rows * ROW_HEIGHT > target.top + 5_000) tab.scrollTarget = undefined;
  }

  readonly keepSoon = (): void => {
    this.#keeping ??= setTimeout(() => {
      this.#keeping = undefined;
      this.#options.keep(this.#snapshot());
    }, KEEP_MS);
  };

  #snapshot(): PreviewState {
    const gridOf = (tab: Tab): GridState =>
      tab === this.#tab
        ? tab.state(this.#grid.top, this.#grid.left)
        : tab.state(tab.scrollTarget?.top ?? 0, tab.scrollTarget?.left ?? 0);
    const query = this.#queries.tab;
    const sql = query?.source.sql;
    return {
      ...this.state,
      file: gridOf(this.#fileTab),
      query:
        query === undefined || sql === undefined
          ? null
          : { sql, grid: gridOf(query), active: this.#tab === query },
    };
  }

  readonly select = (selection: Selection): void => {
    this.#tab.selection = selection;
    this.changed();
    this.#controls.side.cellChanged();
  };

  readonly arrange = (layout: LayoutState): void => {
    this.#tab.arrange(layout);
    this.changed();
    if (this.state.side.tab === 'columns') this.#controls.side.tableChanged();
  };

  readonly showAllColumns = (): void => this.arrange({ ...this.#tab.layoutState, hidden: [] });

  readonly clearFilters = (): void => {
    const { search } = this.state;
    this.state = { ...this.state, search: { ...search, text: search.mode === 'filter' ? '' : search.text } };
    this.look({ ...this.#tab.table.view, filters: [] });
  };

  readonly toggleSide = (to?: SideTab): void => {
    const { side } = this.state;
    this.state = {
      ...this.state,
      side: { ...side, open: to === undefined ? !side.open : true, tab: to ?? side.tab },
    };
    this.changed();
  };

  readonly toggleSql = (): void => {
    const { sql } = this.state;
    this.state = { ...this.state, sql: { ...sql, open: !sql.open } };
    this.#controls.sql.update(this.state.sql);
    if (this.state.sql.open) this.#controls.sql.focus();
    else this.#grid.focus();
    this.changed();
  };

  /** Brings a tab to the front. */
  readonly #use = (next: Tab): void => {
    if (this.#tab === next) return;
    this.#tab.scrollTarget = { top: this.#grid.top, left: this.#grid.left };
    this.#tab = next;
    next.scrollTarget ??= { top: 0, left: 0 };
    this.#controls.side.tableChanged();
    this.#finder.count();
    this.changed();
    this.#grid.focus();
  };

  #openTab(source: PreviewSource, start: GridState | undefined): Tab {
    const { host, tasks, changed, failed } = this;
    return createTab({ host, tasks, source, start, changed, failed });
  }

  #openRecovery(): Recovery {
    return createRecovery({
      banner: this.banner,
      announcer: this.announcer,
      tabs: () => ({ front: this.#tab, file: this.#fileTab, query: this.#queries.tab }),
      changed: this.changed,
      renewed: () => this.#controls.side.tableChanged(),
      lost: this.#options.lost,
    });
  }

  #openQueries(): Queries {
    return createQueries({
      context: this,
      file: this.#file,
      fileTab: this.#fileTab,
      sql: { failed: (error) => this.#controls.sql.failed(error) },
      makeTab: (source, start) => this.#openTab(source, start),
      use: this.#use,
      reopened: this.#recovery.reopened,
    });
  }

  #openGestures(): Gestures {
    return createGestures(this, {
      grid: () => this.#grid,
      outlets: this.#outlets,
      finder: this.#finder,
      actions: this,
      reload: this.#recovery.reload,
      focusSearch: () => this.#controls.toolbar.focusSearch(),
      profile: (column, signal) => this.#controls.side.profiles.read(column, signal),
      cellOpened: () => this.#controls.side.cellChanged(),
      goToRowAnchor: () => this.#controls.toolbar.element,
    });
  }

  #openGrid(): Grid {
    const grid = new Grid(() => this.#model(), this.#gestures.events);
    grid.element.append(this.#emptiness.element);
    const forgetPosition = (): void => {
      this.#tab.scrollTarget = undefined;
    };
    // Who scrolls no longer waits for the place of last time.
    for (const kind of ['wheel', 'pointerdown', 'keydown'])
      grid.element.addEventListener(kind, forgetPosition, { passive: true });
    return grid;
  }
}
