// Signs that a first row is a header although its cells look like values: years, months, numbers in order, odd kinds.
import { foldHeader } from '../base';
import { cellKind, isValue, type KnownColumns } from './cells';
import { NAMES, splitCamel, type SampleColumn } from './header';

/** Why the first row of a table without known names could still be its header; undefined where nothing says so. */
export function headerSign(
  cells: readonly string[],
  body: readonly SampleColumn[],
  known: KnownColumns,
): string | undefined {
  const quoted = (cell: string): string => JSON.stringify(cell.slice(0, 40));
  const name = cells.find((cell) => cell !== '' && known.means(cell));
  if (name !== undefined) return `${quoted(name)} is the name of a column`;
  const part = cells.find((cell, i) => {
    const folded = foldHeader(cell);
    if (/^\d{4,}$/.test(folded)) return known.folded.some((n) => n !== folded && n.includes(folded));
    const own = foldHeader(known.names[i] ?? '');
    return folded.length >= 3 && own.length >= 3 && (own.includes(folded) || folded.includes(own));
  });
  if (part !== undefined) return `${quoted(part)} is part of the name of a column, or has one in it`;
  const series = seriesOf(cells, body);
  if (series !== undefined)
    return `${series.map(quoted).join(', ')} follow one another as no other row has it`;
  const word = cells.find((cell, i) => {
    const kind = cellKind(cell);
    const column = body[i];
    return (
      column?.value !== undefined &&
      cell !== '' &&
      kind !== 'flag' &&
      column.value !== 'flag' &&
      kind !== column.value
    );
  });
  if (word !== undefined) return `${quoted(word)} is not like the values below it`;
  const usual = cells.find(
    (cell, i) =>
      cell !== '' &&
      !isValue(cellKind(cell)) &&
      NAMES.test(splitCamel(cell.trim())) &&
      body[i]?.filled.includes(cell) === false,
  );
  return usual === undefined ? undefined : `${quoted(usual)} is a usual name for a column`;
}

/** A number that counts on: 2022, 2023; 1, 2, 3; Q1, Q2; 2024-01, 2024-02. */
function ordinalOf(cell: string): number | undefined {
  const trimmed = cell.trim();
  if (/^\d{1,6}$/.test(trimmed)) return Number(trimmed);
  const quarter = /^(?:(\d{4})[ -]?)?[QqTt]([1-4])$/.exec(trimmed);
  if (quarter !== null) return Number(quarter[1] ?? 0) * 4 + Number(quarter[2]);
  const month = /^(\d{4})[-/.](\d{1,2})$/.exec(trimmed) ?? undefined;
  if (month !== undefined) return Number(month[1]) * 12 + Number(month[2]);
  const year = /^(\d{1,2})[-/.](\d{4})$/.exec(trimmed);
  if (year !== null) return Number(year[2]) * 12 + Number(year[1]);
  const date = /^\d{4}-\d{2}-\d{2}$/.test(trimmed) ? Date.parse(trimmed) : NaN;
  return Number.isNaN(date) ? undefined : date / 86_400_000;
}

const isYear = (n: number): boolean => n >= 1900 && n <= 2100;

/** Neighbours that count up or down by one, as the rows below do not: three, or two years. */
function seriesOf(cells: readonly string[], body: readonly SampleColumn[]): readonly string[] | undefined {
  const ordinals = cells.map(ordinalOf);
  for (let from = 0; from < cells.length; from++) {
    for (const step of [1, -1]) {
      let to = from;
      while (follows(ordinals[to], ordinals[to + 1], step)) to++;
      const length = to - from + 1;
      const years = isYear(ordinals[from] ?? 0) && /^\d{4}$/.test((cells[from] ?? '').trim());
      const dates = /\D/.test((cells[from] ?? '').trim());
      if (length < 2 || (length < 3 && !years && !dates)) continue;
      if (!belowToo(body.slice(from, to + 1), step)) return cells.slice(from, to + 1);
    }
  }
  return undefined;
}

const follows = (a: number | undefined, b: number | undefined, step: number): boolean =>
  a !== undefined && b === a + step;

/** Do most rows below count on in the same way? */
function belowToo(columns: readonly SampleColumn[], step: number): boolean {
  const rows = columns[0]?.cells.length ?? 0;
  let same = 0;
  for (let r = 0; r < rows; r++) {
    const ordinals = columns.map((column) => ordinalOf(column.cells[r] ?? ''));
    if (ordinals.every((n, i) => i === 0 || follows(ordinals[i - 1], n, step))) same++;
  }
  return rows > 0 && same >= rows * 0.3;
}
