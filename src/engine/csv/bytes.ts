// The bytes of a file as they are and as UTF-8: decompression and decoding as streams, never a whole file at once.
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { once } from 'node:events';
import * as zlib from 'node:zlib';
import { Decompress } from 'fzstd';
import iconv from 'iconv-lite';
import yauzl from 'yauzl';
import { PipelineError, throwIfCancelled } from '../model';

const CHUNK = 1 << 20;

export type Compression = 'none' | 'gzip' | 'zstd' | 'zip';

/** A file that cannot be read for a reason of its own; becomes a rejected file with `code` and the message. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
  readonly code: string;
  constructor(code: string, reason: string, cause?: unknown) {
    super(reason, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** What the one pass over the original bytes learns. */
export interface Fingerprint {
  readonly update: (chunk: Buffer) => void;
  /** How many so far. */
  readonly bytes: () => number;
  readonly result: () => { readonly sha256: string; readonly bytes: number };
}

export function fingerprint(): Fingerprint {
  const hash = createHash('sha256');
  let bytes = 0;
  return {
    update: (chunk) => {
      hash.update(chunk);
      bytes += chunk.length;
    },
    bytes: () => bytes,
    result: () => ({ sha256: hash.digest('hex'), bytes }),
  };
}

/** The stored bytes in chunks of 1 MB; every chunk goes to `seen` first. */
export async function* storedBytes(
  file: string,
  options: {
    readonly seen?: Fingerprint | undefined;
    readonly signal?: AbortSignal | undefined;
    readonly from?: number;
  },
): AsyncGenerator<Buffer> {
  const handle = await open(file, 'r');
  try {
    let position = options.from ?? 0;
    for (;;) {
      throwIfCancelled(options.signal);
      const buffer = Buffer.allocUnsafeSlow(CHUNK);
      const { bytesRead } = await handle.read(buffer, 0, CHUNK, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      const chunk = buffer.subarray(0, bytesRead);
      options.seen?.update(chunk);
      yield chunk;
    }
  } finally {
    await handle.close();
  }
}

/** Reads to the end, for what `seen` learns. */
async function readThrough(chunks: AsyncIterable<Buffer>): Promise<void> {
  const iterator = chunks[Symbol.asyncIterator]();
  while ((await iterator.next()).done !== true);
}

/** Text that grows more than this much from its stored form is no table but an attack, or a mistake. */
const BOMB_RATIO = 250;
const BOMB_BYTES = 256 << 20;

async function* guardBomb(
  stream: AsyncIterable<Buffer>,
  stored: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  let total = 0;
  for await (const chunk of stream) {
    throwIfCancelled(signal);
    total += chunk.length;
    if (total > BOMB_BYTES && total > stored * BOMB_RATIO)
      throw new Unreadable(
        'ARCHIVE_BOMB',
        `It unpacks to more than ${BOMB_RATIO} times its size: ${total} bytes of ${stored} and counting.`,
      );
    yield chunk;
  }
}

export interface ReadOptions {
  readonly compression: Compression;
  readonly seen?: Fingerprint | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly temporary: string;
}

/** The unpacked bytes. @throws Unreadable BAD_ARCHIVE, ARCHIVE_BOMB */
export async function* unpackedBytes(file: string, options: ReadOptions): AsyncGenerator<Buffer> {
  const { compression, seen, signal } = options;
  switch (compression) {
    case 'none':
      yield* storedBytes(file, { seen, signal });
      return;
    case 'gzip':
      yield* unzlib(file, options, zlib.createGunzip(), 'gzip');
      return;
    case 'zstd': {
      const create = (zlib as { createZstdDecompress?: () => zlib.Gunzip }).createZstdDecompress;
      if (create === undefined) yield* unzstd(file, options);
      else yield* unzlib(file, options, create(), 'zstd');
      return;
    }
    case 'zip':
      if (seen !== undefined) await readThrough(storedBytes(file, { seen, signal }));
      yield* unzip(file, signal);
      return;
    default:
      compression satisfies never;
  }
}

async function* unzlib(
  file: string,
  options: ReadOptions,
  unpack: zlib.Gunzip,
  name: string,
): AsyncGenerator<Buffer> {
  const stored = (await stat(file)).size;
  const source = Readable.from(storedBytes(file, options), { objectMode: false });
  source.on('error', (error) => unpack.destroy(error));
  source.pipe(unpack);
  try {
    yield* guardBomb(unpack as AsyncIterable<Buffer>, stored, options.signal);
  } catch (error) {
    if (error instanceof Error && 'code' in error && /^(Z_|ERR_ZSTD|ZSTD)/.test(String(error.code)))
      throw new Unreadable('BAD_ARCHIVE', `The ${name} stream is damaged: ${error.message}.`, error);
    throw error;
  } finally {
    source.destroy();
    unpack.destroy();
  }
}

/** Node before 22.15 has no zstd of its own: fzstd unpacks the same bytes in plain JavaScript. */
async function* unzstd(file: string, options: ReadOptions): AsyncGenerator<Buffer> {
  const stored = (await stat(file)).size;
  const ready: Buffer[] = [];
  const unpack = new Decompress((chunk) =>
    ready.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)),
  );
  async function* chunks(): AsyncGenerator<Buffer> {
    // The last chunk must be marked, or a stream cut short would pass for a whole one.
    let before: Buffer | undefined;
    for await (const chunk of storedBytes(file, options)) {
      if (before !== undefined) unpack.push(before);
      yield* ready.splice(0);
      before = chunk;
    }
    unpack.push(before ?? Buffer.alloc(0), true);
    yield* ready.splice(0);
  }
  try {
    yield* guardBomb(chunks(), stored, options.signal);
  } catch (error) {
    if (error instanceof Unreadable || error instanceof PipelineError || isSystem(error)) throw error;
    throw new Unreadable(
      'BAD_ARCHIVE',
      `The zstd stream is damaged: ${error instanceof Error ? error.message : String(error)}.`,
      error,
    );
  }
}

