// Decides how a file is read: compression, encoding, dialect, layout; from its first bytes and a sample.
import { open, stat } from 'node:fs/promises';
import { type FormatHint, defined, throwIfCancelled } from '../model';
import { compressionOf, binaryKind, otherText } from './fileKind';
import { asPipelineError, bomLength, decoded, Unreadable } from './bytes';
import { unpackedBytes, type Compression } from './unpacked';
import { knownNames } from './cells';
import { decideByHighBytes, decideEncoding, type Encoding, type EncodingDecision } from './encoding';
import type { EvidenceSource } from './codePages';
import { HighBytes } from './highBytes';
import { fromBytes } from './records';
import { structureOf } from './textStructure';
import type { CsvFormat } from './format';
import { statedEncoding } from './statedFormat';

export type Decision =
  | { readonly kind: 'csv'; readonly format: CsvFormat }
  | { readonly kind: 'empty'; readonly reason: string }
  | { readonly kind: 'rejected'; readonly code: string; readonly reason: string };

export interface DecideOptions {
  /** For each column of the table the names that mean it; absent for a file of which nothing is known. */
  readonly knownColumns?: readonly (readonly string[])[] | undefined;
  /** What the config states about the file: not guessed. */
  readonly hint?: FormatHint | undefined;
  /** What is known beside the file's bytes: it counts only where they do not settle the encoding. */
  readonly evidence?: EvidenceSource | undefined;
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
  const bytes = [head, ...samples.between, ...(samples.whole ? [] : [samples.tail])];
  const stated = statedEncoding(bytes, options.hint);
  if (stated?.kind === 'refused') return { kind: 'rejected', code: stated.code, reason: stated.reason };
  const found = stated === undefined ? await encodingOf(file, compression, samples, options) : undefined;
  if (found?.kind === 'refused' && (strict || found.best === undefined))
    return { kind: 'rejected', code: found.code, reason: found.reason };
  const encoding = stated?.encoding ?? (found?.kind === 'refused' ? found.best : found);
  if (encoding === undefined) throw new Error('No encoding was decided.');
  const text = await sampleText(head, encoding, samples.whole);
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

  const known = knownNames(options.knownColumns);
  const decided = structureOf(
    { text, tail: samples.whole ? undefined : await tailText(samples, encoding) },
    { known, stated: options.hint, strict },
  );
  if (decided.kind !== 'structure') return decided;
  const { structure } = decided;
  const refused = refuseColumns(structure.columns.length, strict);
  if (refused !== undefined) return refused;
  const doubts = [...(stated?.doubts ?? encoding.doubts ?? []), ...(structure.doubts ?? [])];
  return {
    kind: 'csv',
    format: {
      ...structure,
      compression,
      encoding: encoding.encoding,
      bom: encoding.bom,
      confidence: { encoding: encoding.confidence, ...structure.confidence },
      notes: [...(encoding.note === undefined ? [] : [encoding.note]), ...structure.notes],
      ...(doubts.length > 0 ? { doubts } : {}),
      ...defined({ evidence: encoding.evidence, otherNames: known?.others(structure.columns) }),
    },
  };
}

/**
 * More columns than any table has. Each costs every later stage statements and memory: 5,000 take 10 seconds of a run,
 * 40,000 an hour.
 */
const MOST_COLUMNS = 5_000;

/** A file without a first record, or with one that is no row of a table. */
function refuseColumns(
  columns: number,
  strict: boolean,
): Extract<Decision, { readonly kind: 'rejected' }> | undefined {
  if (columns === 0)
    return {
      kind: 'rejected',
      code: 'LINE_TOO_LONG',
      reason: `Its first record has no end within the first ${HEAD / 1024} KB: too many columns, a quote that is not closed, or a file of another kind.`,
    };
  if (strict && columns > MOST_COLUMNS)
    return {
      kind: 'rejected',
      code: 'TOO_MANY_COLUMNS',
      reason: `It has ${columns} columns; ${MOST_COLUMNS} are the most that a file may have.`,
    };
  return undefined;
}

/** By the samples; where they are neither UTF-8 nor all of the file, by every byte of it. */
async function encodingOf(
  file: string,
  compression: Compression,
  samples: Samples,
  options: DecideOptions,
): Promise<EncodingDecision> {
  const decided = decideEncoding(
    [samples.head, ...samples.between, ...(samples.whole ? [] : [samples.tail])],
    options.evidence,
  );
  if (samples.whole) return decided;
  if (decided.kind === 'refused' && decided.code === 'NOT_TEXT') return decided;
  if (decided.kind === 'decided' && decided.encoding.startsWith('utf-')) return decided;
  return decideByHighBytes(await highBytesOf(file, compression, options), options.evidence);
}

/** All that a file has beyond ASCII. */
export async function highBytesOf(
  file: string,
  compression: Compression,
  options: Pick<DecideOptions, 'temporary' | 'signal'>,
): Promise<HighBytes> {
  const found = new HighBytes();
  for await (const chunk of unpackedBytes(file, { ...options, compression })) found.take(chunk);
  found.end();
  return found;
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

/** The text of the end of a file that the head does not hold. */
async function tailText(samples: Samples, encoding: Encoding): Promise<string> {
  const step = encoding.encoding.startsWith('utf-32') ? 4 : encoding.encoding.startsWith('utf-16') ? 2 : 1;
  const from =
    (step - ((samples.size - samples.tail.length - bomLength(encoding.encoding, encoding.bom)) % step)) %
    step;
  const chunks: Buffer[] = [];
  for await (const chunk of decoded(once(samples.tail.subarray(from)), encoding.encoding, false))
    chunks.push(chunk);
  return Buffer.concat(chunks).toString('latin1');
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
  const tails: Buffer[] = [];
  let tailed = 0;
  for await (const chunk of unpackedBytes(file, { ...options, compression })) {
    if (taken < HEAD) {
      const part = chunk.subarray(0, HEAD - taken);
      heads.push(part);
      taken += part.length;
    } else if (between.length < 16 && chunk.some((b) => b >= 0x80))
      between.push(Buffer.from(chunk.subarray(0, SPOT)));
    size += chunk.length;
    tails.push(chunk);
    tailed += chunk.length;
    while (tailed - (tails[0]?.length ?? 0) >= TAIL) tailed -= tails.shift()?.length ?? 0;
  }
  const tail = Buffer.concat(tails).subarray(-TAIL);
  const head = Buffer.concat(heads);
  return size <= HEAD
    ? { head, tail: head, between: [], whole: true, size }
    : { head, tail, between, whole: false, size };
}
