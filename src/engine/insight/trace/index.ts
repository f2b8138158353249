// Between rows and the lines they came from, in both directions: the door of the traces.
export { recordOrigin, traceGold, traceSql } from './goldToLine';
export type * from './model';
