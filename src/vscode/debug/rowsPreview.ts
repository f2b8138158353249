// Rows that a session shows, opened in the preview: from the Variables view, or by a command of the Debug Console.
import { isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import { registerCommand } from '../commands/register';
import type { Parts } from '../parts';
import { rowsIn } from './pointer';
import { member, TYPE } from './debugRequest';
import { showError, showInformation } from '../shown/notices';
import { withNotice } from '../shown/progress';

/** The same name both ways: the adapter names a file, or is asked to write one. */
const PREVIEW = 'm7/preview';

/** Opens what the adapter names; registers `m7.previewVariable`. */
export function registerAnswers({ reportError }: Pick<Parts, 'reportError'>): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.debug.onDidReceiveDebugSessionCustomEvent(({ session, event, body }) => {
      if (session.type !== TYPE || event !== PREVIEW) return;
      void open(body).catch(reportError);
    }),
    registerCommand({ reportError }, 'm7.previewVariable', async (argument: unknown) => {
      try {
        await preview(argument);
      } catch (error) {
        // The adapter's own words: what is wrong, and what to do.
        void showError(error instanceof Error ? error.message : String(error));
      }
    }),
  );
}

async function preview(argument: unknown): Promise<void> {
  const session = vscode.debug.activeDebugSession;
  const variablesReference = rowsIn(argument);
  if (session?.type !== TYPE || variablesReference === undefined) {
    void showInformation(vscode.l10n.t('No rows here. Select an entry of "Failing rows" or "Rows".'));
    return;
  }
  const title = vscode.l10n.t('Preparing the rows for the preview');
  await open(
    await withNotice<unknown>({ title, cancellable: false }, () =>
      session.customRequest(PREVIEW, { variablesReference }),
    ),
  );
}

async function open(body: unknown): Promise<void> {
  const path = member(body, 'path');
  if (typeof path !== 'string' || !isAbsolute(path)) return;
  await vscode.commands.executeCommand('m7.openPreview', vscode.Uri.file(path));
}
