// Tasks of type "m7": the command line in a terminal, with the problem matcher for its errors.
import * as vscode from 'vscode';
import type { Parts } from '../parts';
import type { Secrets } from '../secrets';
import { taskTerminal } from './terminal';
import { taskRequestOf, taskWords, type TaskRequest } from './commandLine';

const TYPE = 'm7';
const MATCHERS = ['$m7', '$m7-error'];

/** Registers the provider: offers what needs no date, and runs what tasks.json defines. */
export function registerTasks(parts: Parts, secrets: Secrets): vscode.Disposable {
  const offered: readonly TaskRequest[] = [
    { command: 'run' },
    { command: 'check' },
    { command: 'maintenance' },
    { command: 'maintenance', dryRun: true },
  ];
  return vscode.tasks.registerTaskProvider(TYPE, {
    provideTasks: () => {
      if (!vscode.workspace.isTrusted || !parts.workspace.isReady) return [];
      return offered.flatMap(
        (request) => makeTask(parts, secrets, { type: TYPE, ...request }, undefined) ?? [],
      );
    },
    resolveTask: (task) => makeTask(parts, secrets, task.definition, task.scope),
  });
}

function makeTask(
  { context, workspace }: Parts,
  secrets: Secrets,
  definition: vscode.TaskDefinition,
  scope: vscode.Task['scope'],
): vscode.Task | undefined {
  const request = taskRequestOf(definition);
  // A task of another folder works on that folder.
  const folder =
    typeof scope === 'object'
      ? scope
      : vscode.workspace.workspaceFolders?.find((f) => f.uri.toString() === workspace.uri?.toString());
  if (request === undefined || folder === undefined) return undefined;
  const task = new vscode.Task(
    definition,
    folder,
    nameOf(request),
    'm7',
    new vscode.CustomExecution(() =>
      Promise.resolve(
        taskTerminal({
          script: vscode.Uri.joinPath(context.extensionUri, 'dist', 'cli.js').fsPath,
          words: taskWords(request, folder.uri.fsPath),
          directory: folder.uri.fsPath,
          environment: () => secrets.environment(folder.uri),
        }),
      ),
    ),
    MATCHERS,
  );
  task.presentationOptions = { clear: true, reveal: vscode.TaskRevealKind.Always };
  return task;
}

/** "run 20241115", "maintenance --dry-run". */
function nameOf(request: TaskRequest): string {
  const { command, date, stage, table, brand, force, dryRun } = request;
  return [
    command,
    date,
    stage,
    table,
    brand,
    force === true ? '--force' : '',
    dryRun === true ? '--dry-run' : '',
  ]
    .filter((part) => part !== undefined && part !== '')
    .join(' ');
}
