// What a warehouse is asked and what it answers; stages and implementations meet here.
import type { Connection } from '../base';
import type { CheckProblem, DateKey, Table } from '../model';

/** The latest confirmed load of one date and table. */
export interface LoadRecord {
  readonly loadId: string;
  readonly runId: string;
  /** Rows of that date in the target table. */
  readonly rows: number;
  /** sha256 (hex) of the gold file they came from. */
  readonly goldSha256: string;
  /** ISO 8601, UTC. */
  readonly finishedAt: string;
}

/** One date of one table, as validated: what is to replace that date in the target. */
export interface LoadRequest {
  /** The step's own: `source` and `rejects` live in it, and it carries the transaction. */
  readonly connection: Connection;
  readonly table: Table;
  readonly date: DateKey;
  readonly loadId: string;
  readonly runId: string;
  /** Absolute path of the gold file: its name, size and hash go into the monitoring row. */
  readonly gold: string;
  /** Temporary view of gold: the table's columns, `brand_code` and `_row`. */
  readonly source: string;
  readonly sourceRows: number;
  /** Temporary table whose `_row` names the rows of `source` that stay out; undefined: all go in. */
  readonly rejects: string | undefined;
  /** Rows that must be in the target for this date afterwards. */
  readonly expectedRows: number;
  /** Loads even where this very load is confirmed already: `--force`. */
  readonly again: boolean;
  readonly signal: AbortSignal;
}

export interface LoadResult {
  /** Rows of the date in the target, counted there. */
  readonly loaded: number;
  /** Rows of the date that were there before. */
  readonly deleted: number;
  /** True: this load was confirmed before, nothing was done. */
  readonly repeated: boolean;
}

/** A load that did not happen, for the monitoring table. */
export interface FailedLoad extends Pick<
  LoadRequest,
  'table' | 'date' | 'loadId' | 'runId' | 'gold' | 'sourceRows'
> {
  readonly error: unknown;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
}

/**
 * Figures of one column that any two databases compute alike, as canonical text (see measures.ts): what cannot be
 * compared exactly between databases is null.
 */
export interface ColumnMeasures {
  /** Values that are not NULL. */
  readonly filled: number;
  readonly min: string | null;
  readonly max: string | null;
  /** Of integers and decimals only. */
  readonly sum: string | null;
}

/** Figures of one date of one table, in gold or in a target. */
export interface Measures {
  readonly rows: number;
  /** By the column's name in the warehouse (upper case). */
  readonly columns: Readonly<Record<string, ColumnMeasures>>;
}

/** What a look at the warehouse found: facts to show, and what would keep a load from working. */
export interface WarehouseCheck {
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  readonly problems: readonly CheckProblem[];
}

/** What a warehouse is opened for. */
export type WarehouseUse = 'load' | 'look';

/** Whoever opens it closes it; nothing is touched before the first question. */
export interface Warehouse {
  readonly kind: 'embedded' | 'snowflake';
  /** In words for people: a path or an account. */
  readonly place: string;
  /**
   * Makes schemas, target tables, the monitoring table and new columns; gives the statements that were run.
   * `load` does it for its own table.
   * @throws PipelineError WAREHOUSE for a column whose type may not change by itself, with the ALTER to run;
   * CONFIG_INVALID for names that are the same in the warehouse.
   */
  prepare(tables: readonly Table[]): Promise<readonly string[]>;
  /** The latest confirmed load by `loadKey`; empty, and nothing is created, where there is no warehouse yet. */
  loads(): Promise<ReadonlyMap<string, LoadRecord>>;
  /**
   * Replaces the date in the target and notes it in the monitoring table, in one transaction. A load that is
   * the latest confirmed one of its date and table does nothing. A failure is noted after the rollback.
   * @throws PipelineError WAREHOUSE when rows before, rows after and rows expected do not agree.
   */
  load(request: LoadRequest): Promise<LoadResult>;
  /** Notes a load that did not come to its transaction. */
  noteFailure(attempt: FailedLoad): Promise<void>;
  /** The statements of a load, in order and with placeholders for what only the load knows; nothing is asked. */
  statementsOf(table: Table, date: DateKey): readonly string[];
  /** Tries the connection and every right that loads of these tables need. @throws PipelineError CANCELLED only. */
  check(tables: readonly Table[], signal?: AbortSignal): Promise<WarehouseCheck>;
  /**
   * Figures of some dates in the target, computed there in one question: of every date that is asked for, whether it
   * has rows or not. Undefined where there is no such table.
   */
  measure(
    table: Table,
    dates: readonly [DateKey, ...DateKey[]],
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<DateKey, Measures> | undefined>;
  close(): Promise<void>;
}
