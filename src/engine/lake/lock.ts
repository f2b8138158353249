// One run per data folder: a lock file that says who holds it and whether they still live.
import { requireKnownFormat, requireKnownState } from './stateVersion';
import { randomBytes } from 'node:crypto';
import { link, lstat, mkdir, open, readdir, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { codeOf, durable, finishMoves, inWords, makeFolder } from '../base';
import { PipelineError } from '../model';
import { lockFile, movesFolder } from './dataFolder';
import { type LockOwner, heldTokens, lives, readOwner, startOf, type LockHolder } from './lockOwner';

export interface Lock {
  /** Releases the lock; safe to call twice. */
  release(): Promise<void>;
}

/** How often the holder touches the file. */
const HEARTBEAT_MS = 5_000;
const TAKEOVER_MS = 5_000;

/**
 * Takes the lock of a data folder. A lock whose owner is dead (same host), or whose heartbeat is older
 * than a minute (another host), is taken over. Moves between disks that a killed holder left half done are ended.
 * @throws PipelineError LOCKED when a living run holds it; STATE_NEWER where a newer version has worked here.
 */
export async function takeLock(stateDir: string): Promise<Lock> {
  await makeFolder(stateDir);
  requireKnownState(stateDir);
  const path = lockFile(stateDir);
  const owner: LockOwner = {
    pid: process.pid,
    host: hostname(),
    started: startOf(process.pid),
    since: new Date().toISOString(),
    token: randomBytes(8).toString('hex'),
  };
  const draft = join(stateDir, `lock.${owner.token}`);
  let mine = false;
  // Before it is linked: another contender in this process may read it at once.
  heldTokens.add(owner.token);
  try {
    await writeDraft(draft, owner);
    for (let attempt = 0; attempt < 500; attempt += 1) {
      mine = await linked(draft, path, owner);
      if (mine) return await readied(held(path, owner), stateDir);
      await requireFile(path);
      const holder = readOwner(path);
      if (holder === undefined) continue; // Released meanwhile.
      requireKnownFormat('lock', path, holder);
      if (lives(path, holder)) throw locked(path, holder);
      await breakLock(path, holder, stateDir);
    }
    throw locked(path, readOwner(path) ?? owner);
  } finally {
    if (!mine) heldTokens.delete(owner.token);
    await rm(draft, { force: true }).catch(() => undefined);
  }
}

async function readied(lock: Lock, stateDir: string): Promise<Lock> {
  try {
    await finishMoves(movesFolder(stateDir));
    return lock;
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** A folder under the lock's name is nobody's lock: it is not ours to remove. */
async function requireFile(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined || found.isFile()) return;
  throw new PipelineError(
    'FILE_UNREADABLE',
    `${path} is not a file: the lock of this data folder cannot be taken.`,
    'Move it out of the data folder, then run again.',
    { where: { file: path } },
  );
}

/** Removes what killed contenders left beside the lock; only its holder may call this. */
export async function clearDrafts(stateDir: string): Promise<void> {
  await inWords(stateDir, async () => {
    for (const name of await readdir(stateDir))
      if (name.startsWith('lock.') && name !== 'lock.takeover')
        await rm(join(stateDir, name), { force: true });
  });
}

/** The lock's text is written aside and linked into place, so that nobody ever reads half a lock. */
async function writeDraft(draft: string, owner: LockOwner): Promise<void> {
  await inWords(draft, async () => {
    const file = await open(draft, 'w');
    try {
      await file.writeFile(JSON.stringify(owner));
      await file.sync();
    } finally {
      await file.close();
    }
  });
}

function held(path: string, owner: LockOwner): Lock {
  durable('lock.taken');
  const timer = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  }, HEARTBEAT_MS);
  timer.unref();
  let released = false;
  return {
    release: async () => {
      if (released) return;
      released = true;
      clearInterval(timer);
      heldTokens.delete(owner.token);
      const holder = readOwner(path);
      if (holder?.token === owner.token) await rm(path, { force: true });
      durable('lock.released');
    },
  };
}

async function linked(draft: string, path: string, owner: LockOwner): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    if (codeOf(error) === 'ENOENT') {
      // The holder of a moment ago cleared our draft away.
      await writeDraft(draft, owner);
      return false;
    }
    return inWords(path, () => Promise.reject(error as Error));
  }
}

/**
 * Removes a dead owner's lock. Only one contender at a time may judge and remove, or a second one would
 * remove the lock that the first has just taken: a folder, made by one of them, is their turnstile.
 */
async function breakLock(path: string, dead: LockOwner, stateDir: string): Promise<void> {
  const turnstile = join(stateDir, 'lock.takeover');
  try {
    await mkdir(turnstile);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    const made = await stat(turnstile)
      .then((s) => s.mtimeMs)
      .catch(() => Date.now());
    // Nobody is in there for seconds: whoever was has been killed.
    if (Date.now() - made > TAKEOVER_MS) await rm(turnstile, { recursive: true, force: true });
    await new Promise((resolve) => setTimeout(resolve, 20));
    return;
  }
  try {
    if (readOwner(path)?.token === dead.token) await rm(path, { force: true });
  } finally {
    await rm(turnstile, { recursive: true, force: true });
  }
}

/** "since 18:43 (process 28610)", the clock that of whoever reads it. */
export function holderText({ pid, host, since }: LockHolder): string {
  const from = new Date(since);
  const pad = (n: number): string => String(n).padStart(2, '0');
  const clock = `${pad(from.getHours())}:${pad(from.getMinutes())}`;
  const day = `${from.getFullYear()}-${pad(from.getMonth() + 1)}-${pad(from.getDate())}`;
  const today = from.toDateString() === new Date().toDateString();
  const start = Number.isNaN(from.getTime()) ? '' : `since ${today ? clock : `${day} ${clock}`} `;
  return `${start}(process ${pid}${host === '' || host === hostname() ? '' : ` on ${host}`})`;
}

function locked(path: string, owner: LockOwner): PipelineError {
  return new PipelineError(
    'LOCKED',
    `Another run is using this data folder ${holderText(owner)}.`,
    'Wait until it ends, or stop it. The lock is released automatically if that run has died.',
    { where: { file: path } },
  );
}
