// Which steps would run, and why: a pure function of config, inventory and selection.
import { arrivalsOf, type Arrival } from './arrivals';
import { slotId, type DateInventory, type Held, type Inventory } from './inventory';
import { goldKey, referencedKeys, referencedTables, validatedKey } from '../stages';
import type { Stray } from '../lake';
import {
  type Config,
  type DateKey,
  STAGES,
  type Selection,
  type Settings,
  type Stage,
  type Step,
  type Table,
  stepId,
  defined,
} from '../model';
import { loadIdOf, loadKey } from '../warehouse';
import {
  type SlotPlan,
  type StepDecision,
  UP_TO_DATE,
  decideOutput,
  neededAgain,
  planSlot,
  toRun,
} from './slotPlan';

export interface Plan {
  readonly dates: readonly DateKey[];
  /** In an order in which they can run: date, stage, table, brand. */
  readonly steps: readonly Step[];
  /** Landing files that no step takes, with why. */
  readonly strays: readonly Stray[];
  readonly arrivals: readonly (Arrival & { readonly date: DateKey })[];
}

/** What a plan is made of. */
interface PlanBasis {
  readonly settings: Settings;
  readonly config: Config;
  readonly inventory: Inventory;
  readonly selection: Selection;
}

/** A table of one date, with what is published of it. */
interface TableOfDate {
  readonly date: DateKey;
  readonly table: Table;
  readonly gold: Held | undefined;
  readonly validated: Held | undefined;
}

/**
 * Decides for every slot and table of the selected dates what has to be done. A step is skipped when its
 * key (inputs and config, see outputKeys.ts) is the one its output was made with. Outputs that maintenance has
 * removed are made again only when something after them needs them.
 */
export function makePlan(
  settings: Settings,
  config: Config,
  inventory: Inventory,
  selection: Selection,
): Plan {
  const basis: PlanBasis = { settings, config, inventory, selection };
  const steps: Step[] = [];
  for (const date of inventory.dates) {
    const decided = config.tables
      .filter((t) => selects(selection.tables, t.name))
      .flatMap((table) => planTable(basis, date, table));
    const byStage = new Map(STAGES.map((stage) => [stage, decided.filter((s) => s.stage === stage)]));
    const present = new Set(decided.map(stepId));
    for (const stage of STAGES)
      for (const step of byStage.get(stage) ?? [])
        steps.push({ ...step, needs: step.needs.filter((id) => present.has(id)) });
  }
  return {
    dates: inventory.dates,
    steps,
    strays: inventory.strays,
    arrivals: inventory.dates.flatMap((date) => arrivals(basis, date)),
  };
}

const selects = (list: readonly string[] | undefined, name: string): boolean =>
  list === undefined || list.length === 0 || list.includes(name);

function planTable(basis: PlanBasis, date: DateKey, table: Table): readonly Step[] {
  const { inventory, selection } = basis;
  const held = inventory.held.get(date);
  const slots = slotsOf(basis, date, table, held);
  if (slots.length === 0) return [];
  const of: TableOfDate = {
    date,
    table,
    gold: held?.gold.get(table.name),
    validated: held?.validated.get(table.name),
  };
  let gold = planGold(basis, of, slots);
  const load = planLoad(basis, of, gold.run);
  // Backwards: what was removed by maintenance is made again only where it is needed.
  if (load.run && !gold.run && of.gold?.manifest.removed === true && !of.gold.intact)
    gold = toRun('needed again');
  const decided = slots.map((slot) => neededAgain(slot, gold.run));
  return [
    ...decided.filter((s) => selects(selection.brands, s.brand)).flatMap((slot) => slotSteps(of, slot)),
    goldStep(of, gold, slots),
    loadStep(basis, of, load),
  ].filter((s) => selects(selection.stages, s.stage));
}

function slotsOf(
  { config, inventory, selection }: PlanBasis,
  date: DateKey,
  table: Table,
  held: DateInventory | undefined,
): readonly SlotPlan[] {
  const waiting = inventory.waiting.get(date) ?? [];
  return config.brands.flatMap(({ name: brand }) => {
    const slot = slotId(brand, table.name);
    const files = waiting.filter((f) => f.brand === brand && f.table === table.name);
    const raw = held?.raw.get(slot) ?? [];
    if (files.length === 0 && raw.length === 0) return [];
    const force = selection.force === true && selects(selection.brands, brand);
    return [planSlot(config, { brand, table, files, raw, silver: held?.silver.get(slot), force })];
  });
}

