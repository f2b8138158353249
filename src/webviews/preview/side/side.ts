// The side panel: columns with profiles, metadata, the whole value of a cell, how a text file was read.
import type { View } from '../../../shared/previewApi';
import { button, el, fill, set } from '../dom';
import { trouble, type Host } from '../host';
import type { Tab } from '../tab';
import { SIDE_TABS, type PreviewState, type SideTab } from '../state';
import { t } from '../words';
import { showCell, type CellDetail, type CellEvents, type OriginState } from './cell';
import { createColumnsList } from './columns';
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

export interface Side {
  readonly element: HTMLElement;
  readonly profiles: Profiles;
  readonly update: (state: PreviewState['side']) => void;
  /** Another table, another view, or other columns are hidden. */
  readonly tableChanged: () => void;
  /** Another cell is active. */
  readonly cellChanged: () => void;
}

/** The keyboard goes fast over cells: a value is read when it rests. */
const REST_MS = 80;

export function createSide(host: Host, tab: () => Tab, events: SideEvents): Side {
  const names: Readonly<Record<SideTab, string>> = {
    columns: t('Columns'),
    metadata: t('Metadata'),
    cell: t('Cell'),
    dialect: t('Dialect'),
  };
  const tabs = new Map(
    SIDE_TABS.map((name) => [name, tabButton(name, names[name], () => events.choose(name))]),
  );
  const body = el('div', { class: 'side-body', role: 'tabpanel', tabindex: -1 });
  const grip = el('div', { class: 'side-grip' });
  const element = el(
    'aside',
    { class: 'side', 'aria-label': t('Columns and metadata'), hidden: true },
    grip,
    el(
      'div',
      { class: 'side-head' },
      el('div', { class: 'side-tabs', role: 'tablist' }, ...tabs.values()),
      button({ label: t('Close panel'), icon: 'close', press: events.close }),
    ),
    body,
  );
  let state: PreviewState['side'] = { open: false, tab: 'columns', width: 320 };
  let shown: SideTab | undefined;
  let free: (() => void) | undefined;
  let control = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** A row was shown whose number in the file had not come yet. */
  let unnumbered: number | undefined;
  let profiled: { readonly source: unknown; readonly view: View } | undefined;

  const profiles = createProfiles(host, () => list.refresh());
  const list = createColumnsList(profiles, events);

  const leave = (): void => {
    clearTimeout(timer);
    control.abort();
    control = new AbortController();
    profiles.want([]);
    unnumbered = undefined;
    free?.();
    free = undefined;
  };

  const draw = (): void => {
    leave();
    shown = state.open ? state.tab : undefined;
    if (shown === undefined) return;
    switch (shown) {
      case 'columns': {
        const { source, layoutState } = tab();
        const hidden = new Set(layoutState.hidden);
        fill(body, list.element);
        list.show(source.opened.columns.map((column) => ({ column, hidden: hidden.has(column.name) })));
        break;
      }
      case 'metadata':
        void metadata(control.signal);
        break;
      case 'cell':
        void cell(control.signal);
        break;
      case 'dialect':
        showDialect(body, tab().source.opened);
        break;
      default:
        shown satisfies never;
    }
  };

  const metadata = async (signal: AbortSignal): Promise<void> => {
    fill(body, el('span', { class: 'bone' }));
    try {
      const handle = await tab().source.handle();
      const found = await host.call('preview.metadata', { handle }, { signal });
      if (!signal.aborted) free = showMetadata(body, found);
    } catch (error) {
      tell(error, signal);
    }
  };

  const cell = async (signal: AbortSignal): Promise<void> => {
    const { table, layout, selection, source } = tab();
    const { row, column: place } = selection.active;
    const column = layout.columns[place]?.column;
    if (row < 0 || row >= table.rows || column === undefined) {
      showCell(body, undefined, events);
      return;
    }
    try {
      const params = { handle: await source.handle(), view: table.view, position: row };
      const value = await host.call('preview.cell', { ...params, column: column.name }, { signal });
      const known = table.rowNumber(row);
      unnumbered = known === undefined ? row : undefined;
      const number = (known ?? row) + 1;
      const detail = (origin: OriginState): CellDetail => ({ column, row: number, value, origin });
      // Finding the line of a row of text reads the file up to it: that is done when it is asked for.
      const traceable =
        source.opened.traceable || (source.opened.follows && source.opened.kind === 'parquet');
      showCell(body, detail({ kind: traceable ? 'waiting' : 'none' }), events);
      if (!traceable) return;
      const origin = await host.call('preview.origin', params, { signal }).then(
        (found): OriginState => ({ kind: 'there', origin: found }),
        (error: unknown): OriginState => ({ kind: 'unknown', message: trouble(error)?.message ?? '' }),
      );
      if (!signal.aborted) showCell(body, detail(origin), events);
    } catch (error) {
      tell(error, signal);
    }
  };

  const tell = (error: unknown, signal: AbortSignal): void => {
    const plain = trouble(error);
    if (signal.aborted || plain === undefined) return;
    fill(
      body,
      el('p', { class: 'is-wrong' }, plain.message),
      el('p', { class: 'dim' }, plain.remedy),
      button({ label: t('Retry'), text: true, class: 'button is-second', press: draw }),
    );
  };

  element.addEventListener('keydown', (event) => {
    const at = SIDE_TABS.indexOf(state.tab);
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by === undefined || !(event.target instanceof Element) || event.target.getAttribute('role') !== 'tab')
      return;
    const seen = SIDE_TABS.filter((name) => tabs.get(name)?.hidden === false);
    const next = seen[(seen.indexOf(SIDE_TABS[at] ?? 'columns') + by + seen.length) % seen.length];
    event.preventDefault();
    event.stopPropagation();
    if (next === undefined) return;
    events.choose(next);
    tabs.get(next)?.focus();
  });
  grip.addEventListener('pointerdown', (start) => {
    const { width } = element.getBoundingClientRect();
    const stop = new AbortController();
    grip.setPointerCapture(start.pointerId);
    grip.addEventListener('pointermove', (event) => events.width(width + start.clientX - event.clientX), {
      signal: stop.signal,
    });
    grip.addEventListener('lostpointercapture', () => stop.abort(), { signal: stop.signal });
  });

  const reset = (): void => {
    const { source, table } = tab();
    const view = { sort: [], filters: table.view.filters };
    if (profiled?.source === table && JSON.stringify(profiled.view) === JSON.stringify(view)) return;
    profiled = { source: table, view };
    profiles.reset(source, view);
  };

  return {
    element,
    profiles,
    update: (next) => {
      const dialect = tabs.get('dialect');
      if (dialect !== undefined) dialect.hidden = tab().source.opened.kind !== 'text';
      const fitting =
        next.tab === 'dialect' && dialect?.hidden === true ? { ...next, tab: 'columns' as const } : next;
      const other = fitting.open !== state.open || fitting.tab !== state.tab;
      state = fitting;
      element.hidden = !state.open;
      element.style.width = `${state.width}px`;
      for (const [name, one] of tabs) {
        set(one, 'aria-selected', name === state.tab ? 'true' : 'false');
        set(one, 'tabindex', name === state.tab ? 0 : -1);
      }
      const came = unnumbered !== undefined && tab().table.rowNumber(unnumbered) !== undefined;
      if (other || (came && shown === 'cell')) draw();
    },
    tableChanged: () => {
      reset();
      if (shown !== undefined) draw();
    },
    cellChanged: () => {
      if (shown !== 'cell') return;
      clearTimeout(timer);
      timer = setTimeout(draw, REST_MS);
    },
  };
}

function tabButton(name: SideTab, label: string, press: () => void): HTMLButtonElement {
  const element = el('button', { type: 'button', class: 'side-tab', role: 'tab', id: `side-${name}` }, label);
  element.addEventListener('click', press);
  return element;
}
