// The document that every rendering shows: the reports of one date put together.
import {
  defined,
  type DateKey,
  type DateSummary,
  type Finding,
  type FindingStatus,
  type Report,
} from '../model';

/** What there is to tell about one date, or about some of its tables. */
export interface DateReport {
  readonly date: DateKey;
  /** The worst of its tables; "passed" without any. */
  readonly status: Report['status'];
  readonly rows: Report['rows'];
  readonly findings: Readonly<Record<FindingStatus, number>>;
  /** The arrivals and totals of the whole date; undefined where only some tables are asked for. */
  readonly summary?: DateSummary;
  /** By table name. */
  readonly reports: readonly Report[];
}

/** Puts the reports of one date together; `summary` where the whole date is meant. */
export function mergeReports(date: DateKey, reports: readonly Report[], summary?: DateSummary): DateReport {
  const sorted = [...reports].sort((a, b) => (a.table < b.table ? -1 : a.table > b.table ? 1 : 0));
  const sum = (key: Exclude<keyof Report['rows'], 'loaded'>): number =>
    sorted.reduce((total, report) => total + report.rows[key], 0);
  const loaded = sorted.flatMap((report) => (report.rows.loaded === null ? [] : [report.rows.loaded]));
  return {
    date,
    status: worst(sorted.map((report) => report.status)),
    rows: {
      landing: sum('landing'),
      raw: sum('raw'),
      silver: sum('silver'),
      gold: sum('gold'),
      accepted: sum('accepted'),
      rejected: sum('rejected'),
      duplicates: sum('duplicates'),
      loaded: loaded.length === 0 ? null : loaded.reduce((a, b) => a + b, 0),
    },
    findings: countFindings(sorted.flatMap((report) => report.findings)),
    ...defined({ summary }),
    reports: sorted,
  };
}

function worst(states: readonly Report['status'][]): Report['status'] {
  if (states.includes('failed')) return 'failed';
  return states.includes('warned') ? 'warned' : 'passed';
}

function countFindings(findings: readonly Finding[]): Record<FindingStatus, number> {
  const counts = { passed: 0, warned: 0, failed: 0, error: 0, skipped: 0 };
  for (const finding of findings) counts[finding.status] += 1;
  return counts;
}
