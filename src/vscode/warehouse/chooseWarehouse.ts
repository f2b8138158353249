// Chooses the warehouse of the workspace: embedded, Snowflake from .env, or an entry of connections.toml.
import { isAbsolute, join, relative, sep } from 'node:path';
import * as vscode from 'vscode';
import type { WarehouseChoice, WarehouseChoices, WarehouseChosen } from '../../shared/warehouseApi';
import { setSecret } from '../commands/setSecret';
import { openAt } from '../failure';
import type { Parts } from '../parts';
import { SECRET_NAMES, type SecretName } from '../secretNames';
import type { Secrets } from '../secrets';
import { agreesTo, showInformation, showWarning } from '../shown/notices';
import { askText, pickOne } from '../shown/pickers';

export async function chooseWarehouse(parts: Parts, secrets: Secrets, chosen: () => void): Promise<void> {
  const folder = parts.workspace.uri;
  if (folder === undefined) return;
  const choices = await parts.engine.call('warehouse.choices', {});
  const choice = await pick(choices);
  if (choice === undefined || !(await savedFirst(folder))) return;
  const answer = await parts.engine.call('warehouse.choose', { choice, dryRun: true });
  if (answer.change.lines.length > 0) {
    if (!(await agreed(choice, answer, choices))) return;
    await parts.engine.call('warehouse.choose', { choice, dryRun: false, expected: answer.change.sha256 });
    parts.log.info(`Warehouse: ${answer.change.lines.map((line) => line.after).join(', ')} in .env.`);
    chosen();
  }
  await fillMissing({ parts, secrets, folder }, choice, answer);
}

type Item = vscode.QuickPickItem & { readonly choice?: WarehouseChoice; readonly broken?: boolean };

async function pick(choices: WarehouseChoices): Promise<WarehouseChoice | undefined> {
  const { current, connections } = choices;
  const chosen = (choice: WarehouseChoice): Pick<Item, 'choice' | 'description'> => ({
    choice,
    ...(isSame(choice, current) ? { description: vscode.l10n.t('current') } : {}),
  });
  const items: readonly Item[] = [
    {
      label: vscode.l10n.t('Embedded warehouse'),
      iconPath: new vscode.ThemeIcon('database'),
      detail: choices.embedded ?? vscode.l10n.t('a DuckDB file in the data folder'),
      ...chosen({ kind: 'embedded' }),
    },
    {
      label: vscode.l10n.t('Snowflake (settings in .env)'),
      iconPath: new vscode.ThemeIcon('cloud'),
      detail: vscode.l10n.t('SNOWFLAKE_* of .env and the environment'),
      ...chosen({ kind: 'settings' }),
    },
    { kind: vscode.QuickPickItemKind.Separator, label: connections.file },
    ...connections.names.map((name): Item => ({
      label: name,
      iconPath: new vscode.ThemeIcon('plug'),
      detail: vscode.l10n.t('Snowflake (this entry of connections.toml)'),
      ...chosen({ kind: 'connection', name }),
    })),
    ...(connections.problem === undefined
      ? []
      : [
          {
            label: vscode.l10n.t('connections.toml cannot be read'),
            iconPath: new vscode.ThemeIcon('warning'),
            detail: connections.problem,
            broken: true,
          },
        ]),
  ];
  const picked = await pickOne(items, {
    title: vscode.l10n.t('Choose the Warehouse'),
    placeHolder: vscode.l10n.t('Where should rows be loaded? You confirm before .env changes'),
    matchOnDetail: true,
  });
  if (picked?.broken === true) await openAt(vscode.Uri.file(connections.file), 1);
  return picked?.choice;
}

function isSame(a: WarehouseChoice, b: WarehouseChoice | undefined): boolean {
  if (a.kind === 'connection') return b?.kind === 'connection' && a.name === b.name;
  return a.kind === b?.kind;
}

/** What is typed into .env and not saved would be overwritten by the next save, or overwrite it. */
async function savedFirst(folder: vscode.Uri): Promise<boolean> {
  const path = join(folder.fsPath, '.env');
  const open = vscode.workspace.textDocuments.find((one) => one.uri.fsPath === path);
  if (open?.isDirty !== true) return true;
  const save = await agreesTo(vscode.l10n.t('.env has changes that are not saved.'), vscode.l10n.t('Save'));
  return save && (await open.save());
}

async function agreed(
  choice: WarehouseChoice,
  { change }: WarehouseChosen,
  { environment }: WarehouseChoices,
): Promise<boolean> {
  const lines = change.lines.map(({ line, before, after }) =>
    before === null
      ? vscode.l10n.t('Line {0} is added: {1}', line, after)
      : vscode.l10n.t('Line {0}: {1} becomes {2}', line, before, after),
  );
  return agreesTo(
    question(choice),
    vscode.l10n.t('Change .env'),
    [
      ...lines,
      vscode.l10n.t('Nothing else in .env changes.'),
      ...environment.map((name) =>
        vscode.l10n.t('{0} is also set in the environment of VS Code, which overrides .env.', name),
      ),
    ].join('\n'),
  );
}

