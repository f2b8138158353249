// What is there before a run: files in landing, published outputs, and what the warehouse confirms.
import { statSync } from 'node:fs';
import {
  type Acceptances,
  type DateHeads,
  type ManifestHead,
  type OriginalState,
  type UnlistedPart,
  type KnownContent,
  type Lake,
  type Landing,
  type LandingFile,
  type RejectedFile,
  type Stray,
  compareText,
  markDuplicateFiles,
  readHeads,
  readLanding,
  readLedger,
  openRejections,
  rejectedFiles,
  rejectionDates,
  storedDates,
  partOfManifest,
  unlistedParts,
} from '../lake';
import type { EncodingEvidence } from '../csv';
import { loadKey } from '../warehouse';
import {
  type PublishedOutputs,
  type SlotHistory,
  type SlotRecord,
  encodingEvidence,
  observedOn,
  publishedSlots,
  slotRecord,
} from '../stages';
import { type OpenWorkspace, brandOfName } from '../workspace';
import {
  type Config,
  type DateKey,
  type PipelineError,
  type Selection,
  type Settings,
  addDays,
  brandsThere,
  defined,
} from '../model';

/** A published output and whether its file is as its manifest tells. */
export interface Held {
  readonly manifest: ManifestHead;
  readonly intact: boolean;
  /** raw: is its original what the manifest says? */
  readonly original?: OriginalState;
  /** raw: it lies under an earlier name of its brand. */
  readonly carried?: true;
}

export interface DateInventory {
  /** By slot (`slotId`), parts ascending. */
  readonly raw: ReadonlyMap<string, readonly Held[]>;
  readonly silver: ReadonlyMap<string, Held>;
  /** By table. */
  readonly gold: ReadonlyMap<string, Held>;
  readonly validated: ReadonlyMap<string, Held>;
  /** Raw parts that lie there without a manifest, by slot. */
  readonly unlisted: ReadonlyMap<string, readonly UnlistedPart[]>;
  /** What is wrong with manifests of raw that cannot be read, by slot. */
  readonly damaged: ReadonlyMap<string, PipelineError>;
  /** Files of the date that were kept out whole. */
  readonly refused: readonly RejectedFile[];
}

/** Everything a plan is made from, as plain data. */
export interface Inventory extends PublishedOutputs {
  /** The dates the selection means, ascending. */
  readonly dates: readonly DateKey[];
  /** Where no dates were asked for: those that have new files or were left unfinished. Others count only with something to do. */
  readonly open?: ReadonlySet<DateKey>;
  /** Landing files of these dates, by date. */
  readonly waiting: ReadonlyMap<DateKey, readonly LandingFile[]>;
  /** Files of landing that are not taken now: outside the selection, or still being written. They are not missing. */
  readonly left: ReadonlyMap<DateKey, readonly LandingFile[]>;
  /** Files that are left alone, with why: strange names, files still being written, other dates. */
  readonly strays: readonly Stray[];
  readonly held: ReadonlyMap<DateKey, DateInventory>;
  /** Load id of the latest confirmed load by `loadKey(date, table)` of the warehouse. */
  readonly loads: ReadonlyMap<string, string>;
  /** What is known of the encoding of a slot's files beside their bytes. */
  readonly evidenceOf: (slot: {
    readonly date: DateKey;
    readonly brand: string;
    readonly table: string;
  }) => EncodingEvidence;
  /** Keeps what was read of dates that stay as they are, for the next inventory: under the run's lock. */
  readonly keep: (atRest: (date: DateKey) => boolean) => Promise<void>;
}

export const slotId = (brand: string, table: string): string => `${brand}\n${table}`;

/** What an inventory is taken of. */
type OpenedFolders = Pick<OpenWorkspace, 'settings' | 'config' | 'lake'>;

