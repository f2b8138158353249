// Which steps would run, and why: a pure function of config, inventory and selection.
import { arrivalsOf, type Arrival } from './arrivals';
import { slotId, type DateInventory, type Held, type Inventory } from './inventory';
import { goldKey, rawKey, referencedKeys, referencedTables, silverKey, validatedKey } from '../stages';
import type { LandingFile, Stray } from '../lake';
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

export interface Plan {
  readonly dates: readonly DateKey[];
  /** In an order in which they can run: date, stage, table, brand. */
  readonly steps: readonly Step[];
  /** Landing files that no step takes, with why. */
  readonly strays: readonly Stray[];
  readonly arrivals: readonly (Arrival & { readonly date: DateKey })[];
}

/** What a step does, before it is filtered by the selection's stages. */
interface Verdict {
  readonly run: boolean;
  readonly reason: string;
}

const UP_TO_DATE: Verdict = { run: false, reason: 'up to date' };
const run = (reason: string): Verdict => ({ run: true, reason });

/**
 * Decides for every slot and table of the selected dates what has to be done. A step is skipped when its
 * key (inputs and config, see keys.ts) is the one its output was made with. Outputs that maintenance has
 * removed are made anew only when something after them needs them.
 */
export function makePlan(
  settings: Settings,
  config: Config,
  inventory: Inventory,
  selection: Selection,
): Plan {
  const steps: Step[] = [];
  for (const date of inventory.dates) {
    const decided = config.tables
      .filter((t) => wanted(selection.tables, t.name))
      .flatMap((table) => planTable(settings, config, inventory, selection, date, table));
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
    arrivals: inventory.dates.flatMap((date) => arrivals(settings, config, inventory, date)),
  };
}

const wanted = (list: readonly string[] | undefined, name: string): boolean =>
  list === undefined || list.length === 0 || list.includes(name);

function planTable(
  settings: Settings,
  config: Config,
  inventory: Inventory,
  selection: Selection,
  date: DateKey,
  table: Table,
): readonly Step[] {
  const held = inventory.held.get(date);
  const force = selection.force === true;
  const slots = config.brands
    .map((brand) =>
      planSlot(
        config,
        inventory,
        held,
        date,
        table,
        brand.name,
        force && wanted(selection.brands, brand.name),
      ),
    )
    .filter((slot) => slot !== undefined);
  if (slots.length === 0) return [];

  const gold = held?.gold.get(table.name);
  const removed = (one: Held | undefined): boolean => one?.manifest.removed === true;
  const silverChanges = slots.some((s) => s.silver.run);
  const expectedGold = silverChanges
    ? undefined
    : goldKey(
        slots.flatMap((s) => (s.silverHeld === undefined ? [] : [s.silverHeld.manifest])),
        config,
        table,
      );
  let goldVerdict = verdict(
    gold,
    expectedGold,
    force,
    'silver changed',
    'its table schema changed',
    inputKeys(gold),
    slots.map((s) => s.silverHeld?.manifest.key ?? ''),
  );

  const validated = held?.validated.get(table.name);
  const loadVerdict = planLoad(
    settings,
    config,
    inventory,
    selection,
    date,
    table,
    gold,
    validated,
    goldVerdict.run,
  );

  // Backwards: what was removed by maintenance is made again only where it is needed.
  if (loadVerdict.run && !goldVerdict.run && removed(gold) && gold?.intact === false)
    goldVerdict = run('needed again');
  const steps: Step[] = [];
  for (const slot of slots) {
    let silver = slot.silver;
    if (goldVerdict.run && !silver.run && slot.silverHeld?.intact === false) silver = run('needed again');
    let raw = slot.raw;
    if (silver.run && !raw.run && slot.rawHeld.some((h) => !h.intact)) raw = run('needed again');
    if (wanted(selection.brands, slot.brand)) {
      steps.push(step('landing-to-raw', raw, date, table, slot.brand, []));
      steps.push(
        step(
          'raw-to-silver',
          raw.run && !slot.onlyRepeats ? run(silver.run ? silver.reason : 'raw changes') : silver,
          date,
          table,
          slot.brand,
          [stepId({ stage: 'landing-to-raw', date, table: table.name, brand: slot.brand })],
        ),
      );
    }
  }
  steps.push(
    step(
      'silver-to-gold',
      goldVerdict,
      date,
      table,
      undefined,
      slots.map((s) => stepId({ stage: 'raw-to-silver', date, table: table.name, brand: s.brand })),
    ),
  );
  steps.push(
    step(
      'gold-to-snowflake',
      loadVerdict,
      date,
      table,
      undefined,
      [table.name, ...referencedTables(config, table.name)].map((name) =>
        stepId({ stage: 'silver-to-gold', date, table: name }),
      ),
    ),
  );
  return steps.filter((s) => wanted(selection.stages, s.stage));
}

function step(
  stage: Stage,
  verdictOf: Verdict,
  date: DateKey,
  table: Table,
  brand: string | undefined,
  needs: readonly string[],
): Step {
  return {
    stage,
    date,
    table: table.name,
    ...defined({ brand }),
    action: verdictOf.run ? 'run' : 'skip',
    reason: verdictOf.reason,
    needs,
  };
}

