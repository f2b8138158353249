// Rule kinds about the shape of the table and about its agreement with other layers and tables.
import { quoteIdentifier, typeFamily } from '../../base';
import { type Config, LAYERS, type Layer, PipelineError, type Rule, findTable } from '../../model';
import type { MetricScope, Observation, RuleKind, RuleProblem } from '../ruleKind';
import { column, columnType, firstColumn, flag, malformed, optionalText, requiredText } from '../types';
import { steady } from './metrics';
import { tableColumn } from './sets';

/** Plain type names: DECIMAL(10,2), VARCHAR[], TIMESTAMP WITH TIME ZONE. */
const TYPE_NAME = '^[A-Za-z][A-Za-z0-9_]*( [A-Za-z]+)*(\\(\\d+(, ?\\d+)?\\))?(\\[\\])*$';

const schema: RuleKind = {
  name: 'schema',
  summary: 'The table has the expected columns, with the expected types, in the expected order.',
  details:
    'Looks at gold as it is, without its lineage columns. `columns` must be there (default: all columns of the table in `table_schemas.json`); with `order` in this order; with `exact` no others may be there, which catches columns that a file brought in by `"extra_columns": "keep"`. `types` gives the types of some or all columns.',
  example: {
    rule: 'schema',
    columns: ['playback_id', 'started_at'],
    types: { started_at: 'TIMESTAMP' },
    order: true,
  },
  columns: { min: 0, max: Infinity },
  parameters: {
    types: {
      description: 'Column → its type in DuckDB.',
      type: 'object',
      additionalProperties: { type: 'string', pattern: TYPE_NAME },
    },
    order: { description: 'The columns are in the given order.', type: 'boolean', default: false },
    exact: { description: 'The table has no other columns.', type: 'boolean', default: false },
  },
  filters: false,
  meaning: { level: 'metric', observe: observeSchema },
};

async function observeSchema(rule: Rule, scope: MetricScope): Promise<Observation> {
  const found = await scope.columns();
  const wanted = rule.columns.length > 0 ? rule.columns : scope.table.columns.map((c) => c.name);
  const names = found.map((c) => c.name);
  const missing = wanted.filter((name) => !names.includes(name));
  const extra = flag(rule, 'exact') ? names.filter((name) => !wanted.includes(name)) : [];
  const present = wanted.filter((name) => names.includes(name));
  const order = names.filter((name) => present.includes(name));
  const moved = flag(rule, 'order') ? present.filter((name, i) => order[i] !== name) : [];
  const types: string[] = [];
  for (const [name, type] of Object.entries(typesOf(rule))) {
    const actual = found.find((c) => c.name === name)?.type;
    // DuckDB itself says what an alias such as INT or TEXT stands for.
    const { named } = await scope.one(`SELECT typeof(CAST(NULL AS ${type})) AS named`);
    if (actual === undefined) types.push(`${name} is missing`);
    else if (actual !== named) types.push(`${name} is ${actual}, not ${type}`);
  }
  const faults = [
    ...missing.map((name) => `${name} is missing`),
    ...extra.map((name) => `${name} is not expected`),
    ...(moved.length === 0 ? [] : [`the order is ${order.join(', ')}`]),
    ...types.filter((text) => !missing.some((name) => text === `${name} is missing`)),
  ];
  return {
    status: faults.length === 0 ? 'passed' : 'failed',
    observed: faults.length === 0 ? `${found.length} columns` : faults.join('; '),
    limit: `${wanted.length} columns`,
  };
}

function typesOf(rule: Rule): Readonly<Record<string, string>> {
  const given = rule.parameters['types'] ?? {};
  if (typeof given !== 'object') throw malformed(rule, 'types');
  const entries = Object.entries(given as Record<string, unknown>);
  const pattern = new RegExp(TYPE_NAME);
  return Object.fromEntries(
    entries.map(([name, type]) => {
      // The text enters SQL as a type name: nothing but a type name may.
      if (typeof type !== 'string' || !pattern.test(type)) throw malformed(rule, 'types');
      return [name, type];
    }),
  );
}

// ---- reconcile -----------------------------------------------------------------------------------

const reconcile: RuleKind = {
  name: 'reconcile',
  summary: 'Two layers or two tables agree in their row counts or sums.',
  details:
    'Without `column`: the row count of `from` (a layer, default gold: this table after `where`) against the row count of `to`, which is a layer (landing, raw, silver, gold) or a table of the same date. With `column`: its sum against the sum of `to`: "Table.column". They may differ by `tolerance`: a number, or a percentage of `to` such as "0.5%"; default 0. Layers have row counts only.',
  example: { rule: 'reconcile', from: 'landing', to: 'gold', tolerance: '1%' },
  columns: { min: 0, max: 1 },
  types: ['number'],
  parameters: {
    from: { description: 'The layer on the left. Default: gold.', enum: [...LAYERS], default: 'gold' },
    to: { description: 'A layer, a table, or with `column` "Table.column".', type: 'string', minLength: 1 },
    tolerance: {
      description: 'Allowed difference: a number, or a percentage such as "0.5%".',
      anyOf: [
        { type: 'number', minimum: 0 },
        { type: 'string', pattern: '^\\d+(\\.\\d+)?\\s*%$' },
      ],
      default: 0,
    },
  },
  required: ['to'],
  meaning: { level: 'metric', observe: observeReconcile },
  check: checkReconcile,
};

