// The drift of slots as it is shown: all kinds, renames with their evidence, what was accepted marked.
import type { Connection } from '../../base';
import type { Lake } from '../../lake';
import { type Config, type DateKey, type Drift, type Table, defined } from '../../model';
import { withRenames } from './renames';
import { slotDrift } from './slotDrift';
import { type SlotHistory, type SlotRecord, publishedSlots } from './slotRecord';
import { weigh } from './valueSamples';

/** Where drift is looked for. */
export interface DriftSource {
  readonly config: Config;
  readonly lake: Lake;
  readonly connection: Connection;
  readonly signal?: AbortSignal | undefined;
}

/** The drift of a table on a date, brand by brand in the order of brand_configs.json. */
export async function tableDrift(
  source: DriftSource,
  table: Table,
  { date }: { readonly date: DateKey },
): Promise<readonly Drift[]> {
  const slots = publishedSlots(source.lake);
  const found: Drift[] = [];
  for (const { name } of source.config.brands)
    found.push(
      ...(await slotDriftOf(source, { table, brand: name, now: slots.on(date, name, table.name) }, slots)),
    );
  return found;
}

/** A brand's table of a date; `now` undefined: nothing is there. */
interface SlotOfTable {
  readonly table: Table;
  readonly brand: string;
  readonly now: SlotRecord | undefined;
}

/** The drift of one slot; values are read only where a column is missing and a header is unknown. */
export async function slotDriftOf(
  { lake, connection, signal }: Omit<DriftSource, 'config'>,
  { table, brand, now }: SlotOfTable,
  slots: SlotHistory = publishedSlots(lake),
): Promise<readonly Drift[]> {
  if (now === undefined) return [];
  const found = slotDrift({ table, brand, now, before: slots.before(now.date, brand, table.name) });
  if (found.drifts.length === 0) return [];
  const pairs = await weigh({ connection, absolute: (path) => lake.absolute(path), signal }, found.pairs);
  return withRenames(found, pairs, slots.accepted(brand, table.name).accepted);
}

/** The drift of all slots of a date, or as it is now. */
export interface DriftList {
  /** Absent: of each brand and table the last date with files. */
  readonly date?: DateKey;
  /** In the order of table_schemas.json and brand_configs.json. */
  readonly drifts: readonly Drift[];
  /** Slots that were looked at. */
  readonly slots: number;
  /** Absolute paths of damaged files of what was accepted: it counts as not accepted. */
  readonly damaged: readonly string[];
}

/** Lists the drift of a date, or of the last date of each slot. */
export async function listDrift(source: DriftSource, date?: DateKey): Promise<DriftList> {
  const { config, lake } = source;
  const slots = publishedSlots(lake);
  const drifts: Drift[] = [];
  const damaged: string[] = [];
  let looked = 0;
  for (const table of config.tables)
    for (const { name: brand } of config.brands) {
      const now = date === undefined ? lastOf(slots, brand, table.name) : slots.on(date, brand, table.name);
      if (now === undefined) continue;
      looked += 1;
      const { damaged: path } = slots.accepted(brand, table.name);
      if (path !== undefined) damaged.push(path);
      drifts.push(...(await slotDriftOf(source, { table, brand, now }, slots)));
    }
  return { ...defined({ date }), drifts, slots: looked, damaged };
}

function lastOf(slots: SlotHistory, brand: string, table: string): SlotRecord | undefined {
  const [last] = slots.before(AFTER_ALL, brand, table);
  return last;
}

/** Later than every date. */
const AFTER_ALL = '99999999';

/** What a person still has to look at. */
export const openDrift = (drifts: readonly Drift[]): readonly Drift[] =>
  drifts.filter((one) => one.accepted === undefined);
