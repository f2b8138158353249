// Other processes of this machine, asked by their number.

/** Does a process with this number live? Numbers are given again: who must be sure compares its start as well. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user exists, but may not be asked.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
