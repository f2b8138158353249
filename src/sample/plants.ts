// What is wrong in the sample, on purpose: each plant adds rows of its own and says what they must come to.
import { VOD, VOD_FACTS } from './plants/catalogue';
import { EPG } from './plants/guide';
import type { Plant } from './plants/kinds';
import { DEVICE, SMARTCARD, USER } from './plants/subscribers';
import { PLAYBACK } from './plants/viewing';
import type { TableName } from './tables';

export type { Effect, Plant } from './plants/kinds';

export const PLANTS: Readonly<Record<TableName, readonly Plant[]>> = {
  User: USER,
  Smartcard: SMARTCARD,
  Device: DEVICE,
  EPG,
  VODCatalog: VOD,
  VODCatalogExtended: VOD_FACTS,
  Playback: PLAYBACK,
};

/** Fewer sound rows than this carry no plants: limits in percent would be broken by a single one. */
const LEAST_ROWS = 60;

/**
 * The plants of a table in the files of a brand: each is found at two of the brands, so that no brand has
 * them all, once for each thousand rows begun.
 */
export function plantsOf(
  table: TableName,
  brand: number,
  brands: number,
  rows: number,
): readonly { readonly plant: Plant; readonly times: number }[] {
  if (rows < LEAST_ROWS) return [];
  return PLANTS[table]
    .filter((_, i) => (i * 2) % brands === brand || (i * 2 + 3) % brands === brand)
    .map((plant) => ({ plant, times: Math.ceil(rows / 1000) }));
}
