// Which code page makes words of the same bytes: all that is known of each reading, and how sure that is.
import iconv from 'iconv-lite';
import { likelihood, type Stretch } from './wordModel';

/** What is known beside the bytes of a file; it counts only where they do not settle the reading. */
export interface EncodingEvidence {
  /** Which alphabet the brand's time zone makes likely. */
  readonly region?: 'central' | 'western';
  /** Encoding of the last earlier file of the brand and table whose own bytes settled it. */
  readonly earlier?: string;
}

/** Asked only where the bytes do not settle the encoding. */
export type EvidenceSource = () => EncodingEvidence;

/** One reading of the bytes. */
export interface RankedPage {
  readonly encoding: string;
  /** Log likelihood over all stretches, with what is expected of the code page. */
  readonly score: number;
  /** Mean log likelihood of a character: words of our languages reach -4, others stay below -6. */
  readonly mean: number;
}

/** A stretch of bytes with its scores, by code page. */
interface Weighed {
  readonly cell: string;
  readonly from: number;
  readonly to: number;
  readonly scores: readonly number[];
}

/** Code pages that brands use; the log of how often, against the first. */
const USUAL: readonly {
  readonly encoding: string;
  readonly prior: number;
  readonly region: 'central' | 'western';
}[] = [
  { encoding: 'windows-1252', prior: 0, region: 'western' },
  { encoding: 'windows-1250', prior: 0, region: 'central' },
  { encoding: 'iso-8859-15', prior: -2, region: 'western' },
  { encoding: 'iso-8859-2', prior: -2, region: 'central' },
];
const UNUSUAL = -6;
/** What a time zone and an earlier file count, as log odds. */
const REGION = 2;
const EARLIER = 8;
/** One stretch never counts for more than this between two readings: it may be a foreign word or a typing error. */
const MOST_OF_ONE = 12;

const tables = new Map<string, string>();

/** All 256 characters of a code page. Controls beyond ASCII stand in no text. */
export function characters(encoding: string): string {
  let table = tables.get(encoding);
  if (table === undefined) {
    table = iconv
      .decode(Buffer.from(Array.from({ length: 256 }, (_, i) => i)), encoding)
      .replace(/[\u0080-\u009f]/g, '\ufffd');
    tables.set(encoding, table);
  }
  return table;
}

/** A byte string as text. */
export function readAs(bytes: string, encoding: string): string {
  const table = characters(encoding);
  let text = '';
  for (let i = 0; i < bytes.length; i++) text += table.charAt(bytes.charCodeAt(i) & 255);
  return text;
}

export interface PageComparison {
  /** The likeliest first; of code pages that give the same text only the first. */
  readonly readings: readonly RankedPage[];
  /** How many different stretches were weighed. */
  readonly stretches: number;
  /** The words that two readings differ in, those that tell most first. */
  words(first: string, second: string): readonly { readonly first: string; readonly second: string }[];
}

