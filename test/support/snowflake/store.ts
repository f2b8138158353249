// Rows of tables in DuckDB, with transactions as Snowflake has them: read committed, and locks held to the end.
// A transaction keeps what it inserted and deleted beside the table and applies it at COMMIT, so that each of its
// statements sees what others committed before it began; DuckDB's own transactions would hide that and fail late.
import { quoteIdentifier, type Connection, type Database } from '../../../src/engine/base/duckdb';
import type { StoredTable } from './catalogue';
import { collated, storedAs, type Column } from './columnTypes';
import { Locks, lockTimeout, waited, WHOLE, type Waiting } from './locks';

/** The number of a row, over all tables: what a transaction deleted is named by it. */
export const ROW = '__row';
/** The number of the partition that a row was written in: each statement that inserts writes one of its own. */
const PART = '__part';

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

/** What the documentation leaves open, or the service decides: how tests choose it. */
interface LockRules {
  /** See PeerOptions. */
  readonly abandonedAfter: number;
  readonly granularity: 'partition' | 'table';
  readonly afterWait: 'snapshot' | 'latest';
}

/** The rows that an UPDATE or DELETE is meant for. */
interface Claim {
  readonly connection: Connection;
  readonly table: StoredTable;
  readonly transaction: Transaction;
  /** SQL after WHERE, in which the table has its own name. */
  readonly where: string;
}

export class Store {
  private readonly locks: Locks;
  private readonly touched = new Map<number, Set<Transaction>>();
  private queue: Promise<unknown> = Promise.resolve();
  private last = 0;
  private lastPart = 0;

  private constructor(
    readonly database: Database,
    private readonly writer: Connection,
    private readonly rules: LockRules,
  ) {
    this.locks = new Locks(rules.abandonedAfter, (owner) => this.rollback(owner));
  }

  static async open(database: Database, rules: LockRules): Promise<Store> {
    const writer = await database.connect();
    await writer.run('CREATE SCHEMA memory.store; CREATE SEQUENCE memory.store.numbers');
    return new Store(database, writer, rules);
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
    const columns = [
      ...(withRow ? [ROW, PART] : []),
      ...table.columns.map((c) => quoteIdentifier(c.name)),
    ].join(', ');
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
    this.lastPart += 1;
    return connection.run(
      `INSERT INTO ${into} (${PART}, ${columns.map(quoteIdentifier).join(', ')}) SELECT ${this.lastPart}, * FROM (${query})`,
      { signal },
    );
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
              `INSERT INTO ${into} (${ROW}, ${PART}, ${columns}) SELECT ${ROW}, ${PART}, ${columns} FROM ${inserted} WHERE ${ROW} NOT IN (SELECT number FROM ${deleted})`,
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
    this.locks.release(transaction);
    if (changes.length > 0)
      await this.write((w) =>
        w.run(changes.map((c) => `DROP TABLE ${c.inserted}; DROP TABLE ${c.deleted}`).join('; ')),
      );
  }

  /**
   * Finds and locks the rows that an UPDATE or DELETE is meant for. It sees what was committed before it began: after a
   * wait for a lock only those of its rows are left that are there still (or, by the rule "latest", it looks again).
   * @returns the session's temporary table with their numbers.
   */
  async claim({ connection, table, transaction, where }: Claim, wait: Waiting): Promise<string> {
    const { signal } = wait;
    const name = `claimed${transaction.id}`;
    const rows = (): string =>
      `(${this.visible(table, transaction, true)}) AS ${quoteIdentifier(table.name)}`;
    for (;;) {
      await connection.run(
        `CREATE OR REPLACE TEMP TABLE ${name} AS SELECT ${ROW}, ${PART} FROM ${rows()} WHERE ${where}`,
        { signal },
      );
      const parts = await connection.rows<{ part: number }>(
        `SELECT DISTINCT ${PART}::INTEGER AS part FROM ${name} ORDER BY 1`,
      );
      let hadToWait = false;
      const wanted = this.rules.granularity === 'table' ? [WHOLE] : parts.map(({ part }) => part);
      if (parts.length > 0)
        for (const part of wanted)
          if (await this.locks.take(table, transaction, part, wait)) hadToWait = true;
      if (!hadToWait) return name;
      if (this.rules.afterWait === 'latest') continue;
      await connection.run(`DELETE FROM ${name} WHERE ${ROW} NOT IN (SELECT ${ROW} FROM ${rows()})`);
      return name;
    }
  }

  /** Locks a whole table. */
  async lock(table: StoredTable, transaction: Transaction, wait: Waiting): Promise<void> {
    await this.locks.take(table, transaction, WHOLE, wait);
  }

  /** DDL of a table waits until no transaction holds changes of it. */
  async quiet(table: StoredTable, { seconds, signal }: Waiting): Promise<void> {
    const until = Date.now() + seconds * 1000;
    while ((this.touched.get(table.id)?.size ?? 0) > 0 || this.locks.isLocked(table))
      await waited(new Promise((r) => setTimeout(r, 10)), until - Date.now(), signal, () =>
        lockTimeout(table),
      );
  }
}

function viewName(table: StoredTable): string {
  return [table.database, table.schema, table.name].map(quoteIdentifier).join('.');
}

function createTable(name: string, columns: readonly Column[]): string {
  const list = columns
    .map((c) => `${quoteIdentifier(c.name)} ${storedAs(c.type)}${collated(c.collation)}`)
    .join(', ');
  return `CREATE TABLE ${name} (${ROW} BIGINT DEFAULT nextval('memory.store.numbers'), ${PART} BIGINT, ${list})`;
}
