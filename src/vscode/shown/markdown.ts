// The only maker of Markdown: what it may do is said here. Texts of others come escaped (`markdownText`).
import * as vscode from 'vscode';
import { markdownText } from '../../shared/words';

/** Markdown that runs no command and holds no HTML. */
export function markdown(text: string): vscode.MarkdownString {
  const made = new vscode.MarkdownString(text);
  made.isTrusted = false;
  made.supportHtml = false;
  return made;
}

/** Markdown of ours whose links run these commands and no others. */
export function markdownWith(commands: readonly string[], text: string): vscode.MarkdownString {
  const made = markdown(text);
  made.isTrusted = { enabledCommands: commands };
  return made;
}

/** A link that runs a command. What is handed to it may be of others: no bracket in it ends the link. */
export function commandLink(title: string, command: string, argument: unknown): string {
  const given = encodeURIComponent(JSON.stringify([argument])).replace(
    /[!'()*~]/g,
    (c) => `%${c.charCodeAt(0).toString(16)}`,
  );
  return `[${markdownText(title)}](command:${command}?${given})`;
}

/** Lines of "name: value" as they are, for a tooltip; a line without a name is its value. */
export function factLines(lines: readonly (readonly [name: string, value: string])[]): vscode.MarkdownString {
  return markdown(
    lines
      .map(([name, value]) => {
        const shown = value.split('\n').map(markdownText).join('  \n');
        return name === '' ? shown : `**${markdownText(name)}** ${shown}`;
      })
      .join('\n\n'),
  );
}
