// Archives that a supplier would never make by mistake: bombs, loops, and sizes that lie.
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';

// ---- zstd ------------------------------------------------------------------------------------------

const MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/** A frame that asks for a window of 2^log bytes. */
export function zstdFrame(windowLog: number, ...blocks: readonly Buffer[]): Buffer {
  return Buffer.concat([MAGIC, Buffer.from([0, (windowLog - 10) << 3]), ...blocks]);
}

/** Its kinds: 0 raw, 1 one byte repeated, 2 compressed. */
export function zstdBlock(kind: 0 | 1 | 2, size: number, body: Buffer, last = false): Buffer {
  const head = Buffer.alloc(3);
  head.writeUIntLE((last ? 1 : 0) | (kind << 1) | (size << 3), 0, 3);
  return Buffer.concat([head, body]);
}

export const rawBlock = (text: string, last = false): Buffer =>
  zstdBlock(0, Buffer.byteLength(text), Buffer.from(text), last);

const repeated = (byte: string, last = false): Buffer => zstdBlock(1, 1 << 17, Buffer.from(byte), last);

/** Blocks of four bytes that are 128 KB each: `kilobytes` of them unpack to 32,000 times as much. */
export function zstdBomb(head: string, kilobytes: number): Buffer {
  const blocks = Array.from({ length: (kilobytes * 1024) / 4 }, () => repeated('a'));
  return zstdFrame(20, rawBlock(head), ...blocks, rawBlock('\n', true));
}

/** Frames of ten bytes, each of which asks for a window of 128 MB. */
export function zstdTinyFrames(head: string, frames: number): Buffer {
  const tiny = zstdFrame(27, zstdBlock(1, 1, Buffer.from('a'), true));
  return Buffer.concat([zstdFrame(20, rawBlock(head, true)), ...Array.from({ length: frames }, () => tiny)]);
}

/** A block of 14 bytes that says: copy 131,074 bytes, 98,047 times. */
export function zstdLongBlock(head: string, blocks: number): Buffer {
  const body = Buffer.concat([
    Buffer.from([4 << 3]),
    Buffer.from('abcd'),
    Buffer.from([255, 0xff, 0xff]),
    // Each of the three tables is one symbol that takes no bits: the longest literals, an offset, the longest match.
    Buffer.from([(1 << 6) | (1 << 4) | (1 << 2), 35, 2, 52, 1]),
  ]);
  const one = zstdBlock(2, body.length, body);
  return zstdFrame(20, rawBlock(head), ...Array.from({ length: blocks }, () => one), rawBlock('\n', true));
}

/** Its Huffman weights are coded by a table whose only symbol takes no bits: a naive reader never ends. */
export function zstdEndlessTable(head: string): Buffer {
  // Accuracy 5 (four bits), then the probability of symbol 0 (six bits): all 32 states.
  const table = Buffer.from([0xf0, 0x03]);
  // Ten bits for the two states to start from, then none are needed any more.
  const states = Buffer.from([0, 0, 1]);
  const weights = Buffer.concat([Buffer.from([table.length + states.length]), table, states]);
  const streams = Buffer.from([1]);
  const size = 8;
  const packed = weights.length + streams.length;
  // Literals packed with a table of their own, one stream, ten bits for each of the two sizes.
  const literals = Buffer.alloc(3);
  literals.writeUIntLE(2 | (0 << 2) | (size << 4) | (packed << 14), 0, 3);
  const body = Buffer.concat([literals, weights, streams, Buffer.from([0])]);
  return zstdFrame(20, rawBlock(head), zstdBlock(2, body.length, body), rawBlock('\n', true));
}

// ---- gzip ------------------------------------------------------------------------------------------

/** Members of one file, behind one another. */
export function gzipBomb(head: string, megabytes: number): Buffer {
  const member = gzipSync(Buffer.alloc(16 << 20, 'a'), { level: 6 });
  return Buffer.concat([gzipSync(head), ...Array.from({ length: Math.ceil(megabytes / 16) }, () => member)]);
}

// ---- zip -------------------------------------------------------------------------------------------

export interface ZipEntry {
  readonly name: string;
  readonly content: Buffer;
  /** Another size than its content has. */
  readonly claimed?: number;
  readonly method?: number;
  readonly flags?: number;
  /** Its sizes stand behind its bytes, as of a writer that cannot seek. */
  readonly descriptor?: boolean;
  /** It is where the entry of this number is. */
  readonly over?: number;
}

/** A zip archive of entries as they are given, true or not. */
export function zip(entries: readonly ZipEntry[]): Buffer {
  const parts: Buffer[] = [];
  const offsets: number[] = [];
  const central: Buffer[] = [];
  let position = 0;
  const put = (bytes: Buffer): void => {
    parts.push(bytes);
    position += bytes.length;
  };
  for (const entry of entries) {
    const method = entry.method ?? 8;
    const packed = method === 0 ? entry.content : deflateRawSync(entry.content, { level: 6 });
    const flags = (entry.flags ?? 0) | (entry.descriptor === true ? 8 : 0);
    const size = entry.claimed ?? entry.content.length;
    const sum = crc32(entry.content);
    const name = Buffer.from(entry.name);
    const at = entry.over === undefined ? position : (offsets[entry.over] ?? 0);
    offsets.push(at);
    const facts = (known: boolean): Buffer => {
      const bytes = Buffer.alloc(26);
      bytes.writeUInt16LE(20, 0);
      bytes.writeUInt16LE(flags, 2);
      bytes.writeUInt16LE(method, 4);
      bytes.writeUInt32LE(known ? sum : 0, 10);
      bytes.writeUInt32LE(known ? packed.length : 0, 14);
      bytes.writeUInt32LE(known ? size : 0, 18);
      bytes.writeUInt16LE(name.length, 22);
      return bytes;
    };
    if (entry.over === undefined) {
      put(Buffer.concat([Buffer.from('PK\x03\x04'), facts(entry.descriptor !== true), name, packed]));
      if (entry.descriptor === true) {
        const bytes = Buffer.alloc(12);
        bytes.writeUInt32LE(sum, 0);
        bytes.writeUInt32LE(packed.length, 4);
        bytes.writeUInt32LE(size, 8);
        put(Buffer.concat([Buffer.from('PK\x07\x08'), bytes]));
      }
    }
    const where = Buffer.alloc(14);
    where.writeUInt32LE(at, 10);
    central.push(Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 0]), facts(true), where, name]));
  }
  const start = position;
  for (const bytes of central) put(bytes);
  const end = Buffer.alloc(18);
  const count = Math.min(entries.length, 0xffff);
  end.writeUInt16LE(count, 4);
  end.writeUInt16LE(count, 6);
  end.writeUInt32LE(position - start, 8);
  end.writeUInt32LE(start, 12);
  put(Buffer.concat([Buffer.from('PK\x05\x06'), end]));
  return Buffer.concat(parts);
}
