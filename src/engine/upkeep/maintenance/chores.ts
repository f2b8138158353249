// What maintenance would do, and why: a pure function of what is there.
import { sep } from 'node:path';
import { type Lake, type Manifest, archiveFile } from '../../lake';
import { type DateKey, type Settings, addDays } from '../../model';
import type { MaintenanceLayer } from './model';
import { loadKey } from '../../warehouse';
import { type Stock } from './stock';

/** One thing to do. Paths are absolute. */
export type Chore =
  | {
      readonly kind: 'drop';
      /** Belongs to nothing: no manifest speaks of it, or nobody needs it any more. */
      readonly layer: MaintenanceLayer;
      readonly path: string;
      readonly bytes: number;
      readonly reason: string;
    }
  | {
      readonly kind: 'retire';
      /** An output whose manifest stays and says that it was removed. */
      readonly manifest: Manifest;
      readonly path: string;
      readonly bytes: number;
      readonly reason: string;
    }
  | {
      readonly kind: 'archive';
      /** A raw part: its original moves to `target`, its Parquet goes. */
      readonly manifest: Manifest;
      readonly path: string;
      readonly bytes: number;
      readonly target: string;
      readonly parquet: { readonly path: string; readonly bytes: number } | undefined;
      readonly reason: string;
    };

/** Something that was due and stays, with why. */
interface KeptItem {
  readonly path: string;
  readonly reason: string;
}

export interface ChorePlan {
  readonly chores: readonly Chore[];
  readonly kept: readonly KeptItem[];
}

/** Is a date older than so many days? 0 days keep for ever. */
export function isOlder(date: DateKey, days: number, today: DateKey): boolean {
  return days > 0 && date < addDays(today, -days);
}

/** Is the output's time over, by the settings alone? */
export function isDue(manifest: Manifest, settings: Settings, today: DateKey): boolean {
  if (manifest.removed === true) return false;
  switch (manifest.layer) {
    case 'raw':
      return isOlder(manifest.date, settings.rawRetentionDays, today);
    case 'silver':
      return settings.deleteSilverFilesAfterLoad;
    case 'gold':
      return isOlder(manifest.date, settings.goldRetentionDays, today);
    case 'validated':
      return false;
    default:
      return manifest.layer satisfies never;
  }
}

/**
 * Plans in the order in which it is safe: leftovers, silver, raw, gold. Nothing of a date and table is
 * touched whose gold, made of exactly these inputs, is not confirmed in the warehouse.
 */
export function planChores(settings: Settings, lake: Lake, stock: Stock, today: DateKey): ChorePlan {
  const chores: Chore[] = stock.temporary.map(({ path, bytes }) => ({
    kind: 'drop',
    layer: 'temporary',
    path,
    bytes,
    reason: 'temporary file of a run that has ended',
  }));
  const kept: KeptItem[] = [];
  const plan = { chores, kept };
  const context = { settings, lake, stock };
  leftovers(context, plan);
  besides(context, plan);
  for (const layer of ['silver', 'raw', 'gold'] as const)
    for (const manifest of stock.manifests) {
      if (manifest.layer !== layer || !isDue(manifest, settings, today)) continue;
      const path = lake.absolute(manifest.output.path);
      const why = whyKept(stock, manifest);
      if (why !== undefined) kept.push({ path, reason: why });
      else expired(context, manifest, plan);
    }
  return plan;
}

/** What chores are planned from. */
interface ChoreContext {
  readonly settings: Settings;
  readonly lake: Lake;
  readonly stock: Stock;
}

/** A plan that grows. */
interface GrowingPlan {
  readonly chores: Chore[];
  readonly kept: KeptItem[];
}

function expired(
  { settings, lake, stock }: ChoreContext,
  manifest: Manifest,
  { chores, kept }: GrowingPlan,
): void {
  const path = lake.absolute(manifest.output.path);
  const bytes = stock.files.get(path) ?? 0;
  if (manifest.layer === 'silver')
    chores.push({ kind: 'retire', manifest, path, bytes, reason: 'loaded, DELETE_SILVER_FILES_AFTER_LOAD' });
  else if (manifest.layer === 'gold')
    chores.push({
      kind: 'retire',
      manifest,
      path,
      bytes,
      reason: `loaded, older than ${settings.goldRetentionDays} days (GOLD_RETENTION_DAYS)`,
    });
  else {
    const reason = `loaded, older than ${settings.rawRetentionDays} days (RAW_RETENTION_DAYS)`;
    const source = manifest.source;
    const original = source === undefined ? undefined : lake.absolute(source.original);
    const size = original === undefined ? undefined : stock.files.get(original);
    const parquet = stock.files.has(path) ? { path, bytes } : undefined;
    if (source === undefined || original === undefined) return;
    if (size !== undefined)
      chores.push({
        kind: 'archive',
        manifest,
        path: original,
        bytes: size,
        target: archiveFile(settings, original, source.format.compression !== 'none'),
        parquet,
        reason,
      });
    else if (lake.exists(source.original))
      chores.push({ kind: 'retire', manifest, path, bytes, reason: `${reason}; its original is archived` });
    else kept.push({ path, reason: 'its original file is missing: this is the only copy of the records' });
  }
}

