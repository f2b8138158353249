// Which dates outside a run's selection look at what it changed, so that something is now to be done for them.
import { type DateKey, type Selection, stepId } from '../model';
import type { Warehouse } from '../warehouse';
import { rememberedLoads } from '../warehouse';
import type { OpenWorkspace } from '../workspace';
import { takeInventory } from './inventory';
import { type Plan, makePlan } from './plan';

/** A date that looks at what a run changed. */
export interface AffectedDate {
  readonly date: DateKey;
  readonly tables: readonly string[];
}

/** Looks at the same dates before and after a run. */
export interface AffectedDates {
  /** Dates on which something has to be done now that had not before. */
  now(): Promise<readonly AffectedDate[]>;
}

/** So many later dates are looked at: a backfill of an old date costs the same in a lake of a thousand dates. */
const LATER_DATES = 31;

/** The next dates with gold after the first that a run changes, without those it takes itself. */
export function laterDates(
  gold: readonly DateKey[],
  first: DateKey,
  taken: readonly DateKey[],
): readonly DateKey[] {
  return gold.filter((date) => date > first && !taken.includes(date)).slice(0, LATER_DATES);
}

const NONE: AffectedDates = { now: () => Promise.resolve([]) };

interface AffectedRequest {
  readonly selection: Selection;
  readonly plan: Plan;
  readonly today: DateKey;
}

/**
 * Notes what is due on the next later dates before a run changes earlier ones. Without dates in the selection, the plan itself
 * takes all that it affects.
 */
export async function affectedDates(
  workspace: OpenWorkspace,
  warehouse: Warehouse,
  { selection, plan, today }: AffectedRequest,
): Promise<AffectedDates> {
  const [first] = plan.steps.filter((step) => step.action === 'run');
  if (first === undefined || selection.dates === undefined) return NONE;
  const dates = laterDates(workspace.lake.dates('gold'), first.date, plan.dates);
  if (dates.length === 0) return NONE;
  const due = async (): Promise<Plan['steps']> => {
    const loads = await rememberedLoads(workspace.settings, warehouse, false);
    const inventory = await takeInventory(workspace, {
      selection: { dates },
      today,
      loads: new Map([...loads].map(([key, record]) => [key, record.loadId])),
      signal: undefined,
      landing: { files: [], strays: [] },
    });
    const { steps } = makePlan(workspace.settings, workspace.config, inventory, { dates });
    return steps.filter((step) => step.action === 'run');
  };
  const before = new Set((await due()).map(stepId));
  return {
    now: async () => {
      const tables = new Map<DateKey, Set<string>>();
      for (const step of await due()) {
        if (before.has(stepId(step))) continue;
        tables.set(step.date, (tables.get(step.date) ?? new Set<string>()).add(step.table));
      }
      return [...tables].map(([date, names]) => ({ date, tables: [...names] }));
    },
  };
}

/** What is said of a date that a run has not taken. */
export function affectedInWords({ date, tables }: AffectedDate): string {
  return `${date} looks at what this run changed (${tables.join(', ')}): run m7 run --date ${date}`;
}
