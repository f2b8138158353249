// Every picker and input of the extension: labels draw `$(name)` as an icon, prompts and complaints have links, so what
// others wrote is text in them. An icon of ours is the item's `iconPath`.
import * as vscode from 'vscode';
import { inert } from '../../shared/words';

type PickerRow<T> = vscode.QuickPickItem & { readonly given: T };

function shownItem<T extends vscode.QuickPickItem>(given: T): PickerRow<T> {
  const { label, description, detail } = given;
  return {
    ...given,
    label: inert(label),
    ...(description === undefined ? {} : { description: inert(description) }),
    ...(detail === undefined ? {} : { detail: inert(detail) }),
    given,
  };
}

type PickOptions = Pick<
  vscode.QuickPickOptions,
  'title' | 'placeHolder' | 'matchOnDescription' | 'matchOnDetail'
>;

function shownOptions<O extends { readonly title?: string; readonly placeHolder?: string }>(options: O): O {
  const { title, placeHolder } = options;
  return {
    ...options,
    ...(title === undefined ? {} : { title: inert(title) }),
    ...(placeHolder === undefined ? {} : { placeHolder: inert(placeHolder) }),
  };
}

/** Lets one item be chosen. @returns it as it was given; undefined where the user went away */
export async function pickOne<T extends vscode.QuickPickItem>(
  items: readonly T[] | Thenable<readonly T[]>,
  options: PickOptions,
): Promise<T | undefined> {
  const shown = 'then' in items ? items.then((some) => some.map(shownItem)) : items.map(shownItem);
  return (await vscode.window.showQuickPick(shown, shownOptions(options)))?.given;
}

/** As `pickOne`, for any number of them. */
export async function pickSome<T extends vscode.QuickPickItem>(
  items: readonly T[],
  options: PickOptions,
): Promise<readonly T[] | undefined> {
  const several = { ...shownOptions(options), canPickMany: true } as const;
  return (await vscode.window.showQuickPick(items.map(shownItem), several))?.map(({ given }) => given);
}

/** A picker whose items come while it is open. */
export interface OpenPicker<T> {
  readonly picker: Omit<vscode.QuickPick<PickerRow<T>>, 'items' | 'title'>;
  readonly offer: (items: readonly T[]) => void;
}

/** Whoever opens it disposes it. */
export function openPicker<T extends vscode.QuickPickItem>(title: string): OpenPicker<T> {
  const picker = vscode.window.createQuickPick<PickerRow<T>>();
  picker.title = inert(title);
  return { picker, offer: (items) => void (picker.items = items.map(shownItem)) };
}

/** Asks for a line of text. @param check what is wrong with it; undefined: nothing */
export async function askText(
  options: Pick<vscode.InputBoxOptions, 'title' | 'placeHolder' | 'prompt' | 'value'>,
  check?: (text: string) => string | undefined,
): Promise<string | undefined> {
  return vscode.window.showInputBox({
    ...shownOptions(options),
    ...(options.prompt === undefined ? {} : { prompt: inert(options.prompt) }),
    ignoreFocusOut: true,
    ...(check === undefined ? {} : { validateInput: (text) => shownComplaint(check(text)) }),
  });
}

const shownComplaint = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : inert(text);

/** An input with buttons. */
export interface OpenBox {
  readonly box: Omit<vscode.InputBox, 'title' | 'prompt' | 'validationMessage'>;
  /** Says what is wrong with what is written; undefined: nothing. */
  readonly complain: (text: string | undefined) => void;
}

/** Whoever opens it disposes it. */
export function openBox(title: string, prompt: string, buttons: readonly vscode.QuickInputButton[]): OpenBox {
  const box = vscode.window.createInputBox();
  box.title = inert(title);
  box.prompt = inert(prompt);
  box.buttons = buttons;
  box.ignoreFocusOut = true;
  return { box, complain: (text) => void (box.validationMessage = shownComplaint(text)) };
}
