// The output of a test run, which VS Code shows in a terminal: what others wrote is text there, on the line it is given.
import type * as vscode from 'vscode';
import { printable } from '../../shared/words';

/** Where a line belongs. */
interface OutputPlace {
  readonly item?: vscode.TestItem;
  /** Shown beside this place, too. */
  readonly location?: vscode.Location | undefined;
}

/** Prints a line. */
export function print(run: vscode.TestRun, line: string, place: OutputPlace = {}): void {
  run.appendOutput(`${printable(line)}\r\n`, place.location, place.item);
}

/** Prints what another line goes on with. */
export function begin(run: vscode.TestRun, text: string): void {
  run.appendOutput(printable(text));
}
