// Whether processes live, and work, as the system tells it.
import { readFileSync } from 'node:fs';
import { setTimeout as after } from 'node:timers/promises';

const EVERY_MS = 50;

/** Does it run? One that has ended and is still listed, because nobody has asked how it ended, does not. */
export function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return stateOf(pid) !== 'Z';
}

/** Hundredths of a second for which it has worked. */
export const worked = (pid: number): number => {
  const fields = fieldsOf(pid);
  return Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
};

const stateOf = (pid: number): string | undefined => fieldsOf(pid)[0];

/** What /proc says of a process behind its name, which may hold anything. */
function fieldsOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
  } catch {
    return [];
  }
}

/** Seconds until something is so; fails where it is not within a time. */
export async function until(what: string, so: () => boolean, seconds: number): Promise<number> {
  const began = Date.now();
  while (!so()) {
    if (Date.now() - began > seconds * 1_000) throw new Error(`${what}: not within ${seconds} seconds.`);
    await after(EVERY_MS);
  }
  return (Date.now() - began) / 1_000;
}
