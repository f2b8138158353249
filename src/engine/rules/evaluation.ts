// What the parts of an evaluation hand to each other: the request, a slip per rule, the tables of failing rows.
import { performance } from 'node:perf_hooks';
import type { Connection } from '../base';
import type { Config, DateKey, Finding, Rule, Sample, Settings, Table } from '../model';
import type { LayerRows, OtherTables, RuleHistory, RuleKind } from './ruleKind';

export interface EvaluationRequest {
  readonly connection: Connection;
  readonly table: Table;
  /** Those of the table, in the order of the file; others are left aside. */
  readonly rules: readonly Rule[];
  readonly config: Config;
  readonly settings: Pick<Settings, 'errorThreshold' | 'warningThreshold'>;
  readonly date: DateKey;
  /**
   * Name (unquoted) of a temporary view of gold: its columns, `brand_code`, and `_row` BIGINT, the 0-based
   * row number in the gold file.
   */
  readonly relation: string;
  readonly others: OtherTables;
  readonly history: RuleHistory;
  readonly layers: LayerRows;
  readonly signal: AbortSignal;
  readonly progress: (percent?: number) => void;
  /**
   * The failing rows of every rule count as rejected, whatever its on_fail, witnesses too: for a trial that shows
   * rows, never for a load. "write" puts them into the rejects table; "count" makes none, and
   * tells of several rules the greatest count.
   */
  readonly everyRow?: 'count' | 'write';
}

export interface Evaluation {
  /** One per rule, in the order of the rules. */
  readonly findings: readonly Finding[];
  /** Rows to reject. */
  readonly rejected: number;
  /**
   * Name (unquoted) of a temporary table (_row BIGINT, rules VARCHAR[]) in order of _row: the rows to reject with
   * the ids of all rejecting rules they break. undefined where there are none. The caller drops it.
   */
  readonly rejectsTable: string | undefined;
  readonly status: 'passed' | 'warned' | 'failed';
  /** Rows that break at least one rule of the severity, whatever its on_fail. */
  readonly brokenRows: { readonly error: number; readonly warning: number };
}

/** What became known about one rule; filled step by step. */
export interface Slip {
  readonly rule: Rule;
  /** Place among the bits of the tables of broken rows; position in the request. */
  readonly index: number;
  readonly kind: RuleKind | undefined;
  /** Columns a sample shows. */
  readonly shown: readonly string[];
  seconds: number;
  evaluated: number;
  failing: number;
  /** False for rules whose failing rows cannot be known or rejected. */
  canReject: boolean;
  samples: readonly Sample[];
  observed?: Finding['observed'];
  limit?: string;
  message?: string;
  /** undefined: the failing rows decide. */
  outcome: 'passed' | 'failed' | 'skipped' | 'error' | undefined;
}

/** What the finders share. */
export interface EvaluationTask {
  readonly request: EvaluationRequest;
  readonly slips: readonly Slip[];
  readonly words: number;
  /** The relation, quoted. */
  readonly relation: string;
  readonly create: (query: string) => Promise<string>;
  /** Tables of broken rows made so far. */
  readonly parts: string[];
}

/** Seconds since `start` (performance.now()). */
export function secondsSince(start: number): number {
  return (performance.now() - start) / 1000;
}
