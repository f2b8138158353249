// What the layers and the warehouse are called in a catalogue: one dataset over all dates, named by where its files lie.
import { warehouseFile } from '../../lake';
import { hostname } from 'node:os';
import type { Settings, Table } from '../../model';
import { targetOf } from '../../warehouse';
import { facet, type Dataset, type DatasetName, type Facets } from './facets';

export interface Datasets {
  landing(brand: string, table: string): Dataset;
  raw(brand: string, table: string): Dataset;
  silver(brand: string, table: string): Dataset;
  gold(table: string): Dataset;
  target(table: Table): Dataset;
}

/**
 * Files: namespace `file://<host>`, name the path with `*` for the date. The embedded warehouse:
 * `duckdb://<host>/<path>`, `<schema>.<table>`. Snowflake, as the naming rules of OpenLineage say:
 * `snowflake://<account>`, `<database>.<schema>.<table>`.
 */
export function datasetsOf(settings: Settings, host = hostname()): Datasets {
  const namespace = `file://${host}`;
  const named = (name: string, format: 'csv' | 'parquet'): Dataset => ({
    namespace,
    name,
    facets: {
      ...facet('dataSource', { name: host, uri: namespace }),
      ...facet('storage', { storageLayer: 'file', fileFormat: format }),
    },
  });
  const below = (folder: string, ...names: readonly string[]): string =>
    [folder.replaceAll('\\', '/'), ...names].join('/');
  return {
    landing: (brand, table) => {
      const pattern = settings.landingPattern.replace(/\{(brand|table|date)\}/g, (_, token: string) =>
        token === 'brand' ? brand : token === 'table' ? table : '*',
      );
      return named(below(settings.landingDir, pattern), 'csv');
    },
    raw: (brand, table) => named(below(settings.rawDir, '*', brand, `${table}.parquet`), 'parquet'),
    silver: (brand, table) => named(below(settings.silverDir, '*', brand, `${table}.parquet`), 'parquet'),
    gold: (table) => named(below(settings.goldDir, '*', `${table}.parquet`), 'parquet'),
    target: (table) => {
      const { schema, name } = targetOf(settings, table);
      return settings.mockSnowflake
        ? embedded(settings, host, `${schema}.${name}`)
        : snowflake(settings, `${schema}.${name}`);
    },
  };
}

function embedded(settings: Settings, host: string, name: string): Dataset {
  const path = warehouseFile(settings).replaceAll('\\', '/');
  const namespace = encodeURI(`duckdb://${host}${path.startsWith('/') ? '' : '/'}${path}`);
  return { namespace, name, facets: facet('dataSource', { name: path, uri: namespace }) };
}

function snowflake({ snowflake: { account, connection, database } }: Settings, name: string): Dataset {
  const namespace = encodeURI(`snowflake://${account ?? connection ?? 'unknown'}`);
  return {
    namespace,
    name: (database === undefined ? name : `${database}.${name}`).toUpperCase(),
    facets: facet('dataSource', { name: account ?? connection ?? 'unknown', uri: namespace }),
  };
}

/** The dataset with more facets. */
export function described(dataset: Dataset, ...more: readonly Facets[]): Dataset {
  return { ...dataset, facets: Object.assign({}, dataset.facets, ...more) as Facets };
}

export const nameOf = ({ namespace, name }: DatasetName): DatasetName => ({ namespace, name });
