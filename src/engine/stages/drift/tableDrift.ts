// The drift of slots as it is shown: all kinds, renames with their evidence, what was accepted marked.
import type { Connection } from '../../base';
import type { Lake } from '../../lake';
import type { Config, DateKey, Drift, Table } from '../../model';
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
    found.push(...(await slotDriftOf(source, table, slots.on(date, name, table.name), name)));
  return found;
}

/** The drift of one slot; values are read only where a column is missing and a header is unknown. */
export async function slotDriftOf(
  { lake, connection, signal }: Omit<DriftSource, 'config'>,
  table: Table,
  now: SlotRecord | undefined,
  brand: string,
  slots: SlotHistory = publishedSlots(lake),
): Promise<readonly Drift[]> {
  if (now === undefined) return [];
  const found = slotDrift({ table, brand, now, before: slots.before(now.date, brand, table.name) });
  if (found.drifts.length === 0) return [];
  const pairs = await weigh({ connection, absolute: lake.absolute, signal }, found.pairs);
  return withRenames(found, pairs, slots.accepted(brand, table.name).accepted);
}

/** What a person still has to look at. */
export const openDrift = (drifts: readonly Drift[]): readonly Drift[] =>
  drifts.filter((one) => one.accepted === undefined);
