// Values as a debugger shows them: one line each, whole where they are opened or copied.
import type { Cell } from '../engine';

/** Characters of a value in a list. */
const SHORT = 200;

/** A value of a SQL type (empty: not known), whole: text in quotes, so that blanks at its ends are seen. */
export function whole(cell: Cell, type: string): string {
  if (cell === null) return 'NULL';
  // Elements as they are alone: JSON has wide integers as text.
  if (isList(cell) && type.endsWith('[]'))
    return `[${cell.map((one) => whole(one, type.slice(0, -2))).join(',')}]`;
  if (typeof cell === 'object') return JSON.stringify(cell);
  if (typeof cell === 'string' && ['VARCHAR', 'JSON', ''].includes(type)) return JSON.stringify(cell);
  return String(cell);
}

export const isList = (cell: Cell): cell is readonly Cell[] => Array.isArray(cell);

/** The same on one line of a list; `long` says that something was left out. */
export function brief(cell: Cell, type: string): { readonly text: string; readonly long: boolean } {
  const text = whole(cell, type);
  return text.length <= SHORT ? { text, long: false } : { text: short(text), long: true };
}

const short = (text: string): string =>
  text.length <= SHORT ? text : `${text.slice(0, SHORT - (isHigh(text, SHORT - 1) ? 1 : 0))}…`;

/** Is there the first half of a character at a place? Cut behind it, it would be another one. */
const isHigh = (text: string, at: number): boolean => (text.charCodeAt(at) & 0xfc00) === 0xd800;

/** A row on one line: what is wrong with it where that is known, else its first values by name. */
export function rowInWords(
  columns: readonly { readonly name: string; readonly type: string }[],
  row: readonly Cell[],
): string {
  const cell = (name: string): Cell => row[columns.findIndex((one) => one.name === name)] ?? null;
  const reason = cell('reason');
  // A reject: its place in the file, why, and the line.
  if (typeof reason === 'string' && columns.some((one) => one.name === 'record')) {
    const line = cell('line');
    const file = `${plain(cell('_source_file'))}${line === null ? '' : `:${plain(line)}`}`;
    return short([file, reason, plain(cell('record'))].filter((text) => text !== '').join('  '));
  }
  const text = columns.findIndex((one) => one.name === '_text');
  const wrong = text === -1 ? [] : [brief(row[text] ?? null, 'VARCHAR').text];
  const values = columns.flatMap(({ name, type }, i) =>
    name.startsWith('_') ? [] : [`${name}=${brief(row[i] ?? null, type).text}`],
  );
  return short([...wrong, values.join(', ')].join('  '));
}

const plain = (cell: Cell): string =>
  cell === null ? '' : typeof cell === 'object' ? JSON.stringify(cell) : String(cell);

/** The fields of a rejected row, which is kept as the text of a JSON object; undefined for anything else. */
export function recordOf(name: string, cell: Cell): Readonly<Record<string, Cell>> | undefined {
  if (name !== 'record' || typeof cell !== 'string' || !cell.startsWith('{')) return undefined;
  try {
    return JSON.parse(cell) as Readonly<Record<string, Cell>>;
  } catch {
    return undefined;
  }
}
