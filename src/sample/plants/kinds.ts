// What a plant is, and the sorts of plants that every table has.
import type { Market } from '../market';

/** What becomes of the rows of a plant. */
export type Effect =
  /** Another number of fields than the header: kept out on the way to raw. */
  | { readonly kind: 'ragged'; readonly fields: 'too few' | 'too many' }
  /** Kept out on the way to silver. */
  | { readonly kind: 'rejected'; readonly column: string; readonly why: 'missing' | 'unconvertible' }
  /** One value becomes NULL, the row stays. */
  | { readonly kind: 'null'; readonly column: string }
  /** The row before it once more: one of the two is removed on the way to gold. */
  | { readonly kind: 'duplicate' }
  /** Without a key: kept out on the way to gold. */
  | { readonly kind: 'key missing'; readonly column: string }
  /** `breaks`: for each rule, how many of the plant's rows break it. */
  | {
      readonly kind: 'rules';
      readonly breaks: Readonly<Record<string, readonly number[]>>;
      readonly partner?: readonly string[];
    };

/** Changes fields by column name; `n` counts the plant's own occurrences, `k` its rows within one. */
export type Setter = (column: string, value: string) => void;
export type Change = (set: Setter, m: Market, n: number, k: number) => void;

export interface Plant {
  readonly name: string;
  readonly effect: Effect;
  /** Rows of one occurrence; 1 without it. */
  readonly rows?: number;
  readonly change: Change;
}

/** Row 0 (the only one of most plants) breaks these rules. */
export const breaks = (...rules: readonly string[]): Effect => ({
  kind: 'rules',
  breaks: Object.fromEntries(rules.map((rule) => [rule, [0]])),
});
/** The planted row and the sound row whose value it repeats break these rules. */
export const breaksWithPartner = (...rules: readonly string[]): Effect => ({
  kind: 'rules',
  breaks: Object.fromEntries(rules.map((rule) => [rule, [0]])),
  partner: rules,
});

const nothing: Change = () => undefined;
export const puts =
  (...values: readonly (readonly [string, string])[]): Change =>
  (set) =>
    values.forEach(([column, value]) => set(column, value));

/** Every table has these. */
export const RAGGED: readonly Plant[] = [
  { name: 'too few fields', effect: { kind: 'ragged', fields: 'too few' }, change: nothing },
  { name: 'too many fields', effect: { kind: 'ragged', fields: 'too many' }, change: nothing },
  { name: 'delivered twice', effect: { kind: 'duplicate' }, change: nothing },
];
export const missing = (column: string): Plant => ({
  name: `${column} is missing`,
  effect: { kind: 'rejected', column, why: 'missing' },
  change: puts([column, '']),
});
export const unconvertible = (column: string, value: string): Plant => ({
  name: `${column} cannot be read`,
  effect: { kind: 'rejected', column, why: 'unconvertible' },
  change: puts([column, value]),
});
export const becomesNull = (
  column: string,
  value: string,
  ...also: readonly (readonly [string, string])[]
): Plant => ({
  name: `${column} becomes NULL`,
  effect: { kind: 'null', column },
  change: puts([column, value], ...also),
});
export const HOUR = 3600;
export const noon = (m: Market): number => m.day * 86400 + 12 * HOUR;
