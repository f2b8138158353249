// Joins the preview to the editor: the custom editor of the file types, and the commands that open and drive it.
import { defined } from '../../shared/defined';
import * as vscode from 'vscode';
import type { PageCommand, PreviewStart } from '../../shared/previewHostApi';
import type { Command } from '../commands/ids';
import { registerCommand } from '../commands/register';
import { uriOf, type Parts } from '../parts';
import { PreviewPanel } from './panel';

/** One kind of editor has one priority in the manifest: the default for Parquet, on demand for text. */
const PARQUET_EDITOR = 'm7.preview';
const TEXT_EDITOR = 'm7.textPreview';

/** Commands of an open preview, by id. */
const PAGE = [
  ['m7.preview.search', 'search'],
  ['m7.preview.goToRow', 'goToRow'],
  ['m7.preview.toggleSql', 'toggleSql'],
  ['m7.preview.togglePanel', 'togglePanel'],
  ['m7.preview.reload', 'reload'],
  ['m7.preview.goToSource', 'goToSource'],
] as const satisfies readonly (readonly [Command, PageCommand])[];

/** Registers the preview: editors `m7.preview` and `m7.textPreview`, command `m7.openPreview` and those of an open preview. */
export function registerPreview(parts: Parts): vscode.Disposable {
  const panels = new Set<PreviewPanel>();
  /** Where the next panel of a file is to start. */
  const starts = new Map<string, PreviewStart>();

  const provider: vscode.CustomReadonlyEditorProvider = {
    openCustomDocument: (uri) => ({ uri, dispose: () => undefined }),
    resolveCustomEditor: ({ uri }, panel) => {
      const key = uri.toString();
      const opened = new PreviewPanel(parts, { uri, panel, start: starts.get(key) });
      starts.delete(key);
      panels.add(opened);
      panel.onDidDispose(() => panels.delete(opened));
    },
  };

  const open = async (argument: unknown, more?: unknown): Promise<void> => {
    const uri = uriOf(argument) ?? activeFile() ?? (await askForFile());
    if (uri === undefined) return;
    const start = startOf(argument) ?? startOf(more);
    const present = [...panels].find(({ uri: other }) => other.toString() === uri.toString());
    if (start !== undefined && present !== undefined) {
      present.panel.reveal();
      present.start(start);
      return;
    }
    if (start !== undefined) starts.set(uri.toString(), start);
    const editor = /\.(parquet|parq|pq|pqt)$/i.test(uri.path) ? PARQUET_EDITOR : TEXT_EDITOR;
    await vscode.commands.executeCommand('vscode.openWith', uri, editor, columnOf(argument));
  };

  return vscode.Disposable.from(
    ...[PARQUET_EDITOR, TEXT_EDITOR].map((editor) =>
      vscode.window.registerCustomEditorProvider(editor, provider, {
        supportsMultipleEditorsPerDocument: true,
        // Hidden pages are redrawn from their kept state: no memory is held for them.
        webviewOptions: { retainContextWhenHidden: false, enableFindWidget: false },
      }),
    ),
    registerCommand(parts, 'm7.openPreview', open),
    ...PAGE.map(([id, command]) =>
      registerCommand(parts, id, () => {
        [...panels].find(({ panel }) => panel.active)?.do(command);
      }),
    ),
  );
}

/** The file of the active tab, if a preview can be opened of it. */
function activeFile(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  if (!(input instanceof vscode.TabInputText)) return undefined;
  return /\.(csv|tsv|txt)$/i.test(input.uri.path) ? input.uri : undefined;
}

async function askForFile(): Promise<vscode.Uri | undefined> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Open Preview'),
    openLabel: vscode.l10n.t('Open Preview'),
    filters: {
      [vscode.l10n.t('Parquet and delimited text')]: ['parquet', 'parq', 'pq', 'pqt', 'csv', 'tsv', 'txt'],
      [vscode.l10n.t('All files')]: ['*'],
    },
    ...defined({ defaultUri: folder }),
  });
  return chosen?.[0];
}

/** The editor column a caller from code wants it in: `{beside: column}`. */
function columnOf(argument: unknown): vscode.ViewColumn | undefined {
  if (typeof argument !== 'object' || argument === null || !('beside' in argument)) return undefined;
  return [vscode.ViewColumn.One, vscode.ViewColumn.Two].find((one) => one === argument.beside);
}

/** What a caller from code wants to see first: `{start: {view?, position?, column?}}`. */
function startOf(argument: unknown): PreviewStart | undefined {
  if (typeof argument !== 'object' || argument === null || !('start' in argument)) return undefined;
  const { start } = argument;
  return isStart(start) ? start : undefined;
}

function isStart(value: unknown): value is PreviewStart {
  if (typeof value !== 'object' || value === null) return false;
  const { view, position, column } = value as { view?: unknown; position?: unknown; column?: unknown };
  return (
    (position === undefined || (typeof position === 'number' && position >= 0)) &&
    (column === undefined || typeof column === 'string') &&
    (view === undefined || (typeof view === 'object' && view !== null && 'sort' in view && 'filters' in view))
  );
}
