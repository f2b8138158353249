// Changes of a view, and its words: which rows, in which order.
import type { Filter, View } from '../../shared/previewApi';
import { t } from './words';

export const EVERYTHING: View = { sort: [], filters: [] };

export function isEverything(view: View): boolean {
  return view.sort.length === 0 && view.filters.length === 0;
}

/** Ascending, then descending, then not at all; added behind the others or instead of them. */
export function sortedBy(view: View, column: string, add: boolean): View {
  const now = view.sort.find((term) => term.column === column);
  const next =
    now === undefined
      ? { column, descending: false }
      : now.descending
        ? undefined
        : { column, descending: true };
  if (!add) return { ...view, sort: next === undefined ? [] : [next] };
  if (now === undefined) return { ...view, sort: [...view.sort, { column, descending: false }] };
  return {
    ...view,
    sort: view.sort.flatMap((term) => (term.column !== column ? [term] : next === undefined ? [] : [next])),
  };
}

/** Adds a filter; one that says the same of the same column with another value is replaced. */
export function filteredBy(view: View, filter: Filter): View {
  return { ...view, filters: [...view.filters.filter((other) => !replaces(filter, other)), filter] };
}

export function withoutFilter(view: View, filter: Filter): View {
  return { ...view, filters: view.filters.filter((other) => other !== filter) };
}

export function withSearch(view: View, text: string, exactCase: boolean): View {
  const filters = view.filters.filter((filter) => filter.kind !== 'search');
  return {
    ...view,
    filters: text === '' ? filters : [...filters, { kind: 'search', text, case: exactCase }],
  };
}

export function filtersOf(view: View, column: string): readonly Filter[] {
  return view.filters.filter((filter) => filter.kind !== 'search' && filter.column === column);
}

/** Drops what speaks of columns that are not there (any more). */
export function within(view: View, columns: readonly { readonly name: string }[]): View {
  const names = new Set(columns.map(({ name }) => name));
  return {
    sort: view.sort.filter(({ column }) => names.has(column)),
    filters: view.filters.filter((filter) => filter.kind === 'search' || names.has(filter.column)),
  };
}

export function sameView(one: View, other: View): boolean {
  return JSON.stringify([one.sort, one.filters]) === JSON.stringify([other.sort, other.filters]);
}

/** A filter in words, as its chip shows it. */
export function filterWords(filter: Filter): string {
  switch (filter.kind) {
    case 'search':
      return t('any column contains "{0}"', short(filter.text));
    case 'contains':
      return t('{0} contains "{1}"', filter.column, short(filter.text));
    case 'compare':
      return `${filter.column} ${OPERATORS[filter.operator]} ${short(filter.value)}`;
    case 'in': {
      const values = filter.values.map((value) => (value === null ? 'NULL' : short(value)));
      const more = values.length > 3 ? ` +${values.length - 3}` : '';
      return t('{0} is {1}', filter.column, values.slice(0, 3).join(', ') + more);
    }
    case 'null':
      return t('{0} is null', filter.column);
    case 'not_null':
      return t('{0} is not null', filter.column);
    default:
      return filter satisfies never;
  }
}

export const OPERATORS = { '=': '=', '<>': '≠', '<': '<', '<=': '≤', '>': '>', '>=': '≥' } as const;

function replaces(filter: Filter, other: Filter): boolean {
  if (filter.kind === 'search' || other.kind === 'search') return filter.kind === other.kind;
  if (filter.column !== other.column) return false;
  const speaksOfNull = (one: Filter): boolean => one.kind === 'null' || one.kind === 'not_null';
  if (speaksOfNull(filter) && speaksOfNull(other)) return true;
  if (filter.kind !== other.kind) return false;
  return filter.kind !== 'compare' || other.kind !== 'compare' || filter.operator === other.operator;
}

function short(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
