// Makes an alert of dates and their troubles: worst first, without secrets and sensitive values, of bounded size.
import type { Redact } from '../../base';
import { hostname } from 'node:os';
import { type DateKey, type Finding, type PlainError, isoDate } from '../../model';
import {
  type DateDocument,
  type Masking,
  type DateVerdict,
  compareUrgency,
  dateVerdict,
  findingResult,
  formatCount,
  plural,
  printable,
  sampleColumns,
  samplePlace,
  valueText,
} from '../../report';
import type { AlertContent, AlertDate, AlertError, AlertFinding, AlertTable } from './content';
import { renderMailHtml } from './mailHtml';
import { renderMailText } from './mailText';
import { recoveredText } from './alertWords';

export interface AlertMakings {
  readonly runId: string;
  readonly workspace: string;
  readonly time: Date;
  /** Dates with issues of which something is new. */
  readonly dates: readonly DateDocument[];
  readonly recovered: AlertContent['recovered'];
  readonly stopped?: PlainError;
  readonly redact: Redact;
  readonly masking: Masking;
  /** A path relative to the workspace. */
  relative(path: string): string;
}

/** How much of everything is shown; of the rest the number is told. */
interface AlertLimits {
  readonly dates: number;
  readonly failures: number;
  readonly findings: number;
  readonly samples: number;
  readonly columns: number;
  readonly tables: number;
  readonly names: number;
  readonly value: number;
  readonly text: number;
}

/** Tried in turn until the mail is small enough. */
const LEVELS: readonly AlertLimits[] = [
  {
    dates: 7,
    failures: 10,
    findings: 12,
    samples: 3,
    columns: 12,
    tables: 30,
    names: 60,
    value: 120,
    text: 500,
  },
  { dates: 5, failures: 6, findings: 8, samples: 2, columns: 8, tables: 20, names: 40, value: 60, text: 300 },
  { dates: 3, failures: 4, findings: 6, samples: 1, columns: 6, tables: 12, names: 20, value: 40, text: 200 },
  { dates: 1, failures: 2, findings: 3, samples: 0, columns: 0, tables: 8, names: 8, value: 40, text: 120 },
];
/** Text and HTML before they are packed for the way, which adds a third or so. */
const MOST_BYTES = 110_000;
/** Longer than any secret: texts are cut to their limit only once secrets are out. */
const LONGEST_SECRET = 8_000;
const MOST_NAMED_DATES = 40;

export function buildAlert(makings: AlertMakings): AlertContent {
  let content = contentOf(makings, LEVELS[0] ?? NOTHING);
  for (const limits of LEVELS.slice(1)) {
    if (bytesOf(content) <= MOST_BYTES) break;
    content = contentOf(makings, limits);
  }
  return content;
}

const NOTHING: AlertLimits = {
  dates: 0,
  failures: 0,
  findings: 0,
  samples: 0,
  columns: 0,
  tables: 0,
  names: 0,
  value: 0,
  text: 0,
};

const bytesOf = (content: AlertContent): number =>
  Buffer.byteLength(renderMailHtml(content)) + Buffer.byteLength(renderMailText(content));

const BADNESS = { failed: 0, warned: 1, missing: 2 } as const;

function contentOf(makings: AlertMakings, limits: AlertLimits): AlertContent {
  const { stopped, recovered, redact } = makings;
  const dates = makings.dates
    .map((document) => ({ document, status: statusOf(dateVerdict(document)) }))
    .sort((a, b) => BADNESS[a.status] - BADNESS[b.status] || (a.document.date < b.document.date ? -1 : 1))
    .map(({ document }) => document);
  const kind = stopped !== undefined ? 'stopped' : dates.length > 0 ? 'trouble' : 'recovered';
  const shown = dates.slice(0, limits.dates);
  const what = whatHappened(makings);
  return {
    kind,
    subject: cut(printable(redact(`[M7] ${what.subject}`)), 160),
    headline: what.headline,
    run_id: makings.runId,
    host: hostname(),
    workspace: redact(makings.workspace),
    time: makings.time.toISOString(),
    ...(stopped === undefined ? {} : { stopped: errorOf(makings, limits, undefined, stopped) }),
    dates: shown.map((document) => dateOf(makings, limits, document)),
    more_dates: dates
      .slice(limits.dates, limits.dates + MOST_NAMED_DATES)
      .map((document) => ({ date: document.date, verdict: dateVerdict(document).text })),
    recovered: recovered.slice(0, MOST_NAMED_DATES),
    commands: [
      ...(stopped === undefined ? [] : ['m7 check']),
      ...shown.slice(0, 3).map(({ date }) => `m7 report --date ${date}`),
      ...shown.slice(0, 1).map(({ date }) => `m7 status --date ${date}`),
    ],
  };
}

