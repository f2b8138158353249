// The fewest items that still show something: delta debugging (Zeller and Hildebrandt, 2002), bounded.

/** Asks whether some of the items, in their order, still show it. */
export type Shows<T> = (items: readonly T[]) => Promise<boolean>;

export interface Shrunk<T> {
  readonly items: readonly T[];
  /** True: leaving out any single item was tried, and it does not show any more. */
  readonly fewest: boolean;
}

/** May another try be made? */
export type Budget = () => boolean;

/**
 * Shrinks items that are known to show it. Ends when none can be left out, or when the budget is spent.
 * `shows` is never asked twice about the same items.
 */
export async function shrink<T>(items: readonly T[], shows: Shows<T>, budget: Budget): Promise<Shrunk<T>> {
  const asked = new Map<string, boolean>();
  const ask = async (indices: readonly number[]): Promise<boolean> => {
    const key = indices.join(' ');
    const known = asked.get(key);
    if (known !== undefined) return known;
    const answer = await shows(indices.flatMap((i) => items.slice(i, i + 1)));
    asked.set(key, answer);
    return answer;
  };
  const taken = (indices: readonly number[], fewest: boolean): Shrunk<T> => ({
    items: indices.flatMap((i) => items.slice(i, i + 1)),
    fewest,
  });

  let left: readonly number[] = items.map((_, i) => i);
  let parts = 2;
  while (left.length > 0) {
    const size = Math.ceil(left.length / parts);
    let smaller: readonly number[] | undefined;
    for (let from = 0; from < left.length && smaller === undefined; from += size) {
      if (!budget()) return taken(left, false);
      // Alone it is much less; at the finest cut what is left without it decides.
      const alone = left.slice(from, from + size);
      if (left.length > 1 && (await ask(alone))) {
        smaller = alone;
        parts = 2;
      }
    }
    for (let from = 0; from < left.length && smaller === undefined; from += size) {
      if (!budget()) return taken(left, false);
      const rest = [...left.slice(0, from), ...left.slice(from + size)];
      if (await ask(rest)) {
        smaller = rest;
        parts = Math.max(2, parts - 1);
      }
    }
    if (smaller !== undefined) left = smaller;
    else if (size === 1) return taken(left, true);
    else parts = Math.min(left.length, parts * 2);
  }
  return taken(left, true);
}

/** The least number of first items that shows, where all do: by halving, as if more items showed it the more. */
export async function shortest<T>(
  items: readonly T[],
  shows: Shows<T>,
  budget: Budget,
): Promise<readonly T[]> {
  let no = -1;
  let yes = items.length;
  while (yes - no > 1 && budget()) {
    const middle = Math.floor((yes + no) / 2);
    if (await shows(items.slice(0, middle))) yes = middle;
    else no = middle;
  }
  return items.slice(0, yes);
}
