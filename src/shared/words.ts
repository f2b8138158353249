// The engine's words for people, for the pages too: these modules import nothing, so no engine comes along.
export * from '../engine/report/dateVerdict';
export * from '../engine/report/outsideText';
export * from '../engine/report/wording';
export * from '../engine/report/words';
