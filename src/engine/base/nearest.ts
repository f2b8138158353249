// The known name that a mistyped one means.
import { closest, distance } from 'fastest-levenshtein';

/**
 * The known name nearest to a mistyped one, or undefined where none is near enough to be meant.
 * @param fold what makes two names equal: letter case, unless told otherwise.
 */
export function nearest(
  name: string,
  known: readonly string[],
  fold: (name: string) => string = (text) => text.toLowerCase(),
): string | undefined {
  // Comparing is quadratic in length: a name of thousands of characters is no typing error.
  if (known.length === 0 || name.length > 100) return undefined;
  const written = fold(name);
  const folded = new Map(known.map((k) => [fold(k), k]));
  const candidate = closest(written, [...folded.keys()]);
  // Two letters swapped count as two: names of four letters must bear that.
  const length = Math.max(written.length, candidate.length);
  const most = Math.max(length < 4 ? 1 : 2, Math.floor(length * 0.4));
  return distance(written, candidate) <= most ? folded.get(candidate) : undefined;
}

/** `Did you mean "columns"?`, or else what may stand there, or else `fallback`. */
export function suggestion(name: string, known: readonly string[], fallback: string): string {
  const near = nearest(name, known);
  return near === undefined ? fallback : `Did you mean ${JSON.stringify(near)}?`;
}

/** `Did you mean "Playback"?`, or else the names there are. */
export function didYouMean(name: string, known: readonly string[]): string {
  const names = known.slice(0, 12).join(', ');
  return suggestion(
    name,
    known,
    known.length === 0 ? 'None is configured yet.' : `Use one of ${names}${known.length > 12 ? ', …' : ''}.`,
  );
}
