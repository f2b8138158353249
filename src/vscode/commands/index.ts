// The command table of the frame: what each id does, readable in one look.
import * as vscode from 'vscode';
import { uriOf, type Parts } from '../parts';
import type { Secrets } from '../secrets';
import { checkWorkspace } from './checkWorkspace';
import { createWorkspace } from './createWorkspace';
import { FRAME_COMMANDS, type FrameCommand } from './ids';
import { maintenance } from './maintenance';
import { registerCommand } from './register';
import { runDate, runStage, showRun, validateDate } from './running';
import { setSecret } from './setSecret';
import { acceptShown, takeShownName } from './shownDrift';
import { traceRow } from './traceRow';

type Act = (argument: unknown) => unknown;

/** Registers the frame's commands. */
export function registerCommands(parts: Parts, secrets: Secrets, touch: () => void): vscode.Disposable {
  const problems = vscode.languages.createDiagnosticCollection('m7.check');
  const table: Readonly<Record<FrameCommand, Act>> = {
    'm7.runDate': (argument) => runDate(parts, argument),
    'm7.runStage': (argument) => runStage(parts, argument),
    'm7.validateDate': (argument) => validateDate(parts, argument),
    'm7.cancelRun': () => parts.runs.cancel(),
    'm7.maintenance': () => maintenance(parts).finally(touch),
    'm7.createWorkspace': (argument) => createWorkspace(parts, argument),
    'm7.checkWorkspace': () => checkWorkspace(parts, problems),
    'm7.showLog': () => parts.log.show(),
    'm7.setSecret': () => setSecret(parts, secrets),
    'm7.traceRow': (argument) => traceRow(parts, argument),
    'm7.acceptDrift': (argument) => acceptShown(parts, argument),
    'm7.takeColumnName': (argument) => takeShownName(parts, argument),
    'm7.refresh': touch,
    'm7.copyPath': (argument) => copyPath(argument),
    'm7.revealFile': (argument) => vscode.commands.executeCommand('revealFileInOS', uriOf(argument)),
    'm7.showRun': () => showRun(parts),
  };
  const registered = FRAME_COMMANDS.map((id) => registerCommand(parts, id, table[id]));
  return vscode.Disposable.from(problems, ...registered);
}

async function copyPath(argument: unknown): Promise<void> {
  const uri = uriOf(argument);
  if (uri !== undefined) await vscode.env.clipboard.writeText(uri.fsPath);
}
