// Runs planned steps with bounded parallelism and gives what they say as one stream of events.
import { type LogEvent, PipelineError, type Step, defined, isCancelled, plainError, stepId } from '../model';
import type { StepEnd, StepOutcome } from './stepOutcome';

/** What a running step is given: ways to say how far it is, and the signal that cancels it. */
export interface StepControl {
  readonly signal: AbortSignal;
  readonly progress: (percent?: number, rows?: number) => void;
  readonly log: (level: LogEvent['level'], message: string) => void;
}

export type ScheduleEvent =
  | { readonly kind: 'started'; readonly step: Step }
  | { readonly kind: 'progress'; readonly step: Step; readonly percent?: number; readonly rows?: number }
  | { readonly kind: 'log'; readonly step: Step; readonly level: LogEvent['level']; readonly message: string }
  | { readonly kind: 'ended'; readonly outcome: StepOutcome };

/** Progress of one step is reported at most this often. */
const PROGRESS_MS = 200;

interface ScheduleOptions {
  readonly workers: number;
  readonly signal: AbortSignal;
  readonly execute: (step: Step, control: StepControl) => Promise<StepEnd>;
}

/**
 * Executes the steps, each after the ones it needs; a step whose need failed is skipped. A step that runs
 * out of memory beside others is tried once more alone. Every step gets exactly one `ended`.
 * Leaving the generator early cancels the running steps and waits for them.
 */
export function schedule(
  steps: readonly Step[],
  options: ScheduleOptions,
): AsyncGenerator<ScheduleEvent, void> {
  return new Schedule(steps, options).events();
}

/** What a step that has ended means for those that need it. */
type Ended = 'satisfied' | 'failed' | 'cancelled' | 'blocked';

class Schedule {
  readonly #options: ScheduleOptions;
  /** The consumer has left. */
  readonly #left = new AbortController();
  readonly #signal: AbortSignal;
  readonly #queue: ScheduleEvent[] = [];
  readonly #ended = new Map<string, Ended>();
  #waiting: readonly Step[];
  /** Ran out of memory beside others; `#retried` has those that were moved here once. */
  readonly #alone: Step[] = [];
  readonly #retried = new Set<Step>();
  #running = 0;
  /** A step runs alone: no other may start. */
  #exclusive = false;
  #wake: (() => void) | undefined;

  constructor(steps: readonly Step[], options: ScheduleOptions) {
    this.#waiting = steps;
    this.#options = options;
    this.#signal = AbortSignal.any([options.signal, this.#left.signal]);
  }

  async *events(): AsyncGenerator<ScheduleEvent, void> {
    this.#advance();
    try {
      for (;;) {
        const next = this.#queue.shift();
        if (next !== undefined) yield next;
        else if (this.#running === 0 && this.#waiting.length === 0 && this.#alone.length === 0) return;
        else await this.#change();
      }
    } finally {
      this.#left.abort();
      this.#waiting = [];
      this.#alone.length = 0;
      while (this.#running > 0) await this.#change();
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #emit(event: ScheduleEvent): void {
    this.#queue.push(event);
    this.#wake?.();
  }

  #finish(outcome: StepOutcome, meaning: Ended = meaningOf(outcome)): void {
    this.#ended.set(stepId(outcome.step), meaning);
    this.#emit({ kind: 'ended', outcome });
  }

  /** Starts what can start; ends at once what needs no work. */
  #advance(): void {
    for (let moved = true; moved;) {
      const still = this.#waiting.filter((step) => !this.#settled(step));
      moved = still.length < this.#waiting.length;
      this.#waiting = still;
      const next = this.#alone[0];
      if (next !== undefined && this.#running === 0) {
        this.#alone.shift();
        this.#exclusive = true;
        void this.#start(next);
      }
    }
    this.#wake?.();
  }

  /** Ends or starts a step where that is possible; false: it has to wait. */
  #settled(step: Step): boolean {
    const needs = step.needs.map((id) => this.#ended.get(id));
    const cancelled = { kind: 'cancelled', reason: 'cancelled before it started' } as const;
    if (this.#signal.aborted) this.#finish({ step, seconds: 0, ...cancelled });
    else if (needs.includes(undefined) || step.after?.some((id) => !this.#ended.has(id)) === true)
      return false;
    else if (step.action === 'skip') this.#finish({ step, seconds: 0, kind: 'skipped', reason: step.reason });
    else if (needs.includes('failed') || needs.includes('blocked'))
      this.#finish({ step, seconds: 0, kind: 'skipped', reason: this.#unmet(step) }, 'blocked');
    else if (needs.includes('cancelled')) this.#finish({ step, seconds: 0, ...cancelled });
    else if (this.#exclusive || this.#alone.length > 0 || this.#running >= this.#options.workers)
      return false;
    else void this.#start(step);
    return true;
  }

  async #start(step: Step): Promise<void> {
    this.#running += 1;
    const begun = performance.now();
    if (!this.#retried.has(step)) this.#emit({ kind: 'started', step });
    const control = this.#controlOf(step);
    const seconds = (): number => Math.round(performance.now() - begun) / 1000;
    try {
      const end = await this.#options.execute(step, control);
      this.#finish({ step, seconds: seconds(), ...end });
    } catch (thrown) {
      if (this.#crowded(step, thrown)) {
        this.#retried.add(step);
        this.#alone.push(step);
        control.log('info', 'Out of memory beside other steps: it runs again, alone.');
      } else if (isCancelled(thrown) || this.#signal.aborted)
        this.#finish({ step, seconds: seconds(), kind: 'cancelled', reason: 'cancelled' });
      else
        this.#finish({
          ...{ step, seconds: seconds(), kind: 'failed', error: plainError(thrown) },
          ...defined({ thrown: thrown instanceof PipelineError ? undefined : stackText(thrown) }),
        });
    } finally {
      this.#running -= 1;
      if (this.#running === 0) this.#exclusive = false;
      this.#advance();
    }
  }

  #controlOf(step: Step): StepControl {
    let reportedAt = 0;
    return {
      signal: this.#signal,
      progress: (percent, rows) => {
        if (performance.now() - reportedAt < PROGRESS_MS) return;
        reportedAt = performance.now();
        this.#emit({ kind: 'progress', step, ...defined({ percent, rows }) });
      },
      log: (level, message) => this.#emit({ kind: 'log', step, level, message }),
    };
  }

  /** Did a step run out of memory that others may have held? */
  #crowded(step: Step, thrown: unknown): boolean {
    return (
      thrown instanceof PipelineError &&
      thrown.code === 'OUT_OF_MEMORY' &&
      this.#running > 1 &&
      !this.#retried.has(step)
    );
  }

  #unmet(step: Step): string {
    const find = (meaning: Ended): string | undefined =>
      step.needs.find((id) => this.#ended.get(id) === meaning);
    const failed = find('failed');
    const [stage = '', , ...names] = (failed ?? find('blocked') ?? '').split('/');
    return `it needs ${stage} of ${names.join(', ')}, which ${failed === undefined ? 'could not run' : 'failed'}`;
  }
}

function meaningOf(outcome: StepOutcome): Ended {
  switch (outcome.kind) {
    case 'done':
    case 'skipped':
      return 'satisfied';
    case 'refused':
    case 'failed':
      return 'failed';
    case 'cancelled':
      return 'cancelled';
    default:
      return outcome satisfies never;
  }
}

/** Where a bug was thrown, or what it says. */
const stackText = (thrown: unknown): string =>
  thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
