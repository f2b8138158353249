// The layers on disk: where an output of a step is, and how it becomes visible.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection } from '../base';
import { type DateKey, type Settings, type Stage, LINEAGE_TYPES, defined } from '../model';
import {
  SUMMARY_NAME,
  type StateFolders,
  manifestsFolder,
  relativePath,
  reportsFolder,
  stateFolders,
} from './dataFolder';
import { readManifest, type Manifest, type ManifestLayer } from './manifest';
import { segment } from './pathSegment';
import { publishFiles, type Publication } from './publication';

/** Where an output belongs: of a date and table, of a brand where its stage works by brand, in parts in raw. */
interface OutputSlot {
  readonly date: DateKey;
  readonly table: string;
  readonly brand?: string;
  readonly part?: number;
}

export interface Lake extends StateFolders {
  readonly settings: Settings;
  /** Absolute path of an output. */
  rawFile(slot: Required<OutputSlot>, extension: string): string;
  silverFile(date: DateKey, brand: string, table: string): string;
  goldFile(date: DateKey, table: string): string;
  reportFile(date: DateKey, table: string): string;
  summaryFile(date: DateKey): string;
  /** Absolute path of a rejects Parquet file; without brand for the stages that work on all brands. */
  rejectsFile(stage: Stage, slot: OutputSlot): string;
  /** Absolute folder of the files of a brand and date that were rejected whole. */
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
  /** The manifest of an output, where its file is there with the bytes the manifest gives; else undefined. */
  manifest(layer: ManifestLayer, date: DateKey, table: string, brand?: string): Manifest | undefined;
  /** Like manifest, whether or not the file is whole: what was published there last. */
  published(layer: ManifestLayer, date: DateKey, table: string, brand?: string): Manifest | undefined;
  /** All manifests of a date and layer, whether or not their files are whole (see `intact`). */
  manifests(layer: ManifestLayer, date: DateKey): readonly Manifest[];
  /** Is the output there with the bytes its manifest gives? */
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
  const published: Lake['published'] = (layer, date, table, brand) =>
    readManifest(manifestFile({ layer, date, table, ...defined({ brand }) }));
  return {
    settings,
    stateDir,
    temporaryDir,
    manifestsDir,
    rawFile: ({ date, brand, table, part }, extension) =>
      join(settings.rawDir, date, segment(brand), `${numbered(table, part)}.${extension}`),
    silverFile: (date, brand, table) =>
      join(settings.silverDir, date, segment(brand), `${segment(table)}.parquet`),
    goldFile: (date, table) => join(settings.goldDir, date, `${segment(table)}.parquet`),
    reportFile: (date, table) => join(reportsFolder(settings), date, `${segment(table)}.json`),
    summaryFile: (date) => join(reportsFolder(settings), date, SUMMARY_NAME),
    rejectsFile: (stage, { date, table, brand, part }) =>
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
    manifest: (layer, date, table, brand) => {
      const found = published(layer, date, table, brand);
      return found !== undefined && intact(found) ? found : undefined;
    },
    published,
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
    publish: (files, absent, manifest, connection) =>
      publishFiles(
        { files, absent, manifest, manifestFile: manifestFile(manifest), temporaryDir },
        connection,
      ),
  };
}

function entries(folder: string): readonly { readonly name: string; isDirectory(): boolean }[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
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
