// Where accepted rows end up: one small interface, so that the stages do not know which warehouse it is.
import type { LentDatabase } from '../duckdb';
import type { DateKey, Settings } from '../model';
import type { Warehouse, WarehouseUse } from './contract';
import { embeddedWarehouse } from './embedded';
import { snowflakeWarehouse } from './snowflake';

export type { FailedLoad, LoadRecord, LoadRequest, LoadResult, Warehouse } from './contract';
export { embeddedFile } from './embedded';
export { lastKnownLoads, rememberedLoads, type Loads } from './remembered';
export { loadIdOf } from './target';

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
  if (settings.mockSnowflake) return embeddedWarehouse(settings, database, use);
  return snowflakeWarehouse(settings, use);
}
