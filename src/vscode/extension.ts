// The composition root of the extension: opens what it owns and joins the parts; nothing else happens here.
import * as vscode from 'vscode';
import { openEngine } from './engine/client';

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('M7 Pipeline', { log: true });
  const folder = vscode.workspace.workspaceFolders?.[0];
  const engine = openEngine({
    script: vscode.Uri.joinPath(context.extensionUri, 'dist', 'server.js').fsPath,
    directory: folder?.uri.fsPath ?? context.extensionUri.fsPath,
    environment: () => Promise.resolve({}),
    log,
  });
  context.subscriptions.push(log, engine);
}
