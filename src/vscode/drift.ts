// What a user does about drift: gives a column its new name, or accepts that the files are so.
import * as vscode from 'vscode';
import type { DateKey } from '../engine';
import { COMMAND_NEEDS } from '../shared/needs';
import { rangeIn } from './editing/documents';
import { requireTrust } from './failure';
import type { Parts } from './parts';
import { showWarning } from './shown/notices';
import { day } from './words';

/** A column that the files of a date call by another name. */
interface NewName {
  readonly date: DateKey;
  readonly table: string;
  readonly column: string;
  readonly header: string;
}

/** Adds a header to the names of a column in table_schemas.json, saves the file and runs the date again. */
export async function takeName(parts: Parts, { date, table, column, header }: NewName): Promise<boolean> {
  if (!(await requireTrust(COMMAND_NEEDS['m7.takeColumnName'].uses))) return false;
  const { table_schemas } = await parts.engine.call('editing.files', {});
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(table_schemas));
  const draft = { file: 'table_schemas' as const, text: document.getText() };
  const edits = await parts.engine.call('editing.nameColumn', { draft, table, column, header });
  if (edits === null) {
    void showWarning(
      vscode.l10n.t(
        '{0} has no column {1} any more. Open table_schemas.json to see its columns.',
        table,
        column,
      ),
    );
    return false;
  }
  const edit = new vscode.WorkspaceEdit();
  for (const { range, text } of edits) edit.replace(document.uri, rangeIn(document, range), text);
  if (!(await vscode.workspace.applyEdit(edit)) || (document.isDirty && !(await document.save())))
    return false;
  again(parts, date, table);
  return true;
}

/** Drift of a date: of a brand's table, or of one column or header of it. */
interface DriftOfDate {
  readonly date: DateKey;
  readonly brand: string;
  readonly table: string;
  readonly column?: string;
}

/** Remembers drift as accepted and makes the report again. */
export async function acceptDrift(parts: Parts, target: DriftOfDate): Promise<boolean> {
  if (!(await requireTrust(COMMAND_NEEDS['m7.acceptDrift'].uses))) return false;
  await parts.engine.call('drift.accept', target);
  again(parts, target.date, target.table);
  return true;
}

/** It takes as long as it takes; its end is reported as that of every run. */
function again(parts: Parts, date: DateKey, table: string): void {
  void parts.runs.start({
    title: vscode.l10n.t('Run {0}', day(date)),
    selection: { dates: [date], tables: [table] },
  });
}
