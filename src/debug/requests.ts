// Requests whose answers take time: each can be cancelled, and an error is reported in words.
import type { DebugProtocol } from '@vscode/debugprotocol';
import { basename } from 'node:path';
import { isCancelled, plainError } from '../engine';

export interface Requests {
  /**
   * Answers a request by work that may fail or be cancelled.
   * @param work fills in the response; what it gives to `after` is done once the response is sent.
   * @param show errors as a message of the editor.
   */
  answer(
    response: DebugProtocol.Response,
    work: (signal: AbortSignal, after: (act: () => void) => void) => Promise<void>,
    show?: boolean,
  ): void;
  /** Work that nobody requested, which can be cancelled like one that was: by a number of its own, below 0. */
  own<T>(signal: AbortSignal, work: (id: number, signal: AbortSignal) => Promise<T>): Promise<T>;
  cancel(requestId: number): void;
  cancelAll(): void;
}

export function openRequests(
  send: (response: DebugProtocol.Response) => void,
  refuse: (response: DebugProtocol.Response, message: DebugProtocol.Message) => void,
): Requests {
  const running = new Map<number, AbortController>();
  let nextOwn = -1;
  return {
    answer: (response, work, show = false) => {
      const cancel = new AbortController();
      running.set(response.request_seq, cancel);
      const acts: (() => void)[] = [];
      void work(cancel.signal, (act) => acts.push(act))
        .then(() => {
          send(response);
          for (const act of acts) act();
        })
        .catch((error: unknown) => {
          if (isCancelled(error)) send(Object.assign(response, { success: false, message: 'cancelled' }));
          else refuse(response, { id: 1, format: errorInWords(response, error), showUser: show });
        })
        .finally(() => running.delete(response.request_seq));
    },
    own: async (signal, work) => {
      const cancel = new AbortController();
      const id = nextOwn--;
      running.set(id, cancel);
      try {
        return await work(id, AbortSignal.any([signal, cancel.signal]));
      } finally {
        running.delete(id);
      }
    },
    cancel: (requestId) => running.get(requestId)?.abort(),
    cancelAll: () => {
      for (const cancel of running.values()) cancel.abort();
    },
  };
}

function errorInWords(response: DebugProtocol.Response, error: unknown): string {
  const { message, remedy, file, line } = plainError(error);
  const at = line === undefined ? '' : `:${line}`;
  const where = file === undefined || response.command === 'evaluate' ? '' : ` (${basename(file)}${at})`;
  // Braces in a message would be taken for variables of it.
  return `${message}${where} ${remedy}`.replaceAll('{', '(').replaceAll('}', ')');
}
