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

/**
 * Joins each page that lives in a panel, one after the other: a hidden or moved one is thrown away and redrawn.
 * Every page counts its calls from 1, so an answer to an earlier page would be taken for another's: calls of the
 * extension to a page that is gone must be closed in `begin`.
 */
export function eachPage(port: Port, begin: (page: Port) => void): void {
  let listener: ((message: unknown) => void) | undefined;
  let end = (): void => undefined;
  port.onMessage((raw) => {
    if (isFirstCall(raw)) {
      let current = true;
      end();
      end = () => {
        current = false;
      };
      begin({
        send: (message) => {
          if (current) port.send(message);
        },
        onClose: (next) => port.onClose(next),
        onMessage: (next) => {
          listener = next;
        },
      });
    }
    listener?.(raw);
  });
}

function isFirstCall(raw: unknown): boolean {
  return (
    typeof raw === 'object' &&
    raw !== null &&
    'kind' in raw &&
    raw.kind === 'call' &&
    'id' in raw &&
    raw.id === 1
  );
}
