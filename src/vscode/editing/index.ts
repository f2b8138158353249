// Rules editing: completion, hover, diagnostics, fixes, lenses, and trials of rules, for the three config files.
import * as vscode from 'vscode';
import type { Parts } from '../parts';
import { registerDiagnostics } from './diagnostics';
import { documentsOf } from './documents';
import { openTrials, registerLenses } from './lenses';
import { registerSuggestions } from './suggestions';
import { trialDate } from './trialDate';
import { registerTryRule } from './tryRule';
import { registerWhatWouldChange } from './whatWouldChange';

/** Registers the editing help; the engine starts with the first config file that is looked at. */
export function registerEditing(parts: Parts): vscode.Disposable {
  const documents = documentsOf(parts);
  const trials = openTrials();
  const dates = trialDate(parts);
  return vscode.Disposable.from(
    documents,
    trials,
    registerSuggestions(parts, documents),
    registerDiagnostics(parts, documents),
    registerLenses(parts, documents, trials, dates),
    registerTryRule(parts, documents, trials, dates),
    registerWhatWouldChange(parts, documents, dates),
  );
}
