// Rule kinds about several values of one row: comparisons and the owner's own expression.
import { quoteIdentifier, typeFamily } from '../../base';
import type { RuleKind } from '../ruleKind';
import { column, columnType, firstColumn, malformed, requiredText, ruleColumns } from '../types';

const OPERATORS: Readonly<Record<string, string>> = {
  '=': '=',
  '==': '=',
  '!=': '<>',
  '<>': '<>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};

const compare: RuleKind = {
  name: 'compare',
  summary: 'Two columns of the row compare as stated.',
  details:
    'Reads as a sentence: `column` `operator` `other_column`. A row with NULL in either column passes. Both columns are text, both are numbers, or both are dates.',
  example: { rule: 'compare', column: 'ended_at', operator: '>=', other_column: 'started_at' },
  columns: { min: 1, max: 1 },
  types: ['text', 'number', 'boolean', 'date', 'time'],
  parameters: {
    operator: { description: 'How column relates to other_column.', enum: Object.keys(OPERATORS) },
    other_column: { description: 'The column on the right of the operator.', type: 'string', minLength: 1 },
  },
  required: ['operator', 'other_column'],
  columnParameters: ['other_column'],
  meaning: {
    level: 'row',
    breaks: (rule) => {
      const name = requiredText(rule, 'operator');
      const operator = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
      if (operator === undefined) throw malformed(rule, 'operator');
      return `NOT (${column(rule)} ${operator} ${quoteIdentifier(requiredText(rule, 'other_column'))})`;
    },
  },
  check: (rule, table) => {
    const other = requiredText(rule, 'other_column');
    // Whether the column exists is checked with all parameters that name columns.
    if (!ruleColumns(table).some((c) => c.name === other)) return [];
    const [left, right] = [columnType(table, firstColumn(rule)), columnType(table, other)];
    if (typeFamily(left) === typeFamily(right)) return [];
    return [
      {
        message: `${firstColumn(rule)} (${left}) cannot be compared with ${other} (${right}).`,
        remedy: 'Compare columns of the same sort, or use the kind expression with a cast.',
        key: 'other_column',
        trouble: { kind: 'type-mismatch' },
      },
    ];
  },
};

const expression: RuleKind = {
  name: 'expression',
  summary: 'The SQL condition is true for the row.',
  details:
    'A boolean over the columns of the row. A row for which it is NULL passes. One expression without subqueries, aggregates or window functions; functions whose result depends on the clock, on randomness or on the session are refused.',
  example: { rule: 'expression', expression: 'duration_s > 0 OR is_live' },
  columns: { min: 0, max: Infinity },
  parameters: {
    expression: {
      description: 'SQL over the columns of the row, true where the row is good.',
      type: 'string',
      minLength: 1,
    },
  },
  required: ['expression'],
  meaning: {
    level: 'row',
    raises: true,
    // The line break ends a trailing comment of the fragment.
    breaks: (rule) => `NOT (${requiredText(rule, 'expression')}\n)`,
  },
};

export const rowKinds: readonly RuleKind[] = [compare, expression];
