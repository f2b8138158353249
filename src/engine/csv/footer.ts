// The footer of a table: lines behind its rows that cannot be rows. What could be one is judged like the others.
import { isBlank } from './layout';
import { fromBytes, type FileRecord } from './records';
import type { FormatDoubt } from './format';

/** What is known of a file when its end is looked at. */
export interface FooterQuestion {
  /** Fields of a row. */
  readonly width: number;
  /** Is `tail` everything behind the header? Else counts and sums cannot be checked in it. */
  readonly whole: boolean;
  /** Does the file have lines before its header that begin with #? */
  readonly comments: boolean;
  /** Does the last line end as the others do? Else it may be the beginning of a row. */
  readonly ended: boolean;
}

export interface FooterReading {
  /** How many of the last records are no rows; blank ones not counted. */
  readonly footer: number;
  /** Rows that the footer says there are, where only the whole file can show it. */
  readonly claimed?: number;
  readonly doubts: readonly FormatDoubt[];
}

/** A line by its form: what would have to be true for it to be no row. */
type FooterForm =
  | { readonly kind: 'mark' | 'note' }
  | { readonly kind: 'count'; readonly rows: number }
  | {
      readonly kind: 'sum';
      readonly values: readonly (number | undefined)[];
      /** Of a line that is too short for a row and has this number alone: "TOTAL|24" may count the rows. */
      readonly rows?: number;
    };

const LONGEST_FOOTER = 10;
const UNIT =
  '(?:data[ _-]?)?(?:rows?|records?|lines?|zeilen|datensätze|datensatze|řádků|řádky|záznamů|záznamy|rijen)';
const COUNT_FORMS = [
  new RegExp(
    String.raw`^\(?(\d+) ${UNIT}(?: (?:affected|selected|returned|exported|in set|total))?\)?\.?$`,
    'iu',
  ),
  new RegExp(
    String.raw`^(?:(?:total|number|count|no\.?|nr\.?|anzahl|počet|aantal)(?: of)?[ _-]?)?${UNIT}(?:[ _-]?(?:count|total|exported))?\s*(?:[:=]\s*)?(\d+)$`,
    'iu',
  ),
  /^(?:trailer|trl|footer|ftr)\s*(?:[:=]\s*)?(\d+)$/iu,
];
const END = /^(?:end of (?:file|report|data|export|table)|eof)\.?$/iu;
const SUM =
  /^(?:(?:grand|sub)?[ -]?totals?|sum|sums|summe|gesamt|celkem|spolu|soucet|součet|súčet|razem|suma|összesen|totaal|total general|itogo|итого)\s*:?$/iu;
const NOTE =
  /^(?:sources?|notes?|footnotes?|remarks?|quelle|hinweis|anmerkung(?:en)?|zdroj|pozn(?:ámka)?|poznámky|bron|noot|źródło|uwag[ai]|forrás)\s*[.:]|^(?:©|copyright\b|\*+\s?\S|\(?\d\)\s|\[\d\]\s)/iu;

/** Reads the end of a table; `tail` ends with the file's last record. */
export function footerOf(tail: readonly FileRecord[], question: FooterQuestion): FooterReading {
  const rows = tail.filter((r) => !isBlank(r));
  const separated = separatedEnd(tail);
  const forms: FooterForm[] = [];
  for (let i = rows.length - 1; i >= 0 && forms.length < LONGEST_FOOTER; i--) {
    const record = rows[i];
    const form = record === undefined ? undefined : formOf(record, question, i >= rows.length - separated);
    if (form === undefined) break;
    forms.unshift(form);
  }
  const body = rows.slice(0, rows.length - forms.length);
  const doubts: FormatDoubt[] = [];
  let claimed: number | undefined;
  let footer = forms.length;
  // From the end: what is not proven ends the footer.
  for (let i = forms.length - 1; i >= 0; i--) {
    const form = forms[i];
    const record = rows[body.length + i];
    if (form === undefined || record === undefined) continue;
    const proof = proofOf(form, body, question);
    if (proof === true || (typeof proof === 'number' && (claimed ?? proof) === proof)) {
      if (typeof proof === 'number') claimed = proof;
      continue;
    }
    footer = forms.length - 1 - i;
    const doubt = unproven(form, record, body.length + i, question);
    if (doubt !== undefined) doubts.push(doubt);
    break;
  }
  return { footer, ...(claimed === undefined || footer === 0 ? {} : { claimed }), doubts };
}

const textOf = (record: FileRecord): string => JSON.stringify(fromBytes(record.raw).trim().slice(0, 120));

/** What was left out of the end of a file, in words. */
export function footerNotes(tail: readonly FileRecord[], footer: number): readonly string[] {
  const skipped = footer === 0 ? [] : tail.filter((r) => !isBlank(r)).slice(-footer);
  if (skipped.length === 0) return [];
  return [
    `${skipped.length} footer ${skipped.length === 1 ? 'line' : 'lines'} skipped: ${skipped.map(textOf).join(', ')}`,
  ];
}

/** How many of the last records stand behind the only blank lines amid the rows. */
function separatedEnd(tail: readonly FileRecord[]): number {
  const blank = tail.map(isBlank);
  const end = blank.lastIndexOf(false) + 1;
  const gap = blank.lastIndexOf(true, end - 1);
  if (end === 0 || gap === -1) return 0;
  const body = blank.lastIndexOf(false, gap);
  return body === -1 || blank.indexOf(true) < body ? 0 : end - gap - 1;
}

