// Completion and hover of the config files: the engine's answers as VS Code shows them.
import * as vscode from 'vscode';
import { isCancelledCall } from '../../shared/channel';
import type { Completion } from '../../shared/editingApi';
import { linkOf } from '../manual/topics';
import type { Parts } from '../parts';
import { CONFIG_SELECTOR, rangeIn, signalOf, type Documents } from './documents';
import { inert } from '../../shared/words';
import { markdown } from '../shown/markdown';

const KINDS: Readonly<Record<Completion['kind'], vscode.CompletionItemKind>> = {
  key: vscode.CompletionItemKind.Property,
  value: vscode.CompletionItemKind.Value,
  column: vscode.CompletionItemKind.Field,
  table: vscode.CompletionItemKind.Class,
  brand: vscode.CompletionItemKind.Constant,
  rule: vscode.CompletionItemKind.EnumMember,
  function: vscode.CompletionItemKind.Function,
  snippet: vscode.CompletionItemKind.Snippet,
};

const SUGGEST: vscode.Command = { command: 'editor.action.triggerSuggest', title: '' };

/** Registers completion and hover. What fails is logged: help that is missing interrupts nobody. */
export function registerSuggestions(parts: Parts, documents: Documents): vscode.Disposable {
  const quietly = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      if (!isCancelledCall(error)) parts.log.debug(`Editing help: ${String(error)}`);
      return undefined;
    }
  };
  const completion: vscode.CompletionItemProvider = {
    provideCompletionItems: (document, position, token) =>
      quietly(async () => {
        const draft = await documents.draft(document);
        if (draft === undefined) return undefined;
        const found = await parts.engine.call(
          'editing.complete',
          { draft, offset: document.offsetAt(position) },
          { signal: signalOf(token) },
        );
        return found.map((one) => itemOf(document, one));
      }),
  };
  const hover: vscode.HoverProvider = {
    provideHover: (document, position, token) =>
      quietly(async () => {
        const draft = await documents.draft(document);
        if (draft === undefined) return undefined;
        const found = await parts.engine.call(
          'editing.hover',
          { draft, offset: document.offsetAt(position) },
          { signal: signalOf(token) },
        );
        return found === null
          ? undefined
          : new vscode.Hover(
              [markdown(found.markdown), ...linkOf(found.topic)],
              rangeIn(document, found.range),
            );
      }),
  };
  return vscode.Disposable.from(
    vscode.languages.registerCompletionItemProvider(CONFIG_SELECTOR, completion, '"', "'", '.', ' '),
    vscode.languages.registerHoverProvider(CONFIG_SELECTOR, hover),
  );
}

function itemOf(document: vscode.TextDocument, one: Completion): vscode.CompletionItem {
  const item = new vscode.CompletionItem(
    {
      label: inert(one.label),
      ...(one.detail === undefined ? {} : { description: inert(one.detail) }),
    },
    KINDS[one.kind],
  );
  item.insertText = new vscode.SnippetString(one.insert);
  item.range = rangeIn(document, one.range);
  item.filterText = one.filter;
  item.sortText = one.sort;
  if (one.documentation !== undefined) item.documentation = markdown(one.documentation);
  if (one.also !== undefined)
    item.additionalTextEdits = one.also.map(
      ({ range, text }) => new vscode.TextEdit(rangeIn(document, range), text),
    );
  if (one.suggest === true) item.command = SUGGEST;
  return item;
}
