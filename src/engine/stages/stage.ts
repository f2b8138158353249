// What every stage is given and what it gives back: the border between the scheduler and the work.
import type { Connection } from '../base';
import type { Resumption, ColumnsConverted, RulesEvaluated } from './inspector';
import type { Lake, Manifest } from '../lake';
import type { Config, DateKey, LogEvent, PipelineError, Report, Settings, StepCounts } from '../model';

/** Everything a step may use. One per running step; `connection` is its own and closed by the scheduler. */
export interface StageContext {
  readonly settings: Settings;
  readonly config: Config;
  readonly connection: Connection;
  readonly lake: Lake;
  /** An existing, empty folder of this step, on the same file system as the layers; removed afterwards. */
  readonly temporary: string;
  readonly runId: string;
  readonly signal: AbortSignal;
  /** percent 0 to 100, or undefined where it cannot be told. */
  readonly progress: (percent?: number, rows?: number) => void;
  readonly log: (level: LogEvent['level'], message: string) => void;
  /** Shows a point of the step to the inspector of the run; without one it continues at once. */
  readonly inspect: (point: PausePointOfStage) => Promise<Resumption>;
}

/** A pause point inside a stage, but for what the scheduler knows. */
type PausePointOfStage =
  Omit<ColumnsConverted, 'step' | 'connection'> | Omit<RulesEvaluated, 'step' | 'connection'>;

/**
 * How the last stage of a table ends. A table that its rules refuse is an outcome like any other: the stage did its
 * work, and its report says why nothing is loaded.
 */
export type ValidationOutcome =
  | { readonly kind: 'done'; readonly counts: StepCounts; readonly report: Report }
  /** `error` is what people and the warehouse are shown as the reason; nothing was thrown. */
  | { readonly kind: 'refused'; readonly report: Report; readonly error: PipelineError };

/** raw-to-silver: all raw parts of one slot, in order of arrival; `key` goes into the manifest. */
export interface SilverInput {
  readonly date: DateKey;
  readonly brand: string;
  readonly table: string;
  readonly raw: readonly Manifest[];
  readonly key: string;
}

/** silver-to-gold: one silver manifest per brand, in the order of brand_configs.json. */
export interface GoldInput {
  readonly date: DateKey;
  readonly table: string;
  readonly silver: readonly Manifest[];
  readonly key: string;
}

/** validate and load: the gold of one table and date. */
export interface LoadInput {
  readonly date: DateKey;
  readonly table: string;
  readonly gold: Manifest;
  readonly silver: readonly Manifest[];
  readonly raw: readonly Manifest[];
  readonly key: string;
}
