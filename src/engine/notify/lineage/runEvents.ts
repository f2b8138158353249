// A run as OpenLineage tells it: a run of the whole, and one below it for each step that did something.
import { version } from '../../../../package.json';
import { maskingOf, readReport } from '../../report';
import {
  type DateKey,
  type Finding,
  type RunEvent,
  type StepFinished,
  type StepName,
  type Table,
  addDays,
  defined,
  isCancelled,
  isoDate,
  plainError,
  stepId,
} from '../../model';
import { referencedTables } from '../../stages';
import { type Manifest } from '../../lake';
import type { OpenWorkspace } from '../../workspace';
import { goldFacets, rawFacets, silverFacets, targetFacets } from './columnLineage';
import { datasetsOf, described, nameOf } from './datasets';
import {
  EVENT_SCHEMA,
  facet,
  PRODUCER,
  type Dataset,
  type Facets,
  type JobName,
  type LineageEvent,
} from './facets';
import { uuidOf } from './uuid';

export interface Story {
  /** The events that one event of the run means; reads the manifests of its step. */
  tell(event: RunEvent): readonly LineageEvent[];
  /** What is open when a run breaks off. @param error undefined: it was left, or cancelled. */
  broken(time: string, error: unknown): readonly LineageEvent[];
}

interface Flow {
  readonly inputs: readonly Dataset[];
  readonly outputs: readonly Dataset[];
}

const RUN_JOB = 'run';

