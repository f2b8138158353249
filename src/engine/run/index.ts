// One run: inventory, plan, schedule, execute, events, summary.
export { newRunId } from './eventStream';
export { type Inventory, slotId, takeInventory, unfinishedDates } from './inventory';
export { damagedHistoryInWords } from './lostHistory';
export { type Plan, makePlan } from './plan';
export { type Unconfigured, unconfiguredInWords } from './unconfigured';
export { planRun } from './preparePlan';
export { type RunOptions, run } from './run';
