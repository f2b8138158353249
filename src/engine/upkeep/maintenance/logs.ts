// Which logs of runs have expired: those of runs all of whose dates have succeeded since.
import { basename } from 'node:path';
import { type LedgerEntry } from '../../lake';
import { type DateKey, readDate } from '../../model';
import { isOlder, type Chore, type ChorePlan } from './chores';
import type { Item } from './stock';

/**
 * Plans the removal of logs whose name says their day: `<run_id>.ndjson`, and `<day>.ndjson` of a watch. What has
 * another name is nobody's here and stays.
 * @param days LOG_RETENTION_DAYS; 0 keeps all.
 * @param runs the ledger's entries of runs: which dates each worked on.
 * @param unfinished dates whose last run did not succeed: how they came to it stays to be read.
 */
export function planLogs(
  logs: readonly Item[],
  { runs, unfinished }: { readonly runs: readonly LedgerEntry[]; readonly unfinished: ReadonlySet<DateKey> },
  days: number,
  today: DateKey,
): ChorePlan {
  const datesOf = new Map<string, readonly DateKey[]>();
  for (const entry of runs) if (entry.kind === 'run') datesOf.set(entry.run_id, entry.dates);
  const chores: Chore[] = [];
  const kept: ChorePlan['kept'][number][] = [];
  for (const { path, bytes } of logs) {
    const name = basename(path);
    const day = dayIn(name);
    if (day === undefined || !isOlder(day, days, today)) continue;
    const open = (datesOf.get(name.replace(/\.ndjson$/, '')) ?? []).filter((date) => unfinished.has(date));
    if (open.length > 0)
      kept.push({
        path,
        reason: `its run worked on ${open.length > 3 ? `${open.length} dates that are` : `${open.join(', ')}, which ${open.length === 1 ? 'is' : 'are'}`} unfinished`,
      });
    else
      chores.push({
        kind: 'drop',
        layer: 'logs',
        path,
        bytes,
        reason: `older than ${days} days (LOG_RETENTION_DAYS)`,
      });
  }
  return { chores, kept };
}

/** The day a log is of, by its name: "20241115T063000Z-1a2b3c.ndjson", "20241115.ndjson", "2024-11-15.ndjson". */
function dayIn(name: string): DateKey | undefined {
  const [, day = ''] = /^(\d{8}|\d{4}-\d{2}-\d{2})(?:T\d{6}Z-[0-9a-f]+)?\.ndjson$/.exec(name) ?? [];
  return readDate(day);
}
