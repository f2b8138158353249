// The report as Markdown, to be pasted into a ticket or a chat: what went wrong, short.
import { type Finding, type Sample, isoDate } from '../model';
import { type DateReport, filesLeftAlone, openProblems } from './reportDocument';
import { byUrgency, findingResult, hiddenNote, readingRows, sampleColumns, samplePlace } from './wording';
import { markdownText } from './outsideText';
import { formatCount, plural, printable, valueText } from './words';

const MOST_SAMPLES = 3;
const MOST_CHARACTERS = 120;

/** The document as Markdown (GitHub's tables), ending with a line break. */
export function renderMarkdown(document: DateReport): string {
  const ignored = filesLeftAlone(document.summary?.files ?? [], document.failures);
  const problems = openProblems(document);
  const missing = document.verdict.arrivals.filter((arrival) => arrival.status !== 'arrived');
  return [
    `## M7 Pipeline ${isoDate(document.date)}: ${document.status}`,
    '',
    document.verdict.text,
    '',
    ...(problems.length === 0
      ? []
      : [
          '### Failed',
          '',
          ...table(
            ['What', 'Why', 'Next'],
            problems.map(({ heading, message, remedy }) => [heading, message, remedy]),
          ),
        ]),
    ...table(
      ['Table', 'Status', 'Received', 'Gold', 'Accepted', 'Rejected', 'Duplicates', 'Loaded'],
      document.verdict.tables.map(({ table: name, status, rows }) => [
        name,
        status,
        formatCount(rows.landing),
        formatCount(rows.gold),
        formatCount(rows.accepted),
        formatCount(rows.rejected),
        formatCount(rows.duplicates),
        rows.loaded === null ? '–' : formatCount(rows.loaded),
      ]),
    ),
    ...(missing.length === 0
      ? []
      : [
          '### Not received in full',
          '',
          ...missing.map((a) => `- ${escaped(a.brand)} / ${escaped(a.table)}: ${a.status}`),
          '',
        ]),
    ...(ignored.length === 0
      ? []
      : [
          '### Ignored files',
          '',
          ...table(
            ['File', 'Status', 'Reason'],
            ignored.map((file) => [file.path, file.status, file.reason]),
          ),
        ]),
    ...files(document),
    ...document.reports.flatMap((report) => {
      const problems = byUrgency(report.findings).filter((finding) => finding.status !== 'passed');
      const note = hiddenNote(report);
      return problems.length === 0
        ? []
        : [
            `### ${escaped(report.table)}: ${report.status}`,
            '',
            ...(note === undefined ? [] : [markdownText(printable(note)), '']),
            ...table(
              ['Status', 'Rule', 'Columns', 'Result', 'Limit'],
              problems.map((f) => [f.status, f.id, f.columns.join(', '), findingResult(f), f.limit ?? '']),
            ),
            ...problems.flatMap(details),
          ];
    }),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

/** How each file was read. */
function files({ reports }: DateReport): readonly string[] {
  const rows = readingRows(reports);
  return rows.length === 0
    ? []
    : ['### Files', '', ...table(['Table', 'Brand', 'File', 'Read as', 'Records'], rows)];
}

function details(finding: Finding): readonly string[] {
  const why = finding.message ?? finding.description ?? '';
  if (why === '' && finding.samples.length === 0) return [];
  return [
    `**${escaped(finding.id)}** ${escaped(why)}`.trimEnd(),
    '',
    ...samples(finding.samples, finding.failing),
  ];
}

function samples(all: readonly Sample[], failing: number): readonly string[] {
  if (all.length === 0) return [];
  const shown = all.slice(0, MOST_SAMPLES);
  const columns = sampleColumns(shown);
  const more = failing - shown.length;
  return [
    ...table(
      ['File and row', ...columns],
      shown.map((sample) => [
        samplePlace(sample),
        ...columns.map((column) =>
          Object.hasOwn(sample.values, column) ? valueText(sample.values[column]) : '',
        ),
      ]),
    ),
    ...(more > 0 ? [`and ${plural(more, 'more row')}`, ''] : []),
  ];
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]): string => `| ${cells.map(escaped).join(' | ')} |`;
  return [line(titles), `|${titles.map(() => ' --- |').join('')}`, ...rows.map(line), ''];
}

/** Text that Markdown shows as it is, line breaks as escapes, not endless. */
function escaped(text: string): string {
  return markdownText(printable(text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text));
}
