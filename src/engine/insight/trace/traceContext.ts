// What the steps of a trace hand to each other: the way of one record, how far it came, why it goes no further.
import { shellWord } from '../../base';
import type { Connection } from '../../base';
import type { Manifest } from '../../lake';
import type { DateKey, Stage, StepFailure, Table } from '../../model';
import type { OpenWorkspace } from '../../workspace';
import type { LineOutcome, LineStep } from './model';
import type { RawRow } from './silver';

/** An accepted record: its raw part, and its number in it from 1. */
export interface Followed {
  readonly part: Manifest;
  readonly row: number;
  /** undefined: raw is not there as it was published. */
  readonly raw: RawRow | undefined;
}

export interface RecordTrace {
  readonly workspace: OpenWorkspace;
  readonly connection: Connection;
  readonly signal: AbortSignal;
  readonly table: Table;
  readonly date: DateKey;
  readonly name: { readonly brand: string; readonly file: string; readonly row: number };
  readonly failures: readonly StepFailure[];
}

/** A step that ends the way, with the outcome; or one that goes on. */
export type TraceStage<T> =
  | { readonly kind: 'on'; readonly step: LineStep; readonly found: T }
  | { readonly kind: 'end'; readonly outcome: LineOutcome; readonly step: LineStep };

/** Why a stage has not taken it further: it failed, or has yet to run. */
export function whyNotFurther(
  { failures, table, date }: RecordTrace,
  stage: Stage,
  brand?: string,
): {
  readonly outcome: 'due' | 'failed';
  readonly state: 'due' | 'failed';
  readonly words: string;
  readonly remedy: string;
} {
  const failure = failures.find(
    (one) =>
      one.stage === stage &&
      one.table === table.name &&
      (brand ?? one.brand) === one.brand &&
      // Another file of the slot is not what stops this record.
      one.rejected_file === undefined,
  );
  if (failure !== undefined)
    return {
      outcome: 'failed',
      state: 'failed',
      words: `${stage} failed: ${failure.error.message}`,
      remedy: failure.error.remedy,
    };
  return {
    outcome: 'due',
    state: 'due',
    words: `${stage} has yet to run.`,
    remedy: `Run it with: m7 run --date ${date} --table ${shellWord(table.name)}`,
  };
}
