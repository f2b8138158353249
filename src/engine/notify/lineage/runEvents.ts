// A run in events of OpenLineage: a run of the whole, and one below it for each step that did something.
import { version } from '../../../../package.json';
import {
  type RunEvent,
  type RunFinished,
  type StepFinished,
  type StepName,
  defined,
  isCancelled,
  plainError,
  stepId,
} from '../../model';
import { type Masking, maskingOf, plural } from '../../report';
import type { OpenWorkspace } from '../../workspace';
import { EVENT_SCHEMA, facet, PRODUCER, type Facets, type JobName, type LineageEvent } from './facets';
import { NO_FLOW, type StepFlow, StepFlows, nominalTime } from './stepFlow';
import { uuidOf } from './uuid';

const RUN_JOB = 'run';

/** The lineage of one run. A run without work has none. */
export class RunLineage {
  readonly #namespace: string;
  readonly #masking: Masking;
  readonly #flows: StepFlows;
  /** Steps that have started and not ended, by id. */
  readonly #open = new Map<string, StepName>();
  #runId = '';
  /** Id of the run of the whole; empty before it has started and after its end. */
  #parent = '';

  constructor(workspace: OpenWorkspace) {
    this.#namespace = workspace.settings.lineage.namespace;
    this.#masking = maskingOf(workspace.config);
    this.#flows = new StepFlows(workspace);
  }

  /** The events that one event of the run means; reads the manifests of its step. */
  eventsOf(event: RunEvent): readonly LineageEvent[] {
    switch (event.event) {
      case 'run_started':
        if (event.to_run === 0) return [];
        this.#runId = event.run_id;
        this.#parent = uuidOf(event.run_id);
        return [this.#ofRun('START', event.time)];
      case 'step_started': {
        const { stage, date, brand, table } = event;
        const step: StepName = { stage, date, table, ...defined({ brand }) };
        this.#open.set(stepId(step), step);
        return [this.#ofStep('START', event.time, step, this.#flows.named(step))];
      }
      case 'step_finished':
        return this.#finished(event);
      case 'run_finished': {
        if (this.#parent === '') return [];
        const type = event.status === 'ok' ? 'COMPLETE' : event.status === 'failed' ? 'FAIL' : 'ABORT';
        const why = event.status === 'failed' ? errorFacet(failedInWords(event)) : {};
        const last = this.#ofRun(type, event.time, why);
        this.#parent = '';
        return [last];
      }
      case 'step_progress':
      case 'log':
        return [];
      default:
        return event satisfies never;
    }
  }

  /** The ends of what is open when a run breaks off. @param error undefined: it was left, or cancelled. */
  brokenOff(time: string, error: unknown): readonly LineageEvent[] {
    if (this.#parent === '') return [];
    const failed = error !== undefined && !isCancelled(error);
    const type = failed ? 'FAIL' : 'ABORT';
    const why = failed ? errorFacet(this.#masking.text(undefined, plainError(error).message)) : {};
    const steps = [...this.#open.values()].map((step) =>
      this.#ofStep(type, time, step, this.#inputsOf(step), why),
    );
    const all = [...steps, this.#ofRun(type, time, why)];
    this.#open.clear();
    this.#parent = '';
    return all;
  }

  #finished(step: StepFinished): readonly LineageEvent[] {
    if (!this.#open.delete(stepId(step))) return [];
    switch (step.status) {
      case 'done':
        return [this.#ofStep('COMPLETE', step.time, step, this.#flows.described(step))];
      case 'failed': {
        const { error, time } = step;
        const message = this.#masking.text(step.table, error?.message ?? step.reason ?? 'The step failed.');
        const { inputs } =
          step.stage === 'gold-to-snowflake' ? this.#flows.described(step) : this.#flows.named(step);
        const why = errorFacet(`${error?.code ?? 'BUG'}: ${message}`);
        return [this.#ofStep('FAIL', time, step, { inputs, outputs: [] }, why)];
      }
      case 'skipped':
        return [this.#ofStep('COMPLETE', step.time, step, this.#inputsOf(step))];
      case 'cancelled':
        return [this.#ofStep('ABORT', step.time, step, this.#inputsOf(step))];
      default:
        return step.status satisfies never;
    }
  }

  #inputsOf(step: StepName): StepFlow {
    return { inputs: this.#flows.named(step).inputs, outputs: [] };
  }

  #ofRun(eventType: LineageEvent['eventType'], eventTime: string, facets: Facets = {}): LineageEvent {
    const job = { namespace: this.#namespace, name: RUN_JOB };
    const run = { runId: this.#parent, facets: { ...ENGINE, ...facets } };
    return lineageEvent({ eventType, eventTime, run, job, jobType: 'JOB' }, NO_FLOW);
  }

  #ofStep(
    eventType: LineageEvent['eventType'],
    eventTime: string,
    step: StepName,
    flow: StepFlow,
    facets: Facets = {},
  ): LineageEvent {
    const namespace = this.#namespace;
    const { stage, table, brand } = step;
    const name = [stage, table, ...(brand === undefined ? [] : [brand])].join('.');
    const run = {
      runId: uuidOf(`${this.#runId}/${stepId(step)}`),
      facets: {
        ...ENGINE,
        ...facet('parent', { run: { runId: this.#parent }, job: { namespace, name: RUN_JOB } }),
        ...nominalTime(step),
        ...facets,
      },
    };
    return lineageEvent({ eventType, eventTime, run, job: { namespace, name }, jobType: 'TASK' }, flow);
  }
}

const ENGINE = facet('processing_engine', {
  name: 'M7 Pipeline',
  version,
  openlineageAdapterVersion: version,
});

const errorFacet = (message: string): Facets =>
  facet('errorMessage', { message, programmingLanguage: 'TypeScript' });

interface EventHead extends Pick<LineageEvent, 'eventType' | 'eventTime' | 'run'> {
  readonly job: JobName;
  readonly jobType: 'JOB' | 'TASK';
}

function lineageEvent(
  { eventType, eventTime, run, job, jobType }: EventHead,
  { inputs, outputs }: StepFlow,
): LineageEvent {
  return {
    ...{ eventType, eventTime, run },
    job: { ...job, facets: facet('jobType', { processingType: 'BATCH', integration: 'M7', jobType }) },
    ...{ inputs, outputs },
    producer: PRODUCER,
    schemaURL: EVENT_SCHEMA,
  };
}

function failedInWords({ steps, rejected_files: files = [] }: RunFinished): string {
  const rejected = `${plural(files.length, 'file was', 'files were')} rejected`;
  return files.length === 0
    ? `${steps.failed} steps failed.`
    : steps.failed === 0
      ? `${rejected}.`
      : `${steps.failed} steps failed, ${rejected}.`;
}
