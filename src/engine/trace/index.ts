// Between rows and the lines they came from, in both directions: the door of the traces.
export { recordOrigin, trace, traceSql, type TraceWorkspace } from './back';
export { traceLine } from './forward';
export { landingMarks } from './marks';
export { pageLines, tracePage } from './page';
export type * from './model';
