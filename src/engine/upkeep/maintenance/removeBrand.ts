// The data of a brand that is no longer configured goes when the user says so: originals to the archive, all else away.
import { basename, dirname, join } from 'node:path';
import { rm } from 'node:fs/promises';
import { inWords, makeFolder, moveFile } from '../../base';
import { type Lake, type Manifest, relativePath, takeLock } from '../../lake';
import { type DateKey, PipelineError, throwIfCancelled } from '../../model';
import { type OpenWorkspace, brandOfName } from '../../workspace';
import { copyToArchive } from './archive';
import type { MaintenanceAction } from './model';

export interface BrandRemoval {
  readonly dry_run: boolean;
  readonly brand: string;
  /** Originals that were archived, relative to the workspace, with their new places. */
  readonly archived: readonly (MaintenanceAction & { readonly to: string })[];
  /** Dates and tables whose rows of the brand leave gold and warehouse with the next run. */
  readonly due: readonly { readonly date: DateKey; readonly table: string }[];
}

/**
 * Archives the originals of a brand below `archive/brands/` and removes what was made of them. Gold and warehouse follow
 * with the next run of the dates, also of tables that only this brand had. What is cut short is finished by doing it
 * again.
 * @throws PipelineError USAGE for a brand that is configured, NOT_FOUND for one without data, LOCKED, CANCELLED.
 */
export async function removeBrand(
  workspace: OpenWorkspace,
  options: { readonly brand: string; readonly dryRun: boolean; readonly signal?: AbortSignal },
): Promise<BrandRemoval> {
  const { lake, config } = workspace;
  const configured = brandOfName(config.brands, options.brand);
  if (configured !== undefined)
    throw new PipelineError(
      'USAGE',
      `Brand ${options.brand} is configured${configured.name === options.brand ? '' : ` as ${configured.name}`}: its data stays.`,
      'Remove it from brand_configs.json first.',
    );
  const lock = options.dryRun ? undefined : await takeLock(lake.stateDir);
  try {
    const parts = lake
      .dates('raw')
      .flatMap((date) => lake.manifests('raw', date))
      .filter(({ brand }) => brand === options.brand);
    if (parts.length === 0)
      throw new PipelineError(
        'NOT_FOUND',
        `There is no data of a brand ${options.brand}.`,
        'm7 status lists the brands that are not configured and have data.',
      );
    const due = slotsOf(parts);
    // Before anything goes: what is cut short is found by the manifests that are left.
    if (!options.dryRun)
      for (const { date, table } of due) await withdrawGold(lake, { date, table, brand: options.brand });
    const archived: BrandRemoval['archived'][number][] = [];
    // Parts are counted without a gap: the last of a slot goes first.
    for (const part of parts.toSorted((a, b) => (b.part ?? 1) - (a.part ?? 1))) {
      throwIfCancelled(options.signal);
      const action = archiving(workspace, part);
      if (!options.dryRun) await removePart(workspace, part, action.target, options.signal);
      archived.push(action.shown);
    }
    return { dry_run: options.dryRun, brand: options.brand, archived, due };
  } finally {
    await lock?.release();
  }
}

function slotsOf(parts: readonly Manifest[]): BrandRemoval['due'] {
  const slots = new Map(parts.map(({ date, table }) => [`${date} ${table}`, { date, table }]));
  return [...slots].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, slot]) => slot);
}

/** Where the original of a part goes: beside the archive of dates, so that nobody takes it for a part of a brand again. */
function archiving(
  { settings, lake }: OpenWorkspace,
  part: Manifest,
): { readonly target: string; readonly shown: BrandRemoval['archived'][number] } {
  const original = lake.absolute(part.source?.original ?? '');
  const folder = basename(dirname(lake.rawFile({ ...slotOf(part), part: part.part ?? 1 }, 'csv')));
  const packed = part.source?.format.compression !== 'none' || original.endsWith('.gz');
  const name = `${basename(original)}${packed ? '' : '.gz'}`;
  const target = join(settings.archiveDir, 'brands', folder, part.date, name);
  const shown = (path: string): string => relativePath(settings.workspace, path);
  return {
    target,
    shown: {
      kind: 'archive',
      layer: 'raw',
      path: shown(original),
      bytes: part.source?.bytes ?? 0,
      reason: `brand ${part.brand ?? ''} was removed`,
      to: shown(target),
    },
  };
}

const slotOf = ({ date, brand = '', table }: Manifest): { date: DateKey; brand: string; table: string } => ({
  date,
  brand,
  table,
});

async function removePart(
  { settings, lake }: OpenWorkspace,
  part: Manifest,
  target: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { source, date, table, brand = '' } = part;
  if (source !== undefined) {
    const original = lake.absolute(source.original);
    await makeFolder(dirname(target));
    await makeFolder(lake.temporaryDir);
    if (!original.startsWith(settings.rawDir)) {
      // Archived already: it moves.
      if (lake.exists(source.original)) await moveFile(original, target, lake.movesDir);
    } else if (lake.exists(source.original) || !lake.exists(lake.relative(target))) {
      const compress = source.format.compression === 'none';
      await copyToArchive(original, { path: target, sha256: source.sha256, compress }, lake, signal);
      await remove(original);
    }
  }
  const silver = lake.published('silver', date, table, brand);
  for (const manifest of silver === undefined ? [part] : [silver, part]) {
    for (const file of [manifest.output, manifest.rejects])
      if (file !== undefined) await remove(lake.absolute(file.path));
    await remove(lake.manifestFile(manifest));
  }
}

/** Gold of which no other brand has files is marked: the next run makes it without a row, and the warehouse follows. */
async function withdrawGold(
  lake: Lake,
  { date, table, brand }: { readonly date: DateKey; readonly table: string; readonly brand: string },
): Promise<void> {
  const gold = lake.published('gold', date, table);
  const others = lake.manifests('raw', date).some((part) => part.table === table && part.brand !== brand);
  if (gold === undefined || others) return;
  await lake.rewrite({ ...gold, withdrawn: true });
}

const remove = (path: string): Promise<void> => inWords(path, () => rm(path, { force: true }));
