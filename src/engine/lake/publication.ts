// How outputs become visible: whole files first, then the manifest that counts them. What no manifest tells of is never written over.
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  type Connection,
  durable,
  inWords,
  makeFolder,
  placeFile,
  quotePath,
  sameBytes,
  syncFile,
  syncFolder,
  writeWhole,
  readRegularText,
} from '../base';
import { PipelineError, type Settings } from '../model';
import { type StateFolders, stateFolders } from './dataFolder';
import { readLedger } from './ledger';
import type { Manifest } from './manifest';
import { requireOwnFolder } from './ownFolders';

/** One file of a publication: written under the step's temporary folder, renamed to `final`. */
export interface Publication {
  readonly temporary: string;
  /** Absolute. */
  readonly final: string;
  /** Checked after reopening, where it is a Parquet file. */
  readonly rows?: number;
}

/** What becomes visible at once. */
interface Publishing {
  readonly files: readonly Publication[];
  readonly absent: readonly string[];
  readonly manifest: Manifest;
  /** Absolute. */
  readonly manifestFile: string;
  /** What lies under these names without a manifest was held against what replaces it, and is the same. */
  readonly adopts: boolean;
}

/** A file without a manifest that had the name of a new one, and the name that it has now. */
export interface SetAside {
  readonly path: string;
  readonly as: string;
}

/** See `Lake.publish`. */
export async function publishFiles(
  settings: Settings,
  publishing: Publishing,
  connection: Connection,
): Promise<readonly SetAside[]> {
  const state = stateFolders(settings);
  const { files, absent, manifest, manifestFile, adopts } = publishing;
  for (const folder of new Set(files.map(({ final }) => dirname(final)))) {
    await makeFolder(folder);
    requireOwnFolder(settings, folder);
  }
  durable('output.written');
  for (const file of files) {
    await inWords(file.final, () => syncFile(file.temporary));
    if (file.rows !== undefined) await checkRows(connection, file.temporary, file.rows);
  }
  durable('output.synced');
  const aside = adopts || existsSync(manifestFile) ? [] : await makeWay(state, publishing);
  const folders = new Set<string>();
  for (const file of files) {
    await placeFile(file.temporary, file.final, state.movesDir);
    folders.add(dirname(file.final));
    durable('output.renamed');
  }
  for (const path of absent) {
    await inWords(path, () => rm(path, { force: true }));
    durable('leftovers.removed');
  }
  for (const folder of folders) await syncFolder(folder);
  await writeWhole(manifestFile, `${JSON.stringify(manifest)}\n`, state.temporaryDir, 'manifest.renamed');
  return aside;
}

/**
 * Files that no manifest tells of, under the names of new ones. The same bytes, and a report of a run that this ledger
 * knows, are what a crash left before its manifest. Silver and gold can be made again from what is before them. Raw
 * may be all there is of its records; all else keeps its content under another name.
 * @throws PipelineError UNKNOWN_FILE for raw.
 */
async function makeWay(
  state: StateFolders,
  { files, absent, manifest }: Publishing,
): Promise<readonly SetAside[]> {
  const { layer, output } = manifest;
  const aside: SetAside[] = [];
  const newOf = new Map(files.map((file) => [file.final, file.temporary]));
  for (const path of [...newOf.keys(), ...absent]) {
    const fresh = newOf.get(path);
    if (!existsSync(path) || (fresh !== undefined && (await sameBytes(path, fresh)))) continue;
    const main = path.endsWith(`/${output.path}`) || path.replaceAll('\\', '/').endsWith(`/${output.path}`);
    if (main && (layer === 'silver' || layer === 'gold')) continue;
    if (main && layer === 'raw') throw unknownRaw(path);
    if (main && runIsKnown(state.stateDir, path)) continue;
    const as = freeNameFor(path);
    await inWords(path, () => rename(path, as));
    aside.push({ path, as });
  }
  return aside;
}

function unknownRaw(path: string): PipelineError {
  return new PipelineError(
    'UNKNOWN_FILE',
    `${path} has no manifest, and its rows are not those of the file that is being loaded: it may be the only copy of them.`,
    'Run "m7 repair --dry-run": it says what the file is. If nothing needs it, move it out of the data folder, then run again.',
    { where: { file: path } },
  );
}

/** Was a report written by a run of this state? Then it is what a crash left before its manifest. */
function runIsKnown(stateDir: string, report: string): boolean {
  try {
    const { run_id } = JSON.parse(readRegularText(report)) as { readonly run_id?: unknown };
    return readLedger(stateDir, 'run').entries.some((e) => e.kind === 'run' && e.run_id === run_id);
  } catch {
    return false;
  }
}

function freeNameFor(path: string): string {
  for (let n = 1; ; n += 1) {
    const name = `${path}.kept-${n}`;
    if (!existsSync(name)) return name;
  }
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
