// A task's terminal: the command line as a process of its own, whose text it shows and which it stops.
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import * as vscode from 'vscode';
import { colouredLines, printable } from '../../shared/words';

export interface CommandLine {
  /** Absolute path of dist/cli.js. */
  readonly script: string;
  readonly words: readonly string[];
  readonly directory: string;
  /** Besides the editor's own environment; read when the task starts. */
  readonly environment: () => Promise<Readonly<Record<string, string>>>;
}

/** How long a terminal stays open after its last line, for problems to be read from it. */
const LAST_LINES_MS = 1_500;

/** Ctrl+C asks the process to stop; a second one, or closing the terminal, ends it. */
export function taskTerminal(line: CommandLine): vscode.Pseudoterminal {
  const text = new vscode.EventEmitter<string>();
  const closed = new vscode.EventEmitter<number>();
  let child: ChildProcess | undefined;
  let ended = false;

  const start = async (size: vscode.TerminalDimensions | undefined): Promise<void> => {
    text.fire(`\x1b[2m> m7 ${printable(line.words.join(' '))}\x1b[0m\r\n`);
    // The editor itself asks for trust before it runs a task: one that comes by another way is refused here.
    if (!vscode.workspace.isTrusted)
      throw new Error(vscode.l10n.t('This folder is open in Restricted Mode: no task is run.'));
    const environment = await line.environment();
    // Closed before it began.
    if (ended) return;
    child = spawn(process.execPath, [line.script, ...line.words], {
      cwd: line.directory,
      env: {
        ...process.env,
        ...environment,
        // On the desktop the editor's own executable is Node only when it is told so.
        ELECTRON_RUN_AS_NODE: '1',
        FORCE_COLOR: '1',
        // Lines are not wrapped to the window: the problem matcher reads them whole.
        COLUMNS: String(Math.max(size?.columns ?? 0, 200)),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // Line by line: a problem is two lines one below the other, and the streams must not break into each other's.
    for (const stream of [child.stdout, child.stderr])
      if (stream !== null)
        createInterface({ input: stream, crlfDelay: Infinity }).on('line', (whole) =>
          // What a library writes past the command line may hold anything.
          text.fire(`${colouredLines(whole)}\r\n`),
        );
    child.once('error', (error) => {
      text.fire(`${printable(error.message)}\r\n`);
      closed.fire(1);
    });
    child.once('close', (code) => {
      ended = true;
      // The editor stops reading problems 100 ms after the end, whether or not it has drawn the last lines by then.
      setTimeout(() => closed.fire(code ?? 130), LAST_LINES_MS);
    });
  };
  return {
    onDidWrite: text.event,
    onDidClose: closed.event,
    open: (size) =>
      void start(size).catch((error: unknown) => {
        text.fire(`${printable(String(error))}\r\n`);
        closed.fire(1);
      }),
    close: () => {
      ended = true;
      // It gives its lock back before it goes.
      child?.kill('SIGTERM');
    },
    handleInput: (keys) => {
      if (keys === '\x03') child?.kill('SIGINT');
    },
  };
}
