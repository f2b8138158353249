// The search in the toolbar: its text, how it matches, and the way from match to match.
import { button, el, set } from './dom';
import type { SearchState } from './state';
import { number, t } from './words';

export interface SearchBoxEvents {
  /** The search has changed; `now`: the user waits for it. */
  readonly search: (search: SearchState, now: boolean) => void;
  readonly find: (backwards: boolean) => void;
  /** Back to the grid. */
  readonly leave: () => void;
}

/** Rows that contain the text, in find mode; null while they are counted. */
export type Matches = number | null | undefined;

/** A pause in typing this long starts the search. */
const PAUSE_MS = 350;

/** The parts of the toolbar that search, and what is typed into them. */
export class SearchBox {
  readonly #events: SearchBoxEvents;
  #search: SearchState = { text: '', case: false, mode: 'filter' };
  #timer: ReturnType<typeof setTimeout> | undefined;

  readonly #input = el('input', {
    class: 'field search-text',
    type: 'text',
    spellcheck: 'false',
    'aria-label': t('Search all columns'),
    placeholder: t('Search all columns'),
  });
  readonly #exact = button({
    label: t('Match case'),
    class: 'tool toggle',
    press: () => this.#change({ case: !this.#search.case }),
  });
  readonly #mode = button({
    label: t('Show matching rows only'),
    icon: 'filter',
    class: 'tool toggle',
    press: () => this.#change({ mode: this.#search.mode === 'filter' ? 'find' : 'filter' }),
  });
  readonly #clear = button({
    label: t('Clear search'),
    icon: 'close',
    press: () => {
      this.#input.value = '';
      this.#change({ text: '' });
      this.#input.focus();
    },
  });
  readonly #matches = el('span', { class: 'matches', 'aria-live': 'polite' });
  readonly #previous = button({
    label: t('Previous match'),
    icon: 'up',
    keys: 'Shift+F3',
    press: () => this.#events.find(true),
  });
  readonly #next = button({
    label: t('Next match'),
    icon: 'down',
    keys: 'F3',
    press: () => this.#events.find(false),
  });
  /** Its parts, in their order in the toolbar. */
  readonly elements: readonly HTMLElement[];

  constructor(events: SearchBoxEvents) {
    this.#events = events;
    this.#exact.append('Aa');
    this.#input.addEventListener('input', () => this.#typed());
    const box = el('div', { class: 'search' }, this.#input, this.#exact, this.#mode, this.#clear);
    this.elements = [box, this.#matches, this.#previous, this.#next];
  }

  focus(): void {
    this.#input.focus();
    this.#input.select();
  }

  update(search: SearchState, matches: Matches): void {
    // While somebody types, the box is ahead of what was asked.
    const isTyping = document.activeElement === this.#input && search.text !== this.#search.text;
    this.#search = isTyping ? { ...search, text: this.#search.text } : search;
    if (this.#input.value !== this.#search.text) this.#input.value = this.#search.text;
    this.#show();
    this.#matches.textContent = this.#search.text === '' ? '' : matchesText(matches);
  }

  /** Takes a key of the toolbar: true where it was one of the search. */
  press(event: KeyboardEvent): boolean {
    const key = this.#keyOf(event);
    if (key === undefined) return false;
    if (key === 'leave') this.#events.leave();
    else if (this.#search.mode === 'find' || key === 'back') this.#events.find(key === 'back');
    else this.#change({});
    return true;
  }

  #keyOf(event: KeyboardEvent): 'go' | 'back' | 'leave' | undefined {
    if (event.key === 'Escape') return 'leave';
    if (event.key === 'F3') return event.shiftKey ? 'back' : 'go';
    if (event.target !== this.#input) return undefined;
    if (event.key === 'Enter') return event.shiftKey ? 'back' : 'go';
    return event.key === 'ArrowDown' ? 'leave' : undefined;
  }

  #typed(): void {
    clearTimeout(this.#timer);
    this.#search = { ...this.#search, text: this.#input.value };
    this.#show();
    this.#timer = setTimeout(() => this.#events.search(this.#search, false), PAUSE_MS);
  }

  #change(next: Partial<SearchState>): void {
    clearTimeout(this.#timer);
    this.#search = { ...this.#search, ...next };
    this.#show();
    this.#events.search(this.#search, true);
  }

  #show(): void {
    const { text, mode, case: exact } = this.#search;
    set(this.#exact, 'aria-pressed', exact ? 'true' : 'false');
    set(this.#mode, 'aria-pressed', mode === 'filter' ? 'true' : 'false');
    this.#clear.hidden = text === '';
    for (const one of [this.#previous, this.#next, this.#matches]) one.hidden = mode !== 'find';
  }
}

function matchesText(matches: Matches): string {
  switch (matches) {
    case undefined:
      return '';
    case null:
      return t('counting…');
    case 0:
      return t('no match');
    case 1:
      return t('1 row matches');
    default:
      return t('{0} rows match', number(matches));
  }
}
