// Figures of earlier dates as their reports tell them, for charts over time.
import { setImmediate } from 'node:timers/promises';
import { type DateKey, PipelineError, type Report, throwIfCancelled } from '../model';
import type { Lake } from '../lake';
import type { TrendPoint } from './model';
import { readReports, reportDates } from './stored';

export interface TrendOptions {
  /** The last date to tell of. */
  readonly until: DateKey;
  /** At most so many dates that have reports. */
  readonly dates: number;
  readonly signal?: AbortSignal;
}

const MOST_DATES = 1_000;

/**
 * The last dates that have readable reports, ascending.
 * @throws PipelineError USAGE for a number of dates that is none; CANCELLED.
 */
export async function readTrend(lake: Lake, options: TrendOptions): Promise<readonly TrendPoint[]> {
  const { until, dates, signal } = options;
  if (!Number.isSafeInteger(dates) || dates < 1 || dates > MOST_DATES)
    throw new PipelineError(
      'USAGE',
      `${dates} is not a valid number of dates.`,
      `Give a whole number from 1 to ${MOST_DATES}.`,
    );
  const points: TrendPoint[] = [];
  for (const date of reportDates(lake)
    .filter((d) => d <= until)
    .reverse()) {
    if (points.length === dates) break;
    // Reading is synchronous: between two dates others get their turn.
    await setImmediate();
    throwIfCancelled(signal);
    const { reports } = readReports(lake, date);
    if (reports.length > 0) points.push({ date, tables: reports.map(figuresOf) });
  }
  return points.reverse();
}

function figuresOf({ table, status, rows, findings }: Report): TrendPoint['tables'][number] {
  return {
    table,
    status,
    gold: rows.gold,
    rejected: rows.rejected,
    failing: Object.fromEntries(findings.filter((f) => f.evaluated > 0).map((f) => [f.id, f.failing_pct])),
  };
}