/** What the whole alert is about, for the subject and for the first line. */
function whatHappened({ dates, recovered, stopped }: AlertMakings): {
  readonly subject: string;
  readonly headline: string;
} {
  const counts = countsOf(dates);
  const again = recovered.filter((one) => one !== 'run');
  const parts = [
    ...(stopped === undefined ? [] : [`a run could not start (${stopped.code})`]),
    ...(dates.length === 0 ? [] : [`${datesText(dates.map(({ date }) => date))}: ${counts}`]),
    ...(again.length === 0 ? [] : [`${datesText(again)}${dates.length > 0 ? '' : ':'} recovered`]),
    ...(recovered.includes('run') ? ['runs can start again'] : []),
  ];
  const headline = [
    ...(stopped === undefined ? [] : ['A run could not start.']),
    ...(dates.length === 0
      ? []
      : [
          `${dates.length === 1 ? dates.map(({ date }) => isoDate(date)).join('') : plural(dates.length, 'date')}: ${counts}.`,
        ]),
    ...(dates.length === 0 && stopped === undefined ? [recoveredText({ recovered })] : []),
  ];
  const subject = parts.join('; ');
  return { subject: subject.charAt(0).toUpperCase() + subject.slice(1), headline: headline.join(' ') };
}

/** "20241115", "20241114, 20241115", "5 dates from 20241110 to 20241115". */
function datesText(dates: readonly DateKey[]): string {
  const sorted = [...dates].sort();
  return sorted.length <= 3
    ? sorted.join(', ')
    : `${sorted.length} dates from ${sorted[0] ?? ''} to ${sorted.at(-1) ?? ''}`;
}

/** "2 tables failed, 1 warned, 3 files missing". */
function countsOf(dates: readonly DateDocument[]): string {
  const verdicts = dates.map(dateVerdict);
  const sum = (of: (verdict: DateVerdict) => number): number =>
    verdicts.reduce((total, verdict) => total + of(verdict), 0);
  const [failed, warned] = [sum(({ counts }) => counts.failed), sum(({ counts }) => counts.warned)];
  const rejected = sum(({ files }) => files.rejected);
  const missing = sum(({ files }) => files.missing);
  const broken = dates.reduce((n, d) => n + d.broken.length, 0);
  const parts = [
    failed > 0 ? `${plural(failed, 'table')} failed` : '',
    warned > 0 ? (failed > 0 ? `${formatCount(warned)} warned` : `${plural(warned, 'table')} warned`) : '',
    rejected > 0 ? `${plural(rejected, 'file')} rejected` : '',
    missing > 0 ? `${plural(missing, 'file')} missing` : '',
    broken > 0 ? `${plural(broken, 'report')} unreadable` : '',
  ].filter((part) => part !== '');
  return parts.join(', ');
}

const rejectedFilesOf = ({ failures }: DateDocument): DateDocument['failures'] =>
  failures.filter((f) => f.rejected_file !== undefined);

function statusOf({ status, counts }: DateVerdict): AlertDate['status'] {
  if (status === 'failed') return 'failed';
  return counts.warned > 0 ? 'warned' : 'missing';
}

function dateOf(makings: AlertMakings, limits: AlertLimits, document: DateDocument): AlertDate {
  const { date, failures, reports, broken, summary } = document;
  const verdict = dateVerdict(document);
  const steps = [
    ...failures.flatMap(({ stage, table, brand, error, rejected_file }) =>
      rejected_file !== undefined
        ? []
        : [
            {
              step: clean(
                makings,
                [stage, brand ?? '', table].filter((part) => part !== '').join(' '),
                limits.text,
              ),
              ...errorOf(makings, limits, table, error),
            },
          ],
    ),
    ...broken.map(({ table, path, message, remedy }) => ({
      step: clean(makings, `report of ${table ?? 'the date'}`, limits.text),
      ...errorOf(makings, limits, table, { code: 'STATE_CORRUPT', message, remedy, file: path }),
    })),
  ];
  const findings = reports
    .flatMap((report) => report.findings.map((finding) => ({ table: report.table, finding })))
    .filter(({ finding }) => ['failed', 'error', 'warned'].includes(finding.status))
    .sort((a, b) => compareUrgency(a.finding, b.finding));
  const tables = tablesOf(document, verdict);
  const missing = verdict.arrivals.filter((a) => a.status === 'missing');
  const open = new Set(rejectedFilesOf(document).map((f) => f.rejected_file));
  const refused = (summary?.files ?? []).filter((f) => f.status === 'rejected' && open.has(f.path));
  return {
    date,
    status: statusOf(verdict),
    verdict: verdict.text,
    failures: steps.slice(0, limits.failures),
    more_failures: Math.max(0, steps.length - limits.failures),
    tables: tables
      .slice(0, limits.tables)
      .map((t) => ({ ...t, table: clean(makings, t.table, limits.value) })),
    more_tables: Math.max(0, tables.length - limits.tables),
    findings: findings
      .slice(0, limits.findings)
      .map(({ table, finding }) => findingOf(makings, limits, table, finding)),
    more_findings: Math.max(0, findings.length - limits.findings),
    missing: missing.slice(0, limits.names).map(({ brand, table }) => ({
      brand: clean(makings, brand, limits.value),
      table: clean(makings, table, limits.value),
    })),
    more_missing: Math.max(0, missing.length - limits.names),
    refused: refused.slice(0, limits.failures).map(({ path, reason }) => ({
      path: clean(makings, path, limits.text),
      reason: clean(makings, makings.masking.text(undefined, reason.slice(0, LONGEST_SECRET)), limits.text),
    })),
    more_refused: Math.max(0, refused.length - limits.failures),
  };
}

