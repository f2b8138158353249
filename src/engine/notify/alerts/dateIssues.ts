// What is wrong with a date, as named troubles: news is what was not so bad at the last telling.
import type { AlertCause, Report } from '../../model';
import type { DateDocument } from '../../report';

export interface Trouble {
  /** What is wrong, the same from run to run: "table/Playback", "missing/Skylink/Device". */
  readonly subject: string;
  /** How bad it is: only worse than before is news. */
  readonly rank: number;
  readonly cause: Exclude<AlertCause, 'recovered'>;
}

/** Troubles as they were told last: rank by subject. */
export type Told = Readonly<Record<string, number>>;

/** All troubles of a date; none: all is well. */
export function troublesOf(date: DateDocument): readonly Trouble[] {
  return [
    ...date.failures.map(({ stage, table, brand, error }): Trouble => ({
      subject: ['step', stage, table, ...(brand === undefined ? [] : [brand]), error.code].join('/'),
      rank: 3,
      cause: 'failed',
    })),
    ...date.reports.flatMap(tableTroubles),
    ...date.broken.map(({ table }): Trouble => ({
      subject: `unreadable/${table ?? ''}`,
      rank: 3,
      cause: 'failed',
    })),
    ...(date.summary?.arrivals ?? []).flatMap(({ brand, table, status }): Trouble[] => {
      if (status === 'arrived') return [];
      return status === 'missing'
        ? [{ subject: `arrival/${brand}/${table}`, rank: 1, cause: 'missing' }]
        : [{ subject: `arrival/${brand}/${table}`, rank: 2, cause: 'failed' }];
    }),
  ];
}

function tableTroubles({ table, status, findings }: Report): readonly Trouble[] {
  if (status === 'passed') return [];
  const of = (subject: string, failed: boolean): Trouble => ({
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

/** Is there anything that was not told, or not as bad as it is now? */
export function hasNews(troubles: readonly Trouble[], told: Told): boolean {
  return troubles.some(({ subject, rank }) => rank > (told[subject] ?? 0));
}

/** The troubles as they are kept; of one subject the worst. */
export function toldOf(troubles: readonly Trouble[]): Told {
  const told: Record<string, number> = {};
  for (const { subject, rank } of troubles) told[subject] = Math.max(rank, told[subject] ?? 0);
  return told;
}
