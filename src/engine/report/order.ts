// What renderings share: the order in which findings are read, and words for states, places and limits.
import type { Conversion, Finding, FindingStatus, Report, Sample } from '../model';
import { formatCount, formatPercent, plural, valueText } from './words';

const URGENCY: readonly FindingStatus[] = ['error', 'failed', 'warned', 'skipped', 'passed'];

/** What went wrong first; within one state the order of the rules file. */
export function byUrgency(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((a, b) => URGENCY.indexOf(a.status) - URGENCY.indexOf(b.status));
}

/** "12 of 1,234 (0.97%)", or what was measured where a rule measures. */
export function findingResult(finding: Finding): string {
  const counted =
    finding.evaluated === 0 || (finding.failing === 0 && finding.observed !== undefined)
      ? ''
      : `${formatCount(finding.failing)} of ${formatCount(finding.evaluated)}`;
  const percent = counted === '' || finding.failing === 0 ? '' : ` (${formatPercent(finding.failing_pct)})`;
  const observed = finding.observed === undefined ? '' : `observed ${valueText(finding.observed)}`;
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

/** "2024-11-15" of the key 20241115. */
export function isoDate(date: string): string {
  return date.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3');
}
