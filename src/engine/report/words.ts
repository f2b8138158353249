// Words every rendering shares, pages in a browser included: no import, so that none of the engine comes along.

// C0, DEL, C1; line and paragraph separators; bidirectional marks and overrides; the byte order mark;
// zero-width spaces and joiners of words, annotations, tags; lone surrogates: each would move the cursor, colour the
// terminal, reorder what stands beside it or hide in it. The joiners that scripts and emoji need stay.
export const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200b\u2060-\u2064\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|\p{Surrogate}/gu;

/**
 * One line of text that is safe on a terminal: control characters, bidirectional overrides and lone
 * surrogates become visible escapes (`\n`, `\x1b`, `\u202e`), so that nothing is hidden and nothing acts.
 */
export function printable(text: string): string {
  return text.replace(UNSAFE, visibleEscape);
}

/** The escape by which a character that must not act is shown. */
export function visibleEscape(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\r') return '\\r';
  if (character === '\t') return '\\t';
  const code = character.codePointAt(0) ?? 0;
  if (code > 0xffff) return `\\u{${code.toString(16)}}`;
  return code <= 0xff
    ? `\\x${code.toString(16).padStart(2, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`;
}

let numberFormat: Intl.NumberFormat | undefined;

/** 1234567 → "1,234,567". */
export function formatCount(count: number): string {
  numberFormat ??= new Intl.NumberFormat('en-US');
  return numberFormat.format(count);
}

/** What a rule measured: 2134.5 → "2,134.5", all its digits; text as it is. */
export function formatFigure(observed: number | string | null): string {
  return typeof observed === 'number'
    ? observed.toLocaleString('en-US', { maximumFractionDigits: 20 })
    : valueText(observed);
}

/** A percentage 0 to 100 in as few digits as tell it from nothing: "0.03%", "12.5%", "<0.01%". */
export function formatPercent(percent: number): string {
  if (percent > 0 && percent < 0.01) return '<0.01%';
  return `${Number(percent.toFixed(2))}%`;
}

/** 1536 → "1.5 KB". */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : Number(value.toFixed(1))} ${units[power] ?? 'B'}`;
}

/** 0.42 → "0.42 s", 75 → "1 min 15 s". */
export function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds < 10 ? Number(seconds.toFixed(2)) : Number(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${whole % 60} s`;
}

/** "1 file", "3 files". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** Any value of a row as text for people: NULL as such, nested ones as JSON. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return String(value);
  return JSON.stringify(value);
}
