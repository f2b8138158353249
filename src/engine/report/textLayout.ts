// Text for a terminal: widths as a terminal counts them, tables that fit.
import { printable } from './words';

export * from './words';

/** Functions that colour a piece of text, or leave it as it is. */
export interface Colours {
  readonly good: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
}

const same = (text: string): string => text;
export const NO_COLOURS: Colours = { good: same, warn: same, bad: same, dim: same, bold: same };

/** What a rendering for a terminal is fitted to; `width` in columns. */
export interface TextStyle {
  readonly width: number;
  readonly colours: Colours;
}

const ASCII = /^[\u0020-\u007e]*$/;
const EMOJI = /\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f|\p{Regional_Indicator}|[0-9#*]\ufe0f/u;
// East Asian wide and fullwidth blocks (Unicode TR11), coarse: what a terminal gives two columns.
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;
const ZERO = /^[\p{Mark}\u200b-\u200d\u2060]+$/u;
// Code units of the longest character worth reckoning with: families of emoji, letters with many marks.
const MOST_UNITS = 32;
let segmenter: Intl.Segmenter | undefined;
// Made on first use: making it takes longer than most commands.
const graphemes = (): Intl.Segmenter => (segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' }));

function graphemeWidth(grapheme: string): number {
  if (ASCII.test(grapheme)) return grapheme.length;
  if (ZERO.test(grapheme)) return 0;
  return EMOJI.test(grapheme) || WIDE.test(grapheme) ? 2 : 1;
}

/** Columns a terminal needs for printable text without colours. */
export function displayWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes().segment(text)) width += graphemeWidth(segment);
  return width;
}

/** The longest beginning of the text that needs at most `width` columns. */
function beginning(text: string, width: number): string {
  const rough = text.slice(0, width * MOST_UNITS + MOST_UNITS);
  if (ASCII.test(rough)) return rough.slice(0, Math.max(0, width));
  let end = 0;
  let used = 0;
  for (const { segment } of graphemes().segment(rough)) {
    used += graphemeWidth(segment);
    if (used > width) break;
    end += segment.length;
  }
  return text.slice(0, end);
}

/** The text cut to `width` columns, with an ellipsis in place of what is left out. */
export function fit(text: string, width: number): string {
  if (beginning(text, width).length === text.length) return text;
  return width <= 0 ? '' : `${beginning(text, width - 1)}…`;
}

/** Words put into lines of at most `width` columns; a longer word goes on in the next line. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (displayWidth(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (displayWidth(line) > width) {
      const part = beginning(line, width);
      // A character wider than the line would never get out of here.
      if (part === '') return [...lines, fit(line, width)];
      lines.push(part);
      line = line.slice(part.length);
    }
  }
  if (line !== '') lines.push(line);
  return lines;
}

/** A cell: its text, and how it is coloured once it is padded. */
export type TextCell = string | { readonly text: string; readonly colour: (text: string) => string };

interface TextColumn {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Columns that give way to those that do not (numbers, states): their cells are cut, or go on in further lines. */
  readonly shrinks?: 'cut' | 'wrap';
}

export interface TextTable {
  readonly columns: readonly TextColumn[];
  readonly rows: readonly (readonly TextCell[])[];
  /** Spaces before each line. */
  readonly indent?: number;
}

const GAP = 2;
const LEAST = 6;
/** A wrapped cell has at most about so many lines. */
const MOST_LINES = 6;

/** A cell's text, never wider than the terminal: a value of megabytes must not be measured to its end. */
function cellText(cell: TextCell | undefined, width: number): string {
  if (cell === undefined) return '';
  const text = typeof cell === 'string' ? cell : cell.text;
  return fit(printable(text.slice(0, width * MOST_UNITS + MOST_UNITS)), width);
}

/** The lines of a table within the style's width: titles, then rows; the widest shrinking columns are cut first. */
export function tableLines(table: TextTable, style: TextStyle): string[] {
  const { columns, rows } = table;
  const indent = ' '.repeat(table.indent ?? 0);
  const room = style.width - indent.length - GAP * (columns.length - 1);
  const texts = rows.map((row) =>
    columns.map((column, i) => cellText(row[i], column.shrinks === 'wrap' ? room * MOST_LINES : room)),
  );
  const natural = columns.map((column, i) =>
    texts.reduce((most, row) => Math.max(most, displayWidth(row[i] ?? '')), displayWidth(column.title)),
  );
  const widths = shrink(columns, natural, room);
  const line = (cells: readonly string[], colour: (i: number) => (text: string) => string): string =>
    (
      indent +
      cells
        .map((cell, i) => {
          const width = widths[i] ?? 0;
          const cut = fit(cell, width);
          const pad = ' '.repeat(Math.max(0, width - displayWidth(cut)));
          if (columns[i]?.align === 'right') return pad + colour(i)(cut);
          return colour(i)(cut) + (i === cells.length - 1 ? '' : pad);
        })
        .join(' '.repeat(GAP))
    ).trimEnd();
  const body = rows.flatMap((row, r) => {
    const cells = columns.map((column, i) => {
      const text = texts[r]?.[i] ?? '';
      return column.shrinks === 'wrap' ? wrap(text, widths[i] ?? 0) : [text];
    });
    const height = Math.max(1, ...cells.map((lines) => lines.length));
    return Array.from({ length: height }, (_, h) =>
      line(
        cells.map((lines) => lines[h] ?? ''),
        (i) => {
          const cell = row[i];
          return cell === undefined || typeof cell === 'string' ? same : cell.colour;
        },
      ),
    );
  });
  const titles = columns.map((column) => column.title);
  return [line(titles, () => style.colours.dim), ...body];
}

function shrink(columns: readonly TextColumn[], natural: readonly number[], room: number): number[] {
  const widths = [...natural];
  for (let over = widths.reduce((a, b) => a + b, 0) - room; over > 0; over -= 1) {
    let widest = -1;
    for (const [i, column] of columns.entries())
      if (
        column.shrinks !== undefined &&
        (widths[i] ?? 0) > LEAST &&
        (widths[i] ?? 0) > (widths[widest] ?? 0)
      )
        widest = i;
    if (widest < 0) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}
