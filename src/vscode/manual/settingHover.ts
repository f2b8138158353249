// What a setting in .env means: its row in the manual, and the way there.
import * as vscode from 'vscode';
import { manualLink } from './link';
import { manualFolder, textOf } from './open';
import { settingRows, type SettingRow } from './settingRows';
import type { Log } from '../shown/log';
import { markdownText } from '../../shared/words';
import { markdown } from '../shown/markdown';

export function settingHover(extension: vscode.Uri, log: Log): vscode.HoverProvider {
  let rows: Promise<ReadonlyMap<string, SettingRow>> | undefined;
  return {
    async provideHover(document, position) {
      const range = document.getWordRangeAtPosition(position, /[A-Z][A-Z0-9_]+/);
      if (range === undefined) return undefined;
      rows ??= textOf(vscode.Uri.joinPath(manualFolder(extension), 'settings.md')).then(settingRows);
      try {
        const name = document.getText(range);
        const row = (await rows).get(name);
        return row === undefined
          ? undefined
          : new vscode.Hover([textOfRow(name, row), manualLink(row.address)], range);
      } catch (error) {
        rows = undefined;
        log.debug(`Hover of a setting: ${String(error)}`);
        return undefined;
      }
    },
  };
}

function textOfRow(name: string, { meaning, fallback }: SettingRow): vscode.MarkdownString {
  const without = fallback === '' ? [] : [`${vscode.l10n.t('Default:')} ${fallback}`];
  return markdown([`**${markdownText(name)}**`, meaning, ...without].join('\n\n'));
}
