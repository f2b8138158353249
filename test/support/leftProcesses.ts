// Processes that a run of the tests has started and left.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { runs } from './processLife';

/** Time for those that are ending, in milliseconds. */
const GRACE_MS = 3_000;
const LOOK_MS = 50;

/** What runs the tests themselves, and ends with them. */
const TOOLS = /esbuild\0--service|mocha\/lib\/nodejs\/worker|mocha\/lib\/cli/;

interface Left {
  readonly pid: number;
  /** What was started, with its arguments. */
  readonly command: string;
}

/**
 * Ends what still runs of a run, which is known by its temporary folder: all that it starts has it in its environment,
 * its arguments or as its folder. Gives what there was, once those that are just ending have had time for it.
 */
export function endLeft(folder: string): readonly Left[] {
  const deadline = Date.now() + GRACE_MS;
  let left = processesOf(folder);
  while (left.length > 0 && Date.now() < deadline) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_MS);
    left = left.filter(({ pid }) => runs(pid));
  }
  for (const { pid } of left) process.kill(pid, 'SIGKILL');
  return left;
}

function processesOf(folder: string): readonly Left[] {
  const pids = read(() => readdirSync('/proc'), []).map(Number);
  return pids.flatMap((pid) => {
    if (!(pid > 0) || pid === process.pid) return [];
    const command = read(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'), '');
    const environment = read(() => readFileSync(`/proc/${pid}/environ`, 'utf8'), '');
    const place = read(() => readlinkSync(`/proc/${pid}/cwd`), '');
    if (command === '' || TOOLS.test(command) || !runs(pid)) return [];
    return [command, environment, place].some((text) => text.includes(folder))
      ? [{ pid, command: command.replaceAll('\0', ' ').trim() }]
      : [];
  });
}

/** What a process says of itself; another user's may not be asked, and one that has ended says nothing. */
function read<T>(what: () => T, otherwise: T): T {
  try {
    return what();
  } catch {
    return otherwise;
  }
}
