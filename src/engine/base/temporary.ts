// Folders in the system's temporary folder that go with their process, or with the next one where it was killed.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from './processes';

/** What the folders are for, as the start of their names. */
export type TemporaryKind = 'preview' | 'rows' | 'case' | 'debug' | 'answers';

const prefix = (kind: TemporaryKind): string => `m7-${kind}-`;

const watched = new Set<TemporaryKind>();

/** Makes a folder that is removed when this process exits, if nobody did so before. */
export function makeTemporaryFolder(kind: TemporaryKind): string {
  const own = `${prefix(kind)}${process.pid}-`;
  if (!watched.has(kind)) {
    watched.add(kind);
    process.once('exit', () => removeAll((name) => name.startsWith(own)));
  }
  return mkdtempSync(join(tmpdir(), own));
}

/** Removes the folders of processes that ended without doing so. */
export function sweepTemporaryFolders(kind: TemporaryKind): void {
  const theirs = new RegExp(`^${prefix(kind)}(\\d+)-`);
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
