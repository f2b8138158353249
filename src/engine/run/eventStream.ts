// How a run speaks: stamps events with time and run, and keeps them in the run's log.
import type { Redact } from '../base';
import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  type LogEvent,
  type RunEvent,
  type Step,
  type StepCounts,
  type StepFinished,
  type StepName,
  defined,
  plainError,
} from '../model';
import type { ScheduleEvent } from './schedule';
import type { StepOutcome } from './stepOutcome';

type WithoutStamp<E> = E extends RunEvent ? Omit<E, 'time' | 'run_id'> : never;
/** A RunEvent before it is stamped. */
export type Unstamped = WithoutStamp<RunEvent>;

export interface Speaker {
  /** Stamps an event and appends it to the run's log. */
  readonly stamp: <E extends Unstamped>(event: E) => E & { readonly time: string; readonly run_id: string };
}

/** Sortable by time, unique by chance: `20241115T063000Z-1a2b3c`. */
export function newRunId(now: Date): string {
  return `${now.toISOString().replace(/[-:]|\.\d+/g, '')}-${randomBytes(3).toString('hex')}`;
}

/**
 * Speaks for one run. The log is a convenience: when it cannot be written (a full disk) the run goes on
 * without it, since its outputs do not depend on it. It is bounded: past `most` bytes it holds only how steps
 * ended and errors, past twice that only the end of the run. Whoever hears or pulls events gets them all.
 * @param redact takes secrets out of every event.
 * @param hear is told of every event, beside the log.
 */
export function openSpeaker(
  runId: string,
  clock: () => Date,
  logFile: string,
  redact: Redact,
  hear: (event: RunEvent) => void,
  most = LOG_BYTES,
): Speaker {
  let usable = true;
  let pending = '';
  let taken = 0;
  let kept: Weight = 'chatter';
  const write = (): void => {
    try {
      mkdirSync(dirname(logFile), { recursive: true });
      appendFileSync(logFile, pending);
    } catch {
      usable = false;
    }
    pending = '';
  };
  const put = (event: object): void => {
    const line = `${JSON.stringify(event)}\n`;
    taken += Buffer.byteLength(line);
    pending += line;
  };
  /** Takes the next narrower limit once the present one is reached, and says so in the log. */
  const narrow = (stamped: Pick<RunEvent, 'time' | 'run_id'>): void => {
    const next: Weight = taken >= 2 * most ? 'end' : taken >= most ? 'outcome' : 'chatter';
    if (next === kept) return;
    kept = next;
    const message =
      next === 'end'
        ? 'The log has grown large: from here on it holds only the end of the run.'
        : 'The log has grown large: from here on it holds only how steps ended, and errors.';
    const { time, run_id } = stamped;
    put({ event: 'log', level: 'warning', message, time, run_id } satisfies LogEvent);
  };
  return {
    stamp: (event) => {
      // Skipped steps come by the thousand in a run without work: they hold names of the config and our own words.
      const quiet = event.event === 'step_finished' && event.status === 'skipped';
      const stamped = { ...(quiet ? event : redact(event)), time: clock().toISOString(), run_id: runId };
      hear(stamped);
      if (!usable) return stamped;
      const weight = weightOf(event);
      if (WEIGHTS.indexOf(weight) < WEIGHTS.indexOf(kept)) return stamped;
      put(stamped);
      narrow(stamped);
      // Quiet ones are written together.
      if (!quiet || pending.length > LOG_BUFFER) write();
      return stamped;
    },
  };
}

/** Characters of quiet events that are written at once. */
const LOG_BUFFER = 1 << 20;

/** Bytes a run’s log holds before it keeps to what matters: about a hundred thousand steps. */
const LOG_BYTES = 64 * 1024 * 1024;

/** What events matter when not all can be kept, least first. */
const WEIGHTS = ['chatter', 'outcome', 'end'] as const;
type Weight = (typeof WEIGHTS)[number];

function weightOf(event: Unstamped): Weight {
  switch (event.event) {
    case 'run_started':
    case 'run_finished':
      return 'end';
    case 'step_finished':
      return event.status === 'skipped' ? 'chatter' : 'outcome';
    case 'log':
      return event.level === 'error' ? 'outcome' : 'chatter';
    case 'step_started':
    case 'step_progress':
      return 'chatter';
    default:
      return event satisfies never;
  }
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
      return { event, ...name, status: 'done', ...countsOf(outcome.counts), seconds };
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
  const stack =
    outcome.thrown instanceof Error
      ? (outcome.thrown.stack ?? outcome.thrown.message)
      : plainError(outcome.thrown).message;
  return [{ event: 'log', level: 'error', message: stack, step: nameOf(outcome.step) }];
}
