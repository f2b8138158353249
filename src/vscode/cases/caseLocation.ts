// Where a case is written: its name, and the folder it lies in, which a button changes.
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import * as vscode from 'vscode';
import { openBox } from '../shown/pickers';

export interface CaseLocation {
  /** Absolute. */
  readonly folder: string;
  readonly name: string;
}

const NAME = /^[\p{L}\p{N}_-]{1,120}$/u;

/** Asks for the name of a case; a name that is taken is not accepted. @returns undefined where the user went away */
export async function askLocation(
  proposed: CaseLocation,
  root: vscode.Uri | undefined,
  title: string,
): Promise<CaseLocation | undefined> {
  let { folder } = proposed;
  let name = freeName(folder, proposed.name);
  for (;;) {
    const answer = await askName(folder, name, root, title);
    if (answer === undefined) return undefined;
    ({ name } = answer);
    if (answer.kind === 'name') return { folder, name };
    const chosen = await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Folder for Test Cases'),
      openLabel: vscode.l10n.t('Use This Folder'),
      canSelectFiles: false,
      canSelectFolders: true,
      defaultUri: existsSync(folder) ? vscode.Uri.file(folder) : (root ?? vscode.Uri.file(folder)),
    });
    if (chosen?.[0] !== undefined) folder = chosen[0].fsPath;
  }
}

type NameAnswer = { readonly kind: 'name' | 'folder'; readonly name: string };

async function askName(
  folder: string,
  name: string,
  root: vscode.Uri | undefined,
  title: string,
): Promise<NameAnswer | undefined> {
  const shown = root === undefined ? folder : shortened(root.fsPath, folder);
  const { box, complain } = openBox(title, vscode.l10n.t('Creates a folder of this name in {0}.', shown), [
    {
      iconPath: new vscode.ThemeIcon('folder-opened'),
      tooltip: vscode.l10n.t('Choose Another Folder'),
    },
  ]);
  box.value = name;
  const problem = (): string | undefined => problemOf(folder, box.value.trim(), shown);
  complain(problem());
  try {
    return await new Promise<NameAnswer | undefined>((resolve) => {
      box.onDidChangeValue(() => {
        complain(problem());
      });
      box.onDidTriggerButton(() => resolve({ kind: 'folder', name: box.value.trim() }));
      box.onDidAccept(() => {
        complain(problem());
        if (problem() === undefined) resolve({ kind: 'name', name: box.value.trim() });
      });
      box.onDidHide(() => resolve(undefined));
      box.show();
    });
  } finally {
    box.dispose();
  }
}

function problemOf(folder: string, name: string, shown: string): string | undefined {
  if (!NAME.test(name)) return vscode.l10n.t('Use letters, digits, "-" and "_", at most 120 of them.');
  return existsSync(join(folder, name))
    ? vscode.l10n.t('{0} already exists in {1}. Enter another name or remove that folder.', name, shown)
    : undefined;
}

/** The name itself, or with the first number at its end that is not taken. */
function freeName(folder: string, name: string): string {
  let free = name;
  for (let n = 2; existsSync(join(folder, free)); n += 1) free = `${name}_${n}`;
  return free;
}

/** A folder below another relative to it, any other as it is. */
export function shortened(root: string, folder: string): string {
  const path = relative(root, folder);
  return path === '' || path.startsWith('..') ? folder : path.replaceAll('\\', '/');
}
