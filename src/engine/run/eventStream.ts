// The events of a run: stamped with time and run, and made of what the schedule reports.
import type { Redact } from '../base';
import { randomBytes } from 'node:crypto';
import {
  type LogEvent,
  type RunEvent,
  type Step,
  type StepCounts,
  type StepFinished,
  type StepName,
  defined,
} from '../model';
import { type RunLog, isQuiet } from './runLog';
import type { ScheduleEvent } from './schedule';
import type { StepOutcome } from './stepOutcome';

type WithoutStamp<E> = E extends RunEvent ? Omit<E, 'time' | 'run_id'> : never;
/** A RunEvent before it is stamped. */
export type Unstamped = WithoutStamp<RunEvent>;

/** Stamps an event with time and run, shows it to the listeners and appends it to the run's log. */
export type StampEvent = <E extends Unstamped>(
  event: E,
) => E & { readonly time: string; readonly run_id: string };

/** Sortable by time, unique by chance: `20241115T063000Z-1a2b3c`. */
export function newRunId(now: Date): string {
  return `${now.toISOString().replace(/[-:]|\.\d+/g, '')}-${randomBytes(3).toString('hex')}`;
}

/** What a run's events go through. */
interface EventStreamOptions {
  readonly runId: string;
  readonly clock: () => Date;
  /** Takes secrets out of every event. */
  readonly redact: Redact;
  readonly log: RunLog;
  /** Called with every event, whether or not the log takes it. */
  readonly hear: (event: RunEvent) => void;
}

/** How the events of one run are stamped. */
export function openEventStream({ runId, clock, redact, log, hear }: EventStreamOptions): StampEvent {
  return (event) => {
    const stamped = {
      ...(isQuiet(event) ? event : redact(event)),
      time: clock().toISOString(),
      run_id: runId,
    };
    hear(stamped);
    log.append(stamped);
    return stamped;
  };
}

const nameOf = (step: Step): StepName => ({
  stage: step.stage,
  date: step.date,
  ...defined({ brand: step.brand }),
  table: step.table,
});

/** The step_finished event of an outcome. */
export function finishedOf(outcome: StepOutcome): Omit<StepFinished, 'time' | 'run_id'> {
  const event = 'step_finished';
  const name = nameOf(outcome.step);
  const { seconds } = outcome;
  switch (outcome.kind) {
    case 'done':
      return {
        ...{ event, ...name, status: 'done', ...countsOf(outcome.counts), seconds },
        ...defined({ drift: outcome.counts.drift, formats: outcome.counts.formats }),
      };
    case 'skipped':
    case 'cancelled': {
      const { kind: status, reason } = outcome;
      return { event, ...name, status, reason, ...countsOf(NOTHING), seconds };
    }
    case 'refused':
    case 'failed':
      return { event, ...name, status: 'failed', ...countsOf(NOTHING), seconds, error: outcome.error };
    default:
      return outcome satisfies never;
  }
}

const NOTHING: StepCounts = { rowsIn: 0, rowsOut: 0, rowsRejected: 0, duplicates: 0 };

const countsOf = (
  counts: StepCounts,
): Pick<StepFinished, 'rows_in' | 'rows_out' | 'rows_rejected' | 'duplicates'> => ({
  rows_in: counts.rowsIn,
  rows_out: counts.rowsOut,
  rows_rejected: counts.rowsRejected,
  duplicates: counts.duplicates,
});

/** What the scheduler says, but for ends, as events. */
export function progressOf(event: Exclude<ScheduleEvent, { kind: 'ended' }>): Unstamped {
  switch (event.kind) {
    case 'started':
      return { event: 'step_started', ...nameOf(event.step), reason: event.step.reason };
    case 'progress':
      return {
        event: 'step_progress',
        ...nameOf(event.step),
        ...defined({ percent: event.percent, rows: event.rows }),
      };
    case 'log':
      return { event: 'log', level: event.level, message: event.message, step: nameOf(event.step) };
    default:
      return event satisfies never;
  }
}

/** A bug's stack goes to the log, not into the step's message. */
export function stackOf(outcome: StepOutcome): readonly Omit<LogEvent, 'time' | 'run_id'>[] {
  if (outcome.kind !== 'failed' || outcome.thrown === undefined) return [];
  return [{ event: 'log', level: 'error', message: outcome.thrown, step: nameOf(outcome.step) }];
}
