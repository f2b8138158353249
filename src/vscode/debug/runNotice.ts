// A session that begins while a run is in progress: its console says what it sees.
import * as vscode from 'vscode';
import type { Parts } from '../parts';
import { runElsewhere, type WorkspaceState } from '../workspaceState';
import { TYPE } from './debugRequest';

/** Says so in the Debug Console; a session whose run counts is refused by the lock, and needs no word. */
export function registerRunningNotice(
  parts: Pick<Parts, 'engine' | 'runs'>,
  state: Pick<WorkspaceState, 'holder'>,
): vscode.Disposable {
  return vscode.debug.onDidStartDebugSession(({ type, configuration }) => {
    if (type !== TYPE || configuration['publish'] === true) return;
    if (parts.runs.current === undefined && runElsewhere(parts, state) === undefined) return;
    vscode.debug.activeDebugConsole.appendLine(
      vscode.l10n.t('A run is in progress. This session sees the layers as they were when it started.'),
    );
  });
}
