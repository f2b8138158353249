// OpenLineage events held against the spec (2-0-2 and its facets), written down here as far as we speak it.
import assert from 'node:assert/strict';
import { Ajv } from 'ajv';

const text = { type: 'string', minLength: 1 } as const;
const time = { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z$' } as const;
const uri = { type: 'string', pattern: '^[a-z][a-z0-9+.-]*:[^\\s\\\\"<>^`{|}]+$' } as const;
const uuid = {
  type: 'string',
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$',
} as const;
const count = { type: 'integer', minimum: 0 } as const;
const list = (items: object): object => ({ type: 'array', items });
/** Closed: a field we misspell must be seen, though the spec lets facets hold more. */
const object = (properties: Readonly<Record<string, object>>, optional: readonly string[] = []): object => ({
  type: 'object',
  additionalProperties: false,
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
});

/** Facet schemas of the spec: the name in the URL, the version we claim, and its content. */
const facet = (
  schema: string,
  version: string,
  content: Readonly<Record<string, object>>,
  optional: readonly string[] = [],
): object =>
  object(
    {
      _producer: uri,
      _schemaURL: { const: `https://openlineage.io/spec/facets/${version}/${schema}.json#/$defs/${schema}` },
      ...content,
    },
    optional,
  );
const facets = (known: Readonly<Record<string, object>>): object => object(known, Object.keys(known));

const job = { namespace: text, name: text };
const inputField = object({
  ...job,
  field: text,
  transformations: list(
    object({
      type: { enum: ['DIRECT', 'INDIRECT'] },
      subtype: {
        enum: [
          ...['IDENTITY', 'TRANSFORMATION', 'AGGREGATION'],
          ...['JOIN', 'GROUP_BY', 'FILTER', 'SORT', 'WINDOW', 'CONDITIONAL'],
        ],
      },
      description: { type: 'string' },
      masking: { type: 'boolean' },
    }),
  ),
});

const datasetFacets = facets({
  schema: facet('SchemaDatasetFacet', '1-1-1', {
    fields: list(object({ name: text, type: text, description: text }, ['description'])),
  }),
  dataSource: facet('DatasourceDatasetFacet', '1-0-1', { name: text, uri }),
  storage: facet('StorageDatasetFacet', '1-0-1', {
    storageLayer: text,
    fileFormat: { enum: ['parquet', 'orc', 'avro', 'json', 'csv', 'text', 'xml'] },
  }),
  version: facet('DatasetVersionDatasetFacet', '1-0-1', { datasetVersion: text }),
  columnLineage: facet(
    'ColumnLineageDatasetFacet',
    '1-2-0',
    {
      fields: { type: 'object', additionalProperties: object({ inputFields: list(inputField) }) },
      dataset: list(inputField),
    },
    ['dataset'],
  ),
});
const dataset = (more: Readonly<Record<string, object>>): object =>
  list(object({ ...job, facets: datasetFacets, ...more }, ['facets', ...Object.keys(more)]));

const EVENT = object({
  eventType: { enum: ['START', 'RUNNING', 'COMPLETE', 'ABORT', 'FAIL', 'OTHER'] },
  eventTime: time,
  run: object({
    runId: uuid,
    facets: facets({
      parent: facet('ParentRunFacet', '1-1-0', { run: object({ runId: uuid }), job: object(job) }),
      nominalTime: facet('NominalTimeRunFacet', '1-0-1', { nominalStartTime: time, nominalEndTime: time }),
      errorMessage: facet('ErrorMessageRunFacet', '1-0-1', {
        message: text,
        programmingLanguage: { const: 'TypeScript' },
      }),
      processing_engine: facet('ProcessingEngineRunFacet', '1-1-1', {
        version: text,
        name: text,
        openlineageAdapterVersion: text,
      }),
    }),
  }),
  job: object({
    ...job,
    facets: facets({
      jobType: facet('JobTypeJobFacet', '2-0-3', {
        processingType: { enum: ['BATCH', 'STREAMING', 'SERVICE'] },
        integration: text,
        jobType: text,
      }),
    }),
  }),
  inputs: dataset({
    inputFacets: facets({
      dataQualityAssertions: facet('DataQualityAssertionsDatasetFacet', '1-0-1', {
        assertions: list(object({ assertion: text, success: { type: 'boolean' }, column: text }, ['column'])),
      }),
    }),
  }),
  outputs: dataset({
    outputFacets: facets({
      outputStatistics: facet(
        'OutputStatisticsOutputDatasetFacet',
        '1-0-2',
        { rowCount: count, size: count, fileCount: count },
        ['size', 'fileCount'],
      ),
    }),
  }),
  producer: uri,
  schemaURL: { const: 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent' },
});
const validate = new Ajv({ strict: true, allErrors: true }).compile(EVENT);

interface ColumnSource {
  readonly namespace: string;
  readonly name: string;
  readonly field: string;
  readonly transformations: readonly { readonly subtype: string }[];
}
export interface ToldDataset {
  readonly namespace: string;
  readonly name: string;
  readonly facets?: {
    readonly schema?: { readonly fields: readonly { readonly name: string; readonly type: string }[] };
    readonly columnLineage?: {
      readonly fields: Readonly<Record<string, { readonly inputFields: readonly ColumnSource[] }>>;
      readonly dataset?: readonly ColumnSource[];
    };
  };
  readonly inputFacets?: {
    readonly dataQualityAssertions?: {
      readonly assertions: readonly { readonly assertion: string; readonly success: boolean }[];
    };
  };
  readonly outputFacets?: {
    readonly outputStatistics?: { readonly rowCount: number; readonly size?: number };
  };
}
export interface ToldEvent {
  readonly eventType: string;
  readonly run: {
    readonly runId: string;
    readonly facets: {
      readonly parent?: { readonly run: { readonly runId: string } };
      readonly errorMessage?: { readonly message: string };
      readonly nominalTime?: { readonly nominalStartTime: string };
    };
  };
  readonly job: { readonly namespace: string; readonly name: string };
  readonly inputs: readonly ToldDataset[];
  readonly outputs: readonly ToldDataset[];
}

/** An event as the spec has it. @throws AssertionError with what is not so. */
export function requireEvent(value: unknown): ToldEvent {
  const fine = validate(value);
  assert.ok(fine, `${JSON.stringify(validate.errors, undefined, 1)}\n${JSON.stringify(value, undefined, 1)}`);
  return value as ToldEvent;
}

/** What the spec asks of all events of runs together: one START first, one end last, parents that are told. */
export function requireLifecycles(events: readonly ToldEvent[]): void {
  const byRun = new Map<string, ToldEvent[]>();
  for (const one of events) byRun.set(one.run.runId, [...(byRun.get(one.run.runId) ?? []), one]);
  for (const [runId, told] of byRun) {
    const types = told.map(({ eventType }) => eventType);
    assert.equal(types[0], 'START', `${runId}: ${types.join()}`);
    assert.equal(types.length, 2, `${told[0]?.job.name ?? ''}: ${types.join()}`);
    assert.ok(['COMPLETE', 'FAIL', 'ABORT'].includes(types[1] ?? ''));
    for (const { run, job: its } of told) {
      assert.deepEqual(its, { ...told[0]?.job }, 'one run has one job');
      const parent = run.facets.parent?.run.runId;
      if (parent !== undefined) assert.ok(byRun.has(parent), 'its parent is told');
    }
  }
}
