// Cuts delimited text into records, strictly as RFC 4180 has it, and says which records break it.
//
// Works on "byte strings": UTF-8 bytes read as latin1, one character a byte. Delimiters, quotes and newlines
// are found at full speed, bytes pass through unchanged even where they are not valid UTF-8, and a record can be
// reported exactly as it is in the file.

/** How records are cut. All parts are byte strings. */
export interface RecordSyntax {
  readonly delimiter: string;
  /** Empty: no quoting. */
  readonly quote: string;
  /** Equal to quote: doubled; another character; empty: none. */
  readonly escape: string;
  readonly newline: '\n' | '\r\n' | '\r' | 'mixed';
}

type RecordProblem = 'BAD_QUOTES' | 'LINE_TOO_LONG';

export interface FileRecord {
  /** Physical line it begins on, from 1, counting \n, \r\n and \r as editors do. */
  readonly line: number;
  /** As it is in the file, without its line end; shortened where it is too long. */
  readonly raw: string;
  readonly fields: readonly string[];
  readonly problem: RecordProblem | undefined;
}

/** Records longer than this are rejected, so that a broken file cannot take the memory. DuckDB's own default. */
export const LONGEST_RECORD = 2_000_000;

/** A quote that a sample of this size does not close is taken for an open one. */
const LONGEST_SAMPLED = 128 * 1024;

const LF = 10;
const CR = 13;
const SPACE = 32;

interface Piece {
  readonly fields: readonly string[];
  /** Where its text ends, before the line end. */
  readonly end: number;
  /** Where the next record begins. */
  readonly next: number;
  readonly problem: RecordProblem | undefined;
}

