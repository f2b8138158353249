// What a setting in .env means: its row in the manual, and the way there.
import * as vscode from 'vscode';
import type { ManualAddress } from '../../shared/manual';
import { anchorOf } from './headings';
import { manualLink } from './link';
import { manualFolder, textOf } from './open';

/** A setting as the manual's page of settings has it. */
interface SettingRow {
  readonly markdown: string;
  readonly address: ManualAddress;
}

/** Rows of the tables of settings.md by the setting's name. */
export function settingRows(page: string): ReadonlyMap<string, SettingRow> {
  const rows = new Map<string, SettingRow>();
  let address: ManualAddress = 'settings.md';
  for (const line of page.split('\n')) {
    if (/^## /.test(line)) address = `settings.md#${anchorOf(line.slice(3))}`;
    const [, name, fallback = '', meaning = ''] = /^\| `([A-Z_]+)` *\| (.*?) *\| (.*?) *\|$/.exec(line) ?? [];
    if (name === undefined) continue;
    const without = fallback === '' ? '' : `\n\n${vscode.l10n.t('Default:')} ${fallback}`;
    rows.set(name, { markdown: `**${name}**\n\n${meaning}${without}`, address });
  }
  return rows;
}

export function settingHover(extension: vscode.Uri, log: vscode.LogOutputChannel): vscode.HoverProvider {
  let rows: Promise<ReadonlyMap<string, SettingRow>> | undefined;
  return {
    async provideHover(document, position) {
      const range = document.getWordRangeAtPosition(position, /[A-Z][A-Z0-9_]+/);
      if (range === undefined) return undefined;
      rows ??= textOf(vscode.Uri.joinPath(manualFolder(extension), 'settings.md')).then(settingRows);
      try {
        const row = (await rows).get(document.getText(range));
        if (row === undefined) return undefined;
        return new vscode.Hover([new vscode.MarkdownString(row.markdown), manualLink(row.address)], range);
      } catch (error) {
        rows = undefined;
        log.debug(`Hover of a setting: ${String(error)}`);
        return undefined;
      }
    },
  };
}
