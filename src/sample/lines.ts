// From fields to bytes: the lines of one file in its brand's dialect and encoding.
import iconv from 'iconv-lite';
import { ROWS, type Fields, type Market } from './market';
import { plantsOf, type Plant } from './plants';
import { hasExtra, headerOf, reordered, type Style } from './styles';
import { layoutOf, rulesOf, type TableName } from './tables';
import { countPlanted, type Tally } from './truth';

/** Characters of text collected before they are encoded. */
const CHUNK = 1 << 17;

export interface FilePlan {
  readonly table: TableName;
  readonly style: Style;
  /** Makes the market anew: its streams of chance are used up by one writing. */
  readonly market: () => Market;
  /** Sound rows: from this index up to, not including, `to`. */
  readonly from: number;
  readonly to: number;
  /** Position of the brand among the brands, which decides its plants; undefined: nothing is planted. */
  readonly plants: { readonly brand: number; readonly brands: number } | undefined;
}

/** Lines of a file that are no records. */
export interface Surroundings {
  readonly header: 0 | 1;
  readonly preamble: number;
  readonly blank: number;
  readonly footer: 0 | 1;
}

/** A row to plant: row `k` of the `n`th occurrence of its plant. */
interface Planted {
  readonly plant: Plant;
  readonly n: number;
  readonly k: number;
}

/** How many empty lines a file of so many sound rows has. */
export function surroundingsOf(plan: FilePlan): Surroundings {
  const { style } = plan;
  return {
    header: style.header === 'none' ? 0 : 1,
    preamble: style.preamble.length,
    blank: blanksAfter(style, plan.to - plan.from).length,
    footer: style.footer === undefined ? 0 : 1,
  };
}

/** Empty lines stand after these numbers of sound rows: never first, never last. */
function blanksAfter(style: Style, rows: number): readonly number[] {
  if (rows < 10) return [];
  return Array.from({ length: style.blankLines }, (_, i) =>
    Math.floor((rows * (i + 1)) / (style.blankLines + 1)),
  );
}

/** The file's bytes, before compression; `tally` is filled on the way. */
export async function* bytesOf(plan: FilePlan, tally: Tally): AsyncGenerator<Buffer> {
  const { style } = plan;
  let bom = style.bom ? '\ufeff' : '';
  for (const text of textOf(plan, tally)) {
    yield encoded(bom + text, style);
    bom = '';
    // Lets the writer and an abort have their turn between chunks.
    await Promise.resolve();
  }
}

function encoded(text: string, style: Style): Buffer {
  switch (style.encoding) {
    case 'utf-8':
      return Buffer.from(text, 'utf8');
    case 'utf-16le':
      return Buffer.from(text, 'utf16le');
    case 'windows-1250':
    case 'windows-1252':
      return iconv.encode(text, style.encoding);
    default:
      return style.encoding satisfies never;
  }
}

function* textOf(plan: FilePlan, tally: Tally): Generator<string> {
  const { table, style, from, to } = plan;
  const market = plan.market();
  const layout = layoutOf(table);
  const rejecting = new Set(
    rulesOf(table)
      .filter((rule) => rule.rejects)
      .map((rule) => rule.id),
  );
  const line = lineWriter(style, table);
  const make = ROWS[table];
  const rows = to - from;
  const planted = plan.plants === undefined ? [] : plantedRows(table, plan.plants, market.sizes[table]);
  const blanks = new Set(blanksAfter(style, rows));
  let text = style.preamble.map((l) => l.replace('{date}', market.date) + style.newline).join('');
  if (style.header !== 'none') text += line(headerOf(style, table, layout.columns), undefined, true);

  let next = 0;
  let fresh = market.sizes[table];
  for (let i = from; i < to; i++) {
    const fields = make(market, i);
    tally.records++;
    text += line(fields);
    // Evenly spread between the sound rows: never first, never last.
    for (const due = ((i - from + 1) / rows) * planted.length; next + 0.5 < due && i < to - 1; next++) {
      const one = planted[next];
      if (one === undefined) break;
      const { plant, n, k } = one;
      const again = plant.effect.kind === 'duplicate';
      const wrong = again ? fields : make(market, fresh++);
      plant.change((column, value) => (wrong[layout.index(column)] = value), market, n, k);
      tally.records++;
      countPlanted(tally, plant, k, rejecting);
      text += line(wrong, plant.effect.kind === 'ragged' ? plant.effect.fields : undefined);
    }
    if (blanks.has(i - from + 1)) text += style.newline;
    if (text.length >= CHUNK) {
      yield text;
      text = '';
    }
  }
  if (style.footer !== undefined) text += `${style.footer}${style.delimiter}${tally.records}${style.newline}`;
  if (text !== '') yield text;
}

/** All rows to plant, the plants taking turns, rows of one occurrence together. */
function plantedRows(
  table: TableName,
  { brand, brands }: { readonly brand: number; readonly brands: number },
  rows: number,
): readonly Planted[] {
  const plants = plantsOf(table, brand, brands, rows);
  const most = Math.max(0, ...plants.map((p) => p.times));
  return Array.from({ length: most }, (_, n) => n).flatMap((n) =>
    plants
      .filter((p) => n < p.times)
      .flatMap(({ plant }) => Array.from({ length: plant.rows ?? 1 }, (_, k) => ({ plant, n, k }))),
  );
}

/** Writes one line; `ragged` takes a field away or adds two. */
function lineWriter(
  style: Style,
  table: TableName,
): (fields: Fields, ragged?: 'too few' | 'too many', header?: boolean) => string {
  const { delimiter, newline, quoting, nullText } = style;
  const extra = hasExtra(style, table);
  const special = new RegExp(
    `["\\r\\n${delimiter.includes('|') ? '|' : delimiter.replace(/[\^\\]/, '\\$&')}]`,
  );
  const escape = style.escape === 'backslash' ? '\\"' : '""';
  const quote = (value: string): string => `"${value.replaceAll('"', escape)}"`;
  const field =
    quoting === 'all'
      ? quote
      : (value: string): string => (value === '' ? nullText : special.test(value) ? quote(value) : value);
  let count = 0;
  return (fields, ragged, header) => {
    const ordered = header === true ? fields : reordered(style, fields);
    if (ragged === undefined && !extra && quoting === 'minimal' && nullText === '') {
      // Most lines need no quoting at all: one look at the whole line is cheaper than one at each field.
      const whole = ordered.join(BETWEEN);
      if (!special.test(whole)) return whole.replaceAll(BETWEEN, delimiter) + newline;
    }
    const last = ragged === 'too few' && !extra ? ordered.length - 1 : ordered.length;
    let line = field(ordered[0] ?? '');
    for (let i = 1; i < last; i++) line += delimiter + field(ordered[i] ?? '');
    if (header !== true && extra && ragged !== 'too few')
      line += delimiter + field(EXTRA[count++ % EXTRA.length] ?? '');
    if (ragged === 'too many') line += delimiter + field('moved') + delimiter + field('right');
    return line + newline;
  };
}

/** Stands between fields while they are looked at; no value holds it. */
const BETWEEN = '\u0001';
const EXTRA = ['stable', 'stable', 'early', ''] as const;
