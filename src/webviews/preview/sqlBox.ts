// The SQL box: one statement over the file, run into the same grid.
import type { WireError } from '../../shared/channel';
import { button, el, fill } from './dom';
import { icon } from './icons';
import { t } from './words';
import type { PreviewState } from './state';

export interface SqlEvents {
  readonly run: (sql: string) => void;
  readonly edited: (text: string) => void;
  readonly leave: () => void;
}

export interface SqlBox {
  readonly element: HTMLElement;
  readonly update: (state: PreviewState['sql']) => void;
  /** What is wrong with the statement; undefined: nothing (any more). */
  readonly failed: (error: WireError | undefined) => void;
  readonly focus: () => void;
}

const EXAMPLE = 'SELECT * FROM file LIMIT 100';

export function createSqlBox(events: SqlEvents): SqlBox {
  const text = el('textarea', {
    class: 'field sql-text',
    rows: 4,
    spellcheck: 'false',
    'aria-label': t('SQL over the file, which is the table "file"'),
    placeholder: EXAMPLE,
  });
  const problem = el('div', { class: 'sql-problem', role: 'alert', hidden: true });
  const history = el('select', { class: 'field sql-history', 'aria-label': t('Earlier statements') });
  const run = (): void => events.run(text.value.trim() === '' ? EXAMPLE : text.value.trim());
  const element = el(
    'div',
    { class: 'sql', role: 'region', 'aria-label': t('SQL'), hidden: true },
    text,
    problem,
    el(
      'div',
      { class: 'sql-line' },
      button({ label: t('Run'), icon: 'run', text: true, keys: 'Ctrl+Enter', press: run }),
      history,
      el('span', { class: 'dim sql-tip' }, t('The file is the table "file". Ctrl+Enter runs.')),
    ),
  );
  let known: readonly string[] | undefined;

  text.addEventListener('input', () => events.edited(text.value));
  history.addEventListener('change', () => {
    const chosen = known?.[Number(history.value)];
    history.selectedIndex = 0;
    if (chosen === undefined) return;
    text.value = chosen;
    events.edited(chosen);
    text.focus();
  });
  element.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) run();
    else if (event.key === 'Escape') events.leave();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  return {
    element,
    focus: () => text.focus(),
    failed: (error) => {
      problem.hidden = error === undefined;
      if (error !== undefined)
        fill(
          problem,
          icon('error'),
          el('span', {}, error.message),
          ' ',
          el('span', { class: 'dim' }, error.remedy),
        );
    },
    update: (state) => {
      element.hidden = !state.open;
      if (text.value !== state.text) text.value = state.text;
      if (known === state.history) return;
      known = state.history;
      history.hidden = known.length === 0;
      fill(
        history,
        el('option', { value: '' }, t('Earlier statements')),
        ...known.map((sql, index) => el('option', { value: index }, sql.replace(/\s+/g, ' ').slice(0, 120))),
      );
    },
  };
}
