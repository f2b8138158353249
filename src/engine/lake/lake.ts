// The layers on disk: where an output of a step is, and how it becomes visible.
import { requireKnownFormat } from './stateVersion';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import type { CsvFormat } from '../csv';
import {
  type Connection,
  codeOf,
  durable,
  inWords,
  makeFolder,
  quotePath,
  syncFile,
  syncFolder,
  translateSystemError,
  writeWhole,
} from '../base';
import {
  SUMMARY_NAME,
  type StateFolders,
  manifestsFolder,
  relativePath,
  reportsFolder,
  stateFolders,
} from './dataFolder';
import {
  type Conversion,
  type DateKey,
  type Edge,
  type Finding,
  type Settings,
  type Stage,
  LINEAGE_TYPES,
  PipelineError,
  defined,
} from '../model';

/** What a published output was made of; without one, an output does not exist for any reader. */
export interface Manifest {
  readonly version: 1;
  readonly layer: ManifestLayer;
  readonly date: DateKey;
  readonly brand?: string;
  readonly table: string;
  /** raw only: 1 for `<Table>.parquet`, 2 for `<Table>.2.parquet`, … */
  readonly part?: number;
  /** sha256 (hex) of everything that decided the output's bytes: inputs' keys, config, stage version. */
  readonly key: string;
  /** The output: path relative to the data folder, with "/". For "validated" the report's JSON file. */
  readonly output: { readonly path: string; readonly bytes: number; readonly rows: number };
  /** The rejects file written with it, where there were any. */
  readonly rejects?: { readonly path: string; readonly bytes: number; readonly rows: number };
  readonly inputs: readonly { readonly path: string; readonly key: string; readonly rows: number }[];
  /** The conservation checks of the step. */
  readonly edges: readonly Edge[];
  /** raw: the landing file's name (relative to landing), its sha256, where the original lies now, how it was read. */
  readonly source?: {
    readonly file: string;
    readonly sha256: string;
    readonly bytes: number;
    readonly original: string;
    readonly format: CsvFormat;
  };
  /** silver: values that did not convert. */
  readonly conversions?: readonly Conversion[];
  /** Removed by retention: its absence is meant, and it is made again only where it is needed. */
  readonly removed?: true;
  /** gold: the technical checks (keys, required, types). */
  readonly findings?: readonly Finding[];
}

export const MANIFEST_LAYERS = ['raw', 'silver', 'gold', 'validated'] as const;
export type ManifestLayer = (typeof MANIFEST_LAYERS)[number];

/**
 * Does the report of this "validated" manifest tell its load? False after a crash between the warehouse's
 * commit and the report: the step then runs once more, finds the load done and writes the report.
 */
export function tellsLoad(manifest: Manifest): boolean {
  return manifest.edges.some((e) => e.to === 'loaded');
}

/** One file of a publication: written under the step's temporary folder, renamed to `final`. */
interface Publication {
  readonly temporary: string;
  /** Absolute. */
  readonly final: string;
  /** Checked after reopening, where it is a Parquet file. */
  readonly rows?: number;
}

