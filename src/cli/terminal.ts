// The two streams of the command: answers on stdout, everything else on stderr; colours and width.
import type { Writable } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { createColors } from 'picocolors';
import type { Colours, TextStyle } from '../engine';
import { colouredLines, printableLines } from '../shared/words';

const UNKNOWN_WIDTH = 120;
const LEAST_WIDTH = 40;

/**
 * stdout. On a terminal nothing acts but our own colours, whatever is written: a file may hold escapes; any other reader
 * gets the exact text. A reader that goes away (`| head`) is no error: writing then does nothing and `closed` is aborted. */
export interface Output {
  readonly style: TextStyle;
  readonly terminal: boolean;
  readonly closed: AbortSignal;
  /** Resolves when the text is handed to the system. @throws the error of writing (a full disk). */
  write(text: string): Promise<void>;
  line(text?: string): Promise<void>;
  /** Contents of a file, as `write`: no colour is ours. */
  data(text: string): Promise<void>;
}

/** stderr, read by people wherever it goes: nothing acts there but our own colours. What cannot be written is lost. */
export interface Log {
  readonly style: TextStyle;
  readonly terminal: boolean;
  line(text: string): void;
}

export function openOutput(stream: WriteStream, environment: NodeJS.ProcessEnv): Output {
  const closed = new AbortController();
  // Without a listener the error of a closed pipe would end the program with a stack trace.
  stream.on('error', () => closed.abort());
  const send = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      if (closed.signal.aborted || text === '') {
        resolve();
        return;
      }
      stream.write(text, (error) => {
        if (error === null || error === undefined) resolve();
        else if (isBrokenPipe(error)) {
          closed.abort();
          resolve();
        } else reject(error);
      });
    });
  const write = (text: string): Promise<void> => send(stream.isTTY ? colouredLines(text) : text);
  return {
    style: styleOf(stream, environment),
    terminal: stream.isTTY,
    closed: closed.signal,
    write,
    line: (text = '') => write(`${text}\n`),
    data: (text) => send(stream.isTTY ? printableLines(text) : text),
  };
}

export function openLog(stream: WriteStream, environment: NodeJS.ProcessEnv): Log {
  stream.on('error', () => undefined);
  return {
    style: styleOf(stream, environment),
    terminal: stream.isTTY,
    line: (text) => void stream.write(`${colouredLines(text)}\n`),
  };
}

function isBrokenPipe(error: Error): boolean {
  return 'code' in error && (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED');
}

function styleOf(
  stream: Writable & { isTTY?: boolean; columns?: number },
  environment: NodeJS.ProcessEnv,
): TextStyle {
  const columns = stream.columns ?? Number(environment['COLUMNS']);
  return {
    width: Math.max(LEAST_WIDTH, Number.isInteger(columns) && columns > 0 ? columns : UNKNOWN_WIDTH),
    colours: coloursOf(wantsColour(stream.isTTY === true, environment)),
  };
}

/** NO_COLOR wins (https://no-color.org), then FORCE_COLOR, then whether somebody is looking. */
function wantsColour(terminal: boolean, environment: NodeJS.ProcessEnv): boolean {
  if ((environment['NO_COLOR'] ?? '') !== '') return false;
  const forced = environment['FORCE_COLOR'] ?? '';
  if (forced !== '') return forced !== '0';
  return terminal && environment['TERM'] !== 'dumb';
}

function coloursOf(on: boolean): Colours {
  const { green, yellow, red, dim, bold } = createColors(on);
  return { good: green, warn: yellow, bad: red, dim, bold };
}
