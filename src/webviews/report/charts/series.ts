// What the charts show, worked out of trend and counts: series, order and a sentence that says it in words.
import type { RejectCount, TrendPoint } from '../../../shared/reportApi';
import { dayNumber, isoDate } from '../../../shared/dates';
import { codeWords, formatCount, formatPercent, plural } from '../../../shared/words';
import type { Mark } from './scale';

export interface DateMark extends Mark {
  readonly date: string;
}

export interface Series {
  readonly key: string;
  readonly name: string;
  readonly marks: readonly DateMark[];
}

// ---- failing rates -------------------------------------------------------------------------------

/** A rule in the trend. */
export interface RuleTrend extends Series {
  readonly table: string;
  readonly rule: string;
  /** Percent on the last date; null where it was not evaluated then. */
  readonly last: number | null;
  readonly most: number;
}

/** Every rule that any date evaluated, worst first: by the last date, then by the worst one. */
export function ruleTrends(trend: readonly TrendPoint[]): readonly RuleTrend[] {
  const names = new Map<string, readonly [string, string]>();
  for (const point of trend)
    for (const { table, failing } of point.tables)
      for (const rule of Object.keys(failing)) names.set(JSON.stringify([table, rule]), [table, rule]);
  return [...names]
    .map(([key, [table, rule]]): RuleTrend => {
      const marks = trend.map((point): DateMark => {
        const found = point.tables.find((one) => one.table === table)?.failing;
        return {
          date: point.date,
          day: dayNumber(point.date),
          value: found !== undefined && Object.hasOwn(found, rule) ? (found[rule] ?? null) : null,
        };
      });
      return {
        key,
        table,
        rule,
        name: `${table}: ${rule}`,
        marks,
        last: marks.at(-1)?.value ?? null,
        most: Math.max(0, ...marks.map((mark) => mark.value ?? 0)),
      };
    })
    .sort((a, b) => (b.last ?? -1) - (a.last ?? -1) || b.most - a.most || (a.key < b.key ? -1 : 1));
}

/** The rules the chart starts with: those that fail worst; none that never failed. */
export function worstRules(rules: readonly RuleTrend[], count: number): readonly RuleTrend[] {
  return rules.filter((rule) => rule.most > 0).slice(0, count);
}

/** "Failing rows by rule, 2024-11-01 to 2024-11-15. Playback: x was 0.1% on the last date, at most 2% …" */
export function rateSummary(series: readonly RuleTrend[], trend: readonly TrendPoint[]): string {
  const each = series.map(
    ({ name, last, most }) =>
      `${name}: ${last === null ? 'not evaluated' : formatPercent(last)} on the last date, at most ${formatPercent(most)}`,
  );
  return [`Failing rows in percent, ${spanWords(trend)}.`, ...each.map((text) => `${text}.`)].join(' ');
}

// ---- rows ----------------------------------------------------------------------------------------

export interface TableTrend {
  readonly table: string;
  readonly gold: readonly DateMark[];
  readonly rejected: readonly DateMark[];
}

/** Rows of gold and rejected rows of every table of the trend, by name. */
export function tableTrends(trend: readonly TrendPoint[]): readonly TableTrend[] {
  const names = [...new Set(trend.flatMap((point) => point.tables.map((one) => one.table)))].sort();
  return names.map((table) => {
    const marks = (of: (one: TrendPoint['tables'][number]) => number): DateMark[] =>
      trend.map((point) => {
        const found = point.tables.find((one) => one.table === table);
        return {
          date: point.date,
          day: dayNumber(point.date),
          value: found === undefined ? null : of(found),
        };
      });
    return { table, gold: marks((one) => one.gold), rejected: marks((one) => one.rejected) };
  });
}

export function rowsSummary({ table, gold, rejected }: TableTrend, trend: readonly TrendPoint[]): string {
  const range = (marks: readonly DateMark[]): string => {
    const values = marks.flatMap(({ value }) => (value === null ? [] : [value]));
    if (values.length === 0) return 'none';
    return `${formatCount(Math.min(...values))} to ${formatCount(Math.max(...values))}, ${formatCount(values.at(-1) ?? 0)} last`;
  };
  return `${table}, ${spanWords(trend)}: rows of gold ${range(gold)}; rejected rows ${range(rejected)}.`;
}

/** "15 dates from 2024-11-01 to 2024-11-15". */
export function spanWords(trend: readonly TrendPoint[]): string {
  const [first, last] = [trend[0], trend.at(-1)];
  if (first === undefined || last === undefined) return 'no dates';
  if (first === last) return isoDate(first.date);
  return `${plural(trend.length, 'date')} from ${isoDate(first.date)} to ${isoDate(last.date)}`;
}

// ---- rejects -------------------------------------------------------------------------------------

export interface RejectBar {
  readonly key: string;
  readonly name: string;
  readonly table: string;
  /** What it counts, of the brand with most rows. */
  readonly reason: Pick<RejectCount, 'stage' | 'kind' | 'what' | 'columns'>;
  readonly total: number;
  /** Rows by brand, in the order of `brands`. */
  readonly parts: readonly number[];
}

export interface RejectBars {
  readonly brands: readonly string[];
  /** Most rows first. */
  readonly bars: readonly RejectBar[];
  /** Reasons that found no room, and their rows. */
  readonly others: { readonly reasons: number; readonly rows: number };
}

/** Reasons with the most rows, each split by brand; brands with the most rows first. */
export function rejectBars(counts: readonly RejectCount[], most: number): RejectBars {
  const total = new Map<string, number>();
  for (const { brand, rows } of counts) total.set(brand, (total.get(brand) ?? 0) + rows);
  const brands = [...total].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([brand]) => brand);
  const bars = new Map<string, Omit<RejectBar, 'key' | 'total' | 'parts'> & { parts: number[] }>();
  for (const count of counts) {
    const name = reasonWords(count);
    const key = JSON.stringify([count.table, name]);
    const { stage, kind, what, columns, table } = count;
    const reason = { stage, kind, what, columns };
    const bar = bars.get(key) ?? { name, table, reason, parts: brands.map(() => 0) };
    const i = brands.indexOf(count.brand);
    bar.parts[i] = (bar.parts[i] ?? 0) + count.rows;
    bars.set(key, bar);
  }
  const all = [...bars]
    .map(([key, bar]): RejectBar => ({ key, ...bar, total: bar.parts.reduce((a, b) => a + b, 0) }))
    .sort((a, b) => b.total - a.total || (a.key < b.key ? -1 : 1));
  const rest = all.slice(most);
  return {
    brands,
    bars: all.slice(0, most),
    others: { reasons: rest.length, rows: rest.reduce((sum, bar) => sum + bar.total, 0) },
  };
}

/** The id of a rule as it is, a code in words with its columns. */
export function reasonWords({ kind, what, columns }: RejectCount): string {
  if (kind === 'rule') return what;
  return columns.length === 0 ? codeWords(what) : `${codeWords(what)}: ${columns.join(', ')}`;
}

export function rejectSummary({ bars, brands, others }: RejectBars): string {
  const rows = bars.reduce((sum, bar) => sum + bar.total, 0) + others.rows;
  const first = bars
    .slice(0, 3)
    .map((bar) => `${bar.table}: ${bar.name} ${formatCount(bar.total)}`)
    .join('; ');
  return `${plural(rows, 'rejection')} for ${plural(bars.length + others.reasons, 'reason')} in ${plural(brands.length, 'brand')}. Most: ${first}.`;
}
