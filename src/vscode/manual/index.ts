// The manual in the editor: its command, links to it in hovers, and what a setting of .env means.
import * as vscode from 'vscode';
import { registerCommand } from '../commands/register';
import type { Parts } from '../parts';
import { openManual } from './open';
import { settingHover } from './settingHover';

export function registerManual({ context, log, reportError }: Parts): vscode.Disposable {
  return vscode.Disposable.from(
    registerCommand({ reportError }, 'm7.openManual', (asked: unknown) =>
      openManual(context.extensionUri, asked),
    ),
    vscode.languages.registerHoverProvider(
      { scheme: 'file', pattern: '**/.env' },
      settingHover(context.extensionUri, log),
    ),
  );
}
