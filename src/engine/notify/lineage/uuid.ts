// Names as UUIDs: the start and the end of a run have the same id without anything to remember.
import { createHash } from 'node:crypto';

/** Ours alone, drawn once. */
const NAMESPACE = Buffer.from('6f2c4a1e0b7d4c35a8e91d53b60f7a42', 'hex');

/** A version 5 UUID of a name (RFC 9562, 5.5): the same name gives the same id. */
export function uuidOf(name: string): string {
  const bytes = createHash('sha1').update(NAMESPACE).update(name).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [0, 8, 12, 16, 20].map((at, i, all) => hex.slice(at, all[i + 1] ?? 32)).join('-');
}
