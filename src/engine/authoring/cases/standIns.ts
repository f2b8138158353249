// Stand-ins for values of sensitive columns: of the same length and the same kinds of characters, and nothing else of them.
import { isUtf8 } from 'node:buffer';
import { foldHeader, typeFamily } from '../../base';
import { fromBytes, toBytes } from '../../csv';
import type { Column, Table } from '../../model';

import type { Line, LandingSource } from './caseLines';

/** How much of a value its stand-in keeps. */
export interface MaskLevel {
  /**
   * shape: the kind of every character; the century and decade of dates. size: the first digit of numbers and the
   * whole year of dates besides, for rules about how large or late a value is.
   */
  readonly keeps: 'shape' | 'size';
  /**
   * What stands for letters beyond ASCII: letters of the same script, or ASCII ones, where others would let the file
   * pass for one in another encoding.
   */
  readonly letters: 'alike' | 'ascii';
}

/** Tried in this order. */
export const MASK_LEVELS: readonly MaskLevel[] = [
  { keeps: 'shape', letters: 'alike' },
  { keeps: 'shape', letters: 'ascii' },
  { keeps: 'size', letters: 'alike' },
  { keeps: 'size', letters: 'ascii' },
];

export const MASK_WORDS =
  'letters and digits are replaced, case, length and all other characters kept; the same value gets the same replacement everywhere';

export interface Masked {
  readonly lines: readonly Line[];
  /** "Table.column" of which values were replaced. */
  readonly columns: readonly string[];
}

/**
 * Replaces the values of sensitive columns in lines of all files. Where the fields of a line cannot be told (it has
 * too many, or its quotes are broken), all its letters and digits are replaced. Stand-ins are dealt out in the order
 * in which values come, so that nothing of a value can be found out by trying.
 */
export function maskLines(
  lines: readonly Line[],
  sources: readonly LandingSource[],
  tables: readonly Table[],
  level: MaskLevel,
): Masked {
  const columns = new Set<string>();
  const random = generator();
  const standIns = dealer(level, valuesOf(lines, sources, tables), random);
  const masked = lines.map((line): Line => {
    const source = sources[line.source];
    const table = tables.find(({ name }) => name === source?.table);
    if (source === undefined || table === undefined || !table.columns.some((c) => c.sensitive)) return line;
    if (source.format === undefined) {
      const bytes = maskBytes(line.bytes, table, random);
      if (bytes !== line.bytes) columns.add(`${table.name} (lines of a file that is not a table)`);
      return { ...line, bytes };
    }
    const fields = line.fields.map((field, i) => {
      const column = line.row ? columnAt(source, table, i) : undefined;
      const value = fromBytes(field);
      if (line.row && column?.sensitive !== true) return value;
      if (value.trim() === '' || table.nullValues.includes(value)) return value;
      columns.add(line.row ? `${table.name}.${column?.name ?? ''}` : `${table.name} (broken lines)`);
      return standIns(value, kindOf(value, column));
    });
    const bytes = replaced(line, fields);
    return { ...line, bytes, fields: fields.map(toBytes) };
  });
  return { lines: masked, columns: [...columns].sort() };
}

/** Sensitive columns of the tables that files have. */
export function sensitiveColumns(tables: readonly Table[]): readonly string[] {
  return tables.flatMap((table) =>
    table.columns.filter((c) => c.sensitive).map((c) => `${table.name}.${c.name}`),
  );
}

/** Columns of a file that its table does not know: nobody has said whether their values are sensitive. */
export function unknownColumns(source: LandingSource, table: Table): readonly string[] {
  return (source.format?.columns ?? []).filter((_, i) => columnAt(source, table, i) === undefined);
}

/** Fewer letters and digits make a word that stands in many places by chance. */
const TELLING = 5;

/**
 * Which sensitive values of these lines a text names, as whole words: of a file's name, of what stands above its
 * header or below its lines, where no stand-in comes.
 */
export function namedIn(
  text: string,
  lines: readonly Line[],
  sources: readonly LandingSource[],
  tables: readonly Table[],
): boolean {
  const words = ` ${fold(text).replace(/[^\p{L}\p{N}]+/gu, ' ')} `;
  return [
    ...valuesOf(
      lines.filter(({ row }) => row),
      sources,
      tables,
    ),
  ].some((value) => {
    const plain = value.replace(/[^\p{L}\p{N}]+/gu, ' ').trim();
    return plain.length >= TELLING && words.includes(` ${plain} `);
  });
}

