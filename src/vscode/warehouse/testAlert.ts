// Sends a test alert by every channel that is set, and says what arrived or what is to be done.
import * as vscode from 'vscode';
import type { TestAlertResult, TestDelivery } from '../../shared/warehouseApi';
import { openAt, placeOf } from '../failure';
import { hostsAgreed } from '../hosts';
import type { Parts } from '../parts';
import { count } from '../words';
import { showError, showInformation, showWarning } from '../shown/notices';
import { withCancel } from '../shown/progress';

export async function testAlert(parts: Parts): Promise<void> {
  if (!(await hostsAgreed(parts))) return;
  const result = await withCancel(vscode.l10n.t('Sending a test alert'), (signal) =>
    parts.engine.call('alert.test', {}, { signal }),
  );
  for (const one of result.deliveries)
    parts.log[one.status === 'sent' ? 'info' : 'error'](`Test alert: ${words(one)}`);
  const failed = result.deliveries.find((one) => one.status === 'failed');
  if (result.deliveries.length === 0) await reportNoGold(parts);
  else if (failed === undefined) reportSent(result);
  else await reportFailed(parts, result, failed);
}

async function reportNoGold(parts: Parts): Promise<void> {
  const open = vscode.l10n.t('Open .env');
  const choice = await showWarning(
    vscode.l10n.t('No alert can be sent: neither SMTP_SERVER with ADMIN_EMAIL nor ALERT_WEBHOOK_URL is set.'),
    open,
  );
  const folder = parts.workspace.uri;
  if (choice === open && folder !== undefined) await openAt(vscode.Uri.joinPath(folder, '.env'), 1);
}

function reportSent(result: TestAlertResult): void {
  const off =
    result.mail_enabled || result.deliveries.every((one) => one.channel !== 'mail')
      ? []
      : [vscode.l10n.t('Runs send no mail: ENABLE_EMAIL_ALERTS is off.')];
  const { sent, waiting } = result.outbox;
  const text = [
    ...result.deliveries.map(words),
    ...off,
    ...(sent === 0 ? [] : [vscode.l10n.t('{0} queued alerts were sent too.', count(sent))]),
    ...(waiting === 0 ? [] : [vscode.l10n.t('{0} alerts are still queued.', count(waiting))]),
  ].join(' ');
  if (off.length > 0) void showWarning(text);
  else void showInformation(text);
}

async function reportFailed(parts: Parts, result: TestAlertResult, failed: TestDelivery): Promise<void> {
  const place = placeOf(failed, parts.workspace.uri);
  const openFile = vscode.l10n.t('Open File');
  const secret = vscode.l10n.t('Set a Secret');
  const log = vscode.l10n.t('Show Log');
  const others = result.deliveries.filter((one) => one !== failed).map(words);
  const choice = await showError(
    [words(failed), ...others].join(' '),
    ...(place === undefined ? [] : [openFile]),
    secret,
    log,
  );
  if (choice === openFile && place !== undefined) await openAt(place.uri, place.line);
  else if (choice === secret) await vscode.commands.executeCommand('m7.setSecret');
  else if (choice === log) parts.log.show();
}

/** "The test mail was sent to a@b.c." */
function words(one: TestDelivery): string {
  if (one.status === 'failed') {
    const text =
      one.channel === 'mail'
        ? vscode.l10n.t('The test mail to {0} was not sent:', one.to)
        : vscode.l10n.t('The test message to the webhook at {0} was not sent:', one.to);
    return `${text} ${one.message} ${one.remedy}`;
  }
  return one.channel === 'mail'
    ? vscode.l10n.t('The test mail was sent to {0}.', one.to)
    : vscode.l10n.t('The test message was posted to the webhook at {0}.', one.to);
}
