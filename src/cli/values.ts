// The values of options: dates, counts, lists and names, each refused with what to write instead.
import { nearest } from '../shared/nearest';
import { isDate } from '../shared/dates';
import { UsageError } from './usage';

/** A parser for commander that refuses an option given twice: the second would silently win. */
export function once<T>(
  option: string,
  parse: (text: string) => T,
): (text: string, previous: T | undefined) => T {
  return (text, previous) => {
    if (previous !== undefined) throw new UsageError(`${option} is given twice.`, `Give ${option} once.`);
    return parse(text);
  };
}

/** A day of the calendar as YYYYMMDD. */
export function parseDate(text: string): string {
  if (isDate(text) && text >= '1900') return text;
  const digits = text.replace(/[-/. ]/g, '');
  const meant = digits !== text && /^\d{8}$/.test(digits) ? digits : '20241115';
  const why = !/^\d{8}$/.test(text) ? 'is not a date' : 'is not a day of the calendar';
  throw new UsageError(`"${text}" ${why}.`, `Write dates as YYYYMMDD, for example ${meant}.`);
}

/** A whole number of at least `least`. */
export function parseCount(option: string, least: number): (text: string) => number {
  return (text) => {
    const count = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(count) && count >= least) return count;
    throw new UsageError(
      `"${text}" is no number for ${option}.`,
      `Give a whole number from ${least}, for example ${option} ${Math.max(least, 100)}.`,
    );
  };
}

const LONGEST_SECONDS = 86_400;

/** Seconds, with a fraction or without; at most a day. */
export function parseSeconds(option: string, least: number): (text: string) => number {
  return (text) => {
    const seconds = Number(text);
    if (/^\d+(\.\d+)?$/.test(text) && seconds >= least && seconds <= LONGEST_SECONDS) return seconds;
    throw new UsageError(
      `"${text}" is no number of seconds for ${option}.`,
      `Give a number from ${least} to ${LONGEST_SECONDS}, for example ${option} 10.`,
    );
  };
}

/** Collects an option that may be repeated, be given several values, or hold them separated by commas. */
export function collect(text: string, previous: readonly string[] | undefined): readonly string[] {
  const items = text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  if (items.length === 0)
    throw new UsageError('An empty name is given.', 'Name at least one, separated by commas.');
  return [...new Set([...(previous ?? []), ...items])];
}

/** Something that can be named, and by which names. */
export interface Named {
  readonly name: string;
  readonly aliases?: readonly string[];
}

/**
 * The canonical names of what was typed, without regard to case, in the order of `known`.
 * @throws UsageError for an unknown one, with the nearest known name.
 */
export function resolveNames(
  what: string,
  typed: readonly string[],
  known: readonly Named[],
): readonly string[] {
  const found = new Set(
    typed.map((text) => {
      const key = text.toLowerCase();
      const match =
        known.find((one) => one.name === text) ??
        known.find((one) => [one.name, ...(one.aliases ?? [])].some((name) => name.toLowerCase() === key));
      if (match !== undefined) return match.name;
      const names = known.map((one) => one.name);
      throw new UsageError(
        `There is no ${what} "${text}".`,
        `${didYouMean(text, names)}Known: ${names.join(', ')}.`,
      );
    }),
  );
  return known.map((one) => one.name).filter((name) => found.has(name));
}

function didYouMean(text: string, names: readonly string[]): string {
  const near = nearest(text, names);
  if (near !== undefined) return `Did you mean ${near}? `;
  const part = names.find((name) => name.toLowerCase().includes(text.toLowerCase()));
  return part === undefined ? '' : `Did you mean ${part}? `;
}
