// From a selection to its plan: what is there is read, then it is decided what to do.
import { type DateKey, type Selection, dayOf } from '../model';
import type { LandingFile } from '../lake';
import { type Warehouse, lookAtWarehouse, rememberedLoads } from '../warehouse';
import type { OpenWorkspace } from '../workspace';
import { type Inventory, takeInventory } from './inventory';
import { type Plan, makePlan } from './plan';

interface PlanRequest {
  readonly selection: Selection;
  readonly today: DateKey;
  readonly signal: AbortSignal | undefined;
  /** Under the run's lock what was read may be kept. */
  readonly locked: boolean;
  /** Is a landing file complete? Those that are not wait for the next run. Without it all of them are. */
  readonly settled?: ((file: LandingFile) => boolean) | undefined;
}

/** Reads what is there and decides what to do. */
export async function preparePlan(
  workspace: OpenWorkspace,
  warehouse: Warehouse,
  { selection, today, signal, locked, settled }: PlanRequest,
): Promise<{ readonly plan: Plan; readonly inventory: Inventory }> {
  const { settings, config } = workspace;
  const confirmed = await rememberedLoads(settings, warehouse, locked);
  const loads = new Map([...confirmed].map(([key, record]) => [key, record.loadId]));
  const inventory = await takeInventory(workspace, { selection, today, loads, signal, settled });
  return { plan: makePlan(settings, config, inventory, selection), inventory };
}

/**
 * The plan of a selection without running it: what `run` would do now.
 * @throws PipelineError CANCELLED | PERMISSION | WAREHOUSE when the state cannot be read.
 */
export async function planRun(
  workspace: OpenWorkspace,
  selection: Selection,
  options: { readonly signal?: AbortSignal; readonly clock?: () => Date } = {},
): Promise<Plan> {
  const today = dayOf((options.clock ?? ((): Date => new Date()))());
  const { plan } = await lookAtWarehouse(workspace.settings, (warehouse) =>
    preparePlan(workspace, warehouse, { selection, today, signal: options.signal, locked: false }),
  );
  return plan;
}
