// Decides how a file is read: compression, encoding, dialect, layout; from its first bytes and a sample.
import { open, stat } from 'node:fs/promises';
import { type FormatHint, throwIfCancelled } from '../model';
import { compressionOf, binaryKind, otherText } from './fileKind';
import { asPipelineError, bomLength, decoded, unpackedBytes, Unreadable, type Compression } from './bytes';
import { knownNames } from './cells';
import { chooseDialect, newlineOf } from './dialect';
import { detectEncoding, type Encoding } from './encoding';
import { footerOf } from './footer';
import { isBlank, layOut } from './layout';
import { cutText, fromBytes, type RecordSyntax } from './records';
import type { CsvFormat } from './format';

export type Decision =
  | { readonly kind: 'csv'; readonly format: CsvFormat }
  | { readonly kind: 'empty'; readonly reason: string }
  | { readonly kind: 'rejected'; readonly code: string; readonly reason: string };

export interface DecideOptions {
  /** For each column of the table the names that mean it; absent for a file of which nothing is known. */
  readonly knownColumns?: readonly (readonly string[])[] | undefined;
  /** What the config states about the file: not guessed. */
  readonly hint?: FormatHint | undefined;
  readonly signal?: AbortSignal | undefined;
  /** An existing folder for temporary files. */
  readonly temporary: string;
}

const HEAD = 256 * 1024;
const TAIL = 64 * 1024;
const SPOT = 32 * 1024;
const SPOTS = 8;

interface Samples {
  /** The beginning, unpacked. */
  readonly head: Buffer;
  /** The end, unpacked; the same buffer as head where that is all. */
  readonly tail: Buffer;
  /** From places between, for the encoding. */
  readonly between: readonly Buffer[];
  /** Unpacked length, where head is all of it. */
  readonly whole: boolean;
  readonly size: number;
}

/** As decideFormat; a preview takes doubtful readings too. */
export async function decide(file: string, options: DecideOptions, strict: boolean): Promise<Decision> {
  try {
    return await decideOrThrow(file, options, strict);
  } catch (error) {
    throwIfCancelled(options.signal);
    if (error instanceof Unreadable) return { kind: 'rejected', code: error.code, reason: error.message };
    throw asPipelineError(error, file);
  }
}

async function decideOrThrow(file: string, options: DecideOptions, strict: boolean): Promise<Decision> {
  const size = (await stat(file)).size;
  if (size === 0) return { kind: 'empty', reason: 'The file has no bytes.' };
  const first = await readAt(file, 0, 512);
  const compression = compressionOf(first);
  const samples =
    compression === 'none'
      ? await plainSamples(file, size)
      : await unpackedSamples(file, compression, options);
  const { head } = samples;
  if (head.length === 0) return { kind: 'empty', reason: 'The packed file has no bytes.' };
  const binary = binaryKind(head);
  if (binary !== undefined)
    return { kind: 'rejected', code: 'NOT_CSV', reason: `It is ${binary}, not delimited text.` };
  const encoding = detectEncoding([head, ...samples.between, ...(samples.whole ? [] : [samples.tail])]);
  if (encoding === undefined)
    return {
      kind: 'rejected',
      code: 'NOT_TEXT',
      reason: 'Its bytes are not text in a known encoding: binary content, or a damaged file.',
    };
  const text = await sampleText(head, encoding, samples.whole);
  const known = knownNames(options.knownColumns);
  if (text.replaceAll('\0', '').trim() === '')
    return samples.whole
      ? {
          kind: 'empty',
          reason:
            encoding.bom && text === ''
              ? 'The file has a byte order mark and nothing else.'
              : 'The file has only blank lines.',
        }
      : { kind: 'rejected', code: 'NOT_TEXT', reason: `Its first ${HEAD} bytes are blank.` };
  const other = otherText(fromBytes(text));
  if (other !== undefined)
    return { kind: 'rejected', code: 'NOT_CSV', reason: `It is ${other}, not delimited text.` };

  const sep = /^(?:sep|delimiter)=(.+?)[ \t]*(\r\n|\r|\n)/i.exec(text);
  const sepTab = /^sep=\t(\r\n|\r|\n)/i.exec(text);
  const given = sepTab === null ? sep?.[1] : '\t';
  const offset = (sepTab ?? sep)?.[0].length ?? 0;
  const body = text.slice(offset);
  if (body.trim() === '') return { kind: 'empty', reason: 'The file has a sep= line and nothing else.' };
  const choice = chooseDialect(
    body,
    samples.whole,
    known,
    given === undefined ? undefined : stripQuotes(given),
  );
  const { reading } = choice;
  if (strict && choice.doubt !== undefined)
    return { kind: 'rejected', code: 'AMBIGUOUS_DIALECT', reason: choice.doubt };
  const cut: RecordSyntax = { ...reading.cut, newline: newlineOf(text, samples.whole) };
  const records = cutText(body, cut, samples.whole);
  const layout = layOut(records, reading.width, known);
  if (strict && layout.refused !== undefined) return { kind: 'rejected', ...layout.refused };
  const width = layout.columns.length + (layout.trailing ? 1 : 0);
  const refused = strict
    ? refuseShape(reading.width, width, layout.header, records.slice(layout.before + layout.header))
    : undefined;
  if (refused !== undefined) return { kind: 'rejected', ...refused };
  const tail = await tailRecords(samples, encoding, cut, records.slice(layout.before + layout.header));
  const footer = footerOf(tail, width);
  const rows = records.filter((r) => !isBlank(r)).length;
  return {
    kind: 'csv',
    format: {
      compression,
      encoding: encoding.encoding,
      bom: encoding.bom,
      delimiter: fromBytes(cut.delimiter),
      quote: cut.quote,
      escape: cut.escape,
      newline: cut.newline,
      preamble: layout.preamble + (offset > 0 ? 1 : 0),
      header: layout.header,
      footer,
      ...(layout.trailing ? { trailingDelimiter: true } : {}),
      columns: layout.columns,
      confidence: {
        encoding: encoding.confidence,
        delimiter: choice.confidence.delimiter,
        quote: choice.confidence.quote,
        header: layout.confidence,
        footer: footer === 0 ? 0.95 : 0.9,
      },
      notes: [
        ...(encoding.note === undefined ? [] : [encoding.note]),
        ...(offset > 0 ? [`delimiter by the sep= line`] : []),
        ...choice.notes,
        ...(choice.doubt === undefined ? [] : [choice.doubt]),
        ...layout.notes,
        ...(footer > 0 ? [`${footer} footer ${footer === 1 ? 'line' : 'lines'} skipped`] : []),
        ...(rows < 3 ? ['few rows: the choices rest on little'] : []),
      ],
    },
  };
}