function formOf(
  record: FileRecord,
  { width, comments }: FooterQuestion,
  separated: boolean,
): FooterForm | undefined {
  const cells = record.fields.map((f) => fromBytes(f).trim());
  const filled = cells.filter((c) => c !== '');
  const [head = '', next] = filled;
  const alone = filled.length === 1;
  const short = cells.length < width;
  const bare = head.replace(/^[\s#*=-]+|(?<![\s#*=-])[\s#*=-]+$/gu, '').replace(/\s+/g, ' ');
  // A count in the cell behind its words: "Total rows;3".
  const phrase = filled.length === 2 ? `${bare.replace(/[:=]$/, '')}: ${next ?? ''}` : bare;
  if (filled.length <= 2)
    for (const pattern of COUNT_FORMS) {
      const rows = pattern.exec(phrase)?.[1];
      if (rows !== undefined) return { kind: 'count', rows: Number(rows) };
    }
  if (alone && short && (/^[-=*_]{3,}$/.test(head) || END.test(bare))) return { kind: 'mark' };
  if (comments && short && /^\s*#/.test(record.raw)) return { kind: 'note' };
  if (alone && cells.length === 1 && short && separated && NOTE.test(head)) return { kind: 'note' };
  if (SUM.test(bare) && filled.length > 1 && filled.length < width) {
    const values = cells.map((c) => (c === head || c === '' ? undefined : numberOf(c)));
    const numbers = values.filter((v) => v !== undefined).length;
    const counts = short && filled.length === 2 && /^\d+$/.test(next ?? '');
    if (numbers === filled.length - 1)
      return { kind: 'sum', values, ...(counts ? { rows: Number(next) } : {}) };
  }
  return undefined;
}

/** True: proven. A number of rows: to be compared with the whole file's. False: could be a row. */
function proofOf(
  form: FooterForm,
  body: readonly FileRecord[],
  { width, whole, ended }: FooterQuestion,
): boolean | number {
  switch (form.kind) {
    case 'mark':
    case 'note':
      return true;
    case 'count':
      return whole ? isCount(form.rows, body, width) : form.rows;
    case 'sum':
      if (!whole) return form.rows ?? false;
      // By chance, a row that is cut off may begin like the total of one or two rows.
      return (
        isSum(form.values, body, width) ||
        (form.rows !== undefined && (ended || form.rows >= 3) && isCount(form.rows, body, width))
      );
    default:
      return form satisfies never;
  }
}

/** Is it the number of the records, or of those that are as wide as a row? */
function isCount(rows: number, body: readonly FileRecord[], width: number): boolean {
  return rows === body.length || rows === body.filter((r) => r.fields.length === width).length;
}

/** Is each value the sum of a column, by three rows or more and large enough to be no accident? */
function isSum(values: readonly (number | undefined)[], body: readonly FileRecord[], width: number): boolean {
  const rows = body.filter((r) => r.fields.length === width);
  if (rows.length < 3) return false;
  const sumOf = (c: number): number | undefined => {
    let sum = 0;
    let filled = 0;
    for (const row of rows) {
      const text = fromBytes(row.fields[c] ?? '').trim();
      if (text === '') continue;
      const value = numberOf(text);
      if (value === undefined) return undefined;
      if (value !== 0) filled++;
      sum += value;
    }
    return filled >= 2 ? sum : undefined;
  };
  const sums = Array.from({ length: width }, (_, c) => sumOf(c));
  const equal = (value: number, sum: number | undefined): boolean =>
    sum !== undefined && Math.abs(sum - value) < 1e-6 * Math.max(1, Math.abs(value));
  return (
    values.some((v) => v !== undefined && String(Math.abs(v)).replace('.', '').length >= 3) &&
    values.every(
      (v, c) =>
        v === undefined || (values.length === width ? equal(v, sums[c]) : sums.some((s) => equal(v, s))),
    )
  );
}

/** "1 234,50" and "1,234.50" as numbers. */
function numberOf(text: string): number | undefined {
  const bare = text.replace(/[\s'$€£]/gu, '');
  if (!/^[+-]?[\d.,]*\d$/.test(bare)) return undefined;
  const comma = bare.lastIndexOf(',');
  const point = bare.lastIndexOf('.');
  const decimal = comma > point ? ',' : '.';
  const plain = bare.replaceAll(decimal === ',' ? '.' : ',', '').replace(decimal, '.');
  const value = Number(plain);
  return Number.isFinite(value) ? value : undefined;
}

/** What must be told of a last line that could be a footer, but is not proven to be one. */
function unproven(
  form: FooterForm,
  record: FileRecord,
  before: number,
  { width, whole }: FooterQuestion,
): FormatDoubt | undefined {
  const state = 'State "footer" in "format" if it is no row.';
  if (form.kind === 'count')
    return {
      choice: 'footer',
      message: `The line ${textOf(record)} speaks of ${form.rows} rows, but ${whole ? before : 'another number'} stand before it: rows may be missing. It was read as a row. ${state}`,
    };
  if (form.kind === 'sum' && record.fields.length === width)
    return {
      choice: 'footer',
      message: `The line ${textOf(record)} looks like a total. It was read as a row. ${state}`,
    };
  return undefined;
}
