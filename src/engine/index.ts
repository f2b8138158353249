// The only door of the engine.
export { alertsOfRun, sendTestAlert, tellStopped } from './notify/alerts';
export type * from './notify/alerts';
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
} from './authoring/cases';
export type * from './authoring/cases/model';
export { checkWorkspace } from './insight/check';
export { chooseWarehouse, warehouseChoices, writeSetting } from './insight/connection/choose';
export { loadStatements, testConnection } from './insight/connection/test';
export type * from './insight/connection/model';
export * from './authoring/debug';
export type { Cell } from './base/duckdb';
export { openEditing, type Editing } from './authoring/editing';
export {
  isCancelled,
  PipelineError,
  plainError,
  type ErrorCode,
  type PlainError,
  type Where,
} from './model/errors';
export { initWorkspace } from './workspace/init';
export { GO_ON, type Answer, type Inspector, type Place } from './stages/inspector';
export { addDays, isDate, requireDate } from './lake/landing';
export type { Lake } from './lake/lake';
export {
  readDateLoads,
  readLayerDates,
  readLayerFiles,
  readLayers,
  readLoadCalendar,
  readTableLoads,
} from './insight/layers';
export type * from './insight/layers';
export * from './model';
export type { Plan } from './run/plan';
export { previewCsv, previewFile, previewJson, type Preview, type PreviewOptions } from './insight/preview';
export { openPreviewer, type Previewer } from './insight/preview/previewer';
export * from './report';
export { junitOfRun } from './report/runReports';
export { openRuleTests, type RuleTests } from './authoring/ruleTests';
export type * from './authoring/ruleTests/model';
export { plannedLoads, type PlannedLoad } from './insight/connection/plannedLoads';
export { planRun, run, type RunOptions } from './run/run';
export { type RunResult } from './model/run';
export { readStatus } from './insight/status/read';
export { reconcile, type ReconcileOptions } from './insight/reconcile';
export type * from './insight/reconcile/model';
export { replay } from './upkeep/replay';
export { applyCorrections, exportRejects } from './upkeep/replay/corrections';
export type * from './upkeep/replay/model';
export type { MaintenanceOutcome, MaintenanceRemark, MaintenanceTotal } from './upkeep/maintenance';
export { dateDocument } from './insight/dateDocument';
export { maintain } from './upkeep/maintenance/maintain';
export { rejectCounts } from './report/rejectCounts';
export { trace } from './insight/trace/rows';
export { dotenvOrigins, loadSettings, SETTINGS } from './workspace/settings';
export type * from './insight/status/model';
export type * from './insight/trace/records';
export type * from './upkeep/maintenance/model';
export { readReport, readSummary } from './report/stored';
export { landingMarks, pageLines, recordOrigin, traceLine, tracePage } from './insight/trace';
export type * from './insight/trace/model';
export { readTrend, type TrendOptions } from './report/trend';
export { watch, type WatchEnd, type WatchNews, type WatchOptions } from './upkeep/watch';
export { openData, openWorkspace, type OpenWorkspace, type WorkspaceOptions } from './workspace/open';
export { cancelled, throwIfCancelled } from './model/errors';
export { inWords, translateSystemError } from './base/durable';
export { environmentTemplate, requireFresh } from './workspace/init';
export { schemaFiles } from './workspace/config';
export { derivedRuleId } from './rules/names';
