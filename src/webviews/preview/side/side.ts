// The side panel: columns with profiles, metadata, the whole value of a cell, how a text file was read.
import type { PreviewApi, View } from '../../../shared/previewApi';
import { button, el, fill, set } from '../dom';
import { problemOf, type Host } from '../source';
import type { Tab } from '../tab';
import { SIDE_TABS, type PreviewState, type SideTab } from '../state';
import { t } from '../words';
import { showCell, type CellEvents, type OriginState } from './cell';
import { createColumnsList, type ColumnItem } from './columns';
import type { List } from './list';
import { showDialect } from './dialect';
import { showMetadata } from './metadata';
import { createProfiles, type Profiles } from './profiles';

export interface SideEvents extends CellEvents {
  readonly choose: (tab: SideTab) => void;
  readonly close: () => void;
  readonly width: (pixels: number) => void;
  readonly go: (column: string) => void;
  readonly show: (column: string) => void;
}

/** The keyboard goes fast over cells: a value is read when it rests. */
const REST_MS = 80;

/** The panel beside the grid; what it shows is read when it is shown. */
export class Side {
  readonly element: HTMLElement;
  readonly profiles: Profiles;
  readonly #host: Host;
  readonly #tab: () => Tab;
  readonly #events: SideEvents;
  readonly #tabs: ReadonlyMap<SideTab, HTMLButtonElement>;
  readonly #body = el('div', { class: 'side-body', role: 'tabpanel', tabindex: -1 });
  readonly #list: List<ColumnItem>;
  #state: PreviewState['side'] = { open: false, tab: 'columns', width: 320 };
  #shown: SideTab | undefined;
  /** Lets go of what is shown. */
  #release: (() => void) | undefined;
  #control = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** A row was shown whose number in the file had not come yet. */
  #unnumbered: number | undefined;
  #profiled: { readonly table: unknown; readonly view: View } | undefined;

