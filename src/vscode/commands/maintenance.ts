// Retention and leftovers: shows what would go and why, asks, and only then does it.
import * as vscode from 'vscode';
import type { MaintenanceAction, MaintenanceResult } from '../../engine';
import type { Parts } from '../parts';
import { bytes, files } from '../words';
import { agreesTo, showInformation } from '../shown/notices';
import { pickOne } from '../shown/pickers';
import { withCancel } from '../shown/progress';

export async function maintenance(parts: Parts): Promise<void> {
  const planned = await maintain(parts, true, vscode.l10n.t('Looking for expired files'));
  if (planned.actions.length === 0) {
    void showInformation(vscode.l10n.t('Nothing to clean up.'));
    return;
  }
  if (!(await agreed(planned))) return;
  const done = await maintain(parts, false, vscode.l10n.t('Maintenance'));
  parts.log.info(`Maintenance: ${summary(done.actions)}.`);
  for (const { kind, path, reason } of done.actions) parts.log.info(`${kind} ${path}: ${reason}`);
  await showInformation(vscode.l10n.t('Maintenance finished: {0}.', summary(done.actions)));
}

function maintain(parts: Parts, dryRun: boolean, title: string): Thenable<MaintenanceResult> {
  return withCancel(title, (signal) => parts.engine.call('maintain', { dryRun }, { signal }));
}

/** The list to look through, then the question: a list alone is confirmed too easily. */
async function agreed({ actions }: MaintenanceResult): Promise<boolean> {
  const byReason = new Map<string, MaintenanceAction[]>();
  for (const action of actions) byReason.set(action.reason, [...(byReason.get(action.reason) ?? []), action]);
  const items = [...byReason].flatMap(([reason, some]): readonly vscode.QuickPickItem[] => [
    { kind: vscode.QuickPickItemKind.Separator, label: reason },
    ...some.map(({ kind, path, bytes: size }) => ({
      label: path,
      iconPath: new vscode.ThemeIcon(kind === 'remove' ? 'trash' : 'archive'),
      description: bytes(size),
    })),
  ]);
  const seen = await pickOne(items, {
    title: vscode.l10n.t('Maintenance will {0}', summary(actions)),
    placeHolder: vscode.l10n.t('Press Enter to continue to the confirmation, Escape to cancel'),
    matchOnDescription: true,
  });
  if (seen === undefined) return false;
  return agreesTo(
    vscode.l10n.t('Run maintenance?'),
    vscode.l10n.t('Run Maintenance'),
    vscode.l10n.t('It will {0}. Removed files cannot be restored.', summary(actions)),
  );
}

/** "remove 12 files (3.4 MB), archive 2 files (1 MB)". */
function summary(actions: readonly MaintenanceAction[]): string {
  const part = (
    kind: MaintenanceAction['kind'],
    text: (files: string, bytes: string) => string,
  ): string[] => {
    const some = actions.filter((action) => action.kind === kind);
    const size = some.reduce((sum, action) => sum + action.bytes, 0);
    return some.length === 0 ? [] : [text(files(some.length), bytes(size))];
  };
  return [
    ...part('remove', (n, size) => vscode.l10n.t('remove {0} ({1})', n, size)),
    ...part('archive', (n, size) => vscode.l10n.t('archive {0} ({1})', n, size)),
  ].join(', ');
}
