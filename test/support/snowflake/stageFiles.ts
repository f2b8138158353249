// Files of stages on disk: where PUT brings them, what LIST tells, what COPY reads.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stage } from './catalogue';

export interface StagedFile {
  /** Within the stage: "table/20240101/x.parquet". */
  readonly path: string;
  readonly size: number;
  /** Absolute path on disk. */
  readonly file: string;
  readonly modified: Date;
}

/** Absolute path of a stage's folder below the peer's. */
export function stageFolder(root: string, stage: Stage): string {
  return join(root, `stage${stage.id}`);
}

/** The files below a path of a stage, which is a prefix of their names as in an object store. Sorted. */
export async function filesOf(root: string, stage: Stage, prefix = ''): Promise<readonly StagedFile[]> {
  const folder = stageFolder(root, stage);
  await mkdir(folder, { recursive: true });
  const names = await readdir(folder, { recursive: true });
  const found: StagedFile[] = [];
  for (const name of names.map((n) => n.replaceAll('\\', '/')).sort()) {
    if (!name.startsWith(prefix) || name.endsWith(SIDE)) continue;
    const file = join(folder, name);
    const about = await stat(file).catch(() => undefined);
    if (about?.isFile() === true) found.push({ path: name, size: about.size, file, modified: about.mtime });
  }
  return found;
}

/** Beside an object that came over S3: its metadata. */
export const SIDE = '.peer-metadata.json';

export async function removeFile(staged: StagedFile): Promise<void> {
  await rm(staged.file, { force: true });
  await rm(`${staged.file}${SIDE}`, { force: true });
}

export async function md5Of(file: string): Promise<string> {
  const hash = createHash('md5');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