function question(choice: WarehouseChoice): string {
  switch (choice.kind) {
    case 'embedded':
      return vscode.l10n.t('Load into the embedded warehouse from now on?');
    case 'settings':
      return vscode.l10n.t('Load into Snowflake from now on?');
    case 'connection':
      return vscode.l10n.t('Load into Snowflake (connection "{0}") from now on?', choice.name);
    default:
      return choice satisfies never;
  }
}

type NextSetting =
  { readonly kind: 'test' } | { readonly kind: 'file' } | { readonly kind: 'setting'; readonly name: string };

/** Where settings of a warehouse go. */
interface SettingsTarget {
  readonly parts: Parts;
  readonly secrets: Secrets;
  readonly folder: vscode.Uri;
}

/** Asks for what the chosen warehouse lacks, one after the other, until nothing is missing or the user goes away. */
async function fillMissing(
  target: SettingsTarget,
  choice: WarehouseChoice,
  first: WarehouseChosen,
): Promise<void> {
  const { parts, folder } = target;
  let { missing, problems } = first;
  for (;;) {
    const test: vscode.QuickPickItem & { next: NextSetting } = {
      label: vscode.l10n.t('Test the connection'),
      iconPath: new vscode.ThemeIcon('plug'),
      next: { kind: 'test' },
    };
    if (missing.length === 0) {
      const [problem] = problems.filter((one) => one.severity === 'error');
      const text = problem === undefined ? chosenText(choice) : `${problem.message} ${problem.remedy}`;
      const button = vscode.l10n.t('Test the Connection');
      const answer =
        problem === undefined ? await showInformation(text, button) : await showWarning(text, button);
      if (answer === button) await vscode.commands.executeCommand('m7.testConnection');
      return;
    }
    const picked = await pickOne<vscode.QuickPickItem & { next?: NextSetting }>(
      [
        ...missing.flatMap(({ names, description }) => [
          { kind: vscode.QuickPickItemKind.Separator, label: description },
          ...names.map((name) => ({
            label: name,
            iconPath: new vscode.ThemeIcon(isSecret(name) ? 'key' : 'edit'),
            description: isSecret(name)
              ? vscode.l10n.t('stored in secret storage')
              : vscode.l10n.t('written to .env'),
            next: { kind: 'setting', name } as const,
          })),
        ]),
        { kind: vscode.QuickPickItemKind.Separator, label: '' },
        test,
        {
          label: vscode.l10n.t('Open .env'),
          iconPath: new vscode.ThemeIcon('go-to-file'),
          next: { kind: 'file' },
        },
      ],
      {
        title: vscode.l10n.t('Snowflake is selected but not fully configured'),
        placeHolder: vscode.l10n.t('Select what to set next, or press Escape to do it later'),
      },
    );
    if (picked?.next === undefined) return;
    switch (picked.next.kind) {
      case 'test':
        await vscode.commands.executeCommand('m7.testConnection');
        return;
      case 'file':
        await openAt(vscode.Uri.joinPath(folder, '.env'), 1);
        return;
      case 'setting':
        await setSetting(target, picked.next.name);
        break;
    }
    ({ missing, problems } = await parts.engine.call('warehouse.choose', { choice, dryRun: true }));
  }
}

function chosenText(choice: WarehouseChoice): string {
  switch (choice.kind) {
    case 'embedded':
      return vscode.l10n.t('Runs load into the embedded warehouse.');
    case 'settings':
      return vscode.l10n.t('Runs load into Snowflake (settings in .env).');
    case 'connection':
      return vscode.l10n.t('Runs load into Snowflake (connection "{0}").', choice.name);
    default:
      return choice satisfies never;
  }
}

function isSecret(name: string): name is SecretName {
  return SECRET_NAMES.some((one) => one === name);
}

async function setSetting({ parts, secrets, folder }: SettingsTarget, name: string): Promise<void> {
  if (isSecret(name)) {
    await setSecret(parts, secrets, name);
    return;
  }
  const value = name.endsWith('_PATH')
    ? await chooseFile(name, folder)
    : (
        await askText(
          { title: name, prompt: vscode.l10n.t('Written to .env; nothing else in it changes') },
          (text) => (/\p{Cc}/u.test(text) ? vscode.l10n.t('Enter text on one line.') : undefined),
        )
      )?.trim();
  if (value === undefined || value === '') return;
  await parts.engine.call('settings.write', { name, value });
}

/** The path as .env is to hold it: relative where the file lies in the workspace. */
async function chooseFile(name: string, folder: vscode.Uri): Promise<string | undefined> {
  const [file] =
    (await vscode.window.showOpenDialog({
      title: name,
      openLabel: vscode.l10n.t('Select File'),
      canSelectMany: false,
    })) ?? [];
  if (file === undefined) return undefined;
  const inside = relative(folder.fsPath, file.fsPath);
  return inside.startsWith('..') || isAbsolute(inside) ? file.fsPath : inside.split(sep).join('/');
}
