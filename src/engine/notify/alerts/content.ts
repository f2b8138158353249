// What an alert tells, as plain data: every rendering (mail as text and HTML, webhooks) shows this and nothing else.
import type { DateKey, FindingStatus } from '../../model';
import type { TableStanding } from '../../report';

/** Redacted, masked and bounded by who builds it: renderings only escape. */
export interface AlertContent {
  readonly kind: 'trouble' | 'recovered' | 'stopped' | 'test';
  /** One line without control characters: the subject of the mail. */
  readonly subject: string;
  /** What it is about in a sentence or two. */
  readonly headline: string;
  /** Empty for a run that could not begin, and for a test. */
  readonly run_id: string;
  readonly host: string;
  /** Absolute folder of the workspace. */
  readonly workspace: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  /** Why a run could not start. */
  readonly stopped?: AlertError;
  /** Dates with issues, the worst first. */
  readonly dates: readonly AlertDate[];
  /** Further dates with issues, in a sentence each. */
  readonly more_dates: readonly { readonly date: DateKey; readonly verdict: string }[];
  /** Dates that have recovered; "run" where runs can start again. */
  readonly recovered: readonly string[];
  /** Commands to look further. */
  readonly commands: readonly string[];
}

export interface AlertError {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  /** "config/validation_rules.json:12". */
  readonly place?: string;
}

export interface AlertDate {
  readonly date: DateKey;
  readonly status: 'failed' | 'warned' | 'missing';
  /** "2 of 7 tables failed, 3 have warnings." */
  readonly verdict: string;
  readonly failures: readonly (AlertError & { readonly step: string })[];
  readonly more_failures: number;
  /** All tables of the date, those with problems first. */
  readonly tables: readonly AlertTable[];
  readonly more_tables: number;
  /** Rules that failed, could not run or warned, worst first. */
  readonly findings: readonly AlertFinding[];
  readonly more_findings: number;
  /** Expected files that have not come. */
  readonly missing: readonly { readonly brand: string; readonly table: string }[];
  readonly more_missing: number;
  /** Files that came and could not be taken. */
  readonly refused: readonly { readonly path: string; readonly reason: string }[];
  readonly more_refused: number;
}

export interface AlertTable {
  readonly table: string;
  readonly status: TableStanding;
  /** null: not known, since the table has no report. */
  readonly landing: number | null;
  readonly accepted: number | null;
  readonly rejected: number;
  /** null: not loaded. */
  readonly loaded: number | null;
}

export interface AlertFinding {
  readonly table: string;
  readonly id: string;
  readonly rule: string;
  readonly columns: readonly string[];
  readonly status: FindingStatus;
  /** "12 of 1,234 (0.97%)". */
  readonly result: string;
  readonly limit: string;
  /** Why it failed or what it is for; empty where there is nothing to say. */
  readonly text: string;
  /** Line of validation_rules.json. */
  readonly config_line: number;
  /** Some of the failing rows. */
  readonly sample_columns: readonly string[];
  readonly samples: readonly { readonly place: string; readonly values: readonly string[] }[];
  /** Failing rows beyond the samples. */
  readonly more_rows: number;
}
