// Locks of DML as Snowflake's documentation has them ("Transactions", "Resource locking"): UPDATE, DELETE and MERGE lock
// the partitions whose rows they change until their transaction ends, a statement that changes nothing locks nothing,
// and INSERT, which writes partitions of its own, waits for nobody.
import { fullText, type StoredTable } from './catalogue';
import { canceled, SnowflakeError } from './errors';
import type { Transaction } from './store';

/** The whole of a table: what TRUNCATE locks, and every UPDATE and DELETE where locks are by table. */
export const WHOLE = -1;

/** More statements than this do not wait for one table: the next fails with 000625. */
const MOST_WAITING = 20;

interface Lock {
  readonly owner: Transaction;
  readonly table: StoredTable;
  /** Number of the partition, or WHOLE. */
  readonly part: number;
}

/** How long a statement waits. */
export interface Waiting {
  /** LOCK_TIMEOUT. */
  readonly seconds: number;
  readonly signal: AbortSignal;
}

export class Locks {
  private held: Lock[] = [];
  /** For whom a transaction's statement waits, and at which table. */
  private readonly waiting = new Map<Transaction, { readonly owner: Transaction; readonly table: number }>();
  private wake: (() => void)[] = [];

  /**
   * `abandonedAfter`: a transaction that runs no statement for so many milliseconds while another waits for it is
   * handed to `abandon`. The service waits for five minutes.
   */
  constructor(
    private readonly abandonedAfter: number,
    private readonly abandon: (owner: Transaction) => Promise<void>,
  ) {}

  /**
   * Takes the lock of one partition; waits while another transaction has it.
   * @returns whether it had to wait.
   * @throws SnowflakeError 000625 past LOCK_TIMEOUT, where too many wait or where two wait for each other; 000604 when
   * cancelled.
   */
  async take(table: StoredTable, owner: Transaction, part: number, wait: Waiting): Promise<boolean> {
    const until = Date.now() + wait.seconds * 1000;
    let waited = false;
    for (;;) {
      const other = this.held.find(
        (l) =>
          l.table.id === table.id &&
          l.owner !== owner &&
          (l.part === part || l.part === WHOLE || part === WHOLE),
      );
      if (other === undefined) break;
      const idle = other.owner.busy ? 0 : Date.now() - other.owner.usedAt;
      if (idle >= this.abandonedAfter) {
        other.owner.abandoned = true;
        await this.abandon(other.owner);
        continue;
      }
      waited = true;
      await this.waitFor(other, owner, Math.max(5, this.abandonedAfter - idle), until, wait.signal);
    }
    this.held.push({ owner, table, part });
    return waited;
  }

  private async waitFor(
    other: Lock,
    owner: Transaction,
    lookAfter: number,
    until: number,
    signal: AbortSignal,
  ): Promise<void> {
    if (this.waitsFor(other.owner, owner)) throw deadlock(other.table);
    const queue = [...this.waiting.values()].filter((w) => w.table === other.table.id);
    if (queue.length >= MOST_WAITING) throw tooMany(other.table);
    this.waiting.set(owner, { owner: other.owner, table: other.table.id });
    const released = new Promise<void>((resolve) => this.wake.push(resolve));
    const look = new Promise((resolve) => setTimeout(resolve, lookAfter).unref());
    try {
      await waited(Promise.race([released, look]), until - Date.now(), signal, () =>
        lockTimeout(other.table),
      );
    } finally {
      this.waiting.delete(owner);
    }
  }

  /** Does a transaction wait, over others, for this one? */
  private waitsFor(from: Transaction, whom: Transaction): boolean {
    const seen = new Set<Transaction>();
    for (
      let next: Transaction | undefined = from;
      next !== undefined && !seen.has(next);
      next = this.waiting.get(next)?.owner
    ) {
      if (next === whom) return true;
      seen.add(next);
    }
    return false;
  }

  release(owner: Transaction): void {
    this.held = this.held.filter((l) => l.owner !== owner);
    const waking = this.wake;
    this.wake = [];
    for (const resolve of waking) resolve();
  }

  isLocked(table: StoredTable): boolean {
    return this.held.some((l) => l.table.id === table.id);
  }
}

/** @throws what `late` gives past so many milliseconds; SnowflakeError 000604 when cancelled. */
export async function waited(
  what: Promise<unknown>,
  milliseconds: number,
  signal: AbortSignal,
  late: () => SnowflakeError,
): Promise<void> {
  if (signal.aborted) throw canceled();
  if (milliseconds <= 0) throw late();
  await new Promise<void>((resolve, reject) => {
    const finish = (act: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      act();
    };
    const abort = (): void => finish(() => reject(canceled()));
    const timer = setTimeout(() => finish(() => reject(late())), Math.min(milliseconds, 2 ** 31 - 1));
    signal.addEventListener('abort', abort);
    what.then(
      () => finish(resolve),
      () => finish(resolve),
    );
  });
}

/** The service's own number; the words are a stand-in. */
export function lockTimeout(table: StoredTable): SnowflakeError {
  return new SnowflakeError(
    '000625',
    '57014',
    `Statement was aborted because the lock on table '${fullText(table)}' was not released in time.`,
  );
}

function tooMany(table: StoredTable): SnowflakeError {
  return new SnowflakeError(
    '000625',
    '57014',
    `Another statement has locked table '${table.name}' and this lock has not yet been released. Your statement was aborted because the number of waiters for this lock exceeds the ${MOST_WAITING} statements limit.`,
  );
}

/** By the documentation the most recent statement of a deadlock fails, and its transaction stays open. Stand-in words. */
function deadlock(table: StoredTable): SnowflakeError {
  return new SnowflakeError(
    '000626',
    '57014',
    `Statement was aborted because of a deadlock on table '${fullText(table)}'.`,
  );
}
