// Which folder commands and views work on, reported to menus and welcome views by context keys.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Owned, Workspace } from './parts';

/** Either of these makes a folder a workspace of M7. */
const MARKS = ['config/table_schemas.json', 'config/validation_rules.json'];

/** Follows the folders of the window, the setting `m7.workspaceFolder` and the config files' coming and going. */
export function followWorkspace(): Workspace & Owned {
  const changed = new vscode.EventEmitter<void>();
  let uri: vscode.Uri | undefined;
  let isReady = false;
  let watchers: readonly vscode.Disposable[] = [];

  const look = (): void => {
    const before = `${uri?.toString() ?? ''} ${isReady}`;
    uri = chosenFolder();
    isReady = uri !== undefined && isWorkspace(uri);
    void vscode.commands.executeCommand('setContext', 'm7.hasWorkspace', isReady);
    void vscode.commands.executeCommand('setContext', 'm7.isActive', true);
    if (before !== `${uri?.toString() ?? ''} ${isReady}`) changed.fire();
  };
  const watch = (): void => {
    for (const watcher of watchers) watcher.dispose();
    watchers = localFolders().flatMap((folder) => {
      const watcher = vscode.workspace.createFileSystemWatcher(
        new vscode.RelativePattern(folder, `{${MARKS.join(',')}}`),
        false,
        true,
      );
      return [watcher, watcher.onDidCreate(look), watcher.onDidDelete(look)];
    });
  };
  const listeners = [
    vscode.workspace.onDidChangeWorkspaceFolders(() => {
      watch();
      look();
    }),
    // A watcher may miss what is made in a folder that was not there when it began.
    vscode.window.onDidChangeWindowState(look),
    vscode.workspace.onDidSaveTextDocument(({ uri: saved }) => {
      // A step of the walkthrough.
      if (saved.path.endsWith('/config/validation_rules.json'))
        void vscode.commands.executeCommand('setContext', 'm7.editedRules', true);
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('m7.workspaceFolder')) look();
    }),
  ];
  watch();
  look();
  return {
    get uri() {
      return uri;
    },
    get isReady() {
      return isReady;
    },
    look,
    onDidChange: changed.event,
    dispose: () => {
      for (const one of [...watchers, ...listeners, changed]) one.dispose();
    },
  };
}

/** The folder the setting names, else the first that is a workspace, else the first. */
function chosenFolder(): vscode.Uri | undefined {
  const folders = localFolders();
  const wanted = vscode.workspace.getConfiguration('m7').get<string>('workspaceFolder', '');
  const named = wanted === '' ? undefined : folders.find((f) => f.name === wanted || f.uri.fsPath === wanted);
  return (named ?? folders.find((f) => isWorkspace(f.uri)) ?? folders[0])?.uri;
}

const localFolders = (): readonly vscode.WorkspaceFolder[] =>
  (vscode.workspace.workspaceFolders ?? []).filter((folder) => folder.uri.scheme === 'file');

/** Does a folder hold a config file of M7? */
export const isWorkspace = (uri: vscode.Uri): boolean =>
  MARKS.some((mark) => existsSync(join(uri.fsPath, mark)));
