// `m7.debugDate`: a session without a launch.json, of a date, and of a table, rule or column of it.
import * as vscode from 'vscode';
import { pickDate } from '../commands/pickDate';
import { CONFIG_SELECTOR } from '../editing/documents';
import type { Parts } from '../parts';
import { day } from '../words';
import type { SessionBreakpoints } from './sessionBreakpoints';
import { launchOf, debugRequestOf, type DebugRequest } from './debugRequest';
import { showInformation, showWarning } from '../shown/notices';
import { inert } from '../../shared/words';

/** Starts a session; asks for the date where none is given. Resolves when it has started, or was not wanted. */
export async function debugDate(
  parts: Parts,
  breakpoints: SessionBreakpoints,
  argument: unknown,
): Promise<void> {
  const uri = parts.workspace.uri;
  if (uri === undefined || !parts.workspace.isReady) {
    void showInformation(vscode.l10n.t('Open an M7 Pipeline workspace first, or create one.'));
    return;
  }
  const request = debugRequestOf(argument);
  const date =
    request.date ?? (await pickDate(parts, { title: vscode.l10n.t('Debug a Date'), failedFirst: true }));
  if (date === undefined) return;
  const place = await breakpointFor(parts, request);
  const launch = launchOf({ ...request, date }, nameOf(request, date), uri.fsPath);
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  await breakpoints.during(place, (mark) => vscode.debug.startDebugging(folder, { ...launch, ...mark }));
}

function nameOf({ table, rule, column }: DebugRequest, date: string): string {
  const what = [table, rule ?? column].filter((part) => part !== undefined).join('.');
  // The status bar shows it.
  return what === ''
    ? vscode.l10n.t('Debug {0}', day(date))
    : inert(vscode.l10n.t('Debug {0}, {1}', what, day(date)));
}

/** Where the rule or column of a request stands; that is asked of the files, so what is being edited is saved first. */
async function breakpointFor(
  { engine }: Parts,
  { table, rule, column }: DebugRequest,
): Promise<vscode.Location | undefined> {
  const name = rule ?? column;
  if (table === undefined || name === undefined) return undefined;
  for (const document of vscode.workspace.textDocuments)
    if (document.isDirty && vscode.languages.match(CONFIG_SELECTOR, document) > 0) await document.save();
  const place = await engine.call('editing.locate', {
    table,
    ...(rule === undefined ? { column: name } : { rule }),
  });
  if (place !== null)
    return new vscode.Location(vscode.Uri.file(place.path), new vscode.Position(place.line - 1, 0));
  void showWarning(
    vscode.l10n.t(
      '{0} of {1} is no longer in the config. The session stops where something fails.',
      name,
      table,
    ),
  );
  return undefined;
}
