// Reports and the steps of a run as JUnit XML for build servers: one suite per date and table, one case per rule and step.
import { compareText } from '../lake';
import type { Masking } from './masking';
import type { DateKey, DateSummary, Finding, PlainError, Report, StepFinished, StepFailure } from '../model';
import type { BrokenReport } from './model';
import type { DateReport } from './reportDocument';
import { formatCount, valueText, visibleEscape } from './textLayout';
import { failureHeading, findingResult, ruleLine, samplePlace, secondsBetween } from './wording';

const RULES_FILE = 'config/validation_rules.json';
// Not allowed in XML 1.0, not even as references; and what would reorder the text around it.
const NOT_XML =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffe\uffff]|\p{Surrogate}/gu;
const NAMED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
};

/** Text for an XML attribute or element; what XML cannot hold becomes a visible escape. */
export function escapeXml(text: string): string {
  return text.replace(NOT_XML, visibleEscape).replace(/[&<>"\n\r\t]/g, (c) => NAMED[c] ?? c);
}

/** A run as a build server is to see it. */
export interface RunOutcome {
  /** Undefined: it broke off before it had one. */
  readonly runId: string | undefined;
  readonly steps: readonly StepFinished[];
  /** The reports that hold after the run. */
  readonly reports: readonly Report[];
  /** Files of its dates that were rejected whole and not replaced. */
  readonly rejectedFiles: readonly StepFailure[];
  readonly cancelled: boolean;
  /** Why the run could not be, or broke off. */
  readonly error: PlainError | undefined;
}

/**
 * The document as one <testsuites>. Only elements and attributes are used that the strictest of the common
 * readers knows (the xUnit plugin's junit-10.xsd: a testcase has no file and line, so texts tell them).
 * @param masking keeps values of sensitive columns out: build servers show reports to many.
 */
export function renderJUnit(document: DateReport, masking: Masking): string {
  const { date, verdict, summary, broken } = document;
  const suites = verdict.tables
    .toSorted((a, b) => compareText(a.table, b.table))
    .map(({ table, status }) =>
      suiteOf(
        { date, table },
        {
          report: document.reports.find((one) => one.table === table),
          steps: [],
          failures: document.failures.filter((one) => one.table === table),
          others: [
            ...broken.filter((one) => one.table === table).map(brokenCase),
            ...(summary?.arrivals ?? []).filter((one) => one.table === table).flatMap(arrivalCase),
            ...(status === 'not validated'
              ? [skippedCase('validation', 'The table was not validated.')]
              : []),
          ],
        },
        masking,
      ),
    );
  const summaries = broken.filter(({ table }) => table === undefined).map(brokenCase);
  return suitesText(`m7 ${date}`, [
    ...(summaries.length === 0
      ? []
      : [{ name: `m7.${date}`, seconds: 0, startedAt: undefined, properties: { date }, cases: summaries }]),
    ...suites,
  ]);
}

function brokenCase({ path, message, remedy }: BrokenReport): Case {
  const said = escapeXml(`${message} ${remedy}`);
  return {
    name: 'report',
    seconds: 0,
    result: 'error',
    inner: [`      <error type="STATE_CORRUPT" message="${said}">${escapeXml(path)}</error>`],
  };
}

/** An expected file that has not come is a warning: no failure of a build. */
function arrivalCase({ brand, table, status }: DateSummary['arrivals'][number]): readonly Case[] {
  return status === 'missing'
    ? [skippedCase(`arrival ${brand}`, `No file of ${brand} ${table} was received.`)]
    : [];
}

const skippedCase = (name: string, message: string): Case => ({
  name,
  seconds: 0,
  result: 'skipped',
  inner: [`      <skipped message="${escapeXml(message)}"/>`],
});

/** The outcome of a run, all of its dates in one <testsuites>: never empty, since readers refuse a file without a case. */
export function renderRunJUnit(outcome: RunOutcome, masking: Masking): string {
  const keys = new Map<string, readonly [DateKey, string]>();
  for (const { date, table } of [...outcome.steps, ...outcome.reports, ...outcome.rejectedFiles])
    keys.set(JSON.stringify([date, table]), [date, table]);
  const tables = [...keys.values()].sort(([a, s], [b, t]) => (a < b ? -1 : a > b ? 1 : s < t ? -1 : 1));
  const suites = tables.map(([date, table]) => {
    const own = (one: { readonly date: DateKey; readonly table: string }): boolean =>
      one.date === date && one.table === table;
    return suiteOf(
      { date, table },
      {
        report: outcome.reports.find(own),
        steps: outcome.steps.filter(own),
        failures: outcome.rejectedFiles.filter(own),
      },
      masking,
    );
  });
  return suitesText(`m7 ${outcome.runId ?? 'run'}`, [
    runSuite(outcome, masking),
    ...suites.filter((suite) => suite.cases.length > 0),
  ]);
}

/** One <testcase>; `text` is its inner XML, escaped. */
interface Case {
  readonly name: string;
  readonly seconds: number;
  readonly result: 'passed' | 'failure' | 'error' | 'skipped';
  readonly inner: readonly string[];
}

interface Suite {
  readonly name: string;
  readonly seconds: number;
  /** ISO 8601. */
  readonly startedAt: string | undefined;
  readonly properties: Readonly<Record<string, string | number | null>>;
  readonly cases: readonly Case[];
}

function suitesText(name: string, suites: readonly Suite[]): string {
  const cases = suites.flatMap((suite) => suite.cases);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escapeXml(name)}" ${counts(cases)}>`,
    ...suites.flatMap(suiteLines),
    '</testsuites>',
    '',
  ].join('\n');
}

