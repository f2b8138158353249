// The document that every rendering shows: the reports of one date put together.
import {
  defined,
  type DateKey,
  type DateSummary,
  type Finding,
  type FindingStatus,
  type PlainError,
  type Report,
  type StepFailure,
} from '../model';
import { compareText } from '../lake';
import { type DateStanding, type DateVerdict, dateVerdict } from './dateVerdict';
import type { BrokenReport, DateDocument } from './model';
import { failureHeading } from './wording';

/** What there is to tell about one date, or about some of its tables. */
export interface DateReport {
  readonly date: DateKey;
  readonly status: DateStanding;
  readonly verdict: DateVerdict;
  readonly rows: Report['rows'];
  readonly findings: Readonly<Record<FindingStatus, number>>;
  /** The arrivals and totals of the whole date, as the verdict has them; undefined where only some tables are asked for. */
  readonly summary?: DateSummary;
  /** Files that were rejected whole and not replaced, and steps that failed: see DateDocument. */
  readonly failures: readonly StepFailure[];
  /** Reports that are there and cannot be read. */
  readonly broken: readonly BrokenReport[];
  /** By table name. */
  readonly reports: readonly Report[];
}

/** What of a stored date is put together. */
export type DateReportParts = Pick<DateDocument, 'date' | 'reports'> &
  Partial<Pick<DateDocument, 'summary' | 'run' | 'failures' | 'broken'>>;

/**
 * Puts a date together as it is stored.
 * @param tables those that are asked for; undefined: the whole date.
 */
export function mergeReports(stored: DateReportParts, tables?: readonly string[]): DateReport {
  const among = <T extends { readonly table?: string }>(all: readonly T[] = []): readonly T[] =>
    tables === undefined ? all : all.filter(({ table }) => table !== undefined && tables.includes(table));
  const { date, summary, run } = tables === undefined ? stored : { date: stored.date };
  const [failures, broken] = [among(stored.failures), among(stored.broken)];
  const sorted = among(stored.reports).toSorted((a, b) => compareText(a.table, b.table));
  const verdict = dateVerdict({ reports: sorted, failures, broken, summary, run });
  return {
    date,
    status: verdict.status,
    verdict,
    rows: verdict.rows,
    findings: countFindings(sorted.flatMap((report) => report.findings)),
    ...defined({ summary: summary && judgedSummary(summary, verdict) }),
    failures,
    broken,
    reports: sorted,
  };
}

/** The summary of a date with states and totals as they are now: it was written when its run ended. */
function judgedSummary(summary: DateSummary, verdict: DateVerdict): DateSummary {
  const told = new Map(summary.tables.map((one) => [one.table, one]));
  return {
    ...summary,
    status: verdict.status,
    tables: verdict.tables.flatMap(({ table, status, rows }) => {
      if (status === 'missing') return [];
      const one = told.get(table);
      return [
        {
          table,
          status,
          rows: one?.rows ?? rows.gold,
          rejected: one?.rejected ?? rows.rejected,
          loaded: one?.loaded ?? rows.loaded,
          ...defined({ drift: one?.drift }),
        },
      ];
    }),
    totals: totalsOf(verdict),
  };
}

/** Totals of a summary, from the verdict on its date. */
export function totalsOf({ rows }: Pick<DateVerdict, 'rows'>): DateSummary['totals'] {
  const { landing, accepted, rejected, duplicates, loaded } = rows;
  return { landing, accepted, rejected, duplicates, loaded: loaded ?? 0 };
}

/** What failed of a date beside its rules, in words: files, steps, and reports that cannot be read. */
export interface OpenProblem extends PlainError {
  readonly table?: string;
  /** "raw-to-silver Skylink Device". */
  readonly heading: string;
}

/** In the order of the document. */
export function openProblems({
  failures,
  broken,
}: Pick<DateReport, 'failures' | 'broken'>): readonly OpenProblem[] {
  return [
    ...failures.map((failure) => ({
      table: failure.table,
      heading: failureHeading(failure),
      ...failure.error,
    })),
    ...broken.map(({ table, path, message, remedy }) => ({
      ...defined({ table }),
      heading: `report of ${table ?? 'the date'}`,
      code: 'STATE_CORRUPT' as const,
      message: `${path}: ${message}`,
      remedy,
      file: path,
    })),
  ];
}

/** Files that were left alone, with why. Those that failed the date stand apart, see openProblems. */
export function filesLeftAlone(
  files: DateSummary['files'],
  failures: readonly StepFailure[],
): DateSummary['files'] {
  const open = new Set(failures.map((failure) => failure.rejected_file));
  return files.filter(({ path, status }) => status !== 'rejected' || !open.has(path));
}

/** Is there nothing to tell: was the date, or that of it which was asked for, never run? */
export function isEmptyReport({ reports, failures, broken, summary }: DateReport): boolean {
  return reports.length + failures.length + broken.length === 0 && summary === undefined;
}

function countFindings(findings: readonly Finding[]): Record<FindingStatus, number> {
  const counts = { passed: 0, warned: 0, failed: 0, error: 0, skipped: 0 };
  for (const finding of findings) counts[finding.status] += 1;
  return counts;
}
