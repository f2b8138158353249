// What is known of a slot's files from their manifests alone: headers, columns without a value, values that failed.
import {
  type Acceptances,
  type Lake,
  type Manifest,
  type ManifestHead,
  failedShares,
  readAcceptances,
} from '../../lake';
import { type DateKey, defined } from '../../model';

/** One file of a slot. */
export interface SlotFile {
  /** Landing file. */
  readonly file: string;
  /** Its Parquet in raw, relative to the data folder, and the key of it. */
  readonly path: string;
  readonly key: string;
  readonly rows: number;
  readonly headers: readonly string[];
  /** Headers without a value below them; absent where the manifest does not say. */
  readonly empty?: readonly string[];
}

/** A brand's table of a date, as it is published. */
export interface SlotRecord {
  readonly date: DateKey;
  readonly files: readonly SlotFile[];
  /** Percent of values that did not convert, by column, where any did not; absent where there is no silver. */
  readonly failed?: Readonly<Record<string, number>>;
  /** A plan is about to change it: what it will be is not known yet. */
  readonly changing?: true;
}

/** What was received of slots so far, and what was accepted of it. */
export interface SlotHistory {
  readonly on: (date: DateKey, brand: string, table: string) => SlotRecord | undefined;
  /** Earlier dates with files of the slot, newest first. */
  readonly before: (date: DateKey, brand: string, table: string) => Iterable<SlotRecord>;
  readonly accepted: (brand: string, table: string) => Acceptances;
}

type Raw = Pick<ManifestHead, 'key' | 'output' | 'source'>;
type Silver = Pick<ManifestHead, 'failed'>;

/** The record of a slot from the heads of its manifests, parts ascending; undefined without a part. */
export function slotRecord(
  date: DateKey,
  raw: readonly Raw[],
  silver: Silver | undefined,
): SlotRecord | undefined {
  if (raw.length === 0) return undefined;
  const files = raw.map(({ key, output, source }): SlotFile => ({
    file: source?.file ?? output.path,
    path: output.path,
    key,
    rows: output.rows,
    headers: source?.format.columns ?? [],
    ...defined({ empty: source?.empty }),
  }));
  return { date, files, ...defined({ failed: silver?.failed ?? (silver && {}) }) };
}

/** As `slotRecord`, of whole manifests. */
export const recordOf = (
  date: DateKey,
  raw: readonly Manifest[],
  silver: Pick<Manifest, 'conversions' | 'edges'> | undefined,
): SlotRecord | undefined => slotRecord(date, raw, silver && { failed: failedShares(silver) });

/** Looked up in what is published now. */
export function publishedSlots(lake: Lake): SlotHistory {
  const on: SlotHistory['on'] = (date, brand, table) =>
    recordOf(date, lake.readableParts(date, brand, table), lake.published('silver', date, table, brand));
  return {
    on,
    *before(date, brand, table) {
      for (const day of lake.dates('raw').toReversed()) {
        const record = day < date ? on(day, brand, table) : undefined;
        if (record !== undefined) yield record;
      }
    },
    accepted: (brand, table) => readAcceptances(lake, brand, table),
  };
}
