// What the engine process answers (dist/server.js): one table of methods, each with its shapes.
import type { PlainError } from '../engine/model/errors';
import type { DateKey, RunEvent, RunStatus, Selection } from '../engine/model';
import type { LayerDate, LayerFile, LayerTree, TableLoads, TreeLayer } from '../engine/insight/layers';
import type { DateDocument, RejectCount, TrendPoint } from '../engine/report/model';
import type { DateStanding } from '../engine/report/dateVerdict';
import type { Status } from '../engine/insight/status/model';
import type { MaintenanceResult } from '../engine/upkeep/maintenance/model';
import type { RecordName, RecordOrigin, TraceResult } from '../engine/insight/trace/recordNames';
import type { CheckResult } from '../engine/model/checkResult';
import type { CaseApi } from './caseApi';
import type { Method } from './channel';
import type { EditingApi } from './editingApi';
import type { PreviewApi } from './previewApi';
import type { TestsApi } from './testsApi';
import type { TraceApi } from './traceApi';
import type { WarehouseApi } from './warehouseApi';

/** Methods of a workspace: the server process is started for one folder, which is its working directory. */
export interface WorkspaceApi {
  readonly hello: Method<Record<string, never>, { readonly version: string; readonly pid: number }>;
  /** State of all dates, of one, or of some; years of dates take seconds, so views ask for those they show. */
  readonly status: Method<{ readonly date?: DateKey; readonly dates?: readonly DateKey[] }, Status>;
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
  /** The layers with their dates: cheap with years of dates, as only folders are listed. */
  readonly layers: Method<Record<string, never>, LayerTree>;
  /** Sums of some dates of a layer, in the order asked for. */
  readonly layerDates: Method<
    { readonly layer: TreeLayer; readonly dates: readonly DateKey[] },
    readonly LayerDate[]
  >;
  /** What lies in a layer of one date ("": landing files whose name has no date). */
  readonly layerFiles: Method<{ readonly layer: TreeLayer; readonly date: DateKey }, readonly LayerFile[]>;
  /** Loads the warehouse confirms, by table. */
  readonly loads: Method<Record<string, never>, readonly TableLoads[]>;
}

export interface ReportApi {
  /** Everything the report of a date shows; readable while the config is being edited. */
  readonly report: Method<{ readonly date: DateKey }, DateDocument>;
  /** Figures of the last dates that have reports, ascending, for the trend charts of a report. */
  readonly trend: Method<{ readonly until: DateKey; readonly dates: number }, readonly TrendPoint[]>;
  /** Rejected rows by reason and brand, most first: reads the rejects files themselves. */
  readonly 'report.rejects': Method<{ readonly date: DateKey }, readonly RejectCount[]>;
  /** The line of a landing file that a row came from. NOT_FOUND where no raw part was made of the file. */
  readonly 'report.source': Method<RecordName, RecordOrigin>;
  /** The report as one HTML file, or as Markdown. NOT_FOUND where the date has none. */
  readonly 'report.render': Method<
    { readonly date: DateKey; readonly format: 'html' | 'markdown' },
    { readonly text: string }
  >;
}

export interface DriftApi {
  /**
   * Remembers drift of a date as accepted: of a brand's table, or of one column or header of it. LOCKED while a run is
   * under way; NOT_FOUND where there is none (any more).
   */
  readonly 'drift.accept': Method<
    { readonly date: DateKey; readonly brand: string; readonly table: string; readonly column?: string },
    { readonly accepted: number }
  >;
}

export type ServerApi = WorkspaceApi &
  LayersApi &
  ReportApi &
  DriftApi &
  PreviewApi &
  TraceApi &
  EditingApi &
  WarehouseApi &
  CaseApi &
  TestsApi;

export interface RunEnd {
  readonly run_id: string;
  readonly status: RunStatus;
  /** Dates on which something was done. */
  readonly dates: readonly DateKey[];
  /** Reports written, relative to the workspace. */
  readonly reports: readonly string[];
  /** Failed steps, in order. */
  readonly failures: readonly { readonly step: string; readonly error: PlainError }[];
  /** How its dates stand now: also what it was not asked to do. */
  readonly verdicts: readonly {
    readonly date: DateKey;
    readonly status: DateStanding;
    /** "1 of 7 tables failed, 2 have warnings." */
    readonly text: string;
    /** Names of tables. */
    readonly failed: readonly string[];
    readonly warned: readonly string[];
  }[];
}

export type { LayerDate, LayerFile, LayerTree, TableLoads, TreeLayer };