function counts(cases: readonly Case[]): string {
  const of = (result: Case['result']): number => cases.filter((one) => one.result === result).length;
  return `tests="${cases.length}" failures="${of('failure')}" errors="${of('error')}"`;
}

function suiteLines(suite: Suite): readonly string[] {
  const skipped = suite.cases.filter((one) => one.result === 'skipped').length;
  const name = escapeXml(suite.name);
  // Without fraction and zone (it is UTC): the form that every reader takes.
  const time = suite.startedAt === undefined ? '' : ` timestamp="${escapeXml(suite.startedAt.slice(0, 19))}"`;
  return [
    `  <testsuite name="${name}" ${counts(suite.cases)} skipped="${skipped}" time="${suite.seconds.toFixed(3)}"${time}>`,
    '    <properties>',
    ...Object.entries(suite.properties).map(
      ([key, value]) =>
        `      <property name="${escapeXml(key)}" value="${value === null ? '' : escapeXml(String(value))}"/>`,
    ),
    '    </properties>',
    ...suite.cases.flatMap(({ name: title, seconds, inner }) => {
      const start = `    <testcase classname="${name}" name="${escapeXml(title)}" time="${seconds.toFixed(3)}"`;
      return inner.length === 0 ? [`${start}/>`] : [`${start}>`, ...inner, '    </testcase>'];
    }),
    '  </testsuite>',
  ];
}

function runSuite({ runId, steps, cancelled, error }: RunOutcome, masking: Masking): Suite {
  const message =
    error === undefined ? '' : escapeXml(`${masking.text(undefined, error.message)} ${error.remedy}`);
  const one: Case = {
    name: 'run',
    seconds: 0,
    result: error !== undefined ? 'error' : cancelled ? 'skipped' : 'passed',
    inner:
      error !== undefined
        ? [`      <error type="${error.code}" message="${message}">${placeOf(error)}</error>`]
        : cancelled
          ? ['      <skipped message="The run was cancelled."/>']
          : [],
  };
  const count = (status: StepFinished['status']): number => steps.filter((s) => s.status === status).length;
  return {
    name: 'm7.run',
    seconds: 0,
    startedAt: undefined,
    properties: {
      run_id: runId ?? null,
      steps_done: count('done'),
      steps_skipped: count('skipped'),
      steps_failed: count('failed'),
    },
    cases: [one],
  };
}

/** What there is to tell of a date and table. */
interface SuiteContent {
  readonly report: Report | undefined;
  readonly steps: readonly StepFinished[];
  /** Beside the steps: rejected files, and of a stored report the steps that failed. */
  readonly failures: readonly StepFailure[];
  readonly others?: readonly Case[];
}

