// The line above the grid: search, go to row, SQL, export, side panel.
import { button, el, set } from './dom';
import { SearchBox, type Matches, type SearchBoxEvents } from './searchBox';
import type { SearchState } from './state';
import { t } from './words';

export interface ToolbarEvents extends SearchBoxEvents {
  readonly goToRow: (anchor: Element) => void;
  readonly toggleSql: () => void;
  readonly toggleSide: () => void;
  readonly menu: (anchor: Element) => void;
  readonly backToFile: () => void;
}

interface ToolbarState {
  readonly search: SearchState;
  readonly matches: Matches;
  readonly sql: boolean;
  readonly side: boolean;
  readonly query: boolean;
}

export interface Toolbar {
  readonly element: HTMLElement;
  readonly update: (state: ToolbarState) => void;
  readonly focusSearch: () => void;
}

export function createToolbar(events: ToolbarEvents): Toolbar {
  const search = new SearchBox(events);
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
  const attributes = { class: 'toolbar', role: 'toolbar', 'aria-label': t('Preview') };
  const gap = el('span', { class: 'gap' });
  const element = el('div', attributes, back, ...search.elements, gap, row, sql, side, more);
  element.addEventListener('keydown', (event) => {
    if (!search.press(event)) return;
    event.preventDefault();
    event.stopPropagation();
  });
  return {
    element,
    focusSearch: () => search.focus(),
    update: (state) => {
      search.update(state.search, state.matches);
      set(sql, 'aria-pressed', state.sql ? 'true' : 'false');
      set(side, 'aria-pressed', state.side ? 'true' : 'false');
      back.hidden = !state.query;
    },
  };
}
