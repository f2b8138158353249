// Answers of rules and cases as tests; what is read and opened for them is kept between two calls.
import { join, relative } from 'node:path';
import { caseFolder, casesIn, EXPECTED_FILE, openRuleTests, PipelineError, requireDate } from '../engine';
import type { Methods } from '../shared/channel';
import type { TestsApi } from '../shared/testsApi';

/** The methods of TestsApi for one folder, for as long as the process lives. */
export function testsMethods(directory: string): Methods<TestsApi> {
  const tests = openRuleTests({ directory });
  process.once('exit', () => tests.close());
  return {
    'tests.rules': ({ draft }) => tests.tree(draft),
    'tests.run': ({ draft, date, tables }, { signal, progress }) =>
      tests.test(draft, { date: requireDate(date), tables }, { signal, tell: progress }),
    'tests.results': ({ mark }) => tests.results(mark),
    'tests.cases': async () => {
      const folder = await caseFolder(directory);
      const found = await casesIn(folder).catch(nothing);
      const cases = found.map((one) => ({
        folder: one,
        name: relative(folder, one),
        expected: join(one, EXPECTED_FILE),
      }));
      return { folder, cases };
    },
  };
}

/** No folder of cases, or none in it: there is nothing to list. */
function nothing(error: unknown): readonly string[] {
  if (error instanceof PipelineError && error.code === 'NOT_FOUND') return [];
  throw error;
}