export interface Lake extends StateFolders {
  readonly settings: Settings;
  /** Absolute path of an output. */
  rawFile(date: DateKey, brand: string, table: string, part: number, extension: string): string;
  silverFile(date: DateKey, brand: string, table: string): string;
  goldFile(date: DateKey, table: string): string;
  reportFile(date: DateKey, table: string): string;
  summaryFile(date: DateKey): string;
  /** Absolute path of a rejects Parquet file; without brand for the stages that work on all brands. */
  rejectsFile(date: DateKey, stage: Stage, table: string, brand?: string, part?: number): string;
  /** Absolute folder of the files of a brand and date that were kept out whole. */
  rejectedFilesFolder(date: DateKey, brand: string): string;
  /** Path relative to the data folder with "/" (what manifests hold), and back. */
  relative(path: string): string;
  absolute(path: string): string;
  /**
   * Makes outputs visible: fsync, reopen and check rows, rename each into place, remove `absent` ones
   * (leftovers of the output being replaced), fsync the folders, then write the manifest.
   * @throws PipelineError PARQUET_INVALID when a reopened file does not hold the rows that were written.
   */
  publish(
    files: readonly Publication[],
    absent: readonly string[],
    manifest: Manifest,
    connection: Connection,
  ): Promise<void>;
  /** The manifest of an output, where its file is there with the bytes the manifest tells; else undefined. */
  manifest(
    layer: ManifestLayer,
    date: DateKey,
    table: string,
    brand?: string,
    part?: number,
  ): Manifest | undefined;
  /** Like manifest, whether or not the file is whole: what was published there last. */
  published(layer: ManifestLayer, date: DateKey, table: string, brand?: string): Manifest | undefined;
  /** All manifests of a date and layer, whether or not their files are whole (see `intact`). */
  manifests(layer: ManifestLayer, date: DateKey): readonly Manifest[];
  /** Is the output there with the bytes its manifest tells? */
  intact(manifest: Pick<Manifest, 'output'>): boolean;
  /** Is there a file at this path relative to the data folder? */
  exists(path: string): boolean;
  /** The raw parts of a slot, ascending, whether or not their files are whole. */
  parts(date: DateKey, brand: string, table: string): readonly Manifest[];
  /** Absolute path of a manifest file. */
  manifestFile(manifest: Pick<Manifest, 'layer' | 'date' | 'table' | 'brand' | 'part'>): string;
  /** Dates that have manifests in a layer, ascending. */
  dates(layer: ManifestLayer): readonly DateKey[];
  /** Folder of the manifests, by layer and date. */
  readonly manifestsDir: string;
}

/** Opens the folders of a workspace; nothing is created or read before it is asked for. */
export function openLake(settings: Settings): Lake {
  const { stateDir, temporaryDir } = stateFolders(settings);
  const manifestsDir = manifestsFolder(stateDir);
  const numbered = (table: string, part: number): string =>
    part === 1 ? segment(table) : `${segment(table)}.${part}`;
  const absolute = (path: string): string => `${settings.dataDir}/${path}`;
  const manifestFile: Lake['manifestFile'] = ({ layer, date, table, brand, part }) =>
    join(
      manifestsDir,
      layer,
      date,
      ...(brand === undefined ? [] : [segment(brand)]),
      `${numbered(table, part ?? 1)}.json`,
    );
  const intact: Lake['intact'] = (manifest) => {
    const found = statSync(absolute(manifest.output.path), { throwIfNoEntry: false });
    return found?.isFile() === true && found.size === manifest.output.bytes;
  };
  return {
    settings,
    stateDir,
    temporaryDir,
    manifestsDir,
    rawFile: (date, brand, table, part, extension) =>
      join(settings.rawDir, date, segment(brand), `${numbered(table, part)}.${extension}`),
    silverFile: (date, brand, table) =>
      join(settings.silverDir, date, segment(brand), `${segment(table)}.parquet`),
    goldFile: (date, table) => join(settings.goldDir, date, `${segment(table)}.parquet`),
    reportFile: (date, table) => join(reportsFolder(settings), date, `${segment(table)}.json`),
    summaryFile: (date) => join(reportsFolder(settings), date, SUMMARY_NAME),
    rejectsFile: (date, stage, table, brand, part) =>
      join(
        settings.rejectsDir,
        date,
        stage,
        ...(brand === undefined ? [] : [segment(brand)]),
        `${numbered(table, part ?? 1)}.parquet`,
      ),
    rejectedFilesFolder: (date, brand) =>
      join(settings.rejectsDir, date, 'landing-to-raw', segment(brand), 'files'),
    relative: (path) => relativePath(settings.dataDir, path),
    absolute,
    manifestFile,
    intact,
    exists: (path) => statSync(absolute(path), { throwIfNoEntry: false }) !== undefined,
    parts: (date, brand, table) => {
      const found: Manifest[] = [];
      for (;;) {
        const next = readManifest(manifestFile({ layer: 'raw', date, brand, table, part: found.length + 1 }));
        if (next === undefined) return found;
        found.push(next);
      }
    },
    manifest: (layer, date, table, brand, part) => {
      const found = readManifest(
        manifestFile({
          layer,
          date,
          table,
          ...defined({ brand, part }),
        }),
      );
      return found !== undefined && intact(found) ? found : undefined;
    },
    published: (layer, date, table, brand) =>
      readManifest(manifestFile({ layer, date, table, ...defined({ brand }) })),
    manifests: (layer, date) => {
      const found: Manifest[] = [];
      const walk = (folder: string): void => {
        for (const entry of entries(folder)) {
          if (entry.isDirectory()) walk(join(folder, entry.name));
          else if (entry.name.endsWith('.json')) {
            const manifest = readManifest(join(folder, entry.name));
            if (manifest !== undefined) found.push(manifest);
          }
        }
      };
      walk(join(manifestsDir, layer, date));
      return found;
    },
    dates: (layer) =>
      entries(join(manifestsDir, layer))
        .filter((e) => e.isDirectory() && /^\d{8}$/.test(e.name))
        .map((e) => e.name)
        .sort(),
    publish: async (files, absent, manifest, connection) => {
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
      await writeWhole(
        manifestFile(manifest),
        `${JSON.stringify(manifest)}\n`,
        temporaryDir,
        'manifest.renamed',
      );
    },
  };
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

/**
 * A manifest is renamed into place whole; a broken one was damaged later. Silver, gold and reports are then
 * made anew. Raw has nothing before it to be made from: as if absent, its rows would leave the warehouse.
 * @throws PipelineError STATE_CORRUPT for a broken manifest of raw; STATE_NEWER; PERMISSION where one may not be read.
 */
function readManifest(path: string): Manifest | undefined {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) return undefined;
    if (!(error instanceof SyntaxError)) throw translateSystemError(path, error);
  }
  requireKnownFormat('manifest', path, value);
  if (isManifest(value)) return value;
  if (basename(dirname(dirname(dirname(path)))) !== 'raw') return undefined;
  const [date = '', brand = '', name = ''] = path.split(sep).slice(-3);
  throw new PipelineError(
    'STATE_CORRUPT',
    `${path} is damaged: it no longer shows where the rows of raw/${date}/${brand}/${basename(name, '.json')}.parquet came from.`,
    `Restore it from a backup. Or move the original next to that file back to landing under its original name, remove ${name}, and run again.`,
    { where: { file: path } },
  );
}

