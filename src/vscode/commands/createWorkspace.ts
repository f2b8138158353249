// A new workspace, empty or with a sample, in a folder of the user's choice.
import { defined } from '../../shared/defined';
import * as vscode from 'vscode';
import { startEngine } from '../engine/process';
import type { Parts } from '../parts';
import { showInformation } from '../shown/notices';
import { pickOne } from '../shown/pickers';
import { withNotice } from '../shown/progress';

/** Rows of the sample's largest table for each brand: enough to see something, done within a second. */
const SAMPLE_ROWS = 1_000;

interface WorkspaceRequest {
  /** In the folder that is open. */
  readonly here: boolean;
  readonly sample: boolean | undefined;
}

export async function createWorkspace(parts: Parts, argument: unknown): Promise<void> {
  const request = requestOf(argument);
  const sample = request.sample ?? (await askKind());
  if (sample === undefined) return;
  const folder = request.here ? parts.workspace.uri : await askFolder(parts.workspace.uri);
  if (folder === undefined) return;
  await withNotice({ title: vscode.l10n.t('Creating a workspace'), cancellable: false }, () =>
    write(parts, folder, sample),
  );
  parts.workspace.look();
  if (folder.toString() === parts.workspace.uri?.toString())
    await vscode.commands.executeCommand('m7.layers.focus');
  else await offerToOpen(folder);
}

/** In a process of its own: the folder is not the one whose engine runs. */
async function write(parts: Parts, folder: vscode.Uri, sample: boolean): Promise<void> {
  const engine = startEngine({
    script: vscode.Uri.joinPath(parts.context.extensionUri, 'dist', 'server.js').fsPath,
    directory: folder.fsPath,
    // What it writes needs neither secrets nor the SQL of what lies there.
    trusted: false,
    environment: {},
    log: (line) => parts.log.warn(line),
  });
  try {
    const { files } = await engine.channel.call(
      'init',
      sample ? { sample: { date: today(), rows: SAMPLE_ROWS } } : {},
    );
    parts.log.info(`Created a workspace in ${folder.fsPath}: ${files.length} files.`);
  } finally {
    engine.stop();
  }
}

async function askKind(): Promise<boolean | undefined> {
  const picked = await pickOne(
    [
      {
        label: vscode.l10n.t('With a sample'),
        iconPath: new vscode.ThemeIcon('beaker'),
        detail: vscode.l10n.t(
          'Config for seven tables and generated files of several brands, with realistic faults',
        ),
        sample: true,
      },
      {
        label: vscode.l10n.t('Empty'),
        iconPath: new vscode.ThemeIcon('new-folder'),
        detail: vscode.l10n.t('The smallest valid config, to start your own'),
        sample: false,
      },
    ],
    { title: vscode.l10n.t('Create a Workspace'), placeHolder: vscode.l10n.t('What should it contain?') },
  );
  return picked?.sample;
}

async function askFolder(open: vscode.Uri | undefined): Promise<vscode.Uri | undefined> {
  const [folder] =
    (await vscode.window.showOpenDialog({
      canSelectFolders: true,
      canSelectFiles: false,
      ...defined({ defaultUri: open }),
      title: vscode.l10n.t('Folder of the new workspace'),
      openLabel: vscode.l10n.t('Create Here'),
    })) ?? [];
  return folder;
}

async function offerToOpen(folder: vscode.Uri): Promise<void> {
  // With nothing open there is nothing to lose.
  if (vscode.workspace.workspaceFolders === undefined) {
    await vscode.commands.executeCommand('vscode.openFolder', folder);
    return;
  }
  const open = vscode.l10n.t('Open');
  const newWindow = vscode.l10n.t('Open in New Window');
  const choice = await showInformation(
    vscode.l10n.t('The workspace was created in {0}.', folder.fsPath),
    open,
    newWindow,
  );
  if (choice !== undefined)
    await vscode.commands.executeCommand('vscode.openFolder', folder, {
      forceNewWindow: choice === newWindow,
    });
}

function requestOf(argument: unknown): WorkspaceRequest {
  const { here, sample } = (typeof argument === 'object' && argument !== null ? argument : {}) as {
    readonly here?: unknown;
    readonly sample?: unknown;
  };
  return { here: here === true, sample: typeof sample === 'boolean' ? sample : undefined };
}

function today(): string {
  const now = new Date();
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
}
