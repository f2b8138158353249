// What is wrong with a date, as named issues: news is what was not as bad in the last alert.
import { type AlertCause, type Report, ownValue } from '../../model';
import type { DateDocument } from '../../report';

export interface Issue {
  /** What is wrong, the same from run to run: "table/Playback", "missing/Skylink/Device". */
  readonly subject: string;
  /** How bad it is: only worse than before is news. */
  readonly rank: number;
  readonly cause: Exclude<AlertCause, 'recovered'>;
}

/** Issues as they were reported last: rank by subject. */
export type ReportedIssues = Readonly<Record<string, number>>;

/** All issues of a date; none: no problems. */
export function issuesOf(date: DateDocument): readonly Issue[] {
  return [
    ...date.failures.map(({ stage, table, brand, error, rejected_file }): Issue => ({
      subject:
        rejected_file === undefined
          ? ['step', stage, table, ...(brand === undefined ? [] : [brand]), error.code].join('/')
          : `file/${rejected_file}`,
      rank: 3,
      cause: 'failed',
    })),
    ...date.reports.flatMap(issuesOfTable),
    ...date.broken.map(({ table }): Issue => ({
      subject: `unreadable/${table ?? ''}`,
      rank: 3,
      cause: 'failed',
    })),
    ...(date.summary?.arrivals ?? []).flatMap(({ brand, table, status }): Issue[] => {
      if (status === 'arrived') return [];
      return status === 'missing'
        ? [{ subject: `arrival/${brand}/${table}`, rank: 1, cause: 'missing' }]
        : [{ subject: `arrival/${brand}/${table}`, rank: 2, cause: 'failed' }];
    }),
  ];
}

function issuesOfTable({ table, status, findings }: Report): readonly Issue[] {
  if (status === 'passed') return [];
  const of = (subject: string, failed: boolean): Issue => ({
    subject,
    rank: failed ? 3 : 2,
    cause: failed ? 'failed' : 'warned',
  });
  return [
    of(`table/${table}`, status === 'failed'),
    ...findings.flatMap((finding) => {
      const failed = finding.status === 'failed' || finding.status === 'error';
      return failed || finding.status === 'warned' ? [of(`rule/${table}/${finding.id}`, failed)] : [];
    }),
  ];
}

/** Is there anything that was not reported, or not as bad as it is now? */
export function hasNews(issues: readonly Issue[], reported: ReportedIssues): boolean {
  return issues.some(({ subject, rank }) => rank > (ownValue(reported, subject) ?? 0));
}

/** The issues as they are kept; of one subject the worst. */
export function reportedOf(issues: readonly Issue[]): ReportedIssues {
  const reported = new Map<string, number>();
  for (const { subject, rank } of issues) reported.set(subject, Math.max(rank, reported.get(subject) ?? 0));
  return Object.fromEntries(reported);
}
