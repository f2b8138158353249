// Diagnostics of open config files and their quick fixes: a moment after the last key, by one call per document.
import * as vscode from 'vscode';
import { isCancelledCall } from '../../shared/channel';
import type { Diagnostic, Fix } from '../../shared/editingApi';
import type { Parts } from '../parts';
import { CONFIG_SELECTOR, rangeIn, type Documents } from './documents';
import { inert } from '../../shared/words';
import { problemAt } from '../shown/problem';

/** How long nothing is typed before the text is judged. */
const PAUSE_MS = 300;

interface Judged {
  readonly version: number;
  readonly found: readonly { readonly one: Diagnostic; readonly shown: vscode.Diagnostic }[];
}

/** Registers diagnostics and quick fixes. */
export function registerDiagnostics(parts: Parts, documents: Documents): vscode.Disposable {
  const collection = vscode.languages.createDiagnosticCollection('m7');
  const judged = new Map<string, Judged>();
  const pending = new Map<string, { readonly timer: NodeJS.Timeout; readonly control: AbortController }>();

  const stop = (key: string): void => {
    const open = pending.get(key);
    if (open === undefined) return;
    clearTimeout(open.timer);
    open.control.abort();
    pending.delete(key);
  };
  const judge = async (document: vscode.TextDocument, signal: AbortSignal): Promise<void> => {
    const key = document.uri.toString();
    const { version } = document;
    try {
      const draft = await documents.draft(document);
      if (draft === undefined) return;
      const diagnostics = await parts.engine.call('editing.diagnose', { draft }, { signal });
      if (document.isClosed || document.version !== version) return;
      const found = diagnostics.map((one) => ({ one, shown: shownOf(document, one) }));
      judged.set(key, { version, found });
      collection.set(
        document.uri,
        found.filter(({ one }) => one.told !== true).map(({ shown }) => shown),
      );
    } catch (error) {
      if (!isCancelledCall(error)) parts.log.debug(`Diagnostics: ${String(error)}`);
    }
  };
  const plan = (document: vscode.TextDocument, pause: number): void => {
    const key = document.uri.toString();
    stop(key);
    const control = new AbortController();
    const timer = setTimeout(() => {
      void judge(document, control.signal).finally(() => {
        if (pending.get(key)?.control === control) pending.delete(key);
      });
    }, pause);
    pending.set(key, { timer, control });
  };
  /** The three files are judged by each other: all that are open are judged again. */
  const planAll = (pause: number): void => {
    for (const document of vscode.workspace.textDocuments)
      if (documents.isConfig(document)) plan(document, pause);
  };
  const forget = (document: vscode.TextDocument): void => {
    const key = document.uri.toString();
    stop(key);
    judged.delete(key);
    collection.delete(document.uri);
  };
  planAll(0);
  return vscode.Disposable.from(
    collection,
    vscode.workspace.onDidOpenTextDocument((document) => {
      if (documents.isConfig(document)) plan(document, 0);
    }),
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (documents.isConfig(document) && contentChanges.length > 0) planAll(PAUSE_MS);
    }),
    vscode.workspace.onDidCloseTextDocument(forget),
    parts.onDidChangeState(() => planAll(PAUSE_MS)),
    parts.workspace.onDidChange(() => planAll(PAUSE_MS)),
    vscode.languages.registerCodeActionsProvider(
      CONFIG_SELECTOR,
      {
        provideCodeActions: async (document, range) => {
          const known = judged.get(document.uri.toString());
          if (known?.version !== document.version) return [];
          const here = known.found.filter(({ shown }) => shown.range.intersection(range) !== undefined);
          const actions = here.flatMap(({ one, shown }) =>
            one.fixes.map((fix) => actionOf(document, documents, fix, one.told === true ? undefined : shown)),
          );
          return (await Promise.all(actions)).filter((action) => action !== undefined);
        },
      },
      { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
    ),
    new vscode.Disposable(() => {
      for (const key of [...pending.keys()]) stop(key);
    }),
  );
}

function shownOf(document: vscode.TextDocument, one: Diagnostic): vscode.Diagnostic {
  const shown = problemAt(
    rangeIn(document, one.range),
    `${one.message} ${one.remedy}`,
    severityOf(one.severity),
    'M7',
  );
  shown.code = one.code;
  if (one.idle === true) shown.tags = [vscode.DiagnosticTag.Unnecessary];
  return shown;
}

function severityOf(severity: Diagnostic['severity']): vscode.DiagnosticSeverity {
  switch (severity) {
    case 'error':
      return vscode.DiagnosticSeverity.Error;
    case 'warning':
      return vscode.DiagnosticSeverity.Warning;
    case 'hint':
      return vscode.DiagnosticSeverity.Hint;
    default:
      return severity satisfies never;
  }
}

/** The fix as VS Code applies it; undefined where the other file cannot be opened. */
async function actionOf(
  document: vscode.TextDocument,
  documents: Documents,
  fix: Fix,
  fixes: vscode.Diagnostic | undefined,
): Promise<vscode.CodeAction | undefined> {
  const action = new vscode.CodeAction(inert(fix.title), vscode.CodeActionKind.QuickFix);
  const edit = new vscode.WorkspaceEdit();
  for (const { file, range, text } of fix.edits) {
    const target = file === undefined ? document : await documents.open(file);
    if (target === undefined) return undefined;
    edit.replace(target.uri, rangeIn(target, range), text);
  }
  action.edit = edit;
  action.isPreferred = fix.preferred;
  if (fixes !== undefined) action.diagnostics = [fixes];
  return action;
}
