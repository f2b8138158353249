// Brands and tables that the config no longer has and of which rows are there: said, and kept until the user decides.
import { shellWord } from '../base';
import { type Config, type DateKey, findTable } from '../model';
import type { Inventory } from './inventory';

export interface Unconfigured {
  readonly kind: 'brand' | 'table';
  readonly name: string;
  /** Ascending. */
  readonly dates: readonly DateKey[];
}

/** What is there of the dates of an inventory and in no config. */
export function unconfigured(config: Config, { held }: Pick<Inventory, 'held'>): readonly Unconfigured[] {
  const brands = new Set(config.brands.map(({ name }) => name));
  const found = new Map<string, { kind: Unconfigured['kind']; name: string; dates: Set<DateKey> }>();
  const note = (kind: Unconfigured['kind'], name: string, date: DateKey): void => {
    const key = `${kind} ${name}`;
    const known = found.get(key) ?? { kind, name, dates: new Set<DateKey>() };
    found.set(key, known);
    known.dates.add(date);
  };
  for (const [date, { raw, gold }] of held) {
    for (const { manifest } of [...raw.values()].flat()) {
      if (manifest.brand !== undefined && !brands.has(manifest.brand)) note('brand', manifest.brand, date);
      if (findTable(config, manifest.table) === undefined) note('table', manifest.table, date);
    }
    for (const table of gold.keys()) if (findTable(config, table) === undefined) note('table', table, date);
  }
  return [...found.values()].map(({ dates, ...one }) => ({ ...one, dates: [...dates].sort() }));
}

/** What is said of one, with what to do. */
export function unconfiguredInWords({ kind, name, dates }: Unconfigured): string {
  const [first = '', last = ''] = [dates[0], dates.at(-1)];
  const days = dates.length === 1 ? first : `${String(dates.length)} dates (${first} to ${last})`;
  return kind === 'brand'
    ? `Brand ${name} is not in brand_configs.json: its rows of ${days} stay. Add it again, or as an alias of the brand it is called now, or remove its rows: m7 maintenance --brand ${shellWord(name)}`
    : `Table ${name} is not in table_schemas.json: its rows of ${days} stay as they are in the layers and in the warehouse. Add it again to run it.`;
}
