// Between the report's page and the extension: the page asks, the extension leads to places and notifies of changes.
import type { CaseFailure } from '../engine/authoring/cases/model';
import type { Finding, Stage } from '../engine/model';
import type { DateDocument, RejectCount, TrendPoint } from '../engine/report/model';
import type { RecordName, RecordOrigin } from '../engine/insight/trace/recordNames';
import type { Method } from './channel';

export type { CaseFailure } from '../engine/authoring/cases/model';
export type {
  Conversion,
  DateSummary,
  Edge,
  Finding,
  FindingStatus,
  Report,
  Sample,
  Severity,
} from '../engine/model';
export type { DateDocument, RejectCount, RejectsFile, TrendPoint } from '../engine/report/model';
export type { RecordName, RecordOrigin } from '../engine/insight/trace/recordNames';

/** Type of the webview panel: what a restored one is known by. */
export const REPORT_VIEW = 'm7.report';

/** So many dates the trend covers. */
export const TREND_DATES = 30;

/** What the page draws first, whole. */
export interface ReportSnapshot {
  readonly document: DateDocument;
  /** null: it could not be read; the report itself could. */
  readonly trend: readonly TrendPoint[] | null;
  readonly run: DateRunProgress | null;
  /** May it run? Not in a workspace that is not trusted. */
  readonly mayRun: boolean;
  /** What is to be shown at once, where the report was opened for it. */
  readonly focus?: Focus;
}

/** A run of this window that takes the date. */
export interface DateRunProgress {
  /** In words: "Run 20241115". */
  readonly title: string;
  readonly step: string;
  /** 0 to 100. */
  readonly percent: number;
}

/** A table of the report, or one finding of it. */
export interface Focus {
  readonly table: string;
  readonly rule?: string;
}

/** What of the date a debug session is about. */
export interface DebugSubject {
  readonly table: string;
  readonly stage?: Stage;
  readonly brand?: string;
  /** Id of a rule that is to be stopped at. */
  readonly rule?: string;
  /** A column that is to be stopped at. */
  readonly column?: string;
}

/**
 * What the extension answers. Failures of `ready` and `rejects` reach the page, which shows them with a way to try
 * again; those of all others are reported by the editor, and the page gets null.
 */
export interface ReportHostApi {
  readonly ready: Method<Record<string, never>, ReportSnapshot>;
  readonly rejects: Method<Record<string, never>, readonly RejectCount[]>;
  readonly run: Method<{ readonly validateOnly: boolean }, null>;
  readonly cancelRun: Method<Record<string, never>, null>;
  readonly openSummary: Method<Record<string, never>, null>;
  readonly openLog: Method<Record<string, never>, null>;
  /** Was a file written? */
  readonly exportHtml: Method<Record<string, never>, boolean | null>;
  /** true once it is on the clipboard. */
  readonly copyMarkdown: Method<Record<string, never>, boolean | null>;
  /** The rule, or for a technical check the table or column it is about. */
  readonly openRule: Method<
    Pick<Finding, 'rule' | 'id' | 'columns' | 'config_line'> & { readonly table: string },
    null
  >;
  /** Opens the line where it can be shown; the origin is returned in any case. */
  readonly openSource: Method<Omit<RecordName, 'date'>, RecordOrigin | null>;
  /** What became of the line a row came from, layer by layer. */
  readonly traceLine: Method<Omit<RecordName, 'date'>, null>;
  /** "It is called FW_Stand now": the header becomes a name of the column, and the date runs again. Was it done? */
  readonly takeName: Method<
    { readonly table: string; readonly column: string; readonly header: string },
    boolean | null
  >;
  /** Remembers drift as accepted, and makes the report again. Was it done? */
  readonly acceptDrift: Method<
    { readonly brand: string; readonly table: string; readonly column: string },
    boolean | null
  >;
  readonly debug: Method<DebugSubject, null>;
  /** Without a failure the user chooses one of the table. */
  readonly createCase: Method<{ readonly table: string; readonly failure?: CaseFailure }, null>;
  /** One of the document's rejects files. */
  readonly openRejects: Method<{ readonly path: string }, null>;
  /** A file that an error or a broken report names. */
  readonly openFile: Method<{ readonly path: string; readonly line?: number }, null>;
}

/** What the page answers. */
export interface ReportPageApi {
  /** What lies on disk has changed: the page asks again. */
  readonly changed: Method<Record<string, never>, null>;
  readonly running: Method<{ readonly run: DateRunProgress | null }, null>;
  readonly focus: Method<Focus, null>;
}