  constructor(host: Host, tab: () => Tab, events: SideEvents) {
    this.#host = host;
    this.#tab = tab;
    this.#events = events;
    this.profiles = createProfiles(host, () => this.#list.refresh());
    this.#list = createColumnsList(this.profiles, events);
    const names = tabNames();
    this.#tabs = new Map(
      SIDE_TABS.map((name) => [name, tabButton(name, names[name], () => events.choose(name))]),
    );
    const grip = el('div', { class: 'side-grip' });
    this.element = el(
      'aside',
      { class: 'side', 'aria-label': t('Columns and metadata'), hidden: true },
      grip,
      el(
        'div',
        { class: 'side-head' },
        el('div', { class: 'side-tabs', role: 'tablist' }, ...this.#tabs.values()),
        button({ label: t('Close panel'), icon: 'close', press: events.close }),
      ),
      this.#body,
    );
    this.element.addEventListener('keydown', (event) => this.#onKey(event));
    grip.addEventListener('pointerdown', (event) => this.#drag(grip, event));
  }

  update(next: PreviewState['side']): void {
    const { source, table } = this.#tab();
    const dialect = this.#tabs.get('dialect');
    if (dialect !== undefined) dialect.hidden = source.opened.kind !== 'text';
    const before = this.#state;
    this.#state = next.tab === 'dialect' && dialect?.hidden === true ? { ...next, tab: 'columns' } : next;
    const { open, tab, width } = this.#state;
    this.element.hidden = !open;
    this.element.style.width = `${width}px`;
    for (const [name, one] of this.#tabs) {
      set(one, 'aria-selected', name === tab ? 'true' : 'false');
      set(one, 'tabindex', name === tab ? 0 : -1);
    }
    const isOther = open !== before.open || tab !== before.tab;
    const isNumbered = this.#unnumbered !== undefined && table.rowNumber(this.#unnumbered) !== undefined;
    if (isOther || (isNumbered && this.#shown === 'cell')) this.#draw();
  }

  /** Another table, another view, or other columns are hidden. */
  tableChanged(): void {
    this.#resetProfiles();
    if (this.#shown !== undefined) this.#draw();
  }

  /** Another cell is active. */
  cellChanged(): void {
    if (this.#shown !== 'cell') return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#draw(), REST_MS);
  }

  #draw(): void {
    this.#leave();
    this.#shown = this.#state.open ? this.#state.tab : undefined;
    switch (this.#shown) {
      case undefined:
        break;
      case 'columns':
        this.#showColumns();
        break;
      case 'metadata':
        void this.#showMetadata(this.#control.signal);
        break;
      case 'cell':
        void this.#showCell(this.#control.signal);
        break;
      case 'dialect':
        showDialect(this.#body, this.#tab().source.opened);
        break;
      default:
        this.#shown satisfies never;
    }
  }

  /** Stops and frees what the tab before was showing. */
  #leave(): void {
    clearTimeout(this.#timer);
    this.#control.abort();
    this.#control = new AbortController();
    this.profiles.want([]);
    this.#unnumbered = undefined;
    this.#release?.();
    this.#release = undefined;
  }

  #showColumns(): void {
    const { source, layoutState } = this.#tab();
    const hidden = new Set(layoutState.hidden);
    fill(this.#body, this.#list.element);
    this.#list.show(source.opened.columns.map((column) => ({ column, hidden: hidden.has(column.name) })));
  }

  async #showMetadata(signal: AbortSignal): Promise<void> {
    fill(this.#body, el('span', { class: 'bone' }));
    try {
      const handle = await this.#tab().source.handle();
      const metadata = await this.#host.call('preview.metadata', { handle }, { signal });
      if (!signal.aborted) this.#release = showMetadata(this.#body, metadata);
    } catch (error) {
      this.#showError(error, signal);
    }
  }

  async #showCell(signal: AbortSignal): Promise<void> {
    const { table, layout, selection, source } = this.#tab();
    const { row, column: place } = selection.active;
    const column = layout.columns[place]?.column;
    if (row < 0 || row >= table.rows || column === undefined) {
      showCell(this.#body, undefined, this.#events);
      return;
    }
    try {
      const params = { handle: await source.handle(), view: table.view, position: row };
      const value = await this.#host.call('preview.cell', { ...params, column: column.name }, { signal });
      const known = table.rowNumber(row);
      this.#unnumbered = known === undefined ? row : undefined;
      const number = (known ?? row) + 1;
      const show = (origin: OriginState): void =>
        showCell(this.#body, { column, row: number, value, origin }, this.#events);
      const { traceable, follows, kind } = source.opened;
      // Finding the line of a row of text reads the file up to it: that is done when it is asked for.
      const isTraced = traceable || (follows && kind === 'parquet');
      show({ kind: isTraced ? 'waiting' : 'none' });
      if (!isTraced) return;
      const origin = await this.#originOf(params, signal);
      if (!signal.aborted) show(origin);
    } catch (error) {
      this.#showError(error, signal);
    }
  }

  #originOf(params: PreviewApi['preview.origin']['params'], signal: AbortSignal): Promise<OriginState> {
    return this.#host.call('preview.origin', params, { signal }).then(
      (origin): OriginState => ({ kind: 'there', origin }),
      (error: unknown): OriginState => ({ kind: 'unknown', message: problemOf(error)?.message ?? '' }),
    );
  }

  #showError(error: unknown, signal: AbortSignal): void {
    const problem = problemOf(error);
    if (signal.aborted || problem === undefined) return;
    fill(
      this.#body,
      el('p', { class: 'is-wrong' }, problem.message),
      el('p', { class: 'dim' }, problem.remedy),
      button({ label: t('Retry'), text: true, class: 'button is-second', press: () => this.#draw() }),
    );
  }

  #resetProfiles(): void {
    const { source, table } = this.#tab();
    const view = { sort: [], filters: table.view.filters };
    const { table: before, view: viewBefore } = this.#profiled ?? {};
    if (before === table && JSON.stringify(viewBefore) === JSON.stringify(view)) return;
    this.#profiled = { table, view };
    this.profiles.reset(source, view);
  }

  /** Arrow keys go from tab to tab. */
  #onKey(event: KeyboardEvent): void {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by === undefined || !(event.target instanceof Element) || event.target.getAttribute('role') !== 'tab')
      return;
    const seen = SIDE_TABS.filter((name) => this.#tabs.get(name)?.hidden === false);
    const next = seen[(seen.indexOf(this.#state.tab) + by + seen.length) % seen.length];
    event.preventDefault();
    event.stopPropagation();
    if (next === undefined) return;
    this.#events.choose(next);
    this.#tabs.get(next)?.focus();
  }

  /** The panel's edge is drawn to another width. */
  #drag(grip: HTMLElement, start: PointerEvent): void {
    const { width } = this.element.getBoundingClientRect();
    const stop = new AbortController();
    const { signal } = stop;
    grip.setPointerCapture(start.pointerId);
    grip.addEventListener(
      'pointermove',
      (event) => this.#events.width(width + start.clientX - event.clientX),
      { signal },
    );
    grip.addEventListener('lostpointercapture', () => stop.abort(), { signal });
  }
}

function tabNames(): Readonly<Record<SideTab, string>> {
  return { columns: t('Columns'), metadata: t('Metadata'), cell: t('Cell'), dialect: t('Dialect') };
}

function tabButton(name: SideTab, label: string, press: () => void): HTMLButtonElement {
  const element = el('button', { type: 'button', class: 'side-tab', role: 'tab', id: `side-${name}` }, label);
  element.addEventListener('click', press);
  return element;
}
