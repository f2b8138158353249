// Brands that are no longer in the config: what is known of them is kept as long as their rows may lie in the layers.
import { join } from 'node:path';
import { foldName, writeWhole, readRegularText } from '../../base';
import { brandsFile, openLake, stateFolders } from '../../lake';
import { type Brand, type Config, type Settings, brandsThere } from '../../model';

/** A brand as it is kept; where it stood is not. */
type KeptBrand = Omit<Brand, 'location'>;

/** The brand that a name means in the config: its own name or an alias, without case. */
export function brandOfName(brands: readonly Brand[], name: string): Brand | undefined {
  const folded = foldName(name);
  return brands.find((brand) => [brand.name, ...brand.aliases].some((one) => foldName(one) === folded));
}

/**
 * Brands that were configured once and are no more, not even as an alias, by name. A lake from before they were kept
 * shows them by its raw files; their code is then their name.
 */
export function formerBrands(settings: Settings, brands: readonly Brand[]): readonly Brand[] {
  const kept = readKept(settings) ?? unknownBrands(settings, brands);
  const location = { file: join(settings.configDir, 'brand_configs.json') };
  return kept
    .filter(({ name }) => brandOfName(brands, name) === undefined)
    .map((brand) => ({ ...brand, location }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function readKept(settings: Settings): readonly KeptBrand[] | undefined {
  try {
    const path = brandsFile(stateFolders(settings).stateDir);
    const { brands } = JSON.parse(readRegularText(path)) as { brands?: unknown };
    return Array.isArray(brands) ? (brands as readonly KeptBrand[]) : undefined;
  } catch {
    // None yet, or damaged: what lies there tells the names.
    return undefined;
  }
}

function unknownBrands(settings: Settings, brands: readonly Brand[]): readonly KeptBrand[] {
  const configured = new Set(brands.map(({ name }) => name));
  return openLake(settings)
    .rawBrands(configured)
    .map((name) => ({ name, code: name, displayName: name, aliases: [], timezone: 'UTC' }));
}

const VERSION = 1;

/** Keeps the brands of a config beside those of earlier ones, where that is new: under the run's lock. */
export async function keepBrands(settings: Settings, config: Config): Promise<void> {
  const brands = JSON.stringify(
    brandsThere(config),
    (key, value: unknown) => (key === 'location' || key === 'places' ? undefined : value),
    2,
  );
  if (JSON.stringify(readKept(settings), undefined, 2) === brands) return;
  const { stateDir, temporaryDir } = stateFolders(settings);
  await writeWhole(brandsFile(stateDir), `{"version": ${VERSION}, "brands": ${brands}}\n`, temporaryDir);
}