function errorOf(
  makings: AlertMakings,
  limits: AlertLimits,
  table: string | undefined,
  { code, message, remedy, file, line }: PlainError,
): AlertError {
  const text = (given: string): string =>
    clean(makings, makings.masking.text(table, given.slice(0, LONGEST_SECRET)), limits.text);
  return {
    code,
    message: text(message),
    remedy: clean(makings, remedy, limits.text),
    ...(file === undefined
      ? {}
      : {
          place: clean(
            makings,
            `${makings.relative(file)}${line === undefined ? '' : `:${line}`}`,
            limits.text,
          ),
        }),
  };
}

function tablesOf({ reports }: DateDocument, { tables }: DateVerdict): readonly AlertTable[] {
  const order = ['failed', 'not validated', 'missing', 'warned', 'passed'];
  const reported = new Set(reports.map((r) => r.table));
  return tables
    .map(({ table, status, rows }): AlertTable => {
      const known = reported.has(table);
      return {
        table,
        status,
        landing: known ? rows.landing : null,
        accepted: known ? rows.accepted : null,
        rejected: rows.rejected,
        loaded: rows.loaded,
      };
    })
    .sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
}

function findingOf(makings: AlertMakings, limits: AlertLimits, table: string, given: Finding): AlertFinding {
  const finding = makings.masking.finding(table, trimmed(given, limits));
  const text = (some: string, most = limits.text): string => clean(makings, some, most);
  const { samples } = finding;
  const columns = sampleColumns(samples);
  return {
    table: text(table, limits.value),
    id: text(finding.id, limits.value),
    rule: finding.rule,
    columns: finding.columns.slice(0, limits.columns || 3).map((name) => text(name, limits.value)),
    status: finding.status,
    result: text(findingResult(finding)),
    limit: text(finding.limit ?? ''),
    text: text(finding.message ?? finding.description ?? ''),
    config_line: finding.config_line,
    sample_columns: columns.map((name) => text(name, limits.value)),
    samples: samples.map((sample) => ({
      place: text(samplePlace(sample)),
      values: columns.map((name) =>
        Object.hasOwn(sample.values, name) ? text(valueText(sample.values[name]), limits.value) : '',
      ),
    })),
    more_rows: Math.max(0, finding.failing - samples.length),
  };
}

/** What is looked at of a finding: values of megabytes are not read to their end to be left out. */
function trimmed(finding: Finding, limits: AlertLimits): Finding {
  const short = (text: string): string => text.slice(0, LONGEST_SECRET);
  const samples = finding.samples.slice(0, limits.samples);
  const columns = new Set(sampleColumns(samples).slice(0, limits.columns));
  return {
    ...finding,
    ...(finding.message === undefined ? {} : { message: short(finding.message) }),
    samples: samples.map((sample) => ({
      ...sample,
      values: Object.fromEntries(
        Object.entries(sample.values)
          .filter(([name]) => columns.has(name))
          .map(([name, value]) => [name, typeof value === 'string' ? short(value) : value]),
      ),
    })),
  };
}

/** Without secrets, then cut: a secret cut first would leave its beginning. */
function clean(makings: AlertMakings, text: string, most: number): string {
  return cut(makings.redact(text.slice(0, most + LONGEST_SECRET)), most);
}

function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most).replace(/[\ud800-\udbff]$/, '')}…`;
}
