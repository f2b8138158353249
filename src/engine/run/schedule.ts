// Runs planned steps with bounded parallelism and gives what they say as one stream of events.
import {
  type LogEvent,
  PipelineError,
  type PlainError,
  type Step,
  type StepCounts,
  type StepStatus,
  isCancelled,
  plainError,
  stepId,
  defined,
} from '../model';

/** What became of a step. */
export interface Outcome {
  readonly step: Step;
  readonly status: StepStatus;
  readonly reason?: string;
  readonly counts: StepCounts;
  readonly seconds: number;
  readonly error?: PlainError;
  /** For a bug: what was thrown, for the log. */
  readonly thrown?: unknown;
  readonly key?: string;
}

/** How one step ends when it is not by an error. */
export type StepEnd =
  | { readonly kind: 'done'; readonly counts: StepCounts; readonly key?: string }
  /** Its inputs turned out to be what they were, or it has none. */
  | { readonly kind: 'skipped'; readonly reason: string };

export interface StepVoice {
  readonly progress: (percent?: number, rows?: number) => void;
  readonly log: (level: LogEvent['level'], message: string) => void;
}

export type ScheduleEvent =
  | { readonly kind: 'started'; readonly step: Step }
  | { readonly kind: 'progress'; readonly step: Step; readonly percent?: number; readonly rows?: number }
  | { readonly kind: 'log'; readonly step: Step; readonly level: LogEvent['level']; readonly message: string }
  | { readonly kind: 'ended'; readonly outcome: Outcome };

export const NO_COUNTS: StepCounts = { rowsIn: 0, rowsOut: 0, rowsRejected: 0, duplicates: 0 };

/** Progress of one step is told at most this often. */
const PROGRESS_MS = 200;

interface Options {
  readonly workers: number;
  readonly signal: AbortSignal;
  readonly execute: (step: Step, voice: StepVoice) => Promise<StepEnd>;
}

/**
 * Executes the steps, each after the ones it needs; a step whose need failed is skipped. A step that runs
 * out of memory beside others is tried once more alone. Every step gets exactly one `ended`.
 * Leaving the generator early waits for running steps, which the caller's signal should have cancelled.
 */
export async function* schedule(
  steps: readonly Step[],
  options: Options,
): AsyncGenerator<ScheduleEvent, void> {
  const queue: ScheduleEvent[] = [];
  let wake: (() => void) | undefined;
  const emit = (event: ScheduleEvent): void => {
    queue.push(event);
    wake?.();
  };

  // A step skipped for a failure before it is "blocked": what needs it must not run on an older state.
  const ended = new Map<string, StepStatus | 'blocked'>();
  let waiting: readonly Step[] = steps;
  const alone: Step[] = [];
  const tried = new Set<Step>();
  let running = 0;
  let exclusive = false;

  const finish = (outcome: Outcome, blocked = false): void => {
    ended.set(stepId(outcome.step), blocked ? 'blocked' : outcome.status);
    emit({ kind: 'ended', outcome });
  };

  async function start(step: Step): Promise<void> {
    running += 1;
    const begun = performance.now();
    if (!tried.has(step)) emit({ kind: 'started', step });
    let told = 0;
    const voice: StepVoice = {
      progress: (percent, rows) => {
        if (performance.now() - told < PROGRESS_MS) return;
        told = performance.now();
        emit({
          kind: 'progress',
          step,
          ...defined({ percent, rows }),
        });
      },
      log: (level, message) => emit({ kind: 'log', step, level, message }),
    };
    const seconds = (): number => Math.round(performance.now() - begun) / 1000;
    try {
      const end = await options.execute(step, voice);
      if (end.kind === 'done')
        finish({
          step,
          status: 'done',
          counts: end.counts,
          seconds: seconds(),
          ...defined({ key: end.key }),
        });
      else finish({ step, status: 'skipped', reason: end.reason, counts: NO_COUNTS, seconds: seconds() });
    } catch (error) {
      const crowded =
        error instanceof PipelineError && error.code === 'OUT_OF_MEMORY' && running > 1 && !tried.has(step);
      if (crowded) {
        tried.add(step);
        alone.push(step);
        voice.log('info', 'Out of memory beside other steps: it is tried again alone.');
      } else if (isCancelled(error) || options.signal.aborted)
        finish({ step, status: 'cancelled', reason: 'cancelled', counts: NO_COUNTS, seconds: seconds() });
      else
        finish({
          step,
          status: 'failed',
          counts: NO_COUNTS,
          seconds: seconds(),
          error: plainError(error),
          ...(error instanceof PipelineError ? {} : { thrown: error }),
        });
    } finally {
      running -= 1;
      if (running === 0) exclusive = false;
      advance();
    }
  }

  /** Starts what can start; ends at once what needs no work. */
  function advance(): void {
    for (let moved = true; moved;) {
      moved = false;
      const still: Step[] = [];
      for (const step of waiting) {
        if (settled(step)) moved = true;
        else still.push(step);
      }
      waiting = still;
      const next = alone[0];
      if (next !== undefined && running === 0) {
        alone.shift();
        exclusive = true;
        void start(next);
      }
    }
    wake?.();
  }

  /** Ends or starts a step if that can be; false: it goes on waiting. */
  function settled(step: Step): boolean {
    const needs = step.needs.map((id) => ended.get(id));
    const idle = (status: StepStatus, reason: string, blocked = false): true => {
      finish({ step, status, reason, counts: NO_COUNTS, seconds: 0 }, blocked);
      return true;
    };
    if (options.signal.aborted) return idle('cancelled', 'cancelled before it began');
    if (needs.includes(undefined)) return false;
    if (step.action === 'skip') return idle('skipped', step.reason);
    if (needs.includes('failed') || needs.includes('blocked'))
      return idle('skipped', unmet(step, ended), true);
    if (needs.includes('cancelled')) return idle('cancelled', 'cancelled before it began');
    if (exclusive || alone.length > 0 || running >= options.workers) return false;
    void start(step);
    return true;
  }

  advance();
  try {
    for (;;) {
      const next = queue.shift();
      if (next !== undefined) yield next;
      else if (running === 0 && waiting.length === 0 && alone.length === 0) return;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  } finally {
    waiting = [];
    alone.length = 0;
    while (running > 0)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
  }
}

function unmet(step: Step, ended: ReadonlyMap<string, StepStatus | 'blocked'>): string {
  const find = (status: string): string | undefined => step.needs.find((id) => ended.get(id) === status);
  const failed = find('failed');
  const [stage = '', , ...names] = (failed ?? find('blocked') ?? '').split('/');
  return `it needs ${stage} of ${names.join(', ')}, which ${failed === undefined ? 'could not run' : 'failed'}`;
}
