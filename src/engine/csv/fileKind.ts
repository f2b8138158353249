// What kind of content is this, by its first bytes: names lie, magic numbers rarely do.
import type { Compression } from './unpacked';

const starts = (head: Buffer, bytes: readonly number[], at = 0): boolean =>
  bytes.every((b, i) => head[at + i] === b);
const ascii = (text: string): readonly number[] => Array.from(text, (c) => c.charCodeAt(0));

/** Compressions that are read; the file's name plays no part. */
export function compressionOf(head: Buffer): Compression {
  if (starts(head, [0x1f, 0x8b, 0x08])) return 'gzip';
  if (starts(head, [0x28, 0xb5, 0x2f, 0xfd]) || isSkippable(head)) return 'zstd';
  if (starts(head, ascii('PK\x03\x04')) || starts(head, ascii('PK\x05\x06'))) return 'zip';
  return 'none';
}

/** Parallel writers of zstd begin with a frame that readers skip: RFC 8878, 3.1.2. */
function isSkippable(head: Buffer): boolean {
  return ((head[0] ?? 0) & 0xf0) === 0x50 && starts(head, [0x2a, 0x4d, 0x18], 1);
}

const BINARIES: readonly {
  readonly magic: readonly number[];
  readonly at?: number;
  readonly what: string;
}[] = [
  { magic: ascii('%PDF-'), what: 'a PDF document' },
  { magic: [0x89, ...ascii('PNG')], what: 'a PNG picture' },
  { magic: [0xff, 0xd8, 0xff], what: 'a JPEG picture' },
  { magic: ascii('GIF8'), what: 'a GIF picture' },
  { magic: ascii('PAR1'), what: 'a Parquet file' },
  { magic: [0xd0, 0xcf, 0x11, 0xe0], what: 'an old Office document (Excel .xls)' },
  { magic: ascii('SQLite format 3'), what: 'an SQLite database' },
  { magic: ascii('DUCK'), at: 8, what: 'a DuckDB database' },
  { magic: ascii('ORC'), what: 'an ORC file' },
  { magic: ascii('Obj\x01'), what: 'an Avro file' },
  { magic: ascii('ARROW1'), what: 'an Arrow file' },
  { magic: ascii('7z\xbc\xaf\x27\x1c'), what: 'a 7z archive' },
  { magic: ascii('Rar!'), what: 'a RAR archive' },
  { magic: [0xfd, ...ascii('7zXZ')], what: 'an xz archive' },
  { magic: ascii('BZh'), what: 'a bzip2 archive' },
  { magic: ascii('ustar'), at: 257, what: 'a tar archive' },
  { magic: [0x7f, ...ascii('ELF')], what: 'a program' },
  { magic: [...ascii('PK'), 3, 4], what: 'an archive inside an archive' },
  { magic: [0x1f, 0x8b, 0x08], what: 'an archive inside an archive' },
  { magic: [0x28, 0xb5, 0x2f, 0xfd], what: 'an archive inside an archive' },
];

/** In words what a head is, where it is a known binary format; of an unpacked file, so archives count too. */
export function binaryKind(head: Buffer): string | undefined {
  return BINARIES.find((b) => starts(head, b.magic, b.at ?? 0))?.what;
}

/** In words what a text is, where it is a known format other than delimited text. */
export function otherText(text: string): string | undefined {
  const head = text.slice(0, 4096).trimStart();
  if (/^(<!doctype html|<html|<head|<body|<!--|<script)/i.test(head)) return 'an HTML page';
  if (/^<\?xml|^<[A-Za-z][\w:.-]*(\s[^<>]*)?>\s*</.test(head)) return 'an XML document';
  if (/^\{\s*("(?:[^"\\]|\\.)*"\s*:|\}\s*$)/.test(head)) return 'JSON';
  if (
    /^\[\s*(\{\s*"|\[|"(?:[^"\\]|\\.)*"\s*[,\]]|-?\d[\d.]*\s*[,\]]|\]\s*$)/.test(head) &&
    /[\]}]\s*$/.test(text)
  )
    return 'JSON';
  if (/^\{\\rtf/.test(head)) return 'an RTF document';
  if (/^-----BEGIN [A-Z ]+-----/.test(head)) return 'a PEM file';
  return undefined;
}
