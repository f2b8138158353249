// A folder on another file system than the temporary one: for what a rename cannot do.
import { mkdtempSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A new folder on another file system than `folder`'s; undefined, with the reason on the console, where there is none. */
export function otherDisk(folder: string): string | undefined {
  for (const place of ['/dev/shm', '/run/shm', '/var/tmp', process.cwd()])
    try {
      if (statSync(place).dev !== statSync(folder).dev) return mkdtempSync(join(place, 'm7-other-'));
    } catch {
      // Not there, or not ours to write in.
    }
  console.log('        (there is no second file system here)');
  return undefined;
}
