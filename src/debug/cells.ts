// Values as a debugger shows them: one line each, whole where they are opened or copied.
import type { Cell } from '../engine';

/** Characters of a value in a list. */
const SHORT = 200;

/** A value of a SQL type (empty: not known), whole: text in quotes, so that blanks at its ends are seen. */
export function whole(cell: Cell, type: string): string {
  if (cell === null) return 'NULL';
  if (typeof cell === 'object') return JSON.stringify(cell);
  if (typeof cell === 'string' && ['VARCHAR', 'JSON', ''].includes(type)) return JSON.stringify(cell);
  return String(cell);
}

/** The same on one line of a list; `long` says that something was left out. */
export function brief(cell: Cell, type: string): { readonly text: string; readonly long: boolean } {
  const text = whole(cell, type);
  return text.length <= SHORT ? { text, long: false } : { text: `${text.slice(0, SHORT)}…`, long: true };
}

/** A row on one line: its first values by name. */
export function rowInWords(
  columns: readonly { readonly name: string; readonly type: string }[],
  row: readonly Cell[],
): string {
  const told = columns.flatMap(({ name, type }, i) =>
    name.startsWith('_') ? [] : [`${name}=${brief(row[i] ?? null, type).text}`],
  );
  const text = told.join(', ');
  return text.length <= SHORT ? text : `${text.slice(0, SHORT)}…`;
}