/** Why an output that is due stays; undefined where it may go. */
function whyKept(stock: Stock, manifest: Manifest): string | undefined {
  const { date, table, layer } = manifest;
  const key = loadKey(date, table);
  if (stock.damagedDates.has(date)) return 'a manifest of its date is damaged: run m7 repair';
  if (!stock.unconfirmed.has(key)) return 'its load was not checked';
  const why = stock.unconfirmed.get(key);
  if (why !== undefined) return why;
  const same = stock.manifests.filter((m) => m.date === date && m.table === table);
  const gold = same.find((m) => m.layer === 'gold');
  const inGold = (silver: Manifest): boolean => gold?.inputs.some((i) => i.key === silver.key) === true;
  switch (layer) {
    case 'silver':
      return inGold(manifest) ? undefined : 'it is not in the gold that was loaded';
    case 'raw': {
      const silver = same.find((m) => m.layer === 'silver' && m.brand === manifest.brand);
      return silver?.inputs.some((i) => i.key === manifest.key) === true && inGold(silver)
        ? undefined
        : 'it is not in the gold that was loaded';
    }
    case 'gold': {
      const later = stock.manifests.some(
        (m) => m.layer === 'gold' && m.table === table && m.date > date && m.removed !== true,
      );
      return later || !stock.keepLatest.has(table)
        ? undefined
        : 'latest date of its table, which rules refer to';
    }
    case 'validated':
      return 'reports stay';
    default:
      return layer satisfies never;
  }
}

/** A copy between two file systems that was not renamed into place: its source is there until it is. */
const MOVING = '.moving';
const CUT_SHORT = 'leftover of an interrupted move';
const NEVER_PUBLISHED = 'never published (no manifest)';

function layerOf(settings: Settings, path: string): MaintenanceLayer {
  const folders = [
    ['raw', settings.rawDir],
    ['silver', settings.silverDir],
    ['gold', settings.goldDir],
    ['rejects', settings.rejectsDir],
    ['archive', settings.archiveDir],
  ] as const;
  return folders.find(([, folder]) => path.startsWith(folder + sep))?.[0] ?? 'temporary';
}

/**
 * Leftovers beside the layers. Rejected rows that no manifest tells of: those of later stages are made again with
 * their step, lines that were kept out of raw may be all there is of them. Files kept out whole, archived originals
 * and what else lies there are never touched.
 */
function besides({ settings, lake, stock }: ChoreContext, { chores, kept }: GrowingPlan): void {
  const spoken = new Set(
    stock.manifests.flatMap((m) => (m.rejects === undefined ? [] : [lake.absolute(m.rejects.path)])),
  );
  for (const { path, bytes } of stock.aside) {
    const layer = layerOf(settings, path);
    if (path.endsWith(MOVING)) chores.push({ kind: 'drop', layer, path, bytes, reason: CUT_SHORT });
    if (layer !== 'rejects' || spoken.has(path) || !path.endsWith('.parquet')) continue;
    // <date>/<stage>/[<brand>/]<Table>.parquet; deeper lie files that were kept out whole.
    const [, stage, ...rest] = path.slice(settings.rejectsDir.length + 1).split(sep);
    if (rest.length === 0 || rest.length > 2) continue;
    if (stage === 'landing-to-raw')
      kept.push({ path, reason: 'no manifest: rejected lines may be the only copy' });
    else chores.push({ kind: 'drop', layer, path, bytes, reason: NEVER_PUBLISHED });
  }
}

/** Files that no manifest speaks of, or one that says they were removed: what a crash left behind. */
function leftovers({ settings, lake, stock }: ChoreContext, { chores, kept }: GrowingPlan): void {
  const spoken = new Set<string>();
  const removed = new Set<string>();
  for (const manifest of stock.manifests) {
    if (manifest.source !== undefined) spoken.add(lake.absolute(manifest.source.original));
    if (manifest.layer === 'validated') continue;
    (manifest.removed === true ? removed : spoken).add(lake.absolute(manifest.output.path));
  }
  const archived = new Map(
    stock.manifests
      .filter((m) => m.removed === true && m.source !== undefined)
      .map((m) => [lake.absolute(m.source?.original ?? ''), m]),
  );
  for (const [path, bytes] of stock.files) {
    if (spoken.has(path)) continue;
    const layer = layerOf(settings, path);
    if (path.endsWith(MOVING))
      chores.push({
        kind: 'drop',
        layer,
        path,
        bytes,
        reason: CUT_SHORT,
      });
    else if (removed.has(path))
      chores.push({ kind: 'drop', layer, path, bytes, reason: 'already removed (by its manifest)' });
    else if (!path.startsWith(settings.rawDir + sep)) {
      if (path.endsWith('.parquet'))
        chores.push({ kind: 'drop', layer, path, bytes, reason: NEVER_PUBLISHED });
    } else {
      const manifest =
        archived.get(archiveFile(settings, path, false)) ?? archived.get(archiveFile(settings, path, true));
      if (manifest === undefined)
        kept.push({ path, reason: 'no manifest: files in raw may be the only copy' });
      else
        chores.push({
          kind: 'archive',
          manifest,
          path,
          bytes,
          target: lake.absolute(manifest.source?.original ?? ''),
          parquet: undefined,
          reason: 'already archived (by its manifest)',
        });
    }
  }
}
