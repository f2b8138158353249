// What went wrong: steps that failed, reports that cannot be read, findings worst first behind one filter.
import { defined } from '../../shared/defined';
import type { FindingStatus, Severity } from '../../shared/reportApi';
import {
  countedUnit,
  findingResult,
  formatCount,
  formatFigure,
  formatPercent,
  plural,
  SURROUNDINGS,
} from '../../shared/words';
import { button, element, foreign, foreignCut, icon, type Child } from './dom';
import {
  findingsOf,
  findingSubjects,
  isAboutInput,
  isFailure,
  isFiltering,
  isTechnical,
  NO_FILTER,
  passes,
  rejectsOf,
  type Filter,
  type TableFinding,
} from './model';
import { leadButtons } from './lead';
import { disclosure, moment, newId, section, stateBadge, type Page } from './page';
import { samples } from './samples';

const MOST_CHARACTERS = 2_000;

/** Steps that ended in an error. */
export function failures(page: Page): HTMLElement | undefined {
  const { failures: failed, broken, files } = page.snapshot.document;
  if (failed.length + broken.length === 0) return undefined;
  const open = (path: string, line?: number): HTMLElement =>
    button(
      { class: 'action', 'data-key': `open-${path}` },
      () => void page.ask(page.host.call('openFile', { path, ...defined({ line }) })),
      icon('go'),
      line === undefined ? 'Open file' : `Open ${fileName(path)}, line ${line}`,
    );
  return section(
    'failures',
    'Failed steps',
    element(
      'ul',
      { class: 'cards' },
      ...failed.map(({ stage, table, brand, time, error }) =>
        element(
          'li',
          { class: 'card failed' },
          element(
            'h3',
            {},
            icon('error'),
            foreign([table, brand].filter((part) => part !== undefined).join(' · ')),
            element('span', { class: 'muted' }, ` ${stage}, `, moment(time)),
          ),
          element('p', {}, ...foreignCut(error.message, MOST_CHARACTERS)),
          element('p', { class: 'remedy' }, ...foreignCut(error.remedy, MOST_CHARACTERS)),
          element(
            'div',
            { class: 'actions' },
            error.file === undefined ? undefined : open(error.file, error.line),
            ...leadButtons(page, {
              key: JSON.stringify(['step', stage, table, brand]),
              about: `${table}, ${stage}`,
              debug: { table, stage, ...defined({ brand }) },
              ...(SURROUNDINGS.includes(error.code)
                ? {}
                : { test: { table, failure: { kind: 'step', stage } } }),
            }),
            files.log === undefined
              ? undefined
              : button(
                  { class: 'action' },
                  () => void page.ask(page.host.call('openLog', {})),
                  icon('file'),
                  'Open the log of the run',
                ),
          ),
        ),
      ),
      ...broken.map(({ table, path, message, remedy }) =>
        element(
          'li',
          { class: 'card failed' },
          element(
            'h3',
            {},
            icon('error'),
            element(
              'span',
              {},
              table === undefined ? 'The summary' : 'The report of ',
              table === undefined ? undefined : foreign(table),
              ' cannot be read',
            ),
          ),
          element('p', {}, ...foreignCut(message, MOST_CHARACTERS)),
          element('p', { class: 'remedy' }, remedy),
          element('div', { class: 'actions' }, open(path)),
        ),
      ),
    ),
  );
}

/** All findings with their filter. */
export function findings(page: Page): HTMLElement {
  const all = findingsOf(page.snapshot.document);
  const problems = all.filter(({ finding }) => finding.status !== 'passed');
  const passed = all.filter(({ finding }) => finding.status === 'passed');
  const list = element('div');
  const shown = element('p', { class: 'muted', role: 'status' });
  const draw = (): void => {
    const { filter } = page.state;
    const here = problems.filter((one) => passes(one, filter));
    const fine = passed.filter((one) => passes(one, filter));
    const filtering = isFiltering(filter);
    shown.textContent = filtering
      ? `${formatCount(here.length + fine.length)} of ${plural(all.length, 'finding')} shown.`
      : '';
    list.replaceChildren(
      here.length === 0
        ? element(
            'p',
            { class: 'empty' },
            icon(problems.length === 0 && all.length > 0 ? 'pass' : 'skip'),
            all.length === 0
              ? 'There are no rules.'
              : problems.length === 0
                ? 'No rule is broken beyond its limit.'
                : 'No problem matches the filter.',
          )
        : findingList(page, here),
      ...(passed.length === 0
        ? []
        : [
            disclosure(page, {
              key: 'passed',
              level: 3,
              class: 'group',
              label: [
                `Passed: ${formatCount(passed.length)}`,
                filtering ? element('span', { class: 'muted' }, ` (${formatCount(fine.length)} shown)`) : '',
              ],
              body: () => [
                fine.length === 0 ? element('p', { class: 'empty' }, 'No match.') : findingList(page, fine),
              ],
            }),
          ]),
    );
  };
  draw();
  return section(
    'findings',
    'Findings',
    all.length === 0 ? undefined : filterBar(page, all, draw),
    shown,
    list,
  );
}

