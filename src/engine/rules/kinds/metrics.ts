// Rule kinds about one number of the whole table: counts, statistics, age, and change over the dates.
import { type Row, typeFamily } from '../../base';
import { type DateKey, type Rule, type Table, dayNumber } from '../../model';
import type { MetricScope, Observation, RuleKind, RuleProblem } from '../ruleKind';
import {
  column,
  columnType,
  firstColumn,
  literal,
  malformed,
  numberLiteral,
  optionalNumber,
  optionalScalar,
  optionalText,
  requiredText,
} from '../types';
import { checkBounds, minAboveMax } from './values';

/** Twelve digits: parallel sums of DOUBLE differ in the last ones from run to run, reports may not. */
export const steady = (value: number): number => Number(value.toPrecision(12));

/** 1234.5 → "1,234.5"; text as it is. */
const figure = (bound: number | string): string =>
  typeof bound === 'number' ? bound.toLocaleString('en-US', { maximumFractionDigits: 20 }) : bound;

/** "at least 5", "at most 9,000", "5 to 9". */
function boundsInWords(min: number | string | undefined, max: number | string | undefined): string {
  if (max === undefined) return `at least ${figure(min ?? '')}`;
  return min === undefined ? `at most ${figure(max)}` : `${figure(min)} to ${figure(max)}`;
}

const bounds = (what: string) => ({
  min: { description: `The smallest allowed ${what}.`, type: ['number', 'string'] },
  max: { description: `The largest allowed ${what}.`, type: ['number', 'string'] },
});

const rowCount: RuleKind = {
  name: 'row_count',
  summary: 'The table has between min and max rows.',
  details: 'Counts the rows of the date over all brands, after `where`.',
  example: { rule: 'row_count', min: 1000 },
  columns: { min: 0, max: 0 },
  parameters: {
    min: { description: 'The fewest rows.', type: 'integer', minimum: 0 },
    max: { description: 'The most rows.', type: 'integer', minimum: 0 },
  },
  oneOf: ['min', 'max'],
  meaning: {
    level: 'metric',
    observe: async (rule, scope) => {
      const min = optionalNumber(rule, 'min');
      const max = optionalNumber(rule, 'max');
      const { n } = await scope.one(`SELECT count(*) AS n FROM ${scope.rows}`);
      const count = Number(n);
      return {
        status: count < (min ?? 0) || count > (max ?? Infinity) ? 'failed' : 'passed',
        observed: count,
        limit: `${boundsInWords(min, max)} ${(max ?? min) === 1 ? 'row' : 'rows'}`,
      };
    },
  },
  check: checkBounds,
};

/** SQL of each statistic over a column `v`. */
const STATISTICS: Readonly<Record<string, (rule: Rule) => string>> = {
  mean: () => 'avg(v)',
  median: () => 'median(v)',
  stddev: () => 'stddev_samp(v)',
  sum: () => 'sum(v)',
  min: () => 'min(v)',
  max: () => 'max(v)',
  distinct_count: () => 'count(DISTINCT v)',
  null_pct: () => '100.0 * (count(*) - count(v)) / nullif(count(*), 0)',
  quantile: (rule) => `quantile_cont(v, ${numberLiteral(optionalNumber(rule, 'q') ?? 0.5)})`,
};
const ANY_TYPE: ReadonlySet<string> = new Set(['distinct_count', 'null_pct']);

function statistic(rule: Rule, key: string): string {
  const name = requiredText(rule, key);
  const made = Object.hasOwn(STATISTICS, name) ? STATISTICS[name] : undefined;
  if (made === undefined) throw malformed(rule, key);
  return made(rule);
}

