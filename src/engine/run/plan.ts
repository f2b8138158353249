// Which steps would run, and why: a pure function of config, inventory and selection.
import { arrivalsOf, type Arrival } from './arrivals';
import { slotId, type DateInventory, type Held, type Inventory } from './inventory';
import { LOOKED_BACK, goldKey, historyDays, looksAtLatest, referencedTables, validationKey } from '../stages';
import type { EncodingEvidence } from '../csv';
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
  addDays,
  brandsThere,
  stepId,
  defined,
} from '../model';
import { loadIdOf, loadKey } from '../warehouse';
import { Outlook } from './outlook';
import { type Unconfigured, unconfigured } from './unconfigured';
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
  /** Brands and tables that are no longer configured and have rows on these dates: they stay as they are. */
  readonly unconfigured: readonly Unconfigured[];
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

/** What is decided about a table of one date up to its gold. */
interface TablePlan extends TableOfDate {
  readonly slots: readonly SlotPlan[];
  readonly goldStep: StepDecision;
}

/** The same, with its validation and load. */
interface DecidedTable extends TablePlan {
  readonly loadStep: StepDecision;
}

/**
 * Decides for every slot and table of the selected dates what has to be done. A step is skipped when its
 * key (inputs and config, see outputKeys.ts) is the one its output was made with; what the plan itself is about to
 * change counts as changed. Outputs that maintenance has removed are made again only when something after them needs
 * them.
 */
export function makePlan(
  settings: Settings,
  config: Config,
  inventory: Inventory,
  selection: Selection,
): Plan {
  const basis: PlanBasis = { settings, config, inventory, selection };
  const tables = config.tables.filter((t) => selects(selection.tables, t.name));
  const outlook = new Outlook(inventory);
  // Ascending: files of earlier dates may settle the encoding of later ones.
  const rereads = new Set<string>();
  const layers = inventory.dates.flatMap((date) =>
    tables.flatMap((table) => planLayers(basis, date, table, rereads)),
  );
  if (selects(selection.stages, 'silver-to-gold'))
    for (const { date, table, goldStep: step } of layers) if (step.run) outlook.changeGold(table.name, date);
  for (const { date, table, slots } of layers)
    for (const slot of slots)
      if (slotChanges(selection, slot)) outlook.changeSlot(slot.brand, table.name, date);
  const decided = layers.map((of): DecidedTable => {
    const loadStep = planLoad(basis, of, outlook);
    if (validatesAgain(loadStep) && selects(selection.stages, 'gold-to-snowflake'))
      outlook.changeValidation(of.table.name, of.date);
    return { ...of, loadStep };
  });
  const steps = inOrder(basis, neededGold(basis, decided).map(neededSlots), outlook);
  const dates = datesOf(inventory, steps);
  const among = new Set(dates);
  return {
    dates,
    steps: steps.filter((step) => among.has(step.date)),
    strays: inventory.strays,
    unconfigured: unconfigured(config, inventory),
    arrivals: dates.flatMap((date) => arrivals(basis, date)),
  };
}

/** Will the files of a slot, or what becomes of their values, be others after the plan? */
function slotChanges({ stages, brands }: Selection, { brand, raw, silver, onlyRepeats }: SlotPlan): boolean {
  if (!selects(brands, brand)) return false;
  return (
    (raw.run && !onlyRepeats && selects(stages, 'landing-to-raw')) ||
    (silver.run && selects(stages, 'raw-to-silver'))
  );
}

/** Where no dates were asked for: those with something to do, and those that were open anyway. */
function datesOf({ dates, open }: Inventory, steps: readonly Step[]): readonly DateKey[] {
  if (open === undefined) return dates;
  const due = new Set(steps.filter((step) => step.action === 'run').map((step) => step.date));
  return dates.filter((date) => open.has(date) || due.has(date));
}

const selects = (list: readonly string[] | undefined, name: string): boolean =>
  list === undefined || list.length === 0 || list.includes(name);

/** `rereads`: slots of which raw of an earlier date is about to change; those of this date are added. */
function planLayers(
  basis: PlanBasis,
  date: DateKey,
  table: Table,
  rereads: Set<string>,
): readonly TablePlan[] {
  const held = basis.inventory.held.get(date);
  const slots = slotsOf(basis, date, table, { held, rereads });
  const { stages, brands } = basis.selection;
  for (const { brand, raw, onlyRepeats } of slots)
    if (raw.run && !onlyRepeats && selects(brands, brand) && selects(stages, 'landing-to-raw'))
      rereads.add(slotId(brand, table.name));
  const of: TableOfDate = {
    date,
    table,
    gold: held?.gold.get(table.name),
    validated: held?.validated.get(table.name),
  };
  // Without files nothing is made, nor taken back: but for what the user has removed.
  if (slots.length === 0) return withdrawn(basis, of);
  return [{ ...of, slots, goldStep: planGold(basis, of, slots) }];
}

