// Search over all columns: as a filter, or from match to match with their number.
import type { PreviewContext } from './context';
import type { SearchState } from './state';
import { withSearch } from './views';
import { t } from './words';

export interface Finder {
  /** Rows that contain the text: null while they are counted, undefined where nobody asked. */
  readonly matches: number | null | undefined;
  /** @param now The user waits for the first match. */
  readonly search: (next: SearchState, now: boolean) => void;
  /** Counts the matches again: other rows are seen. */
  readonly count: () => void;
  readonly find: (backwards: boolean) => void;
}

/** @param askForText Called when there is nothing to look for. */
export function createFinder(context: PreviewContext, askForText: () => void): Finder {
  let matches: number | null | undefined;
  let counting: AbortController | undefined;
  let finding: AbortController | undefined;

  const count = (): void => {
    counting?.abort();
    matches = undefined;
    const { text, mode, case: exact } = context.state.search;
    if (mode !== 'find' || text === '') return;
    const control = new AbortController();
    const { signal } = control;
    counting = control;
    matches = null;
    const { source, table } = context.tab;
    const view = withSearch({ ...table.view, sort: [] }, text, exact);
    source
      .handle()
      .then((handle) => context.host.call('preview.count', { handle, view }, { signal }))
      .then(
        (rows) => {
          if (signal.aborted) return;
          matches = rows;
          context.changed();
        },
        // The search itself reports what is wrong.
        () => undefined,
      );
  };

  const look = async (from: number, backwards: boolean, signal: AbortSignal): Promise<void> => {
    const { text, case: exact } = context.state.search;
    const { source, table, layout } = context.tab;
    const handle = await source.handle();
    const params = { handle, view: table.view, text, case: exact, from, backwards };
    const match = await context.host.call('preview.find', params, { signal });
    if (match === null) {
      context.announcer.say(t('No match.'));
      matches = 0;
      context.changed();
      return;
    }
    const place = layout.columns.findIndex(({ column }) => column.name === match.column);
    const focused = document.activeElement;
    context.goTo(match.position, Math.max(0, place));
    context.announcer.say(t('Row {0}, {1}', match.position + 1, match.column));
    // Who searches from the box goes on from there.
    if (focused instanceof HTMLInputElement) focused.focus();
  };

  const find = (backwards: boolean, here = false): void => {
    if (context.state.search.text === '') {
      askForText();
      return;
    }
    finding?.abort();
    finding = new AbortController();
    const { selection, table } = context.tab;
    const { row } = selection.active;
    const rows = Math.max(1, table.rows);
    const from = here ? Math.max(0, row) : (row + (backwards ? -1 : 1) + rows) % rows;
    context.tasks
      .run(t('Searching…'), (signal) => look(from, backwards, signal), finding.signal)
      .catch(context.failed);
  };

  return {
    get matches() {
      return context.state.search.text === '' ? undefined : matches;
    },
    count,
    find: (backwards) => find(backwards),
    search: (next, now) => {
      const { search } = context.state;
      const other = next.text !== search.text || next.case !== search.case || next.mode !== search.mode;
      context.state = { ...context.state, search: next };
      context.look(withSearch(context.tab.table.view, next.mode === 'filter' ? next.text : '', next.case));
      if (other) count();
      if (other && next.mode === 'find' && next.text !== '' && now) find(false, true);
      context.changed();
    },
  };
}