/** Byte string of a text. */
export function toBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** Text of a byte string; bytes that are not UTF-8 become U+FFFD. */
export function fromBytes(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/**
 * Cuts one record beginning at `start`; undefined where its end is not in `text` yet and more may come.
 * A quoted field that is not closed as it should be makes the record end at its first line's end (BAD_QUOTES):
 * a stray quote costs one line, never the rest of the file.
 */
function cutRecord(text: string, start: number, cut: RecordSyntax, final: boolean): Piece | undefined {
  const { delimiter, quote, escape } = cut;
  const delimiterCode = delimiter.charCodeAt(0);
  const width = delimiter.length;
  const quoteCode = quote === '' ? -1 : quote.charCodeAt(0);
  const escapeOutside = quote === '' && escape !== '' ? escape.charCodeAt(0) : -1;
  const crEnds = cut.newline === '\r' || cut.newline === 'mixed';
  const length = text.length;
  const fields: string[] = [];
  let at = start;
  let stray = 0;
  for (;;) {
    if (at < length && text.charCodeAt(at) === quoteCode) {
      const closed = quotedField(text, at, cut, final);
      if (closed === undefined) return final ? cutLine(text, start, cut, final) : undefined;
      const after = closed.end;
      if (after >= length) {
        if (!final) return undefined;
        fields.push(closed.value);
        return { fields, end: length, next: length, problem: stray >= TORN ? 'BAD_QUOTES' : undefined };
      }
      const code = text.charCodeAt(after);
      if (code === delimiterCode && (width === 1 || text.startsWith(delimiter, after))) {
        fields.push(closed.value);
        at = after + width;
        continue;
      }
      if (width > 1 && !final && length - after < width) return undefined;
      const ended = lineEnd(text, after, crEnds, final);
      if (ended === -1) return undefined;
      if (ended === 0) return cutLine(text, start, cut, final);
      fields.push(closed.value);
      return { fields, end: after, next: after + ended, problem: stray >= TORN ? 'BAD_QUOTES' : undefined };
    }
    if (quoteCode !== -1 && at < length && text.charCodeAt(at) === SPACE) {
      const padded = paddedField(text, at, cut, final);
      if (padded === undefined) return undefined;
      if (padded !== false) {
        fields.push(padded.value);
        if (text.startsWith(delimiter, padded.end)) {
          at = padded.end + width;
          continue;
        }
        const ended = padded.end >= length ? 0 : lineEnd(text, padded.end, crEnds, final);
        if (ended === -1) return undefined;
        return {
          fields,
          end: padded.end,
          next: padded.end + ended,
          problem: stray >= TORN ? 'BAD_QUOTES' : undefined,
        };
      }
    }
    let k = at;
    let escaped = false;
    let firstQuote = -1;
    let lastQuote = -1;
    for (; ; k++) {
      if (k >= length) {
        if (!final) return undefined;
        if (lastQuote !== -1) stray = strayQuotes(stray, firstQuote, lastQuote, k);
        fields.push(unescape(text.slice(at, k), escaped, escape));
        return { fields, end: k, next: k, problem: stray >= TORN ? 'BAD_QUOTES' : undefined };
      }
      const code = text.charCodeAt(k);
      if (code === delimiterCode) {
        if (width === 1 || text.startsWith(delimiter, k)) break;
        if (!final && length - k < width) return undefined;
      } else if (code === LF || code === CR) {
        const ended = lineEnd(text, k, crEnds, final);
        if (ended === -1) return undefined;
        if (ended > 0) {
          if (lastQuote !== -1) stray = strayQuotes(stray, firstQuote, lastQuote, k);
          fields.push(unescape(text.slice(at, k), escaped, escape));
          return { fields, end: k, next: k + ended, problem: stray >= TORN ? 'BAD_QUOTES' : undefined };
        }
      } else if (code === escapeOutside) {
        escaped = true;
        k++;
      } else if (code === quoteCode) {
        if (firstQuote === -1) firstQuote = k;
        lastQuote = k;
      }
    }
    if (lastQuote !== -1) stray = strayQuotes(stray, firstQuote, lastQuote, k);
    fields.push(unescape(text.slice(at, k), escaped, escape));
    at = k + width;
  }
}

/**
 * A quoted field with blanks around it, all in one line and without a delimiter: `a, "b" ,c`. False where the blanks
 * are the text's own, or where the quotes could be a broken field's; undefined where more text must come to tell.
 */
function paddedField(
  text: string,
  at: number,
  cut: RecordSyntax,
  final: boolean,
): { readonly value: string; readonly end: number } | false | undefined {
  const open = blanksEnd(text, at);
  if (open >= text.length) return final ? false : undefined;
  if (!text.startsWith(cut.quote, open)) return false;
  let line = open;
  while (line < text.length && text.charCodeAt(line) !== LF && text.charCodeAt(line) !== CR) line++;
  if (line >= text.length && !final) return undefined;
  // Behind a blank a quote opens nothing that its own line does not close: it could be an inch mark.
  const closed = quotedField(text.slice(0, line), open, cut, true);
  if (closed === undefined || closed.value.includes(cut.delimiter)) return false;
  const end = blanksEnd(text, closed.end);
  return end >= line || text.startsWith(cut.delimiter, end) ? { value: closed.value, end } : false;
}

function blanksEnd(text: string, at: number): number {
  let end = at;
  while (text.charCodeAt(end) === SPACE) end++;
  return end;
}

/** Bytes of a byte order mark at `at`: files put one behind the other keep theirs. */
function markAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code === 0xef && text.startsWith('\xef\xbb\xbf', at)) return 3;
  // The same, taken for windows-1252.
  if (code === 0xc3 && text.startsWith('\xc3\xaf\xc2\xbb\xc2\xbf', at)) return 6;
  return 0;
}

const AMID = 1;
const TORN = 2;

/**
 * A quote amid one unquoted field and a quote ending a later one are what is left of a quoted field whose
 * delimiter was lost, so that the delimiters in its text cut it. A lone inch mark is no such pair.
 */
