// Where a trace leads on: to a line, to a row in a preview, to a rule or column, to the report.
import { defined } from '../../shared/defined';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { TraceLink } from '../../shared/traceApi';
import type { Parts } from '../parts';
import { showInformation } from '../shown/notices';

/** Characters of a record in a notification. */
const MOST_TEXT = 60;

/** Links to other lines are the caller's. */
export type OutwardLink = Exclude<TraceLink, { kind: 'record' }>;

/** Opens what a link leads to, in a column where it does not hide where it is opened from. */
export async function openLink(
  { engine }: Parts,
  link: OutwardLink,
  column: vscode.ViewColumn,
): Promise<void> {
  switch (link.kind) {
    case 'text':
      await showLine(vscode.Uri.file(link.path), link.line, column);
      return;
    case 'rows': {
      const { path, position } = link;
      const start = { position, ...defined({ column: link.column }) };
      await vscode.commands.executeCommand('m7.openPreview', {
        uri: vscode.Uri.file(path),
        start,
        beside: column,
      });
      return;
    }
    case 'rule':
    case 'column': {
      const { table } = link;
      const place = await engine.call(
        'editing.locate',
        link.kind === 'rule' ? { table, rule: link.rule } : { table, column: link.column },
      );
      if (place !== null) await showLine(vscode.Uri.file(place.path), place.line, column);
      else
        void showInformation(
          link.kind === 'rule'
            ? vscode.l10n.t('{0} no longer has a rule {1}.', table, link.rule)
            : vscode.l10n.t('{0} no longer has a column {1}.', table, link.column),
        );
      return;
    }
    case 'report': {
      const { date, table, rule } = link;
      await vscode.commands.executeCommand('m7.showReport', {
        date,
        table,
        ...defined({ rule }),
      });
      return;
    }
    default:
      link satisfies never;
  }
}

/** Characters of a line: more than any has; VS Code cuts what is beyond. */
const LONGEST_LINE = 1_000_000;

/** Opens a text file as text with a line selected, whatever editor is its default. */
export async function showLine(uri: vscode.Uri, line: number, column: vscode.ViewColumn): Promise<void> {
  const row = Math.max(0, line - 1);
  const at = new vscode.Range(row, 0, row, LONGEST_LINE);
  await vscode.commands.executeCommand('vscode.openWith', uri, 'default', {
    viewColumn: column,
    selection: at,
    preview: true,
  });
}

/** Tells the line of a compressed file, which the editor cannot show: the record itself is what matters. */
export async function showPacked(path: string, line: number | null, text: string | null): Promise<void> {
  const copy = vscode.l10n.t('Copy Record');
  const record = (text ?? '').replace(/\s+/g, ' ');
  const choice = await showInformation(
    vscode.l10n.t(
      'Line {0} of {1} (compressed): {2}',
      line ?? '?',
      basename(path),
      record.length > MOST_TEXT ? `${record.slice(0, MOST_TEXT)}…` : record,
    ),
    copy,
  );
  if (choice === copy) await vscode.env.clipboard.writeText(text ?? '');
}

/** The column beside another one: the first, or the second of the first. */
export function beside(column: vscode.ViewColumn | undefined): vscode.ViewColumn {
  return column === undefined || column === vscode.ViewColumn.One
    ? vscode.ViewColumn.Two
    : vscode.ViewColumn.One;
}
