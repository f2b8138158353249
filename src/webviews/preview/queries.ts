// The query over the file that is shown in a tab of its own, one at a time.
import type { PreviewContext } from './context';
import { querySource, problemOf, type PreviewSource } from './source';
import type { SqlBox } from './sqlBox';
import { withStatement, type GridState } from './state';
import type { Tab } from './tab';
import { t } from './words';

export interface Queries {
  /** The query's tab; undefined while only the file is open. */
  readonly tab: Tab | undefined;
  /** Runs a statement and shows its rows; errors go to the SQL box. */
  readonly run: (sql: string, start?: GridState) => Promise<void>;
  /** Lets the query go and shows the file. */
  readonly leave: () => void;
}

export interface QueriesParts {
  readonly context: PreviewContext;
  readonly file: PreviewSource;
  readonly fileTab: Tab;
  readonly sql: Pick<SqlBox, 'failed'>;
  readonly makeTab: (source: PreviewSource, start: GridState | undefined) => Tab;
  /** Brings a tab to the front. */
  readonly use: (tab: Tab) => void;
  readonly reopened: (tab: Tab | undefined) => void;
}

export function createQueries(parts: QueriesParts): Queries {
  const { context, file, fileTab, sql, makeTab, use } = parts;
  let tab: Tab | undefined;
  let running: AbortController | undefined;

  const close = (old: Tab | undefined): void => {
    old?.table.close();
    old?.source.close();
  };

  return {
    get tab() {
      return tab;
    },
    run: async (text, start) => {
      running?.abort();
      const control = new AbortController();
      running = control;
      sql.failed(undefined);
      const open = (signal: AbortSignal): Promise<PreviewSource> =>
        querySource({ host: context.host, file, sql: text, reopened: () => parts.reopened(tab) }, signal);
      try {
        const query = await context.tasks.run(t('Running the query…'), open, control.signal);
        const history = withStatement(context.state.sql.history, text);
        context.state = { ...context.state, sql: { ...context.state.sql, text, history } };
        const old = tab;
        tab = makeTab(query, start);
        use(tab);
        close(old);
        context.announcer.say(t('The query finished.'));
      } catch (error) {
        const plain = problemOf(error);
        if (plain === undefined || control.signal.aborted) return;
        sql.failed(plain);
        context.changed();
      }
    },
    leave: () => {
      const old = tab;
      tab = undefined;
      use(fileTab);
      close(old);
    },
  };
}
