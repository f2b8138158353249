// Starts the debug adapter: a process of its own, with the secrets of the workspace, as the engine has them.
import * as vscode from 'vscode';
import type { Parts } from '../parts';
import type { Secrets } from '../secrets';

/** Makes the process of a session: dist/debug.js, spoken to over its standard streams. */
export function adapterFactory(
  { context }: Pick<Parts, 'context'>,
  secrets: Pick<Secrets, 'environment'>,
): vscode.DebugAdapterDescriptorFactory {
  return {
    createDebugAdapterDescriptor: async ({ configuration }) => {
      // The editor itself asks for trust before it debugs: a session that comes by another way is refused here.
      if (!vscode.workspace.isTrusted)
        throw new Error(vscode.l10n.t('This folder is open in Restricted Mode: nothing is debugged.'));
      const { workspace } = configuration;
      const folder = typeof workspace === 'string' ? vscode.Uri.file(workspace) : undefined;
      return new vscode.DebugAdapterExecutable(
        process.execPath,
        [vscode.Uri.joinPath(context.extensionUri, 'dist', 'debug.js').fsPath],
        {
          env: {
            ...(folder === undefined ? {} : await secrets.environment(folder)),
            // On the desktop the editor's own executable is Node only when it is told so.
            ELECTRON_RUN_AS_NODE: '1',
          },
          ...(folder === undefined ? {} : { cwd: folder.fsPath }),
        },
      );
    },
  };
}
