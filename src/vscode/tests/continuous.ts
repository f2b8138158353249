// Tests that run on every save of the rules: a moment after it, and never two at a time.
import * as vscode from 'vscode';
import { isRules } from './draft';

/** Who saves twice wants one run. */
const PAUSE_MS = 200;

/** Runs the tests of a request after each save, until its token is cancelled. */
export function continueOnSave(
  request: vscode.TestRunRequest,
  token: vscode.CancellationToken,
  run: (request: vscode.TestRunRequest, token: vscode.CancellationToken) => Promise<void>,
): void {
  let timer: NodeJS.Timeout | undefined;
  let running: vscode.CancellationTokenSource | undefined;
  const start = (): void => {
    running?.cancel();
    const source = new vscode.CancellationTokenSource();
    running = source;
    const { include, exclude, profile } = request;
    // Results are shown without taking the focus from the text that is being written.
    const next = new vscode.TestRunRequest(include, exclude, profile, false, true);
    void run(next, source.token).finally(() => source.dispose());
  };
  const saved = vscode.workspace.onDidSaveTextDocument((document) => {
    if (!isRules(document)) return;
    clearTimeout(timer);
    timer = setTimeout(start, PAUSE_MS);
  });
  token.onCancellationRequested(() => {
    clearTimeout(timer);
    running?.cancel();
    saved.dispose();
  });
}
