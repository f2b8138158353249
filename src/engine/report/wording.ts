// What renderings share: the order in which findings are read, and words for states, places and limits.
import type { Conversion, Finding, FindingStatus, Report, Sample, Severity, StepFailure } from '../model';
import { formatCount, formatFigure, formatPercent, plural } from './words';

const URGENCY: readonly FindingStatus[] = ['error', 'failed', 'warned', 'skipped', 'passed'];

/** Findings about the input, in the order in which they are shown: whatever is below them rests on it. */
const ABOUT_INPUT: readonly string[] = ['drift', 'format', 'rejected', 'conversion'];

/** Where a finding stands by its kind: what is wrong with the input is ahead of everything else. */
function inputRank({ rule, status }: Finding): number {
  const rank = status === 'passed' ? -1 : ABOUT_INPUT.indexOf(rule);
  return rank < 0 ? ABOUT_INPUT.length : rank;
}

/** What is wrong with the input, then what went wrong; within one state the order of the rules file. */
export function byUrgency(findings: readonly Finding[]): Finding[] {
  return [...findings].sort(
    (a, b) => inputRank(a) - inputRank(b) || URGENCY.indexOf(a.status) - URGENCY.indexOf(b.status),
  );
}

/** What differs in the files and is not accepted, a sentence each. */
export function driftMessages(findings: readonly Finding[]): readonly string[] {
  return findings
    .filter(({ rule, status }) => rule === 'drift' && status !== 'passed')
    .map(({ message = '' }) => message);
}

/** A rule's line in validation_rules.json; undefined for a technical check, which is not written there. */
export const ruleLine = ({ config_line: line }: Pick<Finding, 'config_line'>): number | undefined =>
  line > 0 ? line : undefined;

const WEIGHT: readonly Severity[] = ['error', 'warning', 'info'];

/**
 * Order of findings of several tables: what is wrong with the input, then by state, severity and the share of failing
 * rows, worst first.
 */
export function compareUrgency(a: Finding, b: Finding): number {
  return (
    inputRank(a) - inputRank(b) ||
    URGENCY.indexOf(a.status) - URGENCY.indexOf(b.status) ||
    WEIGHT.indexOf(a.severity) - WEIGHT.indexOf(b.severity) ||
    b.failing_pct - a.failing_pct
  );
}

/** What failed, in short: "rejected file Skylink Device", "raw-to-silver Skylink Device". */
export function failureHeading({ stage, table, brand, rejected_file }: Omit<StepFailure, 'error'>): string {
  const what = rejected_file === undefined ? stage : 'rejected file';
  return [what, brand, table].filter((part) => part !== undefined).join(' ');
}

/** Error codes of steps that failed by what is around them: no line of any file is the cause. */
export const SURROUNDINGS: readonly string[] = [
  'WAREHOUSE',
  'DISK_FULL',
  'PERMISSION',
  'OUT_OF_MEMORY',
  'LOCKED',
];

/** A reject code as words: TOO_MANY_FIELDS reads "too many fields". */
export function codeWords(code: string): string {
  return code.toLowerCase().replaceAll('_', ' ');
}

/** What a finding counts: the check of types looks at columns of a table, conversions at values, all others at rows. */
export function countedUnit({ rule }: Pick<Finding, 'rule'>): 'column' | 'value' | 'row' {
  if (rule === 'conversion') return 'value';
  return rule === 'technical.types' ? 'column' : 'row';
}

/** "12 of 1,234 rows", "1 of 16 columns". */
export function failingOf(finding: Pick<Finding, 'rule' | 'failing' | 'evaluated'>): string {
  return `${formatCount(finding.failing)} of ${plural(finding.evaluated, countedUnit(finding))}`;
}

