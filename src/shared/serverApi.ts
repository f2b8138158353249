// What the engine process answers (dist/server.js): one table of methods, each with its shapes.
import type { PlainError } from '../engine/errors';
import type { DateKey, Report, RunEvent, RunStatus, Selection } from '../engine/model';
import type { DateDocument, RejectCount, TrendPoint } from '../engine/report/model';
import type {
  CheckResult,
  MaintenanceResult,
  RecordName,
  RecordOrigin,
  Status,
  TraceResult,
} from '../engine/status';
import type { Method } from './channel';
import type { EditingApi } from './editingApi';
import type { PreviewApi } from './previewApi';

/** Methods of a workspace: the server process is started for one folder, which is its working directory. */
export interface WorkspaceApi {
  readonly hello: Method<Record<string, never>, { readonly version: string; readonly pid: number }>;
  /** State of all dates, or of one. */
  readonly status: Method<{ readonly date?: DateKey }, Status>;
  /** Runs a selection; its events are the progress. One run at a time per data folder (LOCKED). */
  readonly run: Method<{ readonly selection: Selection }, RunEnd, RunEvent>;
  readonly maintain: Method<{ readonly dryRun: boolean }, MaintenanceResult>;
  readonly check: Method<Record<string, never>, CheckResult>;
  /** Writes a new workspace into the server's folder; existing files stay as they are. */
  readonly init: Method<
    { readonly sample?: { readonly date: DateKey; readonly rows: number } },
    { readonly files: readonly string[] }
  >;
  readonly trace: Method<
    {
      readonly date: DateKey;
      readonly table: string;
      readonly where?: string;
      readonly limit: number;
    },
    TraceResult
  >;
}

/** What the views draw. */
export interface LayersApi {
  /** Everything on disk by layer, date, brand and table. */
  readonly layers: Method<Record<string, never>, LayerTree>;
  /** Loads the warehouse confirms, by table. */
  readonly loads: Method<Record<string, never>, readonly TableLoads[]>;
}

export interface ReportApi {
  /** Everything the report of a date shows; readable while the config is being edited. */
  readonly report: Method<{ readonly date: DateKey }, DateDocument>;
  /** Figures of the last dates that have reports, ascending, for the trend charts of a report. */
  readonly trend: Method<{ readonly until: DateKey; readonly dates: number }, readonly TrendPoint[]>;
  /** Rows kept out by reason and brand, most first: reads the rejects files themselves. */
  readonly 'report.rejects': Method<{ readonly date: DateKey }, readonly RejectCount[]>;
  /** The line of a landing file that a row came from. NOT_FOUND where no raw part was made of the file. */
  readonly 'report.source': Method<RecordName, RecordOrigin>;
  /** The report as one HTML file, or as Markdown. NOT_FOUND where the date has none. */
  readonly 'report.render': Method<
    { readonly date: DateKey; readonly format: 'html' | 'markdown' },
    { readonly text: string }
  >;
}

export type ServerApi = WorkspaceApi & LayersApi & ReportApi & PreviewApi & EditingApi;

export interface RunEnd {
  readonly run_id: string;
  readonly status: RunStatus;
  /** Dates on which something was done. */
  readonly dates: readonly DateKey[];
  /** Reports written, relative to the workspace. */
  readonly reports: readonly string[];
  /** Failed steps, in order. */
  readonly failures: readonly { readonly step: string; readonly error: PlainError }[];
  /** Tables whose report says "failed" or "warned". */
  readonly tables: readonly {
    readonly date: DateKey;
    readonly table: string;
    readonly status: Report['status'];
    readonly rejected: number;
  }[];
}

export const TREE_LAYERS = ['landing', 'raw', 'silver', 'gold', 'rejects', 'archive'] as const;
export type TreeLayer = (typeof TREE_LAYERS)[number];

export interface LayerTree {
  readonly layers: readonly {
    readonly layer: TreeLayer;
    /** Absolute folder. */
    readonly folder: string;
    /** Newest date first. Files whose name tells no date lie under date "". */
    readonly dates: readonly { readonly date: DateKey; readonly files: readonly LayerFile[] }[];
  }[];
}

export interface LayerFile {
  /** Absolute. */
  readonly path: string;
  readonly brand?: string;
  readonly table?: string;
  readonly bytes: number;
  /** null where it is not known without reading the file. */
  readonly rows: number | null;
  /** "broken": the file is not as its manifest tells; "ignored", "waiting": it stays in landing. */
  readonly state: 'ok' | 'broken' | 'ignored' | 'waiting';
  /** Why it is not ok; for rejects what was wrong. */
  readonly reason?: string;
}

export interface TableLoads {
  readonly table: string;
  /** Newest first. */
  readonly loads: readonly {
    readonly date: DateKey;
    readonly rows: number;
    /** ISO 8601, UTC. */
    readonly loaded_at: string;
    readonly load_id: string;
    /** Is it the gold that lies on disk now? */
    readonly current: boolean;
  }[];
}
