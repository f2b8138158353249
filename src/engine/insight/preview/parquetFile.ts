// Is this file a whole Parquet file? Told from its first and last bytes, in words a person can act on.
import { open, stat } from 'node:fs/promises';
import { PipelineError } from '../../model';
import { formatBytes, printable } from '../../report';

const REMEDY = 'Copy or write the file again. A file of M7 Pipeline is written again by `m7 run --force`.';
/** Magic, footer length, magic: less than this holds no Parquet. */
const LEAST_BYTES = 12;

/** What the first four bytes say. */
export async function startsLikeParquet(path: string): Promise<boolean> {
  const { first } = await ends(path);
  return first === 'PAR1' || first === 'PARE';
}

/**
 * Looks at both ends of the file.
 * @throws PipelineError PARQUET_INVALID when it is empty, encrypted, cut off or something else altogether;
 *   NOT_FOUND, PERMISSION or FILE_UNREADABLE when it cannot be read.
 */
export async function checkParquetFile(path: string): Promise<void> {
  const { size, first, last, footer } = await ends(path);
  const shown = printable(path);
  if (size === 0) throw invalid(path, `${shown} is empty (0 bytes).`);
  if (first === 'PARE' || last === 'PARE')
    throw new PipelineError(
      'PARQUET_INVALID',
      `${shown} is an encrypted Parquet file.`,
      'Ask its owner for a file without encryption.',
      { where: { file: path } },
    );
  if (first !== 'PAR1')
    throw new PipelineError(
      'PARQUET_INVALID',
      `${shown} is not a Parquet file: it starts with "${printable(first)}" instead of "PAR1".`,
      'Give the file the extension of what it holds, for example .csv.',
      { where: { file: path } },
    );
  if (size < LEAST_BYTES || last !== 'PAR1')
    throw invalid(path, `${shown} is cut off: its footer is missing (${formatBytes(size)}).`);
  if (footer > size - LEAST_BYTES)
    throw invalid(
      path,
      `${shown} is damaged: its footer claims ${formatBytes(footer)} of a file of ${formatBytes(size)}.`,
    );
}

/** A Parquet file that DuckDB could not read after all, in our words. */
export function invalid(path: string, message: string, cause?: unknown): PipelineError {
  return new PipelineError('PARQUET_INVALID', message, REMEDY, { where: { file: path }, cause });
}

interface Ends {
  readonly size: number;
  readonly first: string;
  readonly last: string;
  readonly footer: number;
}

async function ends(path: string): Promise<Ends> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const head = Buffer.alloc(Math.min(4, size));
    const tail = Buffer.alloc(Math.min(8, size));
    await file.read(head, 0, head.length, 0);
    await file.read(tail, 0, tail.length, size - tail.length);
    return {
      size,
      first: head.toString('latin1'),
      last: tail.subarray(-4).toString('latin1'),
      footer: tail.length === 8 ? tail.readUInt32LE(0) : 0,
    };
  } finally {
    await file.close();
  }
}

/**
 * Is there a file to read at this path?
 * @throws PipelineError NOT_FOUND | USAGE (a folder, a device) | PERMISSION | FILE_UNREADABLE
 */
export async function checkReadable(path: string): Promise<void> {
  const shown = printable(path);
  const where = { where: { file: path } };
  try {
    const found = await stat(path);
    if (found.isDirectory())
      throw new PipelineError('USAGE', `${shown} is a folder.`, 'Name a file in it.', where);
    if (!found.isFile())
      throw new PipelineError(
        'USAGE',
        `${shown} is not a regular file.`,
        'Copy its content to a file first.',
        where,
      );
    await (await open(path, 'r')).close();
  } catch (error) {
    if (error instanceof PipelineError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new PipelineError('NOT_FOUND', `There is no file ${shown}.`, 'Check the path.', {
        ...where,
        cause: error,
      });
    if (code === 'EACCES' || code === 'EPERM')
      throw new PipelineError(
        'PERMISSION',
        `${shown} cannot be read: permission denied.`,
        'Give this user permission to read it.',
        {
          ...where,
          cause: error,
        },
      );
    throw new PipelineError(
      'FILE_UNREADABLE',
      `${shown} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
      'Check the disk and the path.',
      { ...where, cause: error },
    );
  }
}
