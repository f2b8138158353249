// A file that is opened once and stays that file, whatever its name leads to meanwhile.
import { constants, type BigIntStats } from 'node:fs';
import { lstat, open, readlink, realpath, rm, symlink, type FileHandle } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { PipelineError } from '../model';
import { codeOf, inWords } from './durable';

export interface HeldFile {
  /** To read its bytes from in this process; on Linux the open file itself, elsewhere its name. */
  readonly path: string;
  readonly bytes: number;
  /** Does a name still lead to this file, and by no link? */
  isAt(name: string): Promise<boolean>;
  /** An error that speaks of `path`, in the name the file has. */
  inItsName(error: unknown): unknown;
  close(): Promise<void>;
}

let serial = 0;

/**
 * Opens a regular file, once for all who read it; nothing waits for a writer, as a pipe would.
 * @param within.folder the file has to lie in it, links on the way counted
 * @param within.temporary a folder of this process that DuckDB may read; without it only Node can read the path
 * @returns undefined where the name leads to a link, a pipe, a device, or out of the folder
 */
export async function holdFile(
  name: string,
  within: { readonly folder?: string; readonly temporary?: string } = {},
): Promise<HeldFile | undefined> {
  const handle = await inWords(name, () => openPlain(name));
  if (handle === undefined) return undefined;
  try {
    const found = await handle.stat({ bigint: true });
    if (!found.isFile() || !(await liesIn(handle, name, within.folder))) {
      await handle.close();
      return undefined;
    }
    return await held(handle, found, name, within.temporary);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function openPlain(name: string): Promise<FileHandle | undefined> {
  // Windows has neither flag (they count for nothing): there a link is found by `lstat`, and no file can be swapped while it is open.
  if (process.platform === 'win32' && (await lstat(name)).isSymbolicLink()) return undefined;
  try {
    return await open(name, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    // A link; a socket.
    if (['ELOOP', 'EMLINK', 'ENXIO', 'EISDIR'].includes(codeOf(error) ?? '')) return undefined;
    throw error;
  }
}

async function held(
  handle: FileHandle,
  found: BigIntStats,
  name: string,
  temporary: string | undefined,
): Promise<HeldFile> {
  const itself = await ownName(handle);
  const link = itself === undefined || temporary === undefined ? undefined : await linkIn(temporary, itself);
  const path = link ?? itself ?? name;
  return {
    path,
    bytes: Number(found.size),
    isAt: async (other) => {
      const now = await lstat(other, { bigint: true }).catch(() => undefined);
      return now?.isFile() === true && now.ino === found.ino && now.dev === found.dev;
    },
    inItsName: (error) => {
      if (path === name || !(error instanceof PipelineError)) return error;
      const { code, message, remedy, where, cause } = error;
      return new PipelineError(code, message.replaceAll(path, name), remedy, {
        ...(where === undefined ? {} : { where: where.file === path ? { ...where, file: name } : where }),
        cause,
      });
    },
    close: async () => {
      await handle.close();
      if (link !== undefined) await rm(link, { force: true });
    },
  };
}

/** The open file itself, where the system has a name for it: Linux, with /proc. */
async function ownName(handle: FileHandle): Promise<string | undefined> {
  if (process.platform !== 'linux') return undefined;
  const path = `/proc/self/fd/${handle.fd}`;
  return (await readlink(path).catch(() => undefined)) === undefined ? undefined : path;
}

/** A name of its own in a folder that DuckDB may read: numbers of open files are given again. */
async function linkIn(folder: string, target: string): Promise<string> {
  serial++;
  const link = join(folder, `held-${process.pid}-${serial}`);
  await symlink(target, link);
  return link;
}

/** Is the open file below a folder? Where the system does not say where it is, its name is asked. */
async function liesIn(handle: FileHandle, name: string, folder: string | undefined): Promise<boolean> {
  if (folder === undefined) return true;
  const itself = await ownName(handle);
  const at = itself === undefined ? await realpath(name) : await readlink(itself);
  return at.startsWith(`${(await realpath(folder)).replace(/[\\/]$/, '')}${sep}`);
}
