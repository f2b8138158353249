// The extension's end of the wire to a webview.
import type * as vscode from 'vscode';
import type { Port } from '../shared/channel';

/** Messages of one webview panel or view; it closes with its owner. */
export function webviewPort(panel: {
  readonly webview: vscode.Webview;
  readonly onDidDispose: vscode.Event<void>;
}): Port {
  let gone = false;
  panel.onDidDispose(() => {
    gone = true;
  });
  return {
    send: (message) => {
      if (!gone) void panel.webview.postMessage(message);
    },
    onMessage: (listener) => void panel.webview.onDidReceiveMessage(listener),
    onClose: (listener) => void panel.onDidDispose(() => listener('The view was closed.')),
  };
}
