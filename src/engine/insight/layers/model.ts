// What lies in a workspace as trees draw it: layers, dates, files, and the loads the warehouse confirms.
import type { DateKey, Drift, PlainError } from '../../model';

export const TREE_LAYERS = ['landing', 'raw', 'silver', 'gold', 'rejects', 'archive'] as const;
export type TreeLayer = (typeof TREE_LAYERS)[number];

export interface LayerTree {
  /** Absolute folders, for watching. */
  readonly dataFolder: string;
  readonly configFolder: string;
  readonly stateFolder: string;
  /** Dates of any layer, newest first. */
  readonly dates: readonly DateKey[];
  readonly layers: readonly {
    readonly layer: TreeLayer;
    /** Absolute. */
    readonly folder: string;
    /** Newest first; "" last: landing files whose name tells no date. */
    readonly dates: readonly DateKey[];
  }[];
}

/** A date of a layer at a glance. */
export interface LayerDate {
  readonly date: DateKey;
  readonly files: number;
  readonly bytes: number;
  /** null where no file tells its rows without being read. */
  readonly rows: number | null;
  /** Files that are not ok. */
  readonly broken: number;
  /** Raw: differences in the files that nobody has accepted, as the summary of the date has them; absent: none. */
  readonly drift?: number;
}

export interface LayerFile {
  /** Absolute. */
  readonly path: string;
  readonly brand?: string;
  readonly table?: string;
  /** Rejects: the stage that kept it out. */
  readonly stage?: string;
  readonly bytes: number;
  /** null where it is not known without reading the file. */
  readonly rows: number | null;
  /**
   * "broken": the file is gone or not as its manifest tells; "ignored": no run takes it; "waiting": it is
   * still being written.
   */
  readonly state: 'ok' | 'broken' | 'ignored' | 'waiting';
  /** Why it is not ok; for rejects what was wrong; for originals where it came from. */
  readonly reason?: string;
  /** Parquet of raw: what differs in the files of its brand and table, as the report has it; absent: nothing. */
  readonly drift?: readonly Drift[];
}

export interface TableLoads {
  readonly table: string;
  /** Newest first. */
  readonly loads: readonly {
    readonly date: DateKey;
    readonly rows: number;
    /** ISO 8601, UTC. */
    readonly loaded_at: string;
    readonly load_id: string;
    /** Is it the gold that lies on disk now? */
    readonly current: boolean;
  }[];
}

/** Where gold goes. */
export interface WarehousePlace {
  readonly kind: 'embedded' | 'snowflake';
  /** In words for people: a path or an account. */
  readonly place: string;
}

/** Which dates have something to load, or have been loaded; nothing is asked of a warehouse that is not a file. */
export interface LoadCalendar {
  readonly warehouse: WarehousePlace;
  /** Why its loads could not be read; then they are those of the last time. */
  readonly problem?: PlainError;
  /** Newest first. */
  readonly dates: readonly DateKey[];
}

/** A date with what is in gold and what the warehouse has confirmed, as it was last known. */
export interface DateLoads {
  readonly date: DateKey;
  /** In the order of the config, then those it no longer has. */
  readonly tables: readonly TableLoad[];
}

/**
 * loaded: the warehouse confirms the rows of this gold. older: it confirms an earlier state of gold, rules or table.
 * miscounted: it confirms this gold, and another number of rows than were accepted. not_loaded: nothing is confirmed.
 * refused: nothing is confirmed, because this gold did not pass its validation. failed: a step failed before there was gold.
 */
export type LoadState = 'loaded' | 'older' | 'miscounted' | 'not_loaded' | 'refused' | 'failed';

export interface TableLoad {
  readonly table: string;
  readonly state: LoadState;
  /** Rows of gold; null where there is none (any more). */
  readonly gold: number | null;
  /** Of these the rows that passed; null where this gold was not validated. */
  readonly accepted: number | null;
  readonly load: {
    readonly load_id: string;
    readonly run_id: string;
    readonly rows: number;
    /** ISO 8601, UTC. */
    readonly loaded_at: string;
  } | null;
}