function isManifest(value: unknown): value is Manifest {
  const { version, key, layer, table, output, inputs, edges, source } = (value ?? {}) as Partial<Manifest>;
  return (
    version === 1 &&
    typeof key === 'string' &&
    typeof table === 'string' &&
    typeof output?.path === 'string' &&
    Array.isArray(inputs) &&
    Array.isArray(edges) &&
    (layer !== 'raw' || typeof source?.original === 'string')
  );
}

function entries(folder: string): readonly { readonly name: string; isDirectory(): boolean }[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/**
 * A name as one folder or file name: letters, digits, spaces and most signs stay as they are, what a file
 * system, a glob or a reader of partitioned folders (`name=value`) may take amiss is percent-encoded, and what is too long ends in a hash. Two names that
 * differ give two segments.
 */
export function segment(name: string): string {
  const encoded = name
    .normalize('NFC')
    .replace(
      /[\u0000-\u001f\u007f%/\\:*?"<>|[\].=]|^ | $/g,
      (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
    );
  const bytes = Buffer.from(encoded, 'utf8');
  if (bytes.length <= 180 && encoded !== '') return encoded;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 16);
  // Cutting in the middle of a character leaves U+FFFD, which is dropped.
  return `${bytes.subarray(0, 140).toString('utf8').replaceAll('\ufffd', '')}~${hash}`;
}

/**
 * Columns of every rejects Parquet file, in order. `record` is the raw line (landing-to-raw) or the row
 * as a JSON object of text values (later stages): with file and row enough to replay it.
 */
export const REJECT_COLUMNS = {
  ...LINEAGE_TYPES,
  line: 'BIGINT',
  code: 'VARCHAR',
  columns: 'VARCHAR[]',
  rules: 'VARCHAR[]',
  reason: 'VARCHAR',
  record: 'VARCHAR',
} as const;
