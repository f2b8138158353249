// Search over all columns: as a filter, or from match to match with their number.
import type { Desk } from './desk';
import type { SearchState } from './state';
import { withSearch } from './views';
import { t } from './words';

export interface Finder {
  /** Rows that contain the text: null while they are counted, undefined where nobody asked. */
  readonly matches: number | null | undefined;
  /** @param now The user waits for the first match. */
  readonly search: (next: SearchState, now: boolean) => void;
  /** Counts the matches anew: other rows are seen. */
  readonly count: () => void;
  readonly find: (backwards: boolean) => void;
}

/** @param askForText Called when there is nothing to look for. */
export function createFinder(desk: Desk, askForText: () => void): Finder {
  let matches: number | null | undefined;
  let counting: AbortController | undefined;
  let finding: AbortController | undefined;

  const count = (): void => {
    counting?.abort();
    matches = undefined;
    const { text, mode, case: exact } = desk.state.search;
    if (mode !== 'find' || text === '') return;
    const control = new AbortController();
    const { signal } = control;
    counting = control;
    matches = null;
    const { source, table } = desk.tab;
    const view = withSearch({ ...table.view, sort: [] }, text, exact);
    source
      .handle()
      .then((handle) => desk.host.call('preview.count', { handle, view }, { signal }))
      .then(
        (rows) => {
          if (signal.aborted) return;
          matches = rows;
          desk.changed();
        },
        // The search itself tells what is wrong.
        () => undefined,
      );
  };

  const look = async (from: number, backwards: boolean, signal: AbortSignal): Promise<void> => {
    const { text, case: exact } = desk.state.search;
    const { source, table, layout } = desk.tab;
    const handle = await source.handle();
    const params = { handle, view: table.view, text, case: exact, from, backwards };
    const found = await desk.host.call('preview.find', params, { signal });
    if (found === null) {
      desk.announcer.say(t('No match.'));
      matches = 0;
      desk.changed();
      return;
    }
    const place = layout.columns.findIndex(({ column }) => column.name === found.column);
    const focused = document.activeElement;
    desk.goTo(found.position, Math.max(0, place));
    desk.announcer.say(t('Row {0}, {1}', found.position + 1, found.column));
    // Who searches from the box goes on from there.
    if (focused instanceof HTMLInputElement) focused.focus();
  };

  const find = (backwards: boolean, here = false): void => {
    if (desk.state.search.text === '') {
      askForText();
      return;
    }
    finding?.abort();
    finding = new AbortController();
    const { selection, table } = desk.tab;
    const { row } = selection.active;
    const rows = Math.max(1, table.rows);
    const from = here ? Math.max(0, row) : (row + (backwards ? -1 : 1) + rows) % rows;
    desk.work
      .run(t('Searching…'), (signal) => look(from, backwards, signal), finding.signal)
      .catch(desk.failed);
  };

  return {
    get matches() {
      return desk.state.search.text === '' ? undefined : matches;
    },
    count,
    find: (backwards) => find(backwards),
    search: (next, now) => {
      const { search } = desk.state;
      const other = next.text !== search.text || next.case !== search.case || next.mode !== search.mode;
      desk.state = { ...desk.state, search: next };
      desk.look(withSearch(desk.tab.table.view, next.mode === 'filter' ? next.text : '', next.case));
      if (other) count();
      if (other && next.mode === 'find' && next.text !== '' && now) find(false, true);
      desk.changed();
    },
  };
}
