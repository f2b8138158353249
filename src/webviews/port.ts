// The webview's end of the wire to the extension, and the state VS Code keeps for it.
import type { Port } from '../shared/channel';

interface EditorApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): EditorApi;

/** The editor may be asked for once only. */
const editor = acquireVsCodeApi();

/** The port to the extension; it lives as long as the page. */
export const extensionPort: Port = {
  send: (message) => editor.postMessage(message),
  onMessage: (listener) => {
    window.addEventListener('message', (event: MessageEvent<unknown>) => listener(event.data));
  },
  onClose: () => undefined,
};

/** What was kept before the page was hidden or the window reloaded. */
export function keptState(): unknown {
  return editor.getState();
}

export function keepState(state: unknown): void {
  editor.setState(state);
}