/** What an inventory is taken for. */
interface InventoryRequest {
  readonly selection: Selection;
  readonly today: DateKey;
  /** Confirmed loads, from the warehouse, which alone knows. */
  readonly loads: ReadonlyMap<string, string>;
  readonly signal: AbortSignal | undefined;
  /** Is a landing file complete? Those that are not wait for the next run. Without it all of them are. */
  readonly settled?: ((file: LandingFile) => boolean) | undefined;
  /** What lies in landing, where that is known; it is read without it. */
  readonly landing?: Landing;
}

/** Reads landing, manifests and history. */
export async function takeInventory(
  { settings, config, lake }: OpenedFolders,
  { selection, today, loads, signal, landing: known, settled = (): boolean => true }: InventoryRequest,
): Promise<Inventory> {
  const landing = known ?? (await readLanding(settings, config, signal));
  const { dates, open } = selectedDates(lake, { selection, today, loads }, landing.files);
  const chosen = new Set(dates);
  const read = dates.map((date) => [date, readHeads(lake, date)] as const);
  const held = new Map(read.map(([date, heads]) => [date, dateInventory({ lake, config }, date, heads)]));
  const selected = landing.files.filter(
    (f) => chosen.has(f.date) && chosenBy(selection.brands, f.brand) && chosenBy(selection.tables, f.table),
  );
  const files = selected.filter(settled);
  const taken = new Set(files);
  const written = new Set(selected.filter((f) => !taken.has(f)));
  const others = landing.files.filter((f) => !taken.has(f) && !written.has(f));
  const marked = await markDuplicateFiles(
    settings,
    files,
    files.length === 0 ? [] : knownContent(lake, held),
    signal,
  );
  return {
    dates,
    ...defined({ open }),
    waiting: byDate(marked),
    left: byDate([...written, ...others]),
    strays: [
      ...landing.strays,
      ...[...written].map((f): Stray => ({
        path: f.path,
        status: 'waiting',
        reason: 'it is still being written, the next run takes it',
        date: f.date,
      })),
      ...others.map((f): Stray => ({
        path: f.path,
        status: 'ignored',
        reason: outside(f, chosen, selection, settings),
        date: f.date,
      })),
    ].sort((a, b) => compareText(a.path, b.path)),
    held,
    loads,
    ...publishedBy(lake, held),
    evidenceOf: (slot) => encodingEvidence(lake, config, slot),
    keep: async (atRest) => {
      for (const [date, heads] of read) if (atRest(date)) await heads.keep();
    },
  };
}

/** What is published, by the manifests that were read already; of other dates it is read where it is asked for. */
function publishedBy(lake: Lake, held: ReadonlyMap<DateKey, DateInventory>): PublishedOutputs {
  const goldDates = lake.dates('gold');
  const seen = new Map<string, ReturnType<typeof observedOn>>();
  const rejected = new Map<DateKey, readonly RejectedFile[]>();
  const goldKeyOf: PublishedOutputs['goldKeyOf'] = (table, date) => {
    const of = held.get(date);
    return of === undefined ? lake.published('gold', date, table)?.key : of.gold.get(table)?.manifest.key;
  };
  return {
    goldKeyOf,
    latestGoldBefore: (table, date) =>
      goldDates.findLast((d) => d < date && goldKeyOf(table, d) !== undefined),
    observedOn: (table, date) => {
      const noted = held.get(date)?.validated.get(table)?.manifest.observed;
      if (noted !== undefined) return noted;
      const name = `${date} ${table}`;
      if (!seen.has(name)) seen.set(name, observedOn(lake, table, date));
      return seen.get(name);
    },
    rejectedOf: (table, date) => {
      // Most dates have none, which is known.
      if (held.get(date)?.refused.length === 0) return [];
      const files = rejected.get(date) ?? openRejections(lake, date);
      rejected.set(date, files);
      return files.filter((file) => file.table === table);
    },
    slots: slotHistory(lake, held),
  };
}

