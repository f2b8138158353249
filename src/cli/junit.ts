// --junit FILE: what a run came to, for a build server, whether it ended well, failed or could not begin.
import { existsSync } from 'node:fs';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { junitOfRun, printable, type OpenWorkspace, type RunResult } from '../engine';
import { unwritable, writeOutput, type OutputFile } from './output';
import { note, type Session } from './session';
import { UsageError } from './usage';

/** What is known of the run so far. */
export interface JUnitRecord {
  workspace?: OpenWorkspace;
  result?: RunResult;
}

/** The file of --junit. @param path absolute. */
export function junitFile(path: string): OutputFile {
  return { path, what: 'JUnit file', option: '--junit' };
}

/**
 * Runs `work` and writes the file however it ends. The file of an earlier run is removed first: a build must
 * not read it when this one is killed.
 * @throws UsageError where no file can be written there, before the work; what `work` throws.
 */
export async function withJUnit<T>(
  session: Session,
  file: string | undefined,
  work: (record: JUnitRecord) => Promise<T>,
): Promise<T> {
  const record: JUnitRecord = {};
  if (file === undefined) return work(record);
  const asked = junitFile(resolve(file));
  await requireWritable(asked);
  const write = (error?: unknown): Promise<void> =>
    writeOutput(asked, junitOfRun(record.workspace, record.result, error));
  let value: T;
  try {
    value = await work(record);
  } catch (error) {
    await write(error).catch((reason: unknown) =>
      note(session, printable(reason instanceof Error ? reason.message : String(reason))),
    );
    throw error;
  }
  await write();
  return value;
}

async function requireWritable(file: OutputFile): Promise<void> {
  try {
    await makeFolders(dirname(file.path));
    const found = await stat(file.path).catch(() => undefined);
    if (found?.isDirectory() === true) throw new Error('it is a folder');
    await writeFile(file.path, '');
    await rm(file.path);
  } catch (error) {
    const { message } = unwritable(file, error);
    throw new UsageError(message, 'Give --junit a file that may be written.');
  }
}

/** Step by step: Node's own recursive mkdir does not come back from folders of the system such as /proc. */
async function makeFolders(path: string): Promise<void> {
  if (existsSync(path)) return;
  if (dirname(path) !== path) await makeFolders(dirname(path));
  await mkdir(path);
}
