// What a step reads and writes: datasets by name, and with schemas, lineage of columns and figures once it has succeeded.
import type { Manifest } from '../../lake';
import {
  brandsThere,
  type DateKey,
  type Finding,
  type StepFinished,
  type StepName,
  type Table,
  addDays,
  isoDate,
  findTable,
} from '../../model';
import { readReport } from '../../report';
import { referencedTables } from '../../stages';
import type { OpenWorkspace } from '../../workspace';
import { goldFacets, rawFacets, silverFacets, targetFacets } from './columnLineage';
import { type Datasets, datasetsOf, described, nameOf } from './datasets';
import { type Dataset, type Facets, facet } from './facets';

export interface StepFlow {
  readonly inputs: readonly Dataset[];
  readonly outputs: readonly Dataset[];
}

export const NO_FLOW: StepFlow = { inputs: [], outputs: [] };

/** The flows of a workspace's steps. */
export class StepFlows {
  readonly #workspace: OpenWorkspace;
  readonly #datasets: Datasets;

  constructor(workspace: OpenWorkspace) {
    this.#workspace = workspace;
    this.#datasets = datasetsOf(workspace.settings);
  }

  /** By name alone. */
  named(step: StepName): StepFlow {
    const { config, lake } = this.#workspace;
    const datasets = this.#datasets;
    const table = this.#table(step);
    const brand = step.brand ?? '';
    if (table === undefined) return NO_FLOW;
    switch (step.stage) {
      case 'landing-to-raw':
        return { inputs: [datasets.landing(brand, table.name)], outputs: [datasets.raw(brand, table.name)] };
      case 'raw-to-silver':
        return { inputs: [datasets.raw(brand, table.name)], outputs: [datasets.silver(brand, table.name)] };
      case 'silver-to-gold':
        return {
          inputs: brandsThere(config)
            .filter(({ name }) => lake.parts(step.date, name, table.name).length > 0)
            .map(({ name }) => datasets.silver(name, table.name)),
          outputs: [datasets.gold(table.name)],
        };
      case 'gold-to-snowflake':
        return {
          inputs: [table.name, ...referencedTables(config, table.name)].map((name) => datasets.gold(name)),
          outputs: [datasets.target(table)],
        };
      default:
        return step.stage satisfies never;
    }
  }

  /** With what was published, of a step that has ended. */
  described(step: StepFinished): StepFlow {
    const { lake } = this.#workspace;
    const datasets = this.#datasets;
    const flow = this.named(step);
    const table = this.#table(step);
    const [output] = flow.outputs;
    if (table === undefined || output === undefined) return flow;
    const brand = step.brand ?? '';
    const made = (manifests: readonly Manifest[], facets: Facets): StepFlow => ({
      inputs: flow.inputs,
      outputs: [publishedAs(output, step, manifests, facets)],
    });
    switch (step.stage) {
      case 'landing-to-raw': {
        const parts = lake.parts(step.date, brand, table.name);
        if (parts.length === 0) return { inputs: flow.inputs, outputs: [] };
        return made(
          parts,
          rawFacets(datasets.landing(brand, table.name), [...new Set(parts.flatMap(headersOf))]),
        );
      }
      case 'raw-to-silver': {
        const parts = lake
          .parts(step.date, brand, table.name)
          .map((part) => ({ file: part.source?.file ?? '', headers: headersOf(part) }));
        const silver = lake.published('silver', step.date, table.name, brand);
        return made(
          silver === undefined ? [] : [silver],
          silverFacets(datasets.raw(brand, table.name), table, parts),
        );
      }
      case 'silver-to-gold': {
        const gold = lake.published('gold', step.date, table.name);
        return made(gold === undefined ? [] : [gold], goldFacets(flow.inputs.map(nameOf), table));
      }
      case 'gold-to-snowflake':
        return this.#loaded(step, table, flow);
      default:
        return step.stage satisfies never;
    }
  }

  /** What a load wrote, and what its rules found; a validation alone writes nothing. */
  #loaded(step: StepFinished, table: Table, flow: StepFlow): StepFlow {
    const { settings, config } = this.#workspace;
    const report = readReport(this.#workspace, step.date, table.name);
    const own = report?.run_id === step.run_id ? report : undefined;
    const [gold, ...others] = flow.inputs;
    const checked =
      gold === undefined || own === undefined || own.findings.length === 0
        ? gold
        : {
            ...gold,
            inputFacets: facet('dataQualityAssertions', { assertions: own.findings.flatMap(assertionsOf) }),
          };
    const inputs = checked === undefined ? others : [checked, ...others];
    const loaded = own?.rows.loaded ?? null;
    if (step.status !== 'done' || loaded === null) return { inputs, outputs: [] };
    const facets = targetFacets(settings, this.#datasets.gold(table.name), table, config.rules);
    return {
      inputs,
      outputs: flow.outputs.slice(0, 1).map((output) => ({
        ...described(output, facets),
        outputFacets: facet('outputStatistics', { rowCount: loaded }),
      })),
    };
  }

  #table(step: StepName): Table | undefined {
    return findTable(this.#workspace.config, step.table);
  }
}

/** A date as the day it is, in UTC: its begin and its end. */
export function nominalTime({ date }: StepName): Facets {
  return facet('nominalTime', {
    nominalStartTime: midnight(date),
    nominalEndTime: midnight(addDays(date, 1)),
  });
}

const midnight = (date: DateKey): string => `${isoDate(date)}T00:00:00.000Z`;

function publishedAs(
  output: Dataset,
  step: StepName,
  manifests: readonly Manifest[],
  facets: Facets,
): Dataset {
  return {
    ...described(output, facets, ...manifests.slice(-1).map((one) => versionOf(step, one))),
    outputFacets: facet('outputStatistics', {
      rowCount: sum(manifests.map((one) => one.output.rows)),
      size: sum(manifests.map((one) => one.output.bytes)),
      fileCount: manifests.length,
    }),
  };
}

const headersOf = (manifest: Manifest): readonly string[] => manifest.source?.format.columns ?? [];

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);

/** The date and the key of what was made: the same inputs and config give the same version. */
const versionOf = ({ date }: StepName, { key }: Manifest): Facets =>
  facet('version', { datasetVersion: `${date}/${key.slice(0, 16)}` });

/** One per column the rule is about, or one for the whole; a rule that was not evaluated asserts nothing. */
function assertionsOf(
  finding: Finding,
): readonly { readonly assertion: string; readonly success: boolean; readonly column?: string }[] {
  if (finding.status === 'skipped') return [];
  const one = {
    assertion: finding.id,
    // Drift that nobody has accepted is no quality to vouch for, though the table is loaded with a warning.
    success: finding.status === 'passed' || (finding.status === 'warned' && finding.rule !== 'drift'),
  };
  return finding.columns.length === 0 ? [one] : finding.columns.map((column) => ({ ...one, column }));
}
