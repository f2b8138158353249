// What helps while config is written: editing, rule tests, cases, debugging.
export { caseFailures } from './cases/candidates';
export { createCase } from './cases/create';
export { renderCasesJUnit } from './cases/casesJUnit';
export type { CaseFailure, CaseOptions, CaseProgress, CaseResult, TestedCase } from './cases/model';
export { CASE_FOLDERS, EXPECTED_FILE, caseFolder, casesIn, testCases } from './cases/testCases';
export { openAnswerFolder } from './debug/answers';
export { type DebugRequest, type DebugScope, chooseWork, debugScope } from './debug/chooseWork';
export { consoleFunctions } from './debug/consoleFunctions';
export { filesRejectedBy, landingFile } from './debug/stepRejects';
export type { ValueProfile } from './debug/valueProfile';
export { type Focus, type Questions, type SqlAnswer, findingOf, openQuestions } from './debug/questions';
export type { PagedRows } from './debug/pagedRows';
export { type ScratchWorkspace, openScratchWorkspace } from './debug/scratch';
export { shownSettings } from './debug/shownSettings';
export { type DebugTarget, debugTargets, targetAt } from './debug/targets';
export { type Editing, openEditing } from './editing';
export { openRuleTests } from './ruleTests';
