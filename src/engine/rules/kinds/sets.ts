// Rule kinds that judge a row by the other rows: keys, references, sequences, outliers, free queries.
import { quoteIdentifier, typeFamily } from '../../base';
import { type Config, type Rule, findTable } from '../../model';
import type { QueryScope, ReferenceTarget, RuleKind } from '../ruleKind';
import {
  column,
  columnType,
  firstColumn,
  flag,
  numberLiteral,
  optionalNumber,
  optionalText,
  requiredText,
  textList,
} from '../types';

const unique: RuleKind = {
  name: 'unique',
  summary: 'No two rows have the same value, or the same combination of values.',
  details:
    'All rows of a value that occurs more than once fail, the first one too: which of them is right is not known. Rows with NULL in one of the columns pass, as in SQL. Over all brands of the date; add `_brand` to the columns for uniqueness within a brand.',
  example: { rule: 'unique', columns: ['playback_id', '_brand'] },
  columns: { min: 1, max: Infinity },
  types: ['text', 'number', 'boolean', 'date', 'time', 'binary', 'uuid', 'other'],
  parameters: {},
  meaning: {
    level: 'table',
    failing: (rule, { rows }) => {
      const keys = rule.columns.map(quoteIdentifier);
      const named = keys.map((key, i) => `${key} AS k${i}`).join(', ');
      const present = keys.map((key) => `${key} IS NOT NULL`).join(' AND ');
      return [
        'SELECT r._row',
        `FROM (SELECT _row, ${named} FROM ${rows} WHERE ${present}) r`,
        'SEMI JOIN (',
        `  SELECT ${keys.map((key, i) => `${key} AS k${i}`).join(', ')} FROM ${rows} WHERE ${present}`,
        `  GROUP BY ALL HAVING count(*) > 1`,
        `) d ON ${keys.map((_, i) => `r.k${i} = d.k${i}`).join(' AND ')}`,
      ].join('\n');
    },
  },
};

const references: RuleKind = {
  name: 'references',
  summary: 'The value exists in a column of another table.',
  details:
    'Looked up in gold of the same date; `"at": "latest"` takes the newest date of the other table up to this one. NULL passes. Without gold of the same date the rule cannot be evaluated (status error); without any for `latest` it is skipped.',
  example: { rule: 'references', column: 'user_id', to: 'User.user_id' },
  columns: { min: 1, max: 1 },
  types: ['text', 'number', 'boolean', 'date', 'time', 'binary', 'uuid', 'other'],
  parameters: {
    to: {
      description: 'Table and column that contain the value: "Table.column".',
      type: 'string',
      pattern: '^.+\\..+$',
    },
    at: {
      description: 'Which date of the other table: the same one (default) or the latest one there is.',
      enum: ['same', 'latest'],
      default: 'same',
    },
  },
  required: ['to'],
  meaning: { level: 'reference', target: referenceTarget },
};

/** Resolves "Table.column" where either name may hold dots; undefined where there is no such pair. */
function referenceTarget(rule: Rule, config: Config): ReferenceTarget | undefined {
  const target = tableColumn(requiredText(rule, 'to'), config);
  return target && { ...target, at: rule.parameters['at'] === 'latest' ? 'latest' : 'same' };
}

/** The table and column that "Table.column" names. */
export function tableColumn(
  text: string,
  config: Config,
): { readonly table: string; readonly column: string } | undefined {
  for (let dot = text.indexOf('.'); dot >= 0; dot = text.indexOf('.', dot + 1)) {
    const [table, name] = [text.slice(0, dot), text.slice(dot + 1)];
    const known = findTable(config, table);
    if (known?.columns.some((c) => c.name === name) === true) return { table, column: name };
  }
  return undefined;
}

/** PARTITION BY and ORDER BY of a sequence of rows; without `order`: the records of each file in their order. */
function sequence(rule: Rule, fallback: { order: string; by: readonly string[] }): string {
  const order = optionalText(rule, 'order');
  const by = [...textList(rule, 'by').map(quoteIdentifier), ...(order === undefined ? fallback.by : [])];
  const partition = by.length === 0 ? '' : `PARTITION BY ${by.join(', ')} `;
  return `(${partition}ORDER BY ${order === undefined ? fallback.order : `${quoteIdentifier(order)}, _row`})`;
}

