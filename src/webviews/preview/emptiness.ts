// What the grid says where it has no rows or no columns to show.
import { button, el, fill } from './dom';
import type { Tab } from './tab';
import { t } from './words';

export interface Emptiness {
  readonly element: HTMLElement;
  readonly update: (tab: Tab) => void;
}

export function createEmptiness(actions: {
  readonly showAllColumns: () => void;
  readonly clearFilters: () => void;
}): Emptiness {
  const element = el('div', { class: 'grid-message', hidden: true });
  let shown = '';
  const say = (words: string, label?: string, press?: () => void): void => {
    element.hidden = words === '';
    if (words === shown) return;
    shown = words;
    fill(element, words, label !== undefined && press !== undefined && button({ label, text: true, press }));
  };
  return {
    element,
    update: ({ table, layout, layoutState }) => {
      if (layout.columns.length === 0 && layoutState.hidden.length > 0)
        say(t('All columns are hidden.'), t('Show all columns'), actions.showAllColumns);
      else if (layout.columns.length === 0) say(t('No columns.'));
      else if (!table.counted || table.rows > 0) say('');
      else if (table.view.filters.length > 0)
        say(t('No rows match.'), t('Clear filters'), actions.clearFilters);
      else say(t('No rows.'));
    },
  };
}
