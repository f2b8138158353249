// The end of the adapter's process.

/** Time for its last output to be written, in milliseconds. */
const LAST_OUTPUT = 50;

/**
 * Ends the process once its last output is written.
 * @param hangs native code is still at work, and an exit would wait for it: what is to be removed at the end is
 * removed, and the process is killed.
 */
export function exitProcess(code: number, hangs: boolean): void {
  setTimeout(() => {
    // Added last, so that it comes after all that is to be done at an exit.
    if (hangs) process.once('exit', () => process.kill(process.pid, 'SIGKILL'));
    process.exit(code);
  }, LAST_OUTPUT);
}
