// Where accepted rows end up: one small interface, so that the stages do not know which warehouse it is.
import type { LentDatabase } from '../duckdb';
import { PipelineError } from '../errors';
import type { DateKey, Settings } from '../model';
import type { Warehouse, WarehouseUse } from './contract';
import { embeddedWarehouse } from './embedded';

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
 * @param use "look" asks for `loads` only, and shares the file with others who look.
 * @throws PipelineError UNSUPPORTED with MOCK_SNOWFLAKE=false.
 */
export function openWarehouse(
  settings: Settings,
  database: LentDatabase,
  use: WarehouseUse = 'load',
): Warehouse {
  if (settings.mockSnowflake) return embeddedWarehouse(settings, database, use);
  const origin = settings.origins['MOCK_SNOWFLAKE'];
  throw new PipelineError(
    'UNSUPPORTED',
    'MOCK_SNOWFLAKE is false, but this version loads the embedded warehouse only.',
    'Set MOCK_SNOWFLAKE=true in .env, or pass --mock.',
    typeof origin === 'object' ? { where: origin } : {},
  );
}