function arrivals(settings: Settings, config: Config, inventory: Inventory, date: DateKey): Plan['arrivals'] {
  const held = inventory.held.get(date);
  return arrivalsOf(settings, config, {
    parts: (brand, table) => (held?.raw.get(slotId(brand, table)) ?? []).map((h) => h.manifest),
    refused: held?.refused ?? [],
    waiting: inventory.waiting.get(date) ?? [],
  }).map((arrival) => ({ date, ...arrival }));
}

interface SlotPlan {
  readonly brand: string;
  readonly raw: Verdict;
  readonly silver: Verdict;
  readonly rawHeld: readonly Held[];
  readonly silverHeld: Held | undefined;
  /** All waiting files repeat known content: raw will not change. */
  readonly onlyRepeats: boolean;
}

function planSlot(
  config: Config,
  inventory: Inventory,
  held: DateInventory | undefined,
  date: DateKey,
  table: Table,
  brand: string,
  force: boolean,
): SlotPlan | undefined {
  const files = (inventory.waiting.get(date) ?? []).filter(
    (f) => f.brand === brand && f.table === table.name,
  );
  const rawHeld = held?.raw.get(slotId(brand, table.name)) ?? [];
  const silverHeld = held?.silver.get(slotId(brand, table.name));
  if (files.length === 0 && rawHeld.length === 0) return undefined;
  const raw = planRaw(config, table, files, rawHeld, force);
  const repeats = files.filter((f) => f.duplicateOf !== undefined).length;
  const onlyRepeats = files.length > 0 && repeats === files.length && rawHeld.length > 0;
  const expected =
    raw.run && !onlyRepeats
      ? undefined
      : silverKey(
          rawHeld.map((h) => h.manifest),
          config,
          table,
          brand,
        );
  const silver =
    rawHeld.length === 0 && !raw.run
      ? UP_TO_DATE
      : verdict(
          silverHeld,
          expected,
          force,
          'raw changed',
          'its table schema changed',
          inputKeys(silverHeld),
          rawHeld.map((h) => h.manifest.key),
        );
  return { brand, raw, silver, rawHeld, silverHeld, onlyRepeats };
}

function planRaw(
  config: Config,
  table: Table,
  files: readonly LandingFile[],
  held: readonly Held[],
  force: boolean,
): Verdict {
  const repeats = files.filter((f) => f.duplicateOf !== undefined).length;
  const fresh = files.length - repeats;
  if (fresh > 0)
    return run(
      `${fresh === 1 ? 'new file' : `${fresh} new files`}${held.length > 0 ? ' for a slot that has one' : ''}`,
    );
  if (repeats > 0)
    return run(
      repeats === 1 ? 'a file that repeats known content' : `${repeats} files that repeat known content`,
    );
  if (force) return run('forced');
  if (
    held.some(
      (h) =>
        h.manifest.source !== undefined && h.manifest.key !== rawKey(h.manifest.source.sha256, config, table),
    )
  )
    return run('its column names changed');
  if (held.some((h) => !h.intact && h.manifest.removed !== true))
    return run('its raw Parquet is missing or damaged');
  return UP_TO_DATE;
}

/** `expected` undefined: an input is about to change, so that the key is not known yet. */
function verdict(
  held: Held | undefined,
  expected: string | undefined,
  force: boolean,
  inputChanged: string,
  configChanged: string,
  madeFrom: readonly string[],
  inputs: readonly string[],
): Verdict {
  if (held === undefined) return run('not made yet');
  if (force) return run('forced');
  if (expected === undefined) return run(inputChanged);
  if (held.manifest.key !== expected)
    return run(JSON.stringify(madeFrom) === JSON.stringify(inputs) ? configChanged : inputChanged);
  if (!held.intact && held.manifest.removed !== true) return run('its file is missing or damaged');
  return UP_TO_DATE;
}

const inputKeys = (held: Held | undefined): readonly string[] =>
  held?.manifest.inputs.map((i) => i.key) ?? [];

function planLoad(
  settings: Settings,
  config: Config,
  inventory: Inventory,
  selection: Selection,
  date: DateKey,
  table: Table,
  gold: Held | undefined,
  validated: Held | undefined,
  goldRuns: boolean,
): Verdict {
  if (selection.force === true) return run('forced');
  if (goldRuns || gold === undefined)
    return run(validated === undefined ? 'not validated yet' : 'gold changes');
  const referenced = referencedKeys(
    config,
    table.name,
    date,
    inventory.goldKeyOf,
    inventory.latestGoldBefore,
  );
  const expected = validatedKey(gold.manifest.key, referenced, config, settings, table);
  if (validated === undefined) return run('not validated yet');
  if (validated.manifest.key !== expected)
    return run(
      validated.manifest.inputs[0]?.key !== gold.manifest.key
        ? 'gold changed'
        : 'its rules, or a table they refer to, changed',
    );
  if (!validated.intact) return run('its report is missing or damaged');
  if (selection.validateOnly === true) return UP_TO_DATE;
  const loaded = inventory.loads.get(loadKey(date, table.name));
  if (loaded === undefined) return run('not loaded yet');
  if (loaded !== loadIdOf(expected, table, settings)) return run('loaded from an older state');
  if (!validated.manifest.tellsLoad) return run('its report does not tell its load yet');
  return UP_TO_DATE;
}
