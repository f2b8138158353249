// --junit FILE: what a run came to, for a build server, whether it ended well, failed or could not begin.
import { existsSync } from 'node:fs';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { junitOfRun, PipelineError, type OpenWorkspace, type RunResult } from '../engine';
import { note, type Session } from './session';
import { UsageError } from './usage';

/** What is known of the run so far. */
export interface JUnitRecord {
  workspace?: OpenWorkspace;
  result?: RunResult;
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
  const path = resolve(file);
  await requireWritable(path);
  const write = (error?: unknown): Promise<void> =>
    writeFile(path, junitOfRun(record.workspace, record.result, error));
  let value: T;
  try {
    value = await work(record);
  } catch (error) {
    await write(error).catch((reason: unknown) => note(session, unwritable(path, reason).message));
    throw error;
  }
  try {
    await write();
  } catch (error) {
    throw unwritable(path, error);
  }
  return value;
}

async function requireWritable(path: string): Promise<void> {
  try {
    await makeFolders(dirname(path));
    const found = await stat(path).catch(() => undefined);
    if (found?.isDirectory() === true) throw new Error('it is a folder');
    await writeFile(path, '');
    await rm(path);
  } catch (error) {
    const { message } = unwritable(path, error);
    throw new UsageError(message, 'Give --junit a file that may be written.');
  }
}

/** Step by step: Node's own recursive mkdir does not come back from folders of the system such as /proc. */
async function makeFolders(path: string): Promise<void> {
  if (existsSync(path)) return;
  if (dirname(path) !== path) await makeFolders(dirname(path));
  await mkdir(path);
}

function unwritable(path: string, cause: unknown): PipelineError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new PipelineError(
    'PERMISSION',
    `The JUnit file ${path} cannot be written: ${reason}.`,
    'Give --junit a file that may be written.',
    { where: { file: path }, cause },
  );
}
