// Counts records in one cheap pass over the bytes, apart from DuckDB, and says whether DuckDB may be trusted with them.
import { isUtf8 } from 'node:buffer';
import { LONGEST_RECORD, type RecordSyntax } from './records';

export interface ScanResult {
  /** Records, blank lines included. */
  readonly records: number;
  readonly blank: number;
  /** Line ends inside quotes: record numbers are not line numbers then. */
  readonly quotedNewlines: number;
}

/** What makes DuckDB's reading unsure; such files are cut by our own reader. */
export type Irregular =
  | 'quotes' // a quote that opens, closes or stands where RFC 4180 has none
  | 'newlines' // a line end of another kind outside quotes
  | 'nul'
  | 'mark' // a byte order mark amid the text: files put one behind the other
  | 'encoding'
  | 'length'
  | 'fields'; // one empty field too many: DuckDB drops it in silence, and with it a value that was shifted; or very many

/** DuckDB keeps a line once for each field too many: a longer line with more of them costs it gigabytes. */
const WIDE_LINE = 4096;
const SURPLUS = 8;

const MARK = Buffer.from([0xef, 0xbb, 0xbf]);

const LF = 10;
const CR = 13;
const SPACE = 32;

const START = 0; // of a record
const FIELD = 1; // start of a field
const PLAIN = 2; // in an unquoted field
const QUOTED = 3;
const CLOSED = 4; // behind a quote in a quoted field: its end, or the first of two
const AFTER_CR = 5; // behind a \r that must be followed by \n

/**
 * One pass over the chunks of a file (UTF-8, without BOM). `write` and `end` return the first irregularity; nothing is
 * counted behind it.
 */
export class RecordScanner {
  readonly #quote: number;
  readonly #delimiter: number;
  /** The byte a line end starts with; with `#crlf` a \n follows. */
  readonly #lineEnd: number;
  readonly #crlf: boolean;
  readonly #width: number;
  #state = START;
  #records = 0;
  #blank = 0;
  #quotedNewlines = 0;
  /** Bytes before the chunk, and before the current record. */
  #position = 0;
  #recordStart = 0;
  /** The start of a UTF-8 sequence that the next chunk completes. */
  #partial: Buffer = Buffer.alloc(0);
  /** Was there a quote amid an unquoted field of the current record? */
  #amid = false;
  /** Delimiters seen in the current record. */
  #delimiters = 0;

  /** `width`: fields a record should have. */
  constructor(syntax: RecordSyntax, width: number) {
    this.#quote = syntax.quote === '' ? -1 : syntax.quote.charCodeAt(0);
    this.#delimiter = syntax.delimiter.charCodeAt(0);
    this.#crlf = syntax.newline === '\r\n';
    this.#lineEnd = this.#crlf || syntax.newline === '\r' ? CR : LF;
    this.#width = width;
  }

