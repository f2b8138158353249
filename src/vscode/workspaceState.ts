// Tells when something on disk has changed that views show: runs from a terminal, new files, edited config.
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import type { LayerTree } from '../shared/serverApi';
import type { Owned, Parts, Workspace } from './parts';
import { ledgerFile, lockFile, lockHolder, stateFolders } from './dataFolder';

export interface WorkspaceState extends Owned {
  readonly onDidChange: vscode.Event<void>;
  /** Watches the folders that the settings name; until then those of the defaults are watched. */
  follow(tree: Pick<LayerTree, 'dataFolder' | 'configFolder' | 'stateFolder' | 'layers'>): void;
  /** Something has changed by the user's own doing: reported at once. */
  readonly touch: () => void;
  /** Process id of the current run, in whichever window or terminal. */
  holder(): number | undefined;
}

/** A run writes many files: the first change is reported soon, the next ones together. */
const SOON_MS = 250;
const REST_MS = 2_000;

export function watchWorkspace(workspace: Workspace): WorkspaceState {
  const changed = new vscode.EventEmitter<void>();
  let timer: NodeJS.Timeout | undefined;
  let reportedAt = 0;
  let watchers: readonly vscode.Disposable[] = [];
  let watched = '';
  let stateFolder: string | undefined;

  const report = (): void => {
    clearTimeout(timer);
    timer = undefined;
    reportedAt = Date.now();
    changed.fire();
  };
  const note = (): void => {
    timer ??= setTimeout(report, Math.max(SOON_MS, reportedAt + REST_MS - Date.now()));
  };
  const watch = (folders: { config: string; landing: string; state: string }): void => {
    const root = workspace.uri?.fsPath ?? '';
    const key = JSON.stringify([root, folders]);
    if (key === watched) return;
    watched = key;
    stateFolder = folders.state;
    for (const watcher of watchers) watcher.dispose();
    const on = (folder: string, pattern: string, changes = true): readonly vscode.Disposable[] => {
      const watcher = vscode.workspace.createFileSystemWatcher(
        new vscode.RelativePattern(vscode.Uri.file(folder), pattern),
        false,
        !changes,
      );
      return [watcher, watcher.onDidCreate(note), watcher.onDidChange(note), watcher.onDidDelete(note)];
    };
    watchers = [
      ...on(root, '.env'),
      ...on(folders.config, '*.json'),
      ...on(folders.landing, '**'),
      ...on(folders.state, basename(ledgerFile(folders.state))),
      // Its holder touches it every few seconds, which says nothing new.
      ...on(folders.state, basename(lockFile(folders.state)), false),
    ];
  };
  const byDefault = (): void => {
    const root = workspace.uri?.fsPath;
    if (root === undefined || !workspace.isReady) return;
    const data = join(root, 'data');
    const { stateDir } = stateFolders({ dataDir: data });
    watch({ config: join(root, 'config'), landing: join(data, 'landing'), state: stateDir });
  };
  const listener = workspace.onDidChange(() => {
    byDefault();
    report();
  });
  byDefault();
  return {
    onDidChange: changed.event,
    follow: ({ configFolder, stateFolder: state, dataFolder, layers }) =>
      watch({
        config: configFolder,
        landing: layers.find((l) => l.layer === 'landing')?.folder ?? dataFolder,
        state,
      }),
    touch: report,
    holder: () => (stateFolder === undefined ? undefined : lockHolder(stateFolder)?.pid),
    dispose: () => {
      clearTimeout(timer);
      for (const one of [...watchers, listener, changed]) one.dispose();
    },
  };
}

/** The process that runs, where it is neither this window's engine nor a run of this window. */
export function runElsewhere(
  { engine, runs }: Pick<Parts, 'engine' | 'runs'>,
  state: Pick<WorkspaceState, 'holder'>,
): number | undefined {
  const holder = state.holder();
  return runs.current !== undefined || holder === engine.pid ? undefined : holder;
}
