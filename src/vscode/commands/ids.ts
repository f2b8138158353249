// The commands by the part that registers them; what each needs stands in shared/needs.ts, which lists them all.
import type { Command } from '../../shared/needs';

export type { Command } from '../../shared/needs';

/** Commands of the frame: registered by commands/index.ts. */
export const FRAME_COMMANDS = [
  'm7.runDate',
  'm7.runStage',
  'm7.validateDate',
  'm7.cancelRun',
  'm7.maintenance',
  'm7.createWorkspace',
  'm7.checkWorkspace',
  'm7.showLog',
  'm7.setSecret',
  'm7.traceRow',
  'm7.acceptDrift',
  'm7.takeColumnName',
  'm7.refresh',
  'm7.copyPath',
  'm7.revealFile',
  'm7.showRun',
] as const satisfies readonly Command[];

/** Commands that other parts register themselves. */
export const PART_COMMANDS = [
  'm7.showReport',
  'm7.createTestCase',
  'm7.openPreview',
  'm7.openManual',
  'm7.traceLine',
  'm7.preview.search',
  'm7.preview.goToRow',
  'm7.preview.toggleSql',
  'm7.preview.togglePanel',
  'm7.preview.reload',
  'm7.preview.goToSource',
] as const satisfies readonly Command[];

/** Commands of the warehouse: registered by warehouse/index.ts. */
export const WAREHOUSE_COMMANDS = [
  'm7.testConnection',
  'm7.testAlert',
  'm7.chooseWarehouse',
  'm7.compareWarehouse',
  'm7.showLoadSql',
  'm7.copyStatements',
] as const satisfies readonly Command[];

/** Commands of debugging: registered by debug/index.ts. */
export const DEBUG_COMMANDS = ['m7.debugDate', 'm7.previewVariable'] as const satisfies readonly Command[];

export type WarehouseCommand = (typeof WAREHOUSE_COMMANDS)[number];
export type FrameCommand = (typeof FRAME_COMMANDS)[number];
