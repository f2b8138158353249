// The report of a date as a person opens it: what is stored, and no more.
import { type DateKey, PipelineError } from '../model';
import { readLedger } from '../lake';
import { type DateDocument, type DateVerdict, dateVerdict, maskingOf, readDateDocument } from '../report';
import { withOpenFailures } from '../stages';
import { type OpenWorkspace, type WorkspaceOptions, openData, openWorkspace } from '../workspace';

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

export type DatedVerdict = DateVerdict & { readonly date: DateKey };

/** How some dates stand, in the order asked for: what their reports say at their head. */
export async function dateVerdicts(
  workspace: OpenWorkspace,
  dates: readonly DateKey[],
): Promise<readonly DatedVerdict[]> {
  const { entries } = readLedger(workspace.lake.stateDir);
  const verdicts: DatedVerdict[] = [];
  for (const date of dates) {
    const document = withOpenFailures(await readDateDocument(workspace.lake, date, entries), workspace);
    verdicts.push({ date, ...dateVerdict(document) });
  }
  return verdicts;
}
