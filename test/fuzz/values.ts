// Values of calls and requests, replaced by others: those of their type, which a part has to take or refuse in words,
// or of any.
import type { Seeded } from '../support/seeded';
import { STRANGE } from './mutations';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const NUMBERS: readonly number[] = [
  -1,
  0,
  1,
  2,
  7,
  -0.5,
  0.5,
  1_000_000,
  2 ** 31,
  2 ** 53,
  -(2 ** 53),
  1e308,
];
const TEXTS: readonly string[] = [
  '', ' ', '0', '20241115', '99999999', '20240230', 'User', 'Playback', '__proto__', 'constructor', "'; DROP TABLE file; --", '../..', '*', '%', '💥', '\u202e', '\0', 'x'.repeat(100_000), '(((', '\\', '\n', 'SELECT 1', 'SELECT * FROM file', 'null',
]; // prettier-ignore
const ANY: readonly Json[] = [
  null,
  true,
  [],
  {},
  [null],
  { __proto__x: 1 },
  0,
  '',
  'x',
  [[[[]]]],
  { length: 3 },
];

/** How a value is replaced. */
export type Replacement = (value: Json, key: string, random: Seeded) => Json;

/** Another value of the same type; `words` of the protocol stay as they are, and what has one of their names. */
export const alike =
  (words: ReadonlySet<string>): Replacement =>
  (value, key, random) => {
    if (typeof value === 'number') return random.pick(NUMBERS);
    if (typeof value === 'boolean') return !value;
    if (typeof value !== 'string' || words.has(key) || words.has(value)) return value;
    // A path that a file may be written to: only its end is another one.
    if (value.startsWith('$')) return value + random.pick(['', '', 'x', '\0', ' ', '/', 'é', '.csv', '#']);
    const at = random.below(value.length + 1);
    return random.pick([
      random.pick(TEXTS),
      value.slice(0, at) + random.pick(STRANGE) + value.slice(at),
      value.slice(at),
    ]);
  };

export const anything: Replacement = (_, __, random) =>
  random.pick([...ANY, random.pick(TEXTS), random.pick(NUMBERS)]);

/** Replaces one value, anywhere within. */
export function replaceIn(value: Json, by: Replacement, random: Seeded): Json {
  const chosen = random.below(Math.max(1, leaves(value)));
  let seen = -1;
  const walk = (one: Json, key: string): Json => {
    if (typeof one === 'object' && one !== null) {
      if (Array.isArray(one)) return one.map((inner) => walk(inner as Json, key));
      return Object.fromEntries(Object.entries(one).map(([name, inner]) => [name, walk(inner, name)]));
    }
    seen += 1;
    return seen === chosen ? by(one, key, random) : one;
  };
  return walk(value, '');
}

function leaves(value: Json): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((sum: number, inner: Json) => sum + leaves(inner), 0);
}
