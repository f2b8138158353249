// Words for figures, as every view, picker and message shows them.
import * as vscode from 'vscode';
import { formatBytes } from '../shared/words';
import type { DateKey, Stage } from '../engine';

/** "1,234" in the editor's language. */
export function count(n: number): string {
  return n.toLocaleString(vscode.env.language);
}

/** "1 row", "1,234 rows". */
export function rows(n: number): string {
  return n === 1 ? vscode.l10n.t('1 row') : vscode.l10n.t('{0} rows', count(n));
}

/** "1 file", "3 files". */
export function files(n: number): string {
  return n === 1 ? vscode.l10n.t('1 file') : vscode.l10n.t('{0} files', count(n));
}

/** "1 table", "3 tables". */
export function tables(n: number): string {
  return n === 1 ? vscode.l10n.t('1 table') : vscode.l10n.t('{0} tables', count(n));
}

/** "1 date", "3 dates". */
export function dates(n: number): string {
  return n === 1 ? vscode.l10n.t('1 date') : vscode.l10n.t('{0} dates', count(n));
}

/** A stage as people call it: the last one loads into whichever warehouse is chosen. */
export function stageName(stage: Stage): string {
  switch (stage) {
    case 'landing-to-raw':
      return vscode.l10n.t('Landing to Raw');
    case 'raw-to-silver':
      return vscode.l10n.t('Raw to Silver');
    case 'silver-to-gold':
      return vscode.l10n.t('Silver to Gold');
    case 'gold-to-snowflake':
      return vscode.l10n.t('Load');
    default:
      return stage satisfies never;
  }
}

/** "950 B", "1.2 MB", as reports and the command line have it. */
export const bytes = formatBytes;

/** "2024-11-15" for 20241115. */
export function day(date: DateKey): string {
  return date.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3');
}

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** "2 hours ago" for a time in ISO 8601. */
export function ago(time: string, now = Date.now()): string {
  const seconds = (new Date(time).getTime() - now) / 1000;
  const relative = new Intl.RelativeTimeFormat(vscode.env.language, { numeric: 'auto' });
  for (const [unit, length] of UNITS)
    if (Math.abs(seconds) >= length) return relative.format(Math.trunc(seconds / length), unit);
  return vscode.l10n.t('just now');
}

/** "12.3 s", "4 min 5 s". */
export function duration(seconds: number): string {
  if (seconds < 60) return `${seconds.toLocaleString(vscode.env.language, { maximumFractionDigits: 1 })} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** A local clock time with its day: "15/11/2024, 06:30:00" in the editor's language. */
export function clock(time: string): string {
  return new Date(time).toLocaleString(vscode.env.language);
}
