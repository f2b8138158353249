// The end of the adapter's process.
import { killAtExit } from '../engine';

/** Time for its last output to be written, in milliseconds. */
const LAST_OUTPUT = 50;

/**
 * Ends the process once its last output is written.
 * @param hangs native code is still at work, and an exit would wait for it.
 */
export function exitAdapter(code: number, hangs: boolean): void {
  setTimeout(() => {
    if (hangs) killAtExit();
    process.exit(code);
  }, LAST_OUTPUT);
}
