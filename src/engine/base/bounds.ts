// How much memory and time a statement may take. DuckDB counts most of its memory itself, but neither what single values
// take nor what it computes while it binds; and some functions answer no interrupt.
import { PipelineError } from '../model';
import { endWithin, killAtExit } from './ending';

export interface StatementBounds {
  /** Bytes by which the process may grow while a statement runs, beside some room. */
  readonly bytes: number;
  /** Infinity: as long as it takes. */
  readonly seconds: number;
}

/** To parse and bind SQL: no data is read. */
export const BINDING: StatementBounds = { bytes: 128e6, seconds: 10 };

/** How often it is looked, in milliseconds: a gigabyte takes longer to fill. */
const LOOK_MS = 50;
/** What a statement may take beside what DuckDB counts. */
const room = (bytes: number): number => Math.max(384e6, bytes / 2);
/** A statement that is interrupted obeys within so many milliseconds, or never. */
const PATIENCE_MS = 5_000;
/** Time for last words, in milliseconds. */
const LAST_WORDS_MS = 2_000;

/** A statement under watch; what is streamed is one statement from its first rows to its last. */
export interface BoundStatement {
  /** Why it was interrupted. */
  readonly over: PipelineError | undefined;
  /** Its native code begins to work. @returns called when that has ended. */
  enter(interrupt: () => void): () => void;
}

class WatchedStatement implements BoundStatement {
  over: PipelineError | undefined;
  readonly #bounds: StatementBounds;
  readonly #owner: object;
  /** Bytes of the process when it began. */
  readonly #base = process.memoryUsage.rss();
  /** Bytes that others have been allowed at once since then. */
  #others = 0;
  #spentMs = 0;
  #enteredAt = 0;
  #interruptedAt: number | undefined;
  #interrupt: () => void = () => undefined;

  constructor(bounds: StatementBounds, owner: object) {
    this.#bounds = bounds;
    this.#owner = owner;
  }

  enter(interrupt: () => void): () => void {
    this.#interrupt = interrupt;
    this.#enteredAt = performance.now();
    working.add(this);
    timer ??= setInterval(look, LOOK_MS).unref();
    return () => {
      this.#spentMs += performance.now() - this.#enteredAt;
      working.delete(this);
      if (working.size > 0 || timer === undefined) return;
      clearInterval(timer);
      timer = undefined;
    };
  }

  /** Interrupts it where it takes too much; where that does not help, the process is ended. */
  look(rss: number, beside: ReadonlyMap<object, number>): void {
    const own = beside.get(this.#owner) ?? this.#bounds.bytes;
    let others = own - Math.min(own, this.#bounds.bytes);
    for (const [owner, bytes] of beside) if (owner !== this.#owner) others += bytes;
    this.#others = Math.max(this.#others, others);
    const soft = this.#base + this.#bounds.bytes + this.#others + room(this.#bounds.bytes);
    const hard = soft + Math.max(512e6, this.#bounds.bytes / 4);
    const seconds = (this.#spentMs + performance.now() - this.#enteredAt) / 1_000;
    if (rss > soft) this.#stop(tooLarge());
    else if (seconds > this.#bounds.seconds) this.#stop(tooSlow(this.#bounds.seconds));
    const late = this.#interruptedAt !== undefined && performance.now() - this.#interruptedAt > PATIENCE_MS;
    if (this.over !== undefined && (rss > hard || late)) runaway(this.over);
  }

  get allowed(): readonly [object, number] {
    return [this.#owner, this.#bounds.bytes];
  }

  #stop(why: PipelineError): void {
    if (this.over !== undefined) return;
    this.over = why;
    this.#interruptedAt = performance.now();
    this.#interrupt();
  }
}

/** Statements whose native code is at work. */
const working = new Set<WatchedStatement>();
let timer: NodeJS.Timeout | undefined;

function look(): void {
  const rss = process.memoryUsage.rss();
  // Statements of one instance share its memory.
  const beside = new Map<object, number>();
  for (const {
    allowed: [owner, bytes],
  } of working)
    beside.set(owner, Math.max(bytes, beside.get(owner) ?? 0));
  for (const one of working) one.look(rss, beside);
}

/** @param owner the instance that runs it: its statements share its memory. */
export const boundStatement = (bounds: StatementBounds, owner: object): BoundStatement =>
  new WatchedStatement(bounds, owner);

const tooLarge = (): PipelineError =>
  new PipelineError(
    'OUT_OF_MEMORY',
    'The query was cancelled: it used too much memory.',
    'Query fewer rows at once, or raise MEMORY_LIMIT in .env.',
  );

const tooSlow = (seconds: number): PipelineError =>
  new PipelineError(
    'TIMEOUT',
    `The query was cancelled: it took longer than ${seconds} seconds.`,
    'Query fewer rows at once, or simplify the SQL.',
  );

let lastWords: ((error: PipelineError) => void) | undefined;
let ended = false;

/**
 * What this process does when a statement is over its bounds and cannot be cancelled: it says so, and exits. It is
 * killed soon after, whatever it does.
 */
export function onRunaway(say: (error: PipelineError) => void): void {
  lastWords = say;
}

function runaway(over: PipelineError): void {
  if (ended) return;
  ended = true;
  const what = over.code === 'OUT_OF_MEMORY' ? 'used too much memory' : 'took too long';
  const error = new PipelineError(
    over.code,
    `A query ${what} and could not be cancelled: the process that ran it was ended.`,
    over.remedy,
  );
  endWithin(LAST_WORDS_MS, () => process.kill(process.pid, 'SIGKILL'));
  killAtExit();
  if (lastWords === undefined) process.emitWarning(`${error.message} ${error.remedy}`);
  else lastWords(error);
}
