// Results of ordinary runs: the findings of validations that were written after some moment.
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { lockHolder } from '../../lake';
import type { DateKey } from '../../model';
import { readReport } from '../../report';
import type { OpenWorkspace } from '../../workspace';
import type { PublishedResults } from './model';

/** A run over a long range is told by its last dates: nobody looks through months of results in a tree of tests. */
const MOST_DATES = 5;
const MOST_SAMPLES = 5;

/**
 * What was validated since `mark`, by date and table; without a mark the newest date that has been validated.
 * While a run goes on nothing is told and the mark stays.
 */
export function publishedResults(
  { lake, config }: Pick<OpenWorkspace, 'lake' | 'config'>,
  mark: number | undefined,
): PublishedResults {
  const dates = lake.dates('validated');
  if (mark !== undefined && lockHolder(lake.stateDir) !== undefined) return { dates: [], mark };
  const written = dates.map((date) => ({ date, at: writtenAt(dirname(lake.reportFile(date, '_'))) }));
  const next = Math.max(mark ?? 0, ...written.map(({ at }) => at));
  const changed =
    mark === undefined
      ? written.slice(-1)
      : written
          .filter(({ at }) => at > mark)
          .sort((a, b) => a.at - b.at)
          .slice(-MOST_DATES);
  const found: PublishedResults['dates'][number][] = [];
  for (const { date } of changed) {
    const tables = resultsOf({ lake, config }, date, mark ?? 0);
    if (tables.length > 0) found.push({ date, tables });
  }
  return { dates: found, mark: next };
}

function resultsOf(
  { lake, config }: Pick<OpenWorkspace, 'lake' | 'config'>,
  date: DateKey,
  since: number,
): PublishedResults['dates'][number]['tables'] {
  const found: PublishedResults['dates'][number]['tables'][number][] = [];
  for (const { table } of lake.manifests('validated', date)) {
    const path = lake.reportFile(date, table);
    if (writtenAt(path) <= since) continue;
    const report = readReport({ lake, config }, date, table);
    if (report === undefined) continue;
    const findings = report.findings.map((finding) => ({
      ...finding,
      samples: finding.samples.slice(0, MOST_SAMPLES),
    }));
    found.push({ table, findings });
  }
  return found;
}

/** Milliseconds; 0 where nothing is there. */
function writtenAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
