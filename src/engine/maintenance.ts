// Retention, archive and leftovers: plans what has had its time and is safe in the warehouse, then does it.
import { rm, rmdir } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import { inWords, makeFolder, syncFolder, writeWhole } from './durable';
import { isCancelled, PipelineError, throwIfCancelled } from './errors';
import { relativePath, type Lake, type Manifest } from './lake';
import { copyToArchive } from './maintenance/archive';
import { isDue, planChores, type Chore } from './maintenance/chores';
import { takeStock } from './maintenance/stock';
import type { Config, DateKey, Settings } from './model';
import type { MaintenanceAction, MaintenanceResult } from './status';
import type { LoadRecord } from './warehouse';

export interface MaintenanceOptions {
  /** What the warehouse confirms: `warehouse.loads()`. */
  readonly loads: ReadonlyMap<string, LoadRecord>;
  readonly today: DateKey;
  readonly dryRun: boolean;
  readonly signal?: AbortSignal;
}

export interface MaintenanceOutcome extends MaintenanceResult {
  /** What was due and stays, with why. Paths relative to the workspace. */
  readonly kept: readonly { readonly path: string; readonly reason: string }[];
}

/**
 * Removes and archives what the settings say has had its time. An output that goes keeps its manifest, marked
 * `removed`, so that nothing is made anew for its absence; an archived original is found under the manifest's
 * `source.original`. What cannot be done is told in `kept`; the rest goes on.
 * To be called under the lock of the data folder, while no step runs: all temporary files count as leftovers.
 * @throws PipelineError CANCELLED; the state is whole at any moment.
 */
export async function maintain(
  workspace: { readonly settings: Settings; readonly config: Config; readonly lake: Lake },
  options: MaintenanceOptions,
): Promise<MaintenanceOutcome> {
  const { settings, lake } = workspace;
  const { today, signal } = options;
  const stock = await takeStock(workspace, options.loads, (m) => isDue(m, settings, today), signal);
  const { chores, kept } = planChores(settings, lake, stock, today);
  const shown = (path: string): string => relativePath(settings.workspace, path);
  const actions: MaintenanceAction[] = [];
  const stays = kept.map(({ path, reason }) => ({ path: shown(path), reason }));
  for (const chore of chores) {
    throwIfCancelled(signal);
    try {
      if (!options.dryRun) await doChore(settings, lake, chore, signal);
      actions.push(...actionsOf(chore).map((action) => ({ ...action, path: shown(action.path) })));
    } catch (error) {
      if (!(error instanceof PipelineError) || isCancelled(error)) throw error;
      stays.push({ path: shown(chore.path), reason: error.message });
    }
  }
  return {
    dry_run: options.dryRun,
    actions,
    bytes: actions.reduce((total, action) => total + action.bytes, 0),
    kept: stays,
  };
}

function actionsOf(chore: Chore): readonly MaintenanceAction[] {
  const { path, bytes, reason } = chore;
  switch (chore.kind) {
    case 'drop':
    case 'retire':
      return [{ kind: 'remove', path, bytes, reason }];
    case 'archive':
      return [
        { kind: 'archive', path, bytes, reason },
        ...(chore.parquet === undefined ? [] : [{ kind: 'remove' as const, ...chore.parquet, reason }]),
      ];
    default:
      return chore satisfies never;
  }
}

/** Each chore ends with the removal: a crash before it leaves a file too many, never one too few. */
async function doChore(
  settings: Settings,
  lake: Lake,
  chore: Chore,
  signal: AbortSignal | undefined,
): Promise<void> {
  switch (chore.kind) {
    case 'drop':
      await remove(settings, chore.path);
      return;
    case 'retire':
      await mark(lake, { ...chore.manifest, removed: true });
      await remove(settings, chore.path);
      return;
    case 'archive': {
      const { manifest, path, target, parquet } = chore;
      const source = manifest.source;
      if (source === undefined) return;
      await makeFolder(lake.temporaryDir);
      const compress = source.format.compression === 'none';
      await copyToArchive(path, target, source.sha256, compress, lake.temporaryDir, signal);
      await mark(lake, {
        ...manifest,
        removed: true,
        source: { ...source, original: lake.relative(target) },
      });
      await remove(settings, path);
      if (parquet !== undefined) await remove(settings, parquet.path);
      return;
    }
    default:
      chore satisfies never;
  }
}

async function mark(lake: Lake, manifest: Manifest): Promise<void> {
  await makeFolder(lake.temporaryDir);
  await writeWhole(
    lake.manifestFile(manifest),
    `${JSON.stringify(manifest)}\n`,
    lake.temporaryDir,
    'manifest.renamed',
  );
}

/** Removes a file or folder, and the folders above it that it leaves empty, up to the layer's own. */
async function remove(settings: Settings, path: string): Promise<void> {
  await inWords(path, () => rm(path, { recursive: true, force: true }));
  const layers = [settings.rawDir, settings.silverDir, settings.goldDir];
  for (let folder = dirname(path); layers.some((l) => folder.startsWith(l + sep)); folder = dirname(folder)) {
    try {
      await rmdir(folder);
    } catch {
      // Not empty: it stays, and so do those above it.
      await syncFolder(folder);
      return;
    }
  }
}
