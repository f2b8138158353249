// Containers of the sample's files: gzip by Node, zstd frames of stored blocks, and zip of a single entry.
import type { Transform } from 'node:stream';
import { crc32, createDeflateRaw, createGzip } from 'node:zlib';
import type { Compression } from './styles';

export type Bytes = AsyncIterable<Buffer>;

/** Wraps a file's bytes; `name` is the entry's name inside a zip. Same bytes in, same bytes out. */
export function compressed(bytes: Bytes, compression: Compression, name: string): Bytes {
  switch (compression) {
    case 'none':
      return bytes;
    case 'gzip':
      return through(bytes, createGzip({ level: 6 }));
    case 'zstd':
      return zstd(bytes);
    case 'zip':
      return zip(bytes, name);
    default:
      return compression satisfies never;
  }
}

async function* through(bytes: Bytes, stream: Transform): AsyncGenerator<Buffer> {
  const fed = feed(bytes, stream);
  // A failure of the source ends the stream, which ends the loop below; it is thrown from there.
  fed.catch((error: unknown) => stream.destroy(error instanceof Error ? error : new Error(String(error))));
  for await (const chunk of stream as AsyncIterable<Buffer>) yield chunk;
  await fed;
}

async function feed(bytes: Bytes, stream: Transform): Promise<void> {
  for await (const chunk of bytes)
    if (!stream.write(chunk))
      await new Promise<void>((resolve) => {
        const free = (): void => {
          stream.off('drain', free).off('close', free);
          resolve();
        };
        stream.once('drain', free).once('close', free);
      });
  stream.end();
}

/** RFC 8878: a frame header with a window of 8 MB, raw blocks of at most 128 KB, no checksum. */
async function* zstd(bytes: Bytes): AsyncGenerator<Buffer> {
  const block = (length: number, last: boolean): Buffer => {
    const header = Buffer.alloc(3);
    header.writeUIntLE((length << 3) | (last ? 1 : 0), 0, 3);
    return header;
  };
  yield Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 13 << 3]);
  for await (const chunk of bytes)
    for (let from = 0; from < chunk.length; from += 131072) {
      const part = chunk.subarray(from, from + 131072);
      yield block(part.length, false);
      yield part;
    }
  yield block(0, true);
}

/** One deflated entry whose sizes follow it (APPNOTE 4.3.9); up to 4 GB. Dated 1980-01-01. */
async function* zip(bytes: Bytes, name: string): AsyncGenerator<Buffer> {
  const entry = Buffer.from(name, 'utf8');
  // Version 2.0; flags: sizes after the content, name in UTF-8; deflated; 00:00 of 1980-01-01.
  const common = Buffer.from([20, 0, 0x08, 0x08, 8, 0, 0, 0, 0x21, 0]);
  const numbers = (...values: readonly number[]): Buffer => {
    const buffer = Buffer.alloc(values.length * 4);
    values.forEach((value, i) => buffer.writeUInt32LE(value, i * 4));
    return buffer;
  };
  const lengths = Buffer.alloc(4);
  lengths.writeUInt16LE(entry.length, 0);
  const local = Buffer.concat([
    Buffer.from('PK\x03\x04', 'latin1'),
    common,
    numbers(0, 0, 0),
    lengths,
    entry,
  ]);
  yield local;

  let sum = 0;
  let size = 0;
  let packed = 0;
  const counted = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of bytes) {
      sum = crc32(chunk, sum);
      size += chunk.length;
      yield chunk;
    }
  };
  const deflate = createDeflateRaw();
  for await (const chunk of through(counted(), deflate)) {
    packed += chunk.length;
    yield chunk;
  }
  const sizes = numbers(sum, packed, size);
  yield Buffer.concat([Buffer.from('PK\x07\x08', 'latin1'), sizes]);
  const directory = Buffer.concat([
    Buffer.from('PK\x01\x02\x14\x00', 'latin1'),
    common,
    sizes,
    lengths,
    // No comment, disk 0, no attributes, entry at offset 0.
    Buffer.alloc(14),
    entry,
  ]);
  yield directory;
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(local.length + packed + 16, 16);
  yield end;
}
