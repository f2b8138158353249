// Everything that can be known before a run, as problems with file and line.
import { isAbsolute, join } from 'node:path';
import * as vscode from 'vscode';
import type { CheckProblem } from '../../engine';
import { hostsAgreed } from '../hosts';
import type { Parts } from '../parts';
import { showError, showInformation, showWarning } from '../shown/notices';
import { withCancel } from '../shown/progress';
import { problemAt } from '../shown/problem';

/** Checks the workspace: problems go to the Problems panel, what has no file to a message. */
export async function checkWorkspace(parts: Parts, problems: vscode.DiagnosticCollection): Promise<void> {
  const folder = parts.workspace.uri;
  if (folder === undefined || !(await hostsAgreed(parts))) return;
  const result = await withCancel(vscode.l10n.t('Checking the workspace'), (signal) =>
    parts.engine.call('check', {}, { signal }),
  );
  for (const { name, value } of result.facts) parts.log.info(`Check: ${name}: ${value}`);
  problems.clear();
  const byFile = new Map<string, vscode.Diagnostic[]>();
  for (const problem of result.problems.filter((p) => p.file !== undefined)) {
    const path = absolute(folder, problem.file ?? '');
    const found = diagnostic(problem);
    if (!isTold(vscode.Uri.file(path), found)) byFile.set(path, [...(byFile.get(path) ?? []), found]);
  }
  for (const [path, found] of byFile) problems.set(vscode.Uri.file(path), found);
  await report(parts, result.problems);
}

async function report(parts: Parts, problems: readonly CheckProblem[]): Promise<void> {
  const homeless = problems.filter((p) => p.file === undefined);
  for (const { message, remedy } of homeless) parts.log.warn(`Check: ${message} ${remedy}`);
  if (problems.length > homeless.length)
    await vscode.commands.executeCommand('workbench.actions.view.problems');
  const errors = problems.filter((p) => p.severity === 'error').length;
  const warnings = problems.length - errors;
  const log = vscode.l10n.t('Show Log');
  const left = vscode.l10n.t(
    'The SQL of the config, the warehouse and secrets are checked once you trust the folder.',
  );
  const ask = async (): Promise<string | undefined> => {
    if (problems.length === 0)
      return showInformation(
        vscode.workspace.isTrusted
          ? vscode.l10n.t('No problems found. Checked: settings, config, folders and warehouse.')
          : `${vscode.l10n.t('No problems found in settings, config and folders.')} ${left}`,
        log,
      );
    const [first] = homeless;
    const found = [
      ...(errors === 0
        ? []
        : [errors === 1 ? vscode.l10n.t('1 error') : vscode.l10n.t('{0} errors', errors)]),
      ...(warnings === 0
        ? []
        : [warnings === 1 ? vscode.l10n.t('1 warning') : vscode.l10n.t('{0} warnings', warnings)]),
    ];
    const text = vscode.l10n.t('The check found {0}.', found.join(', '));
    const more = [
      ...(first === undefined ? [] : [` ${first.message} ${first.remedy}`]),
      ...(vscode.workspace.isTrusted ? [] : [` ${left}`]),
    ].join('');
    return errors > 0 ? showError(`${text}${more}`, log) : showWarning(`${text}${more}`, log);
  };
  if ((await ask()) === log) parts.log.show();
}

function absolute(folder: vscode.Uri, file: string): string {
  return isAbsolute(file) ? file : join(folder.fsPath, file);
}

function diagnostic(problem: CheckProblem): vscode.Diagnostic {
  const line = Math.max(0, (problem.line ?? 1) - 1);
  return problemAt(
    // To the end of the line, whatever its length.
    new vscode.Range(line, 0, line, Number.MAX_SAFE_INTEGER),
    `${problem.message} ${problem.remedy}`,
    problem.severity === 'error' ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning,
    'm7 check',
  );
}

/** Do others (the help for rules) show this very problem already? */
function isTold(uri: vscode.Uri, found: vscode.Diagnostic): boolean {
  return vscode.languages
    .getDiagnostics(uri)
    .some(
      (other) =>
        other.source !== found.source &&
        other.range.start.line === found.range.start.line &&
        found.message.startsWith(other.message),
    );
}
