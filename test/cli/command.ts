// The command line as its users run it: the built bundle, in a process of its own.
import { execFile, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(__dirname, '../..');
export const CLI = join(ROOT, 'dist/cli.js');

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

export interface Given {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

let built: Promise<unknown> | undefined;

/** For `before`: dist/cli.js of the source as it is, once for all test files. */
export async function buildCommand(): Promise<void> {
  built ??= promisify(execFile)(process.execPath, ['esbuild.mjs'], { cwd: ROOT });
  await built;
}

/** Starts `m7` without waiting for its end. */
export function startM7(words: readonly string[], given: Given = {}): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [CLI, ...words], {
    cwd: given.cwd ?? ROOT,
    // Nothing of the tests' own surroundings may decide colours, width or settings.
    env: {
      ...{ PATH: process.env['PATH'], HOME: process.env['HOME'], TZ: 'UTC', COLUMNS: '100' },
      XDG_STATE_HOME: process.env['XDG_STATE_HOME'],
      // Tests write files and run at once.
      SETTLE: '0',
      ...given.env,
    },
  });
}

/** How a started process ended, and all it said. */
export function ended(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  return new Promise((resolve, reject) => {
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, out, err }));
  });
}

/** Runs `m7` to its end. */
export function m7(words: readonly string[], given: Given = {}): Promise<Ended> {
  const child = startM7(words, given);
  child.stdin.end();
  return ended(child);
}

/** Runs `m7` to its end, and says how much memory the process had at its peak, in MB. */
export async function m7Measured(
  words: readonly string[],
  given: Given = {},
): Promise<Ended & { readonly peak: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'm7-peak-'));
  const file = join(folder, 'peak');
  try {
    const done = await m7(words, {
      ...given,
      env: {
        ...given.env,
        M7_PEAK_FILE: file,
        NODE_OPTIONS: `--require ${join(ROOT, 'test/support/tellPeak.cjs')}`,
      },
    });
    return { ...done, peak: Number(readFileSync(file, 'utf8')) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
