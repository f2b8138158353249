// The layers on disk: where an output of a step is, and how it becomes visible.
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Connection, makeFolder, writeWhole } from '../base';
import { type DateKey, LINEAGE_TYPES, PipelineError, type Settings, type Stage, defined } from '../model';
import {
  SUMMARY_NAME,
  type StateFolders,
  manifestsFolder,
  relativePath,
  reportsFolder,
  stateFolders,
} from './dataFolder';
import { readManifest, type Manifest, type ManifestLayer } from './manifest';
import { type ManifestsOfDate, folderEntries, readManifestsBelow, requireNoneAfter } from './manifestsOfDate';
import { type OriginalState, originalState } from './originals';
import { ownFile } from './ownFile';
import { requireOwnFolders } from './ownFolders';
import { segment } from './pathSegment';
import { publishFiles, type Publication, type SetAside } from './publication';

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
   * (leftovers of the output being replaced), fsync the folders, then write the manifest. What lay under these names
   * without a manifest keeps its content: under the names that are given back.
   * @throws PipelineError PARQUET_INVALID when a reopened file does not hold the rows that were written;
   * UNKNOWN_FILE where raw without a manifest would be written over.
   */
  publish(
    output: {
      readonly files: readonly Publication[];
      readonly absent: readonly string[];
      readonly manifest: Manifest;
      /** What lies there without a manifest was held against these files, and is the same. */
      readonly adopts: boolean;
    },
    connection: Connection,
  ): Promise<readonly SetAside[]>;
  /** The manifest of an output, where its file is there with the bytes the manifest gives; else undefined. */
  manifest(layer: ManifestLayer, date: DateKey, table: string, brand?: string): Manifest | undefined;
  /** Like manifest, whether or not the file is whole: what was published there last. */
  published(layer: ManifestLayer, date: DateKey, table: string, brand?: string): Manifest | undefined;
  /**
   * All manifests of a date and layer, whether or not their files are whole (see `intact`).
   * @throws PipelineError STATE_CORRUPT where one of raw is damaged; STATE_NEWER.
   */
  manifests(layer: ManifestLayer, date: DateKey): readonly Manifest[];
  /** Those that can be read, and what is wrong with the others. @throws PipelineError STATE_NEWER */
  readManifests(layer: ManifestLayer, date: DateKey): ManifestsOfDate;
  /** Is the output there with the bytes its manifest gives? */
  intact(manifest: Pick<Manifest, 'output'>): boolean;
  /**
   * Is an original what its manifest says, by a look at its size and time? "missing": it is on its way from landing, or
   * was removed. One in the archive, which is compressed, counts as the same.
   */
  originalState(
    source: Pick<NonNullable<Manifest['source']>, 'bytes' | 'modified_ms' | 'original'>,
  ): OriginalState;
  /** Writes a manifest again, of which nothing but words has changed. */
  rewrite(manifest: Manifest): Promise<void>;
  /** Is there a file at this path relative to the data folder? */
  exists(path: string): boolean;
  /**
   * The raw parts of a slot, ascending, whether or not their files are whole.
   * @throws PipelineError STATE_CORRUPT where a manifest is damaged, or missing before the last.
   */
  parts(date: DateKey, brand: string, table: string): readonly Manifest[];
  /** As `parts`; none where a manifest is damaged or missing, for readers that tell of other things, too. */
  readableParts(date: DateKey, brand: string, table: string): readonly Manifest[];
  /** Those parts of a slot that have a manifest, ascending: some may be missing between them. */
  partsAround(date: DateKey, brand: string, table: string): readonly Manifest[];
  /** Names of the brands with raw files of a date, but for some; of all dates without one. */
  rawBrands(but: ReadonlySet<string>, date?: DateKey): readonly string[];
  /** Absolute path of a manifest file. */
  manifestFile(manifest: Pick<Manifest, 'layer' | 'date' | 'table' | 'brand' | 'part'>): string;
  /** Dates that have manifests in a layer, ascending. */
  dates(layer: ManifestLayer): readonly DateKey[];
  /** Folder of the manifests, by layer and date. */
  readonly manifestsDir: string;
}

