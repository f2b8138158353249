// Between rows and the lines they came from, in both directions: the door of the traces.
export { recordOrigin, traceGold, traceSql, type TraceWorkspace } from './goldToLine';
export { traceLine } from './lineToWarehouse';
export { landingMarks } from './marks';
export { pageLines, tracePage } from './page';
export type * from './model';
