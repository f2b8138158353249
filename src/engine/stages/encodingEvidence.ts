// What is known of a file's encoding beside its bytes: the brand's time zone, and earlier files of the brand and table.
import type { EncodingEvidence } from '../csv';
import type { Lake, Manifest, ManifestHead } from '../lake';
import { type Brand, type Config, type DateKey, type Table, defined } from '../model';
import { evidencedKey, rawKey } from './outputKeys';

const CENTRAL =
  /^(?:Europe\/(?:Prague|Bratislava|Warsaw|Budapest|Bucharest|Ljubljana|Zagreb|Belgrade|Sarajevo|Podgorica|Tirane|Chisinau)|Poland|Hungary)$/;
const WESTERN =
  /^(?:Europe\/(?:Amsterdam|Brussels|Luxembourg|Berlin|Busingen|Vienna|Zurich|Vaduz|Paris|Monaco|London|Dublin|Madrid|Lisbon|Rome|Copenhagen|Stockholm|Oslo|Helsinki)|Atlantic\/Reykjavik)$/;
/** So many dates with files are looked at. */
const DATES_BACK = 31;

function regionOf(brand: Brand | undefined): EncodingEvidence['region'] {
  if (brand === undefined) return undefined;
  if (CENTRAL.test(brand.timezone)) return 'central';
  return WESTERN.test(brand.timezone) ? 'western' : undefined;
}

/** Did the bytes of a part settle its encoding, and is it one of those that have to be guessed? */
function settledBy({ source }: Manifest): string | undefined {
  if (source === undefined || source.evidence !== undefined) return undefined;
  const { encoding, confidence, bom, doubts = [], stated = [] } = source.format;
  if (bom || encoding.startsWith('utf-') || stated.includes('encoding')) return undefined;
  if (confidence.encoding < 0.95 || doubts.some((doubt) => doubt.choice === 'encoding')) return undefined;
  return encoding;
}

/**
 * The evidence for a slot's files of a date. Only earlier dates count, and of those only files that were settled by
 * their own bytes: it is the same whatever the order in which dates were run.
 */
export function encodingEvidence(
  lake: Pick<Lake, 'dates' | 'parts'>,
  config: Config,
  { date, brand, table }: { readonly date: DateKey; readonly brand: string; readonly table: string },
): EncodingEvidence {
  const region = regionOf(config.brands.find((one) => one.name === brand));
  let looked = 0;
  for (const day of lake
    .dates('raw')
    .filter((d) => d < date)
    .reverse()) {
    const parts = lake.parts(day, brand, table);
    if (parts.length === 0) continue;
    const earlier = parts.map(settledBy).findLast((encoding) => encoding !== undefined);
    if (earlier !== undefined) return defined({ region, earlier });
    looked += 1;
    if (looked === DATES_BACK) break;
  }
  return defined({ region });
}

/** The key that a raw part would have now; `evidence` is asked where the part was read by it. */
export function rawKeyNow(
  source: NonNullable<ManifestHead['source']>,
  config: Config,
  { table, brand }: { readonly table: Table; readonly brand: string },
  evidence: () => EncodingEvidence,
): string {
  const key = rawKey(source.sha256, config, table, brand);
  return source.evidence === undefined ? key : evidencedKey(key, evidence());
}
