// Gold held against the warehouse, table by table of some dates, with why they differ where they do.
import { statSync } from 'node:fs';
import { type Connection, hashFile, withConnection } from '../../base';
import {
  type DateKey,
  type Table,
  PipelineError,
  addDays,
  dayOf,
  defined,
  isCancelled,
  throwIfCancelled,
} from '../../model';
import { type Plan, makePlan, takeInventory } from '../../run';
import { type Lake, lockHolder, readLedger, ledgerFile } from '../../lake';
import { failuresByTable } from '../status/readStatus';
import { explain, type Sides } from './explain';
import { goldFigures, type ValidatedGold } from './goldFigures';
import type { ReconcileResult, TableComparison } from './model';
import { readReport } from '../../report';
import {
  DATE_COLUMN,
  type Measures,
  type Warehouse,
  loadIdOf,
  loadKey,
  lookAtWarehouse,
} from '../../warehouse';
import type { OpenWorkspace } from '../../workspace';

export type * from './model';

export interface ReconcileOptions {
  /** Some dates, or every day of a range: rows may be there of a day that nobody here knows. */
  readonly dates: readonly DateKey[] | { readonly from: DateKey; readonly to: DateKey };
  /** Empty: all. */
  readonly tables?: readonly string[];
  readonly signal?: AbortSignal;
}

/**
 * Compares the accepted rows of gold with the rows of the target, by their number and by figures that any two
 * databases compute alike (see warehouse/measures.ts). Nothing is written.
 * @throws PipelineError LOCKED while a run goes on, CHANGED when one ended meanwhile: what was read would belong to
 * two states. WAREHOUSE when it is out of reach; CANCELLED.
 */
export async function reconcile(
  workspace: OpenWorkspace,
  options: ReconcileOptions,
): Promise<ReconcileResult> {
  const { settings, config, lake } = workspace;
  const { signal } = options;
  requireRest(lake);
  const before = historyOf(lake);
  const dates = daysOf(options.dates);
  return lookAtWarehouse(settings, async (warehouse, database) => {
    const loads = await warehouse.loads();
    const inventory = await takeInventory(workspace, {
      selection: { dates },
      today: dayOf(new Date()),
      loads: new Map([...loads].map(([key, record]) => [key, record.loadId])),
      signal,
    });
    const plan = makePlan(settings, config, inventory, { dates });
    const failures = failuresByTable(workspace, readLedger(lake.stateDir).entries, plan);
    const tables = config.tables.filter(
      ({ name }) => (options.tables ?? []).length === 0 || options.tables?.includes(name) === true,
    );
    const measured = await measuresOf(warehouse, tables, dates, signal);
    // A load waits for readers of the embedded file: gold is read without it.
    if (warehouse.kind === 'embedded') await warehouse.close();
    const found: TableComparison[] = [];
    await withConnection(database, async (connection) => {
      for (const date of dates)
        for (const table of tables) {
          throwIfCancelled(signal);
          const comparison = explain({
            ...(await sidesOf(workspace, connection, { date, table }, signal)),
            load: loads.get(loadKey(date, table.name)),
            warehouseFigures: measured.get(table.name)?.get(date),
            mayMask: warehouse.kind === 'snowflake',
            due: dueOf(plan, date, table),
            failure: failures.get(`${date}/${table.name}`)?.failure?.error,
          });
          if (comparison !== undefined) found.push(comparison);
        }
    });
    requireRest(lake);
    if (historyOf(lake) !== before)
      throw new PipelineError('CHANGED', 'A run ended during the comparison.', 'Compare again.');
    const same = found.filter((one) => one.verdict === 'same').length;
    return {
      warehouse: { kind: warehouse.kind, place: warehouse.place },
      tables: found,
      same,
      different: found.length - same,
    };
  });
}