async function* unzip(file: string, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  let archive: yauzl.ZipFile | undefined;
  try {
    archive = await yauzl.openPromise(file, { autoClose: false });
    const entries: yauzl.Entry[] = [];
    let names = 0;
    for await (const entry of archive.eachEntry()) {
      throwIfCancelled(signal);
      if (entry.fileName === '[Content_Types].xml')
        throw new Unreadable('NOT_CSV', 'It is an Office document (Excel workbook), not delimited text.');
      if (entry.fileName.endsWith('/') || entry.fileName.startsWith('__MACOSX/')) continue;
      names++;
      if (entries.length < 2) entries.push(entry);
    }
    const [entry] = entries;
    if (entry === undefined) throw new Unreadable('BAD_ARCHIVE', 'The zip archive has no file.');
    if (names > 1)
      throw new Unreadable('BAD_ARCHIVE', `The zip archive holds ${names} files; exactly one is expected.`);
    if (entry.isEncrypted()) throw new Unreadable('BAD_ARCHIVE', 'The zip archive is encrypted.');
    if (entry.uncompressedSize > BOMB_BYTES && entry.uncompressedSize > entry.compressedSize * BOMB_RATIO)
      throw new Unreadable(
        'ARCHIVE_BOMB',
        `It unpacks to more than ${BOMB_RATIO} times its size: ${entry.uncompressedSize} bytes.`,
      );
    const stream = await archive.openReadStreamPromise(entry);
    yield* guardBomb(stream as AsyncIterable<Buffer>, entry.compressedSize, signal);
  } catch (error) {
    if (error instanceof Unreadable) throw error;
    throwIfCancelled(signal);
    if (isSystem(error)) throw error;
    throw new Unreadable(
      'BAD_ARCHIVE',
      `The zip archive is damaged: ${error instanceof Error ? error.message : String(error)}.`,
      error,
    );
  } finally {
    archive?.close();
  }
}

