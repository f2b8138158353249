// The one place where errors are reported to the user: what, what next, and buttons that lead there.
import { isAbsolute, join } from 'node:path';
import * as vscode from 'vscode';
import { ChannelError, type WireError } from '../shared/channel';
import { manualOfError } from '../shared/manual';
import type { Use } from '../shared/needs';
import type { Workspace } from './parts';
import type { Log } from './shown/log';
import { showError, showWarning } from './shown/notices';

/** Anything thrown as data; what is no error of the engine is a defect of the extension. */
export function errorOf(error: unknown): WireError {
  if (error instanceof ChannelError) return error.plain;
  return {
    code: 'BUG',
    message: error instanceof Error ? error.message : String(error),
    remedy: vscode.l10n.t('This is a defect of M7 Pipeline. Report it with the log.'),
  };
}

/** Makes `reportError`. @param folder whose relative files are meant. */
export function errorTeller(log: Log, folder: Pick<Workspace, 'uri'>): (error: unknown) => Promise<void> {
  return async (error) => {
    const plain = errorOf(error);
    if (plain.code === 'CANCELLED') return;
    log.error(`${plain.message} (${plain.code}) ${plain.remedy}`);
    if (plain.code === 'BUG' && error instanceof Error && error.stack !== undefined) log.error(error.stack);
    const place = placeOf(plain, folder.uri);
    const openFile = vscode.l10n.t('Open File');
    const showLog = vscode.l10n.t('Show Log');
    const showManual = vscode.l10n.t('Open Manual');
    const decide = plain.code === 'RESTRICTED' ? vscode.l10n.t('Manage Workspace Trust') : undefined;
    const address = manualOfError(plain.code);
    const choice = await showError(
      `${plain.message} ${plain.remedy}`,
      ...(place === undefined ? [] : [openFile]),
      ...(decide === undefined ? [] : [decide]),
      showLog,
      ...(address === undefined ? [] : [showManual]),
    );
    if (choice === undefined) return;
    if (choice === openFile && place !== undefined) await openAt(place.uri, place.line);
    else if (choice === decide) await vscode.commands.executeCommand('workbench.trust.manage');
    else if (choice === showLog) log.show();
    else if (choice === showManual) await vscode.commands.executeCommand('m7.openManual', address);
  };
}

/** The file and line an error is about; undefined where it names none. */
export function placeOf(
  error: Pick<WireError, 'file' | 'line'>,
  folder: vscode.Uri | undefined,
): { readonly uri: vscode.Uri; readonly line: number } | undefined {
  if (error.file === undefined) return undefined;
  const path = isAbsolute(error.file) || folder === undefined ? error.file : join(folder.fsPath, error.file);
  return { uri: vscode.Uri.file(path), line: error.line ?? 1 };
}

/** Opens a text file with the cursor on a line, counted from 1. */
export async function openAt(uri: vscode.Uri, line: number): Promise<void> {
  const at = new vscode.Position(Math.max(0, line - 1), 0);
  await vscode.commands.executeCommand('vscode.open', uri, {
    selection: new vscode.Range(at, at),
    preview: true,
  });
}

/**
 * Is the workspace trusted? Where it is not, says what that would let happen, and offers to decide.
 * @param uses what is asked for would do.
 */
export async function requireTrust(uses: readonly Use[]): Promise<boolean> {
  if (vscode.workspace.isTrusted) return true;
  const decide = vscode.l10n.t('Manage Workspace Trust');
  const words: Readonly<Record<Use, string>> = {
    sql: vscode.l10n.t('run the SQL of its config files'),
    network: vscode.l10n.t('ask hosts that its settings name'),
    secrets: vscode.l10n.t('use your secrets'),
    changes: vscode.l10n.t('change its files'),
  };
  const choice = await showWarning(
    vscode.l10n.t(
      'This folder is open in Restricted Mode. What you asked for would {0}: it needs your trust.',
      uses.map((use) => words[use]).join(', '),
    ),
    decide,
  );
  if (choice === decide) await vscode.commands.executeCommand('workbench.trust.manage');
  return false;
}
