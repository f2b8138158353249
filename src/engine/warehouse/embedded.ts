// The embedded warehouse: a DuckDB file attached to the run's instance, loaded with Snowflake's protocol.
import { statSync } from 'node:fs';
import { type Connection, type LentDatabase, problemOf, quoteLiteral, sizeOf, untrusted } from '../base';
import { warehouseFile } from '../lake';
import {
  type DateKey,
  type Settings,
  type Table,
  isCancelled,
  plainError,
  throwIfCancelled,
  isoDate,
} from '../model';
import type {
  FailedLoad,
  LoadRecord,
  LoadRequest,
  LoadResult,
  Measures,
  Warehouse,
  WarehouseCheck,
  WarehouseUse,
} from './contract';
import { attachWarehouse, detachWarehouse } from './embeddedFile';
import { ensureTable, replaceDate } from './embeddedLoad';
import { DUCKDB_DIALECT, measureDatesQuery, readMeasuresByDate } from './measures';
import { attemptRow, confirmed, note } from './monitoring';
import { ATTACHED, columnsOf, deleteDate, insertAccepted } from './statements';
import { checkDistinct, createTable, monitoringTarget, qualified, targetOf, type Target } from './target';

/** See `Warehouse`. The file is created with the first DDL and attached with the first question. */
export class EmbeddedWarehouse implements Warehouse {
  readonly kind = 'embedded';
  readonly #settings: Settings;
  readonly #database: LentDatabase;
  readonly #use: WarehouseUse;
  readonly #file: string;
  readonly #monitoring: Target;
  #session: Connection | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(settings: Settings, database: LentDatabase, use: WarehouseUse) {
    this.#settings = settings;
    this.#database = database;
    this.#use = use;
    this.#file = warehouseFile(settings);
    this.#monitoring = monitoringTarget(settings);
  }

  get place(): string {
    return this.#file;
  }

  prepare(tables: readonly Table[]): Promise<readonly string[]> {
    return this.#inTurn(async () => {
      checkDistinct(tables);
      const targets = tables.map((table) => targetOf(this.#settings, table));
      const connection = await this.#attached();
      const done: string[] = [];
      for (const target of [this.#monitoring, ...targets])
        done.push(...(await ensureTable(connection, this.#file, target)));
      return done;
    });
  }

  loads(): Promise<ReadonlyMap<string, LoadRecord>> {
    return this.#inTurn(async () => {
      if (!this.#isThere) return new Map<string, LoadRecord>();
      const connection = await this.#attached();
      if ((await columnsOf(connection, this.#monitoring)).size === 0) return new Map<string, LoadRecord>();
      return confirmed(connection, this.#settings, this.#monitoring);
    });
  }

  load(request: LoadRequest): Promise<LoadResult> {
    return this.#inTurn(async () => {
      throwIfCancelled(request.signal);
      const startedAt = new Date().toISOString();
      try {
        const target = targetOf(this.#settings, request.table);
        const own = await this.#attached(request.signal);
        await ensureTable(own, this.#file, this.#monitoring);
        // Asked before the table is made: a load into a table that is gone counts for nothing.
        const latest = (await confirmed(own, this.#settings, this.#monitoring)).get(
          `${request.date}/${target.name}`,
        );
        if (latest?.loadId === request.loadId && !request.again)
          return { loaded: latest.rows, deleted: 0, repeated: true };
        await ensureTable(own, this.#file, target);
        try {
          return await replaceDate(request, target, this.#monitoring, startedAt);
        } catch (error) {
          // No transaction is left where BEGIN or COMMIT itself failed: the first error is the one to tell.
          await request.connection.run('ROLLBACK').catch(() => undefined);
          throw error;
        }
      } catch (error) {
        if (!isCancelled(error))
          await this.#noteFailed({ ...request, error, startedAt }).catch(() => undefined);
        throw error;
      }
    });
  }

  noteFailure(attempt: FailedLoad): Promise<void> {
    return this.#inTurn(() => this.#noteFailed(attempt));
  }

  statementsOf(table: Table, date: DateKey): readonly string[] {
    const target = targetOf(this.#settings, table);
    return [
      createTable(target, ATTACHED),
      'BEGIN TRANSACTION',
      deleteDate(target).replace('$1', quoteLiteral(isoDate(date))),
      insertAccepted(target, { source: 'gold', rejects: 'rejects', date }),
      'COMMIT',
    ];
  }

  async check(): Promise<WarehouseCheck> {
    try {
      const count = await this.#inTurn(async () => {
        if (!this.#isThere) return 0;
        const connection = await this.#attached();
        if ((await columnsOf(connection, this.#monitoring)).size === 0) return 0;
        return (await confirmed(connection, this.#settings, this.#monitoring)).size;
      });
      return {
        facts: [{ name: 'warehouse', value: `embedded, ${this.#file}, ${count} loads` }],
        problems: [],
      };
    } catch (error) {
      return { facts: [], problems: [{ ...problemOf(error), file: this.#file }] };
    }
  }

  measure(
    table: Table,
    dates: readonly [DateKey, ...DateKey[]],
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<DateKey, Measures> | undefined> {
    return this.#inTurn(async () => {
      if (!this.#isThere) return undefined;
      const connection = await this.#attached(signal);
      const target = targetOf(this.#settings, table);
      const existing = await columnsOf(connection, target);
      if (existing.size === 0) return undefined;
      const columns = target.columns.filter((column) => existing.has(column.name));
      const rows = await connection.rows(
        measureDatesQuery(
          columns,
          qualified(target, ATTACHED),
          dates.map((_, i) => `CAST($${i + 1} AS DATE)`),
          DUCKDB_DIALECT,
        ),
        { values: dates.map(isoDate), signal },
      );
      return readMeasuresByDate(columns, dates, rows);
    });
  }

  close(): Promise<void> {
    return this.#inTurn(async () => {
      const session = this.#session;
      this.#session = undefined;
      if (session !== undefined) await detachWarehouse(session);
    });
  }

  /** One after another: two transactions on one DuckDB table end in a conflict, and waiting costs less than a retry. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work, work);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  async #attached(signal?: AbortSignal): Promise<Connection> {
    // Views of the file are SQL of whoever made it.
    if (!this.#settings.trusted) throw untrusted('Asking the embedded warehouse of a folder');
    this.#session ??= await attachWarehouse(this.#database, this.#file, this.#use, signal);
    return this.#session;
  }

  /** Nothing is created where nothing was ever loaded. */
  get #isThere(): boolean {
    return this.#session !== undefined || statSync(this.#file, { throwIfNoEntry: false }) !== undefined;
  }

  async #noteFailed(attempt: FailedLoad): Promise<void> {
    const connection = await this.#attached();
    await ensureTable(connection, this.#file, this.#monitoring);
    const plain = plainError(attempt.error);
    await note(connection, this.#monitoring, {
      ...attemptRow(attempt),
      STATUS: 'FAILED',
      FILE_BYTES: (await sizeOf(attempt.gold)) ?? null,
      STARTED_AT: attempt.startedAt,
      FINISHED_AT: new Date().toISOString(),
      ERROR_CODE: plain.code,
      ERROR_MESSAGE: plain.message,
    });
  }
}
