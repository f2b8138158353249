// Help while the three config files are edited: computed in the engine process from the text as it stands.
import type { DateKey, Finding, Severity } from '../engine/model';
import type { Method } from './channel';
import type { Handle } from './previewApi';

export type ConfigFile = 'brand_configs' | 'table_schemas' | 'validation_rules';

/** Offsets in UTF-16 code units of the text. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** The text of a file as the editor holds it, saved or not, and of the other two where they are unsaved too. */
export interface Draft {
  readonly file: ConfigFile;
  readonly text: string;
  readonly others?: Partial<Readonly<Record<ConfigFile, string>>>;
}

export interface Completion {
  readonly label: string;
  readonly kind: 'key' | 'value' | 'column' | 'table' | 'brand' | 'rule' | 'snippet';
  /** Right of the label: the type, "seen 12,034 times". */
  readonly detail?: string;
  /** Markdown. */
  readonly documentation?: string;
  /** VS Code snippet syntax. */
  readonly insert: string;
  /** What it replaces. */
  readonly range: Range;
  /** Order among its neighbours. */
  readonly sort: string;
}

export interface Diagnostic {
  readonly range: Range;
  readonly severity: 'error' | 'warning' | 'hint';
  readonly message: string;
  readonly remedy: string;
  /** Names the kind of trouble: "unknown-column", "duplicate-id". */
  readonly code: string;
  readonly fixes: readonly Fix[];
}

export interface Fix {
  readonly title: string;
  readonly edits: readonly { readonly range: Range; readonly text: string }[];
  /** The one to take when only one may be taken. */
  readonly preferred: boolean;
}

export interface RuleLens {
  readonly table: string;
  readonly rule: string;
  /** The rule object. */
  readonly range: Range;
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

export interface RuleTrial {
  readonly finding: Finding;
  readonly severity: Severity;
  /** The failing rows as an opened preview, where there are any and they can be told; closed by the caller. */
  readonly failing?: Handle;
  readonly seconds: number;
}

export interface RuleChange {
  readonly table: string;
  readonly date: DateKey;
  /** Rows the warehouse would no longer get, and rows it would get anew. */
  readonly newlyRejected: number;
  readonly newlyAccepted: number;
  readonly unchanged: number;
  /** Per rule that differs: failing rows before and after; null: the rule was or will not be there. */
  readonly rules: readonly {
    readonly id: string;
    readonly before: number | null;
    readonly after: number | null;
  }[];
  /** The rows that differ, as opened previews; closed by the caller. */
  readonly rejectedRows?: Handle;
  readonly acceptedRows?: Handle;
}

export interface EditingApi {
  readonly 'editing.complete': Method<Draft & { readonly offset: number }, readonly Completion[]>;
  /** Markdown for what stands at an offset; null: nothing to say. */
  readonly 'editing.hover': Method<
    Draft & { readonly offset: number },
    { readonly range: Range; readonly markdown: string } | null
  >;
  readonly 'editing.diagnose': Method<Draft, readonly Diagnostic[]>;
  readonly 'editing.lenses': Method<Draft, readonly RuleLens[]>;
  /** Where a rule or column is written: for "open rule". null: not there any more. */
  readonly 'editing.locate': Method<
    { readonly table: string; readonly rule?: string; readonly column?: string },
    { readonly path: string; readonly line: number } | null
  >;
  /** Dates whose gold a rule can be tried on, newest first. */
  readonly 'editing.dates': Method<{ readonly table: string }, readonly DateKey[]>;
  /** Evaluates one rule of the draft on the gold of a date; nothing is written. Progress: percent. */
  readonly 'editing.tryRule': Method<
    Draft & { readonly table: string; readonly rule: string; readonly date: DateKey },
    RuleTrial,
    number
  >;
  /** What the draft's rules would change against the last validation of a date. Progress: percent. */
  readonly 'editing.whatWouldChange': Method<
    Draft & { readonly date: DateKey; readonly tables?: readonly string[] },
    readonly RuleChange[],
    number
  >;
}
