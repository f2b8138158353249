// Which dates a watch runs now, which it lets settle, and which it tries again later: plain data in, plain data out.
import type { LandingFile } from '../../lake';
import type { DateKey } from '../../model';

/** A file as it was seen: when its size or its time moves, it is another one. */
export type FileMark = string;

export const markOf = ({
  path,
  bytes,
  modifiedMs,
}: Pick<LandingFile, 'path' | 'bytes' | 'modifiedMs'>): FileMark => JSON.stringify([path, bytes, modifiedMs]);

/** A date on which a run would do something. */
export interface DueDate {
  readonly date: DateKey;
  /** What waits for it in landing. */
  readonly files: readonly FileMark[];
  /** A file of the date moves right now. */
  readonly moving: boolean;
}

/** The last run of a date that is still due after it. */
export interface Attempt {
  readonly files: ReadonlySet<FileMark>;
  /** The config it ran with. */
  readonly config: string;
  /** Runs in a row with these files and this config. */
  readonly tries: number;
  /** ms of the watch's own clock. */
  readonly retryAt: number;
}

export type DateDecision =
  | { readonly kind: 'run'; readonly date: DateKey }
  /** `at`: when its files will have been still for long enough, unless they move again. */
  | { readonly kind: 'settling'; readonly date: DateKey; readonly at: number }
  | { readonly kind: 'later'; readonly date: DateKey; readonly at: number };

export interface Watched {
  /** Since when a file has been seen unmoved, ms of the watch's own clock. */
  readonly still: ReadonlyMap<FileMark, number>;
  readonly attempts: ReadonlyMap<DateKey, Attempt>;
  readonly config: string;
  readonly settleMs: number;
}

/**
 * Decides for each date. Stillness is counted from when the watch saw the file, on a clock that only goes
 * forward: neither a file's own time nor a clock that is set again can make half a file look whole.
 */
export function decideDates(due: readonly DueDate[], now: number, watched: Watched): readonly DateDecision[] {
  return due.map(({ date, files, moving }): DateDecision => {
    const settled = Math.max(
      moving ? now + watched.settleMs : 0,
      ...files.map((file) => (watched.still.get(file) ?? now) + watched.settleMs),
    );
    if (settled > now) return { kind: 'settling', date, at: settled };
    const last = watched.attempts.get(date);
    const known = last !== undefined && sameInputs(last, files, watched.config);
    return known && last.retryAt > now ? { kind: 'later', date, at: last.retryAt } : { kind: 'run', date };
  });
}

/** Files that have gone were taken by the run; a new one, or one that changed, is a new input. */
export function sameInputs(last: Attempt, files: readonly FileMark[], config: string): boolean {
  return last.config === config && files.every((file) => last.files.has(file));
}

/** How long to wait after `tries` runs in a row with the same inputs: doubles each time, up to an hour. */
export function backOffMs(firstMs: number, tries: number): number {
  return Math.min(firstMs * 2 ** Math.min(tries - 1, 30), Math.max(firstMs, LONGEST_MS));
}

const LONGEST_MS = 3_600_000;