const sequenceParameters = {
  order: {
    description: 'The column that gives the order of the rows.',
    type: 'string',
    minLength: 1,
  },
  by: {
    description: 'Columns that split the rows into separate sequences.',
    anyOf: [
      { type: 'string', minLength: 1 },
      { type: 'array', items: { type: 'string', minLength: 1 }, minItems: 1, uniqueItems: true },
    ],
  },
} as const;

const monotonic: RuleKind = {
  name: 'monotonic',
  summary: 'From row to row the value never goes back.',
  details:
    'Rows follow each other by `order`; without it, in the order of their file, each file by itself. `by` splits them into separate sequences. The row whose value goes back fails. `direction` "desc" requires falling values, `strict` forbids equal ones. Rows with NULL are skipped.',
  example: { rule: 'monotonic', column: 'event_no', order: 'event_at', by: ['device_id'] },
  columns: { min: 1, max: 1 },
  types: ['text', 'number', 'date', 'time'],
  parameters: {
    ...sequenceParameters,
    direction: { description: 'Rising (default) or falling.', enum: ['asc', 'desc'], default: 'asc' },
    strict: { description: 'Equal neighbours fail too.', type: 'boolean', default: false },
  },
  columnParameters: ['order', 'by'],
  meaning: {
    level: 'table',
    failing: (rule, { rows }) => {
      const back = rule.parameters['direction'] === 'desc' ? '>' : '<';
      const value = column(rule);
      return [
        'SELECT _row',
        `FROM (SELECT * FROM ${rows} WHERE ${value} IS NOT NULL)`,
        `QUALIFY ${value} ${back}${flag(rule, 'strict') ? '=' : ''} lag(${value}) OVER ${sequence(rule, {
          order: '_row',
          by: ['_brand', '_source_file'],
        })}`,
      ].join('\n');
    },
  },
};

const INTERVAL = /^\s*(\d+(?:\.\d+)?)\s*(second|minute|hour|day|week|month|year)s?\s*$/i;

const noGaps: RuleKind = {
  name: 'no_gaps',
  summary: 'Sorted, each value follows the one before it without a gap.',
  details:
    'Rows follow each other by `order`; without it, by the column itself. A value more than `step` (default 1, for dates "1 day") above the one before it is a gap; equal values are not. The row after a gap is shown; it is never rejected, because the missing rows are what is wrong: with `on_fail` "reject" a gap fails the table as with "fail".',
  example: { rule: 'no_gaps', column: 'started_at', step: '15 minutes', by: ['channel_id'] },
  columns: { min: 1, max: 1 },
  types: ['number', 'date'],
  parameters: {
    ...sequenceParameters,
    step: {
      description:
        'The greatest allowed distance: a number, or for dates a span such as "1 day", "15 minutes".',
      anyOf: [
        { type: 'number', exclusiveMinimum: 0 },
        {
          type: 'string',
          pattern: INTERVAL.source.replaceAll('second|minute|hour|day|week|month|year', '[A-Za-z]+'),
        },
      ],
    },
  },
  columnParameters: ['order', 'by'],
  meaning: {
    level: 'table',
    witnesses: true,
    failing: (rule, scope) => {
      const value = column(rule);
      return [
        'SELECT _row',
        `FROM (SELECT * FROM ${scope.rows} WHERE ${value} IS NOT NULL)`,
        `QUALIFY ${value} > lag(${value}) OVER ${sequence(rule, { order: `${value}, _row`, by: [] })} + ${stepSql(rule, scope)}`,
      ].join('\n');
    },
  },
  check: (rule, table) => {
    const step = rule.parameters['step'];
    const family = typeFamily(columnType(table, firstColumn(rule)));
    if (step === undefined) return [];
    const fits =
      family === 'number' ? typeof step === 'number' : typeof step === 'string' && INTERVAL.test(step);
    if (fits) return [];
    return [
      {
        message: `"step" ${JSON.stringify(step)} does not fit a column of type ${columnType(table, firstColumn(rule))}.`,
        remedy: family === 'number' ? 'Write a number.' : 'Write a span such as "1 day" or "15 minutes".',
        key: 'step',
        trouble: { kind: 'type-mismatch' },
      },
    ];
  },
};

