// Which choices of a format the config states, and where it does.
import { basename } from 'node:path';
import type { FormatHint, FormatKey } from '../model';

/** The keys that decide how the records of a file are read. */
export function statedKeys(hint: FormatHint | undefined): readonly FormatKey[] {
  const keys = ['encoding', 'delimiter', 'quote', 'escape', 'header', 'preamble', 'footer'] as const;
  return keys.filter((key) => hint?.[key] !== undefined);
}

/** `brand_configs.json line 12 says delimiter ";"`: where a key is stated, and as what. */
export function statement(hint: FormatHint, key: FormatKey): string {
  const where = hint.places?.[key];
  const place =
    where === undefined
      ? 'The config'
      : `${basename(where.file)}${where.line === undefined ? '' : ` line ${where.line}`}`;
  return `${place} says ${key} ${JSON.stringify(hint[key])}`;
}
