// The report of a date as a person opens it: what is stored, and no more.
import { type DateKey, PipelineError } from '../model';
import { type DateDocument, maskingOf, readDateDocument } from '../report';
import { withOpenFailures } from '../stages';
import { type WorkspaceOptions, openData, openWorkspace } from '../workspace';

/**
 * Everything the report of a date shows; see readDateDocument. Of the failed steps those that still have something to
 * do. Nothing is planned: neither landing nor the warehouse is searched.
 */
export async function dateDocument(options: WorkspaceOptions, date: DateKey): Promise<DateDocument> {
  const document = await readDateDocument(await openData(options), date);
  // While the config is being edited, neither which values are sensitive nor which steps still have something to do is known.
  const workspace = await openWorkspace(options).catch((error: unknown) => {
    if (error instanceof PipelineError) return undefined;
    throw error;
  });
  const { report } = maskingOf(workspace?.config);
  return withOpenFailures({ ...document, reports: document.reports.map(report) }, workspace);
}
