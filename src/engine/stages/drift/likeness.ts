// How alike two names or two columns of values are, as figures from 0 to 1. Nothing is decided here.
import { distance } from 'fastest-levenshtein';
import { foldHeader } from '../../base';

/** Longer names are compared by their beginning: the work grows with the square of the length. */
const COMPARED = 100;

/** The better of two views: letters in common, and words in common. */
export function nameLikeness(a: string, b: string): number {
  const [x, y] = [foldHeader(a).slice(0, COMPARED), foldHeader(b).slice(0, COMPARED)];
  const longer = Math.max(x.length, y.length);
  if (longer === 0) return 0;
  return round(Math.max(1 - distance(x, y) / longer, wordLikeness(a, b)));
}

/** FW_Version and firmwareVersion have one word in common of two; price and price_eur all words of the shorter. */
function wordLikeness(a: string, b: string): number {
  const [x, y] = [wordsOf(a), wordsOf(b)];
  const [few, many] = x.size <= y.size ? [x, y] : [y, x];
  const common = [...few].filter((word) => many.has(word));
  if (few.size === 0 || common.length === 0) return 0;
  const length = (words: Iterable<string>): number => [...words].reduce((n, word) => n + word.length, 0);
  const share = length(common) / length(many);
  return common.length === few.size ? 0.5 + share / 2 : share;
}

/** The words of a header: parted by signs, by a capital after a small letter, and between letters and digits. */
function wordsOf(name: string): ReadonlySet<string> {
  const parted = name
    .slice(0, COMPARED)
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{L})(\p{N})/gu, '$1 $2');
  return new Set(
    parted.split(/[^\p{L}\p{N}\p{M}]+/u).flatMap((word) => (word === '' ? [] : [foldHeader(word)])),
  );
}

/**
 * How alike two samples of filled values are: equal values count in full; then the shape of the texts, the less
 * the more columns have such a shape, and for numbers how near their sizes are.
 */
export function valueLikeness(a: readonly string[], b: readonly string[]): number | undefined {
  if (a.length === 0 || b.length === 0) return undefined;
  const equal = overlap(a, b);
  const shape = overlap(a.map(shapeOf), b.map(shapeOf));
  return round(equal + (1 - equal) * shape * shapeWeight(a, b));
}

function shapeWeight(a: readonly string[], b: readonly string[]): number {
  const [x, y] = [numbersOf(a), numbersOf(b)];
  if (x !== undefined && y !== undefined) return 0.2 + 0.6 * nearness(x, y);
  if (x !== undefined || y !== undefined) return 0;
  const marked = a.filter((value) => /[^a9x ]/.test(shapeOf(value))).length / a.length;
  return 0.25 + 0.35 * marked + 0.2 * nearness(a.map(lengthOf), b.map(lengthOf));
}

const lengthOf = (value: string): number => value.length;

/** The values as numbers, where nearly all are. */
function numbersOf(values: readonly string[]): readonly number[] | undefined {
  const numbers = values.map((value) => Number(value.trim().replace(',', '.'))).filter(Number.isFinite);
  return numbers.length >= values.length * 0.9 ? numbers : undefined;
}

/** 1 where three quantiles are equal, towards 0 the further their sizes are apart. */
function nearness(a: readonly number[], b: readonly number[]): number {
  const near = [0.1, 0.5, 0.9].map((q) => {
    const [x, y] = [quantile(a, q), quantile(b, q)];
    const most = Math.max(Math.abs(x), Math.abs(y));
    return most === 0 ? 1 : Math.max(0, 1 - Math.abs(x - y) / most);
  });
  return near.reduce((sum, one) => sum + one, 0) / near.length;
}

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((x, y) => x - y);
  return sorted[Math.floor(q * (sorted.length - 1))] ?? 0;
}

/** "A-12 b" → "a-9 a": letters and digits in runs, words of both as x, signs as they are. */
function shapeOf(value: string): string {
  return value
    .slice(0, COMPARED)
    .replace(/[\p{L}\p{M}\p{N}]+/gu, (run) => (/^\p{N}+$/u.test(run) ? '9' : /\p{N}/u.test(run) ? 'x' : 'a'));
}

/** Common part of two distributions. */
function overlap(a: readonly string[], b: readonly string[]): number {
  const [x, y] = [shares(a), shares(b)];
  return [...x].reduce((sum, [value, share]) => sum + Math.min(share, y.get(value) ?? 0), 0);
}

function shares(values: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1 / values.length);
  return counts;
}

const round = (figure: number): number => Math.round(Math.min(1, figure) * 100) / 100;
