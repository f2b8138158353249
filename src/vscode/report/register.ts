// Joins the report to the editor: its command, one panel per date, and panels of an earlier window.
import { defined } from '../../shared/defined';
import * as vscode from 'vscode';
import { REPORT_VIEW, type Focus } from '../../shared/reportApi';
import { pickDate } from '../commands/pickDate';
import { registerCommand } from '../commands/register';
import { dateOf, type Parts } from '../parts';
import { day } from '../words';
import { ReportPanel } from './panel';

/** Registers command `m7.showReport` (a date, a tree item, an object with date, table and rule) and the panel's serializer. */
export function registerReport(parts: Parts): vscode.Disposable {
  const open = new Map<string, ReportPanel>();

  const take = (date: string, panel: vscode.WebviewPanel, focus: Focus | undefined): void => {
    open.set(date, new ReportPanel(parts, { date, panel, focus }));
    panel.onDidDispose(() => open.delete(date));
  };

  const show = async (argument: unknown): Promise<void> => {
    const date =
      dateOf(argument) ?? (await pickDate(parts, { title: vscode.l10n.t('Show the Report of a Date') }));
    if (date === undefined) return;
    const focus = focusOf(argument);
    const present = open.get(date);
    if (present !== undefined) {
      present.show(focus);
      return;
    }
    const panel = vscode.window.createWebviewPanel(
      REPORT_VIEW,
      vscode.l10n.t('Report {0}', day(date)),
      vscode.ViewColumn.Active,
      { enableFindWidget: true },
    );
    take(date, panel, focus);
  };

  return vscode.Disposable.from(
    registerCommand(parts, 'm7.showReport', show),
    vscode.window.registerWebviewPanelSerializer(REPORT_VIEW, {
      deserializeWebviewPanel: (panel, state) => {
        // A page that was hidden before it had drawn has kept nothing: its title has the date too.
        const date = dateOf(state) ?? dateOf(panel.title.replace(/\D/g, ''));
        if (date === undefined || open.has(date)) panel.dispose();
        else take(date, panel, undefined);
        return Promise.resolve();
      },
    }),
    { dispose: () => [...open.values()].forEach((one) => one.dispose()) },
  );
}

/** The table, and the rule of it, that a tree item or a caller means besides the date. */
function focusOf(argument: unknown): Focus | undefined {
  if (typeof argument !== 'object' || argument === null || !('table' in argument)) return undefined;
  const { table } = argument;
  if (typeof table !== 'string' || table === '') return undefined;
  const rule = 'rule' in argument && typeof argument.rule === 'string' ? argument.rule : undefined;
  return { table, ...defined({ rule }) };
}
