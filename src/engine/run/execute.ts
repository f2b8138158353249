// One planned step made real: gathers its inputs, asks once more whether there is work, calls its stage.
import { rm } from 'node:fs/promises';
import { type LentDatabase, makeFolder, quotePath, withConnection } from '../base';
import {
  type Config,
  type DateKey,
  PipelineError,
  brandsThere,
  type Selection,
  type Settings,
  type Step,
  type Table,
  isCancelled,
  plainError,
  findTable,
} from '../model';
import {
  type StepEnded,
  CONTINUE,
  type Inspector,
  carryOver,
  type StageContext,
  goldKey,
  landingToRaw,
  publishedOutputs,
  rawToSilver,
  reading,
  referencedTables,
  silverKey,
  silverToGold,
  validateAndLoad,
  validationKey,
} from '../stages';
import { slotId, type Inventory } from './inventory';
import { type Lake, type Manifest, stepFolder, tellsLoad } from '../lake';
import type { StepControl } from './schedule';
import type { StepEnd } from './stepOutcome';
import { type Warehouse, loadIdOf, loadKey } from '../warehouse';

/** What the steps of a run share. */
interface RunScope {
  readonly settings: Settings;
  readonly config: Config;
  readonly lake: Lake;
  readonly database: LentDatabase;
  readonly warehouse: Warehouse | undefined;
  readonly inventory: Inventory;
  readonly selection: Selection;
  readonly runId: string;
  readonly inspector: Inspector | undefined;
}

let counter = 0;

/** Executes one step with a connection and a temporary folder of its own. */
export async function executeStep(scope: RunScope, step: Step, control: StepControl): Promise<StepEnd> {
  const table = findTable(scope.config, step.table);
  if (table === undefined) throw new Error(`The plan names a table that is not configured: ${step.table}`);
  counter += 1;
  const temporary = stepFolder(scope.lake.temporaryDir, counter);
  await makeFolder(temporary);
  const connection = await scope.database.connect();
  const paused = { step, connection };
  const context: StageContext = {
    ...{ ...scope, ...control, connection, temporary },
    inspect: (point) => scope.inspector?.at({ ...point, ...paused }) ?? Promise.resolve(CONTINUE),
  };
  try {
    await scope.inspector?.at({ kind: 'step', ...paused });
    const end = await perform(scope, context, step, table);
    await scope.inspector?.at({ kind: 'end', ...paused, outcome: shownEnd(end) });
    return end;
  } catch (thrown) {
    const error = await blamed(scope, inputsOf(scope, step, table), thrown, control.signal);
    if (!isCancelled(error))
      await scope.inspector?.at({
        kind: 'end',
        ...paused,
        outcome: { status: 'failed', error: plainError(error) },
      });
    throw error;
  } finally {
    connection.close();
    // What cannot be removed now is by the next run; it must not hide how the step ended.
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
  }
}

function perform(scope: RunScope, context: StageContext, step: Step, table: Table): Promise<StepEnd> {
  switch (step.stage) {
    case 'landing-to-raw':
      return toRaw(scope, context, step, table);
    case 'raw-to-silver':
      return toSilver(scope, context, step, table);
    case 'silver-to-gold':
      return toGold(scope, context, step, table);
    case 'gold-to-snowflake':
      return toWarehouse(scope, context, step, table);
    default:
      return step.stage satisfies never;
  }
}

function shownEnd(end: StepEnd): StepEnded['outcome'] {
  switch (end.kind) {
    case 'done':
      return { status: 'done', counts: end.counts };
    case 'refused':
      return { status: 'failed', error: end.error };
    case 'skipped':
      return { status: 'skipped', reason: end.reason };
    default:
      return end satisfies never;
  }
}

const forced = (scope: RunScope): boolean => scope.selection.force === true;
const UNCHANGED: StepEnd = { kind: 'skipped', reason: 'its inputs turned out to be unchanged' };

async function toRaw(scope: RunScope, context: StageContext, step: Step, table: Table): Promise<StepEnd> {
  const brand = step.brand ?? '';
  const files = (scope.inventory.waiting.get(step.date) ?? []).filter(
    (f) => f.brand === brand && f.table === table.name,
  );
  const held = scope.inventory.held.get(step.date);
  const damage = held?.damaged.get(slotId(brand, table.name));
  if (damage !== undefined) throw damage;
  const unlisted = held?.unlisted.get(slotId(brand, table.name)) ?? [];
  await carryOver(context, { date: step.date, brand, table });
  const counts = await landingToRaw(context, {
    date: step.date,
    brand,
    table,
    files,
    // A part without a manifest may be before one that has one.
    parts:
      unlisted.length === 0
        ? scope.lake.parts(step.date, brand, table.name)
        : scope.lake.partsAround(step.date, brand, table.name),
    unlisted,
    force: forced(scope) || step.reason === 'needed again',
  });
  return { kind: 'done', counts };
}

async function toSilver(scope: RunScope, context: StageContext, step: Step, table: Table): Promise<StepEnd> {
  const brand = step.brand ?? '';
  const raw = scope.lake.parts(step.date, brand, table.name);
  if (raw.length === 0) return { kind: 'skipped', reason: 'no file of it could be read' };
  requireWhole(scope, raw, 'landing-to-raw');
  const key = silverKey(raw, scope.config, table, brand);
  const held = scope.lake.manifest('silver', step.date, table.name, brand);
  if (held?.key === key && !forced(scope)) return UNCHANGED;
  return {
    kind: 'done',
    key,
    counts: await rawToSilver(context, { date: step.date, brand, table: table.name, raw, key }),
  };
}

/**
 * Names of the brands that may have raw of a date: the configured ones in their order, earlier ones, and those that
 * were renamed and not carried over yet.
 */
