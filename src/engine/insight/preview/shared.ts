// Work that several callers may wait for: done once, stopped when the last of them has given up.
import { cancelled } from '../../model';

export interface SharedWork<T> {
  readonly result: Promise<T>;
  /** Has it ended or been stopped without a result? Then it must be started again. */
  readonly failed: boolean;
  readonly done: boolean;
  /** Does nobody wait for it now? */
  readonly idle: boolean;
  /**
   * Waits for the result, or for `part` of the work, until the signal is aborted. The last one to give up stops
   * the work; who leaves with what was wanted does not.
   */
  wait(signal: AbortSignal | undefined): Promise<T>;
  wait<U>(signal: AbortSignal | undefined, part: Promise<U>): Promise<U>;
  stop(): void;
}

export function shareWork<T>(work: (signal: AbortSignal) => Promise<T>): SharedWork<T> {
  const control = new AbortController();
  let state: 'running' | 'done' | 'failed' = 'running';
  let waiting = 0;
  const result = work(control.signal);
  result.then(
    () => (state = 'done'),
    () => (state = 'failed'),
  );
  const stop = (): void => {
    if (state !== 'running') return;
    state = 'failed';
    control.abort();
  };
  return {
    result,
    get failed() {
      return state === 'failed';
    },
    get done() {
      return state === 'done';
    },
    get idle() {
      return waiting === 0;
    },
    wait: <U>(signal: AbortSignal | undefined, part?: Promise<U>) =>
      new Promise<T | U>((resolve, reject) => {
        if (signal?.aborted === true) {
          reject(cancelled());
          return;
        }
        waiting++;
        const leave = (): void => {
          waiting--;
          signal?.removeEventListener('abort', giveUp);
        };
        const giveUp = (): void => {
          leave();
          if (waiting === 0) stop();
          reject(cancelled());
        };
        signal?.addEventListener('abort', giveUp);
        (part ?? result).then(
          (value) => {
            if (signal?.aborted !== true) leave();
            resolve(value);
          },
          (error: unknown) => {
            if (signal?.aborted !== true) leave();
            reject(error instanceof Error ? error : new Error(String(error)));
          },
        );
      }) as Promise<never>,
    stop,
  };
}
