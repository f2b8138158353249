// Launch configurations: made where there is no launch.json, and filled with what one leaves open.
import * as vscode from 'vscode';
import type { DateKey } from '../../engine';
import { typedDate } from '../../shared/dates';
import { pickDate } from '../commands/pickDate';
import type { Parts } from '../parts';
import { day } from '../words';
import { isWorkspace } from '../workspace';
import { TYPE } from './debugRequest';

/** Fills in the folder and asks for the date; what else is wrong is reported by the adapter, which knows the config. */
export function configurationProvider(
  parts: Pick<Parts, 'engineOf' | 'reportError' | 'workspace'>,
): vscode.DebugConfigurationProvider {
  return {
    resolveDebugConfiguration: (folder, given) => {
      // Without a launch.json there is nothing in it.
      const configuration: vscode.DebugConfiguration = isEmpty(given.request)
        ? { ...given, type: TYPE, request: 'launch', name: vscode.l10n.t('Debug a date') }
        : { ...given };
      if (isEmpty(configuration['workspace']))
        configuration['workspace'] = folderFor(folder, parts.workspace.uri)?.fsPath;
      return configuration;
    },
    // What is thrown is reported by the editor, with a button that opens launch.json.
    resolveDebugConfigurationWithSubstitutedVariables: async (_folder, configuration) => {
      const folder = workspaceIn(configuration['workspace']);
      if (!isEmpty(configuration['date'])) return { ...configuration, date: dateIn(configuration['date']) };
      const date = await pickDate(
        { engine: parts.engineOf(folder), reportError: parts.reportError },
        { title: vscode.l10n.t('Debug a Date'), failedFirst: true },
      );
      // Who went away wants no session, and no launch.json either.
      if (date === undefined) return undefined;
      return { ...configuration, date, name: vscode.l10n.t('{0}: {1}', configuration.name, day(date)) };
    },
  };
}

const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === '';

/** @throws Error with the way out, where it is no folder of a workspace. */
function workspaceIn(given: unknown): vscode.Uri {
  if (typeof given !== 'string' || given === '')
    throw new Error(vscode.l10n.t('No folder is open. Open an M7 Pipeline workspace first.'));
  const uri = vscode.Uri.file(given);
  if (isWorkspace(uri)) return uri;
  throw new Error(
    vscode.l10n.t(
      '{0} is not an M7 Pipeline workspace: it has neither config/table_schemas.json nor config/validation_rules.json. Set "workspace" in launch.json.',
      given,
    ),
  );
}

/** @throws Error with the way out, where it is no day of the calendar. */
function dateIn(given: unknown): DateKey {
  const text = typeof given === 'number' ? String(given) : given;
  const date = typeof text === 'string' ? typedDate(text) : undefined;
  if (date !== undefined) return date;
  throw new Error(
    vscode.l10n.t(
      '"{0}" is not a date. Write it as "20241115" in launch.json, or remove it to be asked.',
      typeof text === 'string' ? text : JSON.stringify(text),
    ),
  );
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
