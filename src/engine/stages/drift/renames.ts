// Which missing column an unknown header stands for: a proposal with its evidence, never applied by itself.
import { foldHeader } from '../../base';
import { driftId } from '../../lake';
import { type AcceptedDrift, type Drift, defined } from '../../model';
import { type Pair, type SlotDrift, filesText } from './slotDrift';

/** Names that are as near as a mistyped name may be (base/nearest.ts). */
const ALIKE_NAMES = 0.6;
/** Values that few other columns have; fewer are enough where the header stands in the column's old place. */
const ALIKE_VALUES = 0.7;
const ALIKE_IN_PLACE = 0.5;

/** A pair with how alike its values are; absent: they cannot be compared. */
export interface WeighedPair extends Pair {
  readonly likeness?: number;
}

/** Joins missing columns and unknown headers that are alike, and marks what was accepted. */
export function withRenames(
  { drifts }: SlotDrift,
  pairs: readonly WeighedPair[],
  accepted: readonly AcceptedDrift[],
): readonly Drift[] {
  const renames = chosenPairs(pairs).flatMap((pair) => rename(drifts, pair));
  const joined = new Set(
    renames.flatMap((one) => [`column ${one.column}`, `header ${foldHeader(one.header)}`]),
  );
  const isJoined = ({ kind, column, header }: Drift): boolean =>
    (kind === 'missing' && column !== undefined && joined.has(`column ${column}`)) ||
    (kind === 'unknown' && header !== undefined && joined.has(`header ${foldHeader(header)}`));
  const all = [...renames, ...drifts.filter((one) => !isJoined(one))];
  if (accepted.length === 0) return all;
  const known = new Map(accepted.map((one) => [driftId(one), one]));
  const there = new Set(drifts.map(driftId));
  return all.map((one) => marked(one, there, known));
}

/** The likeliest pair first; a column and a header are in one pair at most. */
function chosenPairs(pairs: readonly WeighedPair[]): readonly WeighedPair[] {
  const score = ({ name, likeness = 0, samePlace }: WeighedPair): number =>
    Math.max(name, likeness) + 0.2 * Math.min(name, likeness) + (samePlace ? 0.2 : 0);
  const taken = new Set<string>();
  return pairs
    .filter(
      ({ name, likeness = 0, samePlace }) =>
        name >= ALIKE_NAMES || likeness >= (samePlace ? ALIKE_IN_PLACE : ALIKE_VALUES),
    )
    .toSorted((a, b) => score(b) - score(a))
    .filter(({ column, header }) => {
      const names = [`column ${column}`, `header ${foldHeader(header)}`];
      if (names.some((name) => taken.has(name))) return false;
      for (const name of names) taken.add(name);
      return true;
    });
}

type Rename = Drift & { readonly column: string; readonly header: string };

function rename(drifts: readonly Drift[], pair: WeighedPair): readonly Rename[] {
  const gone = drifts.find((one) => one.kind === 'missing' && one.column === pair.column);
  const come = drifts.find(
    (one) => one.kind === 'unknown' && foldHeader(one.header ?? '') === foldHeader(pair.header),
  );
  if (gone === undefined || come === undefined) return [];
  const { column, header, name, likeness } = pair;
  const percent = (figure: number): string => `${Math.round(figure * 100)} %`;
  const values = likeness === undefined ? '' : `, values ${percent(likeness)}`;
  const files = gone.files.filter((file) => come.files.includes(file));
  return [
    {
      ...{ ...gone, kind: 'renamed', column, header, files },
      likeness: { name, ...(likeness === undefined ? {} : { values: likeness }) },
      message: `Column ${column} is missing in ${filesText(files)}; the nearest header is ${JSON.stringify(header)} (names ${percent(name)} alike${values}). If it is called so now, add it to "source" of the column.`,
    },
  ];
}

/**
 * An accepted rename covers its halves too, while both are there; two accepted halves cover the rename.
 * @param there ids of all drifts; @param known what was accepted, by its id
 */
function marked(one: Drift, there: ReadonlySet<string>, known: ReadonlyMap<string, AcceptedDrift>): Drift {
  const { kind, share } = one;
  const id = driftId(one);
  const own = known.get(id);
  if (own !== undefined && (kind !== 'type' || (share?.now ?? 0) <= (own.share ?? 0)))
    return because(one, own);
  if (kind === 'renamed') {
    const [gone, come] = halvesOf(one).map((half) => known.get(half));
    return gone === undefined || come === undefined ? one : because(one, come);
  }
  if (kind !== 'missing' && kind !== 'unknown') return one;
  for (const accepted of known.values()) {
    if (accepted.kind !== 'renamed') continue;
    const [gone, come] = halvesOf(accepted);
    if ((gone === id || come === id) && there.has(gone) && there.has(come)) return because(one, accepted);
  }
  return one;
}

/** Ids of the missing column and of the unknown header of a rename. */
function halvesOf({ column, header }: Pick<Drift, 'column' | 'header'>): readonly [string, string] {
  return [
    driftId({ kind: 'missing', ...defined({ column }) }),
    driftId({ kind: 'unknown', ...defined({ header }) }),
  ];
}

const because = (one: Drift, { by, at }: AcceptedDrift): Drift => ({ ...one, accepted: { by, at } });
