// Landing files as lines that can be left out one by one, and put together again byte by byte.
import { readFile } from 'node:fs/promises';
import iconv from 'iconv-lite';
import {
  type CsvFormat,
  type FileRecord,
  cutOf,
  cutStream,
  fromBytes,
  isBlank,
  judgeOf,
  judgeRecord,
  topOfFile,
  utf8Bytes,
} from '../../csv';
import { type DateKey, throwIfCancelled } from '../../model';

/** A file as it was delivered. */
export interface LandingSource {
  readonly date: DateKey;
  readonly brand: string;
  readonly table: string;
  /** Its name in landing, without the ending of a compression. */
  readonly name: string;
  /** Its name in landing, as manifests and rejects tell it. */
  readonly delivered: string;
  /** Where its bytes lie now, absolute. */
  readonly file: string;
  /** undefined: it could not be read as a table. */
  readonly format: CsvFormat | undefined;
}

/** One record of a file, or one line of a file without records. */
export interface Line {
  /** Index of its source. */
  readonly source: number;
  /** Its place among the lines of its file. */
  readonly at: number;
  /** With its line end; for a source with a format as UTF-8, else as the bytes are. A byte string. */
  readonly bytes: string;
  /** Byte strings; empty without a format. */
  readonly fields: readonly string[];
  /** Is it a row: as many fields as columns, and text in them? */
  readonly row: boolean;
}

/** What stands around the lines. Byte strings as in Line. */
export interface Frame {
  readonly top: string;
  readonly foot: string;
}

export interface LineCut extends Frame {
  readonly lines: readonly Line[];
  /** There were more lines wanted than may be taken. */
  readonly more: boolean;
}

/** Which lines are taken: by the number of the record among the accepted ones, by physical line, by place. */
export type LineFilter = (place: {
  readonly row?: number;
  readonly line: number;
  readonly at: number;
}) => boolean;

const MOST_BYTES = 64 << 20;

/** Reads a file once and takes the wanted lines; of none, its top alone. @throws Unreadable | PipelineError CANCELLED */
export async function cutSource(
  source: LandingSource,
  index: number,
  wanted: LineFilter,
  options: { readonly most: number; readonly temporary: string; readonly signal: AbortSignal },
): Promise<LineCut> {
  return source.format === undefined
    ? cutBytes(source, index, wanted, options)
    : cutRecords(source, source.format, index, wanted, options);
}

async function cutRecords(
  source: LandingSource,
  format: CsvFormat,
  index: number,
  wanted: LineFilter,
  options: { readonly most: number; readonly temporary: string; readonly signal: AbortSignal },
): Promise<LineCut> {
  const { temporary, signal } = options;
  let pending = '';
  async function* kept(): AsyncGenerator<Buffer> {
    for await (const chunk of utf8Bytes(source.file, format, { temporary, signal })) {
      pending += chunk.toString('latin1');
      yield chunk;
    }
  }
  const kindOf = topOfFile(format);
  const headers: (readonly string[])[] = [];
  const judge = judgeOf(format, headers);
  const lines: Line[] = [];
  let taken = 0;
  let more = false;
  let top = '';
  let at = 0;
  let row = 0;
  let held: { readonly record: FileRecord; readonly bytes: string }[] = [];
  const take = (record: FileRecord, bytes: string): void => {
    const verdict = judgeRecord(record, judge);
    if (verdict.kind === 'blank' || verdict.kind === 'header') return;
    const isRow = verdict.kind === 'row';
    if (isRow) row += 1;
    at += 1;
    if (!wanted({ ...(isRow ? { row } : {}), line: record.line, at })) return;
    if (lines.length >= options.most || taken > MOST_BYTES) {
      more = true;
      return;
    }
    taken += bytes.length;
    lines.push({ source: index, at, bytes, fields: record.fields, row: isRow });
  };
  for await (const batch of cutStream(kept(), cutOf(format))) {
    throwIfCancelled(signal);
    let position = 0;
    for (const record of batch) {
      const end = position + lengthOf(record, pending, position, format);
      const bytes = pending.slice(position, end);
      position = end;
      const kind = kindOf(record);
      if (kind === 'header') headers.push(record.fields);
      if (kind !== 'rest') top += bytes;
      else if (options.most === 0) return { top, foot: '', lines, more };
      else if (format.footer === 0 || isBlank(record)) take(record, bytes);
      else {
        held.push({ record, bytes });
        const [oldest] = held;
        if (held.length > format.footer && oldest !== undefined) {
          held = held.slice(1);
          take(oldest.record, oldest.bytes);
        }
      }
    }
    pending = pending.slice(position);
  }
  const foot = held.map((one) => one.bytes).join('');
  // A count or a sum is not true of fewer lines: as it stood it would be a rejected line.
  return { top, foot: /\d/.test(foot) ? '' : foot, lines, more };
}

/** Bytes of a record with its line end, as it stands in `text` at `from`. */
function lengthOf(record: FileRecord, text: string, from: number, format: CsvFormat): number {
  let end = from + record.raw.length;
  if (record.problem === 'LINE_TOO_LONG') {
    const ends = format.newline === '\r' || format.newline === 'mixed' ? /[\r\n]/g : /\n/g;
    ends.lastIndex = from;
    const found = ends.exec(text);
    end = found === null ? text.length : found.index;
  }
  if (text.startsWith('\r\n', end)) return end - from + 2;
  return end - from + (text[end] === '\n' || text[end] === '\r' ? 1 : 0);
}

/** Lines of a file that is no table: cut at every line feed, whatever its bytes mean. */
async function cutBytes(
  source: LandingSource,
  index: number,
  wanted: LineFilter,
  { most }: { readonly most: number },
): Promise<LineCut> {
  const text = (await readFile(source.file)).toString('latin1');
  const pieces = text.match(/(?<![^\n])(?:[^\n]*\n|[^\n]+$)/g) ?? [];
  const lines = pieces
    .map((bytes, i): Line => ({ source: index, at: i + 1, bytes, fields: [], row: false }))
    .filter(({ at }) => wanted({ line: at, at }));
  return { top: '', foot: '', lines: lines.slice(0, most), more: lines.length > most };
}

/** The bytes of a file that has these lines. */
export function assemble(source: LandingSource, frame: Frame, lines: readonly Line[]): Buffer {
  const bytes = [frame.top, ...lines.map((line) => line.bytes), frame.foot].join('');
  return source.format === undefined ? Buffer.from(bytes, 'latin1') : encoded(bytes, source.format);
}

const BOM = '\ufeff';
const UNKNOWN = '\ufffd';

/** UTF-8 bytes in the encoding of the file; what was no text there is none again. */
function encoded(bytes: string, { encoding, bom }: CsvFormat): Buffer {
  if (encoding === 'utf-8') return Buffer.from(bom ? `\xef\xbb\xbf${bytes}` : bytes, 'latin1');
  const text = `${bom ? BOM : ''}${fromBytes(bytes)}`;
  const encode = (part: string): Buffer => iconv.encode(part, encoding, { addBOM: false });
  if (!text.includes(UNKNOWN)) return encode(text);
  const nothing = encoding.startsWith('utf-') ? encode('\ud800') : Buffer.from([meaningless(encoding)]);
  return Buffer.concat(
    text.split(UNKNOWN).flatMap((part, i) => (i === 0 ? [encode(part)] : [nothing, encode(part)])),
  );
}

/** A byte that a code page has no character for. */
function meaningless(encoding: string): number {
  for (let byte = 0x80; byte <= 0xff; byte++)
    if (iconv.decode(Buffer.from([byte]), encoding) === UNKNOWN) return byte;
  return 0x3f;
}