function checkStatistic(rule: Rule, table: Table, key: string, dates: boolean): readonly RuleProblem[] {
  const name = requiredText(rule, key);
  const type = columnType(table, firstColumn(rule));
  const family = typeFamily(type);
  const fits =
    ANY_TYPE.has(name) ||
    family === 'number' ||
    (dates && family === 'date' && (name === 'min' || name === 'max'));
  return fits
    ? []
    : [
        {
          message: `The ${name} of a column of type ${type} cannot be judged.`,
          remedy: 'Name a column of numbers, or use distinct_count or null_pct.',
          key: 'column',
          trouble: { kind: 'type-mismatch' },
        },
      ];
}

const quantileParameter = {
  description: 'For quantile: which one, 0 to 1; 0.5 is the median.',
  type: 'number',
  minimum: 0,
  maximum: 1,
} as const;

const stat: RuleKind = {
  name: 'stat',
  summary: 'A statistic of the column is between min and max.',
  details:
    '`fn` is one of mean, median, stddev (of a sample), sum, min, max, distinct_count, null_pct (0 to 100), quantile (with `q`). NULL counts only in null_pct. min and max also take dates, with ISO text as bounds. Without any value to measure the rule is skipped.',
  example: { rule: 'stat', column: 'duration_s', fn: 'mean', min: 300, max: 7200 },
  columns: { min: 1, max: 1 },
  parameters: {
    fn: { description: 'The statistic.', enum: Object.keys(STATISTICS) },
    q: quantileParameter,
    ...bounds('value of the statistic'),
  },
  required: ['fn'],
  oneOf: ['min', 'max'],
  meaning: {
    level: 'metric',
    observe: async (rule, scope) => {
      const [min, max] = [optionalScalar(rule, 'min'), optionalScalar(rule, 'max')];
      const type = columnType(scope.table, firstColumn(rule));
      const dated = typeFamily(type) === 'date' && !ANY_TYPE.has(requiredText(rule, 'fn'));
      const limit = (value: number | string): string => literal(value, dated ? type : 'DOUBLE');
      const row = await scope.one(
        [
          `SELECT CAST(s AS ${dated ? 'VARCHAR' : 'DOUBLE'}) AS observed,`,
          `  ${min === undefined ? 'false' : `s < ${limit(min)}`} AS below,`,
          `  ${max === undefined ? 'false' : `s > ${limit(max)}`} AS above`,
          `FROM (SELECT ${statistic(rule, 'fn')} AS s FROM (SELECT ${column(rule)} AS v FROM ${scope.rows}))`,
        ].join('\n'),
      );
      const observed = scalar(row, 'observed');
      if (observed === null) return nothing();
      return {
        status: row['below'] === true || row['above'] === true ? 'failed' : 'passed',
        observed,
        limit: boundsInWords(min, max),
      };
    },
  },
  check: (rule, table) => {
    const wrong = checkStatistic(rule, table, 'fn', true);
    if (rule.parameters['fn'] === 'quantile' && rule.parameters['q'] === undefined)
      return [
        ...wrong,
        {
          message: 'The quantile is missing.',
          remedy: 'Add "q", e.g. 0.95.',
          key: 'fn',
          trouble: { kind: 'missing-key', keys: ['q'] },
        },
      ];
    const [min, max] = [optionalScalar(rule, 'min'), optionalScalar(rule, 'max')];
    const numbers =
      typeFamily(columnType(table, firstColumn(rule))) !== 'date' || ANY_TYPE.has(requiredText(rule, 'fn'));
    const unread = (['min', 'max'] as const).filter((key) => {
      const value = rule.parameters[key];
      return (
        numbers && typeof value === 'string' && !Number.isFinite(Number(value.trim() === '' ? 'x' : value))
      );
    });
    if (unread.length > 0)
      return [
        ...wrong,
        ...unread.map((key) => ({
          message: `"${key}" is not a number.`,
          remedy: 'Write a number without quotes.',
          key,
          trouble: { kind: 'wrong-type' as const, wanted: ['number'] },
        })),
      ];
    if (min === undefined || max === undefined) return wrong;
    const reversed = numbers ? Number(min) > Number(max) : String(min) > String(max);
    return reversed ? [...wrong, minAboveMax(min, max)] : wrong;
  },
};