function brandNames({ config, lake }: RunScope, date: DateKey): readonly string[] {
  const names = brandsThere(config).map(({ name }) => name);
  return [...names, ...lake.rawBrands(new Set(names), date)];
}

/** Silver of all brands that have raw. */
function silverOf(scope: RunScope, step: Step, table: Table): readonly Manifest[] {
  return brandNames(scope, step.date).flatMap((name) => {
    if (scope.lake.parts(step.date, name, table.name).length === 0) return [];
    const silver = scope.lake.published('silver', step.date, table.name, name);
    if (silver === undefined)
      throw new PipelineError(
        'NOT_FOUND',
        `${name} has raw files of ${table.name} for ${step.date} but no silver.`,
        'Run raw-to-silver for this brand too.',
      );
    return [silver];
  });
}

async function toGold(scope: RunScope, context: StageContext, step: Step, table: Table): Promise<StepEnd> {
  const silver = silverOf(scope, step, table);
  const published = scope.lake.published('gold', step.date, table.name);
  if (silver.length === 0 && published?.withdrawn !== true)
    return { kind: 'skipped', reason: 'no brand has silver of it' };
  const key = goldKey(silver, scope.config, table);
  const held = scope.lake.manifest('gold', step.date, table.name);
  if (held?.key === key && !forced(scope)) return UNCHANGED;
  requireWhole(scope, silver, 'raw-to-silver');
  return {
    kind: 'done',
    key,
    counts: await silverToGold(context, { date: step.date, table: table.name, silver, key }),
  };
}

async function toWarehouse(
  scope: RunScope,
  context: StageContext,
  step: Step,
  table: Table,
): Promise<StepEnd> {
  const { lake } = scope;
  const gold = lake.published('gold', step.date, table.name);
  if (gold === undefined) return { kind: 'skipped', reason: 'there is no gold of it' };
  requireWhole(scope, [gold], 'silver-to-gold');
  const key = validationKey(scope, { table, date: step.date, gold: gold.key }, publishedOutputs(lake));
  if (isLoaded(scope, step, table, key)) return UNCHANGED;
  const raw = brandNames(scope, step.date).flatMap((name) => lake.parts(step.date, name, table.name));
  const silver = silverOf(scope, step, table);
  const input = { date: step.date, table: table.name, gold, silver, raw, key };
  const outcome = await validateAndLoad(context, input, { warehouse: scope.warehouse, force: forced(scope) });
  switch (outcome.kind) {
    case 'done':
      return { ...outcome, key };
    case 'refused': {
      const { report, error } = outcome;
      // A rule that could not be evaluated says nothing of the rows: a damaged input may be the reason.
      const unread = report.findings.some((finding) => finding.status === 'error');
      const reason = unread
        ? await blamed(scope, inputsOf(scope, step, table), error, context.signal)
        : error;
      if (isCancelled(reason)) throw reason;
      return { kind: 'refused', report, error: plainError(reason) };
    }
    default:
      return outcome satisfies never;
  }
}

/** Is the very validation that is to be made published already, and its load confirmed? */
function isLoaded(scope: RunScope, { date }: Step, table: Table, key: string): boolean {
  const { lake, settings, inventory, warehouse } = scope;
  const validated = lake.manifest('validated', date, table.name);
  if (forced(scope) || validated?.key !== key || !tellsLoad(validated)) return false;
  return (
    warehouse !== undefined &&
    inventory.loads.get(loadKey(date, table.name)) === loadIdOf(key, table, settings)
  );
}

function requireWhole(scope: RunScope, manifests: readonly Manifest[], stage: string): void {
  const broken = manifests.find((m) => !scope.lake.intact(m));
  if (broken === undefined) return;
  throw new PipelineError(
    'PARQUET_INVALID',
    `${broken.output.path} is missing or not as it was published.`,
    `Run ${stage} for ${broken.date}: this makes it again from the layer before it.`,
    { where: { file: scope.lake.absolute(broken.output.path) } },
  );
}

/** Parquet files a step reads, as they were published. */
function inputsOf(scope: RunScope, step: Step, table: Table): readonly Manifest[] {
  const { lake, config } = scope;
  const gold = (name: string): Manifest | undefined => lake.published('gold', step.date, name);
  switch (step.stage) {
    case 'landing-to-raw':
      return [];
    case 'raw-to-silver':
      return lake.parts(step.date, step.brand ?? '', table.name);
    case 'silver-to-gold':
      return brandNames(scope, step.date)
        .map((brand) => lake.published('silver', step.date, table.name, brand))
        .filter((m) => m !== undefined);
    case 'gold-to-snowflake':
      return [table.name, ...referencedTables(config, table.name)].map(gold).filter((m) => m !== undefined);
    default:
      return step.stage satisfies never;
  }
}

/**
 * DuckDB does not say in which file it met bytes that make no sense. Where it met some, all inputs are read
 * to their ends, and the first that cannot be is named.
 */
async function blamed(
  scope: RunScope,
  inputs: readonly Manifest[],
  error: unknown,
  signal: AbortSignal,
): Promise<unknown> {
  if (!(error instanceof PipelineError)) return error;
  if (!['PARQUET_INVALID', 'DUCKDB', 'VALIDATION_FAILED'].includes(error.code)) return error;
  const paths = inputs.map(({ output }) => scope.lake.absolute(output.path));
  if (error.where !== undefined && paths.includes(error.where.file)) return error;
  return withConnection(scope.database, async (connection) => {
    try {
      for (const path of paths)
        await reading(path, () =>
          connection.rows(`SELECT bit_xor(hash(columns(*))) FROM read_parquet(${quotePath(path)})`, {
            signal,
          }),
        );
      return error;
    } catch (found) {
      return found;
    }
  });
}
