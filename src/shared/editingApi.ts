// Help while the three config files are edited: computed in the engine process from the text as it stands.
import type {
  Completion,
  Diagnostic,
  Draft,
  DraftFile,
  Edit,
  Hover,
  Lenses,
  RowsFile,
  RuleChange,
  RuleTrial,
} from '../engine/authoring/editing/model';
import type { DateKey } from '../engine/model';
import type { Method } from './channel';

export type {
  Completion,
  Diagnostic,
  Draft,
  DraftFile,
  Edit,
  Fix,
  HoverTopic,
  Range,
  RuleChange,
  RuleLens,
  RuleOutcome,
  RuleTrial,
} from '../engine/authoring/editing/model';

export interface EditingApi {
  /** Absolute paths of the three files, whether or not they are there; they move with CONFIG_DIR. */
  readonly 'editing.files': Method<Record<string, never>, Readonly<Record<DraftFile, string>>>;
  readonly 'editing.complete': Method<
    { readonly draft: Draft; readonly offset: number },
    readonly Completion[]
  >;
  /** Markdown for what stands at an offset; null: nothing to say. */
  readonly 'editing.hover': Method<{ readonly draft: Draft; readonly offset: number }, Hover | null>;
  readonly 'editing.diagnose': Method<{ readonly draft: Draft }, readonly Diagnostic[]>;
  readonly 'editing.lenses': Method<{ readonly draft: Draft }, Lenses>;
  /** Where a rule or column is written: for "open rule". null: not there any more. */
  readonly 'editing.locate': Method<
    { readonly table: string; readonly rule?: string; readonly column?: string },
    { readonly path: string; readonly line: number } | null
  >;
  /** Edits that make a header a name of a column in a draft of the tables; null: the column is not there. */
  readonly 'editing.nameColumn': Method<
    { readonly draft: Draft; readonly table: string; readonly column: string; readonly header: string },
    readonly Edit[] | null
  >;
  /** Dates with gold of a table (of any table without one), newest first: a rule can be tried on these. */
  readonly 'editing.dates': Method<{ readonly table?: string }, readonly DateKey[]>;
  /**
   * Evaluates one rule of the draft on the gold of a date; nothing of the workspace is written. Progress: percent.
   * NOT_FOUND: no such rule, no gold.
   */
  readonly 'editing.tryRule': Method<
    { readonly draft: Draft; readonly table: string; readonly rule: string; readonly date: DateKey },
    RuleTrial,
    number
  >;
  /** The rows that break a rule of the draft, as a file for a preview; null where there are none. As tryRule. */
  readonly 'editing.failingRows': Method<
    { readonly draft: Draft; readonly table: string; readonly rule: string; readonly date: DateKey },
    RowsFile | null,
    number
  >;
  /**
   * What the draft's rules would change against the last validation of a date, for each table whose rules differ
   * from those it was validated with. Progress: percent.
   */
  readonly 'editing.whatWouldChange': Method<
    { readonly draft: Draft; readonly date: DateKey; readonly tables?: readonly string[] },
    readonly RuleChange[],
    number
  >;
}
