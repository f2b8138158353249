// Work that takes a moment: a notification that shows it and can cancel it.
import * as vscode from 'vscode';

/** Runs `work` under a notification; its Cancel aborts the signal, and the engine then refuses with CANCELLED. */
export function withCancel<T>(title: string, work: (signal: AbortSignal) => Promise<T>): Thenable<T> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    (_, token) => {
      const control = new AbortController();
      token.onCancellationRequested(() => control.abort());
      return work(control.signal);
    },
  );
}
