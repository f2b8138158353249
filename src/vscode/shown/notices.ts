// Every notification and question of the extension. VS Code makes a link of `[text](command:…)` in them: nothing that
// others wrote may become one, so all of it passes here. Words of ours have no links either: buttons lead on.
import * as vscode from 'vscode';
import { inert } from '../../shared/words';

/** A title, or an item that says more than its title. */
type Button = string | vscode.MessageItem;

type Show = <T extends vscode.MessageItem>(
  text: string,
  options: vscode.MessageOptions,
  ...items: T[]
) => Thenable<T | undefined>;

async function show<T extends Button>(
  how: Show,
  text: string,
  options: vscode.MessageOptions,
  buttons: readonly T[],
): Promise<T | undefined> {
  const items = buttons.map((given) => {
    const item: vscode.MessageItem = typeof given === 'string' ? { title: given } : given;
    return { ...item, given };
  });
  return (await how(inert(text), options, ...items))?.given;
}

/** @returns the button that was pressed */
export function showInformation<T extends Button>(
  text: string,
  ...buttons: readonly T[]
): Promise<T | undefined> {
  return show(vscode.window.showInformationMessage, text, {}, buttons);
}

/** @returns the button that was pressed */
export function showWarning<T extends Button>(
  text: string,
  ...buttons: readonly T[]
): Promise<T | undefined> {
  return show(vscode.window.showWarningMessage, text, {}, buttons);
}

/** @returns the button that was pressed */
export function showError<T extends Button>(text: string, ...buttons: readonly T[]): Promise<T | undefined> {
  return show(vscode.window.showErrorMessage, text, {}, buttons);
}

/** Asks before something is done, in a window of its own: true for the one answer that is not "Cancel". */
export async function agreesTo(question: string, yes: string, detail?: string): Promise<boolean> {
  const options = { modal: true, ...(detail === undefined ? {} : { detail: inert(detail) }) };
  return (await show(vscode.window.showWarningMessage, question, options, [yes])) === yes;
}

/** A word in the status bar, for a moment. */
export function showBriefly(text: string): void {
  vscode.window.setStatusBarMessage(inert(text), 5_000);
}
