// Where alerts keep what must outlive a run, and how two processes that end at once do not get in each other's way.
import { rm, stat, writeFile } from 'node:fs/promises';
import { codeOf, makeFolder, writeWhole } from '../../base';
import type { AlertFolder } from '../../lake';

/** Writes a file whole or not at all. The run's own folder of drafts is emptied by whoever runs next. */
export async function writeDurably(folder: AlertFolder, path: string, content: string): Promise<void> {
  await makeFolder(folder.drafts);
  await writeWhole(path, content, folder.drafts);
}

/** Longer than any work under the mark takes: an older one was left by a process that was killed. */
const STALE_MS = 10_000;
const WAIT_MS = 50;
const MOST_WAITS = 60;

/** Does short work on the alerts' files alone. Where the mark cannot be had in seconds the work is done anyway. */
export async function alone<T>(folder: AlertFolder, work: () => Promise<T>): Promise<T> {
  await makeFolder(folder.outbox);
  let ours = false;
  for (let waits = 0; waits < MOST_WAITS && !ours; waits++) {
    ours = await takeMark(folder.mark);
    if (!ours) await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
  }
  try {
    return await work();
  } finally {
    if (ours) await rm(folder.mark, { force: true }).catch(() => undefined);
  }
}

async function takeMark(path: string): Promise<boolean> {
  try {
    await writeFile(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && Date.now() - found.mtimeMs > STALE_MS) await rm(path, { force: true });
    return false;
  }
}
