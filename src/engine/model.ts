// The vocabulary of the engine as types: plain, readonly data that crosses its inner borders and the wire.
import type { Where, PlainError } from './errors';

// ---- names ---------------------------------------------------------------------------------------

/** A partition, `YYYYMMDD`. */
export type DateKey = string;
export const LAYERS = ['landing', 'raw', 'silver', 'gold'] as const;
export type Layer = (typeof LAYERS)[number];
export const STAGES = ['landing-to-raw', 'raw-to-silver', 'silver-to-gold', 'gold-to-snowflake'] as const;
export type Stage = (typeof STAGES)[number];

// ---- settings ------------------------------------------------------------------------------------

export interface Settings {
  /** Absolute folder of the workspace; all other paths are absolute too. */
  readonly workspace: string;
  readonly configDir: string;
  readonly dataDir: string;
  readonly landingDir: string;
  readonly rawDir: string;
  readonly silverDir: string;
  readonly goldDir: string;
  readonly logsDir: string;
  readonly archiveDir: string;
  readonly rejectsDir: string;
  readonly expectedTables: readonly string[];
  readonly landingPattern: string;
  readonly maxDaysBack: number;
  readonly mockSnowflake: boolean;
  readonly deleteSilverFilesAfterLoad: boolean;
  readonly goldRetentionDays: number;
  /** 0 keeps raw files for ever. */
  readonly rawRetentionDays: number;
  /** 0 keeps logs of runs for ever. */
  readonly logRetentionDays: number;
  readonly parallelProcessing: boolean;
  readonly maxWorkers: number;
  /** DuckDB notation, e.g. "512MB"; undefined: half the machine's memory. */
  readonly memoryLimit: string | undefined;
  readonly snowflake: SnowflakeSettings;
  readonly mail: MailSettings;
  readonly alerts: AlertSettings;
  readonly lineage: LineageSettings;
  /** Percent of rows that break at least one rule of the severity. */
  readonly errorThreshold: number;
  readonly warningThreshold: number;
  /** Where each given setting was read: for `m7 check` and error messages. Key: the setting's name. */
  readonly origins: Readonly<Record<string, Where | 'environment'>>;
}

export interface SnowflakeSettings {
  readonly user?: string;
  readonly password?: string;
  readonly account?: string;
  readonly warehouse?: string;
  readonly database?: string;
  readonly schema: string;
  readonly monitoringSchema: string;
  readonly role?: string;
  readonly authenticator?: string;
  readonly privateKeyPath?: string;
  readonly privateKeyPassphrase?: string;
  readonly token?: string;
  /** Entry of connections.toml; settings win over it. */
  readonly connection?: string;
  /** Base URL, where the account's name does not tell it. */
  readonly accessUrl?: string;
  /** Seconds. */
  readonly statementTimeout?: number;
}

export interface MailSettings {
  readonly enabled: boolean;
  readonly server?: string;
  readonly port: number;
  readonly user?: string;
  readonly password?: string;
  readonly adminEmail?: string;
  readonly from?: string;
  readonly security: 'auto' | 'starttls' | 'tls' | 'none';
  /** Absolute. */
  readonly caFile?: string;
}

/** What is worth an alert, and where else than by mail it goes. */
export interface AlertSettings {
  readonly on: readonly AlertCause[];
  /** A secret. */
  readonly webhookUrl?: string;
  readonly webhookFormat: 'json' | 'slack' | 'teams';
}

/** Where lineage events go. */
export interface LineageSettings {
  readonly to: 'off' | 'file' | 'http';
  readonly url?: string;
  /** A secret. */
  readonly apiKey?: string;
  /** Of the jobs. */
  readonly namespace: string;
}

export type AlertCause = 'failed' | 'warned' | 'missing' | 'recovered';

// ---- config --------------------------------------------------------------------------------------

export interface Config {
  /** In the order of the file. */
  readonly brands: readonly Brand[];
  readonly tables: readonly Table[];
  /** All rules, disabled ones included, by table and in the order of the file. */
  readonly rules: readonly Rule[];
}

export interface Brand {
  /** The key in brand_configs.json; folder name and `_brand` value. */
  readonly name: string;
  /** Written to the warehouse as BRAND_CODE. */
  readonly code: string;
  readonly displayName: string;
  readonly aliases: readonly string[];
  /** IANA zone; "UTC" without one. */
  readonly timezone: string;
  readonly location: Where;
}

export type Deduplicate = 'last' | 'first' | 'none' | 'error' | { readonly orderBy: string };

export interface Table {
  readonly name: string;
  readonly description: string;
  /** May name `_brand` to make the key one per brand. Empty: no key. */
  readonly primaryKey: readonly string[];
  readonly deduplicate: Deduplicate;
  readonly nullValues: readonly string[];
  readonly extraColumns: 'keep' | 'drop' | 'fail';
  readonly columns: readonly Column[];
  readonly location: Where;
}

