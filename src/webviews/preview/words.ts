// The page's texts: English in the code, another language where the extension hands translations over.

let translations: Readonly<Record<string, string>> = {};

export function useWords(words: Readonly<Record<string, string>>): void {
  translations = words;
}

/** The text in the user's language; {0}, {1} stand for the values. */
export function t(text: string, ...values: readonly (string | number)[]): string {
  const template = Object.hasOwn(translations, text) ? (translations[text] ?? text) : text;
  return template.replace(/\{(\d)\}/g, (whole, index: string) => {
    const value = values[Number(index)];
    return value === undefined ? whole : typeof value === 'number' ? number(value) : value;
  });
}

const NUMBERS = new Intl.NumberFormat('en-US');

/** 20,000,000: as the engine writes numbers, in every language. */
export function number(value: number): string {
  return NUMBERS.format(value);
}

/** 0.34 s, 12 ms: how long something took. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.max(1, Math.round(milliseconds))} ms`;
  return `${(milliseconds / 1_000).toFixed(milliseconds < 10_000 ? 2 : 1)} s`;
}

/** 3.4%: a part in percent, never rounded to nothing or to everything. */
export function percent(part: number, whole: number): string {
  if (whole === 0 || part === 0) return '0%';
  if (part === whole) return '100%';
  const value = (100 * part) / whole;
  if (value < 0.1) return '<0.1%';
  if (value > 99.9) return '>99.9%';
  return `${value.toFixed(value < 10 || value > 99 ? 1 : 0)}%`;
}
