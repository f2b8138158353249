// Which of the files a day is expected to bring have come: EXPECTED_TABLES times brands.
import { slotId, type Inventory } from './inventory';
import type { Config, DateKey, Settings } from './model';

export interface Arrival {
  readonly date: DateKey;
  readonly brand: string;
  readonly table: string;
  readonly status: 'arrived' | 'missing';
  /** Landing names of the files, those already in raw first. */
  readonly files: readonly string[];
  readonly rows: number;
}

/** One entry per expected table and brand of a date. */
export function arrivalsOf(
  settings: Settings,
  config: Config,
  inventory: Inventory,
  date: DateKey,
): readonly Arrival[] {
  const held = inventory.held.get(date);
  return settings.expectedTables.flatMap((table) =>
    config.brands.map(({ name: brand }): Arrival => {
      const parts = (held?.raw.get(slotId(brand, table)) ?? []).map((h) => h.manifest);
      const waiting = inventory.files.filter(
        (f) => f.date === date && f.brand === brand && f.table === table && f.duplicateOf === undefined,
      );
      const files = [...parts.map((m) => m.source?.file ?? ''), ...waiting.map((f) => f.path)];
      return {
        date,
        brand,
        table,
        status: files.length > 0 ? 'arrived' : 'missing',
        files: [...new Set(files)],
        rows: parts.reduce((sum, m) => sum + m.output.rows, 0),
      };
    }),
  );
}
