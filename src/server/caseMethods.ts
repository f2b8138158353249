// Answers about small cases: what of a date can become one, making one, running some.
import { isAbsolute } from 'node:path';
import {
  caseFailures,
  caseFolder,
  createCase,
  openWorkspace,
  PipelineError,
  requireDate,
  testCases,
  type TestedCase,
} from '../engine';
import type { CaseApi } from '../shared/caseApi';
import type { Methods } from '../shared/channel';

/** The methods of CaseApi for one folder. */
export function caseMethods(directory: string): Methods<CaseApi> {
  return {
    'case.failures': async ({ date }, { signal }) => ({
      folder: await caseFolder(directory),
      failures: await caseFailures(await openWorkspace({ directory }), requireDate(date), signal),
    }),
    'case.create': async ({ date, folder, keepValues, ...wanted }, { signal, progress }) =>
      createCase(await openWorkspace({ directory }), {
        ...wanted,
        date: requireDate(date),
        folder: folder === undefined ? await caseFolder(directory) : absolute(folder),
        maskSensitive: keepValues !== true,
        signal,
        progress,
      }),
    'case.test': async ({ folders }, { signal, progress }) => {
      const cases: TestedCase[] = [];
      for await (const one of testCases({ folders: folders.map(absolute), base: directory, signal })) {
        cases.push(one);
        progress(one);
      }
      return { cases };
    },
  };
}

/** A relative one would be below wherever the process was started. @throws PipelineError USAGE */
function absolute(folder: string): string {
  if (isAbsolute(folder)) return folder;
  throw new PipelineError('USAGE', `"${folder}" is not an absolute path.`, 'Choose the folder again.');
}
