// What a repair found, and what it did about it.
import type { DateKey } from '../../model';

export interface RepairedFile {
  /** Relative to the workspace. */
  readonly path: string;
  readonly date: DateKey;
  readonly brand?: string;
  readonly table?: string;
  /**
   * "adopted": it had no manifest that can be read, and has one now. "made_again": its Parquet was made again from the
   * original. "noted": only the time of the original was another. "next_run": the next run makes it again.
   * "unproven": it stays as it is.
   */
  readonly outcome: 'adopted' | 'made_again' | 'noted' | 'next_run' | 'unproven';
  readonly reason: string;
  /** What to do about a file that is not proven. */
  readonly remedy?: string;
}

/** What was done, or with `dry_run` what would be. */
export interface RepairResult {
  readonly dry_run: boolean;
  /** Dates that were looked at. */
  readonly dates: number;
  readonly files: readonly RepairedFile[];
}

export interface RepairOptions {
  /** All dates without one. */
  readonly date?: DateKey;
  readonly dryRun: boolean;
  /** Reads every original, and holds its content against its manifest. */
  readonly verify: boolean;
  readonly signal?: AbortSignal;
  /** Hears which date comes next. */
  readonly progress?: (date: DateKey, done: number, of: number) => void;
}
