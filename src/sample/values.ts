// Dates, times, amounts and keys as text: the hot path of the generator, hence the tables made once.
import type { DateForm, Style } from './styles';

const two = (n: number): string => String(n).padStart(2, '0');
const TIMES: string[] = [];
const COMPACT_TIMES: string[] = [];
for (let s = 0; s < 86400; s++) {
  const parts = [two(Math.floor(s / 3600)), two(Math.floor(s / 60) % 60), two(s % 60)];
  TIMES.push(parts.join(':'));
  COMPACT_TIMES.push(parts.join(''));
}

/** Days since 1970-01-01 of a date key. */
export function dayOf(date: string): number {
  return (
    Date.UTC(Number(date.slice(0, 4)), Number(date.slice(4, 6)) - 1, Number(date.slice(6, 8))) / 86400000
  );
}

/** The date key of a day number. */
export function keyOf(day: number): string {
  return new Date(day * 86400000).toISOString().slice(0, 10).replaceAll('-', '');
}

/** Zero-padded, at least `width` digits. */
export function padded(n: number, width: number): string {
  const power = POWERS[width] ?? 0;
  // Faster than padStart, which matters at millions of keys.
  return n < power ? String(power + n).slice(1) : String(n);
}
const POWERS = Array.from({ length: 13 }, (_, i) => 10 ** i);

/** Text forms of one brand. Times are seconds of the brand's own clock since 1970-01-01. */
export interface Texts {
  day(day: number): string;
  time(seconds: number): string;
  /** Hundredths as an amount with the brand's decimal mark. */
  cents(cents: number): string;
  /** A number of at most four decimals with the brand's decimal mark. */
  number(value: number): string;
  flag(value: boolean): string;
}

export function textsOf(style: Style): Texts {
  const days = new Map<number, string>();
  const compact = style.dates === 'compact';
  const between = compact ? '' : style.dates === 'zulu' ? 'T' : ' ';
  const after = style.dates === 'zulu' ? 'Z' : '';
  const times = compact ? COMPACT_TIMES : TIMES;
  const day = (n: number): string => {
    let text = days.get(n);
    if (text === undefined) {
      text = dayText(keyOf(n), style.dates);
      days.set(n, text);
    }
    return text;
  };
  return {
    day,
    time: (seconds) => {
      const n = Math.floor(seconds / 86400);
      return day(n) + between + (times[seconds - n * 86400] ?? '') + after;
    },
    cents: (cents) => centsText(cents, style.decimal),
    number: (value) => (style.decimal === '.' ? String(value) : String(value).replace('.', style.decimal)),
    flag: (value) => (value ? style.yes : style.no),
  };
}

/** Hundredths as an amount: 1999 → "19,99". */
export function centsText(cents: number, decimal: string): string {
  const whole = Math.floor(cents / 100);
  return String(whole) + decimal + two(cents - whole * 100);
}

/** As the rights system writes amounts: 123456789 hundredths → "1.234.567,89". */
export function grouped(cents: number): string {
  const [whole, fraction] = centsText(cents, ',').split(',');
  return `${(whole ?? '').replace(/\B(?=(?:\d{3}){1,6}$)/g, '.')},${fraction ?? ''}`;
}

function dayText(key: string, form: DateForm): string {
  const [y, m, d] = [key.slice(0, 4), key.slice(4, 6), key.slice(6, 8)];
  switch (form) {
    case 'iso':
    case 'zulu':
      return `${y}-${m}-${d}`;
    case 'dots':
      return `${d}.${m}.${y}`;
    case 'slashes':
      return `${d}/${m}/${y}`;
    case 'compact':
      return key;
    default:
      return form satisfies never;
  }
}