function stepSql(rule: Rule, { table }: QueryScope): string {
  const step = rule.parameters['step'];
  if (typeFamily(columnType(table, firstColumn(rule))) === 'number') return numberLiteral(Number(step ?? 1));
  const parts = INTERVAL.exec(typeof step === 'string' ? step : '1 day');
  return `INTERVAL '${parts?.[1] ?? '1'} ${parts?.[2] ?? 'day'}'`;
}

const outlier: RuleKind = {
  name: 'outlier',
  summary: 'The value is not far away from the others of the table.',
  details:
    '`z`: at most that many standard deviations from the mean. `iqr`: at most that many times the interquartile range below the first or above the third quartile (1.5 is usual, 3 is for extremes). Without either: `"iqr": 1.5`. Computed over the rows of the rule (its `where`) without NULL. Where all values are equal nothing is an outlier.',
  example: { rule: 'outlier', column: 'duration_s', iqr: 3, severity: 'warning' },
  columns: { min: 1, max: 1 },
  types: ['number'],
  parameters: {
    z: {
      description: 'Allowed distance from the mean in standard deviations.',
      type: 'number',
      exclusiveMinimum: 0,
    },
    iqr: {
      description: 'Allowed distance from the quartiles in interquartile ranges.',
      type: 'number',
      exclusiveMinimum: 0,
    },
  },
  meaning: {
    level: 'measured',
    measure: (rule, { rows }) => {
      const value = `CAST(${column(rule)} AS DOUBLE)`;
      const measures =
        optionalNumber(rule, 'z') === undefined
          ? `quantile_cont(v, 0.25) AS low, quantile_cont(v, 0.75) AS high`
          : `avg(v) AS low, stddev_samp(v) AS high`;
      return `SELECT ${measures} FROM (SELECT ${value} AS v FROM ${rows}) WHERE isfinite(v)`;
    },
    breaks: (rule, { low, high }) => {
      if (typeof low !== 'number' || typeof high !== 'number') return undefined;
      const z = optionalNumber(rule, 'z');
      const spread = z === undefined ? high - low : high;
      if (spread === 0) return undefined;
      const reach = (z ?? optionalNumber(rule, 'iqr') ?? 1.5) * spread;
      const [least, most] = z === undefined ? [low - reach, high + reach] : [low - reach, low + reach];
      const value = column(rule);
      // Parallel sums of DOUBLE differ in their last digits from run to run: bounds keep twelve.
      return `${value} < ${bound(least)} OR ${value} > ${bound(most)}`;
    },
  },
  check: (rule) =>
    rule.parameters['z'] !== undefined && rule.parameters['iqr'] !== undefined
      ? [
          {
            message: '"z" and "iqr" exclude each other.',
            remedy: 'Keep one of the two.',
            key: 'iqr',
            trouble: { kind: 'conflicting-keys', keys: ['z', 'iqr'] },
          },
        ]
      : [],
};

const bound = (value: number): string => `CAST(${String(Number(value.toPrecision(12)))} AS DOUBLE)`;

const sql: RuleKind = {
  name: 'sql',
  summary: 'The query finds no bad rows.',
  details:
    'One SELECT that returns what is wrong. `rows` is this table on this date (after `where`), other tables of the config go by their names (same date). Where the result has a column `_row` (as `SELECT * FROM rows …` has), these rows fail and can be rejected. Otherwise each row of the result counts as one failing row, nothing can be rejected, and with `on_fail` "reject" any of them fails the table as with "fail". Files, settings, the clock and chance are out of reach.',
  example: {
    rule: 'sql',
    id: 'one_open_session',
    query: 'SELECT * FROM rows WHERE ended_at IS NULL QUALIFY count(*) OVER (PARTITION BY device_id) > 1',
  },
  columns: { min: 0, max: Infinity },
  parameters: {
    query: {
      description: 'A SELECT over `rows` and other tables that returns the bad rows.',
      type: 'string',
      minLength: 1,
    },
  },
  required: ['query'],
  meaning: { level: 'query', sql: (rule) => requiredText(rule, 'query') },
};

export const setKinds: readonly RuleKind[] = [unique, references, monotonic, noGaps, outlier, sql];
