// What a preview remembers while it is hidden or the window reloads, and how a kept state is read back.
import type { Filter, View } from '../../shared/previewApi';
import { PLAIN_LAYOUT, type LayoutState } from './layout';
import { EVERYTHING } from './views';

/** What is remembered of a grid. */
export interface GridState {
  readonly view: View;
  readonly layout: LayoutState;
  /** Widths that values asked for, by name: without them the scroll position would mean another place. */
  readonly measured: Readonly<Record<string, number>>;
  /** Scroll position in pixels of the content. */
  readonly top: number;
  readonly left: number;
  /** The active cell; its column by name. */
  readonly active: { readonly row: number; readonly column: string } | null;
}

export const SIDE_TABS = ['columns', 'metadata', 'cell', 'dialect'] as const;
export type SideTab = (typeof SIDE_TABS)[number];

export interface SearchState {
  readonly text: string;
  readonly case: boolean;
  /** "filter" shows the rows that contain the text, "find" goes from one to the next. */
  readonly mode: 'filter' | 'find';
}

export interface PreviewState {
  readonly version: typeof VERSION;
  readonly file: GridState;
  /** The query shown, with its grid. */
  readonly query: { readonly sql: string; readonly grid: GridState; readonly active: boolean } | null;
  readonly side: { readonly open: boolean; readonly tab: SideTab; readonly width: number };
  readonly sql: { readonly open: boolean; readonly text: string; readonly history: readonly string[] };
  readonly search: SearchState;
}

/** Another number: another shape, and what was kept in it is dropped. */
const VERSION = 1;

export const PLAIN_GRID: GridState = {
  view: EVERYTHING,
  layout: PLAIN_LAYOUT,
  measured: {},
  top: 0,
  left: 0,
  active: null,
};

export const PLAIN_STATE: PreviewState = {
  version: VERSION,
  file: PLAIN_GRID,
  query: null,
  side: { open: false, tab: 'columns', width: 320 },
  sql: { open: false, text: '', history: [] },
  search: { text: '', case: false, mode: 'filter' },
};

/** Statements kept at most. */
const HISTORY = 10;

/** The statement first, each but once, the last ten. */
export function withStatement(history: readonly string[], sql: string): readonly string[] {
  return [sql, ...history.filter((other) => other !== sql)].slice(0, HISTORY);
}

/** Reads what was kept; undefined where it is nothing this version has written. */
export function readState(kept: unknown): PreviewState | undefined {
  if (!isRecord(kept) || kept['version'] !== VERSION) return undefined;
  const file = readGrid(kept['file']);
  const query = kept['query'] === null ? null : readQuery(kept['query']);
  const side = readSide(kept['side']);
  const sql = readSql(kept['sql']);
  const search = readSearch(kept['search']);
  if (file === undefined || query === undefined || side === undefined) return undefined;
  if (sql === undefined || search === undefined) return undefined;
  return { version: VERSION, file, query, side, sql, search };
}

function readQuery(kept: unknown): PreviewState['query'] | undefined {
  if (!isRecord(kept)) return undefined;
  const { sql, active } = kept;
  const grid = readGrid(kept['grid']);
  return typeof sql === 'string' && typeof active === 'boolean' && grid !== undefined
    ? { sql, active, grid }
    : undefined;
}

function readGrid(kept: unknown): GridState | undefined {
  if (!isRecord(kept)) return undefined;
  const { top, left, active } = kept;
  const view = readView(kept['view']);
  const layout = readLayout(kept['layout']);
  const measured = readWidths(kept['measured']);
  if (view === undefined || layout === undefined || measured === undefined) return undefined;
  if (!isNumber(top) || !isNumber(left)) return undefined;
  if (active === null) return { view, layout, measured, top, left, active };
  if (!isRecord(active)) return undefined;
  const { row, column } = active;
  if (!isNumber(row) || typeof column !== 'string') return undefined;
  return { view, layout, measured, top, left, active: { row, column } };
}

function readView(kept: unknown): View | undefined {
  if (!isRecord(kept)) return undefined;
  const { sort, filters } = kept;
  if (!Array.isArray(sort) || !Array.isArray(filters)) return undefined;
  const terms = sort.map((term: unknown) => {
    if (!isRecord(term)) return undefined;
    const { column, descending } = term;
    return typeof column === 'string' && typeof descending === 'boolean' ? { column, descending } : undefined;
  });
  const read = filters.map(readFilter);
  return whole(terms) && whole(read) ? { sort: terms, filters: read } : undefined;
}

function readFilter(kept: unknown): Filter | undefined {
  if (!isRecord(kept)) return undefined;
  const { kind, column, text, operator, value, values } = kept;
  const exact = kept['case'];
  if (kind === 'search')
    return typeof text === 'string' && typeof exact === 'boolean' ? { kind, text, case: exact } : undefined;
  if (typeof column !== 'string') return undefined;
  switch (kind) {
    case 'null':
    case 'not_null':
      return { kind, column };
    case 'contains':
      return typeof text === 'string' && typeof exact === 'boolean'
        ? { kind, column, text, case: exact }
        : undefined;
    case 'compare':
      return typeof value === 'string' && isOperator(operator)
        ? { kind, column, operator, value }
        : undefined;
    case 'in':
      return Array.isArray(values) && values.every((one: unknown) => one === null || typeof one === 'string')
        ? { kind, column, values }
        : undefined;
    default:
      return undefined;
  }
}

function readLayout(kept: unknown): LayoutState | undefined {
  if (!isRecord(kept)) return undefined;
  const { order, hidden, pinned } = kept;
  const widths = readWidths(kept['widths']);
  if (!isTexts(order) || !isTexts(hidden) || !isTexts(pinned) || widths === undefined) return undefined;
  return { order, hidden, pinned, widths };
}

function readWidths(kept: unknown): Readonly<Record<string, number>> | undefined {
  if (!isRecord(kept)) return undefined;
  const entries = Object.entries(kept);
  if (!entries.every((entry): entry is [string, number] => isNumber(entry[1]))) return undefined;
  return Object.fromEntries(entries);
}

function readSide(kept: unknown): PreviewState['side'] | undefined {
  if (!isRecord(kept)) return undefined;
  const { open, width } = kept;
  const tab = SIDE_TABS.find((name) => name === kept['tab']);
  return typeof open === 'boolean' && isNumber(width) && tab !== undefined ? { open, tab, width } : undefined;
}

function readSql(kept: unknown): PreviewState['sql'] | undefined {
  if (!isRecord(kept)) return undefined;
  const { open, text, history } = kept;
  return typeof open === 'boolean' && typeof text === 'string' && isTexts(history)
    ? { open, text, history: history.slice(0, HISTORY) }
    : undefined;
}

function readSearch(kept: unknown): SearchState | undefined {
  if (!isRecord(kept)) return undefined;
  const { text, mode } = kept;
  const exact = kept['case'];
  return typeof text === 'string' && typeof exact === 'boolean' && (mode === 'filter' || mode === 'find')
    ? { text, case: exact, mode }
    : undefined;
}

type Operator = Extract<Filter, { kind: 'compare' }>['operator'];

function isOperator(value: unknown): value is Operator {
  return typeof value === 'string' && ['=', '<>', '<', '<=', '>', '>='].includes(value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= -1;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one: unknown) => typeof one === 'string');
}

function whole<T>(list: readonly (T | undefined)[]): list is readonly T[] {
  return list.every((one) => one !== undefined);
}
