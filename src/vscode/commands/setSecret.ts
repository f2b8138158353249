// Stores a secret of the workspace outside of its files; the engine gets it by its environment.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { SettingOrigin } from '../../shared/warehouseApi';
import type { Parts } from '../parts';
import { readSecretFile, secretSource, type SecretSource } from '../secretValues';
import { SECRET_NAMES, type SecretName } from '../secretNames';
import type { Secrets } from '../secrets';
import { showError, showInformation } from '../shown/notices';
import { openBox, pickOne } from '../shown/pickers';

/** @param wanted the secret that is meant; asked for without it. */
export async function setSecret(
  { workspace, engine, log }: Parts,
  secrets: Secrets,
  wanted?: SecretName,
): Promise<void> {
  const folder = workspace.uri;
  if (folder === undefined) return;
  const here = await secrets.set(folder);
  const origins = await engine
    .call('settings.origins', {})
    .catch((): Readonly<Record<string, SettingOrigin>> => ({}));
  const sourceOf = (name: SecretName): SecretSource =>
    secretSource(here.has(name), process.env[name], origins[name]?.line);
  const name = wanted ?? (await pickName(sourceOf));
  if (name === undefined) return;
  const value = await askValue(name, here.has(name));
  if (value === undefined) return;
  await secrets.store(folder, name, value === '' ? undefined : value);
  const left = secretSource(value !== '', process.env[name], origins[name]?.line);
  log.info(`Secret ${name}: ${value === '' ? 'removed' : 'set'} in the secret storage.`);
  void showInformation(
    value === ''
      ? [
          vscode.l10n.t('{0} was removed.', name),
          ...(left.read === 'unset' ? [] : [`${sourceText(left)}.`]),
        ].join(' ')
      : vscode.l10n.t('{0} is set. The next run uses it.', name),
  );
}

async function pickName(sourceOf: (name: SecretName) => SecretSource): Promise<SecretName | undefined> {
  const texts: Readonly<Record<SecretName, string>> = {
    SNOWFLAKE_PASSWORD: vscode.l10n.t('Password of the Snowflake user'),
    SNOWFLAKE_PRIVATE_KEY: vscode.l10n.t('Text of the private key for key pair login'),
    SNOWFLAKE_PRIVATE_KEY_PASSPHRASE: vscode.l10n.t('Passphrase of an encrypted private key'),
    SNOWFLAKE_TOKEN: vscode.l10n.t('Programmatic access token or OAuth token'),
    SMTP_PASSWORD: vscode.l10n.t('Password of the mail server’s user'),
    ALERT_WEBHOOK_URL: vscode.l10n.t('URL that alerts are posted to; it contains a key'),
    OPENLINEAGE_API_KEY: vscode.l10n.t('Key of the catalogue that receives lineage events'),
  };
  const picked = await pickOne(
    SECRET_NAMES.map((name) => ({
      label: name,
      description: sourceText(sourceOf(name)),
      detail: texts[name],
      name,
    })),
    {
      title: vscode.l10n.t('Set a Secret'),
      placeHolder: vscode.l10n.t('Kept in the editor’s secret storage for this folder; overrides .env'),
    },
  );
  return picked?.name;
}

/** "is set here", "read from .env, line 12". */
function sourceText({ read, shadowed }: SecretSource): string {
  const own = ((): string => {
    switch (read) {
      case 'storage':
        return vscode.l10n.t('is set in the secret storage');
      case 'environment':
        return vscode.l10n.t('is read from the environment of VS Code');
      case 'unset':
        return vscode.l10n.t('is not set');
      default:
        return vscode.l10n.t('is read from .env, line {0}', read.line);
    }
  })();
  return shadowed === undefined ? own : `${own} · ${vscode.l10n.t('also in .env, line {0}', shadowed)}`;
}

type SecretInput = 'file' | 'clipboard' | 'remove';

interface SecretInputButton extends vscode.QuickInputButton {
  readonly input: SecretInput;
}

/**
 * Asks for the value: typed, or by a button for what has several lines.
 * @returns "" to remove it; undefined where the user went away.
 */
async function askValue(name: SecretName, isSet: boolean): Promise<string | undefined> {
  const buttons: readonly SecretInputButton[] = [
    {
      input: 'file',
      iconPath: new vscode.ThemeIcon('folder-opened'),
      tooltip: vscode.l10n.t('Read from File'),
    },
    {
      input: 'clipboard',
      iconPath: new vscode.ThemeIcon('clippy'),
      tooltip: vscode.l10n.t('Paste from Clipboard, Keeping Line Breaks'),
    },
    ...(isSet
      ? [
          {
            input: 'remove',
            iconPath: new vscode.ThemeIcon('trash'),
            tooltip: vscode.l10n.t('Remove Stored Secret'),
          } as const,
        ]
      : []),
  ];
  const prompt = isSet
    ? vscode.l10n.t(
        'Type the new value, or read it from a file or the clipboard; leave it empty to remove the stored one',
      )
    : vscode.l10n.t('Type it, or read it from a file or the clipboard, which keeps line breaks');
  const { box } = openBox(name, prompt, buttons);
  box.password = true;
  try {
    const given = await new Promise<{ readonly text: string } | { readonly input: SecretInput } | undefined>(
      (resolve) => {
        box.onDidAccept(() => resolve({ text: box.value }));
        box.onDidTriggerButton((button) => {
          const pressed = buttons.find((one) => one === button);
          if (pressed !== undefined) resolve({ input: pressed.input });
        });
        box.onDidHide(() => resolve(undefined));
        box.show();
      },
    );
    if (given === undefined) return undefined;
    if ('text' in given) return given.text === '' && !isSet ? undefined : given.text;
    box.hide();
    switch (given.input) {
      case 'remove':
        return '';
      case 'file':
        return await fromFile(name);
      case 'clipboard':
        return await fromClipboard(name);
      default:
        return given.input satisfies never;
    }
  } finally {
    box.dispose();
  }
}

async function fromFile(name: SecretName): Promise<string | undefined> {
  const [file] =
    (await vscode.window.showOpenDialog({
      title: name,
      openLabel: vscode.l10n.t('Read the Secret from This File'),
      canSelectMany: false,
    })) ?? [];
  if (file === undefined) return undefined;
  const read = readSecretFile(await vscode.workspace.fs.readFile(file));
  if (read.ok) return read.value;
  void showError(
    vscode.l10n.t(
      '{0} cannot be a secret: it is empty, larger than 64 KB, or not text.',
      basename(file.fsPath),
    ),
  );
  return undefined;
}

async function fromClipboard(name: SecretName): Promise<string | undefined> {
  const text = await vscode.env.clipboard.readText();
  if (text !== '') return text;
  void showError(vscode.l10n.t('The clipboard is empty: {0} is unchanged.', name));
  return undefined;
}
