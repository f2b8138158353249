// Rows of gold with their landing lines, in a session of their own.
import type { OpenWorkspace } from '../../workspace';
import { traceGold as traceOn } from '.';
import type { TraceOptions, TraceResult } from './recordNames';
import { ofWorkspace, withSession } from '../../base';

/** Rows of gold with the landing line each came from; see trace.ts for what it throws. */
export function trace(workspace: OpenWorkspace, options: TraceOptions): Promise<TraceResult> {
  return withSession(ofWorkspace(workspace.settings), (connection) =>
    traceOn(workspace, connection, options),
  );
}