function nothing(): Observation {
  return { status: 'skipped', observed: null, message: 'There is no value to measure.' };
}

/** A number (steadied) or text cell; null else. */
function scalar(row: Row, key: string): number | string | null {
  const value = row[key];
  if (typeof value === 'number') return steady(value);
  return typeof value === 'string' ? value : null;
}

// ---- freshness -----------------------------------------------------------------------------------

const AGE = /^\s*(\d+(?:\.\d+)?)\s*(m|min|h|d|w)\s*$/;
const HOURS: Readonly<Record<string, number>> = { m: 1 / 60, min: 1 / 60, h: 1, d: 24, w: 168 };

/** "26h", "3d", "90m", "1w" in hours; undefined for anything else. */
function hoursOf(age: string): number | undefined {
  const parts = AGE.exec(age);
  const unit = HOURS[parts?.[2] ?? ''];
  return parts === null || unit === undefined ? undefined : Number(parts[1]) * unit;
}

/** Seconds since 1970 of the end of a date: the next day's 00:00 UTC. */
function endOfDate(date: DateKey): number {
  return (dayNumber(date) + 1) * 86_400;
}

const freshness: RuleKind = {
  name: 'freshness',
  summary: 'The newest value is not older than max_age.',
  details:
    'The age is measured from the newest value to the end of the date (the next day, 00:00 UTC), never to the clock, so that a date gives the same result whenever it is run. A table without any value fails. `observed` is the age in hours.',
  example: { rule: 'freshness', column: 'started_at', max_age: '26h' },
  columns: { min: 1, max: 1 },
  types: ['date'],
  parameters: {
    max_age: {
      description: 'A number and m (minutes), h (hours), d (days) or w (weeks): "26h", "3d".',
      type: 'string',
      pattern: AGE.source,
      examples: ['26h', '3d'],
    },
  },
  required: ['max_age'],
  meaning: {
    level: 'metric',
    observe: async (rule, scope) => {
      const text = requiredText(rule, 'max_age');
      const allowed = hoursOf(text);
      if (allowed === undefined) throw malformed(rule, 'max_age');
      const row = await scope.one(
        `SELECT epoch(max(${column(rule)})) AS newest, CAST(max(${column(rule)}) AS VARCHAR) AS words FROM ${scope.rows}`,
      );
      const newest = row['newest'];
      if (typeof newest !== 'number')
        return {
          status: 'failed',
          observed: null,
          limit: `at most ${text}`,
          message: 'The column has no value at all.',
        };
      const age = steady((endOfDate(scope.date) - newest) / 3600);
      return {
        status: age > allowed ? 'failed' : 'passed',
        observed: Number(age.toFixed(4)),
        limit: `at most ${text}`,
        message: `The newest value is ${scalar(row, 'words') ?? 'unknown'}.`,
      };
    },
  },
};

// ---- anomaly -------------------------------------------------------------------------------------

const METRICS = ['row_count', ...Object.keys(STATISTICS)];

