// Does a run go on in any process of this machine? Read from the lock of the data folder.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The process that holds the lock of a data folder; undefined where none does, or a dead one. */
export function lockHolder(stateFolder: string): number | undefined {
  try {
    const { pid } = JSON.parse(readFileSync(join(stateFolder, 'lock'), 'utf8')) as { pid?: unknown };
    return typeof pid === 'number' && lives(pid) ? pid : undefined;
  } catch {
    return undefined;
  }
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user exists, but may not be asked.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