const STATUSES: readonly FindingStatus[] = ['error', 'failed', 'warned', 'skipped', 'passed'];
const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info'];

function filterBar(page: Page, all: readonly TableFinding[], draw: () => void): HTMLElement {
  const { filter } = page.state;
  const change = (part: Partial<Filter>): void => {
    page.keep({ ...page.state, filter: { ...page.state.filter, ...part } });
    clear.hidden = !isFiltering(page.state.filter);
    draw();
  };
  const text = element('input', {
    type: 'search',
    placeholder: 'Rule, column, words',
    'data-key': 'filter-text',
    spellcheck: 'false',
  });
  text.value = filter.text;
  text.addEventListener('input', () => change({ text: text.value }));
  const choice = (
    key: string,
    values: readonly string[],
    current: string,
    pick: (value: string) => void,
  ): HTMLSelectElement => {
    const select = element(
      'select',
      { 'data-key': `filter-${key}` },
      element('option', { value: '' }, 'all'),
      ...values.map((value) => element('option', { value }, value)),
    );
    select.value = values.some((value) => value === current) ? current : '';
    select.addEventListener('change', () => pick(select.value));
    return select;
  };
  const tables = [...new Set(all.map(({ table }) => table))].sort();
  const status = choice('status', STATUSES, filter.status, (value) =>
    change({ status: STATUSES.find((one) => one === value) ?? '' }),
  );
  const severity = choice('severity', SEVERITIES, filter.severity, (value) =>
    change({ severity: SEVERITIES.find((one) => one === value) ?? '' }),
  );
  const table = choice('table', tables, filter.table, (value) => change({ table: value }));
  const clear = button(
    { class: 'link', 'data-key': 'filter-clear', hidden: !isFiltering(filter) },
    () => {
      text.value = '';
      for (const select of [status, severity, table]) select.value = '';
      change(NO_FILTER);
      text.focus();
    },
    'Clear the filter',
  );
  const field = (name: string, control: HTMLElement): HTMLElement =>
    element('label', {}, element('span', {}, name), control);
  return element(
    'div',
    { class: 'filter', role: 'search', 'aria-label': 'Filter the findings' },
    field('Find', text),
    field('Status', status),
    field('Severity', severity),
    field('Table', table),
    clear,
  );
}

function findingList(page: Page, list: readonly TableFinding[]): HTMLElement {
  return element(
    'ul',
    { class: 'findings' },
    ...list.map((one) =>
      element(
        'li',
        {
          class: `finding ${one.finding.status}`,
          'data-finding': JSON.stringify([one.table, one.finding.id]),
        },
        disclosure(page, { key: one.key, level: 3, label: line(one), body: () => details(page, one) }),
      ),
    ),
  );
}

/** What can be done about drift: not where runs may not start, nor about what is accepted. */
function driftButtons(page: Page, { key, table, finding }: TableFinding): readonly Child[] {
  const { drift, status } = finding;
  if (drift === undefined || status === 'passed' || !page.snapshot.mayRun) return [];
  const { brand, column, header } = drift;
  const about = column ?? header ?? '';
  const disabled = page.snapshot.run !== null;
  return [
    drift.kind !== 'renamed' || column === undefined || header === undefined
      ? undefined
      : button(
          { class: 'action', 'data-key': `name-${key}`, disabled },
          () => void page.ask(page.host.call('takeName', { table, column, header })),
          icon('go'),
          'It is called ',
          foreign(header),
          ' now',
        ),
    button(
      { class: 'action', 'data-key': `accept-${key}`, disabled },
      () => void page.ask(page.host.call('acceptDrift', { brand, table, column: about })),
      icon('pass'),
      'Accept',
      element('span', { class: 'unseen' }, ' ', foreign(about)),
    ),
  ];
}

