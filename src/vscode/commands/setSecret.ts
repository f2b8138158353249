// Stores a secret of the workspace outside of its files; the engine gets it by its environment.
import * as vscode from 'vscode';
import type { Parts } from '../parts';
import { SECRET_NAMES, type SecretName } from '../secretNames';
import type { Secrets } from '../secrets';

export async function setSecret({ workspace }: Parts, secrets: Secrets): Promise<void> {
  const folder = workspace.uri;
  if (folder === undefined) return;
  const known = await secrets.set(folder);
  const texts: Readonly<Record<SecretName, string>> = {
    SNOWFLAKE_PASSWORD: vscode.l10n.t('Password of the Snowflake user'),
    SNOWFLAKE_PRIVATE_KEY_PASSPHRASE: vscode.l10n.t('Passphrase of an encrypted private key'),
    SNOWFLAKE_TOKEN: vscode.l10n.t('Programmatic access token or OAuth token'),
    SMTP_PASSWORD: vscode.l10n.t('Password of the mail server’s user'),
  };
  const picked = await vscode.window.showQuickPick(
    SECRET_NAMES.map((name) => ({
      label: name,
      description: known.has(name) ? vscode.l10n.t('is set') : '',
      detail: texts[name],
      name,
    })),
    {
      title: vscode.l10n.t('Set a Secret'),
      placeHolder: vscode.l10n.t('Kept in the editor’s secret storage for this folder; wins over .env'),
    },
  );
  if (picked === undefined) return;
  const value = await vscode.window.showInputBox({
    title: picked.name,
    prompt: known.has(picked.name)
      ? vscode.l10n.t('The new value; leave it empty to remove the one that is set')
      : picked.detail,
    password: true,
    ignoreFocusOut: true,
  });
  if (value === undefined || (value === '' && !known.has(picked.name))) return;
  await secrets.store(folder, picked.name, value === '' ? undefined : value);
  void vscode.window.showInformationMessage(
    value === ''
      ? vscode.l10n.t('{0} was removed.', picked.name)
      : vscode.l10n.t('{0} is set: the next run uses it.', picked.name),
  );
}
