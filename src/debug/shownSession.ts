// What leaves for the editor is text of others in many places: names, values, messages. Its console would take escapes of
// a terminal for its own, and its notifications make links: neither is sent, whatever field it would be in.
import { DebugSession, type ErrorDestination } from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { inert, printableLines } from '../shared/words';

/** Read by programs alone: paths that are opened, expressions that come back. */
const EXACT: ReadonlySet<string> = new Set(['path', 'evaluateName']);

/** The library's number of an error that was thrown while a request was answered. */
const FAULT = 1104;

/** A session whose texts are only read. */
export class ShownSession extends DebugSession {
  readonly #exact = new WeakSet<DebugProtocol.Response>();

  /** What is copied is copied as it is. */
  protected answerExactly(response: DebugProtocol.Response): void {
    this.#exact.add(response);
  }

  /** A fault of the adapter's own is told by its message: the library would send the paths of its stack. */
  protected override sendErrorResponse(
    response: DebugProtocol.Response,
    codeOrMessage: number | DebugProtocol.Message,
    ...more: readonly [format?: string, variables?: Record<string, string>, dest?: ErrorDestination]
  ): void {
    const [, variables] = more;
    if (codeOrMessage === FAULT)
      super.sendErrorResponse(
        response,
        FAULT,
        `The request "${response.command}" cannot be answered: {_exception}`,
        {
          _exception: variables?.['_exception'] ?? '',
        },
      );
    else super.sendErrorResponse(response, codeOrMessage, ...more);
  }

  override sendEvent(event: DebugProtocol.Event): void {
    // Progress is a notification.
    event.body = shown(event.body, event.event.startsWith('progress') ? inert : printableLines);
    super.sendEvent(event);
  }

  override sendResponse(response: DebugProtocol.Response): void {
    if (!response.success) {
      response.body = shown(response.body, inert);
      if (response.message !== undefined) response.message = inert(response.message);
    } else if (!this.#exact.has(response)) response.body = shown(response.body, printableLines);
    super.sendResponse(response);
  }
}

function shown(value: unknown, text: (given: string) => string): unknown {
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value)) return value.map((one) => shown(one, text));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, EXACT.has(key) ? one : shown(one, text)]),
  );
}
