// Rules that were edited and not saved: restarting a frame reads the files, so this is reported, with a button to save.
import * as vscode from 'vscode';
import { CONFIG_SELECTOR } from '../editing/documents';
import { member, TYPE } from './debugRequest';
import { showWarning } from '../shown/notices';

/** Watches what the editor asks of a session. */
export function registerUnsaved(): vscode.Disposable {
  return vscode.debug.registerDebugAdapterTrackerFactory(TYPE, {
    createDebugAdapterTracker: (session) => ({
      onWillReceiveMessage: (message: unknown) => {
        if (member(message, 'command') !== 'restartFrame') return;
        const unsaved = vscode.workspace.textDocuments.filter(
          (one) => one.isDirty && vscode.languages.match(CONFIG_SELECTOR, one) > 0,
        );
        if (unsaved.length > 0) void report(session, unsaved, member(message, 'arguments'));
      },
    }),
  });
}

async function report(
  session: vscode.DebugSession,
  unsaved: readonly vscode.TextDocument[],
  frame: unknown,
): Promise<void> {
  const save = vscode.l10n.t('Save and Restart Frame');
  const names = unsaved.map((one) => one.uri.path.split('/').at(-1) ?? '').join(', ');
  const choice = await showWarning(
    vscode.l10n.t('{0} is not saved. The frame was restarted with the saved version.', names),
    save,
  );
  if (choice !== save) return;
  for (const document of unsaved) await document.save();
  await session.customRequest('restartFrame', frame);
}
