// Links to the manual in hovers: the only Markdown of ours that may run a command, and only this one.
import * as vscode from 'vscode';
import type { ManualAddress } from '../../shared/manual';

/** A paragraph of its own, so that no text of the workspace stands in trusted Markdown. */
export function manualLink(address: ManualAddress): vscode.MarkdownString {
  const argument = encodeURIComponent(JSON.stringify([address]));
  const link = new vscode.MarkdownString(
    `[${vscode.l10n.t('Open the manual')}](command:m7.openManual?${argument})`,
  );
  link.isTrusted = { enabledCommands: ['m7.openManual'] };
  return link;
}