/** The column that the n-th field of a file is of, as header names match: its own name first, then `source`. */
function columnAt({ format }: LandingSource, table: Table, index: number): Column | undefined {
  const header = format?.columns[index];
  if (format === undefined || header === undefined) return undefined;
  const of = (name: string): Column | undefined => {
    const folded = foldHeader(name);
    return (
      table.columns.find((c) => foldHeader(c.name) === folded) ??
      table.columns.find((c) => c.source.some((other) => foldHeader(other) === folded))
    );
  };
  // A header that stands twice was renamed: "Email_2" holds more of what "Email" holds.
  const [, first = ''] = /^(.+)_\d+$/.exec(header) ?? [];
  return of(header) ?? (format.columns.slice(0, index).includes(first) ? of(first) : undefined);
}

const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;

/** The line with other letters and digits: those of its fields in their order, so that quotes stay where they are. */
function replaced(line: Line, fields: readonly string[]): string {
  const next = Array.from(fields.join('')).filter((c) => LETTER_OR_DIGIT.test(c));
  const text = Array.from(fromBytes(line.bytes));
  let at = 0;
  const made = text.map((c) => (LETTER_OR_DIGIT.test(c) ? (next[at++] ?? 'x') : c)).join('');
  return toBytes(made);
}

/** A line of a file whose fields are not known: words that name a column of the table stay, as in a header. */
function maskBytes(bytes: string, table: Table, random: Random): string {
  const names = new Set(table.columns.flatMap((c) => [c.name, ...c.source].map(foldHeader)));
  return bytes
    .split(/([,;|\t"'<>=\r\n]+)/)
    .map((word) => (names.has(foldHeader(textOf(word))) ? word : otherBytes(word, random)))
    .join('');
}

const isUtf8Text = (bytes: string): boolean => isUtf8(Buffer.from(bytes, 'latin1'));
const textOf = (bytes: string): string => (isUtf8Text(bytes) ? fromBytes(bytes) : bytes);

/** Other letters and digits of as many bytes each; of bytes that are no UTF-8, letters as code pages have them. */
function otherBytes(bytes: string, random: Random): string {
  if (!isUtf8Text(bytes))
    return Array.from(bytes, (byte) =>
      byte >= '\xc0' ? String.fromCharCode(0xc0 + random(0x40)) : otherCharacter(byte, random),
    ).join('');
  const text = fromBytes(bytes);
  return toBytes(Array.from(text, (one) => otherCharacter(one, random)).join(''));
}

/** A letter or digit of the same kind and number of bytes in UTF-8, any other character as it is. */
function otherCharacter(character: string, random: Random): string {
  if (!LETTER_OR_DIGIT.test(character)) return character;
  const small = lower(character);
  const size = Buffer.byteLength(character);
  const alphabet =
    ALPHABETS.find(([is, letters]) => is.test(small) && Buffer.byteLength(letters[0] ?? '') === size)?.[1] ??
    WIDE[size - 1];
  const other = pick(alphabet ?? 'x', random);
  return small === character ? other : other.toUpperCase();
}

/** Letters for scripts that have no alphabet here, by their bytes in UTF-8. */
const WIDE: readonly string[] = ['x', 'éóäöü', '一二三四五六七八九十', '𠀀'];

type Kind = 'text' | 'number' | 'date';

const NUMBER = /^[-+]?[\d.,\s]*\d$/;

/** What is a number in one table may be text in another that refers to it: the value decides. */
function kindOf(value: string, column: Column | undefined): Kind {
  const family = column === undefined ? 'text' : typeFamily(column.type);
  if (family === 'date' || family === 'time') return 'date';
  return NUMBER.test(value.trim()) ? 'number' : 'text';
}

function valuesOf(
  lines: readonly Line[],
  sources: readonly LandingSource[],
  tables: readonly Table[],
): ReadonlySet<string> {
  const values = new Set<string>();
  for (const line of lines) {
    const source = sources[line.source];
    const table = tables.find(({ name }) => name === source?.table);
    if (source === undefined || table === undefined) continue;
    line.fields.forEach((field, i) => {
      if (!line.row || columnAt(source, table, i)?.sensitive === true) values.add(fold(fromBytes(field)));
    });
  }
  return values;
}

// ---- dealing -------------------------------------------------------------------------------------

type StandIns = (value: string, kind: Kind) => string;

/** Values that differ in case only have stand-ins that differ in case only: rules and keys often fold it. */
const fold = (value: string): string => Array.from(value.trim(), lower).join('');
function lower(character: string): string {
  const small = character.toLowerCase();
  return Array.from(small).length === 1 ? small : character;
}

const TRIES = 200;

function dealer(level: MaskLevel, originals: ReadonlySet<string>, random: Random): StandIns {
  const dealt = new Map<string, readonly string[]>();
  const used = new Set<string>();
  const deal = (core: string, kind: Kind): readonly string[] => {
    let made: readonly string[] = [];
    for (let i = 0; i < TRIES; i++) {
      made = kind === 'date' ? otherDate(core, level, random) : otherText(core, kind, level, random);
      const text = made.join('');
      if (text !== core && !used.has(text) && !originals.has(text)) break;
    }
    used.add(made.join(''));
    return made;
  };
  return (value, kind) => {
    const core = fold(value);
    const key = `${kind} ${core}`;
    const characters = dealt.get(key) ?? deal(core, kind);
    dealt.set(key, characters);
    const start = Array.from(value).length - Array.from(value.trimStart()).length;
    return Array.from(value, (original, i) => {
      const stand = characters[i - start];
      if (stand === undefined || !LETTER_OR_DIGIT.test(original)) return original;
      const upper = original !== lower(original);
      return upper ? stand.toUpperCase() : stand;
    }).join('');
  };
}

type Random = (below: number) => number;

/** The same numbers each time (Marsaglia's xorshift of 32 bits): a case made again is the same. */
function generator(): Random {
  let state = 0x9e3779b9;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Letters that are in all code pages of their script, so that a file stays in its encoding. */
const ALPHABETS: readonly (readonly [RegExp, string])[] = [
  [/[a-z]/, 'abcdefghijklmnopqrstuvwxyz'],
  [/\p{Script=Latin}/u, 'éóäöü'],
  [/\p{Script=Cyrillic}/u, 'абвгдежзиклмнопрст'],
  [/\p{Script=Greek}/u, 'αβγδεζηθικλμνξοπρ'],
  [/\p{Script=Hebrew}/u, 'אבגדהוזחט'],
  [/\p{N}/u, '0123456789'],
];

const pick = (from: string, random: Random): string =>
  Array.from(from)[random(Array.from(from).length)] ?? 'x';

function otherText(core: string, kind: Kind, level: MaskLevel, random: Random): readonly string[] {
  let digits = 0;
  return Array.from(core, (character) => {
    if (!LETTER_OR_DIGIT.test(character)) return character;
    if (/\d/.test(character)) {
      digits += 1;
      if (digits === 1 && (character === '0' || (kind === 'number' && level.keeps === 'size')))
        return character;
      return digits === 1 ? pick('123456789', random) : pick('0123456789', random);
    }
    const alphabet = ALPHABETS.find(([is]) => level.letters === 'ascii' || is.test(character));
    return pick(alphabet?.[1] ?? 'x', random);
  });
}

/** Parts of a date as they may stand: a year of four digits, all else in pairs. */
const DATE_PARTS = /(?<!\d)(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2}))?(?!\d)|(\d+)/g;
/** Values of a pair that may be put for each other in any place of a date: months and hours, days, minutes. */
const PAIRS: readonly (readonly [from: number, to: number, others: readonly number[]])[] = [
  [1, 12, [1, 3, 5, 7, 8, 10, 12]],
  [13, 31, Array.from({ length: 16 }, (_, i) => 13 + i)],
  [32, 59, Array.from({ length: 28 }, (_, i) => 32 + i)],
];

/** Is this a day of the calendar, its month before or behind its day? A year of two digits is taken on trust. */
function isDay(core: string): boolean {
  const found = /(?<y>\d{4})\D?(?<a>\d\d)\D?(?<b>\d\d)|(?<c>\d\d)\D(?<d>\d\d)\D(?<z>\d{4})/.exec(
    core,
  )?.groups;
  if (found === undefined) return true;
  const [a, b] = [Number(found['a'] ?? found['c']), Number(found['b'] ?? found['d'])];
  const year = Number(found['y'] ?? found['z']);
  const real = (month: number, day: number): boolean =>
    month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
  return real(a, b) || real(b, a);
}

/** Another date written alike, valid where the value was, and never where it was not. */
function otherDate(core: string, level: MaskLevel, random: Random): readonly string[] {
  const day = isDay(core);
  const year = (text: string): string =>
    level.keeps === 'size' || text.startsWith('0')
      ? text
      : `${text.slice(0, 3)}${pick('0123456789', random)}`;
  const pair = (text: string): string => {
    const value = Number(text);
    // What is no day must not become one: only what stands in no date at all is put for its like.
    const range = PAIRS.find(([from, to]) => value >= from && value <= to);
    if (range === undefined || (!day && value <= 31)) return text;
    return String(range[2][random(range[2].length)]).padStart(2, '0');
  };
  const number = (text: string): string => {
    if (text.length === 4) return year(text);
    if (text.length === 2) return pair(text);
    // A day or month of one digit, or a fraction of a second.
    return text.length === 1 && text !== '0'
      ? pick('123456789', random)
      : Array.from(text, () => pick('0123456789', random)).join('');
  };
  if (!/\d/.test(core)) return otherText(core, 'text', level, random);
  const made = core.replace(DATE_PARTS, (all: string, ...groups: (string | undefined)[]) => {
    const [y, ...rest] = groups.slice(0, 6);
    if (y === undefined) return number(all);
    return year(y) + rest.map((part) => (part === undefined ? '' : pair(part))).join('');
  });
  return Array.from(made);
}
