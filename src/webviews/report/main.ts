// The report of a date: asks for the snapshot, draws it, and redraws it when what lies on disk has changed.
import { ChannelError, openChannel, type WireError } from '../../shared/channel';
import type {
  DateRunProgress,
  Focus,
  ReportHostApi,
  ReportPageApi,
  ReportSnapshot,
} from '../../shared/reportApi';
import { isoDate } from '../../shared/dates';
import { button, element, foreign, icon } from './dom';
import { extensionPort, keepState, keptState } from '../port';
import { arrivals, conversions, files, readings } from './arrivals';
import { charts } from './charts/section';
import { actions, contents, goTo, head, totals, runBanner } from './head';
import { isEmpty, NO_FILTER } from './model';
import type { Page } from './page';
import { failures, findings } from './problems';
import { goBack, placeOf } from './scrollAnchor';
import { NEW_STATE, readState, withOpen } from './state';
import { tables } from './tables';

let state = readState(keptState());
let snapshot: ReportSnapshot | undefined;
/** What is on the page now, to leave it alone while nothing has changed. */
let drawn = '';
let loading: AbortController | undefined;
let scrollTimer: ReturnType<typeof setTimeout> | undefined;

const banner = element('div', { class: 'banner', role: 'status', hidden: true });
const content = element('div', { class: 'content' });
const status = element('p', { class: 'unseen', role: 'status' });
const note = element('p', { class: 'note', 'aria-hidden': 'true', hidden: true });
document.body.append(banner, content, status, note);

const host = openChannel<ReportPageApi, ReportHostApi>(extensionPort, {
  changed: () => {
    void load();
    return null;
  },
  running: ({ run }) => {
    if (snapshot === undefined) return null;
    const was = snapshot.run;
    snapshot = { ...snapshot, run };
    // The buttons come and go with a run; its progress changes the banner alone.
    if ((was === null) !== (run === null)) draw(snapshot);
    else showRun(snapshot, run);
    return null;
  },
  focus: (focus) => {
    reveal(focus);
    return null;
  },
});

function pageOf(shown: ReportSnapshot): Page {
  return {
    snapshot: shown,
    host,
    get state() {
      return state;
    },
    keep: (next) => {
      state = next;
      keepState(state);
    },
    say,
    ask: async (answer) => {
      try {
        return await answer;
      } catch (error) {
        const plain = plainOf(error);
        if (plain.code !== 'CANCELLED') say(`${plain.message} ${plain.remedy}`);
        return undefined;
      }
    },
    showTable: (table) => {
      state = { ...state, filter: { ...NO_FILTER, table } };
      keepState(state);
      if (snapshot !== undefined) draw(snapshot);
      goTo('findings');
    },
  };
}

async function load(): Promise<void> {
  loading?.abort();
  const mine = new AbortController();
  loading = mine;
  const slow = setTimeout(() => {
    if (snapshot === undefined)
      content.replaceChildren(element('p', { class: 'empty', role: 'status' }, 'Reading the report…'));
  }, 300);
  try {
    const next = await host.call('ready', {}, { signal: mine.signal });
    const text = JSON.stringify({ ...next, focus: undefined });
    snapshot = next;
    if (text !== drawn) {
      drawn = text;
      draw(next);
    }
    if (next.focus !== undefined) reveal(next.focus);
  } catch (error) {
    if (mine.signal.aborted) return;
    drawn = '';
    showFailure(plainOf(error));
  } finally {
    clearTimeout(slow);
  }
}

