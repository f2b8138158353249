// m7 drift: what of the files is neither as the config nor as the files before.
import { ofWorkspace, withSession } from '../base';
import type { DateKey } from '../model';
import { type DriftList, listDrift } from '../stages';
import type { OpenWorkspace } from '../workspace';

/** Lists the drift of a date, or of the last date of each brand and table. Nothing is written. */
export async function readDrift(
  workspace: OpenWorkspace,
  { date, signal }: { readonly date?: DateKey; readonly signal?: AbortSignal } = {},
): Promise<DriftList> {
  const { config, lake, settings } = workspace;
  return withSession(ofWorkspace(settings), (connection) =>
    listDrift({ config, lake, connection, signal }, date),
  );
}
