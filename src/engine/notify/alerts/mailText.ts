// The mail as plain text: for readers without HTML, on a watch, or in a log.
import { isoDate } from '../../model';
import { formatCount, plural, printable } from '../../report';
import type { AlertContent, AlertDate, AlertError, AlertFinding } from './content';
import { moreText, outcomeText, recoveredText, ruleText, stepsText, timeText } from './alertWords';

const LINE = 72;

/** Lines of at most some 100 characters, LF ended. */
export function renderMailText(content: AlertContent): string {
  const sections = [
    [printable(content.headline)],
    ...(content.stopped === undefined ? [] : [errorLines(content.stopped, '')]),
    ...content.dates.map(dateLines),
    ...(content.more_dates.length === 0
      ? []
      : [['MORE DATES', ...content.more_dates.map((d) => `  ${isoDate(d.date)}  ${printable(d.verdict)}`)]]),
    ...(content.recovered.length === 0 || content.kind === 'recovered' ? [] : [[recoveredText(content)]]),
    ...(content.commands.length === 0
      ? []
      : [['For details', ...content.commands.map((command) => `  ${printable(command)}`)]]),
    footer(content),
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function footer(content: AlertContent): string[] {
  return [
    '-'.repeat(LINE),
    ...(content.run_id === '' ? [] : [`Run        ${content.run_id}`]),
    `Host       ${printable(content.host)}`,
    `Workspace  ${printable(content.workspace)}`,
    `Time       ${timeText(content.time)}`,
  ];
}

function dateLines(date: AlertDate): string[] {
  const title = `${isoDate(date.date)}: ${printable(date.verdict)}`;
  return [
    title,
    '='.repeat(Math.min(LINE, title.length)),
    ...part(
      stepsText(date),
      date.failures.flatMap((failure) => [`  ${printable(failure.step)}`, ...errorLines(failure, '    ')]),
      moreText(date.more_failures, 'step'),
    ),
    ...part('Rules', date.findings.flatMap(findingLines), moreText(date.more_findings, 'rule')),
    ...part('Tables', tableLines(date), moreText(date.more_tables, 'table')),
    ...part(
      'Missing files',
      date.missing.map(({ brand, table }) => `  ${printable(`${brand} ${table}`)}`),
      moreText(date.more_missing, 'file'),
    ),
    ...part(
      'Ignored files',
      date.refused.flatMap(({ path, reason }) => [`  ${printable(path)}`, `    ${printable(reason)}`]),
      moreText(date.more_refused, 'file'),
    ),
  ];
}

function part(title: string, lines: readonly string[], more: string): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines, ...(more === '' ? [] : [`  ${more}`])];
}

function errorLines(error: AlertError, indent: string): string[] {
  return [
    `${indent}${printable(error.message)} (${error.code})`,
    ...(error.place === undefined ? [] : [`${indent}at ${printable(error.place)}`]),
    `${indent}${printable(error.remedy)}`,
  ];
}

function findingLines(finding: AlertFinding): string[] {
  return [
    `  ${finding.status.toUpperCase()}  ${printable(`${finding.table}  ${finding.id}`)}`,
    `    ${printable(ruleText(finding))}`,
    ...(outcomeText(finding) === '' ? [] : [`    ${printable(outcomeText(finding))}`]),
    ...(finding.text === '' ? [] : [`    ${printable(finding.text)}`]),
    ...finding.samples.flatMap(({ place, values }) => [
      ...(place === '' ? [] : [`      ${printable(place)}`]),
      `        ${finding.sample_columns.map((name, i) => `${printable(name)}=${printable(values[i] ?? '')}`).join('  ')}`,
    ]),
    ...(finding.samples.length > 0 && finding.more_rows > 0
      ? [`      and ${plural(finding.more_rows, 'more row')}`]
      : []),
  ];
}

function tableLines(date: AlertDate): string[] {
  if (date.tables.length === 0) return [];
  const shown = (rows: number | null): string => (rows === null ? '-' : formatCount(rows));
  const rows = [
    ['TABLE', 'STATUS', 'IN', 'ACCEPTED', 'REJECTED', 'LOADED'],
    ...date.tables.map((t) => [
      printable(t.table),
      t.status,
      shown(t.landing),
      shown(t.accepted),
      shown(t.rejected),
      shown(t.loaded),
    ]),
  ];
  const widths = [0, 1, 2, 3, 4, 5].map((i) => Math.max(...rows.map((row) => (row[i] ?? '').length)));
  return rows.map(
    (row) =>
      `  ${row.map((cell, i) => (i < 2 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ')}`,
  );
}