/** Header and rows that are not equally wide in general: no row could be placed under its name. */
function refuseShape(
  width: number,
  names: number,
  header: number,
  body: readonly { readonly fields: readonly string[]; readonly raw: string }[],
): { readonly code: string; readonly reason: string } | undefined {
  if (header === 0 || names === width) return undefined;
  const rows = body.filter((r) => r.raw.trim() !== '');
  if (rows.length === 0) return undefined;
  const fits = rows.filter((r) => r.fields.length === names).length;
  if (fits >= rows.length * 0.5) return undefined;
  return {
    code: 'HEADER_MISMATCH',
    reason: `The header names ${names} columns, but most rows have ${width} fields.`,
  };
}

function stripQuotes(given: string): string {
  return given.length >= 3 && given.startsWith('"') && given.endsWith('"') ? given.slice(1, -1) : given;
}

async function sampleText(bytes: Buffer, encoding: Encoding, whole: boolean): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of decoded(once(bytes), encoding.encoding, encoding.bom)) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('latin1');
  if (whole) return text;
  // The last line may be cut: what is behind the last line end is left out, unless there is none.
  const end = Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r', text.length - 2));
  return end === -1 ? text : text.slice(0, end + 1);
}

// eslint-disable-next-line @typescript-eslint/require-await -- decoded() takes a stream
async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

async function tailRecords(
  samples: Samples,
  encoding: Encoding,
  cut: RecordSyntax,
  rest: ReturnType<typeof cutText>,
): Promise<ReturnType<typeof cutText>> {
  if (samples.whole) return rest;
  const step = encoding.encoding.startsWith('utf-32') ? 4 : encoding.encoding.startsWith('utf-16') ? 2 : 1;
  const from =
    (step - ((samples.size - samples.tail.length - bomLength(encoding.encoding, encoding.bom)) % step)) %
    step;
  const chunks: Buffer[] = [];
  for await (const chunk of decoded(once(samples.tail.subarray(from)), encoding.encoding, false))
    chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('latin1');
  const start = text.search(/[\r\n]/);
  return start === -1 ? [] : cutText(text.slice(start + 1).replace(/^\n/, ''), cut, true);
}

async function readAt(file: string, position: number, length: number): Promise<Buffer> {
  const handle = await open(file, 'r');
  try {
    const buffer = Buffer.alloc(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await handle.read(buffer, filled, length - filled, position + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return buffer.subarray(0, filled);
  } finally {
    await handle.close();
  }
}

async function plainSamples(file: string, size: number): Promise<Samples> {
  const head = await readAt(file, 0, Math.min(size, HEAD));
  if (size <= HEAD) return { head, tail: head, between: [], whole: true, size };
  const between: Buffer[] = [];
  if (size > HEAD + TAIL + SPOTS * SPOT)
    for (let i = 1; i <= SPOTS; i++) {
      const at = HEAD + Math.floor(((size - HEAD - TAIL) * i) / (SPOTS + 1));
      between.push(await readAt(file, at - (at % 4), SPOT));
    }
  const from = Math.max(0, size - TAIL);
  return { head, tail: await readAt(file, from, size - from), between, whole: false, size };
}

async function unpackedSamples(
  file: string,
  compression: Compression,
  options: DecideOptions,
): Promise<Samples> {
  const heads: Buffer[] = [];
  const between: Buffer[] = [];
  let size = 0;
  let taken = 0;
  let tail: Buffer = Buffer.alloc(0);
  for await (const chunk of unpackedBytes(file, { ...options, compression })) {
    if (taken < HEAD) {
      const part = chunk.subarray(0, HEAD - taken);
      heads.push(part);
      taken += part.length;
    } else if (between.length < 16 && chunk.some((b) => b >= 0x80))
      between.push(Buffer.from(chunk.subarray(0, SPOT)));
    size += chunk.length;
    tail =
      chunk.length >= TAIL
        ? chunk.subarray(chunk.length - TAIL)
        : Buffer.concat([tail, chunk]).subarray(-TAIL);
  }
  const head = Buffer.concat(heads);
  return size <= HEAD
    ? { head, tail: head, between: [], whole: true, size }
    : { head, tail, between, whole: false, size };
}
