// The table of a name, as the config spells it. Who throws where there is none says so in words of its own place.
import type { Config, Table } from './config';

export const findTable = ({ tables }: Pick<Config, 'tables'>, name: string): Table | undefined =>
  tables.find((table) => table.name === name);
