// What an opened workspace can be asked that takes a database, a warehouse or the lock for a moment.

import { type DateKey, PipelineError, isCancelled, stepId } from '../model';

import { type DateDocument, readDateDocument } from '../report';

import { planRun } from '../run';

import { type WorkspaceOptions, openData, openWorkspace } from '../workspace';

/**
 * Everything the report of a date shows; see readDateDocument. A failed step that has nothing left to do, because
 * what spoilt it was taken back, is not told any more; nor is a load refused by rules that the table's own report
 * tells of.
 */
export async function dateDocument(
  options: WorkspaceOptions,
  date: DateKey,
  signal?: AbortSignal,
): Promise<DateDocument> {
  const read = await readDateDocument(await openData(options), date);
  const refused = new Set(read.reports.filter((r) => r.status === 'failed').map((r) => r.table));
  const document = {
    ...read,
    failures: read.failures.filter(
      ({ error, table }) => error.code !== 'VALIDATION_FAILED' || !refused.has(table),
    ),
  };
  if (document.failures.length === 0) return document;
  try {
    const workspace = await openWorkspace(options);
    const plan = await planRun(workspace, { dates: [date] }, signal === undefined ? {} : { signal });
    const due = new Set(plan.steps.filter((step) => step.action === 'run').map(stepId));
    return {
      ...document,
      failures: document.failures.filter((failure) => due.has(stepId({ ...failure, date }))),
    };
  } catch (error) {
    if (isCancelled(error) || !(error instanceof PipelineError)) throw error;
    // What would be done cannot be known while the config is broken or a run holds the warehouse.
    return document;
  }
}
