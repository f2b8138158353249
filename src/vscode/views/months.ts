// Years of dates in a tree: grouped by month where they are many, so that no list grows beyond sight.
import * as vscode from 'vscode';
import type { DateKey } from '../../engine';
import { dates as datesText } from '../words';
import type { Node } from './tree';

/** More dates than this are grouped. */
const FLAT = 60;

/**
 * Nodes of dates, newest first. `read` makes the nodes of some dates at once, when they are to be seen.
 * @param id of the parent: months of two parents are not the same.
 */
export async function datesByMonth(
  id: string,
  dates: readonly DateKey[],
  read: (dates: readonly DateKey[]) => Promise<readonly Node[]>,
): Promise<readonly Node[]> {
  if (dates.length <= FLAT) return read(dates);
  const months = new Map<string, DateKey[]>();
  for (const date of dates) {
    const month = date.slice(0, 6);
    months.set(month, [...(months.get(month) ?? []), date]);
  }
  return [...months].map(([month, own]) => ({
    id: `${id}/${month === '' ? 'none' : month}`,
    label: monthName(month),
    description: datesText(own.length),
    icon: new vscode.ThemeIcon('calendar'),
    children: () => read(own),
  }));
}

/** "November 2024" in the editor's language. */
function monthName(month: string): string {
  if (month === '') return vscode.l10n.t('Without a date');
  const first = new Date(`${month.slice(0, 4)}-${month.slice(4)}-01T00:00:00Z`);
  return first.toLocaleDateString(vscode.env.language, { year: 'numeric', month: 'long', timeZone: 'UTC' });
}
