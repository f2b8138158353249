// Names of brands and tables as names of folders and files.
import { createHash } from 'node:crypto';

/**
 * A name as one folder or file name: letters, digits, spaces and most signs stay as they are, what a file
 * system, a glob or a reader of partitioned folders (`name=value`) may take amiss is percent-encoded, and what is too long ends in a hash. Two names that
 * differ give two segments.
 */
export function segment(name: string): string {
  const encoded = name
    .normalize('NFC')
    .replace(
      /[\u0000-\u001f\u007f%/\\:*?"<>|[\].=]|^ | $/g,
      (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
    );
  const bytes = Buffer.from(encoded, 'utf8');
  if (bytes.length <= 180 && encoded !== '') return encoded;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 16);
  // Cutting in the middle of a character leaves U+FFFD, which is dropped.
  return `${bytes.subarray(0, 140).toString('utf8').replaceAll('\ufffd', '')}~${hash}`;
}
