// The log in the Output view: what others wrote begins no line of its own there, and moves no cursor where it is pasted.
import * as vscode from 'vscode';
import { printableLines } from '../../shared/words';

/** As much of it as parts need. */
export interface Log {
  debug(text: string): void;
  info(text: string): void;
  warn(text: string): void;
  error(text: string): void;
  show(): void;
  dispose(): void;
}

export function openLog(name: string): Log {
  const channel = vscode.window.createOutputChannel(name, { log: true });
  // A further line begins with blanks, where an entry begins with its time.
  const shown = (text: string): string => printableLines(text).replaceAll('\n', '\n    ');
  return {
    debug: (text) => channel.debug(shown(text)),
    info: (text) => channel.info(shown(text)),
    warn: (text) => channel.warn(shown(text)),
    error: (text) => channel.error(shown(text)),
    show: () => channel.show(),
    dispose: () => channel.dispose(),
  };
}