/** A table of which the user has removed the last brand: its gold is made without a row, and stays so. */
function withdrawn({ config, selection }: PlanBasis, of: TableOfDate): readonly TablePlan[] {
  const { gold, table } = of;
  if (gold?.manifest.withdrawn !== true) return [];
  const due = gold.manifest.key !== goldKey([], config, table) || selection.force === true || !gold.intact;
  return [{ ...of, slots: [], goldStep: due ? toRun('its last brand was removed') : UP_TO_DATE }];
}

// ---- backwards: what maintenance has removed is made again only where it is needed ------------------

/** Gold that is gone and that a validation of the plan reads: its own, or one that its rules look at. */
function neededGold({ config }: PlanBasis, decided: readonly DecidedTable[]): readonly DecidedTable[] {
  const needed = new Set<string>();
  for (const { date, table, loadStep } of decided)
    if (loadStep.run)
      for (const name of [table.name, ...referencedTables(config, table.name)]) needed.add(`${date} ${name}`);
  return decided.map((of) => {
    const { date, table, gold, goldStep: step } = of;
    const gone = gold?.manifest.removed === true && !gold.intact;
    return gone && !step.run && needed.has(`${date} ${table.name}`)
      ? { ...of, goldStep: toRun('needed again') }
      : of;
  });
}

const neededSlots = (of: DecidedTable): DecidedTable => ({
  ...of,
  slots: of.slots.map((slot) => neededAgain(slot, of.goldStep.run)),
});

/** The steps of all tables, in an order in which they can run, each with the steps it waits for. */
function inOrder(basis: PlanBasis, decided: readonly DecidedTable[], outlook: Outlook): readonly Step[] {
  const { selection } = basis;
  const steps: Step[] = [];
  for (const date of basis.inventory.dates) {
    const ofDate = decided.filter((of) => of.date === date);
    const made = ofDate.flatMap((of) =>
      [
        ...of.slots
          .filter((s) => selects(selection.brands, s.brand))
          .flatMap((slot) => slotSteps(of, slot, outlook)),
        goldStep(of),
        loadStep(basis, of, outlook),
      ].filter((s) => selects(selection.stages, s.stage)),
    );
    for (const stage of STAGES) steps.push(...made.filter((step) => step.stage === stage));
  }
  const running = new Set(steps.filter((step) => step.action === 'run').map(stepId));
  const present = new Set(steps.map(stepId));
  return steps.map(({ after = [], ...step }) => {
    const waits = step.action === 'run' ? after.filter((id) => running.has(id)) : [];
    return {
      ...step,
      needs: step.needs.filter((id) => present.has(id)),
      ...(waits.length === 0 ? {} : { after: waits }),
    };
  });
}