const isLayer = (text: string): text is Layer => (LAYERS as readonly string[]).includes(text);

function checkReconcile(rule: Rule, _table: unknown, config: Config): readonly RuleProblem[] {
  const to = requiredText(rule, 'to');
  const from = optionalText(rule, 'from') ?? 'gold';
  if (rule.columns.length > 0) {
    const target = tableColumn(to, config);
    if (target === undefined)
      return [
        {
          message: `"to" is "${to}", not a table and column of the config.`,
          remedy: 'Write "Table.column".',
          key: 'to',
          trouble: {
            kind: 'unknown-reference',
            name: to,
            known: config.tables.flatMap((t) => t.columns.map((c) => `${t.name}.${c.name}`)),
          },
        },
      ];
    const table = findTable(config, target.table);
    const type = table === undefined ? 'DOUBLE' : columnType(table, target.column);
    if (typeFamily(type) !== 'number')
      return [
        {
          message: `${to} (${type}) has no sum.`,
          remedy: 'Name a column of numbers.',
          key: 'to',
          trouble: { kind: 'type-mismatch' },
        },
      ];
    if (from !== 'gold')
      return [
        {
          message: 'Layers before gold have row counts only.',
          remedy: 'Remove "from".',
          key: 'from',
          trouble: { kind: 'needless-key' },
        },
      ];
    return [];
  }
  if (!isLayer(to) && !config.tables.some((t) => t.name === to))
    return [
      {
        message: `"to" is "${to}", neither a layer nor a table of the config.`,
        remedy: `Name one of ${[...LAYERS, ...config.tables.map((t) => t.name)].join(', ')}.`,
        key: 'to',
        trouble: {
          kind: 'unknown-reference',
          name: to,
          known: [...LAYERS, ...config.tables.map((t) => t.name)],
        },
      },
    ];
  if (from !== 'gold' && rule.filter !== undefined)
    return [
      {
        message: '"where" has no meaning for a layer before gold.',
        remedy: 'Remove "where" or "from".',
        key: 'where',
        trouble: { kind: 'needless-key' },
      },
    ];
  return [];
}

async function observeReconcile(rule: Rule, scope: MetricScope): Promise<Observation> {
  const to = requiredText(rule, 'to');
  const from = optionalText(rule, 'from') ?? 'gold';
  const sum = (name: string, source: string): Promise<number> =>
    scope
      .one(`SELECT CAST(coalesce(sum(${name}), 0) AS DOUBLE) AS n FROM ${source}`)
      .then(({ n }) => steady(Number(n)));
  const rows = (source: string): Promise<number> =>
    scope.one(`SELECT count(*) AS n FROM ${source}`).then(({ n }) => Number(n));
  const other = async (table: string): Promise<string | undefined> => scope.others(table, 'same');

  let left: number;
  let right: number;
  if (rule.columns.length > 0) {
    const target = tableColumn(to, scope.config);
    const source = target && (await other(target.table));
    if (target === undefined || source === undefined) return missing(to);
    left = await sum(column(rule), scope.rows);
    right = await sum(quoteIdentifier(target.column), source);
  } else {
    left = isLayer(from) && from !== 'gold' ? scope.layers[from] : await rows(scope.rows);
    if (isLayer(to)) right = scope.layers[to];
    else {
      const source = await other(to);
      if (source === undefined) return missing(to);
      right = await rows(source);
    }
  }
  const tolerance = rule.parameters['tolerance'] ?? 0;
  const percent = typeof tolerance === 'string' ? Number.parseFloat(tolerance) : undefined;
  const allowed = percent === undefined ? Number(tolerance) : (percent / 100) * Math.abs(right);
  const difference = steady(left - right);
  const what = rule.columns.length > 0 ? `The sum of ${firstColumn(rule)}` : `The row count of ${from}`;
  return {
    status: Math.abs(difference) > allowed ? 'failed' : 'passed',
    observed: difference,
    limit:
      typeof tolerance === 'string'
        ? `difference of at most ${tolerance}`
        : `difference of at most ${allowed}`,
    message: `${what} is ${left}, that of ${to} is ${right}.`,
  };
}

function missing(to: string): never {
  throw new PipelineError(
    'NOT_FOUND',
    `There is no gold of ${to} for this date.`,
    'Run that table for this date first.',
  );
}

export const structureKinds: readonly RuleKind[] = [schema, reconcile];
