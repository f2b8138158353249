// Where a run pauses to be looked into: what a debugger is shown there, and how it lets the run continue.
import type { Connection } from '../base';
import type {
  Column,
  Config,
  Conversion,
  Finding,
  PlainError,
  Rule,
  Step,
  StepCounts,
  Table,
} from '../model';

/**
 * Looks into a run while it is paused: steps come one after the other, and each continues when the promise
 * resolves. What an inspector throws fails the step.
 */
export interface Inspector {
  at(point: PausePoint): Promise<Resumption>;
}

/** "again": the rules are evaluated again, by another config. Only for a run on a copy: its outputs bear the old key. */
export type Resumption = { readonly kind: 'continue' } | { readonly kind: 'again'; readonly config: Config };

export const CONTINUE: Resumption = { kind: 'continue' };

interface Paused {
  readonly step: Step;
  /** The step's own session, idle while it is paused. */
  readonly connection: Connection;
}

/** Before a step does anything. */
interface BeforeStep extends Paused {
  readonly kind: 'step';
}

/** Silver is in a draft: values are converted, rejects are known, nothing is published. */
export interface ColumnsConverted extends Paused {
  readonly kind: 'columns';
  readonly table: Table;
  /** Draft of silver: an absolute path. */
  readonly rows: string;
  readonly counts: StepCounts;
  readonly conversions: readonly Conversion[];
  /** Draft of the rejected rows, where there are any. */
  readonly rejects: string | undefined;
  /** Finds all rows that one column stumbled over, kept or rejected. */
  readonly look: (column: Column, signal?: AbortSignal) => Promise<ColumnLook>;
}

/** What one column says of the rows. */
export interface ColumnLook {
  /**
   * Table (unquoted) of the rows whose value did not convert, or is missing where it is required, in file order:
   * `_text`, `_reason`, `_rejected`, then the columns of silver; undefined: nothing can be wrong in this column.
   */
  readonly failing: string | undefined;
}

/** What one rule says of the rows. */
export interface RuleLook {
  readonly finding: Finding;
  /** Table (unquoted) with the `_row` of every failing row; undefined: none fails, or the kind names no rows. */
  readonly failing: string | undefined;
}

/** The rules of a table are evaluated, nothing is published. */
export interface RulesEvaluated extends Paused {
  readonly kind: 'rules';
  readonly table: Table;
  /** View (unquoted) of gold: its columns, `brand_code` and `_row`. */
  readonly rows: string;
  /** All rules of the table, in the order of the file, disabled ones included; a finding for each. */
  readonly rules: readonly Rule[];
  readonly findings: readonly Finding[];
  /** Rows that are rejected. */
  readonly rejected: number;
  /** Finds all rows that break one rule, whatever its on_fail. */
  readonly look: (rule: Rule) => Promise<RuleLook>;
}

/** A step has ended; its session is still open. */
export interface StepEnded extends Paused {
  readonly kind: 'end';
  readonly outcome:
    | { readonly status: 'done'; readonly counts: StepCounts }
    | { readonly status: 'skipped'; readonly reason: string }
    | { readonly status: 'failed'; readonly error: PlainError };
}

export type PausePoint = BeforeStep | ColumnsConverted | RulesEvaluated | StepEnded;
