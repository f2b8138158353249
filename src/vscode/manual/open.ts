// Opens a page of the manual at a heading: VS Code's own Markdown preview, and the text where that is switched off.
import * as vscode from 'vscode';
import { MANUAL_INDEX } from '../../shared/manual';
import { openAt } from '../failure';
import { lineOf } from './headings';

const ADDRESS = /^([a-z-]+\.md)(?:#([\w-]+))?$/;
const PREVIEW = 'markdown.showPreview';

/** Folder of the pages. */
export const manualFolder = (extension: vscode.Uri): vscode.Uri =>
  vscode.Uri.joinPath(extension, 'media/manual');

/**
 * Opens the page that is asked for; the table of contents where nothing is, or where no page has this name:
 * the address may come from a link.
 */
export async function openManual(extension: vscode.Uri, asked: unknown): Promise<void> {
  const [, page, heading = ''] = (typeof asked === 'string' ? ADDRESS.exec(asked) : null) ?? [];
  const folder = manualFolder(extension);
  const wanted = vscode.Uri.joinPath(folder, page ?? MANUAL_INDEX);
  const uri = (await isFile(wanted)) ? wanted : vscode.Uri.joinPath(folder, MANUAL_INDEX);
  try {
    await vscode.commands.executeCommand(PREVIEW, uri.with({ fragment: heading }));
  } catch {
    // Someone has disabled VS Code's own Markdown extension.
    await openAt(uri, lineOf(await textOf(uri), heading));
  }
}

async function isFile(uri: vscode.Uri): Promise<boolean> {
  try {
    return (await vscode.workspace.fs.stat(uri)).type === vscode.FileType.File;
  } catch {
    return false;
  }
}

export async function textOf(uri: vscode.Uri): Promise<string> {
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
}
