// Retention, archive, old logs and leftovers: plans what has expired and is safe in the warehouse, then does it.
import { rm, rmdir } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import { codeOf, inWords, makeFolder, syncFolder } from '../../base';
import {
  type Config,
  type DateKey,
  PipelineError,
  type PlainError,
  type Settings,
  isCancelled,
  plainError,
  throwIfCancelled,
} from '../../model';
import { unfinishedDates } from '../../run';
import { type Lake, type Manifest, readLedger, relativePath, datedLogFolders } from '../../lake';
import { copyToArchive } from './archive';
import { isDue, planChores, type Chore } from './chores';
import { planLogs } from './logs';
import { itemsBelow, readStock } from './stock';
import type { MaintenanceAction, MaintenanceLayer, MaintenanceResult } from './model';
import type { LoadRecord } from '../../warehouse';

export interface MaintenanceOptions {
  /** What the warehouse confirms (`warehouse.loads()`): asked only where something has to be confirmed. */
  readonly loads: () => Promise<ReadonlyMap<string, LoadRecord>>;
  readonly today: DateKey;
  readonly dryRun: boolean;
  /** A run is under way, and what is in the folder of temporary files is its own: dry runs only. */
  readonly busy?: boolean;
  readonly signal?: AbortSignal;
}

/** What was due and stays, or failed, with why. Paths relative to the workspace. */
interface MaintenanceRemark {
  readonly path: string;
  readonly reason: string;
}

/** Actions that are alike, as one. */
interface MaintenanceTotal {
  readonly layer: MaintenanceLayer;
  readonly kind: MaintenanceAction['kind'];
  readonly reason: string;
  readonly files: number;
  readonly bytes: number;
}

export interface MaintenanceOutcome extends MaintenanceResult {
  readonly kept: readonly MaintenanceRemark[];
  readonly failed: readonly (MaintenanceRemark & { readonly remedy: string })[];
  /** By layer, kind and reason, in the order of the work. */
  readonly totals: readonly MaintenanceTotal[];
  /** Why the warehouse could not be asked: then nothing goes that it has to confirm. */
  readonly unreachable?: PlainError;
}

/**
 * Removes and archives what has expired by the settings. An output that goes keeps its manifest, marked
 * `removed`, so that nothing is made again for its absence; an archived original is found under the manifest's
 * `source.original`. What fails is reported in `failed`; the rest is done.
 * To be called under the lock of the data folder, while no step runs: all temporary files count as leftovers.
 * @throws PipelineError CANCELLED; the state is whole at any moment.
 */
export async function maintainUnderLock(
  workspace: { readonly settings: Settings; readonly config: Config; readonly lake: Lake },
  options: MaintenanceOptions,
): Promise<MaintenanceOutcome> {
  const { settings, lake } = workspace;
  const { today, signal } = options;
  const taken = await readStock(workspace, options.loads, (m) => isDue(m, settings, today), signal);
  const stock = options.busy === true ? { ...taken, temporary: [] } : taken;
  const plan = planChores(settings, lake, stock, today);
  const logs = planLogs(
    datedLogFolders(settings).flatMap(itemsBelow),
    { runs: readLedger(lake.stateDir, 'run').entries, unfinished: new Set(unfinishedDates(lake)) },
    settings.logRetentionDays,
    today,
  );
  const shown = (path: string): string => relativePath(settings.workspace, path);
  const actions: MaintenanceAction[] = [];
  const failed: MaintenanceOutcome['failed'][number][] = [];
  for (const chore of [...plan.chores, ...logs.chores]) {
    throwIfCancelled(signal);
    try {
      if (!options.dryRun) await doChore(settings, lake, chore, signal);
      actions.push(...actionsOf(chore).map((action) => ({ ...action, path: shown(action.path) })));
    } catch (error) {
      // What the system refuses about one file is reported of this file; all else is a defect.
      if (isCancelled(error) || !(error instanceof PipelineError || codeOf(error) !== undefined)) throw error;
      const { message, remedy } =
        error instanceof PipelineError
          ? error
          : { message: error instanceof Error ? error.message : String(error), remedy: TRY_AGAIN };
      failed.push({ path: shown(chore.path), reason: message, remedy });
    }
  }
  return {
    dry_run: options.dryRun,
    actions,
    bytes: actions.reduce((total, action) => total + action.bytes, 0),
    kept: [...plan.kept, ...logs.kept].map(({ path, reason }) => ({ path: shown(path), reason })),
    failed,
    totals: totalsOf(actions),
    ...(stock.unreachable === undefined ? {} : { unreachable: plainError(stock.unreachable) }),
  };
}

const TRY_AGAIN = 'Check whether another program has the file open, then run maintenance again.';

function totalsOf(actions: readonly MaintenanceAction[]): readonly MaintenanceTotal[] {
  const totals = new Map<string, MaintenanceTotal>();
  for (const { layer, kind, reason, bytes } of actions) {
    const key = JSON.stringify([layer, kind, reason]);
    const known = totals.get(key);
    totals.set(key, {
      layer,
      kind,
      reason,
      files: (known?.files ?? 0) + 1,
      bytes: (known?.bytes ?? 0) + bytes,
    });
  }
  return [...totals.values()];
}

function actionsOf(chore: Chore): readonly MaintenanceAction[] {
  const { path, bytes, reason } = chore;
  switch (chore.kind) {
    case 'drop':
      return [{ kind: 'remove', layer: chore.layer, path, bytes, reason }];
    case 'retire':
      return [{ kind: 'remove', layer: layerOf(chore.manifest), path, bytes, reason }];
    case 'archive':
      return [
        { kind: 'archive', layer: 'raw', path, bytes, reason },
        ...(chore.parquet === undefined
          ? []
          : [{ kind: 'remove' as const, layer: 'raw' as const, ...chore.parquet, reason }]),
      ];
    default:
      return chore satisfies never;
  }
}

/** Reports are never retired. */
const layerOf = ({ layer }: Manifest): MaintenanceLayer => (layer === 'validated' ? 'logs' : layer);

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
      await lake.rewrite({ ...chore.manifest, removed: true });
      await remove(settings, chore.path);
      return;
    case 'archive': {
      const { manifest, path, target, parquet } = chore;
      const source = manifest.source;
      if (source === undefined) return;
      await makeFolder(lake.temporaryDir);
      const compress = source.format.compression === 'none';
      const archived = { path: target, sha256: source.sha256, compress };
      await copyToArchive(path, archived, lake, signal);
      await lake.rewrite({
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
