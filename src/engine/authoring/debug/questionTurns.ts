// One question after another: the session of a paused step answers one at a time, until the step continues.
import type { PagedRows } from './pagedRows';

export class QuestionTurns {
  readonly #life = new AbortController();
  #last: Promise<unknown> = Promise.resolve();

  /** Aborted when the step continues. */
  get signal(): AbortSignal {
    return this.#life.signal;
  }

  /** Does work once everything asked before is answered. @param work gets a signal that also ends with the pause. */
  take<T>(signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const one = signal === undefined ? this.#life.signal : AbortSignal.any([this.#life.signal, signal]);
    const turn = this.#last.then(() => work(one));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** The same rows, whose pages wait for their turn, too. */
  rows(rows: PagedRows): PagedRows {
    return {
      ...rows,
      page: (start, count, signal) => this.take(signal, (one) => rows.page(start, count, one)),
      write: (path, signal) => this.take(signal, (one) => rows.write(path, one)),
    };
  }

  /** Ends what is being answered, and waits for it. */
  async close(): Promise<void> {
    this.#life.abort();
    await this.#last;
  }
}
