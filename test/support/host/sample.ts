// Workspaces for a window of VS Code: generated files of three dates, of which the first has been run.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { repository } from './install';

export const RUN_DATE = '20241114';
export const LANDED_DATE = '20241115';
/** Lies in landing too: kept for the suite that measures a run. */
export const MEASURED_DATE = '20241116';

const execute = promisify(execFile);

/** The command line of this repository, as a terminal beside the editor runs it; exit code 1 is an outcome. */
export async function m7(...words: readonly string[]): Promise<string> {
  try {
    return (await execute(process.execPath, [join(repository, 'dist/cli.js'), ...words])).stdout;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 1 && 'stdout' in error)
      return String(error.stdout);
    throw error;
  }
}

let template: Promise<string> | undefined;

async function makeTemplate(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'm7-sample-'));
  await m7('init', folder, '--sample', '--date', MEASURED_DATE, '--days', '3', '--rows', '300');
  await m7('run', '--workspace', folder, '--date', RUN_DATE);
  return folder;
}

/**
 * A folder with the sample: RUN_DATE has been run, the others lie in landing. Whoever asks removes it.
 * @param name the folder's own name, which pictures show
 */
export async function sampleWorkspace(name = 'sample'): Promise<string> {
  template ??= makeTemplate();
  const folder = join(await mkdtemp(join(tmpdir(), 'm7-workspace-')), name);
  await cp(await template, folder, { recursive: true, preserveTimestamps: true });
  return folder;
}

/** Removes a folder of `sampleWorkspace` with what was made around it. */
export async function removeWorkspace(folder: string): Promise<void> {
  const around = dirname(folder);
  // The folder of the whole run of tests must outlive this window.
  assert.notEqual(
    around,
    tmpdir(),
    `${folder} lies in no folder of its own: give it one to be removed with.`,
  );
  await rm(around, { recursive: true, force: true, maxRetries: 5 });
}

/** For the end of all tests. */
export async function removeTemplate(): Promise<void> {
  if (template !== undefined) await rm(await template, { recursive: true, force: true });
  template = undefined;
}
