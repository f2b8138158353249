// A run over many dates at a glance: a line for each, failures first, and what to do about them.
import {
  addDays,
  formatCount,
  formatSeconds,
  plural,
  shellWord,
  tableLines,
  wrap,
  type DateKey,
  type DateOutcome,
  type RunResult,
  type Selection,
  type TextCell,
  type TextStyle,
} from '../engine';

/** So many dates without work are listed; of more, one line tells them all. */
const MOST_IDLE = 5;
const MOST_RANGES = 12;

const URGENCY: readonly DateOutcome['status'][] = ['failed', 'cancelled', 'done', 'up to date'];

/** One line per date, the worst first, then totals. */
export function overviewLines(
  outcomes: readonly DateOutcome[],
  result: RunResult,
  style: TextStyle,
): string[] {
  const idle = outcomes.filter((one) => one.status === 'up to date');
  const collapsed = idle.length > MOST_IDLE;
  const shown = outcomes
    .filter((one) => !collapsed || one.status !== 'up to date')
    .toSorted((a, b) => URGENCY.indexOf(a.status) - URGENCY.indexOf(b.status));
  const missing = new Map(
    result.summaries.map((s) => [s.date, s.arrivals.filter((a) => a.status === 'missing').length]),
  );
  const row = (
    name: string,
    state: TextCell,
    one: Omit<DateOutcome, 'date' | 'status'>,
    lacks: number,
  ): TextCell[] => [
    name,
    state,
    formatCount(one.tables.done),
    formatCount(one.tables.failed),
    formatCount(one.rows.accepted),
    formatCount(one.rows.rejected),
    formatCount(one.rows.loaded),
    formatCount(lacks),
    formatSeconds(one.seconds),
  ];
  const total = outcomes.reduce(added, NOTHING);
  return [
    ...tableLines(
      {
        columns: [
          { title: 'DATE' },
          { title: 'STATUS' },
          { title: 'DONE', align: 'right' },
          { title: 'FAILED', align: 'right' },
          { title: 'ACCEPTED', align: 'right' },
          { title: 'REJECTED', align: 'right' },
          { title: 'LOADED', align: 'right' },
          { title: 'MISSING', align: 'right' },
          { title: 'WORK', align: 'right' },
        ],
        rows: [
          ...shown.map((one) =>
            row(
              one.date,
              { text: one.status, colour: colourOf(one.status, style) },
              one,
              missing.get(one.date) ?? 0,
            ),
          ),
          row(
            plural(outcomes.length, 'date'),
            '',
            total,
            [...missing.values()].reduce((sum, n) => sum + n, 0),
          ),
        ],
      },
      style,
    ),
    ...(collapsed
      ? [style.colours.dim(`${plural(idle.length, 'date')} of them up to date, not listed.`)]
      : []),
    '',
  ];
}

function colourOf(status: DateOutcome['status'], { colours }: TextStyle): (text: string) => string {
  switch (status) {
    case 'done':
      return colours.good;
    case 'failed':
      return colours.bad;
    case 'cancelled':
      return colours.warn;
    case 'up to date':
      return colours.dim;
  }
}

type Figures = Omit<DateOutcome, 'date' | 'status'>;

const NOTHING: Figures = {
  tables: { done: 0, up_to_date: 0, failed: 0, cancelled: 0 },
  rows: { accepted: 0, rejected: 0, loaded: 0 },
  seconds: 0,
};

const added = (a: Figures, b: Figures): Figures => ({
  tables: {
    done: a.tables.done + b.tables.done,
    up_to_date: a.tables.up_to_date + b.tables.up_to_date,
    failed: a.tables.failed + b.tables.failed,
    cancelled: a.tables.cancelled + b.tables.cancelled,
  },
  rows: {
    accepted: a.rows.accepted + b.rows.accepted,
    rejected: a.rows.rejected + b.rows.rejected,
    loaded: a.rows.loaded + b.rows.loaded,
  },
  seconds: a.seconds + b.seconds,
});

/** Days of the range of which there is nothing. */
export function gapLines(gaps: readonly DateKey[], style: TextStyle): string[] {
  if (gaps.length === 0) return [];
  const ranges = rangesOf(gaps);
  const more = ranges.length - MOST_RANGES;
  return [
    style.colours.warn(`${plural(gaps.length, 'day')} of the range without any file`),
    ...wrap(
      `${ranges.slice(0, MOST_RANGES).join(', ')}${more > 0 ? ` and ${plural(more, 'more gap')}` : ''}`,
      style.width - 2,
    ).map((line) => `  ${line}`),
    '',
  ];
}

/** "20241101", "20241103 to 20241105". */
export function rangesOf(days: readonly DateKey[]): string[] {
  const ranges: { readonly from: DateKey; to: DateKey }[] = [];
  for (const day of days) {
    const last = ranges.at(-1);
    if (last !== undefined && addDays(last.to, 1) === day) last.to = day;
    else ranges.push({ from: day, to: day });
  }
  return ranges.map(({ from, to }) => (from === to ? from : `${from} to ${to}`));
}

/** How to look further, and how to run again what failed: what is done is not done twice. */
export function againLines(
  outcomes: readonly DateOutcome[],
  selection: Selection,
  style: TextStyle,
): string[] {
  const failed = outcomes.filter((one) => one.status === 'failed').map((one) => one.date);
  const [first, last] = [failed[0], failed.at(-1)];
  if (first === undefined || last === undefined) return [];
  const dates = first === last ? `--date ${first}` : `--from ${first} --to ${last}`;
  const same = [
    ...(selection.stages ?? []).flatMap((name) => ['--stage', name]),
    ...(selection.tables ?? []).flatMap((name) => ['--table', shellWord(name)]),
    ...(selection.brands ?? []).flatMap((name) => ['--brand', shellWord(name)]),
  ].join(' ');
  return [
    `${plural(failed.length, 'date')} failed: ${rangesOf(failed).slice(0, MOST_RANGES).join(', ')}`,
    style.colours.dim(`  Look further:  m7 report --date ${first}`),
    style.colours.dim(
      `  Run again:     m7 run ${dates}${same === '' ? '' : ` ${same}`}   (only unfinished steps run)`,
    ),
    '',
  ];
}
