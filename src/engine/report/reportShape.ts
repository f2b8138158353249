// The shape a report or summary must have to be shown: a file that was damaged or is another's is told, not drawn.
import { Ajv, type ValidateFunction } from 'ajv';
import type { DateSummary, Report } from '../model';

const text = { type: 'string' } as const;
const number = { type: 'number' } as const;
const list = (items: object): object => ({ type: 'array', items });
const object = (properties: Readonly<Record<string, object>>, optional: readonly string[] = []): object => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
});
const oneOf = (...values: readonly string[]): object => ({ enum: values });
const orNull = (type: 'string' | 'number'): object => ({ type: [type, 'null'] });

const sample = object({ values: { type: 'object' }, file: orNull('string'), row: orNull('number') });
const counts = { in: number, out: number, rejected: number, duplicates: number };

const REPORT = object(
  {
    table: text,
    date: text,
    run_id: text,
    status: oneOf('passed', 'warned', 'failed'),
    rows: object({
      landing: number,
      raw: number,
      silver: number,
      gold: number,
      accepted: number,
      rejected: number,
      duplicates: number,
      loaded: orNull('number'),
    }),
    edges: list(
      object(
        {
          ...counts,
          from: text,
          to: text,
          brand: text,
          other: { type: 'object', additionalProperties: number },
          balanced: { type: 'boolean' },
        },
        ['brand', 'other'],
      ),
    ),
    files: list(
      object({
        ...{ brand: text, file: text, encoding: text, delimiter: text },
        ...{ confidence: number, header: number, records: number, rejected: number },
      }),
    ),
    findings: list(
      object(
        {
          id: text,
          rule: text,
          columns: list(text),
          severity: oneOf('error', 'warning', 'info'),
          status: oneOf('passed', 'warned', 'failed', 'error', 'skipped'),
          evaluated: number,
          failing: number,
          failing_pct: number,
          limit: text,
          observed: { type: ['number', 'string', 'null'] },
          message: text,
          description: text,
          samples: list(sample),
          seconds: number,
          config_line: number,
        },
        ['limit', 'observed', 'message', 'description'],
      ),
    ),
    conversions: list(
      object(
        {
          column: text,
          brand: text,
          failed: number,
          values: number,
          on_error: oneOf('reject', 'null'),
          samples: list(sample),
        },
        ['values'],
      ),
    ),
    profile: list(
      object({ column: text, type: text, nulls: number, min: orNull('string'), max: orNull('string') }),
    ),
    started_at: text,
    finished_at: text,
    config_sha: text,
    hidden: list(text),
  },
  ['files', 'hidden'],
);

/** What a rule of kind anomaly looks at in reports of earlier dates. */
export interface Observations {
  readonly rows: Pick<Report['rows'], 'gold'>;
  readonly findings: readonly Pick<Report['findings'][number], 'id' | 'observed'>[];
}

const OBSERVATIONS = object({
  rows: object({ gold: number }),
  findings: list(object({ id: text, observed: { type: ['number', 'string', 'null'] } }, ['observed'])),
});

const SUMMARY = object({
  date: text,
  run_id: text,
  arrivals: list(
    object({
      brand: text,
      table: text,
      status: oneOf('arrived', 'missing', 'rejected'),
      files: list(text),
      rows: number,
    }),
  ),
  tables: list(
    object({
      table: text,
      status: oneOf('passed', 'warned', 'failed', 'not validated'),
      rows: number,
      rejected: number,
      loaded: orNull('number'),
    }),
  ),
  totals: object({
    landing: number,
    accepted: number,
    rejected: number,
    duplicates: number,
    loaded: number,
  }),
  files: list(
    object({ path: text, status: oneOf('ignored', 'waiting', 'rejected', 'duplicate'), reason: text }),
  ),
});

const compiled = new Map<object, ValidateFunction>();

/** Why a value is no report, in words; undefined where it is one. */
export function reportFault(value: unknown): string | undefined {
  return fault(value, REPORT);
}

/** Why a value is no summary of a date, in words; undefined where it is one. */
export function summaryFault(value: unknown): string | undefined {
  return fault(value, SUMMARY);
}

/** Why a value does not hold what rules observed, in words; undefined where it does. */
export function observationsFault(value: unknown): string | undefined {
  return fault(value, OBSERVATIONS);
}

/** A value that observationsFault has nothing against. */
export function isObservations(value: unknown): value is Observations {
  return observationsFault(value) === undefined;
}

/** A value that reportFault has nothing against. */
export function isReport(value: unknown): value is Report {
  return reportFault(value) === undefined;
}

/** A value that summaryFault has nothing against. */
export function isSummary(value: unknown): value is DateSummary {
  return summaryFault(value) === undefined;
}

function fault(value: unknown, schema: object): string | undefined {
  let validate = compiled.get(schema);
  if (validate === undefined) {
    validate = new Ajv({ strict: false, allowUnionTypes: true, meta: false, validateSchema: false }).compile(
      schema,
    );
    compiled.set(schema, validate);
  }
  if (validate(value)) return undefined;
  const [first] = validate.errors ?? [];
  const place = first === undefined || first.instancePath === '' ? 'the document' : first.instancePath;
  return `${place} ${first?.message ?? 'has the wrong form'}`;
}
