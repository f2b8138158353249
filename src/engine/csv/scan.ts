// Counts records in one cheap pass over the bytes, apart from DuckDB, and tells whether DuckDB may be trusted with them.
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
  | 'encoding'
  | 'length'
  | 'fields'; // one empty field too many: DuckDB drops it in silence, and with it a value that was shifted

export interface Scanner {
  /** Takes the next bytes (UTF-8, without BOM); tells the first irregularity. */
  write(chunk: Buffer): Irregular | undefined;
  end(): Irregular | undefined;
  result(): ScanResult;
}

const LF = 10;
const CR = 13;
const SPACE = 32;

const START = 0; // of a record
const FIELD = 1; // start of a field
const PLAIN = 2; // in an unquoted field
const QUOTED = 3;
const CLOSED = 4; // behind a quote in a quoted field: its end, or the first of two
const AFTER_CR = 5; // behind a \r that must be followed by \n

/** `width`: fields a record should have. */
export function scanner(cut: RecordSyntax, width: number): Scanner {
  const quote = cut.quote === '' ? -1 : cut.quote.charCodeAt(0);
  const delimiter = cut.delimiter.charCodeAt(0);
  const mode = cut.newline;
  const terminator = mode === '\r' ? CR : LF;
  let state = START;
  let records = 0;
  let blank = 0;
  let quotedNewlines = 0;
  let position = 0;
  let recordStart = 0;
  let partial: Buffer = Buffer.alloc(0);
  /** Was there a quote amid an unquoted field of the current record? */
  let amid = false;
  /** Delimiters seen in the current record. */
  let delimiters = 0;

  function countDelimiters(chunk: Buffer, from: number, to: number): number {
    let n = 0;
    for (let k = from; k < to; k++) if (chunk[k] === delimiter) n++;
    return n;
  }

  /** Bytes without quotes, outside quotes: only line ends matter. */
  function plain(chunk: Buffer): Irregular | undefined {
    const length = chunk.length;
    // The state before the chunk decides about its first byte; indexOf finds line ends at memory speed.
    let from = 0;
    let lineStart = state === START;
    let delimited = state === FIELD;
    if (state === AFTER_CR) {
      if (chunk[0] !== LF) return 'newlines';
      records++;
      recordStart = position + 1;
      from = 1;
      lineStart = true;
    }
    let returns = 0;
    for (let k = chunk.indexOf(terminator, from); k !== -1; k = chunk.indexOf(terminator, from)) {
      let end = k;
      if (mode === '\r\n') {
        if (k === 0 || chunk[k - 1] !== CR) return 'newlines';
        returns++;
        end = k - 1;
      }
      if (end === from ? delimited : chunk[end - 1] === delimiter) {
        if (delimiters + countDelimiters(chunk, from, end) === width) return 'fields';
      } else if (end === from && lineStart) blank++;
      if (position + k - recordStart > LONGEST_RECORD) return 'length';
      records++;
      delimiters = 0;
      amid = false;
      delimited = false;
      lineStart = true;
      from = k + 1;
      recordStart = position + from;
    }
    if (mode === '\r\n') {
      let extra = -returns;
      for (let k = chunk.indexOf(CR); k !== -1 && extra <= 1; k = chunk.indexOf(CR, k + 1)) extra++;
      const trailing = chunk[length - 1] === CR;
      if (extra !== (trailing ? 1 : 0)) return 'newlines';
      if (trailing) {
        const last = length - 1;
        if (last === from ? delimited : chunk[last - 1] === delimiter) {
          if (delimiters + countDelimiters(chunk, from, last) === width) return 'fields';
        } else if (from === last && lineStart) blank++;
        delimiters = 0;
        state = AFTER_CR;
        return undefined;
      }
    } else if (chunk.includes(mode === '\r' ? LF : CR)) return 'newlines';
    if (from === length) state = lineStart ? START : state;
    else state = chunk[length - 1] === delimiter ? FIELD : PLAIN;
    delimiters += countDelimiters(chunk, from, length);
    return undefined;
  }

  /** Bytes with quotes: each is looked at. */
  function quoted(chunk: Buffer): Irregular | undefined {
    const length = chunk.length;
    let s = state;
    let k = 0;
    if (s === AFTER_CR) {
      if (chunk[0] !== LF) return 'newlines';
      records++;
      recordStart = position + 1;
      s = START;
      k = 1;
    }
    for (; k < length; k++) {
      const b = chunk[k];
      if (s === QUOTED) {
        if (b === quote) s = CLOSED;
        else if (b === LF || b === CR) quotedNewlines++;
        continue;
      }
      if (b === delimiter) {
        s = FIELD;
        delimiters++;
        continue;
      }
      if (b === LF || b === CR) {
        if (b === terminator) {
          if (mode === '\r\n') return 'newlines';
        } else if (mode === '\r\n' && b === CR) {
          if (s === START) blank++;
          if (delimiters === width && s !== PLAIN) return 'fields';
          delimiters = 0;
          amid = false;
          if (k + 1 === length) {
            state = AFTER_CR;
            return undefined;
          }
          if (chunk[k + 1] !== LF) return 'newlines';
          k++;
          records++;
          if (position + k - recordStart > LONGEST_RECORD) return 'length';
          recordStart = position + k + 1;
          s = START;
          continue;
        } else return 'newlines';
        if (s === START) blank++;
        if (delimiters === width && s !== PLAIN) return 'fields';
        delimiters = 0;
        amid = false;
        records++;
        if (position + k - recordStart > LONGEST_RECORD) return 'length';
        recordStart = position + k + 1;
        s = START;
        continue;
      }
      if (b === quote) {
        if (s === CLOSED || s === START || s === FIELD) s = QUOTED;
        // Inside an unquoted field a quote is a character; behind blanks only DuckDB takes it for an opening one.
        else {
          if (k === 0 || k + 1 === length || chunk[k - 1] === SPACE) return 'quotes';
          const next = chunk[k + 1];
          if (next === delimiter || next === LF || next === CR) {
            // Perhaps the end of a quoted field whose beginning was lost.
            if (amid) return 'quotes';
          } else amid = true;
        }
        continue;
      }
      if (s === CLOSED) return 'quotes';
      s = PLAIN;
    }
    state = s;
    return undefined;
  }

  return {
    write(chunk) {
      if (chunk.length === 0) return undefined;
      if (chunk.includes(0)) return 'nul';
      const valid = validUtf8(partial, chunk);
      if (valid === undefined) return 'encoding';
      partial = valid;
      const irregular =
        state !== QUOTED && state !== CLOSED && (quote === -1 || !chunk.includes(quote))
          ? plain(chunk)
          : quoted(chunk);
      position += chunk.length;
      if (position - recordStart > LONGEST_RECORD + chunk.length) return 'length';
      return irregular;
    },
    end() {
      if (partial.length > 0) return 'encoding';
      if (state === QUOTED) return 'quotes';
      if (state === AFTER_CR) return 'newlines';
      if (position - recordStart > LONGEST_RECORD) return 'length';
      if (state !== START) records++;
      if (delimiters === width && state !== PLAIN) return 'fields';
      return undefined;
    },
    result: () => ({ records, blank, quotedNewlines }),
  };
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
