// The report as one HTML file: no scripts, no remote references, light and dark, fit to print and to mail.
import { type Conversion, type Edge, type Finding, type Report, type Sample, isoDate } from '../model';
import type { DateVerdict } from './dateVerdict';
import { type DateReport, type OpenProblem, filesLeftAlone, openProblems } from './reportDocument';
import { STYLESHEET } from './stylesheet';
import { formatCount, formatPercent, formatSeconds, plural, valueText, visibleEscape } from './textLayout';
import {
  byUrgency,
  conversionOutcome,
  findingResult,
  hiddenNote,
  otherLines,
  rowFlow,
  ruleLine,
  sampleColumns,
  samplePlace,
  secondsBetween,
} from './wording';

/** A value longer than this is cut in a cell: the page is for reading, the Parquet file holds the whole. */
const MOST_CHARACTERS = 400;
// As in a terminal: what would act, reorder or hide is shown as an escape. Line breaks stay, CSS shows them.
const UNSAFE =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu;
const NAMED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for HTML, inside elements and quoted attributes alike. */
export function escapeHtml(text: string): string {
  return text.replace(UNSAFE, visibleEscape).replace(/[&<>"']/g, (c) => NAMED[c] ?? c);
}

/** The whole document. */
export function renderHtml(document: DateReport): string {
  const title = `M7 Pipeline ${isoDate(document.date)}: ${document.status}`;
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escapeHtml(title)}</title>`,
    `<style>${STYLESHEET}</style>`,
    '</head>',
    '<body>',
    `<header><h1>${escapeHtml(isoDate(document.date))} ${badge(document.status)}</h1><p class="verdict">${escapeHtml(document.verdict.text)}</p>${flow(document.rows)}</header>`,
    '<main>',
    ...problemsSection(openProblems(document)),
    ...(document.summary === undefined ? [] : [summarySection(document)]),
    ...document.reports.map((report, i) => reportSection(report, i)),
    '</main>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

type Html = string;

function badge(status: string): Html {
  return `<span class="badge ${escapeHtml(status.replace(/\W+/g, '-'))}">${escapeHtml(status)}</span>`;
}

function flow(rows: Report['rows']): Html {
  const stations = rowFlow(rows).map(
    (station) => `<li><b>${station.rows === null ? '–' : formatCount(station.rows)}</b> ${station.name}</li>`,
  );
  return `<ol class="flow">${stations.join('')}</ol><p class="muted">${formatCount(rows.rejected)} rejected, ${plural(rows.duplicates, 'duplicate')} removed</p>`;
}

type HtmlCellKind = 'text' | 'number' | 'markup';
interface HtmlColumn {
  readonly title: string;
  readonly kind?: HtmlCellKind;
}

function table(caption: string, columns: readonly HtmlColumn[], rows: readonly (readonly string[])[]): Html {
  const head = columns.map(
    (c) => `<th scope="col"${c.kind === 'number' ? ' class="number"' : ''}>${escapeHtml(c.title)}</th>`,
  );
  const body = rows.map(
    (row) => `<tr>${columns.map((column, i) => cell(row[i] ?? '', column.kind ?? 'text')).join('')}</tr>`,
  );
  return `<div class="scroll"><table><caption>${escapeHtml(caption)}</caption><thead><tr>${head.join('')}</tr></thead><tbody>${body.join('\n')}</tbody></table></div>`;
}

function cell(content: string, kind: HtmlCellKind): Html {
  switch (kind) {
    case 'text':
      return `<td>${value(content)}</td>`;
    case 'number':
      return `<td class="number">${escapeHtml(content)}</td>`;
    case 'markup':
      return `<td>${content}</td>`;
  }
}

/** Text of unknown origin: its direction is kept to itself, and what is too long is cut, saying so. */
function value(text: string): Html {
  if (text.length <= MOST_CHARACTERS) return `<bdi>${escapeHtml(text)}</bdi>`;
  const rest = text.length - MOST_CHARACTERS;
  return `<bdi>${escapeHtml(text.slice(0, MOST_CHARACTERS))}</bdi><span class="muted">… ${plural(rest, 'more character')}</span>`;
}

function anchor(index: number): string {
  return `table-${index + 1}`;
}

function summarySection(document: DateReport): Html {
  const ignored = filesLeftAlone(document.summary?.files ?? [], document.failures);
  const tables = table(
    'Tables',
    [
      { title: 'Table', kind: 'markup' },
      { title: 'Status', kind: 'markup' },
      { title: 'Received', kind: 'number' },
      { title: 'Gold', kind: 'number' },
      { title: 'Rejected', kind: 'number' },
      { title: 'Loaded', kind: 'number' },
    ],
    document.verdict.tables.map(({ table: name, status, rows }) => {
      const index = document.reports.findIndex((report) => report.table === name);
      const shown = value(name);
      return [
        index < 0 ? shown : `<a href="#${anchor(index)}">${shown}</a>`,
        badge(status),
        formatCount(rows.landing),
        formatCount(rows.gold),
        formatCount(rows.rejected),
        rows.loaded === null ? '–' : formatCount(rows.loaded),
      ];
    }),
  );
  const files =
    ignored.length === 0
      ? ''
      : table(
          'Ignored files',
          [{ title: 'File' }, { title: 'Status', kind: 'markup' }, { title: 'Reason' }],
          ignored.map((file) => [file.path, badge(file.status), file.reason]),
        );
  return `<section><h2>The date</h2>${tables}${arrivalsTable(document.verdict)}${files}</section>`;
}

function problemsSection(problems: readonly OpenProblem[]): readonly Html[] {
  if (problems.length === 0) return [];
  const rows = problems.map(({ heading, message, remedy }) => [heading, message, remedy]);
  return [
    `<section><h2>Failed ${badge('failed')}</h2>${table('Steps and files', [{ title: 'What' }, { title: 'Why' }, { title: 'Next' }], rows)}</section>`,
  ];
}

function arrivalsTable({ arrivals, files }: DateVerdict): Html {
  if (arrivals.length === 0) return '';
  const brands = [...new Set(arrivals.map((arrival) => arrival.brand))];
  const tables = [...new Set(arrivals.map((arrival) => arrival.table))];
  return table(
    `Arrivals: ${files.complete === files.expected ? 'all expected files arrived' : `${formatCount(files.complete)} of ${plural(files.expected, 'expected file')} arrived`}`,
    [{ title: 'Table' }, ...brands.map((brand): HtmlColumn => ({ title: brand, kind: 'markup' }))],
    tables.map((name) => [
      name,
      ...brands.map((brand) => {
        const arrival = arrivals.find((one) => one.brand === brand && one.table === name);
        if (arrival === undefined) return '';
        const rows = plural(arrival.rows, 'row');
        if (arrival.status === 'arrived') return rows;
        return arrival.status === 'incomplete' ? `${badge(arrival.status)} ${rows}` : badge(arrival.status);
      }),
    ]),
  );
}

function reportSection(report: Report, index: number): Html {
  const seconds = formatSeconds(secondsBetween(report.started_at, report.finished_at));
  return [
    `<section id="${anchor(index)}">`,
    `<h2>${value(report.table)} ${badge(report.status)}</h2>`,
    flow(report.rows),
    `<p class="muted">Run ${escapeHtml(report.run_id)}, finished ${escapeHtml(report.finished_at)} after ${escapeHtml(seconds)}; config ${escapeHtml(report.config_sha.slice(0, 8))}</p>`,
    hiddenLine(report),
    findingsTable(report.findings),
    ...byUrgency(report.findings).map(failingRows),
    ...report.conversions.map(conversionRows),
    filesTable(report.files ?? []),
    edgesTable(report.edges),
    profileTable(report),
    '</section>',
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function hiddenLine(report: Report): Html {
  const note = hiddenNote(report);
  return note === undefined ? '' : `<p class="muted">${value(note)}</p>`;
}

function findingsTable(findings: readonly Finding[]): Html {
  if (findings.length === 0) return '<p class="muted">No rules.</p>';
  return table(
    'Findings',
    [
      { title: 'Status', kind: 'markup' },
      { title: 'Rule', kind: 'markup' },
      { title: 'Columns' },
      { title: 'Result' },
      { title: 'Failing', kind: 'markup' },
      { title: 'Limit' },
      { title: 'Line', kind: 'number' },
    ],
    byUrgency(findings).map((finding) => [
      badge(finding.status),
      `${value(finding.id)}<br><span class="muted">${escapeHtml(`${finding.rule}, ${finding.severity}`)}</span>`,
      finding.columns.join(', '),
      findingResult(finding),
      bar(finding),
      finding.limit ?? '',
      String(ruleLine(finding) ?? ''),
    ]),
  );
}

/** A bar of the share of failing rows; the number beside it says the same to who does not see it. */
function bar(finding: Finding): Html {
  const percent = Math.min(100, Math.max(0, finding.failing_pct));
  const width = finding.failing > 0 ? Math.max(1, percent) : 0;
  return `<div class="bar ${finding.status}" aria-hidden="true"><i style="width:${Number(width.toFixed(1))}%"></i></div>${formatPercent(percent)}`;
}

function failingRows(finding: Finding): Html {
  if (finding.samples.length === 0 && finding.message === undefined) return '';
  const text = [finding.message, finding.description].filter((part) => part !== undefined && part !== '');
  return [
    `<h3>${value(finding.id)} ${badge(finding.status)}</h3>`,
    ...text.map((part) => `<p>${value(part ?? '')}</p>`),
    samplesTable(
      `${formatCount(finding.samples.length)} of ${plural(finding.failing, 'failing row')}`,
      finding.samples,
    ),
  ].join('');
}

function samplesTable(caption: string, samples: readonly Sample[]): Html {
  if (samples.length === 0) return '';
  const columns = sampleColumns(samples);
  return table(
    caption,
    [{ title: 'File and row' }, ...columns.map((title) => ({ title }))],
    samples.map((sample) => [
      samplePlace(sample),
      ...columns.map((column) =>
        Object.hasOwn(sample.values, column) ? valueText(sample.values[column]) : '',
      ),
    ]),
  );
}

function conversionRows(conversion: Conversion): Html {
  return `<h3>${value(`${conversion.brand} ${conversion.column}`)}</h3><p>${conversionOutcome(conversion)}.</p>${samplesTable(
    `${formatCount(conversion.samples.length)} of ${plural(conversion.failed, 'value')}`,
    conversion.samples,
  )}`;
}

/** How each file was read. */
function filesTable(files: NonNullable<Report['files']>): Html {
  if (files.length === 0) return '';
  return table(
    'Files',
    [
      { title: 'Brand' },
      { title: 'File' },
      { title: 'Encoding' },
      { title: 'Sure', kind: 'number' },
      { title: 'Delimiter' },
      { title: 'Header', kind: 'number' },
      { title: 'Records', kind: 'number' },
      { title: 'Rejected', kind: 'number' },
    ],
    files.map(({ brand, file, encoding, confidence, delimiter, header, records, rejected }) => [
      brand,
      file,
      encoding,
      `${Math.round(confidence * 100)} %`,
      JSON.stringify(delimiter),
      formatCount(header),
      formatCount(records),
      formatCount(rejected),
    ]),
  );
}

function edgesTable(edges: readonly Edge[]): Html {
  if (edges.length === 0) return '';
  return table(
    'Row balance between layers',
    [
      { title: 'From' },
      { title: 'To' },
      { title: 'Brand' },
      { title: 'In', kind: 'number' },
      { title: 'Out', kind: 'number' },
      { title: 'Rejected', kind: 'number' },
      { title: 'Duplicates', kind: 'number' },
      { title: 'Other lines' },
      { title: 'Balanced', kind: 'markup' },
    ],
    edges.map((edge) => [
      edge.from,
      edge.to,
      edge.brand ?? '',
      formatCount(edge.in),
      formatCount(edge.out),
      formatCount(edge.rejected),
      formatCount(edge.duplicates),
      otherLines(edge.other),
      edge.balanced ? 'yes' : badge('failed'),
    ]),
  );
}

function profileTable(report: Report): Html {
  if (report.profile.length === 0) return '';
  return table(
    'Columns of gold',
    [
      { title: 'Column' },
      { title: 'Type' },
      { title: 'Nulls', kind: 'number' },
      { title: 'Min' },
      { title: 'Max' },
    ],
    report.profile.map((column) => [
      column.column,
      column.type,
      formatCount(column.nulls),
      column.min ?? '',
      column.max ?? '',
    ]),
  );
}
