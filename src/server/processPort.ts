// The server's end of the wire: messages of the parent process.
import { inspect } from 'node:util';
import { lastLine } from '../engine';
import type { Port } from '../shared/channel';

/**
 * The IPC channel to the process that forked this one.
 * @throws Error when nobody forked it.
 */
export function parentPort(): Port {
  const send = process.send?.bind(process);
  if (send === undefined)
    throw new Error('This is the engine process of the extension: it is started by it, not by hand.');
  return {
    send: (message) => {
      // A parent that has gone is told by "disconnect"; what was meant for it is lost with it.
      if (process.connected) send(message, undefined, undefined, () => undefined);
    },
    onMessage: (listener) => void process.on('message', listener),
    onStrange: (raw) =>
      lastLine(`Something came that is no call: ${inspect(raw, { depth: 1 }).slice(0, 200)}`),
    onClose: (listener) => void process.once('disconnect', () => listener('The editor has gone.')),
  };
}
