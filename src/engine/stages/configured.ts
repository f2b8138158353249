// The table and the brand a step names, as the config has them.
import { brandsThere, type Brand, type Config, PipelineError, type Table, findTable } from '../model';

/** @throws PipelineError NOT_FOUND: a step was asked for by a name that the config does not have. */
export function configuredTable(config: Config, name: string): Table {
  const table = findTable(config, name);
  if (table !== undefined) return table;
  throw unknown(`Table ${name}`, 'table_schemas.json');
}

/** @throws PipelineError NOT_FOUND, as configuredTable does. */
export function configuredBrand(config: Config, name: string): Brand {
  const brand = brandsThere(config).find((one) => one.name === name);
  if (brand !== undefined) return brand;
  throw unknown(`Brand ${name}`, 'brand_configs.json');
}

const unknown = (what: string, file: string): PipelineError =>
  new PipelineError('NOT_FOUND', `${what} is not in the config.`, `Add it to ${file}.`);
