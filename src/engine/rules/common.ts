// The keys that every rule may have, whatever its kind.
import type { ParameterSchema } from './ruleKind';

const limit = {
  anyOf: [
    { type: 'integer', minimum: 0 },
    { type: 'string', pattern: '^\\d+(\\.\\d+)?\\s*%$' },
  ],
} as const;

/** `rule`, `column`, `columns` and `where` are added by kind: not every kind takes them. */
export const COMMON_KEYS: Readonly<Record<string, ParameterSchema>> = {
  id: {
    description: 'Names the rule in reports, rejects and history; default: kind and columns.',
    type: 'string',
    minLength: 1,
    maxLength: 200,
  },
  severity: {
    description: 'How serious a broken rule is. A warning never fails the table; info is only counted.',
    enum: ['error', 'warning', 'info'],
    default: 'error',
  },
  error: {
    description:
      'With more failing rows than this the rule fails: a count, or a percentage of the evaluated rows such as "1%". Default: ERROR_THRESHOLD.',
    ...limit,
  },
  warn: {
    description:
      'With more failing rows than this the rule warns: a count, or a percentage of the evaluated rows. Default: any failing row.',
    ...limit,
  },
  on_fail: {
    description:
      'reject: failing rows are rejected and not loaded (default for severity error). report: they are only counted and shown (default for warning and info). fail: the table is not loaded if more rows fail than the limit "error" allows (default: 0).',
    enum: ['reject', 'report', 'fail'],
  },
  description: { description: 'What the rule is for, shown in reports.', type: 'string' },
  tags: {
    description: 'Free labels.',
    type: 'array',
    items: { type: 'string', minLength: 1 },
    uniqueItems: true,
  },
  enabled: {
    description: 'false switches the rule off; it is still listed as skipped.',
    type: 'boolean',
    default: true,
  },
  samples: {
    description: 'How many failing rows a report shows.',
    type: 'integer',
    minimum: 0,
    maximum: 1000,
    default: 20,
  },
};

export const COLUMN_KEY: ParameterSchema = {
  description: 'The column the rule is about.',
  type: 'string',
  minLength: 1,
};

export const COLUMNS_KEY: ParameterSchema = {
  description: 'The columns the rule is about.',
  type: 'array',
  items: { type: 'string', minLength: 1 },
  minItems: 1,
  uniqueItems: true,
};

export const WHERE_KEY: ParameterSchema = {
  description: 'SQL condition: only rows for which it is true are evaluated.',
  type: 'string',
  minLength: 1,
};
