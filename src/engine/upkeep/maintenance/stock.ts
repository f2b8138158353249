// What maintenance looks at: everything that is in the data folder, and what the warehouse confirms of it.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { hashFile } from '../../base';
import {
  type Config,
  type DateKey,
  PipelineError,
  type Settings,
  isCancelled,
  throwIfCancelled,
} from '../../model';
import { referencedTables } from '../../stages';
import { type Lake, MANIFEST_LAYERS, type Manifest } from '../../lake';
import { type LoadRecord, loadKey } from '../../warehouse';

/** A file or folder with its size. */
export interface Item {
  /** Absolute. */
  readonly path: string;
  readonly bytes: number;
}

/** Plain data from which maintenance is planned. */
export interface Stock {
  readonly manifests: readonly Manifest[];
  /** Dates of which a manifest cannot be read: nothing of them is past its time. */
  readonly damagedDates: ReadonlySet<DateKey>;
  /** Bytes of the files below raw, silver and gold, by absolute path. */
  readonly files: ReadonlyMap<string, number>;
  /** Files below rejects and archive. */
  readonly aside: readonly Item[];
  /** What lies in the folder of temporary files. */
  readonly temporary: readonly Item[];
  /** By `loadKey`: undefined where the warehouse holds exactly this gold, else why that is not known. */
  readonly unconfirmed: ReadonlyMap<string, string | undefined>;
  /** Tables whose latest gold rules of other dates look at. */
  readonly keepLatest: ReadonlySet<string>;
  /** Why the warehouse could not be asked; undefined: it was, or nothing had to be confirmed. */
  readonly unreachable: PipelineError | undefined;
}

/**
 * Reads what is there. The warehouse is asked, and gold is hashed, only where something has to be confirmed. Where
 * it cannot be asked, nothing is confirmed.
 */
export async function readStock(
  workspace: { readonly settings: Settings; readonly config: Config; readonly lake: Lake },
  askLoads: () => Promise<ReadonlyMap<string, LoadRecord>>,
  isDue: (manifest: Manifest) => boolean,
  signal: AbortSignal | undefined,
): Promise<Stock> {
  const { settings, config, lake } = workspace;
  const manifests: Manifest[] = [];
  const damagedDates = new Set<DateKey>();
  for (const layer of MANIFEST_LAYERS)
    for (const date of lake.dates(layer)) {
      const found = lake.readManifests(layer, date);
      manifests.push(...found.manifests);
      if (found.damaged.length > 0) damagedDates.add(date);
    }
  const files = new Map<string, number>();
  for (const folder of [settings.rawDir, settings.silverDir, settings.goldDir])
    for (const item of itemsBelow(folder)) files.set(item.path, item.bytes);
  const unconfirmed = new Map<string, string | undefined>();
  const due = manifests.filter((manifest) => !damagedDates.has(manifest.date) && isDue(manifest));
  const asked = due.length === 0 ? new Map<string, LoadRecord>() : await ask(askLoads);
  for (const { date, table } of due) {
    throwIfCancelled(signal);
    const key = loadKey(date, table);
    if (unconfirmed.has(key)) continue;
    unconfirmed.set(
      key,
      asked instanceof PipelineError
        ? 'the warehouse cannot be asked whether it is loaded'
        : await whyUnconfirmed(
            lake,
            manifests.find((m) => m.layer === 'gold' && m.date === date && m.table === table),
            asked.get(key),
            signal,
          ),
    );
  }
  return {
    manifests,
    damagedDates,
    files,
    aside: [settings.rejectsDir, settings.archiveDir].flatMap(itemsBelow),
    temporary: topLevel(lake.temporaryDir),
    unconfirmed,
    keepLatest: new Set(
      config.rules
        .filter((r) => r.enabled && r.parameters['at'] === 'latest')
        .flatMap((r) => referencedTables(config, r.table)),
    ),
    unreachable: asked instanceof PipelineError ? asked : undefined,
  };
}

async function ask(
  askLoads: () => Promise<ReadonlyMap<string, LoadRecord>>,
): Promise<ReadonlyMap<string, LoadRecord> | PipelineError> {
  try {
    return await askLoads();
  } catch (error) {
    if (!(error instanceof PipelineError) || isCancelled(error)) throw error;
    return error;
  }
}

/** The warehouse confirms a date by the hash of the gold file it was loaded from. */
async function whyUnconfirmed(
  lake: Lake,
  gold: Manifest | undefined,
  load: LoadRecord | undefined,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  if (load === undefined) return 'its load is not confirmed in the warehouse';
  if (gold === undefined) return 'its gold is not made yet';
  // Gold was removed only after it had been confirmed; whatever changed since would have made it anew.
  if (gold.removed === true && !lake.intact(gold)) return undefined;
  if (!lake.intact(gold)) return 'its gold is missing or damaged';
  const sha256 = await hashFile(lake.absolute(gold.output.path), signal);
  return sha256 === load.goldSha256 ? undefined : 'the warehouse holds an older state of it';
}

/** Regular files at any depth, in a fixed order; links are neither followed nor touched. */
export function itemsBelow(folder: string): readonly Item[] {
  return entries(folder).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return itemsBelow(path);
    return entry.isFile() ? [{ path, bytes: sizeNow(path) }] : [];
  });
}

function topLevel(folder: string): readonly Item[] {
  return entries(folder).map((entry) => {
    const path = join(folder, entry.name);
    const bytes = entry.isDirectory()
      ? itemsBelow(path).reduce((total, item) => total + item.bytes, 0)
      : sizeNow(path);
    return { path, bytes };
  });
}

const sizeNow = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

function entries(folder: string): ReturnType<typeof readFolder> {
  try {
    return readFolder(folder);
  } catch {
    return [];
  }
}

function readFolder(folder: string): {
  readonly name: string;
  isDirectory(): boolean;
  isFile(): boolean;
}[] {
  return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
}
