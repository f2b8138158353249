// The OpenLineage vocabulary we speak: events and facets of spec 2-0-2 (https://openlineage.io/spec/2-0-2/OpenLineage.json).
import { version } from '../../../../package.json';

/** Who says so: a URI, as the spec asks for. */
export const PRODUCER = `urn:m7-pipeline:${version}`;
export const EVENT_SCHEMA = 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent';

/** The facets we use, by the name they have in an event: name and version of their schema. */
const FACETS = {
  columnLineage: ['ColumnLineageDatasetFacet', '1-2-0'],
  dataQualityAssertions: ['DataQualityAssertionsDatasetFacet', '1-0-1'],
  dataSource: ['DatasourceDatasetFacet', '1-0-1'],
  documentation: ['DocumentationDatasetFacet', '1-0-1'],
  errorMessage: ['ErrorMessageRunFacet', '1-0-1'],
  jobType: ['JobTypeJobFacet', '2-0-3'],
  nominalTime: ['NominalTimeRunFacet', '1-0-1'],
  outputStatistics: ['OutputStatisticsOutputDatasetFacet', '1-0-2'],
  parent: ['ParentRunFacet', '1-1-0'],
  processing_engine: ['ProcessingEngineRunFacet', '1-1-1'],
  schema: ['SchemaDatasetFacet', '1-1-1'],
  storage: ['StorageDatasetFacet', '1-0-1'],
  version: ['DatasetVersionDatasetFacet', '1-0-1'],
} as const;
export type FacetName = keyof typeof FACETS;

export type Facets = Partial<Readonly<Record<FacetName, Readonly<Record<string, unknown>>>>>;

/** A facet under its name, ready to be spread into the facets of an event. */
export function facet(name: FacetName, content: Readonly<Record<string, unknown>>): Facets {
  const [schema, schemaVersion] = FACETS[name];
  return {
    [name]: {
      _producer: PRODUCER,
      _schemaURL: `https://openlineage.io/spec/facets/${schemaVersion}/${schema}.json#/$defs/${schema}`,
      ...content,
    },
  };
}

export interface DatasetName {
  readonly namespace: string;
  readonly name: string;
}

export interface Dataset extends DatasetName {
  readonly facets?: Facets;
  readonly inputFacets?: Facets;
  readonly outputFacets?: Facets;
}

export interface JobName {
  readonly namespace: string;
  readonly name: string;
}

/** A RunEvent of the spec. */
export interface LineageEvent {
  readonly eventType: 'START' | 'COMPLETE' | 'FAIL' | 'ABORT';
  /** ISO 8601. */
  readonly eventTime: string;
  readonly run: { readonly runId: string; readonly facets: Facets };
  readonly job: JobName & { readonly facets: Facets };
  readonly inputs: readonly Dataset[];
  readonly outputs: readonly Dataset[];
  readonly producer: string;
  readonly schemaURL: string;
}
