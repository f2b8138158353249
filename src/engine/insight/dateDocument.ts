// The report of a date as a person opens it: what is stored, and no more.
import { type DateKey, PipelineError } from '../model';
import { type DateDocument, readDateDocument } from '../report';
import { withOpenFailures } from '../stages';
import { type WorkspaceOptions, openData, openWorkspace } from '../workspace';

/**
 * Everything the report of a date shows; see readDateDocument. Of the failed steps those that still have something to
 * do. Nothing is planned: neither landing nor the warehouse is searched.
 */
export async function dateDocument(options: WorkspaceOptions, date: DateKey): Promise<DateDocument> {
  const document = await readDateDocument(await openData(options), date);
  if (document.failures.length === 0) return document;
  // Which steps still have something to do cannot be known while the config is being edited.
  const workspace = await openWorkspace(options).catch((error: unknown) => {
    if (error instanceof PipelineError) return undefined;
    throw error;
  });
  return withOpenFailures(document, workspace);
}