export interface Column {
  readonly name: string;
  /** A DuckDB type as written, upper case: VARCHAR, BIGINT, DECIMAL(10,2), TIMESTAMP, … */
  readonly type: string;
  readonly description: string;
  /** Header names that mean this column, besides its own; compared without case, spaces and underscores. */
  readonly source: readonly string[];
  readonly required: boolean;
  /** strptime formats, tried in order; empty: DuckDB's own reading of the type. */
  readonly formats: readonly string[];
  /** Zone the text is in: an IANA name or "brand"; undefined: UTC. Stored in UTC. */
  readonly timezone: string | undefined;
  /** Decimal mark of the text, "." without it. */
  readonly decimal: string;
  /** Digit grouping mark of the text, none without it. */
  readonly thousands: string | undefined;
  /** SQL over the row's raw text columns, before conversion. */
  readonly transform: string | undefined;
  /** Value → value, after transform and before conversion. */
  readonly map: Readonly<Record<string, string>>;
  readonly trueValues: readonly string[];
  readonly falseValues: readonly string[];
  /** What NULL becomes; undefined: stays NULL. */
  readonly default: string | number | boolean | undefined;
  readonly onError: 'reject' | 'null' | 'fail';
  /** SQL over the row's typed columns; such a column is not read from the file. */
  readonly derived: string | undefined;
  readonly sensitive: boolean;
  readonly location: Where;
  /** The lines of the SQL fragments, for error messages. */
  readonly locations: { readonly transform?: Where; readonly derived?: Where };
}

export type Severity = 'error' | 'warning' | 'info';
/** A limit of failing rows: a count, or a percentage of the evaluated rows. */
export type Limit = { readonly count: number } | { readonly percent: number };

export interface Rule {
  readonly id: string;
  readonly table: string;
  /** The key of its kind in the catalogue (src/engine/rules). */
  readonly kind: string;
  /** Columns it is about: [column], columns, or none. */
  readonly columns: readonly string[];
  /** The kind's own parameters, checked by its schema, snake_case as in the file (`other_column`, `values`, …). */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** SQL filter: only these rows are evaluated. */
  readonly filter: string | undefined;
  readonly severity: Severity;
  readonly onFail: 'reject' | 'report' | 'fail';
  readonly error: Limit | undefined;
  readonly warn: Limit | undefined;
  readonly enabled: boolean;
  /** How many failing rows a finding shows. */
  readonly samples: number;
  readonly description: string;
  readonly tags: readonly string[];
  readonly location: Where;
  /** The line of each key of the rule object, for messages about one parameter. */
  readonly lines: Readonly<Record<string, number>>;
}

// ---- selection, plan -----------------------------------------------------------------------------

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
}

// ---- events --------------------------------------------------------------------------------------

export type StepStatus = 'done' | 'skipped' | 'failed' | 'cancelled';
export type RunStatus = 'ok' | 'failed' | 'cancelled';

interface EventBase {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly run_id: string;
}
export interface StepName {
  readonly stage: Stage;
  readonly date: DateKey;
  readonly brand?: string;
  readonly table: string;
}
export interface RunStarted extends EventBase {
  readonly event: 'run_started';
  readonly dates: readonly DateKey[];
  readonly steps: number;
  readonly to_run: number;
  readonly workspace: string;
}
export interface StepStarted extends EventBase, StepName {
  readonly event: 'step_started';
  readonly reason: string;
}
export interface StepProgress extends EventBase, StepName {
  readonly event: 'step_progress';
  /** 0 to 100, or undefined where it cannot be told. */
  readonly percent?: number;
  readonly rows?: number;
  readonly message?: string;
}
export interface StepFinished extends EventBase, StepName {
  readonly event: 'step_finished';
  readonly status: StepStatus;
  readonly reason?: string;
  readonly rows_in: number;
  readonly rows_out: number;
  readonly rows_rejected: number;
  readonly duplicates: number;
  readonly seconds: number;
  readonly error?: PlainError;
}
export interface LogEvent extends EventBase {
  readonly event: 'log';
  readonly level: 'debug' | 'info' | 'warning' | 'error';
  readonly message: string;
  readonly step?: StepName;
}
export interface RunFinished extends EventBase {
  readonly event: 'run_finished';
  readonly status: RunStatus;
  readonly dates: readonly DateKey[];
  readonly steps: {
    readonly done: number;
    readonly skipped: number;
    readonly failed: number;
    readonly cancelled: number;
  };
  /** Paths of the validation reports written, relative to the workspace. */
  readonly reports: readonly string[];
  readonly seconds: number;
  /** Of a run over several dates: one each, ascending. */
  readonly by_date?: readonly DateOutcome[];
  /** Of a range: its days of which nothing is in landing or in a layer. */
  readonly gaps?: readonly DateKey[];
}
/** What became of one date of a run. */
export interface DateOutcome {
  readonly date: DateKey;
  /** As bad as the worst of its tables. */
  readonly status: 'done' | 'up to date' | 'failed' | 'cancelled';
  /** How many tables ended so. */
  readonly tables: {
    readonly done: number;
    readonly up_to_date: number;
    readonly failed: number;
    readonly cancelled: number;
  };
  /** Of the date as it is after the run; rejected in all stages. */
  readonly rows: { readonly accepted: number; readonly rejected: number; readonly loaded: number };
  /** Sum over its steps; steps that ran at the same time all count. */
  readonly seconds: number;
  /** Of the first step that failed. */
  readonly error?: PlainError;
}
export type RunEvent = RunStarted | StepStarted | StepProgress | StepFinished | LogEvent | RunFinished;

// ---- report --------------------------------------------------------------------------------------

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
  /** Line of the rule in validation_rules.json. */
  readonly config_line: number;
}

export interface Conversion {
  readonly column: string;
  readonly brand: string;
  /** Values that did not convert: the row was rejected, or the value became NULL. */
  readonly failed: number;
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
}

/** `data/logs/reports/<date>/summary.json` */
export interface DateSummary {
  readonly date: DateKey;
  readonly run_id: string;
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

/** The name of a step, unique in a plan. */
export function stepId(step: StepName): string {
  return [step.stage, step.date, step.table, ...(step.brand === undefined ? [] : [step.brand])].join('/');
}
