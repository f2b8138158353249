// The bytes that a packed file holds: every archive is unpacked as a stream, bounded in memory, size and time.
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import yauzl from 'yauzl';
import { throwIfCancelled } from '../model';
import { decoded, isSystem, storedBytes, Unreadable, type Fingerprint } from './bytes';
import { unzstd } from './zstd';

export type Compression = 'none' | 'gzip' | 'zstd' | 'zip';

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
      yield* guardBomb(gunzip(storedBytes(file, options)), (await stat(file)).size, signal);
      return;
    case 'zstd':
      yield* guardBomb(unzstd(storedBytes(file, options)), (await stat(file)).size, signal);
      return;
    case 'zip':
      if (seen !== undefined) await readThrough(storedBytes(file, { seen, signal }));
      yield* unzip(file, signal);
      return;
    default:
      compression satisfies never;
  }
}

async function* gunzip(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const unpack = createGunzip();
  const source = Readable.from(chunks, { objectMode: false });
  source.on('error', (error) => unpack.destroy(error));
  source.pipe(unpack);
  try {
    yield* unpack as AsyncIterable<Buffer>;
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_'))
      throw new Unreadable('BAD_ARCHIVE', `The gzip stream is damaged: ${error.message}.`, error);
    throw error;
  } finally {
    source.destroy();
    unpack.destroy();
  }
}

/** What is listed of a zip archive: one file is expected, and some pack folders and notes of their system with it. */
const MOST_ENTRIES = 1000;
const STORED = 0;
const DEFLATED = 8;
const METHODS: Readonly<Record<number, string>> = {
  9: 'Deflate64',
  12: 'bzip2',
  14: 'LZMA',
  93: 'zstd',
  95: 'xz',
};

async function* unzip(file: string, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  let archive: yauzl.ZipFile | undefined;
  try {
    archive = await yauzl.openPromise(file, { autoClose: false });
    const entries: yauzl.Entry[] = [];
    let names = 0;
    let listed = 0;
    for await (const entry of archive.eachEntry()) {
      throwIfCancelled(signal);
      listed++;
      if (listed > MOST_ENTRIES)
        throw new Unreadable(
          'BAD_ARCHIVE',
          `The zip archive has more than ${MOST_ENTRIES} entries; exactly one file is expected.`,
        );
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
    if (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED)
      throw new Unreadable(
        'BAD_ARCHIVE',
        `The file in the zip archive is packed by ${METHODS[entry.compressionMethod] ?? `method ${entry.compressionMethod}`}; only Deflate is read. Pack it again.`,
      );
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

/** The whole file as UTF-8 chunks without BOM. */
export function utf8Bytes(
  file: string,
  how: { readonly compression: Compression; readonly encoding: string; readonly bom: boolean },
  options: Omit<ReadOptions, 'compression'>,
): AsyncGenerator<Buffer> {
  return decoded(unpackedBytes(file, { ...options, compression: how.compression }), how.encoding, how.bom);
}
