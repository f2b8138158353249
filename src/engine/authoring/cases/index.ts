// Small cases: made of a failure, and run as tests.
export { createCase } from './create';
export { caseFailures, failureTitle } from './candidates';
export { differenceText, renderCasesJUnit } from './casesJUnit';
export type * from './model';
export { CASE_FOLDERS, caseFolder, casesIn, EXPECTED_FILE, testCases, type TestOptions } from './testCases';
