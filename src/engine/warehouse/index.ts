// Where accepted rows end up: one small interface, so that the stages do not know which warehouse it is.
import { type LentDatabase, ofWorkspace, openDatabase, openedOnDemand } from '../base';
import type { DateKey, Settings } from '../model';
import type { Warehouse, WarehouseUse } from './contract';
import { EmbeddedWarehouse } from './embedded';
import { SnowflakeWarehouse } from './snowflake';

export type { LoadRecord, Measures, Warehouse } from './contract';
export { DUCKDB_DIALECT, measureQuery, readMeasures } from './measures';
export { lastKnownLoads, rememberedLoads } from './remembered';
export { connectionFolders } from './snowflake/connectionsToml';
export { DATE_COLUMN, type TargetColumn, loadIdOf, targetOf } from './target';

/** Key of `loads()`: names of tables do not differ by case in a warehouse. */
export function loadKey(date: DateKey, table: string): string {
  return `${date}/${table.toUpperCase()}`;
}

/**
 * The warehouse the settings name. Opening is free of charge: files and sessions are opened on first use.
 * @param database the run's instance; the embedded warehouse is attached to it.
 * @param use "look" changes nothing, and shares the embedded warehouse's file with others who look.
 */
export function openWarehouse(
  settings: Settings,
  database: LentDatabase,
  use: WarehouseUse = 'load',
): Warehouse {
  if (settings.mockSnowflake) return new EmbeddedWarehouse(settings, database, use);
  return new SnowflakeWarehouse(settings, use);
}

/**
 * Opens the warehouse the settings name for `work` that changes nothing in it, and closes it however that ends.
 * The instance the embedded warehouse is attached to is opened by the first question: what needs no answer (its
 * place, the SQL of a load) costs nothing. That instance is given to `work` as well, for gold beside the warehouse.
 * @throws what `work` throws, WAREHOUSE when it cannot be closed; opening by itself throws nothing.
 */
export async function lookAtWarehouse<T>(
  settings: Settings,
  work: (warehouse: Warehouse, database: LentDatabase) => Promise<T>,
): Promise<T> {
  const { database, close } = openedOnDemand(() => openDatabase(ofWorkspace(settings)));
  try {
    const warehouse = openWarehouse(settings, database, 'look');
    try {
      return await work(warehouse, database);
    } finally {
      await warehouse.close();
    }
  } finally {
    await close();
  }
}
