// Reading a small file whole that others may have put there: a device or a pipe in its place would never end.
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** More than any file of the state has; a ledger of years is a few hundred MB. */
const MOST_BYTES = 1 << 30;

/**
 * The bytes of a regular file, as `readFileSync` gives them: the size that it had when it was opened.
 * @throws the operating system's error; an Error with the code EINVAL for what is no file, or larger than 1 GB.
 */
export function readRegularFile(path: string): Buffer {
  // A pipe without a writer would block the opening itself. Windows has no such flag, and no such pipes.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const found = fstatSync(file);
    if (!found.isFile()) throw notRead(path, 'it is no regular file');
    if (found.size > MOST_BYTES) throw notRead(path, `it has ${found.size} bytes`);
    const bytes = Buffer.allocUnsafe(found.size);
    let read = 0;
    while (read < bytes.length) {
      const more = readSync(file, bytes, read, bytes.length - read, read);
      if (more === 0) break;
      read += more;
    }
    return bytes.subarray(0, read);
  } finally {
    closeSync(file);
  }
}

/** As readRegularFile, as UTF-8. */
export const readRegularText = (path: string): string => readRegularFile(path).toString('utf8');

const notRead = (path: string, why: string): Error =>
  Object.assign(new Error(`EINVAL: ${path} is not read: ${why}`), { code: 'EINVAL', path });