/** What was received of slots: of the dates of the inventory as they were read, of earlier ones as it is asked for. */
function slotHistory(lake: Lake, held: ReadonlyMap<DateKey, DateInventory>): SlotHistory {
  const published = publishedSlots(lake);
  const days = lake.dates('raw').toReversed();
  const read: SlotHistory['on'] = (date, brand, table) => {
    const there = held.get(date);
    if (there === undefined) return published.on(date, brand, table);
    const slot = slotId(brand, table);
    const raw = (there.raw.get(slot) ?? []).map(({ manifest }) => manifest);
    return slotRecord(date, raw, there.silver.get(slot)?.manifest);
  };
  // Each is asked for by its own date and by those after it.
  const records = new Map<string, SlotRecord | undefined>();
  const on: SlotHistory['on'] = (date, brand, table) => {
    const name = `${date}\n${slotId(brand, table)}`;
    if (!records.has(name)) records.set(name, read(date, brand, table));
    return records.get(name);
  };
  const accepted = new Map<string, Acceptances>();
  return {
    on,
    *before(date, brand, table) {
      for (const day of days) {
        const record = day < date ? on(day, brand, table) : undefined;
        if (record !== undefined) yield record;
      }
    },
    accepted: (brand, table) => {
      const slot = slotId(brand, table);
      const known = accepted.get(slot) ?? published.accepted(brand, table);
      accepted.set(slot, known);
      return known;
    },
  };
}

/** What raw holds, for files that repeat it. */
function knownContent(lake: Lake, held: ReadonlyMap<DateKey, DateInventory>): readonly KnownContent[] {
  return [...held].flatMap(([date, { raw }]) =>
    [...raw.values()].flat().flatMap(({ manifest: { table, brand, source } }) =>
      source === undefined
        ? []
        : [
            {
              date,
              table,
              brand: brand ?? '',
              bytes: source.bytes,
              sha256: source.sha256,
              path: source.file,
              settled: () =>
                statSync(lake.absolute(source.original), { throwIfNoEntry: false }) !== undefined,
            },
          ],
    ),
  );
}

/** Landing files by their date, in their order. */
export function byDate(files: readonly LandingFile[]): ReadonlyMap<DateKey, readonly LandingFile[]> {
  const found = new Map<DateKey, LandingFile[]>();
  for (const file of files) {
    const list = found.get(file.date);
    if (list === undefined) found.set(file.date, [file]);
    else list.push(file);
  }
  return found;
}

const chosenBy = (list: readonly string[] | undefined, name: string): boolean =>
  list === undefined || list.length === 0 || list.includes(name);

function outside(
  file: LandingFile,
  chosen: ReadonlySet<DateKey>,
  selection: Selection,
  settings: Settings,
): string {
  if (chosen.has(file.date)) return 'its brand or table is outside the selection';
  return selection.dates === undefined
    ? `its date ${file.date} is not within the last ${settings.maxDaysBack} days: run it with --date ${file.date}`
    : `its date ${file.date} is outside the selection`;
}

/** Heads as those of the brands they belong to: one that was renamed has its raw files still, nothing else. */
function ofBrands(
  config: Config,
  heads: readonly ManifestHead[],
): readonly (ManifestHead & { carried?: true })[] {
  const known = new Set(brandsThere(config).map(({ name }) => name));
  return heads.flatMap((head) => {
    if (head.brand === undefined || known.has(head.brand)) return [head];
    const brand = brandOfName(config.brands, head.brand)?.name;
    if (brand === undefined) return [head];
    return head.layer === 'raw' ? [{ ...head, brand, carried: true as const }] : [];
  });
}

