// Originals: is the file that came still what its manifest says?
import { statSync } from 'node:fs';
import type { Settings } from '../model';
import type { Manifest } from './manifest';

/** "touched": only its time is another. "missing": it is on its way from landing, or was removed. */
export type OriginalState = 'same' | 'touched' | 'changed' | 'missing';

/** By a look at its size and time, which costs next to nothing. One in the archive may be compressed: it counts as the same. */
export function originalState(
  settings: Settings,
  path: string,
  { bytes, modified_ms }: Pick<NonNullable<Manifest['source']>, 'bytes' | 'modified_ms'>,
): OriginalState {
  if (!path.startsWith(settings.rawDir)) return 'same';
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 'missing';
  if (found.size !== bytes) return 'changed';
  return modified_ms === undefined || isSameTime(found.mtimeMs, modified_ms) ? 'same' : 'touched';
}

/** Some disks keep times of even seconds only. */
function isSameTime(found: number, noted: number): boolean {
  const apart = Math.abs(found - noted);
  return apart < 1 || (found % 2_000 === 0 && apart <= 2_000);
}
