// Dates and times by strptime formats, in SQL: each format takes only texts that it alone explains.
import { escapePattern, quoteLiteral } from '../../base';

/** Parts that are digits alone, and how many: fewer only where something else than a digit is beside them. */
const DIGITS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    d: 2,
    m: 2,
    y: 2,
    H: 2,
    I: 2,
    M: 2,
    S: 2,
    U: 2,
    V: 2,
    W: 2,
    j: 3,
    Y: 4,
    G: 4,
    u: 1,
    w: 1,
  }),
);
/** Parts of a second: as many digits as there are. */
const FRACTIONS: ReadonlyMap<string, number> = new Map(Object.entries({ f: 6, g: 3, n: 9 }));
/** Parts that stand for others. */
const WHOLE: ReadonlyMap<string, string> = new Map(
  Object.entries({ c: '%Y-%m-%d %H:%M:%S', x: '%Y-%m-%d', X: '%H:%M:%S', T: '%H:%M:%S' }),
);

interface FormatPart {
  /** Letter of the part, or undefined for text between parts. */
  readonly letter: string | undefined;
  readonly text: string;
}

function partsOf(format: string): readonly FormatPart[] {
  return [...format.matchAll(/%-?(.)|[^%]+/gsu)].flatMap(([text, letter]): readonly FormatPart[] => {
    if (letter === undefined) return [{ letter: undefined, text }];
    if (letter === '%') return [{ letter: undefined, text: '%' }];
    const whole = WHOLE.get(letter);
    return whole === undefined ? [{ letter, text }] : partsOf(whole);
  });
}

const isDigits = (part: FormatPart | undefined, end: 'first' | 'last'): boolean =>
  part !== undefined &&
  (part.letter === undefined
    ? /^\d$/.test(part.text.at(end === 'first' ? 0 : -1) ?? '')
    : DIGITS.has(part.letter) || FRACTIONS.has(part.letter));

/** Are there two numbers in the format that nothing parts? Then each must have all its digits. */
function isTight(parts: readonly FormatPart[]): boolean {
  return parts.some((part, i) => isDigits(part, 'last') && isDigits(parts[i + 1], 'first'));
}

/** The texts of a format in which numbers touch, each of them with all its digits. */
function patternOf(parts: readonly FormatPart[]): string {
  const one = (part: FormatPart, i: number): string => {
    if (part.letter === undefined)
      return part.text.replace(/\s+|[^\s]+/g, (run) =>
        run.trim() === '' ? String.raw`\s+` : escapePattern(run),
      );
    const touches = isDigits(parts[i - 1], 'last') || isDigits(parts[i + 1], 'first');
    const digits = DIGITS.get(part.letter);
    if (digits !== undefined) return `[0-9]{${touches ? '' : '1,'}${digits}}`;
    const fraction = FRACTIONS.get(part.letter);
    return fraction === undefined ? '.+' : `[0-9]{1,${fraction}}`;
  };
  return String.raw`\s*${parts.map(one).join('')}\s*`;
}

/** The length of every text of the format without blanks around it; undefined where they differ. */
function lengthOf(parts: readonly FormatPart[]): number | undefined {
  let length = 0;
  for (const { letter, text } of parts) {
    const part =
      letter === undefined ? (/^[\x21-\x7e]*$/.test(text) ? text.length : undefined) : DIGITS.get(letter);
    if (part === undefined) return undefined;
    length += part;
  }
  return length;
}

/**
 * SQL of the moment that a text means by the first of the formats that explains it, NULL without one. The words
 * `epoch`, `infinity` and `-infinity` are taken by any format and become 1900: see `isWritten`.
 */
export function parsedTime(text: string, formats: readonly string[]): string {
  const groups: string[] = [];
  let loose: string[] = [];
  const close = (): void => {
    if (loose.length > 0) groups.push(strptime(text, loose));
    loose = [];
  };
  // A year of two digits is none of four: the next format is asked.
  const years = formats.length > 1 && formats.some((f) => /%-?y/.test(f));
  for (const format of formats) {
    const guarded = guardedTime(text, format, years);
    if (guarded === undefined) loose.push(format);
    else {
      close();
      groups.push(guarded);
    }
  }
  close();
  return groups.length === 1 ? (groups[0] ?? 'NULL') : `coalesce(${groups.join(', ')})`;
}

/** Undefined for a format that needs no guard of its own. */
function guardedTime(text: string, format: string, years: boolean): string | undefined {
  const parts = partsOf(format);
  const has = (...letters: readonly string[]): boolean =>
    parts.some(({ letter }) => letter !== undefined && letters.includes(letter));
  const value = strptime(text, [format]);
  const conditions: string[] = [];
  // DuckDB reads the weekday and does not hold it against the date, and counts on behind the last day of a year.
  if (has('a', 'A')) conditions.push(`contains(lower(${text}), lower(strftime(${value}, '%a')))`);
  const year = has('G') ? '%G' : has('Y') ? '%Y' : has('y') ? '%y' : undefined;
  if (has('j', 'U', 'V', 'W') && year !== undefined)
    conditions.push(`contains(${text}, strftime(${value}, '${year}'))`);
  if (years && has('Y')) conditions.push(`${value} >= TIMESTAMP '1000-01-01'`);
  // Billionths of a second become millionths only where nothing is lost.
  const plain = has('n') ? `CAST(${value} AS TIMESTAMP)` : value;
  if (has('n')) conditions.push(`CAST(${plain} AS TIMESTAMP_NS) = ${value}`);
  const tight = isTight(parts) ? widths(text, parts) : [];
  if (tight.length === 0 && conditions.length === 0) return undefined;
  const whens = (tight.length === 0 ? [undefined] : tight).map((width) => {
    const all = width === undefined ? conditions : [width, ...conditions];
    return `WHEN ${all.join(' AND ')} THEN ${plain}`;
  });
  return `CASE ${whens.join(' ')} END`;
}

/**
 * Conditions, of which one is to hold, of a text whose numbers have all their digits. The usual shape is told by its
 * length and ends, at a fraction of the cost of the pattern for the others: what strptime takes has blanks at its
 * ends only, and these sort before digits.
 */
function widths(text: string, parts: readonly FormatPart[]): readonly string[] {
  const pattern = `regexp_full_match(${text}, ${quoteLiteral(patternOf(parts))})`;
  const length = lengthOf(parts);
  return length === undefined
    ? [pattern]
    : [`strlen(${text}) = ${length} AND ${text} >= '0' AND substr(${text}, ${length}, 1) >= '0'`, pattern];
}

function strptime(text: string, formats: readonly string[]): string {
  const list =
    formats.length === 1 && formats[0] !== undefined
      ? quoteLiteral(formats[0])
      : `[${formats.map((f) => quoteLiteral(f)).join(', ')}]`;
  return `try_strptime(${text}, ${list})`;
}

/**
 * SQL condition on what `parsedTime` gave: is it not one of the words that mean no moment? They all became one,
 * so that the text is looked at only where that came out.
 */
export function isWritten(
  text: string,
  value: string,
  type: 'DATE' | 'TIME' | 'TIMESTAMP' | 'TIMESTAMPTZ',
): string {
  const moment = type === 'TIME' ? '00:00:00' : '1900-01-01';
  return `(${value} <> ${type} '${moment}' OR regexp_matches(${text}, '[0-9]'))`;
}