/** Weighs cells with bytes beyond ASCII, as byte strings, in each of the code pages. */
export function compare(
  cells: readonly string[],
  evidence: EncodingEvidence,
  others: readonly string[] = [],
): PageComparison {
  const pages = [...USUAL, ...others.map((encoding) => ({ encoding, prior: UNUSUAL, region: undefined }))];
  const texts = pages.map(
    ({ encoding }) =>
      (cell: string) =>
        readAs(cell, encoding),
  );
  const weighed = new Map<string, Weighed>();
  let alike = 0;
  for (const cell of cells)
    for (const match of cell.matchAll(STRETCH)) {
      const from = match.index;
      const to = from + match[0].length;
      const id = cell.slice(Math.max(0, from - 1), to + 1);
      if (weighed.has(id) || weighed.size >= MOST_STRETCHES) continue;
      const read = texts.map((as) => as(cell));
      // Where all agree, a few are enough: they say whether it is text at all.
      const first = read[0]?.slice(from, to);
      if (alike >= MOST_ALIKE && read.every((text) => text.slice(from, to) === first)) continue;
      if (read.every((text) => text.slice(from, to) === first)) alike++;
      weighed.set(id, { cell, from, to, scores: read.map((text) => likelihood(stretchOf(text, from, to))) });
    }
  const stretches = [...weighed.values()];
  const length = stretches.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  const readings = pages.map(({ encoding, prior, region }, i): RankedPage & { readonly text: string } => {
    let score = prior;
    let sum = 0;
    for (const { scores } of stretches) {
      const own = scores[i] ?? 0;
      sum += own;
      score += Math.max(own, Math.max(...scores) - MOST_OF_ONE);
    }
    if (evidence.region !== undefined && region !== undefined)
      score += evidence.region === region ? REGION : 0;
    if (evidence.earlier === encoding) score += EARLIER;
    const text = stretches.map(({ cell }) => readAs(cell, encoding)).join('\n');
    return { encoding, score, mean: length === 0 ? 0 : sum / length, text };
  });
  readings.sort((a, b) => b.score - a.score);
  return {
    readings: readings.filter((r, i) => readings.findIndex((other) => other.text === r.text) === i),
    stretches: stretches.length,
    words: (first, second) =>
      wordsApart(
        stretches,
        pages.map((p) => p.encoding),
        first,
        second,
      ),
  };
}

/** Letters, apostrophes and bytes beyond ASCII in a row, with one of the latter. */
const STRETCH = /(?<![A-Za-z'\x80-\xff])[A-Za-z']*[\x80-\xff][A-Za-z'\x80-\xff]*/g;
const MOST_STRETCHES = 1500;
const MOST_ALIKE = 40;

const stretchOf = (text: string, from: number, to: number): Stretch => ({
  before: text.slice(0, from),
  text: text.slice(from, to),
  after: text.slice(to),
});

const STRETCH_OF_TEXT = /(?<![A-Za-z']|[^\x00-\x7f])[A-Za-z']*[^\x00-\x7f](?:[A-Za-z']|[^\x00-\x7f])*/gu;

function textLikelihood(text: string): number {
  let sum = 0;
  for (const match of text.matchAll(STRETCH_OF_TEXT))
    sum += likelihood(stretchOf(text, match.index, match.index + match[0].length));
  return sum;
}

/**
 * How much likelier cells are as UTF-8, which they are valid in, than in the usual code page that suits them best, as
 * log odds: "STRĂŞENI" in windows-1250 is valid UTF-8 as well.
 */
export function leadOfUtf8(cells: readonly string[]): { readonly lead: number; readonly rival: string } {
  const own = cells.reduce(
    (sum, cell) => sum + textLikelihood(Buffer.from(cell, 'latin1').toString('utf8')),
    0,
  );
  const rivals = USUAL.map(({ encoding, prior }) => ({
    encoding,
    score: cells.reduce((sum, cell) => sum + textLikelihood(readAs(cell, encoding)), prior),
  }));
  rivals.sort((a, b) => b.score - a.score);
  const [best] = rivals;
  return { lead: own - (best?.score ?? 0), rival: best?.encoding ?? '' };
}

function wordsApart(
  stretches: readonly Weighed[],
  encodings: readonly string[],
  first: string,
  second: string,
): readonly { readonly first: string; readonly second: string }[] {
  const a = encodings.indexOf(first);
  const b = encodings.indexOf(second);
  const apart = stretches
    .map(({ cell, from, to, scores }) => ({
      first: shownWord(readAs(cell, first), from, to),
      second: shownWord(readAs(cell, second), from, to),
      weight: Math.abs((scores[a] ?? 0) - (scores[b] ?? 0)),
    }))
    .filter((pair) => pair.first !== pair.second)
    .sort((x, y) => y.weight - x.weight);
  return apart.filter((pair, i) => apart.findIndex((other) => other.first === pair.first) === i);
}

/** A stretch with what of its cell stands directly beside it. */
function shownWord(text: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start > 0 && from - start < 20 && !/\s/.test(text.charAt(start - 1))) start--;
  while (end < text.length && end - to < 20 && !/\s/.test(text.charAt(end))) end++;
  return text.slice(start, end).trim().slice(0, 60);
}
