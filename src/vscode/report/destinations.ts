// Where a report leads: to the rule, to the line of the landing file, into a file of its own.
import { defined } from '../../shared/defined';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { DateKey, Finding } from '../../engine';
import type { DateDocument, RecordName, RecordOrigin } from '../../shared/reportApi';
import { openAt } from '../failure';
import type { Parts } from '../parts';
import { day } from '../words';
import { showInformation } from '../shown/notices';

/** Opens the rule of a finding where it stands now; for a technical check the table or column it is about. */
export async function openRule(
  { engine }: Parts,
  { files }: DateDocument,
  finding: Pick<Finding, 'rule' | 'id' | 'columns' | 'config_line'> & { readonly table: string },
): Promise<void> {
  const { table, id, columns, config_line } = finding;
  // Only a rule has a line there: all else comes with the schema.
  const technical = config_line === 0;
  const column = columns.length === 1 ? columns[0] : undefined;
  const place = await engine
    .call('editing.locate', technical ? { table, ...defined({ column }) } : { table, rule: id })
    // Config that cannot be read now: the line of the time of the run is near enough.
    .catch(() => null);
  if (place !== null) await openAt(vscode.Uri.file(place.path), place.line);
  else if (technical) await openAt(vscode.Uri.file(files.schemas), 1);
  else await openAt(vscode.Uri.file(files.rules), Math.max(1, config_line));
}

/** Opens the line a row came from, where the editor can show it; says where it is in any case. */
export async function openSource(
  { engine }: Parts,
  name: RecordName,
  signal: AbortSignal,
): Promise<RecordOrigin> {
  const origin = await engine.call('report.source', name, { signal });
  const { original, line, packed } = origin;
  if (original !== null && line !== null && !packed) await openAt(vscode.Uri.file(original), line);
  return origin;
}

/** Writes the report as one HTML file where the user wants it; false where the user wants none. */
export async function exportHtml({ engine, workspace }: Parts, date: DateKey): Promise<boolean> {
  const name = `report-${day(date)}.html`;
  const target = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Export the Report of {0}', day(date)),
    saveLabel: vscode.l10n.t('Export'),
    filters: { HTML: ['html'] },
    ...(workspace.uri === undefined ? {} : { defaultUri: vscode.Uri.joinPath(workspace.uri, name) }),
  });
  if (target === undefined) return false;
  const { text } = await engine.call('report.render', { date, format: 'html' });
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
  const open = vscode.l10n.t('Open in Browser');
  void showInformation(vscode.l10n.t('The report was written to {0}.', basename(target.fsPath)), open).then(
    (choice) => (choice === open ? vscode.env.openExternal(target) : undefined),
  );
  return true;
}

/** Puts the report on the clipboard as Markdown. */
export async function copyMarkdown({ engine }: Parts, date: DateKey): Promise<boolean> {
  const { text } = await engine.call('report.render', { date, format: 'markdown' });
  await vscode.env.clipboard.writeText(text);
  return true;
}
