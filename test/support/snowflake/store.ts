// Rows of tables in DuckDB, with transactions as Snowflake has them: read committed, and locks held to the end.
// A transaction keeps what it inserted and deleted beside the table and applies it at COMMIT, so that each of its
// statements sees what others committed meanwhile; DuckDB's own transactions would hide that and fail late.
import { quoteIdentifier, type Connection, type Database } from '../../../src/engine/base/duckdb';
import { fullText, type StoredTable } from './catalogue';
import { storedAs, type Column } from './columnTypes';
import { canceled, SnowflakeError } from './errors';

/** The number of a row, over all tables: what a transaction deleted is named by it. */
export const ROW = '__row';

export interface Change {
  readonly table: StoredTable;
  /** Rows inserted by the transaction, with the columns of the table. */
  readonly inserted: string;
  /** Numbers of rows that it deleted. */
  readonly deleted: string;
}

export interface Transaction {
  readonly id: number;
  readonly changes: Map<number, Change>;
  /** A statement of it is running. */
  busy: boolean;
  /** When its last statement ended; milliseconds since 1970. */
  usedAt: number;
  /** The server rolled it back by itself: its session is told with the next statement. */
  abandoned: boolean;
}

interface Lock {
  readonly owner: Transaction;
  readonly table: StoredTable;
  readonly released: Promise<void>;
  readonly release: () => void;
}

export class Store {
  private readonly locks = new Map<number, Lock>();
  private readonly touched = new Map<number, Set<Transaction>>();
  private queue: Promise<unknown> = Promise.resolve();
  private last = 0;

  private constructor(
    readonly database: Database,
    private readonly writer: Connection,
    private readonly abandonedAfter: number,
  ) {}

  /**
   * `abandonedAfter`: a transaction that runs no statement for so many milliseconds while another waits for its
   * lock is rolled back. The service waits for five minutes.
   */
  static async open(database: Database, abandonedAfter: number): Promise<Store> {
    const writer = await database.connect();
    await writer.run('CREATE SCHEMA memory.store; CREATE SEQUENCE memory.store.numbers');
    return new Store(database, writer, abandonedAfter);
  }

  /** DDL and commits of the backing database, one after another. */
  write<T>(work: (writer: Connection) => Promise<T>): Promise<T> {
    const done = this.queue.then(() => work(this.writer));
    this.queue = done.catch(() => undefined);
    return done;
  }

  private physical(table: StoredTable): string {
    return `memory.store.t${table.id}`;
  }

  async create(table: StoredTable): Promise<void> {
    await this.write(async (writer) => {
      await writer.run(createTable(this.physical(table), table.columns));
      await this.show(writer, table);
    });
  }

  async drop(table: StoredTable): Promise<void> {
    await this.write(async (writer) => {
      if (!table.temporary) await writer.run(`DROP VIEW IF EXISTS ${viewName(table)}`);
      await writer.run(`DROP TABLE IF EXISTS ${this.physical(table)}`);
    });
  }

  /** Changes the stored columns; `table.columns` says already what they are to be. */
  async alter(table: StoredTable, statement: string): Promise<void> {
    await this.write(async (writer) => {
      // DuckDB does not alter a table that others depend on by an index; none are made here.
      await writer.run(`ALTER TABLE ${this.physical(table)} ${statement}`);
      await this.show(writer, table);
    });
  }

  /** The view by which tests look at the committed rows. */
  private async show(writer: Connection, table: StoredTable): Promise<void> {
    if (table.temporary) return;
    const columns = table.columns.map((c) => quoteIdentifier(c.name)).join(', ');
    await writer.run(
      `CREATE OR REPLACE VIEW ${viewName(table)} AS SELECT ${columns} FROM ${this.physical(table)}`,
    );
  }

  async createSchema(database: string, name: string): Promise<void> {
    await this.write((w) =>
      w.run(`CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(database)}.${quoteIdentifier(name)}`),
    );
  }

  begin(): Transaction {
    this.last += 1;
    return { id: this.last, changes: new Map(), busy: false, usedAt: Date.now(), abandoned: false };
  }

  /** The rows that a transaction sees: the committed ones, without what it deleted, with what it inserted. */
  visible(table: StoredTable, transaction: Transaction | undefined, withRow = false): string {
    const columns = [...(withRow ? [ROW] : []), ...table.columns.map((c) => quoteIdentifier(c.name))].join(
      ', ',
    );
    const change = transaction?.changes.get(table.id);
    if (change === undefined) return `SELECT ${columns} FROM ${this.physical(table)}`;
    const kept = `WHERE ${ROW} NOT IN (SELECT number FROM ${change.deleted})`;
    return `SELECT ${columns} FROM ${this.physical(table)} ${kept} UNION ALL SELECT ${columns} FROM ${change.inserted} ${kept}`;
  }

  /** Where a transaction's changes of a table are kept; made on first need. */
  private async change(table: StoredTable, transaction: Transaction): Promise<Change> {
    const known = transaction.changes.get(table.id);
    if (known !== undefined) return known;
    const change: Change = {
      table,
      inserted: `memory.store.i${transaction.id}_${table.id}`,
      deleted: `memory.store.d${transaction.id}_${table.id}`,
    };
    await this.write((w) =>
      w.run(`${createTable(change.inserted, table.columns)}; CREATE TABLE ${change.deleted} (number BIGINT)`),
    );
    transaction.changes.set(table.id, change);
    let touching = this.touched.get(table.id);
    if (touching === undefined) this.touched.set(table.id, (touching = new Set()));
    touching.add(transaction);
    return change;
  }