function dateInventory(
  { lake, config }: Pick<OpenedFolders, 'lake' | 'config'>,
  date: DateKey,
  { heads, damaged }: Pick<DateHeads, 'heads' | 'damaged'>,
): DateInventory {
  const hold = ({ carried, ...manifest }: ManifestHead & { carried?: true }): Held => ({
    manifest,
    intact: lake.intact(manifest),
    ...defined({ carried }),
  });
  const raw = new Map<string, Held[]>();
  const silver = new Map<string, Held>();
  const gold = new Map<string, Held>();
  const validated = new Map<string, Held>();
  for (const head of ofBrands(config, heads)) {
    const slot = slotId(head.brand ?? '', head.table);
    switch (head.layer) {
      case 'raw':
        raw.set(
          slot,
          [...(raw.get(slot) ?? []), { ...hold(head), ...originalOf(lake, head) }].sort(
            (a, b) =>
              Number(a.carried ?? false) - Number(b.carried ?? false) ||
              (a.manifest.part ?? 1) - (b.manifest.part ?? 1),
          ),
        );
        break;
      case 'silver':
        silver.set(slot, hold(head));
        break;
      case 'gold':
        gold.set(head.table, hold(head));
        break;
      case 'validated':
        validated.set(head.table, hold(head));
        break;
      default:
        head.layer satisfies never;
    }
  }
  const broken = new Map<string, PipelineError>();
  const brokenParts = damaged.flatMap((one) => {
    const part = partOfManifest(config, one);
    if (part !== undefined) broken.set(slotId(part.brand, part.table), one.error);
    return part ?? [];
  });
  const listed = [...heads.filter(({ layer }) => layer === 'raw'), ...brokenParts];
  const unlisted = new Map<string, UnlistedPart[]>();
  for (const part of unlistedParts(lake.settings, config, date, listed)) {
    const slot = slotId(part.brand, part.table);
    unlisted.set(slot, [...(unlisted.get(slot) ?? []), part]);
  }
  return {
    ...{ raw, silver, gold, validated, unlisted },
    damaged: broken,
    refused: rejectedFiles(lake, date).map((file) => ({
      ...file,
      brand: brandOfName(config.brands, file.brand)?.name ?? file.brand,
    })),
  };
}

const originalOf = (lake: Lake, { source }: ManifestHead): Pick<Held, 'original'> =>
  source === undefined ? {} : { original: lake.originalState(source) };

/** Without dates: all within MAX_DAYS_BACK days of today; `open` are those with new files or left unfinished. */
function selectedDates(
  lake: Lake,
  { selection, today, loads }: Omit<InventoryRequest, 'signal' | 'landing'>,
  files: readonly LandingFile[],
): Pick<Inventory, 'dates' | 'open'> {
  const { dates } = selection;
  const there = new Set([
    ...files.map((f) => f.date),
    ...lake.dates('raw'),
    ...lake.dates('gold'),
    ...storedDates(lake.settings),
  ]);
  if (dates !== undefined && 'from' in dates) {
    const { from, to } = dates;
    const rejected = rejectionDates(lake).filter((d) => !there.has(d) && openRejections(lake, d).length > 0);
    return { dates: [...there, ...rejected].filter((d) => d >= from && d <= to).sort() };
  }
  if (dates !== undefined) return { dates: [...new Set(dates)].sort() };
  const earliest = addDays(today, -lake.settings.maxDaysBack);
  const unloaded = lake
    .dates('raw')
    .filter(
      (d) =>
        d >= earliest && lake.readManifests('raw', d).manifests.some((m) => !loads.has(loadKey(d, m.table))),
    );
  const unfinished = unfinishedDates(lake);
  return {
    dates: [...new Set([...there, ...unfinished])]
      .filter((d) => d >= earliest && d <= addDays(today, 1))
      .sort(),
    open: new Set([...files.map((f) => f.date), ...unfinished, ...unloaded]),
  };
}

/** Is an original to be looked at again? One that is missing is on its way from landing, or its step says so. */
export const isAltered = (state: OriginalState | undefined): boolean =>
  state === 'changed' || state === 'touched';

/** Dates whose last run did not end well, or never ended. */
export function unfinishedDates(lake: Lake): readonly DateKey[] {
  const open = new Set<DateKey>();
  for (const entry of readLedger(lake.stateDir, 'run').entries) {
    if (entry.kind !== 'run') continue;
    for (const date of entry.dates) {
      if (entry.status === 'ok') open.delete(date);
      else open.add(date);
    }
  }
  return [...open];
}
