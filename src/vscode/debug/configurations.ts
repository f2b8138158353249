// Launch configurations: made where there is no launch.json, and filled with what one leaves open.
import * as vscode from 'vscode';
import { typedDate } from '../commands/dateFacts';
import { pickDate } from '../commands/pickDate';
import type { Parts } from '../parts';
import { day } from '../words';
import { isWorkspace } from '../workspace';
import { TYPE } from './wish';

/** Fills in the folder and asks for the date; what else is wrong is told by the adapter, which knows the config. */
export function configurationProvider(
  parts: Pick<Parts, 'engineOf' | 'tellError' | 'workspace'>,
): vscode.DebugConfigurationProvider {
  return {
    resolveDebugConfiguration: (folder, given) => {
      const isNew =
        given.request === '' || (given as Partial<vscode.DebugConfiguration>).request === undefined;
      const configuration: vscode.DebugConfiguration = {
        ...given,
        ...(isNew
          ? { type: TYPE, request: 'launch', name: given.name || vscode.l10n.t('Debug a date') }
          : {}),
      };
      if (isEmpty(configuration['workspace']))
        configuration['workspace'] = folderFor(folder, parts.workspace.uri)?.fsPath;
      return configuration;
    },
    resolveDebugConfigurationWithSubstitutedVariables: async (_folder, configuration) => {
      const { workspace } = configuration;
      if (typeof workspace !== 'string' || workspace === '')
        return refuse(
          vscode.l10n.t('There is no folder to debug: open the folder of a workspace of M7 Pipeline first.'),
        );
      const uri = vscode.Uri.file(workspace);
      if (!isWorkspace(uri))
        return refuse(
          vscode.l10n.t(
            '{0} is no workspace of M7 Pipeline: it has no config/table_schemas.json or config/validation_rules.json. Set "workspace" in launch.json.',
            workspace,
          ),
        );
      const given: unknown = configuration['date'];
      if (!isEmpty(given)) {
        const date =
          typeof given === 'string' || typeof given === 'number' ? typedDate(String(given)) : undefined;
        return date === undefined
          ? refuse(
              vscode.l10n.t(
                '"{0}" is no date. Write it in launch.json as "20241115", or leave it out to be asked.',
                String(given),
              ),
            )
          : { ...configuration, date };
      }
      const date = await pickDate(
        { engine: parts.engineOf(uri), tellError: parts.tellError },
        { title: vscode.l10n.t('Debug a Date'), failedFirst: true },
      );
      // Who went away wants no session, and no launch.json either.
      if (date === undefined) return undefined;
      return { ...configuration, date, name: vscode.l10n.t('{0}: {1}', configuration.name, day(date)) };
    },
  };
}

const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === '';

async function refuse(message: string): Promise<undefined> {
  await vscode.window.showErrorMessage(message, { modal: true });
  return undefined;
}

/**
 * The folder a session without one is about: that of the file in front, where it is a workspace, else the one that
 * was started from, else the one that commands and views work on.
 */
function folderFor(
  started: vscode.WorkspaceFolder | undefined,
  chosen: vscode.Uri | undefined,
): vscode.Uri | undefined {
  const file = vscode.window.activeTextEditor?.document.uri;
  const own = file === undefined ? undefined : vscode.workspace.getWorkspaceFolder(file)?.uri;
  return [own, started?.uri].find((uri) => uri?.scheme === 'file' && isWorkspace(uri)) ?? chosen;
}
