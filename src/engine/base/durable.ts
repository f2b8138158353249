// The few file operations on which crash safety rests, each followed by a named point where a test may kill us.
import { createHash, randomBytes } from 'node:crypto';
import { constants, createReadStream, existsSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PipelineError, throwIfCancelled } from '../model';

/**
 * The durable steps of a run, in the order of their first occurrence. `M7_CRASH_AT=<name>` or
 * `<name>:<n>` kills the process with SIGKILL at the n-th passing of that step: the crash tests' hook.
 */
export const DURABLE_STEPS = [
  'lock.taken',
  'temporary.cleared',
  'output.written',
  'output.synced',
  'output.renamed',
  'leftovers.removed',
  'manifest.written',
  'manifest.renamed',
  'original.moved',
  'reject.noted',
  'reject.moved',
  'load.begun',
  'load.inserted',
  'load.committed',
  'report.updated',
  'ledger.appended',
  'summary.written',
  'lock.released',
] as const;
/** Those of a file that goes to another disk, beside them: a run passes them only where a layer is on one. */
export const CROSSING_STEPS = ['copy.noted', 'copy.written', 'copy.renamed', 'copy.ended'] as const;
export type DurableStep = (typeof DURABLE_STEPS)[number] | (typeof CROSSING_STEPS)[number];

const passed = new Map<DurableStep, number>();

/** Marks that a durable step has just been made. */
export function durable(step: DurableStep): void {
  const wanted = process.env['M7_CRASH_AT'];
  if (wanted === undefined) return;
  const count = (passed.get(step) ?? 0) + 1;
  passed.set(step, count);
  const [name, nth] = wanted.split(':');
  if (name === step && count === Number(nth ?? '1')) process.kill(process.pid, 'SIGKILL');
}

/** Flushes a file's bytes to the disk. */
export async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Flushes a folder's entries: only then a rename inside it survives a power cut. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return; // Windows has no handle to sync on a folder.
  await inWords(path, async () => {
    const folder = await open(path, constants.O_RDONLY);
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  });
}

/** Creates a folder and its parents, each durable in its own parent. */
export async function makeFolder(path: string): Promise<void> {
  const first = await inWords(path, () => makeMissing(path));
  if (first === undefined) return;
  for (let folder = path; ; folder = dirname(folder)) {
    await syncFolder(dirname(folder));
    if (folder === first) return;
  }
}

/** The first folder that had to be made, or undefined. */
async function makeMissing(path: string): Promise<string | undefined> {
  try {
    return await mkdir(path, { recursive: true });
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    // On a read-only file system Node calls a parent missing; making that alone gives the true cause.
    let missing = path;
    while (!existsSync(dirname(missing))) missing = dirname(missing);
    await mkdir(missing);
    throw error;
  }
}

/** Writes a small file whole or not at all: temporary name in `temporary`, sync, rename, sync of the folder. */
export async function writeWhole(
  path: string,
  content: string,
  temporary: string,
  step?: DurableStep,
): Promise<void> {
  await makeFolder(dirname(path));
  const draft = join(temporary, `draft-${randomBytes(6).toString('hex')}`);
  await inWords(path, async () => {
    try {
      const file = await open(draft, 'wx');
      try {
        await file.writeFile(content, 'utf8');
        await file.sync();
      } finally {
        await file.close();
      }
      if (step === 'manifest.renamed') durable('manifest.written');
      await rename(draft, path).catch((error: unknown) => {
        if (codeOf(error) !== 'EXDEV') throw error;
        return writeBeside(path, content).then(() => rm(draft, { force: true }));
      });
    } catch (error) {
      // On a full disk every byte given back counts; the first error is the one to tell.
      await rm(draft, { force: true }).catch(() => undefined);
      throw error;
    }
  });
  await syncFolder(dirname(path));
  if (step !== undefined) durable(step);
}

/** On another disk than the temporary folder: the draft is beside the file, under one name, which the next writing takes again. */
async function writeBeside(path: string, content: string): Promise<void> {
  const draft = draftBeside(path);
  const file = await open(draft, 'w');
  try {
    await file.writeFile(content, 'utf8');
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}

/** Ending of a draft beside the file that it becomes: hidden, and nobody takes it for data. */
const DRAFT_ENDING = '.moving';

/** Where a file is made that cannot be renamed into place from another disk. */
export const draftBeside = (path: string): string => join(dirname(path), `.${basename(path)}${DRAFT_ENDING}`);

/** sha256 (hex) of a file's bytes, read as a stream. */
export async function hashFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  return inWords(path, async () => {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
      throwIfCancelled(signal);
      hash.update(chunk as Buffer);
    }
    return hash.digest('hex');
  });
}

/** Removes everything in a folder, which stays. */
export async function emptyFolder(path: string): Promise<void> {
  await makeFolder(path);
  await inWords(path, async () => {
    for (const name of await readdir(path)) await rm(join(path, name), { recursive: true, force: true });
  });
}

/** Bytes of a regular file, or undefined where there is none. */
export async function sizeOf(path: string): Promise<number | undefined> {
  try {
    const found = await stat(path);
    return found.isFile() ? found.size : undefined;
  } catch {
    return undefined;
  }
}

export function codeOf(error: unknown): string | undefined {
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string')
    return error.code;
  return undefined;
}

/** Translates the operating system's errors about `path` into ones that say what to do. */
export async function inWords<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw translateSystemError(path, error);
  }
}

/** An operating system's error about `path` as a PipelineError; anything else comes back as it is. */
export function translateSystemError(path: string, error: unknown): unknown {
  if (error instanceof PipelineError) return error;
  const where = { where: { file: path }, cause: error };
  switch (codeOf(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return new PipelineError(
        'DISK_FULL',
        `The disk or this user's quota is full: ${path} could not be written.`,
        'Free space on the disk of the data folder, then run again.',
        where,
      );
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new PipelineError(
        'PERMISSION',
        `This user has no permission to read and write ${path}.`,
        'Give this user permission to read and write the data folder.',
        where,
      );
    case 'ENOENT':
      return new PipelineError(
        'NOT_FOUND',
        `${path} is not there.`,
        'Check whether another program moved or removed it.',
        where,
      );
    case 'EISDIR':
    case 'ENOTDIR':
    case 'ELOOP':
    case 'ENAMETOOLONG':
    case 'EEXIST':
      return new PipelineError(
        'FILE_UNREADABLE',
        `${path} is not the expected kind of file or folder (${String(codeOf(error))}).`,
        'Check whether a file is where a folder should be, or the other way round.',
        where,
      );
    case 'EIO':
      return new PipelineError(
        'FILE_UNREADABLE',
        `${path} cannot be read: the disk reports an error.`,
        'Check the disk.',
        where,
      );
    default:
      return error;
  }
}
