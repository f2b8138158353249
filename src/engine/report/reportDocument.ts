// The document that every rendering shows: the reports of one date put together.
import {
  defined,
  type DateKey,
  type DateSummary,
  type Finding,
  type FindingStatus,
  type Report,
  type StepFailure,
} from '../model';
import { verdictOf } from './wording';

/** What there is to tell about one date, or about some of its tables. */
export interface DateReport {
  readonly date: DateKey;
  /** As bad as the worst of its tables, failed steps and rejected files; see verdictOf. */
  readonly status: Report['status'] | 'not validated';
  readonly rows: Report['rows'];
  readonly findings: Readonly<Record<FindingStatus, number>>;
  /** The arrivals and totals of the whole date; undefined where only some tables are asked for. */
  readonly summary?: DateSummary;
  /** Files that were rejected whole and not replaced, and steps that failed: see DateDocument. */
  readonly failures: readonly StepFailure[];
  /** By table name. */
  readonly reports: readonly Report[];
}

/** Puts the reports of one date together; `summary` where the whole date is meant. */
export function mergeReports(
  date: DateKey,
  reports: readonly Report[],
  {
    summary,
    failures = [],
  }: { readonly summary?: DateSummary | undefined; readonly failures?: readonly StepFailure[] } = {},
): DateReport {
  const sorted = [...reports].sort((a, b) => (a.table < b.table ? -1 : a.table > b.table ? 1 : 0));
  const sum = (key: Exclude<keyof Report['rows'], 'loaded'>): number =>
    sorted.reduce((total, report) => total + report.rows[key], 0);
  const loaded = sorted.flatMap((report) => (report.rows.loaded === null ? [] : [report.rows.loaded]));
  return {
    date,
    status: verdictOf({ reports: sorted, failures, broken: [], summary }).status,
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
    failures,
    reports: sorted,
  };
}

function countFindings(findings: readonly Finding[]): Record<FindingStatus, number> {
  const counts = { passed: 0, warned: 0, failed: 0, error: 0, skipped: 0 };
  for (const finding of findings) counts[finding.status] += 1;
  return counts;
}
