// Problems in landing files that are open as text: what was rejected, and what broke a rule, at its cell.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { isCancelledCall } from '../../shared/channel';
import type { LandingMark, LandingMarks } from '../../shared/traceApi';
import type { Parts } from '../parts';
import { problemAt } from '../shown/problem';

/** Files that were open and are landing files, for menus: `resourcePath in m7.landingFiles`. */
const CONTEXT_KEY = 'm7.landingFiles';
/** Tabs come and go several at a time. */
const PAUSE_MS = 150;
const LANDING_FILE = /\.(?:csv|tsv|txt)$/i;

/**
 * Registers the collection `m7.landing`. Tabs are looked at, not documents: VS Code hands no document of more than
 * 50 MB to extensions, and shows problems in it all the same.
 */
export function registerMarks(parts: Parts): vscode.Disposable {
  const { engine, workspace, log } = parts;
  const collection = vscode.languages.createDiagnosticCollection('m7.landing');
  const open = new Map<string, { readonly control: AbortController; landing: boolean }>();
  let timer: NodeJS.Timeout | undefined;

  const forget = (key: string): void => {
    open.get(key)?.control.abort();
    open.delete(key);
    collection.delete(vscode.Uri.parse(key));
  };
  const notifyMenus = (): void => {
    const files = [...open].flatMap(([key, one]) => (one.landing ? [vscode.Uri.parse(key).fsPath] : []));
    void vscode.commands.executeCommand('setContext', CONTEXT_KEY, files);
  };
  const look = async (uri: vscode.Uri): Promise<void> => {
    const key = uri.toString();
    open.get(key)?.control.abort();
    const mine = { control: new AbortController(), landing: open.get(key)?.landing ?? false };
    open.set(key, mine);
    try {
      const marks = await engine.call('trace.marks', { path: uri.fsPath }, { signal: mine.control.signal });
      if (open.get(key) !== mine) return;
      mine.landing = marks !== null;
      collection.set(uri, marks === null ? [] : diagnosticsOf(marks));
    } catch (error) {
      // A config that is being edited is reported where it is edited.
      if (!isCancelledCall(error)) log.debug(`Problems of ${basename(uri.fsPath)}: ${String(error)}`);
    }
    notifyMenus();
  };
  const follow = (again: boolean): void => {
    const shown = new Map(landingTabs(workspace.uri).map((uri) => [uri.toString(), uri]));
    const gone = workspace.isReady ? [...open.keys()].filter((key) => !shown.has(key)) : [...open.keys()];
    for (const key of gone) forget(key);
    if (gone.length > 0) notifyMenus();
    if (!workspace.isReady) return;
    for (const [key, uri] of shown) if (again || !open.has(key)) void look(uri);
  };
  const later = (again: boolean) => (): void => {
    if (again) {
      follow(true);
      return;
    }
    clearTimeout(timer);
    timer = setTimeout(() => follow(false), PAUSE_MS);
  };
  follow(false);
  return vscode.Disposable.from(
    collection,
    vscode.window.tabGroups.onDidChangeTabs(later(false)),
    parts.onDidChangeState(later(true)),
    workspace.onDidChange(later(true)),
    new vscode.Disposable(() => {
      clearTimeout(timer);
      for (const { control } of open.values()) control.abort();
    }),
  );
}

/** Files of the folder that are open as text and may be landing files; the engine knows which are. */
function landingTabs(folder: vscode.Uri | undefined): readonly vscode.Uri[] {
  if (folder === undefined) return [];
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .flatMap(({ input }) => (input instanceof vscode.TabInputText ? [input.uri] : []))
    .filter((uri) => uri.scheme === 'file' && LANDING_FILE.test(uri.path));
}

function diagnosticsOf({ marks, more }: LandingMarks): vscode.Diagnostic[] {
  const shown = marks.map(diagnosticOf);
  const last = shown.at(-1);
  if (more === 0 || last === undefined) return shown;
  const rest = problemAt(
    last.range,
    more === 1
      ? vscode.l10n.t('1 more line of this file was rejected or breaks a rule. See the report of the date.')
      : vscode.l10n.t(
          '{0} more lines of this file were rejected or break a rule. See the report of the date.',
          more.toLocaleString(vscode.env.language),
        ),
    vscode.DiagnosticSeverity.Information,
    'M7',
  );
  return [...shown, rest];
}

function diagnosticOf(mark: LandingMark): vscode.Diagnostic {
  const { line, character, endLine, endCharacter } = mark;
  const shown = problemAt(
    // The end of a line is wherever it is: VS Code cuts what is beyond.
    new vscode.Range(line, character, endLine, endCharacter ?? 10_000),
    mark.message,
    severityOf(mark.severity),
    'M7',
  );
  shown.code =
    mark.link === undefined
      ? mark.code
      : {
          value: mark.code,
          target: vscode.Uri.parse(
            `command:m7.trace.open?${encodeURIComponent(JSON.stringify([mark.link]))}`,
          ),
        };
  return shown;
}

function severityOf(severity: LandingMark['severity']): vscode.DiagnosticSeverity {
  switch (severity) {
    case 'error':
      return vscode.DiagnosticSeverity.Error;
    case 'warning':
      return vscode.DiagnosticSeverity.Warning;
    case 'info':
      return vscode.DiagnosticSeverity.Information;
    default:
      return severity satisfies never;
  }
}
