// The only door of the engine.
import type { SampleOptions, SampleTruth } from './sample';

export { alertsOfRun, sendTestAlert, tellStopped } from './alerts';
export type * from './alerts';
export {
  CASE_FOLDERS,
  caseFailures,
  caseFolder,
  casesIn,
  createCase,
  differenceText,
  EXPECTED_FILE,
  failureTitle,
  renderCasesJUnit,
  testCases,
  type TestOptions,
} from './cases';
export type * from './cases/model';
export { checkWorkspace } from './check';
export { chooseWarehouse, warehouseChoices, writeSetting } from './connection/choose';
export { loadStatements, testConnection } from './connection/look';
export type * from './connection/model';
export * from './debug';
export type { Cell } from './duckdb';
export { openEditing, type Editing } from './editing';
export {
  isCancelled,
  PipelineError,
  plainError,
  type ErrorCode,
  type PlainError,
  type Where,
} from './errors';
export { initWorkspace } from './init';
export { GO_ON, type Answer, type Inspector, type Place } from './inspect';
export { addDays, isDate, requireDate } from './landing';
export type { Lake } from './lake';
export {
  readDateLoads,
  readLayerDates,
  readLayerFiles,
  readLayers,
  readLoadCalendar,
  readTableLoads,
} from './layers';
export type * from './layers';
export * from './model';
export type { Plan } from './plan';
export { previewCsv, previewFile, previewJson, type Preview, type PreviewOptions } from './preview';
export { openPreviewer, type Previewer } from './preview/previewer';
export * from './report';
export { junitOfRun } from './report/runReports';
export { openRuleTests, type RuleTests } from './ruleTests';
export type * from './ruleTests/model';
export { plannedLoads, type PlannedLoad } from './loadSql';
export { planRun, run, type RunOptions, type RunResult } from './run';
export { readStatus } from './readStatus';
export { reconcile, type ReconcileOptions } from './reconcile';
export type * from './reconcile/model';
export { replay } from './replay';
export { applyCorrections, exportRejects } from './replay/corrections';
export type * from './replay/model';
export type { MaintenanceOutcome, MaintenanceRemark, MaintenanceTotal } from './maintenance';
export { dateDocument, maintain, rejectCounts, trace } from './sessions';
export { dotenvOrigins, loadSettings, SETTINGS } from './settings';
export { TRUTH_FILE } from './sample/truth';
export type { SampleOptions, SampleTruth } from './sample';
export type * from './status';
export { readReport, readSummary } from './summary';
export { landingMarks, pageLines, recordOrigin, traceLine, tracePage } from './trace';
export type * from './trace/model';
export { readTrend, type TrendOptions } from './trend';
export { watch, type WatchEnd, type WatchNews, type WatchOptions } from './watch';
export { openData, openWorkspace, type OpenWorkspace, type WorkspaceOptions } from './workspace';

/**
 * Writes a sample workspace with the truth about it; see src/engine/sample. Loaded when it is asked for: its
 * tables of times and words are not needed by a run.
 */
export async function writeSample(options: SampleOptions): Promise<SampleTruth> {
  const sample = await import('./sample');
  return sample.writeSample(options);
}
