// What changes data beside a run: maintenance, replay, watch.
export { type AcceptRequest, type DriftTarget, acceptDrifts, meansDrift } from './drift/acceptDrift';
export type { MaintenanceOutcome } from './maintenance/maintainUnderLock';
export { maintain } from './maintenance/maintain';
export { removeBrand } from './maintenance/removeBrand';
export type { MaintenanceAction, MaintenanceResult } from './maintenance/model';
export { repair } from './repair/repair';
export type { RepairOptions, RepairResult, RepairedFile } from './repair/model';
export { applyCorrections, exportRejects } from './replay/corrections';
export { replay } from './replay';
export type {
  CorrectionResult,
  ExportResult,
  ReplayFile,
  ReplayOptions,
  ReplayReason,
  ReplayResult,
} from './replay/model';
export { type WatchNews, type WatchOptions, watchLanding } from './watch/watchLanding';