/**
 * Opens the folders of a workspace; nothing is created or read before it is asked for.
 * @throws PipelineError UNSUPPORTED where one of them is a link.
 */
export function openLake(settings: Settings): Lake {
  requireOwnFolders(settings);
  const state = stateFolders(settings);
  const { stateDir } = state;
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
    return ownFile(absolute(manifest.output.path), settings)?.size === manifest.output.bytes;
  };
  const published: Lake['published'] = (layer, date, table, brand) =>
    readManifest(manifestFile({ layer, date, table, ...defined({ brand }) }));
  const readAll: Lake['readManifests'] = (layer, date) =>
    readManifestsBelow(join(manifestsDir, layer, date), layer, manifestFile);
  const parts: Lake['parts'] = (date, brand, table) => {
    const found: Manifest[] = [];
    for (;;) {
      const next = readManifest(manifestFile({ layer: 'raw', date, brand, table, part: found.length + 1 }));
      if (next === undefined) break;
      found.push(next);
    }
    const missing = manifestFile({ layer: 'raw', date, brand, table, part: found.length + 1 });
    requireNoneAfter(missing, dirname(missing), segment(table), found.length + 1);
    return found;
  };
  return {
    settings,
    ...state,
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
    originalState: (source) => originalState(settings, absolute(source.original), source),
    rewrite: async (manifest) => {
      await makeFolder(state.temporaryDir);
      const text = `${JSON.stringify(manifest)}\n`;
      await writeWhole(manifestFile(manifest), text, state.temporaryDir, 'manifest.renamed');
    },
    exists: (path) => statSync(absolute(path), { throwIfNoEntry: false }) !== undefined,
    parts,
    readableParts: (date, brand, table) => {
      try {
        return parts(date, brand, table);
      } catch (error) {
        if (error instanceof PipelineError && error.code !== 'STATE_NEWER') return [];
        throw error;
      }
    },
    partsAround: (date, brand, table) =>
      readAll('raw', date)
        .manifests.filter((m) => m.brand === brand && m.table === table)
        .sort((a, b) => (a.part ?? 1) - (b.part ?? 1)),
    manifest: (layer, date, table, brand) => {
      const found = published(layer, date, table, brand);
      return found !== undefined && intact(found) ? found : undefined;
    },
    published,
    manifests: (layer, date) => {
      const { manifests, damaged } = readAll(layer, date);
      const [first] = damaged;
      if (first !== undefined) throw first.error;
      return manifests;
    },
    readManifests: readAll,
    rawBrands: (but, date) => rawBrandsIn(join(manifestsDir, 'raw'), but, date),
    dates: (layer) => datesIn(join(manifestsDir, layer)),
    publish: (output, connection) =>
      publishFiles(settings, { ...output, manifestFile: manifestFile(output.manifest) }, connection),
  };
}

function datesIn(folder: string): readonly DateKey[] {
  return folderEntries(folder)
    .filter((e) => e.isDirectory() && /^\d{8}$/.test(e.name))
    .map((e) => e.name)
    .sort();
}

function rawBrandsIn(folder: string, but: ReadonlySet<string>, date: DateKey | undefined): readonly string[] {
  const known = new Set([...but].map(segment));
  const found = new Set<string>();
  for (const day of date === undefined ? folderEntries(folder).map(({ name }) => name) : [date])
    for (const { name } of folderEntries(join(folder, day))) {
      if (known.has(name)) continue;
      known.add(name);
      // What is encoded in a folder's name is whole in its manifests.
      const [first] = folderEntries(join(folder, day, name));
      if (first !== undefined) found.add(brandOf(join(folder, day, name, first.name)) ?? name);
    }
  return [...found].sort();
}

/** Of a damaged manifest nothing is known but its place. */
function brandOf(path: string): string | undefined {
  try {
    return readManifest(path)?.brand;
  } catch {
    return undefined;
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