function suiteOf(
  { date, table }: { readonly date: DateKey; readonly table: string },
  { report, steps, failures, others = [] }: SuiteContent,
  masking: Masking,
): Suite {
  const findings = (report?.findings ?? []).map((finding) => masking.finding(table, finding));
  const bad = findings.some(({ status }) => status === 'failed' || status === 'error');
  // A table can fail as a whole (too many bad rows over all rules) with no single rule past its limit.
  const whole: readonly Case[] =
    report?.status === 'failed' && !bad
      ? [
          {
            name: 'share of rows with errors',
            seconds: 0,
            result: 'failure',
            inner: [
              `      <failure type="threshold" message="${escapeXml(`Table ${table} failed: ${formatCount(report.rows.rejected)} rows rejected of ${formatCount(report.rows.landing)}.`)}"/>`,
            ],
          },
        ]
      : [];
  return {
    name: `m7.${date}.${table}`,
    seconds: report === undefined ? 0 : secondsBetween(report.started_at, report.finished_at),
    startedAt: report?.started_at ?? steps[0]?.time,
    properties: {
      date,
      ...(report === undefined ? {} : { run_id: report.run_id, status: report.status, ...report.rows }),
    },
    cases: [
      ...failures.map((failure) => failureCase(failure, masking)),
      ...steps.flatMap((step) => stepCase(step, masking)),
      ...findings.map(findingCase),
      ...whole,
      ...others,
    ],
  };
}

/** A rejected file is bad input, a failure; a step that failed is an error. */
function failureCase(failure: StepFailure, masking: Masking): Case {
  const { table, error, rejected_file } = failure;
  const kind = rejected_file === undefined ? 'error' : 'failure';
  const message = escapeXml(`${masking.text(table, error.message)} ${error.remedy}`);
  return {
    name: rejected_file === undefined ? failureHeading(failure) : `rejected file ${rejected_file}`,
    seconds: 0,
    result: kind,
    inner: [`      <${kind} type="${error.code}" message="${message}">${placeOf(error)}</${kind}>`],
  };
}

/** A step that did something, or could not; one that was up to date is no case. */
function stepCase(step: StepFinished, masking: Masking): readonly Case[] {
  const name = step.brand === undefined ? step.stage : `${step.stage} ${step.brand}`;
  const one = (result: Case['result'], inner: readonly string[]): readonly Case[] => [
    { name, seconds: step.seconds, result, inner },
  ];
  switch (step.status) {
    case 'done':
      return one('passed', []);
    case 'failed': {
      const { error } = step;
      const said = masking.text(step.table, error?.message ?? step.reason ?? 'The step failed.');
      const message = escapeXml(`${said} ${error?.remedy ?? ''}`.trim());
      return one('error', [
        `      <error type="${error?.code ?? 'BUG'}" message="${message}">${error === undefined ? '' : placeOf(error)}</error>`,
      ]);
    }
    case 'cancelled':
      return one('skipped', [`      <skipped message="${escapeXml(step.reason ?? 'cancelled')}"/>`]);
    case 'skipped':
      return step.reason?.startsWith('it needs ') === true
        ? one('skipped', [`      <skipped message="${escapeXml(step.reason)}"/>`])
        : [];
  }
}

const placeOf = ({ file, line }: PlainError): string =>
  file === undefined ? '' : escapeXml(line === undefined ? file : `${file}:${line}`);

function findingCase(finding: Finding): Case {
  const { id: name, seconds } = finding;
  const type = escapeXml(finding.rule);
  const message = escapeXml(finding.message ?? findingMessage(finding));
  const line = ruleLine(finding);
  const place = line === undefined ? '' : escapeXml(`${RULES_FILE}:${line}`);
  const text = `${place}${details(finding)}`;
  switch (finding.status) {
    case 'passed':
      return { name, seconds, result: 'passed', inner: [] };
    case 'skipped':
      return { name, seconds, result: 'skipped', inner: [`      <skipped message="${message}"/>`] };
    case 'warned':
      return {
        name,
        seconds,
        result: 'passed',
        inner: [`      <system-out>warning: ${message} ${text}</system-out>`],
      };
    case 'failed':
      return {
        name,
        seconds,
        result: 'failure',
        inner: [`      <failure type="${type}" message="${message}">${text}</failure>`],
      };
    case 'error':
      return {
        name,
        seconds,
        result: 'error',
        inner: [`      <error type="${type}" message="${message}">${text}</error>`],
      };
  }
}

function findingMessage(finding: Finding): string {
  const limit = finding.limit === undefined ? '' : `, limit ${finding.limit}`;
  return `${finding.columns.join(', ') || finding.id}: ${findingResult(finding)}${limit}`;
}

function details(finding: Finding): string {
  return finding.samples
    .map((sample) => {
      const values = Object.entries(sample.values).map(([name, value]) => `${name}=${valueText(value)}`);
      return escapeXml(`\n${[samplePlace(sample), ...values].filter((part) => part !== '').join('  ')}`);
    })
    .join('');
}
