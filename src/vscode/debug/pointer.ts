// What is pointed at while a run is paused: a name in a config file, or rows among the variables.
import { member } from './debugRequest';

/** A string of JSON, as it stands in one line. */
const STRINGS = /"((?:[^"\\]|\\.)*)"/g;

/** The string around a place of a line, without its quotes; undefined where there is none, or an empty one. */
export function nameAt(
  text: string,
  character: number,
): { readonly name: string; readonly start: number; readonly end: number } | undefined {
  for (const match of text.matchAll(STRINGS)) {
    const [whole, inner = ''] = match;
    const end = match.index + whole.length;
    if (character < match.index || character > end || inner === '') continue;
    try {
      const name: unknown = JSON.parse(whole);
      return typeof name === 'string' ? { name, start: match.index + 1, end: end - 1 } : undefined;
    } catch {
      return undefined;
    }
  }
  return undefined;
}

/**
 * The reference of the rows that a variable is or belongs to. Rows are listed as "[0]", "[1]" below what holds them:
 * who points at one means them all.
 */
export function rowsIn(argument: unknown): number | undefined {
  const variable = member(argument, 'variable');
  const isRow = /^\[\d+\]$/.test(String(member(variable, 'name')));
  const reference = member(isRow ? member(argument, 'container') : variable, 'variablesReference');
  return typeof reference === 'number' && reference > 0 ? reference : undefined;
}