/** Tells one run. A run without work tells nothing. */
export function openStory(workspace: OpenWorkspace): Story {
  const { settings, config, lake } = workspace;
  const datasets = datasetsOf(settings);
  const masking = maskingOf(config);
  const { namespace } = settings.lineage;
  const jobOf = (step: StepName): JobName => ({
    namespace,
    name: [step.stage, step.table, ...(step.brand === undefined ? [] : [step.brand])].join('.'),
  });
  const open = new Map<string, StepName>();
  let runId = '';
  let parent = '';

  const event = (
    eventType: LineageEvent['eventType'],
    eventTime: string,
    step: StepName | undefined,
    runFacets: Facets,
    flow: Flow,
  ): LineageEvent => ({
    eventType,
    eventTime,
    run: {
      runId: step === undefined ? parent : uuidOf(`${runId}/${stepId(step)}`),
      facets: {
        ...facet('processing_engine', {
          name: 'M7 Pipeline',
          version,
          openlineageAdapterVersion: version,
        }),
        ...(step === undefined
          ? {}
          : {
              ...facet('parent', { run: { runId: parent }, job: { namespace, name: RUN_JOB } }),
              ...facet('nominalTime', {
                nominalStartTime: midnight(step.date),
                nominalEndTime: midnight(addDays(step.date, 1)),
              }),
            }),
        ...runFacets,
      },
    },
    job: {
      ...(step === undefined ? { namespace, name: RUN_JOB } : jobOf(step)),
      facets: facet('jobType', {
        processingType: 'BATCH',
        integration: 'M7',
        jobType: step === undefined ? 'JOB' : 'TASK',
      }),
    },
    inputs: flow.inputs,
    outputs: flow.outputs,
    producer: PRODUCER,
    schemaURL: EVENT_SCHEMA,
  });

  const tableOf = (step: StepName): Table | undefined => config.tables.find((t) => t.name === step.table);

  /** What a step reads and writes, by name. */
  const namesOf = (step: StepName): Flow => {
    const table = tableOf(step);
    const brand = step.brand ?? '';
    if (table === undefined) return { inputs: [], outputs: [] };
    switch (step.stage) {
      case 'landing-to-raw':
        return { inputs: [datasets.landing(brand, table.name)], outputs: [datasets.raw(brand, table.name)] };
      case 'raw-to-silver':
        return { inputs: [datasets.raw(brand, table.name)], outputs: [datasets.silver(brand, table.name)] };
      case 'silver-to-gold':
        return {
          inputs: config.brands
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
  };

  /** The same with schemas, lineage of columns and figures, of a step that ended well. */
  const factsOf = (step: StepFinished): Flow => {
    const flow = namesOf(step);
    const table = tableOf(step);
    const [output] = flow.outputs;
    if (table === undefined || output === undefined) return flow;
    const brand = step.brand ?? '';
    const made = (manifests: readonly Manifest[], facets: Facets): Flow => ({
      inputs: flow.inputs,
      outputs: [
        {
          ...described(output, facets, ...manifests.slice(-1).map((one) => versionOf(step, one))),
          outputFacets: facet('outputStatistics', {
            rowCount: sum(manifests.map((one) => one.output.rows)),
            size: sum(manifests.map((one) => one.output.bytes)),
            fileCount: manifests.length,
          }),
        },
      ],
    });
    const headersOf = (manifest: Manifest): readonly string[] => manifest.source?.format.columns ?? [];
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
        return loadFacts(step, table, flow, output);
      default:
        return step.stage satisfies never;
    }
  };

  /** What a load wrote, and what its rules found; a validation alone writes nothing. */
  const loadFacts = (step: StepFinished, table: Table, flow: Flow, output: Dataset): Flow => {
    const report = readReport(workspace, step.date, table.name);
    const own = report?.run_id === runId ? report : undefined;
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
    const facets = targetFacets(settings, datasets.gold(table.name), table, config.rules);
    return {
      inputs,
      outputs: [
        { ...described(output, facets), outputFacets: facet('outputStatistics', { rowCount: loaded }) },
      ],
    };
  };

  const errorFacet = (message: string): Facets =>
    facet('errorMessage', { message, programmingLanguage: 'TypeScript' });

  const ended = (step: StepFinished): readonly LineageEvent[] => {
    const id = stepId(step);
    if (!open.delete(id)) return [];
    switch (step.status) {
      case 'done':
        return [event('COMPLETE', step.time, step, {}, factsOf(step))];
      case 'failed': {
        const { error } = step;
        const said = masking.text(step.table, error?.message ?? step.reason ?? 'The step failed.');
        const flow = step.stage === 'gold-to-snowflake' ? factsOf(step) : namesOf(step);
        return [
          event('FAIL', step.time, step, errorFacet(`${error?.code ?? 'BUG'}: ${said}`), {
            inputs: flow.inputs,
            outputs: [],
          }),
        ];
      }
      case 'skipped':
        return [event('COMPLETE', step.time, step, {}, { inputs: namesOf(step).inputs, outputs: [] })];
      case 'cancelled':
        return [event('ABORT', step.time, step, {}, { inputs: namesOf(step).inputs, outputs: [] })];
      default:
        return step.status satisfies never;
    }
  };

  const NOTHING: Flow = { inputs: [], outputs: [] };
  return {
    tell: (one) => {
      switch (one.event) {
        case 'run_started':
          if (one.to_run === 0) return [];
          runId = one.run_id;
          parent = uuidOf(runId);
          return [event('START', one.time, undefined, {}, NOTHING)];
        case 'step_started': {
          const { stage, date, brand, table } = one;
          const step: StepName = { stage, date, table, ...defined({ brand }) };
          open.set(stepId(step), step);
          return [event('START', one.time, step, {}, namesOf(step))];
        }
        case 'step_finished':
          return ended(one);
        case 'run_finished': {
          if (parent === '') return [];
          const type = one.status === 'ok' ? 'COMPLETE' : one.status === 'failed' ? 'FAIL' : 'ABORT';
          const why = one.status === 'failed' ? errorFacet(`${one.steps.failed} steps failed.`) : {};
          const last = event(type, one.time, undefined, why, NOTHING);
          parent = '';
          return [last];
        }
        case 'step_progress':
        case 'log':
          return [];
        default:
          return one satisfies never;
      }
    },
    broken: (time, error) => {
      if (parent === '') return [];
      const failed = error !== undefined && !isCancelled(error);
      const type = failed ? 'FAIL' : 'ABORT';
      const why = failed ? errorFacet(masking.text(undefined, plainError(error).message)) : {};
      const steps = [...open.values()].map((step) =>
        event(type, time, step, why, { inputs: namesOf(step).inputs, outputs: [] }),
      );
      const all = [...steps, event(type, time, undefined, why, NOTHING)];
      open.clear();
      parent = '';
      return all;
    },
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);

/** The date and the key of what was made: the same inputs and config give the same version. */
const versionOf = ({ date }: StepName, { key }: Manifest): Facets =>
  facet('version', { datasetVersion: `${date}/${key.slice(0, 16)}` });

/** A date as the day it is, in UTC. */
const midnight = (date: DateKey): string => `${isoDate(date)}T00:00:00.000Z`;

/** One per column the rule is about, or one for the whole; a rule that was not evaluated asserts nothing. */
function assertionsOf(
  finding: Finding,
): readonly { readonly assertion: string; readonly success: boolean; readonly column?: string }[] {
  if (finding.status === 'skipped') return [];
  const one = {
    assertion: finding.id,
    success: finding.status === 'passed' || finding.status === 'warned',
  };
  return finding.columns.length === 0 ? [one] : finding.columns.map((column) => ({ ...one, column }));
}
