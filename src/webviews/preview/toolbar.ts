// The line above the grid: search, go to row, SQL, export, side panel.
import { button, el, set } from './dom';
import type { SearchState } from './state';
import { number, t } from './words';

export interface ToolbarEvents {
  /** The search has changed; `now`: the user waits for it. */
  readonly search: (search: SearchState, now: boolean) => void;
  readonly find: (backwards: boolean) => void;
  /** Back to the grid. */
  readonly leave: () => void;
  readonly goToRow: (anchor: Element) => void;
  readonly toggleSql: () => void;
  readonly toggleSide: () => void;
  readonly menu: (anchor: Element) => void;
  readonly backToFile: () => void;
}

export interface ToolbarState {
  readonly search: SearchState;
  /** Rows that contain the text, in find mode; null while they are counted. */
  readonly matches: number | null | undefined;
  readonly sql: boolean;
  readonly side: boolean;
  readonly query: boolean;
}

export interface Toolbar {
  readonly element: HTMLElement;
  readonly update: (state: ToolbarState) => void;
  readonly focusSearch: () => void;
}

/** A pause in typing this long starts the search. */
const PAUSE_MS = 350;

export function createToolbar(events: ToolbarEvents): Toolbar {
  let search: SearchState = { text: '', case: false, mode: 'filter' };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const input = el('input', {
    class: 'field search-text',
    type: 'text',
    spellcheck: 'false',
    'aria-label': t('Search all columns'),
    placeholder: t('Search all columns'),
  });
  const change = (next: Partial<SearchState>, now: boolean): void => {
    clearTimeout(timer);
    search = { ...search, ...next };
    show();
    events.search(search, now);
  };
  const toggle = (label: string, text: string, flip: () => void): HTMLButtonElement => {
    const element = button({ label, press: flip, class: 'tool toggle' });
    element.append(text);
    return element;
  };
  const exact = toggle(t('Match case'), 'Aa', () => change({ case: !search.case }, true));
  const mode = button({
    label: t('Show matching rows only'),
    icon: 'filter',
    class: 'tool toggle',
    press: () => change({ mode: search.mode === 'filter' ? 'find' : 'filter' }, true),
  });
  const matches = el('span', { class: 'matches', 'aria-live': 'polite' });
  const previous = button({
    label: t('Previous match'),
    icon: 'up',
    keys: 'Shift+F3',
    press: () => events.find(true),
  });
  const next = button({ label: t('Next match'), icon: 'down', keys: 'F3', press: () => events.find(false) });
  const clear = button({
    label: t('Clear search'),
    icon: 'close',
    press: () => {
      input.value = '';
      change({ text: '' }, true);
      input.focus();
    },
  });
  const row = button({
    label: t('Go to row'),
    icon: 'row',
    keys: 'Ctrl+G',
    press: () => events.goToRow(row),
  });
  const sql = button({ label: t('SQL'), icon: 'sql', class: 'tool toggle', press: events.toggleSql });
  const side = button({
    label: t('Columns and metadata'),
    icon: 'panel',
    class: 'tool toggle',
    press: events.toggleSide,
  });
  const more = button(
    { label: t('More actions'), icon: 'more', press: () => events.menu(more) },
    { 'aria-haspopup': 'menu' },
  );
  const back = button({
    label: t('Back to file'),
    icon: 'back',
    text: true,
    class: 'button is-second back',
    press: events.backToFile,
  });
  const element = el(
    'div',
    { class: 'toolbar', role: 'toolbar', 'aria-label': t('Preview') },
    back,
    el('div', { class: 'search' }, input, exact, mode, clear),
    matches,
    previous,
    next,
    el('span', { class: 'gap' }),
    row,
    sql,
    side,
    more,
  );

  input.addEventListener('input', () => {
    clearTimeout(timer);
    search = { ...search, text: input.value };
    show();
    timer = setTimeout(() => events.search(search, false), PAUSE_MS);
  });
  element.addEventListener('keydown', (event) => {
    const own = keyOf(event);
    if (own === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if (own === 'leave') events.leave();
    else if (search.mode === 'find' || own === 'back') events.find(own === 'back');
    else change({}, true);
  });
  const keyOf = (event: KeyboardEvent): 'go' | 'back' | 'leave' | undefined => {
    if (event.key === 'Escape') return 'leave';
    if (event.key === 'F3') return event.shiftKey ? 'back' : 'go';
    if (event.target !== input) return undefined;
    if (event.key === 'Enter') return event.shiftKey ? 'back' : 'go';
    return event.key === 'ArrowDown' ? 'leave' : undefined;
  };

  const show = (): void => {
    set(exact, 'aria-pressed', search.case ? 'true' : 'false');
    set(mode, 'aria-pressed', search.mode === 'filter' ? 'true' : 'false');
    clear.hidden = search.text === '';
    const finds = search.mode === 'find';
    previous.hidden = next.hidden = matches.hidden = !finds;
  };

  return {
    element,
    focusSearch: () => {
      input.focus();
      input.select();
    },
    update: (state) => {
      // While somebody types, the box is ahead of what was asked.
      if (document.activeElement !== input || state.search.text === search.text) search = state.search;
      else search = { ...state.search, text: search.text };
      if (input.value !== search.text) input.value = search.text;
      show();
      const { matches: found } = state;
      matches.textContent =
        search.text === '' || found === undefined
          ? ''
          : found === null
            ? t('counting…')
            : found === 0
              ? t('no match')
              : found === 1
                ? t('1 row matches')
                : t('{0} rows match', number(found));
      set(sql, 'aria-pressed', state.sql ? 'true' : 'false');
      set(side, 'aria-pressed', state.side ? 'true' : 'false');
      back.hidden = !state.query;
    },
  };
}
