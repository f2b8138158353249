// Who holds the lock of a data folder: the one reader of the lock file. It loads no DuckDB, so the editor's own process reads it too.
import { readRegularText } from '../base/regularFile';
import { readFileSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { isAlive } from '../base/processes';
import { lockFile } from './dataFolder';

/** The living run that holds the lock. */
export interface LockHolder {
  readonly pid: number;
  readonly host: string;
  /** ISO time. */
  readonly since: string;
}

/** What the lock file holds. */
export interface LockOwner extends LockHolder {
  /** The file's format; absent: 1. See stateVersion.ts. */
  readonly version?: number;
  /** Start of the owner in clock ticks since boot, where the system knows it: a pid given again is another process. */
  readonly started: string | null;
  readonly token: string;
}

/** After how long without a touch the lock of another host counts as a dead run's. */
const STALE_MS = 60_000;

/** Tokens of the locks this process holds or is about to take. */
export const heldTokens = new Set<string>();

/** The run that holds the lock now; undefined where none does, or a dead one. */
export function lockHolder(stateDir: string): LockHolder | undefined {
  const path = lockFile(stateDir);
  const owner = readOwner(path);
  if (owner === undefined || !lives(path, owner)) return undefined;
  return { pid: owner.pid, host: owner.host, since: owner.since };
}

/** Is a run that has no end yet the one that holds the lock? A run that began before it was taken was interrupted. */
export function isRunning(startedAt: string, holder: LockHolder | undefined): boolean {
  return holder !== undefined && startedAt >= holder.since;
}

/** What is written in a lock file, of a living run or a dead one; undefined where there is no lock. */
export function readOwner(path: string): LockOwner | undefined {
  let value: unknown;
  try {
    value = JSON.parse(readRegularText(path));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  }
  const { version, pid, host, since, started, token } = (value ?? {}) as Partial<
    Record<keyof LockOwner, unknown>
  >;
  const format = typeof version === 'number' ? { version } : {};
  if (typeof pid === 'number' && typeof token === 'string')
    return {
      ...format,
      pid,
      host: typeof host === 'string' ? host : '',
      since: typeof since === 'string' ? since : '',
      started: typeof started === 'string' ? started : null,
      token,
    };
  // Not ours or damaged: nobody is known to hold it, so it counts as a dead owner's. A newer one is known by its version.
  return { ...format, pid: -1, host: '', started: null, since: '', token: '' };
}

/** Does the owner of a lock file still run? */
export function lives(path: string, owner: LockOwner): boolean {
  if (owner.pid <= 0) return false;
  if (owner.host === hostname()) {
    // Released while its drive was away: the file came back with the drive, and nobody holds it.
    if (owner.pid === process.pid && !heldTokens.has(owner.token)) return false;
    if (!isAlive(owner.pid)) return false;
    return owner.started === null || startOf(owner.pid) === owner.started;
  }
  return Date.now() - touchedAt(path) < STALE_MS;
}

function touchedAt(path: string): number {
  try {
    return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  } catch {
    return 0;
  }
}

/** Field 22 of /proc/<pid>/stat (proc(5)); null where the system has none. */
export function startOf(pid: number): string | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