function planGold(
  { config, selection }: PlanBasis,
  { table, gold }: TableOfDate,
  slots: readonly SlotPlan[],
): StepDecision {
  const silver = slots.flatMap((s) => (s.silverHeld === undefined ? [] : [s.silverHeld.manifest]));
  return decideOutput({
    held: gold,
    key: slots.some((s) => s.silver.run) ? undefined : goldKey(silver, config, table),
    inputs: slots.map((s) => s.silverHeld?.manifest.key ?? ''),
    inputChanged: 'silver changed',
    force: selection.force === true,
  });
}

function planLoad(
  { settings, config, inventory, selection }: PlanBasis,
  { date, table, gold, validated }: TableOfDate,
  goldRuns: boolean,
): StepDecision {
  if (selection.force === true) return toRun('forced');
  if (validated === undefined) return toRun('not validated yet');
  if (goldRuns || gold === undefined) return toRun('gold changes');
  const referenced = referencedKeys(config, table.name, date, inventory);
  const key = validatedKey({ gold: gold.manifest.key, referenced }, { config, settings }, table);
  if (validated.manifest.key !== key)
    return toRun(
      validated.manifest.inputs[0]?.key !== gold.manifest.key
        ? 'gold changed'
        : 'its rules, or a table they refer to, changed',
    );
  if (!validated.intact) return toRun('its report is missing or damaged');
  if (selection.validateOnly === true) return UP_TO_DATE;
  const loaded = inventory.loads.get(loadKey(date, table.name));
  if (loaded === undefined) return toRun('not loaded yet');
  if (loaded !== loadIdOf(key, table, settings)) return toRun('loaded from an older state');
  if (!validated.manifest.tellsLoad) return toRun('its report does not show its load yet');
  return UP_TO_DATE;
}

// ---- steps ---------------------------------------------------------------------------------------

function slotSteps({ date, table }: TableOfDate, slot: SlotPlan): readonly Step[] {
  const { brand, raw, silver } = slot;
  const changes = raw.run && !slot.onlyRepeats;
  const name = (stage: Stage): Pick<Step, 'stage' | 'date' | 'table' | 'brand'> => ({
    stage,
    date,
    table: table.name,
    ...defined({ brand }),
  });
  const toRaw = name('landing-to-raw');
  return [
    { ...toRaw, ...decisionOf(raw), needs: [] },
    {
      ...name('raw-to-silver'),
      ...decisionOf(changes && !silver.run ? toRun('raw changes') : silver),
      needs: [stepId(toRaw)],
    },
  ];
}

function goldStep({ date, table }: TableOfDate, decision: StepDecision, slots: readonly SlotPlan[]): Step {
  return {
    ...{ stage: 'silver-to-gold', date, table: table.name, ...decisionOf(decision) },
    needs: slots.map(({ brand }) => stepId({ stage: 'raw-to-silver', date, table: table.name, brand })),
  };
}

function loadStep({ config }: PlanBasis, { date, table }: TableOfDate, decision: StepDecision): Step {
  return {
    ...{ stage: 'gold-to-snowflake', date, table: table.name, ...decisionOf(decision) },
    needs: [table.name, ...referencedTables(config, table.name)].map((name) =>
      stepId({ stage: 'silver-to-gold', date, table: name }),
    ),
  };
}

const decisionOf = ({ run: runs, reason }: StepDecision): Pick<Step, 'action' | 'reason'> => ({
  action: runs ? 'run' : 'skip',
  reason,
});

function arrivals({ settings, config, inventory }: PlanBasis, date: DateKey): Plan['arrivals'] {
  const held = inventory.held.get(date);
  return arrivalsOf(settings, config, {
    parts: (brand, table) => (held?.raw.get(slotId(brand, table)) ?? []).map((h) => h.manifest),
    refused: held?.refused ?? [],
    waiting: inventory.waiting.get(date) ?? [],
  }).map((arrival) => ({ date, ...arrival }));
}
