// What a debugger needs of the engine: a copy to run on, what to run, places in the config files, questions to a place.
import { AGGREGATE_FUNCTIONS, SCALAR_FUNCTIONS } from '../../rules';

export { findingOf, openQuestions, type Focus, type Questions, type SqlAnswer } from './questions';
export { openAnswerFolder, type AnswerFolder } from './answers';
export { chooseWork, debugScope, type DebugRequest, type DebugScope } from './chooseWork';
export { filesKeptOut, landingFile } from './keptOut';
export type { ColumnProfile } from './relationProfile';
export type { Relation } from './relation';
export { openScratch, type Scratch } from './scratch';
export { memoryAllowed, shownSettings } from './shownSettings';
export { debugTargets, targetAt, type DebugTarget } from './targets';

/** Names of the functions that SQL at a console may call. */
export const consoleFunctions = (): readonly string[] =>
  [...SCALAR_FUNCTIONS, ...AGGREGATE_FUNCTIONS].filter((name) => /^[a-z]/.test(name)).sort();
