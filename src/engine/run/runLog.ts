// The log of a run: its events as NDJSON, in bounded space.
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { LogEvent, RunEvent } from '../model';

/** Characters of quiet events that are written at once. */
const LOG_BUFFER = 1 << 20;

/** Bytes a run’s log has before it is limited to what matters: about a hundred thousand steps. */
const LOG_BYTES = 64 * 1024 * 1024;

/** What events matter when not all can be kept, least first. */
const WEIGHTS = ['chatter', 'outcome', 'end'] as const;
type Weight = (typeof WEIGHTS)[number];

/**
 * The log is a convenience: when it cannot be written (a full disk) the run continues without it, since its
 * outputs do not depend on it. It is bounded: past `most` bytes it takes only how steps ended and errors, past
 * twice that only the end of the run.
 */
export class RunLog {
  readonly #file: string;
  readonly #most: number;
  #usable = true;
  #pending = '';
  #bytes = 0;
  /** The least weight that is still taken. */
  #least: Weight = 'chatter';

  constructor(file: string, most = LOG_BYTES) {
    this.#file = file;
    this.#most = most;
  }

  append(event: RunEvent): void {
    if (!this.#usable || WEIGHTS.indexOf(weightOf(event)) < WEIGHTS.indexOf(this.#least)) return;
    this.#put(event);
    this.#narrow(event);
    // Quiet events are written together.
    if (!isQuiet(event) || this.#pending.length > LOG_BUFFER) this.#write();
  }

  #put(event: RunEvent): void {
    const line = `${JSON.stringify(event)}\n`;
    this.#bytes += Buffer.byteLength(line);
    this.#pending += line;
  }

  /** Takes the next narrower limit once the present one is reached, and says so in the log. */
  #narrow({ time, run_id }: Pick<RunEvent, 'time' | 'run_id'>): void {
    const next: Weight =
      this.#bytes >= 2 * this.#most ? 'end' : this.#bytes >= this.#most ? 'outcome' : 'chatter';
    if (next === this.#least) return;
    this.#least = next;
    const message =
      next === 'end'
        ? 'The log has grown large: from here on it has only the end of the run.'
        : 'The log has grown large: from here on it has only how steps ended, and errors.';
    this.#put({ event: 'log', level: 'warning', message, time, run_id } satisfies LogEvent);
  }

  #write(): void {
    try {
      mkdirSync(dirname(this.#file), { recursive: true });
      appendFileSync(this.#file, this.#pending);
    } catch {
      this.#usable = false;
    }
    this.#pending = '';
  }
}

/** Skipped steps come by the thousand in a run without work: they hold names of the config and our own words. */
export function isQuiet(event: Pick<RunEvent, 'event'>): boolean {
  return event.event === 'step_finished' && 'status' in event && event.status === 'skipped';
}

function weightOf(event: RunEvent): Weight {
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