  write(chunk: Buffer): Irregular | undefined {
    if (chunk.length === 0) return undefined;
    if (chunk.includes(0)) return 'nul';
    if (chunk.includes(MARK)) return 'mark';
    if (this.#partial.length > 0 && Buffer.concat([this.#partial, chunk.subarray(0, 2)]).includes(MARK))
      return 'mark';
    const partial = validUtf8(this.#partial, chunk);
    if (partial === undefined) return 'encoding';
    this.#partial = partial;
    let from = 0;
    if (this.#state === AFTER_CR) {
      if (chunk[0] !== LF) return 'newlines';
      from = 1;
      this.#records++;
      this.#recordStart = this.#position + from;
      this.#state = START;
    }
    const irregular =
      this.#state !== QUOTED && this.#state !== CLOSED && (this.#quote === -1 || !chunk.includes(this.#quote))
        ? this.#withoutQuotes(chunk, from)
        : this.#withQuotes(chunk, from);
    this.#position += chunk.length;
    if (this.#position - this.#recordStart > LONGEST_RECORD + chunk.length) return 'length';
    return irregular;
  }

  end(): Irregular | undefined {
    if (this.#partial.length > 0) return 'encoding';
    if (this.#state === QUOTED) return 'quotes';
    if (this.#state === AFTER_CR) return 'newlines';
    if (this.#position - this.#recordStart > LONGEST_RECORD) return 'length';
    if (this.#state !== START) this.#records++;
    if (this.#delimiters === this.#width && this.#state !== PLAIN) return 'fields';
    if (this.#delimiters > this.#width + SURPLUS) return 'fields';
    return undefined;
  }

  result(): ScanResult {
    return { records: this.#records, blank: this.#blank, quotedNewlines: this.#quotedNewlines };
  }

  /** Outside quotes only line ends matter: indexOf finds them at memory speed. */
  #withoutQuotes(chunk: Buffer, start: number): Irregular | undefined {
    const length = chunk.length;
    const crlf = this.#crlf;
    // With \r\n the \n is sought: a \r alone is found by their number.
    const sought = crlf ? LF : this.#lineEnd;
    let from = start;
    let returns = 0;
    for (let k = chunk.indexOf(sought, from); k !== -1; k = chunk.indexOf(sought, from)) {
      if (crlf) {
        if (k === 0 || chunk[k - 1] !== CR) return 'newlines';
        returns++;
      }
      if (!this.#endLine(chunk, from, crlf ? k - 1 : k)) return 'fields';
      from = k + 1;
      if (!this.#endRecord(this.#position + from)) return 'length';
    }
    if (crlf) {
      const trailing = chunk[length - 1] === CR;
      if (unpaired(chunk, returns) !== (trailing ? 1 : 0)) return 'newlines';
      if (trailing) {
        if (!this.#endLine(chunk, from, length - 1)) return 'fields';
        this.#state = AFTER_CR;
        return undefined;
      }
    } else if (chunk.includes(sought === CR ? LF : CR)) return 'newlines';
    if (from !== length) this.#state = chunk[length - 1] === this.#delimiter ? FIELD : PLAIN;
    this.#delimiters += countOf(chunk, this.#delimiter, from, length);
    return undefined;
  }

  /** Ends a line without quotes, of which the chunk has `from` to `to`; false where it has one field too many. */
  #endLine(chunk: Buffer, from: number, to: number): boolean {
    const delimiter = this.#delimiter;
    const closed = to === from ? this.#state === FIELD : chunk[to - 1] === delimiter;
    if (closed || this.#position + to - this.#recordStart > WIDE_LINE) {
      const delimiters = this.#delimiters + countOf(chunk, delimiter, from, to);
      if (closed ? delimiters === this.#width : delimiters > this.#width + SURPLUS) return false;
    } else if (to === from && this.#state === START) this.#blank++;
    this.#delimiters = 0;
    this.#amid = false;
    return true;
  }

  /** `next`: where the record behind it starts; false where this one is too long. */
  #endRecord(next: number): boolean {
    if (next - 1 - this.#recordStart > LONGEST_RECORD) return false;
    this.#records++;
    this.#recordStart = next;
    this.#state = START;
    return true;
  }

  /** Bytes with quotes: each is looked at. */
  #withQuotes(chunk: Buffer, start: number): Irregular | undefined {
    const length = chunk.length;
    const quote = this.#quote;
    const delimiter = this.#delimiter;
    let state = this.#state;
    let delimiters = this.#delimiters;
    for (let k = start; k < length; k++) {
      const b = chunk[k];
      if (state === QUOTED) {
        if (b === quote) state = CLOSED;
        else if (b === LF || b === CR) this.#quotedNewlines++;
      } else if (b === delimiter) {
        state = FIELD;
        delimiters++;
      } else if (b === LF || b === CR) {
        if (b !== this.#lineEnd) return 'newlines';
        if (state === START) this.#blank++;
        if (delimiters === this.#width && state !== PLAIN) return 'fields';
        if (delimiters > this.#width + SURPLUS) return 'fields';
        delimiters = 0;
        this.#amid = false;
        if (this.#crlf) {
          k++;
          if (k === length) {
            this.#delimiters = 0;
            this.#state = AFTER_CR;
            return undefined;
          }
          if (chunk[k] !== LF) return 'newlines';
        }
        if (!this.#endRecord(this.#position + k + 1)) return 'length';
        state = START;
      } else if (b === quote) {
        if (state === CLOSED || state === START || state === FIELD) state = QUOTED;
        else if (!this.#maybeAmid(chunk, k)) return 'quotes';
      } else {
        if (state === CLOSED) return 'quotes';
        state = PLAIN;
      }
    }
    this.#state = state;
    this.#delimiters = delimiters;
    return undefined;
  }

  /** Inside an unquoted field a quote is a character; behind blanks only DuckDB takes it for an opening one. */
  #maybeAmid(chunk: Buffer, k: number): boolean {
    if (k === 0 || k + 1 === chunk.length || chunk[k - 1] === SPACE) return false;
    const next = chunk[k + 1];
    if (next === this.#delimiter || next === LF || next === CR) {
      // Perhaps the end of a quoted field whose beginning was lost.
      return !this.#amid;
    }
    this.#amid = true;
    return true;
  }
}

function countOf(chunk: Buffer, byte: number, from: number, to: number): number {
  let n = 0;
  for (let k = from; k < to; k++) if (chunk[k] === byte) n++;
  return n;
}

/** How many \r are no part of `pairs` line ends; two at most, more make no difference. */
function unpaired(chunk: Buffer, pairs: number): number {
  let n = -pairs;
  for (let k = chunk.indexOf(CR); k !== -1 && n <= 1; k = chunk.indexOf(CR, k + 1)) n++;
  return n;
}

/** The sequence that the chunk's end cuts (to be put before the next one), or undefined where bytes are no UTF-8. */
function validUtf8(before: Buffer, chunk: Buffer): Buffer | undefined {
  let to = chunk.length;
  for (let back = 1; back <= 3 && back <= chunk.length; back++) {
    const b = chunk[chunk.length - back] ?? 0;
    if ((b & 0xc0) === 0x80) continue;
    const need = b >= 0xf0 ? 4 : b >= 0xe0 ? 3 : b >= 0xc0 ? 2 : 1;
    if (need > back) to = chunk.length - back;
    break;
  }
  let from = 0;
  if (before.length > 0) {
    while (from < 3 && ((chunk[from] ?? 0) & 0xc0) === 0x80) from++;
    if (!isUtf8(Buffer.concat([before, chunk.subarray(0, from)]))) return undefined;
  }
  return isUtf8(chunk.subarray(from, Math.max(from, to)))
    ? Buffer.from(chunk.subarray(Math.max(from, to)))
    : undefined;
}
