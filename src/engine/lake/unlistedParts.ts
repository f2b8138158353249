// Raw parts that lie in the data folder without a manifest: as if they had never come, their rows would leave the warehouse.
import { basename, join } from 'node:path';
import { foldName } from '../base';
import { type Config, type DateKey, type Settings, brandsThere, defined } from '../model';
import { type DamagedManifest, folderEntries } from './manifestsOfDate';
import { segment } from './pathSegment';

/** Where a raw part belongs. */
export interface PartName {
  readonly brand: string;
  readonly table: string;
  readonly part: number;
}

/** Files under the names of a part that no manifest tells of. Paths are absolute. */
export interface UnlistedPart extends PartName {
  readonly parquet: string | undefined;
  /** One, unless somebody put another beside it. */
  readonly originals: readonly string[];
  readonly archived: readonly string[];
  /** The folder of an earlier name of its brand, where it lies in that. */
  readonly under?: string;
}

const partId = ({ brand, table, part }: PartName): string => JSON.stringify([brand, table, part]);

/** The parts of a date that lie in raw or in the archive without a manifest, in the order of brands, tables and parts. */
export function unlistedParts(
  settings: Settings,
  config: Config,
  date: DateKey,
  manifests: Iterable<{ readonly brand?: string; readonly table: string; readonly part?: number }>,
): readonly UnlistedPart[] {
  const listed = new Set<string>();
  for (const { brand = '', table, part = 1 } of manifests)
    listed.add(partId({ brand: segment(brand), table, part }));
  const tableOf = tablesByStem(config);
  return brandFolders(settings, config, date).flatMap(({ brand, folder: brandFolder, under }) => {
    const found = new Map<string, { -readonly [K in keyof UnlistedPart]: UnlistedPart[K] }>();
    for (const [kind, layer] of [
      ['raw', settings.rawDir],
      ['archive', settings.archiveDir],
    ] as const) {
      const folder = join(layer, date, brandFolder);
      for (const name of filesIn(folder)) {
        const read = readName(name, tableOf);
        if (read === undefined) continue;
        const { table, part, extension } = read;
        const id = partId({ brand: brandFolder, table, part });
        if (listed.has(id)) continue;
        const known = found.get(id) ?? {
          brand,
          table,
          part,
          parquet: undefined,
          originals: [],
          archived: [],
          ...defined({ under }),
        };
        found.set(id, known);
        const path = join(folder, name);
        if (kind === 'archive') known.archived = [...known.archived, path];
        else if (extension === 'parquet') known.parquet = path;
        else known.originals = [...known.originals, path];
      }
    }
    const order = config.tables.map((table) => table.name);
    return [...found.values()].sort(
      (a, b) => order.indexOf(a.table) - order.indexOf(b.table) || a.part - b.part,
    );
  });
}

interface BrandFolder {
  readonly brand: string;
  readonly folder: string;
  readonly under?: string;
}

/** The folders of a date that may hold parts of brands: those of their names, and of earlier names (aliases). */
function brandFolders(settings: Settings, config: Config, date: DateKey): readonly BrandFolder[] {
  const own = brandsThere(config).map(({ name }): BrandFolder => ({ brand: name, folder: segment(name) }));
  const known = new Set(own.map(({ folder }) => folder));
  const others = [settings.rawDir, settings.archiveDir].flatMap((layer) =>
    folderEntries(join(layer, date)).flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])),
  );
  const earlier = [...new Set(others)].sort().flatMap((folder): readonly BrandFolder[] => {
    if (known.has(folder)) return [];
    const named = config.brands.find(({ aliases }) =>
      aliases.some((alias) => foldName(segment(alias)) === foldName(folder)),
    );
    return named === undefined ? [] : [{ brand: named.name, folder, under: folder }];
  });
  return [...own, ...earlier];
}

/** The part that a damaged manifest of raw was about, by its place; undefined where that is not configured. */
export function partOfManifest(config: Config, { path }: DamagedManifest): PartName | undefined {
  const brand = brandsThere(config).find(({ name }) => segment(name) === basename(join(path, '..')));
  const read = readName(basename(path), tablesByStem(config));
  return brand === undefined || read?.extension !== 'json'
    ? undefined
    : { brand: brand.name, table: read.table, part: read.part };
}

/** Dates that have a folder in raw or in the archive, ascending. */
export function storedDates(settings: Settings): readonly DateKey[] {
  const dates = [settings.rawDir, settings.archiveDir].flatMap((layer) =>
    folderEntries(layer)
      .map(({ name }) => name)
      .filter((name) => /^\d{8}$/.test(name)),
  );
  return [...new Set(dates)].sort();
}

const tablesByStem = (config: Config): ReadonlyMap<string, string> =>
  new Map(config.tables.map(({ name }) => [segment(name), name]));

/** `<Table>.<extension>` or `<Table>.<part>.<extension>`, as the lake names what it writes. */
function readName(
  name: string,
  tableOf: ReadonlyMap<string, string>,
): { readonly table: string; readonly part: number; readonly extension: string } | undefined {
  const [, stem = '', part = '1', extension = ''] =
    /^([^.]+)(?:\.([1-9]\d{0,5}))?\.(parquet|json|(?:csv|tsv|txt)(?:\.(?:gz|zst|zip))?(?:\.gz)?)$/.exec(
      name,
    ) ?? [];
  const table = tableOf.get(stem);
  return table === undefined ? undefined : { table, part: Number(part), extension };
}

const filesIn = (folder: string): readonly string[] =>
  folderEntries(folder)
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort();
