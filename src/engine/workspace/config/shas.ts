// Hashes of the parts of the config that decide a step's output: equal hash, equal work.
import { createHash } from 'node:crypto';
import {
  brandsThere,
  type Column,
  type Config,
  type Rule,
  type Settings,
  type Table,
  findTable,
  formatHintOf,
  tableOfBrand,
} from '../../model';

/** Names of columns as a file may have them, and the format stated for it: all that decides how a file is read. */
export function rawConfigSha(config: Config, table: string, brand: string): string {
  const { columns } = tableOf(config, table);
  const names = columns.filter((c) => c.derived === undefined).map((c) => [c.name, c.source]);
  const hint = formatHintOf(config, brand, table);
  // The marks of numbers are silver's.
  const stated = hint === undefined ? {} : without(hint, 'places', 'decimal', 'thousands');
  return shaOf(Object.keys(stated).length === 0 ? names : { names, stated });
}

/**
 * Columns with all they do to a value, null values, what becomes of extra columns, the brand's time zone and the
 * marks of its numbers.
 */
export function silverConfigSha(config: Config, table: string, brand: string): string {
  const { columns, nullValues, extraColumns } = tableOfBrand(config, brand, tableOf(config, table));
  const zone = brandsThere(config).find((b) => b.name === brand)?.timezone;
  const usesZone = columns.some((c) => c.timezone === 'brand');
  return shaOf({
    columns: columns.map(columnWork),
    nullValues: [...new Set(nullValues)].sort(),
    extraColumns,
    zone: usesZone ? zone : undefined,
  });
}

/** Key, deduplication, what the technical checks look at, and the order of brands. */
export function goldConfigSha(config: Config, table: string): string {
  const { primaryKey, deduplicate, columns, extraColumns } = tableOf(config, table);
  return shaOf({
    primaryKey,
    deduplicate,
    extraColumns,
    columns: columns.map(({ name, type, required }) => ({ name, type, required })),
    brands: brandsThere(config).map((b) => b.name),
  });
}

/** The table's enabled rules, the limits of what may be lost, the thresholds all fall back on, and the codes the warehouse is given. */
export function rulesConfigSha(config: Config, settings: Settings, table: string): string {
  const { maxRejected, columns } = tableOf(config, table);
  const limited = columns.filter((c) => c.maxFailed !== undefined);
  return shaOf({
    rules: config.rules.filter((rule) => rule.table === table && rule.enabled).map(ruleWork),
    errorThreshold: settings.errorThreshold,
    warningThreshold: settings.warningThreshold,
    codes: brandsThere(config).map(({ name, code }) => [name, code]),
    maxRejected,
    maxFailed: limited.length === 0 ? undefined : limited.map((c) => [c.name, c.maxFailed]),
  });
}

/** The whole config, words included, places left out. */
export function configSha(config: Config): string {
  return shaOf({
    brands: config.brands.map((brand) => ({
      ...without(brand, 'location'),
      format: brand.format && without(brand.format, 'places'),
      tableFormats:
        brand.tableFormats &&
        Object.fromEntries(
          Object.entries(brand.tableFormats).map(([name, hint]) => [name, without(hint, 'places')]),
        ),
    })),
    tables: config.tables.map((table) => ({
      ...without(table, 'location'),
      format: table.format && without(table.format, 'places'),
      columns: table.columns.map((column) => without(column, 'location', 'locations', 'ownDecimal')),
    })),
    rules: config.rules.map((rule) => without(rule, 'location', 'lines')),
  });
}

function tableOf(config: Config, name: string): Table {
  const table = findTable(config, name);
  if (table === undefined) throw new Error(`No table ${name} in the config.`);
  return table;
}

function columnWork(column: Column): object {
  return without(column, 'maxFailed', 'description', 'sensitive', 'ownDecimal', 'location', 'locations');
}

function ruleWork(rule: Rule): object {
  return without(rule, 'description', 'tags', 'enabled', 'location', 'lines');
}

function without<T extends object>(value: T, ...keys: readonly (keyof T & string)[]): object {
  const left: ReadonlySet<string> = new Set(keys);
  return Object.fromEntries(Object.entries(value).filter(([key]) => !left.has(key)));
}

function shaOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

/** JSON with the keys of every object in order, and without members that are undefined. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(',')}}`;
}
