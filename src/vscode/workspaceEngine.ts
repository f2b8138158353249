// The engine of whichever folder is chosen now: one process per folder, each started by its first call.
import * as vscode from 'vscode';
import { openEngine, type Engine } from './engine/client';
import type { Parts, Workspace } from './parts';
import type { Secrets } from './secrets';
import type { Log } from './shown/log';
import { showWarning } from './shown/notices';

export interface WorkspaceEngineOptions {
  readonly extension: vscode.Uri;
  readonly workspace: Workspace;
  readonly secrets: Secrets;
  readonly log: Log;
}

/** An engine whose calls go to the process of the folder chosen at the time of the call; `of` is that of one folder. */
export function workspaceEngine({
  extension,
  workspace,
  secrets,
  log,
}: WorkspaceEngineOptions): Engine & { readonly of: (folder: vscode.Uri) => Engine } {
  const crashed = new vscode.EventEmitter<string>();
  const engines = new Map<string, Engine>();
  const of = (folder: vscode.Uri): Engine => {
    const known = engines.get(folder.fsPath);
    if (known !== undefined) return known;
    const engine = openEngine({
      script: vscode.Uri.joinPath(extension, 'dist', 'server.js').fsPath,
      directory: folder.fsPath,
      trusted: () => vscode.workspace.isTrusted,
      environment: () => secrets.environment(folder),
      log,
    });
    engine.onDidCrash((reason) => crashed.fire(reason));
    engines.set(folder.fsPath, engine);
    return engine;
  };
  // Without a folder single files can be previewed: the extension's own folder holds no workspace.
  const current = (): Engine => of(workspace.uri ?? extension);
  const restart = (): void => {
    for (const engine of engines.values()) engine.restart();
  };
  const listeners = [secrets.onDidChange(restart), vscode.workspace.onDidGrantWorkspaceTrust(restart)];
  return {
    of,
    call: (method, params, options) => current().call(method, params, options),
    restart,
    onDidCrash: crashed.event,
    get pid() {
      return current().pid;
    },
    dispose: () => {
      for (const listener of listeners) listener.dispose();
      for (const engine of engines.values()) engine.dispose();
      crashed.dispose();
    },
  };
}

/** Reports a crash outside of a run, which reports its own end; views then read again, which starts a new process. */
export function reportCrashes(
  { engine, log, runs }: Pick<Parts, 'engine' | 'log' | 'runs'>,
  touch: () => void,
): vscode.Disposable {
  return engine.onDidCrash((reason) => {
    log.error(`The engine process ended unexpectedly: ${reason}.`);
    touch();
    if (runs.current !== undefined) return;
    const showLog = vscode.l10n.t('Show Log');
    void showWarning(
      vscode.l10n.t('The M7 Pipeline engine stopped unexpectedly ({0}). It restarts when needed.', reason),
      showLog,
    ).then((choice) => {
      if (choice === showLog) log.show();
    });
  });
}
