// Where the header of a table begins and ends, below titles and above its rows, where no name is known: by the kinds
// of values that the rows far below have.
import { cellKind } from './cells';
import { profileColumns, type SampleColumn } from './header';

/** A line of a sample that is not blank. */
export interface TopLine {
  readonly cells: readonly string[];
  readonly raw: string;
  /** Does a blank line stand before it? */
  readonly apart: boolean;
}

export interface HeaderLines {
  /** Place of the first line of the header, and how many there are. */
  readonly at: number;
  readonly lines: number;
}

/** Lines in which the header ends, or it is not to be found. */
const TOP = 25;
const LONGEST_HEADER = 6;

/** The header of a table with typed columns; undefined where no line differs from the rows as a header does. */
export function headerLines(lines: readonly TopLine[], width: number): HeaderLines | undefined {
  const deep = Math.min(10, Math.floor(lines.length / 2));
  const body = profileColumns(
    lines.slice(deep, deep + 200).map((l) => l.cells),
    width,
  );
  if (width < 2 || body.every((column) => column.value === undefined)) return undefined;
  let end: number | undefined;
  let rows = 0;
  for (const [i, line] of lines.slice(0, TOP).entries()) {
    const like = likeness(line.cells, body, width);
    if (like === 'row') rows++;
    // Behind rows a header is only found below a blank line, and where it has most rows.
    else if (like === 'header' && (rows === 0 || (line.apart && lines.length - i > 2 * i))) {
      end = i;
      rows = 0;
    }
  }
  if (end === undefined) return undefined;
  let at = end;
  while (at > 0 && end - at < LONGEST_HEADER - 1 && joins(lines[at - 1], lines[at], width)) at--;
  return { at, lines: end - at + 1 };
}

/** Is a line like the rows, or like names above them? */
function likeness(
  cells: readonly string[],
  body: readonly SampleColumn[],
  width: number,
): 'row' | 'header' | undefined {
  if (cells.length !== width) return undefined;
  let filled = 0;
  let against = 0;
  for (const [i, column] of body.entries()) {
    const cell = (cells[i] ?? '').trim();
    if (column.value === undefined || cell === '') continue;
    const kind = cellKind(cell);
    if (kind === 'flag' && column.value !== 'flag' && column.filled.some((v) => cellKind(v) === 'flag'))
      continue;
    filled++;
    const year = /^(?:19|20)\d\d$/.test(cell);
    if (year && column.filled.filter((v) => /^(?:19|20)\d\d$/.test(v)).length < column.filled.length * 0.2)
      against++;
    else if (
      kind !== column.value &&
      kind !== 'odd' &&
      kind !== 'prose' &&
      !column.filled.slice(1).includes(cell)
    )
      against++;
  }
  if (filled === 0) return undefined;
  return against >= filled * 0.6 ? 'header' : 'row';
}

/** Is a line above the header's a part of it, and not a title? */
function joins(upper: TopLine | undefined, lower: TopLine | undefined, width: number): boolean {
  if (upper === undefined || lower === undefined || lower.apart || upper.cells.length !== width) return false;
  if (/^\s*(#|\/\/)/.test(upper.raw)) return false;
  const filled = upper.cells.filter((c) => c.trim() !== '').length;
  if (filled === 0) return false;
  if (upper.cells.every((c, i) => c === lower.cells[i])) return true;
  // A name above an empty cell belongs to the column, the first column's name too.
  const above = upper.cells.some((c, i) => c.trim() !== '' && (lower.cells[i] ?? '').trim() === '');
  if (width === 2) return above && filled === 2;
  if (above) return true;
  if (upper.cells[0]?.trim() === '') return true;
  return filled > width / 2 && upper.cells.every((c) => !['time', 'link'].includes(cellKind(c.trim())));
}

/** Titles of a table of texts: the few lines above its only blank line. */
export function titleLines(lines: readonly TopLine[]): number {
  const gaps = lines.slice(0, 60).flatMap((l, i) => (l.apart && i > 0 ? [i] : []));
  const [first] = gaps;
  return gaps.length === 1 && first !== undefined && first <= 4 && lines.length - first >= 3 ? first : 0;
}
