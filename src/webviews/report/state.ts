// What the page remembers while it is hidden and over a reload: what is open, filtered and looked at.
import type { FindingStatus, Severity } from '../../shared/reportApi';
import { NO_FILTER, type Filter } from './model';

export interface PageState {
  readonly version: 1;
  /** Empty until the first snapshot. The extension restores a panel by it. */
  readonly date: string;
  /** Keys of what is expanded or shown as a table. */
  readonly open: readonly string[];
  readonly filter: Filter;
  /** The rule the trend is narrowed to, as [table, id]; null: the worst ones. */
  readonly rule: readonly [string, string] | null;
  readonly scroll: number;
  /** What stands at the top of the view: its key, and its distance from the top in pixels. Surer than `scroll`. */
  readonly anchor: readonly [string, number] | null;
}

export const NEW_STATE: PageState = {
  version: 1,
  date: '',
  open: [],
  filter: NO_FILTER,
  rule: null,
  scroll: 0,
  anchor: null,
};

const STATUSES: readonly (FindingStatus | '')[] = ['', 'passed', 'warned', 'failed', 'error', 'skipped'];
const SEVERITIES: readonly (Severity | '')[] = ['', 'error', 'warning', 'info'];

/** Reads a state that was kept, by this version or another; what is not understood starts from scratch. */
export function readState(kept: unknown): PageState {
  if (!isRecord(kept) || kept['version'] !== 1) return NEW_STATE;
  const { date, open, filter, rule, scroll, anchor } = kept;
  return {
    version: 1,
    date: text(date),
    open: Array.isArray(open) ? open.filter((key) => typeof key === 'string') : [],
    filter: isRecord(filter) ? readFilter(filter) : NO_FILTER,
    rule:
      Array.isArray(rule) && typeof rule[0] === 'string' && typeof rule[1] === 'string'
        ? [rule[0], rule[1]]
        : null,
    scroll: typeof scroll === 'number' && Number.isFinite(scroll) && scroll > 0 ? scroll : 0,
    anchor:
      Array.isArray(anchor) && typeof anchor[0] === 'string' && typeof anchor[1] === 'number'
        ? [anchor[0], anchor[1]]
        : null,
  };
}

function readFilter(filter: Readonly<Record<string, unknown>>): Filter {
  return {
    text: text(filter['text']),
    status: STATUSES.find((status) => status === filter['status']) ?? '',
    severity: SEVERITIES.find((severity) => severity === filter['severity']) ?? '',
    table: text(filter['table']),
  };
}

/** The state with a key open or not. */
export function withOpen(state: PageState, key: string, open: boolean): PageState {
  const others = state.open.filter((one) => one !== key);
  return { ...state, open: open ? [...others, key] : others };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
