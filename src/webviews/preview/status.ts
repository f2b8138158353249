// The line below the grid: how many rows, why these, how long it took, and a button that stops what takes long.
import type { Filter, View } from '../../shared/previewApi';
import { button, el, fill } from './dom';
import { icon } from './icons';
import { filterWords } from './views';
import { duration, number, t } from './words';

interface StatusState {
  readonly view: View;
  readonly rows: number;
  readonly counted: boolean;
  /** Rows without filters; null while nobody knows. */
  readonly total: number | null;
  readonly took: number | undefined;
  /** The title of what has taken long. */
  readonly working: string | undefined;
  readonly selection: string;
  readonly hidden: number;
}

export interface StatusEvents {
  readonly remove: (filter: Filter) => void;
  readonly clear: () => void;
  readonly unsort: () => void;
  readonly showHidden: () => void;
  readonly cancel: () => void;
}

export interface StatusLine {
  readonly element: HTMLElement;
  readonly update: (state: StatusState) => void;
}

export function createStatus(events: StatusEvents): StatusLine {
  const rows = el('span', { class: 'status-rows', role: 'status' });
  const chips = el('span', { class: 'chips' });
  const selection = el('span', { class: 'status-selection' });
  const took = el('span', { class: 'status-took dim', title: t('Time of the last query') });
  const working = el('span', { class: 'status-working' });
  const bar = el(
    'div',
    { class: 'progress', hidden: true, role: 'progressbar', 'aria-label': t('Working') },
    el('div', { class: 'progress-bit' }),
  );
  const element = el(
    'div',
    { class: 'status' },
    bar,
    rows,
    chips,
    el('span', { class: 'gap' }),
    selection,
    working,
    took,
  );
  let drawn = '';

  return {
    element,
    update: (state) => {
      rows.textContent = rowWords(state);
      selection.textContent = state.selection;
      took.textContent = state.took === undefined ? '' : duration(state.took);
      const key = JSON.stringify([state.view, state.hidden]);
      if (key !== drawn) {
        drawn = key;
        fill(chips, ...chipsOf(state, events));
      }
      bar.hidden = state.working === undefined;
      if (state.working === undefined) fill(working);
      else if (working.childElementCount === 0 || working.dataset['title'] !== state.working)
        fill(
          working,
          state.working,
          button({
            label: t('Cancel'),
            text: true,
            class: 'button is-second is-small',
            press: events.cancel,
          }),
        );
      working.dataset['title'] = state.working ?? '';
    },
  };
}

function rowWords({ rows, counted, total, view }: StatusState): string {
  const shown = counted ? number(rows) : rows > 100 ? t('{0}+', number(rows - 100)) : '…';
  if (view.filters.length === 0) return rows === 1 && counted ? t('1 row') : t('{0} rows', shown);
  return total === null ? t('{0} rows match', shown) : t('{0} of {1} rows', shown, number(total));
}

function chipsOf({ view, hidden }: StatusState, events: StatusEvents): Node[] {
  const chip = (words: string, label: string, remove: () => void, sign?: 'filter' | 'arrowUp'): HTMLElement =>
    el(
      'span',
      { class: 'chip', title: words },
      sign !== undefined && icon(sign),
      el('span', { class: 'chip-words', dir: 'auto' }, words),
      button({ label, icon: 'close', press: remove }),
    );
  const found: Node[] = view.filters.map((filter) =>
    chip(filterWords(filter), t('Remove filter'), () => events.remove(filter), 'filter'),
  );
  if (view.sort.length > 0) {
    const words = view.sort.map((term) => `${term.column} ${term.descending ? '↓' : '↑'}`).join(', ');
    found.push(chip(words, t('Clear sort'), events.unsort, 'arrowUp'));
  }
  if (hidden > 0)
    found.push(
      chip(
        hidden === 1 ? t('1 column hidden') : t('{0} columns hidden', hidden),
        t('Show all columns'),
        events.showHidden,
      ),
    );
  if (view.filters.length > 1)
    found.push(
      button({
        label: t('Clear filters'),
        text: true,
        class: 'button is-second is-small',
        press: events.clear,
      }),
    );
  return found;
}
