// A zstd file cut into its frames and blocks (RFC 8878): what a decoder gets is small, and refused before it costs memory.
import { Unreadable } from './bytes';

/** One step for a decoder: it unpacks to BLOCK_BYTES at most. */
export interface ZstdPiece {
  readonly bytes: Buffer;
  /** Does a frame start here? */
  readonly first: boolean;
  readonly last: boolean;
  /** With the last piece: what the whole frame holds, where its header says so. */
  readonly holds: number | undefined;
}

/** The most that a block unpacks to. */
const BLOCK_BYTES = 1 << 17;
/** The window that `zstd` itself takes without `--memory`: all its levels, and `--long`, stay within. */
export const WINDOW_LOG = 27;
const MAGIC = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;

/** The pieces of all frames, in order; skippable frames are left out. @throws Unreadable BAD_ARCHIVE */
export async function* zstdPieces(chunks: AsyncIterable<Buffer>): AsyncGenerator<ZstdPiece> {
  const input = new Input(chunks);
  try {
    for (;;) {
      const start = await input.take(4, true);
      if (start === undefined) return;
      const magic = start.readUInt32LE();
      if (magic === MAGIC) yield* frame(input, start);
      else if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE)
        await input.skip((await input.take(4)).readUInt32LE());
      else throw damaged('something else follows its last frame');
    }
  } finally {
    await input.close();
  }
}

async function* frame(input: Input, start: Buffer): AsyncGenerator<ZstdPiece> {
  const { bytes, checksum, holds, window } = await header(input, start);
  if (window > 2 ** WINDOW_LOG)
    throw new Unreadable(
      'BAD_ARCHIVE',
      `The zstd stream asks for a window of ${Math.ceil(window / 2 ** 20)} MB of memory; ${2 ** (WINDOW_LOG - 20)} MB is the most that is read. Pack it again without "--ultra" and "--long".`,
    );
  const most = Math.min(window, BLOCK_BYTES);
  let first = true;
  let before = bytes;
  for (let last = false; !last; first = false) {
    const head = await input.take(3);
    const word = head.readUIntLE(0, 3);
    last = (word & 1) === 1;
    const kind = (word >> 1) & 3;
    const size = word >> 3;
    if (kind === 3) throw damaged('a block is of no known kind');
    if (size > most) throw damaged(`a block of ${size} bytes is larger than its frame allows`);
    // The second kind is one byte that is repeated.
    const body = await input.take(kind === 1 ? 1 : size);
    const end = last && checksum ? await input.take(4) : Buffer.alloc(0);
    yield { bytes: Buffer.concat([before, head, body, end]), first, last, holds };
    before = Buffer.alloc(0);
  }
}

interface FrameHeader {
  readonly bytes: Buffer;
  readonly checksum: boolean;
  readonly holds: number | undefined;
  readonly window: number;
}

async function header(input: Input, start: Buffer): Promise<FrameHeader> {
  const descriptor = await input.take(1);
  const flags = descriptor.readUInt8();
  if ((flags & 8) !== 0) throw damaged('a frame has an unknown flag');
  const single = (flags & 32) !== 0;
  const windowBytes = single ? 0 : 1;
  const dictionaryBytes = [0, 1, 2, 4][flags & 3] ?? 0;
  const sizeBytes = [single ? 1 : 0, 2, 4, 8][flags >> 6] ?? 0;
  const rest = await input.take(windowBytes + dictionaryBytes + sizeBytes);
  const dictionary = rest.subarray(windowBytes, windowBytes + dictionaryBytes);
  if (dictionary.some((byte) => byte !== 0))
    throw new Unreadable('BAD_ARCHIVE', 'The zstd stream needs a dictionary. Pack it again without one.');
  const holds = contentSize(rest.subarray(windowBytes + dictionaryBytes));
  return {
    bytes: Buffer.concat([start, descriptor, rest]),
    checksum: (flags & 4) !== 0,
    holds,
    window: single ? (holds ?? 0) : windowSize(rest.readUInt8()),
  };
}

function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function contentSize(field: Buffer): number | undefined {
  switch (field.length) {
    case 0:
      return undefined;
    case 2:
      return field.readUInt16LE() + 256;
    case 8:
      return Number(field.readBigUInt64LE());
    default:
      return field.readUIntLE(0, field.length);
  }
}

export const damaged = (why: string): Unreadable =>
  new Unreadable('BAD_ARCHIVE', `The zstd stream is damaged: ${why}.`);

/** Bytes by number, of chunks of any size. */
class Input {
  readonly #chunks: AsyncIterator<Buffer>;
  #held: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** @param mayEnd undefined at the end of the file, which is damage anywhere else. */
  take(count: number, mayEnd?: false): Promise<Buffer>;
  take(count: number, mayEnd: true): Promise<Buffer | undefined>;
  async take(count: number, mayEnd = false): Promise<Buffer | undefined> {
    if (this.#held.length < count) {
      const parts = [this.#held];
      let length = this.#held.length;
      while (length < count) {
        const next = await this.#chunks.next();
        if (next.done === true) {
          if (mayEnd && length === 0) return undefined;
          throw damaged('it ends too early');
        }
        parts.push(next.value);
        length += next.value.length;
      }
      this.#held = Buffer.concat(parts);
    }
    const taken = this.#held.subarray(0, count);
    this.#held = this.#held.subarray(count);
    return taken;
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  async skip(count: number): Promise<void> {
    for (let left = count; left > 0;) {
      const some = Math.min(left, BLOCK_BYTES);
      await this.take(some);
      left -= some;
    }
  }
}
