// What kind of value is a cell: the evidence for delimiters (cells that are values) and headers (cells that differ).
import { foldHeader, headerOf } from '../base';

export type CellKind = 'empty' | 'number' | 'time' | 'flag' | 'link' | 'word' | 'words' | 'prose' | 'odd';

const NUMBER =
  /^[+-]?[$€£]?\s?(\d{1,3}([., ']\d{3})+|\d+)([.,]\d+)?([eE][+-]?\d+)?\s?([%€$£]|K[čc]|kr|EUR|USD|CZK)?$|^[+-]?\.\d+$/;
const DATE =
  /^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{1,2}[- ][A-Za-z]{3}[- ]\d{2,4})([T ]\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?\s?([AaPp][Mm])?(Z|[+-]\d{2}:?\d{2})?)?$/;
const CLOCK = /^-?\d{1,3}:\d{2}(:\d{2}([.,]\d+)?)?(\s?[AaPp][Mm])?$/;
const LINK =
  /^([a-z][a-z+.-]*:\/\/\S+|[\w.+-]+@[\w-]+(\.[\w-]+)+|(\d{1,3}\.){3}\d{1,3}(:\d+)?|[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5})$/;
const WORD = /^[\w\x80-\xff][\w\x80-\xff./+#&@%*()[\]'=?-]*$/;
const WORDS = /^[\w\x80-\xff(.'+&@#*%$?-][\w\x80-\xff ./+#&@%$*()[\]'"!?:_=-]*$/;
/** Characters that separate fields more often than they stand in one. */
const SEPARATOR = /[;|\t^~\x01-\x08\x1c-\x1f]|,(?! )|\|\|/;

export function cellKind(cell: string): CellKind {
  if (cell === '') return 'empty';
  if (cell.length <= 40) {
    if (NUMBER.test(cell)) return 'number';
    if (DATE.test(cell) || CLOCK.test(cell)) return 'time';
    if (/^(true|false|yes|no|y|n|t|f|null|n\/a|na|nan|none|\\N|-)$/i.test(cell)) return 'flag';
  }
  if (cell.length <= 2000 && LINK.test(cell)) return 'link';
  if (cell.length <= 80 && WORD.test(cell)) return 'word';
  if (cell.length <= 120 && WORDS.test(cell)) return 'words';
  if (cell.startsWith(' ') || cell.endsWith(' ')) return 'odd';
  return SEPARATOR.test(cell.slice(0, 400)) ? 'odd' : 'prose';
}

/** How much a cell of a kind speaks for the reading that gave it, 0 to 1. */
export const WORTH: Readonly<Record<CellKind, number>> = {
  number: 1,
  time: 1,
  link: 1,
  flag: 1,
  word: 1,
  words: 0.95,
  prose: 0.85,
  empty: 0.5,
  odd: 0,
};

/** Kinds that a header name does not have. */
export function isValue(kind: CellKind): boolean {
  return kind === 'number' || kind === 'time' || kind === 'link' || kind === 'flag';
}

/** A cell's outline: digits 9, letters A or a, runs made one. "MG-8769" and "RI-3895" share "A-9". */
export function shape(cell: string): string {
  return cell
    .slice(0, 64)
    .replace(/[0-9]+/g, '9')
    .replace(/[A-Z]+/g, 'A')
    .replace(/[a-z\x80-\xff]+/g, 'a');
}

/** Knows the names of a table's columns. */
export interface KnownColumns {
  readonly size: number;
  /** How many distinct columns the names mean. */
  matches(names: readonly string[]): number;
  /** The column's own name, by position. */
  readonly names: readonly string[];
  means(name: string): boolean;
  /** Those of a file's columns that the table's columns are read from. */
  taken(columns: readonly string[]): ReadonlySet<string>;
  /** For each of a file's columns the other names of the table's column; undefined where there are none. */
  others(columns: readonly string[]): readonly (readonly string[])[] | undefined;
  /** All names, folded. */
  readonly folded: readonly string[];
}

export function knownNames(columns: readonly (readonly string[])[] | undefined): KnownColumns | undefined {
  if (columns === undefined || columns.length === 0) return undefined;
  const byName = new Map<string, number>();
  columns.forEach((names, i) => names.map(foldHeader).forEach((n) => byName.set(n, byName.get(n) ?? i)));
  return {
    size: columns.length,
    names: columns.map((names, i) => names[0] ?? `column${i + 1}`),
    matches: (names) =>
      new Set(names.map((n) => byName.get(foldHeader(n))).filter((i) => i !== undefined)).size,
    means: (name) => byName.has(foldHeader(name)),
    taken: (found) =>
      new Set(columns.map((names) => headerOf(names, found)).filter((header) => header !== undefined)),
    others: (found) => {
      const others = found.map((name) => {
        const place = byName.get(foldHeader(name));
        return place === undefined
          ? []
          : (columns[place]?.filter((other) => foldHeader(other) !== foldHeader(name)) ?? []);
      });
      return others.some((names) => names.length > 0) ? others : undefined;
    },
    folded: [...byName.keys()],
  };
}