function slotsOf(
  { config, inventory, selection }: PlanBasis,
  date: DateKey,
  table: Table,
  { held, rereads }: { readonly held: DateInventory | undefined; readonly rereads: ReadonlySet<string> },
): readonly SlotPlan[] {
  const waiting = inventory.waiting.get(date) ?? [];
  return brandsThere(config).flatMap(({ name: brand }) => {
    const slot = slotId(brand, table.name);
    const files = waiting.filter((f) => f.brand === brand && f.table === table.name);
    const raw = held?.raw.get(slot) ?? [];
    const unlisted = held?.unlisted.get(slot) ?? [];
    const damaged = held?.damaged.has(slot) === true;
    if (files.length === 0 && raw.length === 0 && unlisted.length === 0 && !damaged) return [];
    const force = selection.force === true && selects(selection.brands, brand);
    const silver = held?.silver.get(slot);
    const earlierChanges = rereads.has(slot);
    const evidence = (): EncodingEvidence => inventory.evidenceOf({ date, brand, table: table.name });
    const state = { brand, table, files, raw, unlisted, damaged, silver, force, earlierChanges, evidence };
    return [planSlot(config, state)];
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
  { date, table, gold, validated, goldStep: step }: TablePlan,
  outlook: Outlook,
): StepDecision {
  if (selection.force === true) return toRun('forced');
  if (validated === undefined) return toRun('not validated yet');
  if (step.run || gold === undefined) return toRun('gold changes');
  const on = { table, date, gold: gold.manifest.key };
  const key = validationKey({ config, settings }, on, outlook);
  const met = outlook.met();
  if (validated.manifest.key !== key) {
    if (validated.manifest.inputs[0]?.key !== gold.manifest.key) return toRun('gold changed');
    return toRun(met === undefined ? CHANGED_LOOK : LOOKS[met]);
  }
  if (!validated.intact) return toRun('its report is missing or damaged');
  if (selection.validateOnly === true) return UP_TO_DATE;
  const loaded = inventory.loads.get(loadKey(date, table.name));
  if (loaded === undefined) return toLoad('not loaded yet');
  if (loaded !== loadIdOf(key, table, settings)) return toLoad('loaded from an older state');
  if (!validated.manifest.tellsLoad) return toLoad('its report does not show its load yet');
  return UP_TO_DATE;
}

/** The validation is published as it should be: only its load is due. */
const toLoad = (reason: string): StepDecision => ({ ...toRun(reason), loadOnly: true });

/** Can what a table's rules observe be other than what is published? */
const validatesAgain = (step: StepDecision): boolean => step.run && step.loadOnly !== true;

const CHANGED_LOOK = 'its rules, or what they look at, changed';
const LOOKS = {
  tables: 'a table that its rules look at changes',
  history: 'the history of its rules changes',
  files: 'files of an earlier date change',
} as const;

// ---- steps ---------------------------------------------------------------------------------------

function slotSteps({ date, table }: TableOfDate, slot: SlotPlan, outlook: Outlook): readonly Step[] {
  const { brand, raw, silver } = slot;
  const changes = raw.run && !slot.onlyRepeats;
  const name = (stage: Stage): Pick<Step, 'stage' | 'date' | 'table' | 'brand'> => ({
    stage,
    date,
    table: table.name,
    ...defined({ brand }),
  });
  const toRaw = name('landing-to-raw');
  // Earlier files may settle the encoding of these.
  const after = outlook
    .slotChangesBefore(brand, table.name, date)
    .slice(0, LOOKED_BACK)
    .map((day) => stepId({ ...toRaw, date: day }));
  return [
    { ...toRaw, ...decisionOf(raw), needs: [], after },
    {
      ...name('raw-to-silver'),
      ...decisionOf(changes && !silver.run ? toRun('raw changes') : silver),
      needs: [stepId(toRaw)],
    },
  ];
}

function goldStep({ date, table, goldStep: decision, slots }: DecidedTable): Step {
  return {
    ...{ stage: 'silver-to-gold', date, table: table.name, ...decisionOf(decision) },
    needs: slots.map(({ brand }) => stepId({ stage: 'raw-to-silver', date, table: table.name, brand })),
  };
}

function loadStep({ config }: PlanBasis, of: DecidedTable, outlook: Outlook): Step {
  const { date, table } = of;
  const others = referencedTables(config, table.name);
  const earlier = looksAtLatest(config, table.name)
    ? others.flatMap((name) =>
        outlook
          .goldChangesBefore(name, date)
          .map((day) => stepId({ stage: 'silver-to-gold', date: day, table: name })),
      )
    : [];
  const history = Array.from({ length: historyDays(config, table.name) }, (_, ago) =>
    stepId({ stage: 'gold-to-snowflake', date: addDays(date, -ago - 1), table: table.name }),
  );
  return {
    ...{ stage: 'gold-to-snowflake', date, table: table.name, ...decisionOf(of.loadStep) },
    needs: [table.name, ...others].map((name) => stepId({ stage: 'silver-to-gold', date, table: name })),
    after: [...earlier, ...history, ...filesBefore(config, of, outlook)],
  };
}

/** What files of earlier dates are like is known once they are silver. */
function filesBefore({ brands }: Config, { date, table }: DecidedTable, outlook: Outlook): readonly string[] {
  if (table.drift === 'ignore') return [];
  return brands.flatMap(({ name: brand }) =>
    outlook
      .slotChangesBefore(brand, table.name, date)
      .slice(0, LOOKED_BACK)
      .map((day) => stepId({ stage: 'raw-to-silver', date: day, table: table.name, brand })),
  );
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
    waiting: [...(inventory.waiting.get(date) ?? []), ...(inventory.left.get(date) ?? [])],
  }).map((arrival) => ({ date, ...arrival }));
}
