// A folder on another file system than the temporary one: for what a rename cannot do.
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

const PREFIX = 'm7-other-';

/** A new folder on another file system than `folder`'s; undefined, with the reason on the console, where there is none. */
export function otherDisk(folder: string): string | undefined {
  for (const place of ['/dev/shm', '/run/shm', '/var/tmp', process.cwd()])
    try {
      if (statSync(place).dev === statSync(folder).dev) continue;
      clear(place);
      const made = mkdtempSync(join(place, `${PREFIX}${process.pid}-`));
      process.once('exit', () => rmSync(made, { recursive: true, force: true, maxRetries: 5 }));
      return made;
    } catch {
      // Not there, or not ours to write in.
    }
  console.log('        (there is no second file system here)');
  return undefined;
}

/** Memory is not given back by a test that was killed: the next one removes what dead processes left. */
function clear(place: string): void {
  for (const name of readdirSync(place)) {
    const [, pid] = /^m7-other-(\d+)-/.exec(name) ?? [];
    if (pid !== undefined && !lives(Number(pid))) rmSync(join(place, name), { recursive: true, force: true });
  }
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
