// Answers about what differs in the files: a person who has looked at it says so.
import { acceptDrifts, openWorkspace, PipelineError, requireDate } from '../engine';
import type { Methods } from '../shared/channel';
import type { DriftApi } from '../shared/serverApi';

/** The methods of DriftApi for one folder. */
export function driftMethods(directory: string): Methods<DriftApi> {
  return {
    'drift.accept': async ({ date, ...target }, { signal }) => {
      const workspace = await openWorkspace({ directory });
      const { accepted, unmatched } = await acceptDrifts(workspace, {
        date: requireDate(date),
        targets: [target],
        signal,
      });
      if (unmatched.length > 0)
        throw new PipelineError(
          'NOT_FOUND',
          `Nothing differs any more: ${[target.brand, target.table, target.column ?? ''].join(' ').trim()}, ${date}.`,
          'Run the date again to see its report as it is now.',
        );
      return { accepted: accepted.length };
    },
  };
}