function strayQuotes(before: number, first: number, last: number, end: number): number {
  return before | (before >= AMID && last === end - 1 ? TORN : 0) | (first < end - 1 ? AMID : 0);
}

/** Length of the line end at `at`: 0 where there is none, -1 where more text must come to tell. */
function lineEnd(text: string, at: number, crEnds: boolean, final: boolean): number {
  const code = text.charCodeAt(at);
  if (code === LF) return 1;
  if (code !== CR) return 0;
  if (at + 1 >= text.length) {
    if (!final) return -1;
    return 1;
  }
  if (text.charCodeAt(at + 1) === LF) return 2;
  return crEnds ? 1 : 0;
}

function unescape(value: string, escaped: boolean, escape: string): string {
  if (!escaped) return value;
  let result = '';
  for (let i = 0; i < value.length; i++) {
    if (value[i] === escape && i + 1 < value.length) i++;
    result += value[i] ?? '';
  }
  return result;
}

/** The quoted field opening at `at`: its value and the place behind its closing quote; undefined without one. */
function quotedField(
  text: string,
  at: number,
  { quote, escape }: RecordSyntax,
  final: boolean,
): { readonly value: string; readonly end: number } | undefined {
  let from = at + 1;
  let value = '';
  for (;;) {
    let close = text.indexOf(quote, from);
    if (close === -1) return undefined;
    if (escape !== quote && escape !== '') {
      const back = text.indexOf(escape, from);
      if (back !== -1 && back < close) {
        if (back + 1 >= text.length) return undefined;
        const next = text[back + 1] ?? '';
        // Only an escaped quote or escape loses its escape: "C:\temp" and "\N" stay what they are.
        const strip = next === quote || next === escape;
        value += text.slice(from, strip ? back : back + 1) + next;
        from = back + 2;
        continue;
      }
    }
    value += text.slice(from, close);
    close++;
    if (close >= text.length && !final) return undefined;
    if (text[close] === quote && escape !== '') {
      value += quote;
      from = close + 1;
      continue;
    }
    return { value, end: close };
  }
}

/** The physical line at `start` as a record with broken quotes, its fields by the reading of `repairLine`. */
function cutLine(text: string, start: number, cut: RecordSyntax, final: boolean): Piece | undefined {
  const crEnds = cut.newline === '\r' || cut.newline === 'mixed';
  for (let k = start; ; k++) {
    if (k >= text.length) {
      if (!final) return undefined;
      return { fields: literalFields(text.slice(start), cut), end: k, next: k, problem: 'BAD_QUOTES' };
    }
    const code = text.charCodeAt(k);
    if (code !== LF && code !== CR) continue;
    const ended = lineEnd(text, k, crEnds, final);
    if (ended === -1) return undefined;
    if (ended === 0) continue;
    const raw = text.slice(start, k);
    return { fields: literalFields(raw, cut), end: k, next: k + ended, problem: 'BAD_QUOTES' };
  }
}

/** Fields of one line where a quote that does not close its field is a character like others. */
export function literalFields(line: string, cut: RecordSyntax): readonly string[] {
  const { delimiter, quote } = cut;
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (quote !== '' && line.startsWith(quote, at)) {
      const closed = quotedField(line, at, cut, true);
      if (closed !== undefined && (closed.end >= line.length || line.startsWith(delimiter, closed.end))) {
        fields.push(closed.value);
        if (closed.end >= line.length) return fields;
        at = closed.end + delimiter.length;
        continue;
      }
    }
    const next = line.indexOf(delimiter, at);
    if (next === -1) {
      fields.push(line.slice(at));
      return fields;
    }
    fields.push(line.slice(at, next));
    at = next + delimiter.length;
  }
}

