// Files into their place: never over one that is there unasked, and across disks by a copy that a note tells of until it ends.
import { readRegularText } from './regularFile';
import { randomBytes } from 'node:crypto';
import { copyFile, lstat, open, readdir, rename, rm, stat, unlink, utimes } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { PipelineError } from '../model';
import { codeOf, draftBeside, durable, hashFile, inWords, makeFolder, sizeOf, syncFolder } from './durable';
import type { HeldFile } from './heldFile';

/** A file on its way to another disk. Paths are relative to the folder of the notes, so that they move with the data. */
interface Crossing {
  readonly from: string;
  readonly to: string;
  /** Does its source go when it is there? */
  readonly move: boolean;
}

/**
 * Moves a file to a name that is free; one of the same bytes that is there already counts as the moved one.
 * To be called under the lock, so that nothing comes to that name meanwhile.
 * @param notes folder of notes about moves to another disk, see `finishMoves`.
 * @throws PipelineError UNKNOWN_FILE where another file has that name: nothing is written over it.
 */
export async function moveFile(from: string, to: string, notes: string): Promise<void> {
  await moveFrom(from, from, to, notes);
}

/** @param bytes where its content is read from, on the way to another disk. */
async function moveFrom(from: string, bytes: string, to: string, notes: string): Promise<void> {
  await makeFolder(dirname(to));
  if (await isThere(to)) {
    if (!(await sameBytes(bytes, to))) throw inTheWay(to);
    await inWords(from, () => unlink(from));
  } else
    await inWords(from, () =>
      rename(from, to).catch(async (error: unknown) => {
        if (codeOf(error) !== 'EXDEV') throw error;
        await cross(from, to, { bytes, notes, move: true });
      }),
    );
  await syncFolder(dirname(to));
  if (dirname(from) !== dirname(to)) await syncFolder(dirname(from));
}

/**
 * Moves the file that was read: where its name leads to another one by now, that stays, and the one that was read is
 * copied from what is still open.
 * @returns false where another file has its name.
 */
export async function moveHeld(held: HeldFile, from: string, to: string, notes: string): Promise<boolean> {
  if (await held.isAt(from)) {
    await moveFrom(from, held.path, to, notes);
    // On another disk it is a copy.
    if ((await held.isAt(to)) || (await sameBytes(held.path, to))) return true;
    await inWords(from, () => rename(to, from));
  }
  await makeFolder(dirname(to));
  const draft = draftBeside(to);
  await inWords(to, () => copySynced(held.path, draft));
  if (await isThere(to)) throw inTheWay(to);
  await inWords(to, () => rename(draft, to));
  await syncFolder(dirname(to));
  return false;
}

/**
 * Puts a file that was written elsewhere into its place, over the one that it replaces. On another disk it is copied
 * beside that one first, so that readers see either of the two, whole.
 */
export async function placeFile(from: string, to: string, notes: string): Promise<void> {
  await makeFolder(dirname(to));
  await inWords(to, () =>
    rename(from, to).catch(async (error: unknown) => {
      if (codeOf(error) !== 'EXDEV') throw error;
      await cross(from, to, { bytes: from, notes, move: false });
    }),
  );
}

async function cross(
  from: string,
  to: string,
  { bytes, notes, move }: { readonly bytes: string; readonly notes: string; readonly move: boolean },
): Promise<void> {
  const note = join(notes, `${randomBytes(6).toString('hex')}.json`);
  const crossing: Crossing = { from: relative(notes, from), to: relative(notes, to), move };
  await makeFolder(notes);
  await writeSynced(note, JSON.stringify(crossing));
  await syncFolder(notes);
  durable('copy.noted');
  const draft = draftBeside(to);
  try {
    await copySynced(bytes, draft);
    durable('copy.written');
    if (move && (await isThere(to))) throw inTheWay(to);
    await rename(draft, to);
  } catch (error) {
    // On a full disk every byte given back counts; the first error is the one to tell.
    await rm(draft, { force: true }).catch(() => undefined);
    await rm(note, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(to));
  durable('copy.renamed');
  if (move) await unlink(from);
  await rm(note);
  durable('copy.ended');
}

/**
 * Ends what a killed process left half done between two disks: a copy that was not in place yet goes, for its source is
 * there still; a source whose copy is in place goes. Only the holder of the lock may call this.
 */
export async function finishMoves(notes: string): Promise<void> {
  const names = await readdir(notes).catch(() => []);
  for (const name of names) {
    const note = join(notes, name);
    const crossing = readCrossing(note);
    if (crossing !== undefined) {
      const from = resolve(notes, crossing.from);
      const to = resolve(notes, crossing.to);
      const draft = draftBeside(to);
      if (await isThere(draft)) await inWords(draft, () => rm(draft));
      else if (crossing.move && (await sameBytes(from, to))) {
        await inWords(from, () => unlink(from));
        await syncFolder(dirname(from));
      }
    }
    await inWords(note, () => rm(note, { force: true }));
  }
}

function readCrossing(note: string): Crossing | undefined {
  try {
    const { from, to, move } = JSON.parse(readRegularText(note)) as Partial<Crossing>;
    return typeof from === 'string' && typeof to === 'string' ? { from, to, move: move === true } : undefined;
  } catch {
    // Cut short before its copy began.
    return undefined;
  }
}

async function copySynced(from: string, draft: string): Promise<void> {
  await rm(draft, { force: true });
  await copyFile(from, draft);
  const { atime, mtime } = await stat(from);
  // By the time of its last change a file is known to be the one that came.
  await utimes(draft, atime, mtime);
  const file = await open(draft, process.platform === 'win32' ? 'r+' : 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function writeSynced(path: string, content: string): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(content, 'utf8');
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Whatever it is: a folder or a link is in the way, too. */
const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );

/** Are both there, with the same content? */
export async function sameBytes(one: string, other: string): Promise<boolean> {
  const [a, b] = [await sizeOf(one), await sizeOf(other)];
  return a !== undefined && a === b && (await hashFile(one)) === (await hashFile(other));
}

const inTheWay = (path: string): PipelineError =>
  new PipelineError(
    'UNKNOWN_FILE',
    `${path} is there already, with other content and without a manifest: nothing is written over it.`,
    'Run "m7 repair --dry-run": it says what the file is. If nothing needs it, move it out of the data folder, then run again.',
    { where: { file: path } },
  );
