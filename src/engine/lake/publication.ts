// How outputs become visible: whole files first, then the manifest that counts them.
import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  type Connection,
  durable,
  inWords,
  makeFolder,
  quotePath,
  syncFile,
  syncFolder,
  writeWhole,
} from '../base';
import { PipelineError } from '../model';
import type { Manifest } from './manifest';

/** One file of a publication: written under the step's temporary folder, renamed to `final`. */
export interface Publication {
  readonly temporary: string;
  /** Absolute. */
  readonly final: string;
  /** Checked after reopening, where it is a Parquet file. */
  readonly rows?: number;
}

/** See `Lake.publish`. */
export async function publishFiles(
  publishing: {
    readonly files: readonly Publication[];
    readonly absent: readonly string[];
    readonly manifest: Manifest;
    /** Absolute. */
    readonly manifestFile: string;
    readonly temporaryDir: string;
  },
  connection: Connection,
): Promise<void> {
  const { files, absent, manifest, manifestFile, temporaryDir } = publishing;
  durable('output.written');
  for (const file of files) {
    await inWords(file.final, () => syncFile(file.temporary));
    if (file.rows !== undefined) await checkRows(connection, file.temporary, file.rows);
  }
  durable('output.synced');
  const folders = new Set<string>();
  for (const file of files) {
    await makeFolder(dirname(file.final));
    await inWords(file.final, () => rename(file.temporary, file.final));
    folders.add(dirname(file.final));
    durable('output.renamed');
  }
  for (const path of absent) {
    await inWords(path, () => rm(path, { force: true }));
    durable('leftovers.removed');
  }
  for (const folder of folders) await syncFolder(folder);
  await writeWhole(manifestFile, `${JSON.stringify(manifest)}\n`, temporaryDir, 'manifest.renamed');
}

async function checkRows(connection: Connection, path: string, expected: number): Promise<void> {
  const [footer] = await connection.rows<{ num_rows: number }>(
    `SELECT num_rows FROM parquet_file_metadata(${quotePath(path)})`,
  );
  if (footer?.num_rows !== expected)
    throw new PipelineError(
      'PARQUET_INVALID',
      `${path} holds ${String(footer?.num_rows)} rows after writing, where ${expected} were written.`,
      'Check the disk, then run again.',
      { where: { file: path } },
    );
}