/** Fields of one line where a quoted field ends at the first quote that a delimiter or the line's end follows. */
export function lenientFields(line: string, cut: RecordSyntax): readonly string[] {
  const { delimiter, quote } = cut;
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (quote !== '' && line.startsWith(quote, at)) {
      let close = line.indexOf(quote, at + 1);
      while (close !== -1 && close + 1 < line.length && !line.startsWith(delimiter, close + 1))
        close = line.indexOf(quote, close + 1);
      if (close !== -1) {
        fields.push(line.slice(at + 1, close).replaceAll(quote + quote, quote));
        if (close + 1 >= line.length) return fields;
        at = close + 1 + delimiter.length;
        continue;
      }
    }
    const next = line.indexOf(delimiter, at);
    if (next === -1) {
      fields.push(line.slice(at));
      return fields;
    }
    fields.push(line.slice(at, next));
    at = next + delimiter.length;
  }
}

/** Physical line ends in text[from, to). */
export function countLines(text: string, from: number, to: number): number {
  let lines = 0;
  for (let k = from; k < to; k++) {
    const code = text.charCodeAt(k);
    if (code === LF || (code === CR && text.charCodeAt(k + 1) !== LF)) lines++;
  }
  return lines;
}

/** All records of a text, or of its beginning; `limit` bounds them, and none begins at `until` or behind it. */
export function cutText(
  text: string,
  cut: RecordSyntax,
  whole: boolean,
  limit = Infinity,
  until = text.length,
): FileRecord[] {
  const records: FileRecord[] = [];
  let at = 0;
  let line = 1;
  while (at < until && records.length < limit) {
    at += markAt(text, at);
    const piece =
      cutRecord(text, at, cut, whole) ??
      (text.length - at > LONGEST_SAMPLED ? cutLine(text, at, cut, whole) : undefined);
    if (piece === undefined) break;
    records.push({ line, raw: text.slice(at, piece.end), fields: piece.fields, problem: piece.problem });
    line += countLines(text, at, piece.next);
    at = piece.next;
  }
  return records;
}

/** Streams the records of UTF-8 chunks, in batches; memory is bounded by LONGEST_RECORD and the chunk size. */
export async function* cutStream(
  chunks: AsyncIterable<Buffer>,
  cut: RecordSyntax,
): AsyncGenerator<readonly FileRecord[]> {
  let text = '';
  let line = 1;
  /** Start of a record too long to keep, whose end is awaited. */
  let long: { line: number; raw: string } | undefined;
  function* take(final: boolean): Generator<readonly FileRecord[]> {
    let batch: FileRecord[] = [];
    let at = 0;
    while (at < text.length || (final && long !== undefined)) {
      if (long !== undefined) {
        const piece = cutLine(text, at, { ...cut, quote: '' }, final);
        const to = piece === undefined ? Math.max(at, text.length - 1) : piece.next;
        line += countLines(text, at, to);
        at = to;
        if (piece === undefined) break;
        batch.push({ line: long.line, raw: long.raw, fields: [], problem: 'LINE_TOO_LONG' });
        long = undefined;
        continue;
      }
      // A byte order mark that is cut is waited for.
      if (!final && text.length - at < 6) break;
      at += markAt(text, at);
      let piece = cutRecord(text, at, cut, final);
      if (piece === undefined || piece.next - at > LONGEST_RECORD) {
        if (piece === undefined && text.length - at <= LONGEST_RECORD) break;
        // A quote left open far too long: its first line alone is the record, if that is not too long itself.
        piece = cutLine(text, at, cut, final);
        if (piece === undefined || piece.next - at > LONGEST_RECORD) {
          long = { line, raw: text.slice(at, at + 1000) };
          continue;
        }
      }
      batch.push({ line, raw: text.slice(at, piece.end), fields: piece.fields, problem: piece.problem });
      line += countLines(text, at, piece.next);
      at = piece.next;
      if (batch.length >= 2048) {
        yield batch;
        batch = [];
      }
    }
    text = text.slice(at);
    if (batch.length > 0) yield batch;
  }
  for await (const chunk of chunks) {
    text += chunk.toString('latin1');
    yield* take(false);
  }
  yield* take(true);
}
