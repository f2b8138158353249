// The report for a terminal: what failed first, each failing row with its file and row.
import type { Conversion, Edge, Finding, FindingStatus, Report, Sample } from '../model';
import type { DateStanding, TableStanding } from './dateVerdict';
import { type DateReport, type OpenProblem, filesLeftAlone, openProblems } from './reportDocument';
import {
  fit,
  formatCount,
  formatSeconds,
  printable,
  tableLines,
  valueText,
  wrap,
  type Colours,
  type TextStyle,
} from './textLayout';
import {
  byUrgency,
  conversionOutcome,
  findingResult,
  hiddenNote,
  otherLines,
  readingParts,
  rowFlow,
  ruleLine,
  samplePlace,
  secondsBetween,
} from './wording';

const MOST_SAMPLES = 5;

/** The whole document as lines of at most the style's width. */
export function renderText(document: DateReport, style: TextStyle): string {
  const problems = openProblems(document);
  const sections = [
    ...(document.summary === undefined ? [] : [dateLines(document, style)]),
    ...(problems.length === 0 ? [] : [problemSection(problems, style)]),
    ...document.reports.map((report) => reportLines(report, style)),
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n\n')}\n`;
}

/** The colour of a state of a table or finding. */
export function stateColour(
  status: FindingStatus | DateStanding | TableStanding,
  colours: Colours,
): (text: string) => string {
  switch (status) {
    case 'passed':
      return colours.good;
    case 'warned':
    case 'missing':
    case 'unfinished':
      return colours.warn;
    case 'failed':
    case 'error':
      return colours.bad;
    case 'skipped':
    case 'not validated':
      return colours.dim;
  }
}

function dateLines(document: DateReport, style: TextStyle): string[] {
  const { colours } = style;
  const { arrivals, files } = document.verdict;
  const ignored = filesLeftAlone(document.summary?.files ?? [], document.failures);
  return [
    `${colours.bold(document.date)}  ${stateColour(document.status, colours)(document.status.toUpperCase())}`,
    ...wrap(document.verdict.text, style.width - 2).map((line) => `  ${line}`),
    '',
    ...tableLines(
      {
        indent: 2,
        columns: [
          { title: 'TABLE', shrinks: 'cut' },
          { title: 'STATUS' },
          { title: 'RECEIVED', align: 'right' },
          { title: 'GOLD', align: 'right' },
          { title: 'REJECTED', align: 'right' },
          { title: 'LOADED', align: 'right' },
        ],
        rows: document.verdict.tables.map(({ table, status, rows }) => [
          table,
          { text: status, colour: stateColour(status, colours) },
          formatCount(rows.landing),
          formatCount(rows.gold),
          formatCount(rows.rejected),
          rows.loaded === null ? '-' : formatCount(rows.loaded),
        ]),
      },
      style,
    ),
    '',
    `  ${colours.bold('Arrivals')}  ${formatCount(files.complete)} of ${formatCount(files.expected)}`,
    ...arrivals
      .filter((arrival) => arrival.status !== 'arrived')
      .map((arrival) =>
        fit(
          `    ${arrival.status.padEnd(10)}  ${printable(arrival.brand)} ${printable(arrival.table)}`,
          style.width,
        ),
      ),
    ...(ignored.length === 0
      ? []
      : [
          '',
          `  ${colours.bold('Ignored files')}`,
          ...tableLines(
            {
              indent: 4,
              columns: [
                { title: 'FILE', shrinks: 'cut' },
                { title: 'STATUS' },
                { title: 'REASON', shrinks: 'wrap' },
              ],
              rows: ignored.map((file) => [file.path, file.status, file.reason]),
            },
            style,
          ),
        ]),
  ];
}

function problemSection(problems: readonly OpenProblem[], style: TextStyle): string[] {
  const { colours, width } = style;
  return [
    colours.bold('Failed'),
    ...problems.flatMap(({ heading, code, message, remedy }) => [
      fit(`  ${colours.bad(printable(heading))}  ${colours.dim(code)}`, width),
      ...wrap(printable(message), width - 4).map((line) => `    ${line}`),
      ...wrap(printable(remedy), width - 4).map((line) => `    ${colours.dim(line)}`),
    ]),
  ];
}

function reportLines(report: Report, style: TextStyle): string[] {
  const { colours } = style;
  const title = `${printable(report.table)}  ${report.date}`;
  const seconds = secondsBetween(report.started_at, report.finished_at);
  const flow = rowFlow(report.rows)
    .map((station) => `${station.name} ${station.rows === null ? '-' : formatCount(station.rows)}`)
    .join(' → ');
  return [
    `${colours.bold(fit(title, style.width - 10))}  ${stateColour(report.status, colours)(report.status.toUpperCase())}`,
    colours.dim(
      fit(
        `  run ${printable(report.run_id)}, ${formatSeconds(seconds)}, config ${printable(report.config_sha.slice(0, 8))}`,
        style.width,
      ),
    ),
    '',
    ...wrap(flow, style.width - 2).map((line) => `  ${line}`),
    `  rejected ${formatCount(report.rows.rejected)}, duplicates ${formatCount(report.rows.duplicates)}`,
    ...wrap(printable(hiddenNote(report) ?? ''), style.width - 2).map((line) => `  ${colours.dim(line)}`),
    ...section('Findings', findingLines(report.findings, style), style),
    ...section('Details', failingLines(report.findings, style), style),
    ...section('Values that did not convert', conversionLines(report.conversions, style), style),
    ...section('Files', fileLines(report.files ?? [], style), style),
    ...section('Row balance', edgeLines(report.edges, style), style),
    ...section('Columns', profileLines(report, style), style),
  ];
}

function section(title: string, lines: readonly string[], style: TextStyle): string[] {
  return lines.length === 0 ? [] : ['', `  ${style.colours.bold(title)}`, ...lines];
}

/** Below this width the kinds and columns are left to the lines of the failing rows. */
const WIDE = 110;

function findingLines(findings: readonly Finding[], style: TextStyle): string[] {
  if (findings.length === 0) return [];
  const wide = style.width >= WIDE;
  return tableLines(
    {
      indent: 4,
      columns: [
        { title: 'STATUS' },
        { title: 'RULE', shrinks: 'cut' },
        ...(wide ? [{ title: 'KIND' }, { title: 'COLUMNS', shrinks: 'cut' as const }] : []),
        { title: 'RESULT' },
        { title: 'LIMIT', shrinks: 'wrap' },
      ],
      rows: byUrgency(findings).map((finding) => [
        { text: finding.status, colour: stateColour(finding.status, style.colours) },
        finding.id,
        ...(wide ? [finding.rule, finding.columns.join(', ')] : []),
        findingResult(finding),
        // The name of the setting that gave it matters where it is changed, not here.
        (finding.limit ?? '').replace(/ \([A-Z_]+\)$/, ''),
      ]),
    },
    style,
  );
}

function failingLines(findings: readonly Finding[], style: TextStyle): string[] {
  return byUrgency(findings)
    .filter((finding) => finding.samples.length > 0 || finding.message !== undefined)
    .flatMap((finding) => {
      const colour = stateColour(finding.status, style.colours);
      const line = ruleLine(finding);
      const what = [
        finding.rule,
        finding.columns.join(', '),
        line === undefined ? '' : `validation_rules.json, line ${line}`,
      ];
      const why = finding.message ?? finding.description ?? '';
      return [
        `    ${colour(fit(printable(finding.id), style.width - 4))}`,
        style.colours.dim(
          fit(`      ${printable(what.filter((part) => part !== '').join('  '))}`, style.width),
        ),
        ...(why === '' ? [] : wrap(printable(why), style.width - 6).map((line) => `      ${line}`)),
        ...sampleLines(finding.samples, finding.failing, style),
      ];
    });
}

function sampleLines(samples: readonly Sample[], failing: number, style: TextStyle): string[] {
  const shown = samples.slice(0, MOST_SAMPLES);
  const lines = shown.flatMap((sample) => {
    const values = Object.entries(sample.values)
      .map(([name, value]) => `${printable(name)}=${printable(valueText(value).slice(0, 10_000))}`)
      .join('  ');
    const place = samplePlace(sample);
    return [
      ...(place === '' ? [] : [style.colours.dim(fit(`      ${printable(place)}`, style.width))]),
      ...(values === '' ? [] : [fit(`        ${values}`, style.width)]),
    ];
  });
  const more = failing - shown.length;
  return shown.length > 0 && more > 0
    ? [...lines, style.colours.dim(`      and ${formatCount(more)} more`)]
    : lines;
}

function conversionLines(conversions: readonly Conversion[], style: TextStyle): string[] {
  return conversions.flatMap((conversion) => {
    const line = `    ${printable(conversion.brand)} ${printable(conversion.column)}: ${conversionOutcome(conversion)}`;
    return [fit(line, style.width), ...sampleLines(conversion.samples, conversion.failed, style)];
  });
}

/** How each file was read. */
function fileLines(files: NonNullable<Report['files']>, style: TextStyle): string[] {
  return files.map((one) =>
    [
      style.colours.dim(printable(one.brand)),
      printable(one.file),
      ...readingParts(one).map(printable),
      `${formatCount(one.records)} ${one.records === 1 ? 'record' : 'records'}`,
    ].join('  '),
  );
}

function edgeLines(edges: readonly Edge[], style: TextStyle): string[] {
  if (edges.length === 0) return [];
  return tableLines(
    {
      indent: 4,
      columns: [
        { title: 'EDGE' },
        { title: 'BRAND', shrinks: 'cut' },
        { title: 'IN', align: 'right' },
        { title: 'OUT', align: 'right' },
        { title: 'REJ', align: 'right' },
        { title: 'DUP', align: 'right' },
        { title: 'OTHER LINES', shrinks: 'wrap' },
        { title: 'BALANCED' },
      ],
      rows: edges.map((edge) => [
        `${edge.from} → ${edge.to}`,
        edge.brand ?? '',
        formatCount(edge.in),
        formatCount(edge.out),
        formatCount(edge.rejected),
        formatCount(edge.duplicates),
        otherLines(edge.other),
        edge.balanced ? 'yes' : { text: 'NO', colour: style.colours.bad },
      ]),
    },
    style,
  );
}

function profileLines(report: Report, style: TextStyle): string[] {
  if (report.profile.length === 0) return [];
  return tableLines(
    {
      indent: 4,
      columns: [
        { title: 'COLUMN', shrinks: 'cut' },
        { title: 'TYPE', shrinks: 'cut' },
        { title: 'NULLS', align: 'right' },
        { title: 'MIN', shrinks: 'cut' },
        { title: 'MAX', shrinks: 'cut' },
      ],
      rows: report.profile.map((column) => [
        column.column,
        column.type,
        formatCount(column.nulls),
        column.min ?? '',
        column.max ?? '',
      ]),
    },
    style,
  );
}
