// What a run leaves to read: the report of a table, and the summary of its date.
import type { Severity } from './config';
import type { Drift } from './drift';
import type { FileFormat } from './fileFormat';
import type { DateKey, Layer } from './names';

/** One conservation check. `other` names lines that are no records at the first edge: header, blank, preamble, footer. */
export interface Edge {
  readonly from: Layer | 'accepted' | 'loaded';
  readonly to: Layer | 'accepted' | 'loaded';
  readonly brand?: string;
  readonly in: number;
  readonly out: number;
  readonly rejected: number;
  readonly duplicates: number;
  readonly other?: Readonly<Record<string, number>>;
  /** in = out + rejected + duplicates + sum(other) */
  readonly balanced: boolean;
}

export interface Sample {
  readonly values: Readonly<Record<string, unknown>>;
  /** Landing file, relative to the landing folder. */
  readonly file: string | null;
  /** Record number in that file, from 1. */
  readonly row: number | null;
}

export type FindingStatus = 'passed' | 'warned' | 'failed' | 'error' | 'skipped';
export interface Finding {
  readonly id: string;
  readonly rule: string;
  readonly columns: readonly string[];
  readonly severity: Severity;
  readonly status: FindingStatus;
  readonly evaluated: number;
  readonly failing: number;
  /** 0 to 100, of evaluated. */
  readonly failing_pct: number;
  /** The limit that decided the status, in words: "1%" or "5 rows". */
  readonly limit?: string;
  /** For metrics: what was measured. */
  readonly observed?: number | string | null;
  /** For "error" and "skipped": why. */
  readonly message?: string;
  readonly description?: string;
  readonly samples: readonly Sample[];
  readonly seconds: number;
  /** Line of the rule in validation_rules.json; 0 for a technical check, which is not written there. */
  readonly config_line: number;
  /** Of a finding of kind "drift": what differs, for programs. */
  readonly drift?: Drift;
}

/** What the input of a table was like, in the order of a report. */
const INPUT_KINDS: readonly string[] = ['drift', 'format', 'rejected', 'conversion'];

/** Is this about the input of a table? A rule of kind "format" stands in the rules file, and so has a line. */
export function isInputFinding({ rule, config_line }: Pick<Finding, 'rule' | 'config_line'>): boolean {
  return config_line === 0 && INPUT_KINDS.includes(rule);
}

/** Local times of a column that its zone has twice, or not at all: they became moments that the text does not settle. */
export interface LocalTimes {
  readonly column: string;
  readonly brand: string;
  readonly zone: string;
  /** The one that was taken of two. */
  readonly taken: 'earlier' | 'later';
  readonly twice: number;
  readonly missing: number;
  readonly samples: readonly Sample[];
}

export interface Conversion {
  readonly column: string;
  readonly brand: string;
  /** Values that did not convert: the row was rejected, or the value became NULL. */
  readonly failed: number;
  /** Values that were there to convert; absent in reports of earlier versions. */
  readonly values?: number;
  readonly on_error: 'reject' | 'null';
  readonly samples: readonly Sample[];
}

export interface Report {
  readonly table: string;
  readonly date: DateKey;
  readonly run_id: string;
  readonly status: 'passed' | 'warned' | 'failed';
  readonly rows: {
    readonly landing: number;
    readonly raw: number;
    readonly silver: number;
    readonly gold: number;
    readonly accepted: number;
    readonly rejected: number;
    readonly duplicates: number;
    /** null: not loaded (validate only, or the table failed). */
    readonly loaded: number | null;
  };
  readonly edges: readonly Edge[];
  /** How each file was read; absent in reports of earlier versions. */
  readonly files?: readonly (FileFormat & { readonly brand: string })[];
  readonly findings: readonly Finding[];
  readonly conversions: readonly Conversion[];
  /** By column of gold: what a reader wants at a glance. Counts from Parquet metadata: free of charge. */
  readonly profile: readonly {
    readonly column: string;
    readonly type: string;
    readonly nulls: number;
    readonly min: string | null;
    readonly max: string | null;
  }[];
  readonly started_at: string;
  readonly finished_at: string;
  readonly config_sha: string;
  /** Columns whose values are hidden in it; absent in reports of earlier versions, which hold all values. */
  readonly hidden?: readonly string[];
}

/** `data/logs/reports/<date>/summary.json` */
export interface DateSummary {
  readonly date: DateKey;
  readonly run_id: string;
  /** The verdict on the date when it was written; absent in earlier summaries. */
  readonly status?: Report['status'] | 'unfinished' | 'not validated';
  /** One per expected table × brand. */
  readonly arrivals: readonly {
    readonly brand: string;
    readonly table: string;
    readonly status: 'arrived' | 'missing' | 'rejected';
    readonly files: readonly string[];
    readonly rows: number;
  }[];
  readonly tables: readonly {
    readonly table: string;
    readonly status: Report['status'] | 'not validated';
    readonly rows: number;
    readonly rejected: number;
    readonly loaded: number | null;
    /** What of its files is neither as the config nor as the files before, and not accepted; absent: nothing. */
    readonly drift?: readonly string[];
  }[];
  readonly totals: {
    readonly landing: number;
    readonly accepted: number;
    readonly rejected: number;
    readonly duplicates: number;
    readonly loaded: number;
  };
  /** Files that stayed in landing or went to rejects, with why. */
  readonly files: readonly {
    readonly path: string;
    readonly status: 'ignored' | 'waiting' | 'rejected' | 'duplicate';
    readonly reason: string;
  }[];
}
