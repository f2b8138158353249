// The top of the page: how the date went in words, which run reported so, what can be done, where to go.
import type { DateRunProgress } from '../../shared/reportApi';
import { isoDate } from '../../shared/dates';
import { dateVerdict, formatCount, formatSeconds, plural, secondsBetween } from '../../shared/words';
import { button, element, foreign, icon, type Child, type IconName } from './dom';
import { isEmpty } from './model';
import { moment, stateBadge, type Page } from './page';

/** Verdict and origin; of a date that was not run the date alone. */
export function head(page: Page): HTMLElement {
  const { document } = page.snapshot;
  if (isEmpty(document))
    return element('header', {}, element('h1', { tabindex: -1 }, isoDate(document.date)));
  const verdict = dateVerdict(document);
  return element(
    'header',
    {},
    element(
      'h1',
      { tabindex: -1 },
      element('span', { class: 'date' }, isoDate(document.date)),
      ' ',
      stateBadge(verdict.status),
    ),
    element('p', { class: 'verdict' }, verdict.text),
    origin(page),
  );
}

function origin(page: Page): HTMLElement {
  const { reports, run } = page.snapshot.document;
  const latest = reports.reduce<(typeof reports)[number] | undefined>(
    (last, one) => (last === undefined || one.finished_at > last.finished_at ? one : last),
    undefined,
  );
  const shas = [...new Set(reports.map((report) => report.config_sha.slice(0, 8)))];
  const facts: (readonly [string, readonly Child[]])[] = [];
  const runId = run?.run_id ?? latest?.run_id;
  if (runId !== undefined)
    facts.push(['Run', [foreign(runId), ...(run === undefined ? [] : [`, ${run.status}`])]]);
  if (run !== undefined) facts.push(['Started', [moment(run.started_at)]]);
  const end = run?.finished_at;
  if (run !== undefined && end !== undefined)
    facts.push(['Duration', [formatSeconds(secondsBetween(run.started_at, end))]]);
  else if (run === undefined && latest !== undefined) facts.push(['Finished', [moment(latest.finished_at)]]);
  if (shas.length > 0) facts.push(['Config', [foreign(shas.join(', '))]]);
  return element(
    'dl',
    { class: 'facts' },
    ...facts.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, ...value))),
  );
}

/** What can be done with the date. */
export function actions(page: Page): HTMLElement {
  const { snapshot, host } = page;
  const idle = snapshot.mayRun && snapshot.run === null && snapshot.document.run?.status !== 'running';
  const why = snapshot.mayRun ? undefined : 'This workspace is not trusted';
  const action = (
    key: string,
    name: IconName,
    label: string,
    { act, off = false }: { readonly act: () => void; readonly off?: boolean },
  ): HTMLElement =>
    button(
      { class: 'action', 'data-key': key, disabled: off, title: off ? why : undefined },
      act,
      icon(name),
      label,
    );
  const run = (validateOnly: boolean) => ({
    act: () => void page.ask(host.call('run', { validateOnly })),
    off: !idle,
  });
  const written = (work: Promise<boolean | null>, words: string): void =>
    void page.ask(work).then((done) => {
      if (done === true) page.say(words);
    });
  return element(
    'div',
    { class: 'actions', role: 'group', 'aria-label': 'Actions' },
    action('run', 'play', 'Run again', run(false)),
    action('validate', 'checklist', 'Validate again', run(true)),
    action('summary', 'file', 'Open summary.json', {
      act: () => void page.ask(host.call('openSummary', {})),
    }),
    action('html', 'export', 'Export HTML', {
      act: () => written(host.call('exportHtml', {}), 'Exported.'),
    }),
    action('markdown', 'copy', 'Copy as Markdown', {
      act: () => written(host.call('copyMarkdown', {}), 'Copied.'),
    }),
  );
}

/** Rows of the whole date. */
export function totals(page: Page): HTMLElement {
  const { rows, files } = dateVerdict(page.snapshot.document);
  const { landing, accepted, rejected, duplicates, loaded } = rows;
  const figures: readonly (readonly [string, number, string])[] = [
    [
      'received',
      landing,
      files.rejected === 0
        ? 'records in the files of the date'
        : `records in the files of the date, without those of ${plural(files.rejected, 'rejected file')}`,
    ],
    ['accepted', accepted, 'rows that passed every rule that rejects'],
    ['rejected', rejected, 'rows rejected in any step'],
    ['duplicates', duplicates, 'rows removed because another row of the same key won'],
    ['loaded', loaded ?? 0, 'rows in the warehouse'],
  ];
  return element(
    'dl',
    { class: 'totals', 'aria-label': 'Totals in rows' },
    ...figures.map(([name, rows, title]) =>
      element(
        'div',
        { title, class: name === 'rejected' && rows > 0 ? 'bad' : undefined },
        element('dt', {}, name),
        element('dd', {}, formatCount(rows)),
      ),
    ),
  );
}

/** Links to the sections that are there. */
export function contents(sections: readonly (readonly [string, string])[]): HTMLElement {
  return element(
    'nav',
    { 'aria-label': 'Sections' },
    element(
      'ul',
      { class: 'contents' },
      ...sections.map(([id, name]) =>
        element(
          'li',
          {},
          button({ class: 'link', 'data-key': `to-${id}` }, () => goTo(id), name),
        ),
      ),
    ),
  );
}

/** Brings a section into view and its heading into focus. */
export function goTo(id: string): void {
  const heading = document.getElementById(`${id}-title`) ?? document.getElementById(id);
  heading?.scrollIntoView({ block: 'start' });
  heading?.focus({ preventScroll: true });
}

/** The current run; empty where there is none. */
export function runBanner(page: Page, progress: DateRunProgress | null): readonly Child[] {
  const { run } = page.snapshot.document;
  if (progress !== null)
    return [
      icon('clock'),
      element(
        'span',
        {},
        `${progress.title}: ${progress.step === '' ? 'starting' : progress.step} (${Math.round(progress.percent)}%)`,
      ),
      element('progress', { max: 100, value: progress.percent, 'aria-hidden': 'true' }),
      button(
        { class: 'action', 'data-key': 'cancel' },
        () => void page.ask(page.host.call('cancelRun', {})),
        icon('stop'),
        'Cancel',
      ),
    ];
  switch (run?.status) {
    case 'running':
      return [
        icon('clock'),
        element(
          'span',
          {},
          'This date is running in another window or terminal. This report is older; it reloads when the run ends.',
        ),
      ];
    case 'interrupted':
      return [
        icon('warn'),
        element(
          'span',
          {},
          'The last run of this date was interrupted: run it again to continue where it stopped.',
        ),
      ];
    default:
      return [];
  }
}
