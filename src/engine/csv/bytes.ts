// The bytes of a file as they are, and decoded to UTF-8: as streams, never a whole file at once.
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { once } from 'node:events';
import iconv from 'iconv-lite';
import { PipelineError, throwIfCancelled } from '../model';

const CHUNK = 1 << 20;

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

export function isSystem(error: unknown): boolean {
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
