// What a pointer is over while a run stands still: the name within quotes, a column or the id of a rule.
import * as vscode from 'vscode';
import { CONFIG_SELECTOR } from '../editing/documents';

/** A string of JSON, as it stands in one line. */
const STRINGS = /"((?:[^"\\]|\\.)*)"/g;

/** Tells the editor what to evaluate under the pointer. */
export function registerExpressions(): vscode.Disposable {
  return vscode.languages.registerEvaluatableExpressionProvider(CONFIG_SELECTOR, {
    provideEvaluatableExpression: (document, position) => {
      const found = nameAt(document.lineAt(position).text, position.character);
      if (found === undefined) return undefined;
      const { line } = position;
      return new vscode.EvaluatableExpression(
        new vscode.Range(line, found.start, line, found.end),
        found.name,
      );
    },
  });
}

/** The string around a place of a line, without its quotes; undefined where there is none, or an empty one. */
export function nameAt(
  text: string,
  character: number,
): { readonly name: string; readonly start: number; readonly end: number } | undefined {
  for (const match of text.matchAll(STRINGS)) {
    const [whole, inner = ''] = match;
    const end = match.index + whole.length;
    if (character < match.index || character > end || inner === '') continue;
    try {
      const name: unknown = JSON.parse(whole);
      return typeof name === 'string' ? { name, start: match.index + 1, end: end - 1 } : undefined;
    } catch {
      return undefined;
    }
  }
  return undefined;
}
