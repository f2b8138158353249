// The manual's tables of settings, read again: the editor loads no engine, and the page is always there.
import type { ManualAddress } from '../../shared/manual';
import { anchorOf } from './headings';

/** A setting as settings.md has it; both texts are Markdown. */
export interface SettingRow {
  readonly meaning: string;
  /** Empty where there is no default. */
  readonly fallback: string;
  readonly address: ManualAddress;
}

/** Rows of the tables of settings.md by the setting's name. */
export function settingRows(page: string): ReadonlyMap<string, SettingRow> {
  const rows = new Map<string, SettingRow>();
  let address: ManualAddress = 'settings.md';
  for (const line of page.split('\n')) {
    if (/^## /.test(line)) address = `settings.md#${anchorOf(line.slice(3))}`;
    const [, name, fallback = '', meaning = ''] = /^\| `([A-Z_]+)` *\| (.*?)\| (.*)\|$/.exec(line) ?? [];
    if (name !== undefined)
      rows.set(name, { meaning: meaning.trimEnd(), fallback: fallback.trimEnd(), address });
  }
  return rows;
}
