// What must come out of a sample, counted while it is written and never by running the engine.
import type { DateKey } from '../engine';
import type { Effect, Plant } from './plants';
import { rulesOf, TABLE_NAMES, type TableName } from './tables';

/** The truth's file in a sample workspace. */
export const TRUTH_FILE = 'sample_truth.json';

/** One file below landing. Counts are 0 where the file is not read. */
export interface FileTruth {
  /** Relative to landing, with "/". */
  readonly file: string;
  readonly date: DateKey | null;
  readonly brand: string | null;
  readonly table: string | null;
  readonly fate: 'read' | 'ignored' | 'rejected' | 'duplicate';
  /** Why it is not read, in words; for duplicates the file it repeats. */
  readonly reason?: string;
  readonly style?: {
    readonly encoding: string;
    readonly bom: boolean;
    readonly delimiter: string;
    readonly newline: string;
    readonly quoting: string;
    readonly escape: string;
    readonly compression: string;
    /** As written; the config's names for a file without a header. */
    readonly columns: readonly string[];
  };
  /** Records: header, preamble, blank and footer lines left out; kept-out ones are among them. */
  readonly records: number;
  readonly header: 0 | 1;
  readonly preamble: number;
  readonly blank: number;
  readonly footer: number;
  /** Kept out on the way to raw. */
  readonly too_few_fields: number;
  readonly too_many_fields: number;
  /** Rows of raw: records less the ones kept out. */
  readonly raw: number;
}

/** One date, brand and table, over all its files. */
export interface SlotTruth {
  readonly date: DateKey;
  readonly brand: string;
  readonly table: TableName;
  readonly raw: number;
  readonly silver: number;
  /** Rows kept out on the way to silver, by column. */
  readonly rejected: readonly {
    readonly column: string;
    readonly why: 'missing' | 'unconvertible';
    readonly rows: number;
  }[];
  /** Values that became NULL, by column. */
  readonly conversions: readonly { readonly column: string; readonly values: number }[];
}

/** One date and table over all brands. */
export interface TableTruth {
  readonly date: DateKey;
  readonly table: TableName;
  readonly silver: number;
  readonly duplicates: number;
  readonly key_missing: number;
  readonly gold: number;
  /** Failing rows of gold by the id of each enabled rule; 0 for rules about the whole table, which all pass. */
  readonly rules: Readonly<Record<string, number>>;
  /** Rows of gold that break at least one rule that rejects. */
  readonly rejected: number;
  /** Rows of gold that break none: they are loaded. */
  readonly accepted: number;
}

/** One kind of fault in one file, with where to find it. */
interface PlantTruth {
  readonly file: string;
  readonly date: DateKey;
  readonly brand: string;
  readonly table: TableName;
  readonly plant: string;
  readonly effect: Effect['kind'];
  readonly rows: number;
  /** `_source_row` of the first of them (at most 20); for ragged ones the number of the row before. */
  readonly source_rows: readonly number[];
}

export interface SampleTruth {
  readonly version: 1;
  readonly seed: number;
  readonly rows: number;
  readonly dates: readonly DateKey[];
  readonly files: readonly FileTruth[];
  readonly slots: readonly SlotTruth[];
  readonly tables: readonly TableTruth[];
  readonly planted: readonly PlantTruth[];
  /** Expected files that are not there. */
  readonly missing: readonly { readonly date: DateKey; readonly brand: string; readonly table: string }[];
  /** Bytes below landing. */
  readonly bytes: number;
}

/** The counts of one file, filled while its rows are written. */
export interface Tally {
  records: number;
  tooFew: number;
  tooMany: number;
  readonly rejected: Map<string, { column: string; why: 'missing' | 'unconvertible'; rows: number }>;
  readonly nulls: Map<string, number>;
  duplicates: number;
  keyMissing: number;
  readonly rules: Map<string, number>;
  /** Rows of gold that break at least one rejecting rule. */
  rejectedByRules: number;
  readonly places: Map<string, { plant: Plant; rows: number; sourceRows: number[] }>;
}

export function emptyTally(): Tally {
  return {
    records: 0,
    tooFew: 0,
    tooMany: 0,
    rejected: new Map(),
    nulls: new Map(),
    duplicates: 0,
    keyMissing: 0,
    rules: new Map(),
    rejectedByRules: 0,
    places: new Map(),
  };
}

/** Rows that reach raw. */
export function rawRows(tally: Tally): number {
  return tally.records - tally.tooFew - tally.tooMany;
}

