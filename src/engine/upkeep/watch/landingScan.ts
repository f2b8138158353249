// What a watch sees when it looks: files in landing at every look, and what is due only when something has changed.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { CONFIG_FILES, type OpenWorkspace } from '../../workspace';
import { makePlan, takeInventory, unfinishedDates } from '../../run';
import { type Landing, matcher, readLanding, warehouseFile, ledgerFile } from '../../lake';
import { type DateKey, type Selection, addDays } from '../../model';
import { lastKnownLoads, lookAtWarehouse, rememberedLoads } from '../../warehouse';
import { markOf, type DueDate } from './dueDates';

/** State of a file in one text; "none" where there is none. */
function stateOf(path: string): string {
  try {
    const found = statSync(path, { throwIfNoEntry: false, bigint: true });
    return found === undefined
      ? 'none'
      : [found.size, found.mtimeNs, found.ctimeNs, found.ino].map(String).join(' ');
  } catch {
    return 'unreadable';
  }
}

/** The files that settings and config are read from, as they are now. */
export function configState(directory: string, configDir: string | undefined): string {
  const files = CONFIG_FILES.map((name) => join(configDir ?? join(directory, 'config'), name));
  return JSON.stringify([join(directory, '.env'), ...files].map(stateOf));
}

/** Everything that can make a date due, as far as a few `stat` calls tell; the landing folder apart. */
export function stateOfWork({ settings, lake }: OpenWorkspace, today: DateKey): string {
  return JSON.stringify([today, stateOf(ledgerFile(lake.stateDir)), stateOf(warehouseFile(settings))]);
}

export const lookAtLanding = (workspace: OpenWorkspace, signal: AbortSignal): Promise<Landing> =>
  readLanding(workspace.settings, workspace.config, signal);

/**
 * The dates on which a run would do something: the plan of every date the selection means, and those whose
 * last run did not succeed. A selection without dates means all dates within MAX_DAYS_BACK, whether new
 * files, an unfinished run or a change of the config makes them due.
 */
export async function lookForWork(
  workspace: OpenWorkspace,
  selection: Selection,
  { landing, today }: { readonly landing: Landing; readonly today: DateKey },
  signal: AbortSignal,
): Promise<readonly DueDate[]> {
  const { settings, config, lake } = workspace;
  const dates = selection.dates ?? {
    from: addDays(today, -settings.maxDaysBack),
    to: addDays(today, 1),
  };
  const wide = { ...selection, dates };
  const loads = await knownLoads(workspace);
  const inventory = await takeInventory(workspace, { selection: wide, today, loads, signal });
  const plan = makePlan(settings, config, inventory, wide);
  const working = new Set(plan.steps.filter((step) => step.action === 'run').map((step) => step.date));
  const among = (date: DateKey): boolean =>
    'from' in dates ? date >= dates.from && date <= dates.to : dates.includes(date);
  for (const date of unfinishedDates(lake)) if (among(date)) working.add(date);
  const dateOf = matcher(settings, config);
  const moving = new Set(
    landing.strays.filter(({ status }) => status === 'waiting').map(({ path }) => dateOf(path).date),
  );
  return [...working].sort().map((date) => ({
    date,
    files: (inventory.waiting.get(date) ?? []).map(markOf),
    moving: moving.has(date),
  }));
}

/** Asking Snowflake at every look would keep its warehouse awake: what it said last must do until a run asks. */
async function knownLoads({ settings }: OpenWorkspace): Promise<ReadonlyMap<string, string>> {
  const loads = settings.mockSnowflake
    ? await lookAtWarehouse(settings, (warehouse) => rememberedLoads(settings, warehouse, false))
    : lastKnownLoads(settings);
  return new Map([...loads].map(([key, { loadId }]) => [key, loadId]));
}
