// Between the report's page and the extension: the page asks, the extension leads to places and tells of changes.
import type { Finding } from '../engine/model';
import type { DateDocument, RejectCount, TrendPoint } from '../engine/report/model';
import type { RecordName, RecordOrigin } from '../engine/status';
import type { Method } from './channel';

export type {
  Conversion,
  DateKey,
  DateSummary,
  Edge,
  Finding,
  FindingStatus,
  Report,
  Sample,
  Severity,
} from '../engine/model';
export type {
  BrokenReport,
  DateDocument,
  DateRun,
  RejectCount,
  RejectsFile,
  StepFailure,
  TrendPoint,
} from '../engine/report/model';
export type { RecordName, RecordOrigin } from '../engine/status';

/** Type of the webview panel: what a restored one is known by. */
export const REPORT_VIEW = 'm7.report';

/** So many dates the trend tells of. */
export const TREND_DATES = 30;

/** What the page draws first, whole. */
export interface ReportSnapshot {
  readonly document: DateDocument;
  /** null: it could not be read; the report itself could. */
  readonly trend: readonly TrendPoint[] | null;
  readonly work: Work | null;
  /** May it run? Not in a workspace that is not trusted. */
  readonly mayRun: boolean;
  /** What is to be shown at once, where the report was opened for it. */
  readonly focus?: Focus;
}

/** A run of this window that takes the date. */
export interface Work {
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

/**
 * What the extension answers. Failures of `ready` and `rejects` reach the page, which shows them with a way to try
 * again; those of all others are told by the editor, and the page gets null.
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
  /** Opens the line where it can be shown; the origin is told in any case. */
  readonly openSource: Method<Omit<RecordName, 'date'>, RecordOrigin | null>;
  /** One of the document's rejects files. */
  readonly openRejects: Method<{ readonly path: string }, null>;
  /** A file that an error or a broken report names. */
  readonly openFile: Method<{ readonly path: string; readonly line?: number }, null>;
}

/** What the page answers. */
export interface ReportPageApi {
  /** What lies on disk has changed: the page asks anew. */
  readonly changed: Method<Record<string, never>, null>;
  readonly working: Method<{ readonly work: Work | null }, null>;
  readonly focus: Method<Focus, null>;
}
