// What is on a line of a file: which record it belongs to, what kind of record that is, and where its cells are.
import { throwIfCancelled } from '../model';
import { asPipelineError, Unreadable } from './bytes';
import { utf8Bytes } from './unpacked';
import type { CsvFormat } from './format';
import { judgeOf, judgeRecord } from './judge';
import { isBlank } from './layout';
import { countLines, cutStream, fromBytes, type RecordSyntax, type FileRecord } from './records';
import { cutOf, topOfFile } from './top';

export interface PlacesRequest {
  readonly file: string;
  /** As convertCsv returned it, or as decideFormat did for a file that was not taken in. */
  readonly format: CsvFormat;
  /** Numbers among the accepted records, from 1, in any order. */
  readonly records?: readonly number[];
  /** Physical lines, from 1, in any order. */
  readonly lines?: readonly number[];
  /** Places from 1 among the records behind the header that are not blank: what a preview counts as rows. */
  readonly shown?: readonly number[];
  readonly temporary: string;
  readonly signal?: AbortSignal | undefined;
}

/** What a record is to the pipeline. */
type RecordKind =
  | { readonly kind: 'row'; readonly number: number }
  | { readonly kind: 'header' | 'repeated header' | 'blank' | 'preamble' | 'footer' }
  | { readonly kind: 'reject'; readonly code: string; readonly reason: string };

/** A cell's place in its record: lines from 0 of the record's own, characters as an editor counts them. */
interface CellSpan {
  readonly line: number;
  readonly character: number;
  readonly endLine: number;
  readonly endCharacter: number;
}

export interface RecordPlace {
  readonly what: RecordKind;
  /** Physical line it begins on, from 1, and how many it takes. */
  readonly line: number;
  readonly lines: number;
  /** As it is in the file. */
  readonly text: string;
  readonly fields: readonly string[];
  /** By field; empty where the cells cannot be told apart. */
  readonly cells: readonly CellSpan[];
}

export interface Places {
  /** By the numbers, lines and places asked for; what the file does not have is missing. */
  readonly records: ReadonlyMap<number, RecordPlace>;
  readonly lines: ReadonlyMap<number, RecordPlace>;
  readonly shown: ReadonlyMap<number, RecordPlace>;
  /** Physical lines of the file; undefined where it was not read to its end. */
  readonly total: number | undefined;
}

/** A record that was asked for, and its place among those that may turn out to be footers. */
interface FoundRecord {
  readonly record: FileRecord;
  readonly what: RecordKind;
  /** How many records that are not blank stand behind the header up to this one; undefined for others. */
  readonly nth: number | undefined;
}

/**
 * Reads the file up to the last place that is asked for, and not further than is needed to tell footers from rows.
 * @throws PipelineError FILE_UNREADABLE-like errors of the disk, CANCELLED; Unreadable where it cannot be unpacked.
 */