function line({ table, finding }: TableFinding): readonly Child[] {
  const about = [finding.rule, finding.columns.join(', ')].filter((part) => part !== '').join(' · ');
  const result = findingResult(finding);
  return [
    stateBadge(finding.status),
    element(
      'span',
      { class: 'what' },
      element('span', { class: 'id' }, foreign(finding.id)),
      element('span', { class: 'unseen' }, ', '),
      element(
        'span',
        { class: 'muted' },
        foreign(table),
        ' · ',
        foreign(about),
        ` · ${severityWords(finding)}`,
      ),
    ),
    element('span', { class: 'unseen' }, ', '),
    element(
      'span',
      { class: 'result' },
      element('span', {}, result === '' ? (finding.message ?? '') : foreign(result)),
      finding.limit === undefined
        ? undefined // Which setting gave it is said below.
        : element('span', { class: 'muted' }, `limit ${finding.limit.replace(/ \([A-Z_]+\)$/, '')}`),
      bar(finding.failing, finding.failing_pct),
    ),
  ];
}

/** Why a rule that rejects has only warned, or how much the rule weighs. */
function severityWords({ status, severity }: TableFinding['finding']): string {
  return status === 'warned' && severity === 'error'
    ? 'within the limit (severity: error)'
    : `severity: ${severity}`;
}

const fileName = (path: string): string => path.split(/[/\\]/).at(-1) ?? path;

/** The share of failing rows; the number beside it says the same to who does not see it. */
function bar(failing: number, percent: number): HTMLElement | undefined {
  if (failing === 0) return undefined;
  const fill = element('i');
  // Something is seen of the least share.
  fill.style.width = `${Math.max(1, Math.min(100, percent))}%`;
  return element('span', { class: 'bar', 'aria-hidden': 'true' }, fill);
}

function details(page: Page, one: TableFinding): readonly Child[] {
  const { table, finding } = one;
  const id = newId();
  const rejects = rejectsOf(page.snapshot.document.rejects, one);
  const subjects = findingSubjects(one);
  const facts: (readonly [string, string])[] = [
    ['Kind', finding.rule],
    ['Columns', finding.columns.join(', ')],
    ['Evaluated', finding.evaluated === 0 ? '' : plural(finding.evaluated, countedUnit(finding))],
    [
      'Failing',
      finding.evaluated === 0
        ? ''
        : `${plural(finding.failing, countedUnit(finding))}${finding.failing === 0 ? '' : ` (${formatPercent(finding.failing_pct)})`}`,
    ],
    ['Limit', finding.limit ?? ''],
    ['Observed', finding.observed === undefined ? '' : formatFigure(finding.observed)],
  ];
  return [
    ...[finding.description, finding.message].map((text) =>
      text === undefined || text === '' ? undefined : element('p', {}, ...foreignCut(text, MOST_CHARACTERS)),
    ),
    element(
      'dl',
      { class: 'facts', id },
      ...facts
        .filter(([, value]) => value !== '')
        .map(([name, value]) =>
          element(
            'div',
            {},
            element('dt', {}, name),
            element('dd', {}, ...foreignCut(value, MOST_CHARACTERS)),
          ),
        ),
    ),
    element(
      'div',
      { class: 'actions' },
      button(
        { class: 'action', 'data-key': `rule-${one.key}` },
        () =>
          void page.ask(
            page.host.call('openRule', {
              table,
              id: finding.id,
              rule: finding.rule,
              columns: finding.columns,
              config_line: finding.config_line,
            }),
          ),
        icon('go'),
        isTechnical(finding) || isAboutInput(finding) ? 'Open schema' : 'Open rule',
        element('span', { class: 'unseen' }, ' ', foreign(finding.id)),
      ),
      ...driftButtons(page, one),
      rejects === undefined || finding.failing === 0
        ? undefined
        : button(
            { class: 'action', 'data-key': `rejects-${one.key}` },
            () => void page.ask(page.host.call('openRejects', { path: rejects.path })),
            icon('file'),
            `Open rejects of the table (${plural(rejects.rows, 'row')})`,
          ),
      ...(isFailure(finding) && subjects !== undefined
        ? leadButtons(page, { key: one.key, about: finding.id, ...subjects })
        : []),
    ),
    samples(page, {
      key: one.key,
      table,
      caption: `${formatCount(finding.samples.length)} of ${plural(finding.failing, 'failing row')}`,
      list: finding.samples,
    }),
  ];
}