  /**
   * Inserts the rows of a query whose columns are named as the table's are.
   * Without a transaction they are there at once.
   */
  async insert(
    connection: Connection,
    table: StoredTable,
    columns: readonly string[],
    query: string,
    transaction: Transaction | undefined,
    signal: AbortSignal,
  ): Promise<number> {
    const into =
      transaction === undefined ? this.physical(table) : (await this.change(table, transaction)).inserted;
    return connection.run(`INSERT INTO ${into} (${columns.map(quoteIdentifier).join(', ')}) ${query}`, {
      signal,
    });
  }

  /** Notes rows as deleted: `query` gives their numbers. */
  async remove(
    connection: Connection,
    table: StoredTable,
    query: string,
    transaction: Transaction,
    signal: AbortSignal,
  ): Promise<number> {
    const { deleted } = await this.change(table, transaction);
    return connection.run(`INSERT INTO ${deleted} ${query}`, { signal });
  }

  /** Makes a transaction's changes everyone's, all at once, and releases its locks. */
  async commit(transaction: Transaction): Promise<void> {
    try {
      if (transaction.changes.size > 0)
        await this.write(async (writer) => {
          const statements = [...transaction.changes.values()].flatMap(({ table, inserted, deleted }) => {
            const columns = table.columns.map((c) => quoteIdentifier(c.name)).join(', ');
            const into = this.physical(table);
            return [
              `DELETE FROM ${into} WHERE ${ROW} IN (SELECT number FROM ${deleted})`,
              `INSERT INTO ${into} (${ROW}, ${columns}) SELECT ${ROW}, ${columns} FROM ${inserted} WHERE ${ROW} NOT IN (SELECT number FROM ${deleted})`,
            ];
          });
          await writer.run('BEGIN TRANSACTION');
          try {
            for (const statement of statements) await writer.run(statement);
            await writer.run('COMMIT');
          } catch (error) {
            await writer.run('ROLLBACK');
            throw error;
          }
        });
    } finally {
      await this.forget(transaction);
    }
  }

  async rollback(transaction: Transaction): Promise<void> {
    await this.forget(transaction);
  }

  private async forget(transaction: Transaction): Promise<void> {
    const changes = [...transaction.changes.values()];
    transaction.changes.clear();
    for (const { table } of changes) this.touched.get(table.id)?.delete(transaction);
    for (const [id, lock] of this.locks)
      if (lock.owner === transaction) {
        this.locks.delete(id);
        lock.release();
      }
    if (changes.length > 0)
      await this.write((w) =>
        w.run(changes.map((c) => `DROP TABLE ${c.inserted}; DROP TABLE ${c.deleted}`).join('; ')),
      );
  }

  /**
   * Takes the lock that DELETE and UPDATE hold to the end of their transaction; waits while another has it.
   * @throws SnowflakeError 000625 past `seconds` (LOCK_TIMEOUT), 000604 when cancelled.
   */
  async lock(
    table: StoredTable,
    transaction: Transaction,
    seconds: number,
    signal: AbortSignal,
  ): Promise<void> {
    const until = Date.now() + seconds * 1000;
    for (;;) {
      const held = this.locks.get(table.id);
      if (held === undefined) break;
      if (held.owner === transaction) return;
      const idle = held.owner.busy ? 0 : Date.now() - held.owner.usedAt;
      if (idle >= this.abandonedAfter) {
        held.owner.abandoned = true;
        await this.rollback(held.owner);
        continue;
      }
      const look = new Promise((resolve) =>
        setTimeout(resolve, Math.max(5, this.abandonedAfter - idle)).unref(),
      );
      await waited(Promise.race([held.released, look]), until - Date.now(), signal, () => lockTimeout(table));
    }
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    this.locks.set(table.id, { owner: transaction, table, released, release });
  }

  /** DDL of a table waits until no transaction holds changes of it. */
  async quiet(table: StoredTable, seconds: number, signal: AbortSignal): Promise<void> {
    const until = Date.now() + seconds * 1000;
    while ((this.touched.get(table.id)?.size ?? 0) > 0 || this.locks.has(table.id))
      await waited(new Promise((r) => setTimeout(r, 10)), until - Date.now(), signal, () =>
        lockTimeout(table),
      );
  }

  /** Tables that a transaction holds a lock of. */
  lockedBy(transaction: Transaction): readonly string[] {
    return [...this.locks.values()].filter((l) => l.owner === transaction).map((l) => fullText(l.table));
  }
}

function viewName(table: StoredTable): string {
  return [table.database, table.schema, table.name].map(quoteIdentifier).join('.');
}

function createTable(name: string, columns: readonly Column[]): string {
  const list = columns.map((c) => `${quoteIdentifier(c.name)} ${storedAs(c.type)}`).join(', ');
  return `CREATE TABLE ${name} (${ROW} BIGINT DEFAULT nextval('memory.store.numbers'), ${list})`;
}

function lockTimeout(table: StoredTable): SnowflakeError {
  return new SnowflakeError(
    '000625',
    '57014',
    `Statement was aborted because the lock on table '${fullText(table)}' was not released in time.`,
  );
}

async function waited(
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
