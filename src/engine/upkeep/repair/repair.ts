// Manifests made again from what lies in the data folder: nothing is removed, and what cannot be proven stays.
import { durable, emptyFolder, ofWorkspace, openDatabase } from '../../base';
import { MANIFEST_LAYERS, type Lake, spillFolder, storedDates, takeLock } from '../../lake';
import { type DateKey, throwIfCancelled } from '../../model';
import type { OpenWorkspace } from '../../workspace';
import type { RepairOptions, RepairResult, RepairedFile } from './model';
import { repairRaw } from './repairRaw';

/**
 * Looks at every file of raw and every manifest. Raw without a manifest that can be read is adopted where original and
 * Parquet agree; raw that is not what its manifest says is made again from its original. Silver, gold and reports are
 * made again by the next run.
 * @throws PipelineError LOCKED while a run is under way; CANCELLED: what was repaired until then is whole.
 */
export async function repair(workspace: OpenWorkspace, options: RepairOptions): Promise<RepairResult> {
  const { lake, settings } = workspace;
  const { signal, dryRun } = options;
  const lock = await takeLock(lake.stateDir);
  try {
    await emptyFolder(lake.temporaryDir);
    durable('temporary.cleared');
    const database = await openDatabase({
      ...ofWorkspace(settings),
      temporary: spillFolder(lake.temporaryDir),
    });
    try {
      const dates = datesOf(lake, options.date);
      const files: RepairedFile[] = [];
      for (const [done, date] of dates.entries()) {
        throwIfCancelled(signal);
        options.progress?.(date, done, dates.length);
        files.push(...(await repairRaw({ workspace, database, options }, date)));
        files.push(...madeByNextRun(workspace, date));
      }
      return { dry_run: dryRun, dates: dates.length, files };
    } finally {
      database.close();
      await emptyFolder(lake.temporaryDir);
    }
  } finally {
    await lock.release();
  }
}

function datesOf(lake: Lake, date: DateKey | undefined): readonly DateKey[] {
  if (date !== undefined) return [date];
  const found = MANIFEST_LAYERS.flatMap((layer) => lake.dates(layer));
  return [...new Set([...found, ...storedDates(lake.settings)])].sort();
}

function madeByNextRun(workspace: OpenWorkspace, date: DateKey): readonly RepairedFile[] {
  const { lake } = workspace;
  return MANIFEST_LAYERS.flatMap((layer) => lake.readManifests(layer, date).remade).map((path) => ({
    path: workspace.relative(path),
    date,
    outcome: 'next_run',
    reason: 'this manifest is damaged: the next run makes its output again from the layer before it',
  }));
}