/** "12 of 1,234 rows (0.97%)", or what was measured where a rule measures. */
export function findingResult(finding: Finding): string {
  const counted =
    finding.evaluated === 0 || (finding.failing === 0 && finding.observed !== undefined)
      ? ''
      : failingOf(finding);
  const percent = counted === '' || finding.failing === 0 ? '' : ` (${formatPercent(finding.failing_pct)})`;
  const observed = finding.observed === undefined ? '' : `observed ${formatFigure(finding.observed)}`;
  return [counted + percent, observed].filter((part) => part !== '').join(', ');
}

/** "Skylink_Playback_20241115.csv, row 132". */
export function samplePlace(sample: Sample): string {
  if (sample.file === null) return '';
  return sample.row === null ? sample.file : `${sample.file}, row ${formatCount(sample.row)}`;
}

/** The stations of the rows with their counts, in the order of the flow. */
export function rowFlow(
  rows: Report['rows'],
): readonly { readonly name: string; readonly rows: number | null }[] {
  return [
    { name: 'landing', rows: rows.landing },
    { name: 'raw', rows: rows.raw },
    { name: 'silver', rows: rows.silver },
    { name: 'gold', rows: rows.gold },
    { name: 'accepted', rows: rows.accepted },
    { name: 'loaded', rows: rows.loaded },
  ];
}

/** Names of all columns that appear in the samples, in order of first appearance. */
export function sampleColumns(samples: readonly Sample[]): string[] {
  return [...new Set(samples.flatMap((sample) => Object.keys(sample.values)))];
}

/** What became of values that did not convert: "3 values did not convert: their rows were rejected". */
export function conversionOutcome(conversion: Conversion): string {
  const one = conversion.failed === 1;
  const values = `${plural(conversion.failed, 'value')} did not convert`;
  switch (conversion.on_error) {
    case 'reject':
      return `${values}: ${one ? 'its row was' : 'their rows were'} rejected`;
    case 'null':
      return `${values}: ${one ? 'it is' : 'they are'} NULL`;
  }
}

/** "header 1, blank 2": the lines of an edge that are no records. */
export function otherLines(other: Readonly<Record<string, number>> | undefined): string {
  return Object.entries(other ?? {})
    .filter(([, lines]) => lines !== 0)
    .map(([name, lines]) => `${name} ${formatCount(lines)}`)
    .join(', ');
}

/** Seconds between two ISO times; 0 where one cannot be read. */
export function secondsBetween(started: string, finished: string): number {
  const seconds = (Date.parse(finished) - Date.parse(started)) / 1000;
  return Number.isFinite(seconds) && seconds > 0 ? seconds : 0;
}

/** How a file was read: 'windows-1250 (94 % sure)', 'delimiter ","', 'header'. */
export function readingParts({
  encoding,
  confidence,
  delimiter,
  header,
}: Pick<
  NonNullable<Report['files']>[number],
  'encoding' | 'confidence' | 'delimiter' | 'header'
>): readonly string[] {
  return [
    `${encoding} (${Math.round(confidence * 100)} % sure)`,
    `delimiter ${JSON.stringify(delimiter)}`,
    header === 0 ? 'no header' : header === 1 ? 'header' : `header of ${header} records`,
  ];
}

/** How each file was read, in the order of tables and brands: table, brand, file, how, records. */
export function readingRows(reports: readonly Report[]): readonly (readonly string[])[] {
  return reports.flatMap((report) =>
    (report.files ?? []).map((one) => [
      report.table,
      one.brand,
      one.file,
      readingParts(one).join(', '),
      formatCount(one.records),
    ]),
  );
}

/** That values are hidden in a report, and how to see one; undefined where none are. */
export function hiddenNote({ hidden = [] }: Pick<Report, 'hidden'>): string | undefined {
  if (hidden.length === 0) return undefined;
  const one = hidden.length === 1;
  return `Values of ${hidden.join(', ')} are (hidden): the ${one ? 'column is' : 'columns are'} sensitive. To see one, open its row: file and row stand beside each sample.`;
}
