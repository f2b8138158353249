// What a run is asked for, and the steps that answer it.
import type { FileFormat } from './fileFormat';
import type { Drift } from './drift';
import type { DateKey, Stage } from './names';

export interface Selection {
  /** Ascending; undefined: every date found in landing or left unfinished within maxDaysBack of today. */
  readonly dates?: readonly DateKey[] | { readonly from: DateKey; readonly to: DateKey };
  /** Empty: all. */
  readonly stages?: readonly Stage[];
  readonly tables?: readonly string[];
  readonly brands?: readonly string[];
  /** Runs steps even where inputs and config are unchanged. */
  readonly force?: boolean;
  /** gold-to-snowflake stops after validation: `m7 validate`. */
  readonly validateOnly?: boolean;
}

export interface Step {
  readonly stage: Stage;
  readonly date: DateKey;
  /** Only for the two stages that work brand by brand. */
  readonly brand?: string;
  readonly table: string;
  readonly action: 'run' | 'skip';
  /** In words for people: "new file", "rules changed", "up to date". */
  readonly reason: string;
  /** Ids (stepId) of the steps of this plan that must have ended before. */
  readonly needs: readonly string[];
  /** Ids of steps that must have ended before, however they ended: what this one looks at they may change. */
  readonly after?: readonly string[];
}

/** Row counts of a step that ended well, as its step_finished event tells them. */
export interface StepCounts {
  readonly rowsIn: number;
  readonly rowsOut: number;
  readonly rowsRejected: number;
  readonly duplicates: number;
  /** raw-to-silver: what is not accepted of its files' drift; absent: nothing. */
  readonly drift?: readonly Drift[];
  /** landing-to-raw: how its files were read. */
  readonly formats?: readonly FileFormat[];
}