/** Draws the whole page; where the reader is and what has the focus stay as they are. */
function draw(shown: ReportSnapshot): void {
  const { document: report } = shown;
  const first = content.querySelector('main') === null;
  const { scroll, anchor } = first
    ? state.date === report.date
      ? state
      : NEW_STATE
    : { scroll: window.scrollY, anchor: placeOf(content) };
  // A page that is looked at from another editor must not take the keyboard from it.
  const focused = document.hasFocus() ? document.activeElement?.getAttribute('data-key') : undefined;
  if (state.date !== report.date) {
    state = { ...state, date: report.date };
    keepState(state);
  }
  const page = pageOf(shown);
  document.title = `Report ${isoDate(report.date)}`;
  if (isEmpty(report)) content.replaceChildren(head(page), element('main', {}, nothing(page)));
  else {
    const sections = [
      failures(page),
      report.reports.length === 0 ? undefined : findings(page),
      tables(page),
      arrivals(page),
      files(page),
      readings(page),
      conversions(page),
      charts(page),
    ].filter((one) => one !== undefined);
    const links = sections.map((one) => [one.id, one.querySelector('h2')?.textContent ?? one.id] as const);
    const top = head(page);
    top.append(actions(page));
    content.replaceChildren(top, contents(links), element('main', {}, totals(page), ...sections));
  }
  showRun(shown, shown.run);
  goBack(content, anchor, scroll);
  if (typeof focused === 'string')
    content.querySelector<HTMLElement>(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

function showRun(shown: ReportSnapshot, run: DateRunProgress | null): void {
  const words = runBanner(pageOf(shown), run);
  banner.hidden = words.length === 0;
  banner.replaceChildren(
    ...words.filter((child) => child !== undefined && child !== null && child !== false),
  );
}

function nothing(page: Page): HTMLElement {
  const { document: report, mayRun, run } = page.snapshot;
  const running = run !== null || report.run?.status === 'running';
  const why = running ? 'It appears when the run ends.' : 'The date has not been run.';
  return element(
    'div',
    { class: 'blank' },
    icon('file'),
    element('p', {}, `No report for ${isoDate(report.date)} yet. ${why}`),
    button(
      {
        class: 'action primary',
        'data-key': 'run-first',
        disabled: !mayRun || running,
      },
      () => void page.ask(host.call('run', { validateOnly: false })),
      icon('play'),
      'Run this date',
    ),
    mayRun ? undefined : element('p', { class: 'muted' }, 'Runs need a trusted workspace.'),
  );
}

/** What was drawn before stays readable below: only a page that has nothing yet is given up to the failure. */
function showFailure(error: WireError): void {
  const message = element(
    'div',
    { class: 'blank', role: 'alert' },
    icon('error'),
    element('p', {}, foreign(error.message)),
    element('p', { class: 'remedy' }, foreign(error.remedy)),
    button({ class: 'action primary', 'data-key': 'retry' }, () => void load(), icon('play'), 'Try again'),
  );
  if (snapshot === undefined) {
    content.replaceChildren(element('main', {}, message));
    return;
  }
  banner.hidden = false;
  banner.replaceChildren(
    icon('warn'),
    element('span', {}, 'The report could not be reloaded: ', foreign(error.message)),
    button({ class: 'action', 'data-key': 'retry' }, () => void load(), icon('play'), 'Try again'),
  );
}

/** Brings a table, or a finding of it, into view; a finding is opened. */
function reveal({ table, rule }: Focus): void {
  if (snapshot === undefined) return;
  if (rule === undefined) {
    const card = [...content.querySelectorAll<HTMLElement>('[data-table]')].find(
      (one) => one.dataset['table'] === table,
    );
    card?.scrollIntoView({ block: 'start' });
    card?.querySelector<HTMLElement>('h3')?.focus({ preventScroll: true });
    return;
  }
  const wanted = JSON.stringify([table, rule]);
  state = withOpen({ ...state, filter: NO_FILTER }, 'passed', state.open.includes('passed'));
  const find = (): HTMLElement | undefined =>
    [...content.querySelectorAll<HTMLElement>('[data-finding]')].find(
      (one) => one.dataset['finding'] === wanted,
    );
  draw(snapshot);
  if (find() === undefined) {
    state = withOpen(state, 'passed', true);
    draw(snapshot);
  }
  keepState(state);
  const opener = find()?.querySelector<HTMLElement>('button.disclosure');
  if (opener?.getAttribute('aria-expanded') === 'false') opener.click();
  opener?.scrollIntoView({ block: 'start' });
  opener?.focus({ preventScroll: true });
}

let noteTimer: ReturnType<typeof setTimeout> | undefined;

function say(text: string): void {
  status.textContent = text;
  note.replaceChildren(foreign(text));
  note.hidden = false;
  clearTimeout(noteTimer);
  noteTimer = setTimeout(() => {
    note.hidden = true;
    status.textContent = '';
  }, 6_000);
}

function plainOf(error: unknown): WireError {
  if (error instanceof ChannelError) return error.plain;
  return {
    code: 'BUG',
    message: error instanceof Error ? error.message : String(error),
    remedy: 'Open the report again. If the problem persists, see the log of M7 Pipeline.',
  };
}

window.addEventListener(
  'scroll',
  () => {
    clearTimeout(scrollTimer);
    scrollTimer = setTimeout(() => {
      state = { ...state, scroll: window.scrollY, anchor: placeOf(content) };
      keepState(state);
    }, 150);
  },
  { passive: true },
);

void load();
