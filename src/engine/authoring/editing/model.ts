// What the editing help takes and gives: plain data, with offsets in the text as an editor counts them.
import type { DateKey, Finding, Severity } from '../../model';

export const DRAFT_FILES = ['brand_configs', 'table_schemas', 'validation_rules'] as const;
/** One of the three config files, by its name without ".json". */
export type DraftFile = (typeof DRAFT_FILES)[number];

/** Offsets in UTF-16 code units of the text; `end` is behind the last one. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

export interface Edit {
  readonly range: Range;
  readonly text: string;
}

/** The text of a file as the editor holds it, saved or not, and of the other two where they are unsaved too. */
export interface Draft {
  readonly file: DraftFile;
  readonly text: string;
  readonly others?: Partial<Readonly<Record<DraftFile, string>>>;
  /** The file lies outside the workspace: only what its own text and the schemas say counts. */
  readonly alone?: boolean;
}

export interface Completion {
  readonly label: string;
  readonly kind: 'key' | 'value' | 'column' | 'table' | 'brand' | 'rule' | 'function' | 'snippet';
  /** Right of the label: the type, "12,034 rows". */
  readonly detail?: string;
  /** Markdown. */
  readonly documentation?: string;
  /** VS Code snippet syntax. */
  readonly insert: string;
  /** What it replaces. */
  readonly range: Range;
  /** What the text of the range is compared with while typing. */
  readonly filter: string;
  /** Order among its neighbours. */
  readonly sort: string;
  /** A comma that is missing before it. */
  readonly also?: readonly Edit[];
  /** Suggestions for what it leaves open are wanted at once. */
  readonly suggest?: true;
}

export interface Hover {
  readonly range: Range;
  readonly markdown: string;
  /** Not for words inside SQL. */
  readonly topic?: HoverTopic;
}

/** What a hover is about, for callers that know where the manual explains it. */
export type HoverTopic =
  | { readonly kind: 'rule'; readonly rule: string }
  | { readonly kind: 'column' }
  | { readonly kind: 'file'; readonly file: DraftFile };

export interface Diagnostic {
  readonly range: Range;
  readonly severity: 'error' | 'warning' | 'hint';
  readonly message: string;
  readonly remedy: string;
  /** Names the kind of trouble: "unknown-column", "duplicate-id". */
  readonly code: string;
  readonly fixes: readonly Fix[];
  /** What stands there does nothing: it may be shown faded. */
  readonly idle?: boolean;
  /** The editor's own JSON support tells it: only the fixes are wanted. */
  readonly told?: true;
}

export interface Fix {
  readonly title: string;
  readonly edits: readonly (Edit & {
    /** Where it is another file than the one that was diagnosed; ranges are of its text as drafted or on disk. */
    readonly file?: DraftFile;
  })[];
  /** The one to take when only one may be taken. */
  readonly preferred: boolean;
}

export interface RuleLens {
  readonly table: string;
  readonly rule: string;
  /** The rule object. */
  readonly range: Range;
  readonly enabled: boolean;
  /** The latest result, where a report has one. */
  readonly last?: {
    readonly date: DateKey;
    readonly status: Finding['status'];
    readonly failing: number;
    readonly evaluated: number;
    readonly failing_pct: number;
    readonly observed?: number | string | null;
  };
}

export interface Lenses {
  readonly rules: readonly RuleLens[];
  /** The key "rules" of each table. */
  readonly tables: readonly { readonly table: string; readonly range: Range }[];
}

/** Rows written to a Parquet file of the system's temporary folder; removed when the engine process ends. */
export interface RowsFile {
  readonly path: string;
  /** Rows in the file: at most MAXIMUM_ROWS of them, in the order of gold. */
  readonly rows: number;
  readonly total: number;
}

export interface RuleTrial {
  readonly finding: Finding;
  readonly severity: Severity;
  readonly date: DateKey;
  /** Failing rows that can be shown: none for a rule that measures the table. */
  readonly rows: number;
  readonly seconds: number;
}

/** What a draft's rules would change for a table, against its last validation. */
export interface RuleChange {
  readonly table: string;
  readonly date: DateKey;
  readonly before: { readonly status: string; readonly rejected: number };
  readonly after: { readonly status: string; readonly rejected: number };
  /** Rows the warehouse would no longer get, rows it would get anew, and all others. */
  readonly newlyRejected: number;
  readonly newlyAccepted: number;
  readonly unchanged: number;
  /** Every rule whose failing rows or status differ; null: the rule was or will not be there. */
  readonly rules: readonly {
    readonly id: string;
    readonly before: RuleOutcome | null;
    readonly after: RuleOutcome | null;
  }[];
  readonly rejectedRows?: RowsFile;
  readonly acceptedRows?: RowsFile;
}

export interface RuleOutcome {
  readonly status: Finding['status'];
  readonly failing: number;
  readonly observed?: number | string | null;
  readonly message?: string;
}