/** Figures of the target by table and date; each table is asked for once. A table that is not there has none. */
async function measuresOf(
  warehouse: Warehouse,
  tables: readonly Table[],
  [first, ...others]: readonly DateKey[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, ReadonlyMap<DateKey, Measures>>> {
  const found = new Map<string, ReadonlyMap<DateKey, Measures>>();
  if (first === undefined) return found;
  for (const table of tables) {
    throwIfCancelled(signal);
    const measured = await warehouse.measure(table, [first, ...others], signal);
    if (measured !== undefined)
      found.set(table.name, new Map([...measured].map(([date, figures]) => [date, withoutDate(figures)])));
  }
  return found;
}

/** What gold tells of a date and table. */
async function sidesOf(
  workspace: OpenWorkspace,
  connection: Connection,
  { date, table }: { readonly date: DateKey; readonly table: Table },
  signal: AbortSignal | undefined,
): Promise<Omit<Sides, 'load' | 'warehouseFigures' | 'due' | 'failure'>> {
  const { lake, settings } = workspace;
  const gold = lake.published('gold', date, table.name);
  const there = gold !== undefined && lake.intact(gold);
  const latest = lake.published('validated', date, table.name);
  const validated = gold !== undefined && latest?.inputs[0]?.key === gold.key ? latest : undefined;
  const read = await readGold(
    workspace,
    connection,
    { table, ...defined({ gold: there ? gold : undefined, validated }) },
    signal,
  );
  const state = there
    ? read.unreadable
      ? 'damaged'
      : 'there'
    : gold?.removed === true
      ? 'removed'
      : 'damaged';
  return {
    date,
    table,
    gold: gold === undefined ? undefined : { rows: gold.output.rows, state },
    accepted: validated?.output.rows,
    validation: validated === undefined ? undefined : readReport(workspace, date, table.name)?.status,
    expectedLoadId: validated === undefined ? undefined : loadIdOf(validated.key, table, settings),
    goldSha256: read.sha256,
    goldFigures: read.figures,
  };
}

/** What the gold file itself tells; one that cannot be read is told of its table, and the others go on. */
async function readGold(
  workspace: OpenWorkspace,
  connection: Connection,
  { table, gold, validated }: Partial<ValidatedGold> & Pick<ValidatedGold, 'table'>,
  signal: AbortSignal | undefined,
): Promise<{
  readonly sha256?: string;
  readonly figures?: Measures | undefined;
  readonly unreadable: boolean;
}> {
  if (gold === undefined) return { unreadable: false };
  try {
    const sha256 = await hashFile(workspace.lake.absolute(gold.output.path), signal);
    const figures =
      validated === undefined
        ? undefined
        : await goldFigures(connection, workspace, { table, gold, validated }, signal);
    return { sha256, figures, unreadable: false };
  } catch (error) {
    if (!(error instanceof PipelineError) || isCancelled(error)) throw error;
    return { unreadable: true };
  }
}

/** LOAD_DATE has selected the rows: it tells nothing of them. */
function withoutDate(measured: Measures): Measures {
  return {
    rows: measured.rows,
    columns: Object.fromEntries(Object.entries(measured.columns).filter(([name]) => name !== DATE_COLUMN)),
  };
}

function dueOf(plan: Plan, date: DateKey, table: Table): string | undefined {
  const step = plan.steps.find((s) => s.action === 'run' && s.date === date && s.table === table.name);
  return step === undefined ? undefined : `${step.stage}: ${step.reason}`;
}

function daysOf(dates: ReconcileOptions['dates']): readonly DateKey[] {
  if (!('from' in dates)) return [...new Set(dates)].sort();
  const days: DateKey[] = [];
  for (let day = dates.from; day <= dates.to; day = addDays(day, 1)) days.push(day);
  return days;
}

function requireRest(lake: Lake): void {
  if (lockHolder(lake.stateDir) === undefined) return;
  throw new PipelineError(
    'LOCKED',
    'A run is in progress: gold and the warehouse are changing.',
    'Compare when it has ended.',
  );
}

/** Grows with every run that did something. */
const historyOf = (lake: Lake): number =>
  statSync(ledgerFile(lake.stateDir), { throwIfNoEntry: false })?.size ?? 0;
