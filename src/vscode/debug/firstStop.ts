// The first stop of a session shows the Run and Debug view: the editor itself does so at breakpoints alone.
import * as vscode from 'vscode';
import { member, TYPE } from './debugRequest';

/** Watches what each session reports; the user's setting `debug.openDebug` decides, as for breakpoints. */
export function registerFirstStop(): vscode.Disposable {
  return vscode.debug.registerDebugAdapterTrackerFactory(TYPE, {
    createDebugAdapterTracker: () => {
      let shown = false;
      return {
        onDidSendMessage: (message: unknown) => {
          if (shown || member(message, 'event') !== 'stopped') return;
          shown = true;
          // What the editor opens by itself needs no help.
          if (member(member(message, 'body'), 'reason') === 'breakpoint') return;
          const wanted = vscode.workspace.getConfiguration('debug').get<string>('openDebug');
          if (wanted === 'openOnDebugBreak') void show();
        },
      };
    },
  });
}

async function show(): Promise<void> {
  await vscode.commands.executeCommand('workbench.view.debug');
  // Keys belong to the line it stands at.
  await vscode.commands.executeCommand('workbench.action.focusActiveEditorGroup');
}
