// Writes what a preview shows to a file the user names.
import { basename, dirname, extname, join } from 'node:path';
import * as vscode from 'vscode';
import type { CallContext } from '../../shared/channel';
import type { ExportFormat } from '../../shared/previewApi';
import type { PreviewHostApi } from '../../shared/previewHostApi';
import type { Engine } from '../engine/client';

type Export = PreviewHostApi['host.export'];

const EXTENSIONS: Readonly<Record<ExportFormat, string>> = {
  csv: 'csv',
  json: 'json',
  parquet: 'parquet',
  markdown: 'md',
};

/** Asks for the target, beside the file or in the workspace; null where the user thought better of it. */
export async function exportView(
  engine: Engine,
  uri: vscode.Uri,
  params: Export['params'],
  { signal, progress }: CallContext<number>,
): Promise<Export['result']> {
  const extension = EXTENSIONS[params.format];
  const name = basename(uri.fsPath, extname(uri.fsPath));
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? dirname(uri.fsPath);
  const target = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Export {0}', basename(uri.fsPath)),
    defaultUri: vscode.Uri.file(join(folder, `${name}-export.${extension}`)),
    filters: { [params.format.toUpperCase()]: [extension] },
  });
  if (target === undefined || signal.aborted) return null;
  const { rows, neutralized } = await engine.call(
    'preview.export',
    { ...params, target: target.fsPath },
    { signal, onProgress: progress },
  );
  return { target: target.fsPath, rows, neutralized };
}
