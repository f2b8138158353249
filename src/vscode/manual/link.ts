// Links to the manual in hovers: the only Markdown of ours that may run a command, and only this one.
import * as vscode from 'vscode';
import type { ManualAddress } from '../../shared/manual';
import { commandLink, markdownWith } from '../shown/markdown';

const OPEN = 'm7.openManual';

/** A paragraph of its own, so that no text of the workspace stands in trusted Markdown. */
export function manualLink(address: ManualAddress): vscode.MarkdownString {
  return markdownWith([OPEN], commandLink(vscode.l10n.t('Open the manual'), OPEN, address));
}
