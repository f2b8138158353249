// What a plan needs of a date's manifests, kept together: thousands of small files are read once, not at every run.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { keep, recall } from './stateCache';
import type { Lake } from './lake';
import type { DamagedManifest } from './manifestsOfDate';
import { MANIFEST_LAYERS, failedShares, tellsLoad, type Manifest } from './manifest';
import { defined, type DateKey } from '../model';

type RawSource = NonNullable<Manifest['source']>;

/** A manifest without what only its own step and its readers look at. */
export interface ManifestHead extends Pick<
  Manifest,
  'layer' | 'date' | 'brand' | 'table' | 'part' | 'key' | 'output' | 'removed' | 'observed' | 'withdrawn'
> {
  readonly inputs: readonly Pick<Manifest['inputs'][number], 'key'>[];
  /** Of the format only the headers: the key of silver depends on them. */
  readonly source?: Omit<RawSource, 'format'> & { readonly format: Pick<RawSource['format'], 'columns'> };
  /** silver: percent of values that did not convert, by column, where any did not. */
  readonly failed?: Readonly<Record<string, number>>;
  /** Does the report tell its load? See manifest.ts. */
  readonly tellsLoad: boolean;
}

export interface DateHeads {
  readonly heads: readonly ManifestHead[];
  /** Manifests of raw that cannot be read. */
  readonly damaged: readonly DamagedManifest[];
  /** Keeps them for the next time, where they were read anew. */
  keep(): Promise<void>;
}

/** Path relative to the manifests' folder → its time of change in ms, and for files their bytes. */
type Marks = Readonly<Record<string, readonly [number, number]>>;

/** Of what is kept: heads of another form are read from their manifests. */
const FORM = 4;

interface CachedHeads {
  readonly form: typeof FORM;
  /** When the marks were taken, ms since 1970. */
  readonly taken: number;
  readonly folders: Marks;
  readonly files: Marks;
  readonly heads: readonly ManifestHead[];
}

/** What changed within this time before it was looked at may change again within the same tick of a clock. */
const SETTLED_MS = 2_000;

const nameOf = (date: DateKey): string => `manifests/${date}`;

/** The manifests of a date, whether or not their files are whole. @throws PipelineError STATE_NEWER */
export function readHeads(lake: Lake, date: DateKey): DateHeads {
  const kept = recallDate(lake, date);
  if (kept !== undefined && holds(lake, kept))
    return { heads: kept.heads, damaged: [], keep: () => Promise.resolve() };
  const taken = Date.now();
  const marks = take(lake, date);
  const read = MANIFEST_LAYERS.map((layer) => lake.readManifests(layer, date));
  const heads = read.flatMap(({ manifests }) => manifests.map(headOf));
  const damaged = read.flatMap((one) => one.damaged);
  return {
    heads,
    damaged,
    keep: () => {
      if (damaged.length > 0) return Promise.resolve();
      const fresh: CachedHeads = { form: FORM, taken, ...marks, heads };
      return keep(lake, nameOf(date), fresh);
    },
  };
}

function headOf(manifest: Manifest): ManifestHead {
  const { layer, date, brand, table, part, key, output, removed, source, observed, withdrawn } = manifest;
  return {
    layer,
    date,
    ...defined({ brand }),
    table,
    ...defined({ part }),
    key,
    output,
    ...defined({ removed, observed, withdrawn }),
    inputs: manifest.inputs.map((input) => ({ key: input.key })),
    ...(source === undefined
      ? {}
      : {
          source: {
            file: source.file,
            sha256: source.sha256,
            bytes: source.bytes,
            ...defined({ modified_ms: source.modified_ms }),
            original: source.original,
            format: { columns: source.format.columns },
            ...defined({ empty: source.empty, evidence: source.evidence }),
          },
        }),
    ...(manifest.conversions === undefined || manifest.conversions.length === 0
      ? {}
      : { failed: failedShares(manifest) }),
    tellsLoad: tellsLoad(manifest),
  };
}

function recallDate(lake: Lake, date: DateKey): CachedHeads | undefined {
  const kept = recall(lake, nameOf(date));
  return kept !== undefined && isCached(kept) ? kept : undefined;
}

/** What was changed by hand, or by a failing disk, is read from its manifests again. */
function isCached(kept: object): kept is CachedHeads {
  const { form, taken, folders, files, heads } = kept as Partial<Record<keyof CachedHeads, unknown>>;
  const isMarks = (value: unknown): boolean =>
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((mark) => Array.isArray(mark) && mark.length === 2);
  return (
    form === FORM &&
    typeof taken === 'number' &&
    isMarks(folders) &&
    isMarks(files) &&
    Array.isArray(heads) &&
    heads.every((head) => isHead(head))
  );
}

function isHead(value: unknown): boolean {
  const { layer, date, table, key, output, inputs } = (value ?? {}) as Partial<ManifestHead>;
  return (
    [layer, date, table, key, output?.path].every((text) => typeof text === 'string') && Array.isArray(inputs)
  );
}

/** Is every folder and file of the manifests as it was? A folder's time tells what came and went. */
function holds(lake: Lake, { taken, folders, files }: CachedHeads): boolean {
  const same = (path: string, [time, bytes]: readonly [number, number], file: boolean): boolean => {
    const found = statSync(join(lake.manifestsDir, path), { throwIfNoEntry: false });
    if (found === undefined) return time === 0 && !file;
    return found.mtimeMs === time && time < taken - SETTLED_MS && (!file || found.size === bytes);
  };
  return (
    Object.entries(folders).every(([path, mark]) => same(path, mark, false)) &&
    Object.entries(files).every(([path, mark]) => same(path, mark, true))
  );
}

function take(lake: Lake, date: DateKey): Pick<CachedHeads, 'folders' | 'files'> {
  const folders: Record<string, readonly [number, number]> = {};
  const files: Record<string, readonly [number, number]> = {};
  const walk = (path: string): void => {
    const absolute = join(lake.manifestsDir, path);
    // Taken before its entries are read: what comes meanwhile makes the mark differ.
    const found = statSync(absolute, { throwIfNoEntry: false });
    folders[path] = [found?.mtimeMs ?? 0, 0];
    if (found === undefined) return;
    for (const entry of readdirSync(absolute, { withFileTypes: true })) {
      const name = `${path}/${entry.name}`;
      if (entry.isDirectory()) walk(name);
      else {
        const file = statSync(join(lake.manifestsDir, name), { throwIfNoEntry: false });
        files[name] = [file?.mtimeMs ?? 0, file?.size ?? 0];
      }
    }
  };
  for (const layer of MANIFEST_LAYERS) walk(`${layer}/${date}`);
  return { folders, files };
}
