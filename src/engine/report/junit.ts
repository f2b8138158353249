// The report as JUnit XML for build servers: one suite per table, one case per finding.
import type { Finding, Report } from '../model';
import type { DateReport } from './document';
import { formatCount, valueText, visibleEscape } from './layout';
import { findingResult, samplePlace, secondsBetween } from './order';

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

/** The document as one <testsuites>. */
export function renderJUnit(document: DateReport): string {
  const suites = document.reports.map(suite);
  const total = (key: keyof Counts): number => suites.reduce((sum, one) => sum + one.counts[key], 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="m7 ${escapeXml(document.date)}" tests="${total('tests')}" failures="${total('failures')}" errors="${total('errors')}" skipped="${total('skipped')}">`,
    ...suites.flatMap((one) => one.lines),
    '</testsuites>',
    '',
  ].join('\n');
}

interface Counts {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
}

function suite(report: Report): { readonly counts: Counts; readonly lines: readonly string[] } {
  const count = (status: Finding['status']): number =>
    report.findings.filter((finding) => finding.status === status).length;
  // A table can fail as a whole (too many bad rows over all rules) with no single rule past its limit.
  const whole = report.status === 'failed' && count('failed') + count('error') === 0;
  const counts = {
    tests: report.findings.length + (whole ? 1 : 0),
    failures: count('failed') + (whole ? 1 : 0),
    errors: count('error'),
    skipped: count('skipped'),
  };
  const table = escapeXml(report.table);
  const seconds = secondsBetween(report.started_at, report.finished_at);
  return {
    counts,
    lines: [
      `  <testsuite name="${table}" tests="${counts.tests}" failures="${counts.failures}" errors="${counts.errors}" skipped="${counts.skipped}" time="${seconds.toFixed(3)}" timestamp="${escapeXml(report.started_at)}">`,
      '    <properties>',
      ...Object.entries({
        date: report.date,
        run_id: report.run_id,
        status: report.status,
        ...report.rows,
      }).map(
        ([name, value]) =>
          `      <property name="${name}" value="${escapeXml(value === null ? '' : String(value))}"/>`,
      ),
      '    </properties>',
      ...report.findings.flatMap((finding) => testcase(report.table, finding)),
      ...(whole
        ? [
            `    <testcase classname="${table}" name="share of rows with errors">`,
            `      <failure type="threshold" message="${escapeXml(`Table ${report.table} failed: ${formatCount(report.rows.rejected)} rows rejected of ${formatCount(report.rows.landing)}.`)}"/>`,
            '    </testcase>',
          ]
        : []),
      '  </testsuite>',
    ],
  };
}

function testcase(table: string, finding: Finding): string[] {
  const head = `    <testcase classname="${escapeXml(`${table}.${finding.rule}`)}" name="${escapeXml(finding.id)}" file="${RULES_FILE}" line="${finding.config_line}" time="${finding.seconds.toFixed(3)}"`;
  const inner = outcome(finding);
  return inner.length === 0 ? [`${head}/>`] : [`${head}>`, ...inner, '    </testcase>'];
}

function outcome(finding: Finding): string[] {
  const message = escapeXml(finding.message ?? findingMessage(finding));
  switch (finding.status) {
    case 'passed':
      return [];
    case 'skipped':
      return [`      <skipped message="${message}"/>`];
    case 'warned':
      return [`      <system-out>warning: ${message}${details(finding)}</system-out>`];
    case 'failed':
      return [
        `      <failure type="${escapeXml(finding.rule)}" message="${message}">${details(finding)}</failure>`,
      ];
    case 'error':
      return [
        `      <error type="${escapeXml(finding.rule)}" message="${message}">${details(finding)}</error>`,
      ];
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
