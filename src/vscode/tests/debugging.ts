// Debugging from the Test Explorer: a session on a copy of the date that stops at the rule that was chosen.
import * as vscode from 'vscode';
import type { TestDate } from './dates';
import type { Selection } from './selection';
import { showInformation } from '../shown/notices';

/**
 * Starts a session of the first rule that was chosen; of a table or all of them where no rule was.
 * @param date asked for only where there is something to debug
 */
export async function debugTests(
  { chosen, tables, cases }: Selection,
  date: () => Promise<TestDate | undefined>,
): Promise<void> {
  const [first, ...more] = chosen;
  if (tables.length === 0) {
    void showInformation(
      cases.length === 0
        ? vscode.l10n.t('No rule to debug.')
        : vscode.l10n.t(
            'Cases cannot be debugged from here. Open the folder of a case as a workspace to debug it.',
          ),
    );
    return;
  }
  const target = await date();
  if (target === undefined) return;
  if (target.kind === 'none') {
    void showInformation(vscode.l10n.t('No gold yet. Run a date first.'));
    return;
  }
  if (first !== undefined && more.length > 0)
    void showInformation(
      vscode.l10n.t('Only one rule can be debugged at a time. The session stops at {0}.', first.rule),
    );
  const [table] = tables.length === 1 ? tables : [];
  await vscode.commands.executeCommand('m7.debugDate', {
    date: target.date,
    ...(first ?? (table === undefined ? {} : { table: table.table })),
  });
}
