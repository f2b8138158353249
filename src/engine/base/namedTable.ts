// The table that a person names.
import { type Config, PipelineError, type Table, findTable } from '../model';
import { foldName } from './equalNames';
import { didYouMean } from './nearest';

/** The table of a name that a person gave, without regard to case. @throws PipelineError NOT_FOUND */
export function namedTable(config: Config, name: string): Table {
  const { tables } = config;
  const table = findTable(config, name) ?? tables.find((one) => foldName(one.name) === foldName(name));
  if (table !== undefined) return table;
  const names = tables.map((one) => one.name);
  throw new PipelineError(
    'NOT_FOUND',
    `There is no table ${name} in table_schemas.json.`,
    didYouMean(name, names),
  );
}
