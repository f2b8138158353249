// What a pointer is over while a run is paused: the name within quotes, a column or the id of a rule.
import * as vscode from 'vscode';
import { CONFIG_SELECTOR } from '../editing/documents';
import { nameAt } from './pointer';

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
