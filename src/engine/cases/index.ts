// Small cases: made of a failure, and run as tests.
export { createCase } from './create';
export { failureTitle } from './failure';
export { differenceText, renderCasesJUnit } from './junit';
export type * from './model';
export { CASE_FOLDERS, EXPECTED_FILE, testCases, type TestOptions } from './test';
