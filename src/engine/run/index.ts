// One run: inventory, plan, schedule, execute, events, summary.
export { newRunId } from './eventStream';
export { type Inventory, takeInventory, unfinishedDates } from './inventory';
export { type Plan, makePlan } from './plan';
export { type Unconfigured, unconfiguredInWords } from './unconfigured';
export { planRun } from './preparePlan';
export { type RunOptions, run } from './run';
