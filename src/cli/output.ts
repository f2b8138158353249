// A file that an option of a command asks for.
import { writeFile } from 'node:fs/promises';
import { PipelineError } from '../engine';

/** Where it is written to, and the words to name it by. */
export interface OutputFile {
  /** Absolute. */
  readonly path: string;
  readonly what: 'report' | 'JUnit file';
  readonly option: '--output' | '--junit';
}

/** Writes it anew. @throws PipelineError PERMISSION, see unwritable. */
export async function writeOutput(file: OutputFile, text: string): Promise<void> {
  try {
    await writeFile(file.path, text);
  } catch (error) {
    throw unwritable(file, error);
  }
}

/** What to tell of a file that could not be written, whatever kept it from being. */
export function unwritable({ path, what, option }: OutputFile, cause: unknown): PipelineError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new PipelineError(
    'PERMISSION',
    `The ${what} ${path} cannot be written: ${reason}.`,
    `Give ${option} a file that may be written, in a folder that is there.`,
    { where: { file: path }, cause },
  );
}
