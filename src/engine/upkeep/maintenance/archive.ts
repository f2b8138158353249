// Originals into the archive: compressed, read back and compared, and only then removed.
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { hashFile, inWords, moveFile, sizeOf, syncFile } from '../../base';
import type { Lake } from '../../lake';
import { PipelineError, cancelled } from '../../model';

/**
 * Makes sure that the archived file holds the bytes of `original`, whose sha256 is `sha256`: writes it where it is
 * not there yet, and reads it back. The original stays.
 * @throws PipelineError FILE_UNREADABLE where the original is not the file that was taken in, or the archive
 * cannot be read back, or there is another file in its place.
 */
export async function copyToArchive(
  original: string,
  archived: { readonly path: string; readonly sha256: string; readonly compress: boolean },
  { temporaryDir: temporary, movesDir: notes }: Pick<Lake, 'temporaryDir' | 'movesDir'>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { path: target, sha256, compress } = archived;
  if ((await sizeOf(target)) !== undefined) {
    if ((await hashStored(target, compress, signal)) === sha256) return;
    throw new PipelineError(
      'FILE_UNREADABLE',
      `${original} cannot be archived: there is another file at ${target}.`,
      'Move it elsewhere, then run maintenance again.',
      { where: { file: target } },
    );
  }
  if ((await hashFile(original, signal)) !== sha256)
    throw new PipelineError(
      'FILE_UNREADABLE',
      `${original} has changed since it was loaded into raw.`,
      'Put the original back, or deliver the file again.',
      { where: { file: original } },
    );
  const draft = join(temporary, `archive-${basename(target)}`);
  await rm(draft, { force: true });
  try {
    await inWords(target, () => copy(original, draft, compress, signal));
    await syncFile(draft);
    await moveFile(draft, target, notes);
  } catch (error) {
    // On a full disk every byte given back counts; the first error is the one to report.
    await rm(draft, { force: true }).catch(() => undefined);
    throw error;
  }
  if ((await hashStored(target, compress, signal)) === sha256) return;
  await rm(target, { force: true });
  throw new PipelineError(
    'FILE_UNREADABLE',
    `${target} does not contain what was written to it. ${original} was kept.`,
    'Check the disk of the archive, then run maintenance again.',
    { where: { file: target } },
  );
}

async function copy(
  from: string,
  to: string,
  compress: boolean,
  signal: AbortSignal | undefined,
): Promise<void> {
  const options = signal === undefined ? {} : { signal };
  try {
    const reading = createReadStream(from, { highWaterMark: 1 << 20 });
    const writing = createWriteStream(to, { flags: 'wx' });
    if (compress) await pipeline(reading, createGzip(), writing, options);
    else await pipeline(reading, writing, options);
  } catch (error) {
    if (signal?.aborted === true) throw cancelled();
    throw error;
  }
}

/** sha256 (hex) of a file's content, unpacked where it was compressed by us; undefined where it is damaged. */
async function hashStored(
  path: string,
  compressed: boolean,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  if (!compressed) return hashFile(path, signal);
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), createGunzip(), hash, signal === undefined ? {} : { signal });
    return hash.digest('hex');
  } catch (error) {
    if (signal?.aborted === true) throw cancelled();
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')) return undefined;
    throw error;
  }
}