const anomaly: RuleKind = {
  name: 'anomaly',
  summary: 'A figure of the table is in line with its history.',
  details:
    'Measures `metric` (row_count, or a statistic of `column` as in `stat`) and compares it with what this rule observed on the dates of the last `days_back` days (default 14). With `z` (default 3) it fails when it is more than that many standard deviations from their mean and changed by more than `min_change` percent (default 1); with `max_change`, when it differs from their mean by more than that percentage. Dates without rows do not count. With fewer than `min_history` (default 3) earlier dates it is skipped: nothing is known yet.',
  example: { rule: 'anomaly', metric: 'row_count', days_back: 14, z: 3, severity: 'warning' },
  columns: { min: 0, max: 1 },
  parameters: {
    metric: { description: 'What is measured.', enum: METRICS },
    q: quantileParameter,
    days_back: { description: 'How many days of history count.', type: 'integer', minimum: 1, default: 14 },
    z: {
      description: 'Allowed distance from the mean of history in standard deviations.',
      type: 'number',
      exclusiveMinimum: 0,
    },
    max_change: {
      description: 'Allowed difference from the mean of history: a percentage such as "30%".',
      type: 'string',
      pattern: '^\\d+(\\.\\d+)?\\s*%$',
    },
    min_change: {
      description: 'With z: smaller changes than this percentage of the mean never fail.',
      type: 'number',
      minimum: 0,
      default: 1,
    },
    min_history: {
      description: 'With fewer earlier dates the rule is skipped.',
      type: 'integer',
      minimum: 2,
      default: 3,
    },
  },
  required: ['metric'],
  meaning: { level: 'metric', observe: observeAnomaly },
  daysBack,
  check: (rule, table) => {
    const counts = requiredText(rule, 'metric') === 'row_count';
    if (!counts && rule.columns.length === 0)
      return [
        {
          message: `"${requiredText(rule, 'metric')}" needs a column.`,
          remedy: 'Add "column".',
          key: 'metric',
          trouble: { kind: 'missing-key', keys: ['column'] },
        },
      ];
    if (counts && rule.columns.length > 0)
      return [
        {
          message: 'row_count is about no column.',
          remedy: 'Remove "column".',
          key: 'column',
          trouble: { kind: 'needless-key' },
        },
      ];
    if (rule.parameters['z'] !== undefined && rule.parameters['max_change'] !== undefined)
      return [
        {
          message: '"z" and "max_change" exclude each other.',
          remedy: 'Keep one of the two.',
          key: 'max_change',
          trouble: { kind: 'conflicting-keys', keys: ['z', 'max_change'] },
        },
      ];
    return counts ? [] : checkStatistic(rule, table, 'metric', false);
  },
};

function daysBack(rule: Rule): number {
  return optionalNumber(rule, 'days_back') ?? 14;
}

async function observeAnomaly(rule: Rule, scope: MetricScope): Promise<Observation> {
  const measure =
    rule.parameters['metric'] === 'row_count'
      ? `SELECT count(*) AS observed FROM ${scope.rows}`
      : `SELECT CAST(${statistic(rule, 'metric')} AS DOUBLE) AS observed FROM (SELECT ${column(rule)} AS v FROM ${scope.rows})`;
  const observed = scalar(await scope.one(measure), 'observed');
  if (typeof observed !== 'number') return nothing();
  const past = (await scope.history(rule.id, daysBack(rule)))
    .filter((day) => day.date < scope.date && day.rows > 0)
    .map((day) => day.value);
  const needed = optionalNumber(rule, 'min_history') ?? 3;
  if (past.length < needed)
    return {
      status: 'skipped',
      observed,
      message: `Only ${past.length} earlier ${past.length === 1 ? 'date is' : 'dates are'} known, ${needed} are needed.`,
    };
  const mean = past.reduce((a, b) => a + b, 0) / past.length;
  const change = /^\d+(?:\.\d+)?/.exec(optionalText(rule, 'max_change') ?? '')?.[0];
  const deviation = Math.sqrt(past.reduce((a, b) => a + (b - mean) ** 2, 0) / (past.length - 1));
  const reach =
    change === undefined
      ? Math.max(
          (optionalNumber(rule, 'z') ?? 3) * deviation,
          ((optionalNumber(rule, 'min_change') ?? 1) / 100) * Math.abs(mean),
        )
      : (Number(change) / 100) * Math.abs(mean);
  return {
    status: Math.abs(observed - mean) > reach ? 'failed' : 'passed',
    observed,
    limit: boundsInWords(Number((mean - reach).toPrecision(6)), Number((mean + reach).toPrecision(6))),
    message: `Over ${past.length} earlier dates the mean is ${figure(Number(mean.toPrecision(6)))}.`,
  };
}

export const metricKinds: readonly RuleKind[] = [rowCount, stat, freshness, anomaly];
