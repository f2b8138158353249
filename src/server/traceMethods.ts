// Answers about lines of landing files: what became of them, and what is wrong in a file.
import { landingMarks, openWorkspace, traceLine, tracePage } from '../engine';
import type { Methods } from '../shared/channel';
import type { TraceApi } from '../shared/traceApi';

/** The methods of TraceApi for one folder; settings and config are read as they are at each call. */
export function traceMethods(directory: string): Methods<TraceApi> {
  return {
    'trace.line': async (name, { signal }) => {
      const workspace = await openWorkspace({ directory });
      const trace = await traceLine(workspace, name, signal);
      return { trace, page: tracePage(trace, (path) => workspace.relative(path)) };
    },
    'trace.marks': async ({ path }, { signal }) =>
      landingMarks(await openWorkspace({ directory }), path, signal),
  };
}
