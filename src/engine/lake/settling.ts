// When a landing file counts as complete: it has not changed for SETTLE seconds, by the clock of its own file server.
import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../base';
import type { LandingFile } from './landing';

/** A clock that differs by less is the same: what file systems round, and how long a look takes. */
const SAME_CLOCK_MS = 2_000;

/** Hidden, so that no listing takes it; one name, so that a killed run leaves one file at most. */
const PROBE = '.m7-clock';

/**
 * Now in ms since 1970, by the clock that stamps the files of a folder: a file server's may differ from ours. A hidden
 * file is written and removed at once; where that is not allowed our own clock must do.
 */
export async function clockOfFolder(folder: string): Promise<number> {
  const probe = join(folder, PROBE);
  try {
    await writeFile(probe, '');
    const { mtimeMs } = await stat(probe);
    const now = Date.now();
    return Math.abs(now - mtimeMs) < SAME_CLOCK_MS ? now : mtimeMs;
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return Date.now();
  } finally {
    await rm(probe, { force: true }).catch(() => undefined);
  }
}

/**
 * How long, in ms, a file must still not change until it counts as complete; 0 where it is. A time of change that
 * lies ahead says nothing: such a file is watched for all of `settleMs`.
 */
export function settlesInMs(file: LandingFile, now: number, settleMs: number): number {
  const age = now - file.modifiedMs;
  if (age < 0) return age < -SAME_CLOCK_MS ? settleMs : Math.min(settleMs, settleMs - age);
  return Math.max(0, settleMs - age);
}

/** A file as it was seen: the same text means that it has not changed since. */
export function seenAs(file: LandingFile): string {
  return JSON.stringify([file.path, file.bytes, file.modifiedMs]);
}
