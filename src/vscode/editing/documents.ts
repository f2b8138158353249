// Which open documents are config files, and what is sent of them: the texts as they stand, saved or not.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { Draft, DraftFile, Range } from '../../shared/editingApi';
import type { Parts } from '../parts';

const NAMES: ReadonlyMap<string, DraftFile> = new Map([
  ['brand_configs.json', 'brand_configs'],
  ['table_schemas.json', 'table_schemas'],
  ['validation_rules.json', 'validation_rules'],
]);

/** Documents that may be config files; which ones are is decided by `documentsOf`. */
export const CONFIG_SELECTOR: vscode.DocumentSelector = [
  { scheme: 'file', pattern: '**/{brand_configs,table_schemas,validation_rules}.json' },
];
export const RULES_SELECTOR: vscode.DocumentSelector = [
  { scheme: 'file', pattern: '**/validation_rules.json' },
];

export interface Documents {
  dispose(): void;
  /** The draft of a document; undefined where it is no config file. */
  draft(document: vscode.TextDocument): Promise<Draft | undefined>;
  /** The document of a config file of the workspace; undefined where it cannot be opened. */
  open(file: DraftFile): Promise<vscode.TextDocument | undefined>;
  /** Is it a config file by its name? */
  isConfig(document: vscode.TextDocument): boolean;
}

/** Asks the engine where the config files lie, again after something has changed: CONFIG_DIR may have. */
export function documentsOf({ engine, workspace, onDidChangeState, log }: Parts): Documents {
  let paths: Promise<Readonly<Record<DraftFile, string>>> | undefined;
  const forget = (): void => {
    paths = undefined;
  };
  const subscriptions = [onDidChangeState(forget), workspace.onDidChange(forget)];
  const files = async (): Promise<Readonly<Record<DraftFile, string>> | undefined> => {
    if (workspace.uri === undefined) return undefined;
    paths ??= engine.call('editing.files', {});
    try {
      return await paths;
    } catch (error) {
      forget();
      log.debug(`Config files: ${String(error)}`);
      return undefined;
    }
  };
  const isConfig = (document: vscode.TextDocument): boolean =>
    document.uri.scheme === 'file' && NAMES.has(basename(document.uri.path));
  return {
    isConfig,
    draft: async (document) => {
      const file = NAMES.get(basename(document.uri.path));
      if (file === undefined || document.uri.scheme !== 'file') return undefined;
      const known = await files();
      const text = document.getText();
      if (known === undefined || !isSame(document.uri, known[file])) return { file, text, alone: true };
      const others: Partial<Record<DraftFile, string>> = {};
      for (const open of vscode.workspace.textDocuments)
        for (const other of NAMES.values())
          if (other !== file && open.isDirty && isSame(open.uri, known[other]))
            others[other] = open.getText();
      return { file, text, others };
    },
    open: async (file) => {
      const known = await files();
      if (known === undefined) return undefined;
      try {
        return await vscode.workspace.openTextDocument(vscode.Uri.file(known[file]));
      } catch {
        return undefined;
      }
    },
    dispose: () => {
      vscode.Disposable.from(...subscriptions).dispose();
    },
  };
}

function isSame(uri: vscode.Uri, path: string): boolean {
  return uri.scheme === 'file' && uri.fsPath === vscode.Uri.file(path).fsPath;
}

export function rangeIn(document: vscode.TextDocument, { start, end }: Range): vscode.Range {
  return new vscode.Range(document.positionAt(start), document.positionAt(end));
}

/** A signal of a token, for as long as it lasts. */
export function signalOf(token: vscode.CancellationToken): AbortSignal {
  const control = new AbortController();
  if (token.isCancellationRequested) control.abort();
  token.onCancellationRequested(() => control.abort());
  return control.signal;
}
