// A secret that would go to another host than before: its owner is asked, with both names.
import * as vscode from 'vscode';
import type { Parts } from './parts';
import { agreesTo } from './shown/notices';

/** Asks about each such host; false where one was not accepted. What else is wrong is reported by what is done next. */
export async function hostsAgreed({ engine, log }: Pick<Parts, 'engine' | 'log'>): Promise<boolean> {
  if (!vscode.workspace.isTrusted) return true;
  const changes = await engine.call('hosts.changes', {}).catch((error: unknown) => {
    log.debug(`Hosts: ${String(error)}`);
    return [];
  });
  for (const { purpose, secret, from, to } of changes) {
    const agreed = await agreesTo(
      vscode.l10n.t('Send {0} to {1}?', secret, to),
      vscode.l10n.t('Send It There'),
      vscode.l10n.t(
        'So far it was used with {0}. The settings of this folder now name {1}. Agree only if you know why.',
        from,
        to,
      ),
    );
    if (!agreed) return false;
    await engine.call('hosts.accept', { purpose, host: to });
  }
  return true;
}
