// The tables of the date: how each ended, its rows on their way through the layers, its columns.
import type { Report } from '../../shared/reportApi';
import {
  type TableVerdict,
  dateVerdict,
  formatCount,
  hiddenNote,
  otherLines,
  plural,
  rowFlow,
} from '../../shared/words';
import { button, element, foreign, foreignCut, icon, type Child } from './dom';
import { flowLinks, type FlowLink } from './model';
import { disclosure, section, stateBadge, table, type Page } from './page';

const MOST_CHARACTERS = 200;

export function tables(page: Page): HTMLElement {
  const { document: date } = page.snapshot;
  return section(
    'tables',
    'Tables',
    element(
      'ul',
      { class: 'cards' },
      ...dateVerdict(date).tables.map((verdict) => {
        const report = date.reports.find(({ table: name }) => name === verdict.table);
        return report === undefined ? bareCard(verdict) : card(page, report, verdict);
      }),
    ),
  );
}

/** A table without a report. */
function bareCard({ table: name, status, rows }: TableVerdict): HTMLElement {
  const why = {
    failed: 'It failed before it was validated.',
    missing: 'None of its files were received.',
    'not validated': 'It was not validated against the rules yet.',
    warned: '',
    passed: '',
  }[status];
  const received = rows.landing === 0 ? '' : ` ${plural(rows.landing, 'record')} received.`;
  return element(
    'li',
    { class: `card ${status.replace(' ', '-')}`, 'data-table': name },
    element('h3', { tabindex: -1 }, foreign(name), stateBadge(status)),
    element('p', { class: 'muted' }, `${why}${received}`),
  );
}

/** What is wrong with a table beside what its report says. */
function besides(report: Report, { status, rejected_files: files }: TableVerdict): string {
  if (files > 0) return `Not complete: ${plural(files, 'file was', 'files were')} rejected.`;
  return status === 'failed' && report.status !== 'failed'
    ? 'A step has failed since: this report is from before it.'
    : '';
}

function card(page: Page, report: Report, verdict: TableVerdict): HTMLElement {
  const beside = besides(report, verdict);
  const note = hiddenNote(report);
  const problems = report.findings.filter((finding) => finding.status !== 'passed').length;
  const key = (what: string): string => JSON.stringify([what, report.table]);
  return element(
    'li',
    { class: `card ${verdict.status}`, 'data-table': report.table },
    element(
      'h3',
      { tabindex: -1 },
      foreign(report.table),
      stateBadge(verdict.status),
      problems === 0
        ? undefined
        : button(
            { class: 'link', 'data-key': key('problems') },
            () => page.showTable(report.table),
            plural(problems, 'problem'),
            element('span', { class: 'unseen' }, ' of ', foreign(report.table)),
          ),
    ),
    beside === '' ? undefined : element('p', {}, beside),
    flow(report),
    note === undefined ? undefined : element('p', { class: 'muted' }, foreign(note)),
    element(
      'div',
      { class: 'pair' },
      disclosure(page, {
        key: key('edges'),
        level: 4,
        label: [
          'All rows accounted for',
          element('span', { class: 'unseen' }, ' in ', foreign(report.table)),
          report.edges.every((edge) => edge.balanced)
            ? undefined
            : element('span', { class: 'state failed' }, icon('fail'), 'does not add up'),
        ],
        body: () => [edges(report)],
      }),
      disclosure(page, {
        key: key('profile'),
        level: 4,
        label: [
          plural(report.profile.length, 'column'),
          element('span', { class: 'unseen' }, ' of ', foreign(report.table)),
        ],
        body: () => [profile(report)],
      }),
    ),
  );
}

/** Stations with their rows, and between them what was lost on the way and whether it adds up. */
function flow(report: Report): HTMLElement {
  const stations = rowFlow(report.rows);
  const links = flowLinks(report);
  return element(
    'ol',
    { class: 'flow', 'aria-label': `Rows of ${report.table} through the layers` },
    ...stations.flatMap((station, i) => {
      const link = i === 0 ? undefined : links[i - 1];
      return [
        link === undefined ? undefined : element('li', { class: 'link' }, ...linkWords(link)),
        element(
          'li',
          { class: station.rows === null ? 'station none' : 'station' },
          element('b', {}, station.rows === null ? '–' : formatCount(station.rows)),
          element('span', {}, station.name),
          station.rows === null ? element('span', { class: 'unseen' }, ', no rows') : undefined,
        ),
      ];
    }),
  );
}

function linkWords(link: FlowLink): readonly Child[] {
  const losses = [
    link.rejected === 0 ? '' : `−${formatCount(link.rejected)} rejected`,
    link.duplicates === 0 ? '' : `−${plural(link.duplicates, 'duplicate')}`,
  ].filter((loss) => loss !== '');
  const check =
    link.balanced === null
      ? undefined
      : link.balanced
        ? element(
            'span',
            { class: 'state passed', title: 'All rows are accounted for' },
            icon('pass'),
            element('span', { class: 'unseen' }, 'adds up'),
          )
        : element('span', { class: 'state failed' }, icon('fail'), 'does not add up');
  return [
    element('span', { class: 'arrow', 'aria-hidden': 'true' }),
    check,
    ...losses.map((loss) => element('span', { class: 'loss' }, loss)),
  ];
}

function edges(report: Report): HTMLElement {
  return table(
    `Every row of ${report.table} accounted for: in = out + rejected + duplicates + other lines`,
    [
      { title: 'Edge' },
      { title: 'Brand' },
      { title: 'In', number: true },
      { title: 'Out', number: true },
      { title: 'Rejected', number: true },
      { title: 'Duplicates', number: true },
      { title: 'Other lines' },
      { title: 'Adds up' },
    ],
    report.edges.map((edge) => [
      `${edge.from} → ${edge.to}`,
      [foreign(edge.brand ?? 'all')],
      formatCount(edge.in),
      formatCount(edge.out),
      formatCount(edge.rejected),
      formatCount(edge.duplicates),
      otherLines(edge.other),
      [
        edge.balanced
          ? element('span', { class: 'state passed' }, icon('pass'), 'yes')
          : element('span', { class: 'state failed' }, icon('fail'), 'no'),
      ],
    ]),
  ).region;
}

function profile(report: Report): HTMLElement {
  return table(
    `Columns of gold of ${report.table}`,
    [
      { title: 'Column' },
      { title: 'Type' },
      { title: 'Nulls', number: true },
      { title: 'Min' },
      { title: 'Max' },
    ],
    report.profile.map((column) => [
      [foreign(column.column)],
      column.type,
      formatCount(column.nulls),
      column.min === null ? '' : foreignCut(column.min, MOST_CHARACTERS),
      column.max === null ? '' : foreignCut(column.max, MOST_CHARACTERS),
    ]),
  ).region;
}
