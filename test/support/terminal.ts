// The command line on a terminal: a pseudoterminal of Python's, for Node has none of its own.
import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { CLI } from '../cli/command';

const SCRIPT = 'import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)';

/** Is there a Python with pseudoterminals? */
export const hasTerminal = (): boolean => spawnSync('python3', ['-c', 'import pty']).status === 0;

/** What a terminal is given of `m7`, line ends as CR LF. */
export async function onTerminal(words: readonly string[], folder: string): Promise<string> {
  const { stdout } = await promisify(execFile)('python3', ['-c', SCRIPT, process.execPath, CLI, ...words], {
    cwd: folder,
    env: { ...process.env, TERM: 'xterm', COLUMNS: '120', SETTLE: '0' },
  });
  return stdout;
}
