// Runs the tools that make the VSIX so that they give the same bytes on every machine.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** All times in a VSIX (1 January 2000): that of a build would make each one different. */
const TIME = '946684800';

/** Runs a script of Node's in `folder`. Tools sort by the language of the machine, and zip files have local times. */
export async function runTool(script: string, words: readonly string[], folder: string): Promise<void> {
  const env = { ...process.env, SOURCE_DATE_EPOCH: TIME, TZ: 'UTC', LC_ALL: 'C' };
  await execute(process.execPath, [script, ...words], { cwd: folder, env, maxBuffer: 1 << 26 });
}