/** Counts one planted row, already among the records; `k` is its place within its occurrence. */
export function countPlanted(tally: Tally, plant: Plant, k: number, rejecting: ReadonlySet<string>): void {
  const { effect } = plant;
  const add = (counts: Map<string, number>, key: string, n: number): void => {
    counts.set(key, (counts.get(key) ?? 0) + n);
  };
  switch (effect.kind) {
    case 'ragged':
      if (effect.fields === 'too few') tally.tooFew++;
      else tally.tooMany++;
      break;
    case 'rejected': {
      const key = `${effect.column} ${effect.why}`;
      const known = tally.rejected.get(key) ?? { column: effect.column, why: effect.why, rows: 0 };
      known.rows++;
      tally.rejected.set(key, known);
      break;
    }
    case 'null':
      add(tally.nulls, effect.column, 1);
      break;
    case 'duplicate':
      tally.duplicates++;
      break;
    case 'key missing':
      tally.keyMissing++;
      break;
    case 'rules': {
      const broken = Object.entries(effect.breaks).filter(([, rows]) => rows.includes(k));
      // The partner is a sound row, the same for all rules of the plant: it is rejected once.
      const partner = effect.partner ?? [];
      for (const [rule] of broken) add(tally.rules, rule, partner.includes(rule) ? 2 : 1);
      if (broken.some(([rule]) => rejecting.has(rule))) tally.rejectedByRules++;
      if (broken.some(([rule]) => rejecting.has(rule) && partner.includes(rule))) tally.rejectedByRules++;
      break;
    }
    default:
      effect satisfies never;
  }
  const place = tally.places.get(plant.name) ?? { plant, rows: 0, sourceRows: [] };
  place.rows++;
  if (place.sourceRows.length < 20) place.sourceRows.push(rawRows(tally));
  tally.places.set(plant.name, place);
}

/** A file that was read, for the sums over slots and tables. */
export interface ReadFile {
  readonly date: DateKey;
  readonly brand: string;
  readonly table: TableName;
  readonly file: string;
  readonly tally: Tally;
}

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((n, item) => n + of(item), 0);

/** Adds up the files of each slot, in the order they are given. */
export function slotTruths(files: readonly ReadFile[]): readonly SlotTruth[] {
  return [...grouped(files, (f) => `${f.date}/${f.brand}/${f.table}`).values()].flatMap((parts) => {
    const [first] = parts;
    if (first === undefined) return [];
    const { date, brand, table } = first;
    const raw = sum(parts, (f) => rawRows(f.tally));
    const rejected = [
      ...grouped(
        parts.flatMap((f) => [...f.tally.rejected.values()]),
        (r) => `${r.column} ${r.why}`,
      ).values(),
    ].flatMap(([one, ...more]) =>
      one === undefined ? [] : [{ ...one, rows: one.rows + sum(more, (r) => r.rows) }],
    );
    const conversions = [
      ...grouped(
        parts.flatMap((f) => [...f.tally.nulls]),
        ([column]) => column,
      ),
    ].map(([column, counts]) => ({ column, values: sum(counts, ([, n]) => n) }));
    return [{ date, brand, table, raw, silver: raw - sum(rejected, (r) => r.rows), rejected, conversions }];
  });
}

/** Adds up all brands of each date and table. */
export function tableTruths(files: readonly ReadFile[], dates: readonly DateKey[]): readonly TableTruth[] {
  const silver = grouped(slotTruths(files), (s) => `${s.date}/${s.table}`);
  const read = grouped(files, (f) => `${f.date}/${f.table}`);
  return dates.flatMap((date) =>
    TABLE_NAMES.map((table) => {
      const parts = read.get(`${date}/${table}`) ?? [];
      const rows = sum(silver.get(`${date}/${table}`) ?? [], (s) => s.silver);
      const duplicates = sum(parts, (f) => f.tally.duplicates);
      const keyMissing = sum(parts, (f) => f.tally.keyMissing);
      const rejected = sum(parts, (f) => f.tally.rejectedByRules);
      const gold = rows - duplicates - keyMissing;
      return {
        date,
        table,
        silver: rows,
        duplicates,
        key_missing: keyMissing,
        gold,
        rules: Object.fromEntries(
          rulesOf(table).map(({ id }) => [id, sum(parts, (f) => f.tally.rules.get(id) ?? 0)]),
        ),
        rejected,
        accepted: gold - rejected,
      };
    }),
  );
}

function grouped<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}
