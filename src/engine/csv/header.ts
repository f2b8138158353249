// Whether a line is the header of the rows below it, one of them, or neither: by the contrast of its cells to theirs.
import { cellKind, isValue, shape, type CellKind } from './cells';

export interface SampleColumn {
  readonly cells: readonly string[];
  readonly filled: readonly string[];
  /** The one kind of value that nearly all cells have. */
  readonly value: CellKind | undefined;
  /** The one outline that nearly all cells have. */
  readonly shape: string | undefined;
}

export function profileColumns(rows: readonly (readonly string[])[], width: number): readonly SampleColumn[] {
  const fit = rows.filter((r) => r.length === width);
  return Array.from({ length: width }, (_, c) => {
    const cells = fit.map((r) => r[c] ?? '');
    const filled = cells.filter((v) => v !== '');
    const kinds = new Map<CellKind, number>();
    const shapes = new Map<string, number>();
    for (const cell of filled) {
      const kind = cellKind(cell);
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      if (cell.length <= 40) shapes.set(shape(cell), (shapes.get(shape(cell)) ?? 0) + 1);
    }
    const enough = filled.length * 0.8;
    const value = [...kinds].find(([kind, n]) => isValue(kind) && n >= enough)?.[0];
    const common = filled.length >= 2 ? [...shapes].find(([, n]) => n >= enough)?.[0] : undefined;
    return { cells, filled, value: filled.length === 0 ? undefined : value, shape: common };
  });
}

/** A line that is no row and no header: a title, a comment, delimiters without values. */
export function isPreamble(cells: readonly string[], raw: string, width: number): boolean {
  const filled = cells.filter((c) => c.trim() !== '').length;
  if (filled === 0) return true;
  if (/^\s*(#|\/\/|--\s)/.test(raw) && cells.length !== width) return true;
  if (width === 1) return /^\s*#/.test(raw);
  if (width === 2) return cells.length === 1;
  return filled <= 1 || cells.length < width * 0.5;
}

/** Words that name columns in many files. */
export const NAMES =
  /^(.*[ _-])?(id|key|code|nr|no|number|name|title|date|time|timestamp|day|month|year|type|kind|status|state|description|comment|comments|note|notes|price|amount|qty|quantity|total|count|value|url|link|email|e-mail|phone|address|city|country|zip|region|user|username|customer|product|category|device|channel|brand|language|currency|gender|age|start|end|duration|version|model|serial|created|updated|first|last|latitude|longitude|lat|lon|colou?r|size|weight|n[áa]zev|jm[ée]no|datum|cena|m[ěe]sto|po[čc]et|naam|aantal|prijs)(_?at|s)?$/i;
export const splitCamel = (name: string): string => name.replace(/([a-z\d])([A-Z])/g, '$1_$2');

/** Above 0: the cells are names of the columns below them; below 0: a row like the others. */
export function rate(cells: readonly string[], body: readonly SampleColumn[]): number {
  let rating = 0;
  const rows = body[0]?.cells.length ?? 0;
  const filled = cells.filter((c) => c !== '');
  if (filled.length === 0) return -1;
  for (const [i, cell] of cells.entries()) {
    const kind = cellKind(cell);
    const column = body[i];
    if (cell !== '' && NAMES.test(splitCamel(cell.trim()))) rating += 0.6;
    if (column === undefined || rows === 0 || column.filled.length === 0) {
      rating += isValue(kind)
        ? -0.8
        : kind === 'word' && !/^\d/.test(cell)
          ? 0.2
          : kind === 'words'
            ? 0.1
            : kind === 'prose' || kind === 'odd'
              ? -0.2
              : 0;
      continue;
    }
    if (column.value !== undefined) {
      if (cell === '') continue;
      rating += kind === column.value ? -1 : isValue(kind) ? -0.3 : 1;
      continue;
    }
    if (column.shape !== undefined && cell !== '') {
      if (shape(cell) === column.shape) rating -= column.shape === 'a' ? 0.15 : 0.5;
      else rating += 0.4;
    }
    if (isValue(kind)) rating -= 0.5;
    else if (cell.length > 60) rating -= 0.5;
    else if (cell !== '') {
      const length = column.filled.reduce((n, v) => n + v.length, 0) / column.filled.length;
      if (length > 3 * cell.length) rating += 0.3;
      if (column.filled.includes(cell)) rating -= 0.5;
    }
  }
  if (new Set(filled.map((c) => c.toLowerCase())).size < filled.length) rating -= 0.3;
  return rating;
}

/** Is the row below a header row part of the header: the same names again, or words over columns of values? */
export function continuesHeader(
  header: readonly string[],
  next: readonly string[],
  body: readonly SampleColumn[],
): boolean {
  if (next.length !== header.length || next.every((c) => c === '')) return false;
  if (next.every((c, i) => c === header[i])) return true;
  const typed = body
    .map((column, i) => ({ column, cell: next[i] ?? '' }))
    .filter(({ column }) => column.value !== undefined);
  const against = typed.filter(({ cell }) => cell !== '' && !isValue(cellKind(cell))).length;
  return typed.length >= 2 && (body[0]?.cells.length ?? 0) >= 2 && against >= Math.max(2, typed.length * 0.8);
}

/** Does a line above the header have the values of the rows below it? */
export function looksLikeRow(
  cells: readonly string[],
  body: readonly SampleColumn[],
  width: number,
): boolean {
  if (cells.length !== width || width < 2) return false;
  const filled = cells.filter((c) => c !== '').length;
  if (filled < width * 0.6) return false;
  const typed = body
    .map((column, i) => ({ column, kind: cellKind(cells[i] ?? '') }))
    .filter(({ column }) => column.value !== undefined);
  // A table of texts alone has nothing that would tell a row from another line.
  return (
    typed.length === 0 ||
    typed.filter(({ column, kind }) => kind === column.value).length >= typed.length * 0.5
  );
}
