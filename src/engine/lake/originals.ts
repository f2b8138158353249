// Originals: is the file that came still what its manifest says?
import { createHash } from 'node:crypto';
import { createReadStream, lstatSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { hashFile, sizeOf } from '../base';
import { type Settings, defined, throwIfCancelled } from '../model';
import { archiveFile } from './dataFolder';
import type { Manifest } from './manifest';
import { ownFile } from './ownFile';

/** "touched": only its time is another. "missing": it is on its way from landing, or was removed. */
export type OriginalState = 'same' | 'touched' | 'changed' | 'missing';

/** By a look at its size and time, which costs next to nothing. One in the archive may be compressed: it counts as the same. */
export function originalState(
  settings: Settings,
  path: string,
  { bytes, modified_ms }: Pick<NonNullable<Manifest['source']>, 'bytes' | 'modified_ms'>,
): OriginalState {
  if (!path.startsWith(settings.rawDir)) return 'same';
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return 'missing';
  const found = ownFile(path, settings);
  if (found?.size !== bytes) return 'changed';
  return modified_ms === undefined || isSameTime(found.mtimeMs, modified_ms) ? 'same' : 'touched';
}

/** Some disks keep times of even seconds only. */
function isSameTime(found: number, noted: number): boolean {
  const apart = Math.abs(found - noted);
  return apart < 1 || (found % 2_000 === 0 && apart <= 2_000);
}

/** Has a file this content, packed in the archive or not? */
export async function holdsContent(
  path: string,
  sha256: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if ((await hashFile(path, signal)) === sha256) return true;
  if (!path.endsWith('.gz')) return false;
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), createGunzip(), hash, defined({ signal }));
    return hash.digest('hex') === sha256;
  } catch {
    throwIfCancelled(signal);
    return false;
  }
}

/**
 * Where the archive has an original that is no longer in its place: an older state, restored from a backup, does not
 * know that it was archived. undefined: it is in its place, or the archive has no file of its content.
 * @returns absolute path
 */
export async function archivedOriginal(
  settings: Settings,
  path: string,
  { sha256 }: Pick<NonNullable<Manifest['source']>, 'sha256'>,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  if (!path.startsWith(settings.rawDir) || (await sizeOf(path)) !== undefined) return undefined;
  for (const compressed of [false, true]) {
    const archived = archiveFile(settings, path, compressed);
    if ((await sizeOf(archived)) !== undefined && (await holdsContent(archived, sha256, signal)))
      return archived;
  }
  return undefined;
}
