// Files of the layers themselves: a link that stands for one is somebody else's, except in a copy that borrows them.
import { lstatSync, realpathSync, statSync, type Stats } from 'node:fs';
import { sep } from 'node:path';
import type { Settings } from '../model';

/** What lies at a path of the data folder; undefined where there is nothing, or no file of ours. */
export function ownFile(path: string, settings: Pick<Settings, 'lender'>): Stats | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isFile() === true) return found;
  return found?.isSymbolicLink() === true && lentFile(path, settings) !== path ? statSync(path) : undefined;
}

/** The file to open for a path: that of the lender where the path is a link to it, else the path as it is. */
export function lentFile(path: string, { lender }: Pick<Settings, 'lender'>): string {
  if (lender === undefined) return path;
  try {
    const target = realpathSync(path);
    return target.startsWith(`${realpathSync(lender)}${sep}`) ? target : path;
  } catch {
    return path;
  }
}
