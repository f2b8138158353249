// Days of the calendar as partitions name them, YYYYMMDD: the one place that reckons with them.
import type { DateKey } from './names';

const DAY_MS = 86_400_000;

/** Milliseconds since 1970 of a date's 00:00 UTC; a day past the end of its month is one of the next. */
function midnight(date: string): number {
  return Date.UTC(Number(date.slice(0, 4)), Number(date.slice(4, 6)) - 1, Number(date.slice(6, 8)));
}

const keyOf = (time: number): DateKey => new Date(time).toISOString().slice(0, 10).replaceAll('-', '');

/** Is this a day of the calendar, written YYYYMMDD? */
export function isDate(text: string): boolean {
  return /^\d{8}$/.test(text) && keyOf(midnight(text)) === text;
}

/** A date as people write it too (2024-11-15), or undefined where it is not a day of the calendar. */
export function readDate(text: string): DateKey | undefined {
  const plain = text.trim().replace(/^(\d{4})-(\d{2})-(\d{2})$/, '$1$2$3');
  return isDate(plain) ? plain : undefined;
}

const WORDS: ReadonlyMap<string, number> = new Map([
  ['today', 0],
  ['yesterday', -1],
]);

/**
 * A date as a person types it: also 29.11.2026, 2026/11/29, "today" and "yesterday" (of this machine's clock); undefined
 * where it is not a day of the calendar. 11/12/2026 is read by nobody alike, and not at all here.
 */
export function typedDate(text: string, now = new Date()): DateKey | undefined {
  const typed = text.trim().toLowerCase();
  const days = WORDS.get(typed);
  if (days !== undefined) return addDays(dayOf(now), days);
  const [, day, month, year] = /^(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})$/.exec(typed) ?? [];
  if (day !== undefined && month !== undefined && year !== undefined)
    return readDate(`${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`);
  return readDate(typed.replace(/^(\d{4})\/(\d{2})\/(\d{2})$/, '$1-$2-$3'));
}

/** The day `days` after (or before) a date. */
export function addDays(date: DateKey, days: number): DateKey {
  return keyOf(midnight(date) + days * DAY_MS);
}

/** Days since 1970-01-01; NaN for what is not a date. */
export function dayNumber(date: DateKey): number {
  return isDate(date) ? midnight(date) / DAY_MS : Number.NaN;
}

/** "2024-11-15" of 20241115, for people, SQL and ISO 8601; other text stays as it is. */
export function isoDate(date: DateKey): string {
  return date.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3');
}

/** The local day of a moment. */
export function dayOf(now: Date): DateKey {
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
}