/** Errors of the file system in our own words; others as they are. */
export function asPipelineError(error: unknown, file: string): unknown {
  if (error instanceof PipelineError || !(error instanceof Error) || !('code' in error)) return error;
  const more = { where: { file }, cause: error };
  switch (error.code) {
    case 'ENOENT':
      return new PipelineError(
        'NOT_FOUND',
        `${file} is not there.`,
        'Check the path; another program may have moved it.',
        more,
      );
    case 'EACCES':
    case 'EPERM':
      return new PipelineError(
        'PERMISSION',
        `${file} may not be read.`,
        'Give this user the right to read it.',
        more,
      );
    case 'ENOSPC':
    case 'EDQUOT':
      return new PipelineError(
        'DISK_FULL',
        `No space is left on the disk: ${error.message}.`,
        'Free space on the disk of the data folder, then run again.',
        more,
      );
    case 'EISDIR':
    case 'EIO':
    case 'EMFILE':
    case 'EBUSY':
    case 'ETIMEDOUT':
      return new PipelineError(
        'FILE_UNREADABLE',
        `${file} cannot be read: ${error.message}.`,
        'Check the file and the disk, then run again.',
        more,
      );
    default:
      return error;
  }
}

function isSystem(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

const BOMS: Readonly<Record<string, number>> = {
  'utf-8': 3,
  'utf-16le': 2,
  'utf-16be': 2,
  'utf-32le': 4,
  'utf-32be': 4,
};

export function bomLength(encoding: string, bom: boolean): number {
  return bom ? (BOMS[encoding] ?? 0) : 0;
}

/** Turns chunks of an encoding into UTF-8 chunks without BOM. */
export async function* decoded(
  chunks: AsyncIterable<Buffer>,
  encoding: string,
  bom: boolean,
): AsyncGenerator<Buffer> {
  let skip = bomLength(encoding, bom);
  const decoder = encoding === 'utf-8' ? undefined : iconv.getDecoder(encoding, { stripBOM: false });
  // ISO 8859 has controls where the code pages of Windows have signs: they stand in no text.
  const text = (part: string): string =>
    encoding.startsWith('iso-8859') ? part.replace(/[\u0080-\u009f]/g, '\ufffd') : part;
  for await (let chunk of chunks) {
    if (skip > 0) {
      const cut = Math.min(skip, chunk.length);
      chunk = chunk.subarray(cut);
      skip -= cut;
    }
    if (chunk.length === 0) continue;
    yield decoder === undefined ? chunk : Buffer.from(text(decoder.write(chunk)), 'utf8');
  }
  const rest = decoder?.end();
  if (rest !== undefined && rest !== '') yield Buffer.from(text(rest), 'utf8');
}

/** The whole file as UTF-8 chunks without BOM. */
export function utf8Bytes(
  file: string,
  how: { readonly compression: Compression; readonly encoding: string; readonly bom: boolean },
  options: Omit<ReadOptions, 'compression'>,
): AsyncGenerator<Buffer> {
  return decoded(unpackedBytes(file, { ...options, compression: how.compression }), how.encoding, how.bom);
}

/** Writes chunks to a file, telling each to `seen`; waits for the disk, so memory stays bounded. */
export async function writeChunks(
  path: string,
  chunks: AsyncIterable<Buffer>,
  seen?: (chunk: Buffer) => void,
): Promise<void> {
  const output = createWriteStream(path, { highWaterMark: 4 * CHUNK });
  const failed = once(output, 'error').then(([error]) => {
    throw error as Error;
  });
  failed.catch(() => undefined);
  try {
    for await (const chunk of chunks) {
      seen?.(chunk);
      if (!output.write(chunk)) await Promise.race([once(output, 'drain'), failed]);
    }
    output.end();
    await Promise.race([once(output, 'close'), failed]);
  } finally {
    output.destroy();
  }
}

let serial = 0;
/** A path in `temporary` that no other call of this process gets. */
export function temporaryPath(temporary: string, suffix: string): string {
  serial++;
  return join(temporary, `csv-${process.pid}-${serial}${suffix}`);
}
