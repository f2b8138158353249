// Rule kinds about one value of a row: presence, lists, ranges, lengths.
import { quoteIdentifier, typeFamily } from '../../base';
import type { Rule, Table } from '../../model';
import type { RuleKind, RuleProblem } from '../ruleKind';
import {
  column,
  columnType,
  firstColumn,
  literal,
  numberLiteral,
  optionalNumber,
  optionalScalar,
  scalarList,
} from '../types';

const scalarValues = {
  description: 'The values; each is read as the type of the column.',
  type: 'array',
  items: { type: ['string', 'number', 'boolean'] },
  minItems: 1,
  uniqueItems: true,
} as const;

function valuesSql(rule: Rule, table: Table): string {
  const type = columnType(table, firstColumn(rule));
  return scalarList(rule, 'values')
    .map((value) => literal(value, type))
    .join(', ');
}

/** Values that can be told from the column's type not to be one of it. */
function misfits(
  values: readonly (string | number | boolean)[],
  type: string,
  key: string,
): readonly RuleProblem[] {
  const patterns: Partial<Record<string, RegExp>> = {
    number: /^\s*[-+]?(\d+(?:\.\d*)?|\.\d+)(e[-+]?\d+)?\s*$|^[-+]?(inf(inity)?|nan)$/i,
    date: /^\s*[-+]?\d{4,6}-\d{1,2}-\d{1,2}([ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(\s*(Z|UTC|[-+]\d{2}(:?\d{2})?))?)?\s*$/i,
    time: /^\s*\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*$/,
    boolean: /^(true|false|t|f|1|0)$/i,
  };
  const pattern = patterns[typeFamily(type)];
  if (pattern === undefined) return [];
  return values
    .filter((value) => !pattern.test(String(value)))
    .map((value) => ({
      message: `${JSON.stringify(value)} is no ${type}.`,
      remedy: `Write a value of the column's type, e.g. ${sampleOf(typeFamily(type))}.`,
      key,
      entry: String(value),
      trouble: { kind: 'type-mismatch' },
    }));
}

function sampleOf(family: string): string {
  if (family === 'date') return '"2024-01-31" or "2024-01-31 23:59:00"';
  if (family === 'time') return '"23:59:00"';
  return family === 'boolean' ? 'true' : '12.5';
}

const notNull: RuleKind = {
  name: 'not_null',
  summary: 'The column has a value in every row.',
  details: 'The only kind that a NULL breaks. With several columns, each of them must have a value.',
  example: { rule: 'not_null', column: 'user_id' },
  columns: { min: 1, max: Infinity },
  parameters: {},
  meaning: {
    level: 'row',
    breaks: (rule) => rule.columns.map((name) => `${quoteIdentifier(name)} IS NULL`).join(' OR '),
  },
};

const enumeration: RuleKind = {
  name: 'enum',
  summary: 'The value is one of the listed ones.',
  details:
    'Text compares exactly, case included. On a column of numbers, dates or booleans the values are read as its type, so `1` and `"1"` mean the same.',
  example: { rule: 'enum', column: 'device_type', values: ['STB', 'MOBILE', 'TV', 'WEB'] },
  columns: { min: 1, max: 1 },
  types: ['text', 'number', 'boolean', 'date', 'time'],
  parameters: { values: scalarValues },
  required: ['values'],
  meaning: {
    level: 'row',
    breaks: (rule, table) => `${column(rule)} NOT IN (${valuesSql(rule, table)})`,
  },
  check: (rule, table) => misfits(scalarList(rule, 'values'), columnType(table, firstColumn(rule)), 'values'),
};

const notEnumeration: RuleKind = {
  name: 'not_enum',
  summary: 'The value is not one of the listed ones.',
  details: 'Compares as `enum` does.',
  example: { rule: 'not_enum', column: 'user_id', values: ['0', 'UNKNOWN', 'TEST'] },
  columns: { min: 1, max: 1 },
  types: ['text', 'number', 'boolean', 'date', 'time'],
  parameters: { values: scalarValues },
  required: ['values'],
  meaning: {
    level: 'row',
    breaks: (rule, table) => `${column(rule)} IN (${valuesSql(rule, table)})`,
  },
  check: (rule, table) => misfits(scalarList(rule, 'values'), columnType(table, firstColumn(rule)), 'values'),
};

const range: RuleKind = {
  name: 'range',
  summary: 'The value is between min and max.',
  details:
    'Bounds belong to the range; `exclusive` takes both, or only `"min"` or `"max"`, out of it. Bounds of dates and timestamps are ISO text, in UTC. NaN counts as greater than every number.',
  example: { rule: 'range', column: 'duration_s', min: 0, max: 86400 },
  columns: { min: 1, max: 1 },
  types: ['number', 'date', 'time'],
  parameters: {
    min: { description: 'The smallest allowed value.', type: ['number', 'string'] },
    max: { description: 'The largest allowed value.', type: ['number', 'string'] },
    exclusive: {
      description: 'Which bounds do not belong to the range: true for both, "min" or "max".',
      enum: [true, false, 'min', 'max'],
    },
  },
  oneOf: ['min', 'max'],
  meaning: {
    level: 'row',
    breaks: (rule, table) => {
      const type = columnType(table, firstColumn(rule));
      const min = optionalScalar(rule, 'min');
      const max = optionalScalar(rule, 'max');
      const exclusive = rule.parameters['exclusive'];
      const below = exclusive === true || exclusive === 'min' ? '<=' : '<';
      const above = exclusive === true || exclusive === 'max' ? '>=' : '>';
      return [
        ...(min === undefined ? [] : [`${column(rule)} ${below} ${literal(min, type)}`]),
        ...(max === undefined ? [] : [`${column(rule)} ${above} ${literal(max, type)}`]),
      ].join(' OR ');
    },
  },
  check: (rule, table) => {
    const type = columnType(table, firstColumn(rule));
    const min = optionalScalar(rule, 'min');
    const max = optionalScalar(rule, 'max');
    const wrong = [
      ...(min === undefined ? [] : misfits([min], type, 'min')),
      ...(max === undefined ? [] : misfits([max], type, 'max')),
    ];
    if (wrong.length > 0 || min === undefined || max === undefined) return wrong;
    const order = typeFamily(type) === 'number' ? Number(min) > Number(max) : String(min) > String(max);
    return order ? [minAboveMax(min, max)] : [];
  },
};

const length: RuleKind = {
  name: 'length',
  summary: 'The text has between min and max characters.',
  details: 'Counts Unicode code points, not bytes. An empty text has length 0.',
  example: { rule: 'length', column: 'smartcard_id', min: 10, max: 12 },
  columns: { min: 1, max: 1 },
  types: ['text'],
  parameters: {
    min: { description: 'The fewest characters.', type: 'integer', minimum: 0 },
    max: { description: 'The most characters.', type: 'integer', minimum: 0 },
  },
  oneOf: ['min', 'max'],
  meaning: {
    level: 'row',
    breaks: (rule) => {
      const min = optionalNumber(rule, 'min');
      const max = optionalNumber(rule, 'max');
      return [
        ...(min === undefined ? [] : [`length(${column(rule)}) < ${numberLiteral(min)}`]),
        ...(max === undefined ? [] : [`length(${column(rule)}) > ${numberLiteral(max)}`]),
      ].join(' OR ');
    },
    examines: true,
  },
  check: (rule) => checkBounds(rule),
};

/** min above max of a rule whose bounds are numbers. */
export function checkBounds(rule: Rule): readonly RuleProblem[] {
  const min = optionalNumber(rule, 'min');
  const max = optionalNumber(rule, 'max');
  return min !== undefined && max !== undefined && min > max ? [minAboveMax(min, max)] : [];
}

export function minAboveMax(min: number | string, max: number | string): RuleProblem {
  return {
    message: `"min" (${min}) is greater than "max" (${max}): nothing can pass.`,
    remedy: 'Exchange or correct the bounds.',
    key: 'min',
    trouble: { kind: 'min-above-max' },
  };
}

export const valueKinds: readonly RuleKind[] = [notNull, enumeration, notEnumeration, range, length];
