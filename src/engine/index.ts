// The only door of the engine.
export { checkWorkspace } from './check';
export {
  isCancelled,
  PipelineError,
  plainError,
  type ErrorCode,
  type PlainError,
  type Where,
} from './errors';
export { initWorkspace } from './init';
export { addDays, isDate, requireDate } from './landing';
export * from './model';
export type { Plan } from './plan';
export { previewCsv, previewFile, previewJson, type Preview, type PreviewOptions } from './preview';
export * from './report';
export { planRun, run, type RunOptions, type RunResult } from './run';
export { readStatus } from './readStatus';
export { TRUTH_FILE, writeSample, type SampleOptions, type SampleTruth } from './sample';
export { maintain, trace } from './sessions';
export { loadSettings, SETTINGS } from './settings';
export type * from './status';
export { readReport, readSummary } from './summary';
export { openWorkspace, type OpenWorkspace, type WorkspaceOptions } from './workspace';
