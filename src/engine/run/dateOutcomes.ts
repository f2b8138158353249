// What became of each date of a run over several, and which days of its range have nothing at all.

import {
  type DateKey,
  type DateOutcome,
  type DateSummary,
  type RunResult,
  type Selection,
  type StepFinished,
  addDays,
} from '../model';
import { isSummary } from '../report';

/**
 * One outcome per date, ascending. Rows are those of the date's summary as it is now, so that tables that were up to
 * date count; without a summary they are those of the steps.
 * @param summaryOf the summary of a date, where there is one.
 */
export function outcomesByDate(
  dates: readonly DateKey[],
  { steps, rejectedFiles }: Pick<RunResult, 'steps' | 'rejectedFiles'>,
  summaryOf: (date: DateKey) => DateSummary | undefined,
): readonly DateOutcome[] {
  const byDate = new Map<DateKey, StepFinished[]>(dates.map((date) => [date, []]));
  for (const step of steps) byDate.get(step.date)?.push(step);
  return [...byDate].map(([date, own]) => {
    const summary = summaryOf(date);
    const rejected = rejectedFiles.filter((file) => file.date === date);
    return outcomeOf(date, { steps: own, rejectedFiles: rejected }, isSummary(summary) ? summary : undefined);
  });
}

function outcomeOf(
  date: DateKey,
  { steps, rejectedFiles }: Pick<RunResult, 'steps' | 'rejectedFiles'>,
  summary: DateSummary | undefined,
): DateOutcome {
  const tables = new Map<string, StepFinished[]>(rejectedFiles.map(({ table }) => [table, []]));
  for (const step of steps) tables.set(step.table, [...(tables.get(step.table) ?? []), step]);
  const incomplete = new Set(rejectedFiles.map(({ table }) => table));
  const states = [...tables].map(([table, own]): TableState => {
    const state = stateOf(own);
    return incomplete.has(table) && state !== 'cancelled' ? 'failed' : state;
  });
  const count = (wanted: TableState): number => states.filter((state) => state === wanted).length;
  const first = steps.find((step) => step.status === 'failed') ?? rejectedFiles[0];
  const sum = (rows: (step: StepFinished) => number, stage?: StepFinished['stage']): number =>
    steps
      .filter((s) => s.status === 'done' && (stage === undefined || s.stage === stage))
      .reduce((total, step) => total + rows(step), 0);
  return {
    date,
    status:
      count('failed') > 0
        ? 'failed'
        : count('cancelled') > 0
          ? 'cancelled'
          : count('done') > 0
            ? 'done'
            : 'up to date',
    tables: {
      done: count('done'),
      up_to_date: count('up to date'),
      failed: count('failed'),
      cancelled: count('cancelled'),
    },
    rows: {
      accepted: summary?.totals.accepted ?? sum((s) => s.rows_out, 'gold-to-snowflake'),
      rejected: summary?.totals.rejected ?? sum((s) => s.rows_rejected),
      loaded: summary?.totals.loaded ?? 0,
    },
    seconds: Math.round(steps.reduce((total, step) => total + step.seconds, 0) * 1000) / 1000,
    ...(first?.error === undefined ? {} : { error: first.error }),
  };
}

type TableState = DateOutcome['status'];

/** A table is as bad as the worst of its steps; one whose steps were all skipped had nothing to do. */
function stateOf(steps: readonly StepFinished[]): TableState {
  const has = (status: StepFinished['status']): boolean => steps.some((step) => step.status === status);
  if (has('failed')) return 'failed';
  if (has('cancelled')) return 'cancelled';
  return has('done') ? 'done' : 'up to date';
}

/** Days of a range that are among no dates: nothing of them is in landing or in a layer. */
export function gapsOf(selected: Selection['dates'], dates: readonly DateKey[]): readonly DateKey[] {
  if (selected === undefined || !('from' in selected)) return [];
  const known = new Set(dates);
  const gaps: DateKey[] = [];
  for (let day = selected.from; day <= selected.to && gaps.length < MOST_GAPS; day = addDays(day, 1))
    if (!known.has(day)) gaps.push(day);
  return gaps;
}

/** A range of a century is a slip of the pen; its days need not all be told. */
const MOST_GAPS = 3_700;
