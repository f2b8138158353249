// All brands whose rows may lie in the layers.
import type { Brand, Config } from './config';

/** All brands whose rows may lie in the layers: the configured ones in their order, then those of earlier configs. */
export function brandsThere({ brands, formerBrands = [] }: Config): readonly Brand[] {
  return formerBrands.length === 0 ? brands : [...brands, ...formerBrands];
}
