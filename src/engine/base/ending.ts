// The end of a process that serves another: it outlives nobody, and waits for no native code that will not stop.
import { writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

/** How long open work may take to stop once whoever is served has gone, in milliseconds. */
export const GRACE_MS = 5_000;

/** How often it is looked whether the parent process is still there, and answers. */
const LOOK_MS = 500;

/**
 * A thread of its own, which works while this one is kept in native code. It kills the process when a time that it is
 * given has passed, and when the parent has gone and nothing here has answered that for the grace.
 */
const WATCHDOG = `
const { parentPort, workerData } = require('node:worker_threads');
const kill = () => process.kill(process.pid, 'SIGKILL');
const { parent, grace, look } = workerData;
const alive = () => {
  if (process.ppid !== parent) return false;
  try { process.kill(parent, 0); return true; } catch (error) { return error.code === 'EPERM'; }
};
let orphaned;
const looking = setInterval(() => {
  if (alive()) return;
  clearInterval(looking);
  parentPort.postMessage('orphaned');
  orphaned = setTimeout(kill, grace);
}, look);
parentPort.on('message', (message) => {
  if (message === 'heard') clearTimeout(orphaned);
  else setTimeout(kill, Number(message));
});
`;

let watchdog: Worker | undefined;

/**
 * Watches from now on that this process does not outlive its parent.
 * @param orphaned called when the parent has gone. Where it cannot be called because native code keeps this thread, the
 * process is killed after GRACE_MS.
 */
export function watchParent(orphaned: () => void): void {
  if (watchdog !== undefined) return;
  watchdog = new Worker(WATCHDOG, {
    eval: true,
    workerData: { parent: process.ppid, grace: GRACE_MS, look: LOOK_MS },
  });
  watchdog.on('message', () => {
    watchdog?.postMessage('heard');
    orphaned();
  });
  // Without it the process is as it would be without a watchdog.
  watchdog.on('error', () => undefined);
  watchdog.unref();
}

/**
 * The process is gone when this time has passed, also where this thread hangs by then.
 * @param exit exits, if there is time for it.
 */
export function endWithin(milliseconds: number, exit: () => void): void {
  watchdog?.postMessage(milliseconds + LOOK_MS);
  setTimeout(() => {
    killAtExit();
    exit();
  }, milliseconds).unref();
}

/** Native code is still at work, for which an exit would wait: it does what is registered for it, and then kills. */
export function killAtExit(): void {
  // What is registered may hang as well.
  watchdog?.postMessage(LOOK_MS);
  // Added last, so that it comes after all that.
  process.once('exit', () => process.kill(process.pid, 'SIGKILL'));
}

/** Says in one line of the error stream why the process ends, if anybody listens there. */
export function lastLine(text: string): void {
  try {
    writeSync(2, `${text.replace(/\p{Cc}+/gu, ' ')}\n`);
  } catch {
    // Nobody does.
  }
}
