// Folders in the system's temporary folder that go with their process, or with the next one where it was killed.
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from './processes';

/** What the folders are for, as the start of their names. */
export type TemporaryKind = 'preview' | 'rows' | 'case' | 'debug' | 'answers';

const prefix = (kind: TemporaryKind): string => `m7-${kind}-`;

/**
 * Where a process number means something: this machine, and in it this container. Another's folder in a shared
 * temporary folder has another mark, and is left alone: its number says nothing here.
 */
export const processPlace = (host = hostname(), space = processSpace()): string =>
  createHash('sha256').update(`${host} ${space}`).digest('hex').slice(0, 8);

function processSpace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

const watched = new Set<TemporaryKind>();

/** Makes a folder that is removed when this process exits, if nobody did so before. */
export function makeTemporaryFolder(kind: TemporaryKind): string {
  const own = `${prefix(kind)}${process.pid}-${processPlace()}-`;
  if (!watched.has(kind)) {
    watched.add(kind);
    process.once('exit', () => removeAll((name) => name.startsWith(own)));
  }
  return mkdtempSync(join(tmpdir(), own));
}

/** Removes the folders of processes that ended without doing so. */
export function sweepTemporaryFolders(kind: TemporaryKind): void {
  const theirs = new RegExp(`^${prefix(kind)}(\\d+)-${processPlace()}-`);
  removeAll((name) => {
    const pid = theirs.exec(name)?.[1];
    return pid !== undefined && !isAlive(Number(pid));
  });
}

function removeAll(of: (name: string) => boolean): void {
  let names: readonly string[];
  try {
    names = readdirSync(tmpdir());
  } catch {
    return;
  }
  for (const name of names.filter(of))
    try {
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
    } catch {
      // Another user's: it is theirs to remove.
    }
}