export async function findPlaces(request: PlacesRequest): Promise<Places> {
  const { file, format, temporary, signal } = request;
  const numbers = new Set((request.records ?? []).filter((n) => Number.isSafeInteger(n) && n >= 1));
  const lines = [...new Set(request.lines ?? [])].filter((n) => Number.isSafeInteger(n) && n >= 1);
  lines.sort((a, b) => a - b);
  const places = new Set((request.shown ?? []).filter((n) => Number.isSafeInteger(n) && n >= 1));
  const byPlace = new Map<number, FoundRecord>();
  const byNumber = new Map<number, FoundRecord>();
  const byLine = new Map<number, FoundRecord>();
  const kindOf = topOfFile(format);
  const headers: (readonly string[])[] = [];
  const judge = judgeOf(format, headers);
  let number = 0;
  let rest = 0;
  let next = 0;
  let last: FoundRecord | undefined;
  let deepest = 0;

  const take = (record: FileRecord): FoundRecord => {
    const kind = kindOf(record);
    if (kind !== 'rest') {
      if (kind === 'header') headers.push(record.fields);
      return { record, what: { kind }, nth: undefined };
    }
    const nth = isBlank(record) ? undefined : ++rest;
    const verdict = judgeRecord(record, judge);
    switch (verdict.kind) {
      case 'row':
        return { record, what: { kind: 'row', number: ++number }, nth };
      case 'blank':
        return { record, what: { kind: 'blank' }, nth };
      case 'header':
        return { record, what: { kind: 'repeated header' }, nth };
      case 'reject':
        return { record, what: verdict, nth };
      default:
        return verdict satisfies never;
    }
  };
  /** The record before holds all wanted lines up to the one on which the next record begins. */
  const linesBefore = (end: number): void => {
    for (let line = lines[next]; line !== undefined && line < end; line = lines[++next]) {
      if (last === undefined) continue;
      byLine.set(line, last);
      deepest = Math.max(deepest, last.nth ?? 0);
    }
  };
  const done = (): boolean =>
    next >= lines.length &&
    byNumber.size === numbers.size &&
    byPlace.size === places.size &&
    rest >= deepest + format.footer;

  let total: number | undefined;
  try {
    reading: {
      for await (const batch of cutStream(utf8Bytes(file, format, { temporary, signal }), cutOf(format))) {
        throwIfCancelled(signal);
        for (const record of batch) {
          linesBefore(record.line);
          last = take(record);
          if (last.what.kind === 'row' && numbers.has(last.what.number)) {
            byNumber.set(last.what.number, last);
            deepest = Math.max(deepest, last.nth ?? 0);
          }
          if (last.nth !== undefined && places.has(last.nth)) {
            byPlace.set(last.nth, last);
            deepest = Math.max(deepest, last.nth);
          }
          if (done()) break reading;
        }
      }
      total =
        last === undefined ? 0 : last.record.line + countLines(last.record.raw, 0, last.record.raw.length);
      linesBefore(total + 1);
    }
  } catch (error) {
    if (error instanceof Unreadable) throw error;
    throw asPipelineError(error, file);
  }
  const firstFooter = total === undefined ? Infinity : rest - format.footer + 1;
  const placed = (hits: ReadonlyMap<number, FoundRecord>): ReadonlyMap<number, RecordPlace> =>
    new Map(
      [...hits].map(([key, hit]) => [
        key,
        placeOf(
          hit.nth !== undefined && hit.nth >= firstFooter ? { ...hit, what: { kind: 'footer' } } : hit,
          format,
        ),
      ]),
    );
  return { records: placed(byNumber), lines: placed(byLine), shown: placed(byPlace), total };
}

function placeOf({ record, what }: FoundRecord, format: CsvFormat): RecordPlace {
  const { raw, line } = record;
  const spans = record.problem === undefined ? fieldSpans(raw, cutOf(format)) : [];
  return {
    what,
    line,
    lines: 1 + countLines(raw, 0, raw.length),
    text: fromBytes(raw),
    fields: record.fields.map(fromBytes),
    cells: spans.length === record.fields.length ? spans.map(([from, to]) => cellSpan(raw, from, to)) : [],
  };
}

/** Where the fields of a well-formed record begin and end, quotes included. */
function fieldSpans(raw: string, cut: RecordSyntax): readonly (readonly [number, number])[] {
  const { delimiter, quote, escape } = cut;
  const spans: [number, number][] = [];
  for (let at = 0; ;) {
    let end = -1;
    if (quote !== '' && raw.startsWith(quote, at)) {
      end = quotedEnd(raw, at + 1, quote, escape);
      if (end !== raw.length && !raw.startsWith(delimiter, end)) end = -1;
    }
    if (end === -1) {
      let from = at;
      for (;;) {
        end = raw.indexOf(delimiter, from);
        // Without quotes a delimiter may be escaped.
        if (end <= 0 || quote !== '' || escape === '' || raw[end - 1] !== escape) break;
        from = end + 1;
      }
      if (end === -1) end = raw.length;
    }
    spans.push([at, end]);
    if (end >= raw.length) return spans;
    at = end + delimiter.length;
  }
}

/** The place behind the closing quote; -1 where none closes. */
function quotedEnd(raw: string, from: number, quote: string, escape: string): number {
  for (let at = from; at < raw.length; at++) {
    if (raw[at] === escape && escape !== quote && escape !== '') at++;
    else if (raw[at] === quote) {
      if (raw[at + 1] !== quote || escape === '') return at + 1;
      at++;
    }
  }
  return -1;
}

function cellSpan(raw: string, from: number, to: number): CellSpan {
  const start = position(raw, from);
  const end = position(raw, to);
  return { line: start.line, character: start.character, endLine: end.line, endCharacter: end.character };
}

function position(raw: string, at: number): { readonly line: number; readonly character: number } {
  const before = raw.slice(0, at);
  const lineStart = Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1;
  return { line: countLines(before, 0, before.length), character: fromBytes(before.slice(lineStart)).length };
}
