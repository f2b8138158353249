// An entry of the Problems view, which shows its lines as they are.
import * as vscode from 'vscode';
import { printableLines } from '../../shared/words';

/** @param source who says so: "M7", "m7 check" */
export function problemAt(
  range: vscode.Range,
  message: string,
  severity: vscode.DiagnosticSeverity,
  source: string,
): vscode.Diagnostic {
  const made = new vscode.Diagnostic(range, printableLines(message), severity);
  made.source = source;
  return made;
}
