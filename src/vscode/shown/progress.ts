// Work that takes a moment, under a notification that shows it: its title and steps are text, as in all notifications.
import * as vscode from 'vscode';
import { inert } from '../../shared/words';

/** How much further it is, of 100, and what is being done. */
interface ProgressStep {
  readonly increment?: number;
  readonly message?: string;
}

/** Runs `work` under a notification; one that can be cancelled aborts the signal. */
export function withNotice<T>(
  { title, cancellable }: { readonly title: string; readonly cancellable: boolean },
  work: (signal: AbortSignal, report: (step: ProgressStep) => void) => Thenable<T>,
): Thenable<T> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: inert(title), cancellable },
    (notification, token) => {
      const control = new AbortController();
      token.onCancellationRequested(() => control.abort());
      return work(control.signal, ({ increment, message }) =>
        notification.report({
          ...(increment === undefined ? {} : { increment }),
          ...(message === undefined ? {} : { message: inert(message) }),
        }),
      );
    },
  );
}

/** Work whose Cancel aborts the signal: the engine then refuses with CANCELLED. */
export function withCancel<T>(title: string, work: (signal: AbortSignal) => Promise<T>): Thenable<T> {
  return withNotice({ title, cancellable: true }, work);
}
