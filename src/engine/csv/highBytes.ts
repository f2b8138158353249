// What a text has beyond ASCII: the lines that are UTF-8 and those that are not, and the cells with such bytes.
import { isUtf8 } from 'node:buffer';

/** Cells kept for each byte value: more of the same tell nothing new. */
const CELLS_PER_BYTE = 64;
const LONGEST_CELL = 240;
/** A line longer than this is cut where it is: no text of ours has one. */
const LONGEST_LINE = 1 << 20;

/** Delimiters, line ends and double quotes: no word reaches over one. */
const BORDERS = new Uint8Array(256);
for (const byte of [0, 9, 10, 13, 34, 44, 59, 124, 31]) BORDERS[byte] = 1;

/** Collects from chunks in their order; memory stays bounded, whatever the size of the text. */
export class HighBytes {
  /** Lines with bytes beyond ASCII, by what they are. "odd": valid UTF-8 by chance, as no text has it. */
  readonly lines = { utf8: 0, odd: 0, other: 0 };
  /** Cells of lines that are not UTF-8, as byte strings, with how often each came. */
  readonly other = new Map<string, number>();
  /** The same of lines that are. */
  readonly utf8 = new Map<string, number>();
  readonly #kept = { other: new Uint32Array(256), utf8: new Uint32Array(256) };
  #rest: Buffer = Buffer.alloc(0);

  /** Of samples from several places of a text, none of which cuts a character. */
  static separate(samples: readonly Buffer[]): HighBytes {
    const found = new HighBytes();
    for (const sample of samples) {
      found.take(sample);
      found.end();
    }
    return found;
  }

  take(chunk: Buffer): void {
    const text = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const last = Math.max(text.lastIndexOf(10), text.lastIndexOf(13));
    const end = last === -1 ? (text.length > LONGEST_LINE ? text.length : 0) : last + 1;
    this.#lines(text.subarray(0, end));
    this.#rest = Buffer.from(text.subarray(end));
  }

  /** What follows is no part of the line before. */
  end(): void {
    this.#lines(this.#rest);
    this.#rest = Buffer.alloc(0);
  }

  #lines(text: Buffer): void {
    for (let at = nextHigh(text, 0); at !== -1;) {
      let from = at;
      while (from > 0 && text[from - 1] !== 10 && text[from - 1] !== 13) from--;
      let to = at;
      while (to < text.length && text[to] !== 10 && text[to] !== 13) to++;
      this.#line(text.subarray(from, to));
      at = nextHigh(text, to);
    }
  }

  #line(line: Buffer): void {
    const kind = !isUtf8(line) ? 'other' : isLikelyUtf8(line.toString('utf8')) ? 'utf8' : 'odd';
    this.lines[kind]++;
    const quota = kind === 'utf8' ? this.#kept.utf8 : this.#kept.other;
    const cells = kind === 'utf8' ? this.utf8 : this.other;
    for (let at = nextHigh(line, 0); at !== -1;) {
      let from = at;
      let to = at;
      while (from > 0 && at - from < LONGEST_CELL / 2 && BORDERS[line[from - 1] ?? 0] === 0) from--;
      let wanted = false;
      while (to < line.length && to - from < LONGEST_CELL && BORDERS[line[to] ?? 0] === 0) {
        const b = line[to] ?? 0;
        if (b >= 0x80 && (quota[b] ?? 0) < CELLS_PER_BYTE) wanted = true;
        to++;
      }
      to = Math.max(to, at + 1);
      const cell = wanted ? line.toString('latin1', from, to) : '';
      const known = cells.get(cell);
      if (known !== undefined) cells.set(cell, known + 1);
      else if (wanted) {
        cells.set(cell, 1);
        for (let i = from; i < to; i++) {
          const b = line[i] ?? 0;
          if (b >= 0x80) quota[b] = (quota[b] ?? 0) + 1;
        }
      }
      at = nextHigh(line, to);
    }
  }
}

/** The first byte beyond ASCII from a place on, or -1. */
function nextHigh(bytes: Buffer, from: number): number {
  let i = from;
  // Words of four bytes lie at multiples of four; most of a text is ASCII.
  const lead = Math.min(bytes.length, i + ((4 - ((bytes.byteOffset + i) & 3)) & 3));
  for (; i < lead; i++) if ((bytes[i] ?? 0) >= 0x80) return i;
  const count = (bytes.length - i) >> 2;
  if (count > 16) {
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + i, count);
    let word = 0;
    while (word < count && ((words[word] ?? 0) & 0x80808080) === 0) word++;
    i += word * 4;
  }
  for (; i < bytes.length; i++) if ((bytes[i] ?? 0) >= 0x80) return i;
  return -1;
}

const BEYOND = /[^\x00-\x7f]+/gu;
/** Letters of Latin script and signs; without phonetic ones and controls. */
const LATIN =
  /^[\u00a0-\u024f\u1e00-\u1eff\u2000-\u2bff\ufe00-\ufe0f\ufeff\ufffd\p{So}\p{Sc}\p{Extended_Pictographic}]$/u;
const ASCII_LETTER = /[A-Za-z]/;

/**
 * Has the text a run beyond ASCII that stands in UTF-8 texts? Letters of other alphabets amid Latin ones do not:
 * "SPÓŁKA" in windows-1250 is valid UTF-8, but no word.
 */
export function isLikelyUtf8(text: string): boolean {
  for (const match of text.matchAll(BEYOND)) {
    const before = text.charAt(match.index - 1);
    const after = text.charAt(match.index + match[0].length);
    if (isLikelyRun(match[0], before, after)) return true;
  }
  return false;
}

function isLikelyRun(run: string, before: string, after: string): boolean {
  const amidLatin = ASCII_LETTER.test(before) || ASCII_LETTER.test(after);
  let last = before;
  for (const c of run) {
    const marked = /\p{M}/u.test(c);
    const likely = LATIN.test(c)
      ? true
      : marked
        ? last !== '' && (!/\p{Script=Latin}/u.test(last) || `${last}${c}`.normalize('NFC').length === 1)
        : /[\u0080-\u009f]/.test(c)
          ? false
          : !amidLatin;
    if (!likely) return false;
    if (!marked) last = c;
  }
  return true;
}
