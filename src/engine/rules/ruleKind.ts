// What one entry of the rule catalogue holds: its words, its parameters and its meaning in SQL.
import type { Row, ProblemKind, TypeFamily } from '../base';
import type { Config, DateKey, Layer, Rule, Table } from '../model';

/**
 * row: each row passes or fails by itself. table: failing rows are found by looking at other rows.
 * metric: one number (or fact) of the whole table is measured; no single row fails.
 */
export type RuleLevel = 'row' | 'table' | 'metric';

/** A parameter as a JSON schema (draft 07) fragment with words for people. */
export interface ParameterSchema {
  readonly description: string;
  readonly type?: string | readonly string[];
  readonly [keyword: string]: unknown;
}

/** One thing wrong with a rule's text, and what to do about it. `key` is the key of the rule object it is about. */
export interface RuleProblem {
  readonly message: string;
  readonly remedy: string;
  readonly key?: string;
  /** Of a list under the key, the text that is meant. */
  readonly entry?: string;
  readonly trouble?: ProblemKind;
}

/** One kind of rule. Schema, documentation, checks and evaluation derive from it. */
export interface RuleKind {
  /** The value of the key `rule`. */
  readonly name: string;
  /** One sentence: what a passing row or table looks like. */
  readonly summary: string;
  /** Markdown: what the summary cannot say. */
  readonly details: string;
  /** A whole rule that is valid for this kind. */
  readonly example: Readonly<Record<string, unknown>>;
  /** How many columns it is about. 0 to 0: neither `column` nor `columns` may be given. */
  readonly columns: { readonly min: number; readonly max: number };
  /** Families of column types that fit; undefined: all. */
  readonly types?: readonly TypeFamily[];
  readonly parameters: Readonly<Record<string, ParameterSchema>>;
  readonly required?: readonly string[];
  /** At least one of these parameters is needed. */
  readonly oneOf?: readonly string[];
  /** Parameters whose values name columns of the table. */
  readonly columnParameters?: readonly string[];
  /** False where a filter of rows has no meaning. */
  readonly filters?: false;
  readonly meaning: Meaning;
  /** Of a kind that looks at its own history: how many days a rule looks back. */
  readonly daysBack?: (rule: Rule) => number;
  /** What a schema cannot say: pure, no SQL is run. Called after the columns were found to exist and fit. */
  readonly check?: (rule: Rule, table: Table, config: Config) => readonly RuleProblem[];
}

export type Meaning =
  | {
      readonly level: 'row';
      /** SQL boolean over the row: true where it breaks the rule; NULL and false where it passes. */
      readonly breaks: (rule: Rule, table: Table) => string;
      /** True where it is the owner's SQL, which may fail on values that the rule's filter leaves out. */
      readonly raises?: true;
      /** True where every value is looked into, whatever statistics say: such rules of a column share its scan. */
      readonly examines?: true;
    }
  | {
      /** As `row`, after one query over the whole table whose only row decides the predicate. */
      readonly level: 'measured';
      readonly measure: (rule: Rule, scope: QueryScope) => string;
      /** undefined: nothing to compare with, all rows pass. */
      readonly breaks: (rule: Rule, measured: Row) => string | undefined;
    }
  | {
      readonly level: 'table';
      /** A query of the `_row` of the failing rows, each once. */
      readonly failing: (rule: Rule, scope: QueryScope) => string;
      /** True where the failing rows are witnesses rather than culprits: they are shown and never rejected. */
      readonly witnesses?: true;
    }
  | {
      /** Foreign keys: those of one table are looked up in one joined query. */
      readonly level: 'reference';
      readonly target: (rule: Rule, config: Config) => ReferenceTarget | undefined;
    }
  | {
      /** The owner's query. */
      readonly level: 'query';
      readonly sql: (rule: Rule) => string;
    }
  | {
      readonly level: 'metric';
      readonly observe: (rule: Rule, scope: MetricScope) => Promise<Observation>;
    };

export interface ReferenceTarget {
  readonly table: string;
  readonly column: string;
  readonly at: 'same' | 'latest';
}

/** What a query of a table-level rule is built over. */
export interface QueryScope {
  /** FROM source of the rows of this rule (its filter applied): gold's columns and `_row`. */
  readonly rows: string;
  readonly table: Table;
}

/** What a metric may look at. */
export interface MetricScope extends QueryScope {
  readonly config: Config;
  readonly date: DateKey;
  readonly layers: LayerRows;
  /** Runs a query of one row. */
  readonly one: (sql: string) => Promise<Row>;
  /** Names and types of gold's columns, in order, lineage left out. */
  readonly columns: () => Promise<readonly { readonly name: string; readonly type: string }[]>;
  readonly others: OtherTables;
  readonly history: RuleHistory;
}

/** What a metric found. `skipped`: there was nothing to judge. */
export interface Observation {
  readonly status: 'passed' | 'failed' | 'skipped';
  readonly observed: number | string | null;
  /** The bounds in words: "10 to 20", "at most 26h". */
  readonly limit?: string;
  readonly message?: string;
  /** Rows it was measured over; all rows of the rule's filter without it. */
  readonly evaluated?: number;
}

/** Row counts of the layers for this table and date. */
export type LayerRows = Readonly<Record<Layer, number>>;

/** FROM source of another gold table (a read_parquet call), undefined where there is none. */
export type OtherTables = (table: string, at: 'same' | 'latest') => Promise<string | undefined>;

/** What a rule observed on earlier dates, at most `daysBack` days before this one. */
export type RuleHistory = (
  ruleId: string,
  daysBack: number,
) => Promise<readonly { readonly date: DateKey; readonly value: number; readonly rows: number }[]>;

/** The level a reader is told: row, table or metric. */
export function levelOf(kind: RuleKind): RuleLevel {
  switch (kind.meaning.level) {
    case 'row':
      return 'row';
    case 'measured':
    case 'table':
    case 'reference':
    case 'query':
      return 'table';
    case 'metric':
      return 'metric';
    default:
      return kind.meaning satisfies never;
  }
}
