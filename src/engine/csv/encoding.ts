// In which encoding is this text: by its BOM, by the shape of its bytes, else by the words that it makes of them.
import { isUtf8 } from 'node:buffer';
import { defined } from '../model';
import { otherAlphabet } from './alphabets';
import {
  compare,
  type PageComparison,
  type EncodingEvidence,
  leadOfUtf8,
  type EvidenceSource,
  readAs,
  type RankedPage,
} from './codePages';
import { HighBytes, isLikelyUtf8 } from './highBytes';
import type { FormatDoubt } from './format';

export interface Encoding {
  readonly encoding: string;
  readonly bom: boolean;
  /** 0 to 1; below 0.95 wherever another reading would fit. */
  readonly confidence: number;
  readonly note?: string;
  readonly doubts?: readonly FormatDoubt[];
  /** What beside the bytes was looked at, because the bytes alone did not settle it; empty where there was nothing. */
  readonly evidence?: EncodingEvidence;
}

const NO_EVIDENCE: EvidenceSource = () => ({});

export type EncodingDecision =
  | ({ readonly kind: 'decided' } & Encoding)
  | {
      readonly kind: 'refused';
      readonly code: 'NOT_TEXT' | 'AMBIGUOUS_ENCODING';
      readonly reason: string;
      /** For people who only look: the least unlikely reading. */
      readonly best?: Encoding;
    };

/**
 * Log odds above which a reading has no rival. It was chosen on files of single rare words in eight languages, so that
 * none of those was misread in silence: fitted to them, and no promise for other words.
 */
const CERTAIN = 9;
/** Log odds from which the bytes of a file are clear enough that nothing beside them changes the reading. */
const CLEAR = 6;
/** Log odds from which the bytes speak for a reading, if not loudly. */
const LEANING = 2;
/** Mean per character: below it a reading makes no words of our languages. */
const NO_WORDS = -5.6;
/** So many different stretches of bytes are a whole text. */
const WHOLE_TEXT = 20;
const FEW_WORDS = 4;
const UNKNOWN = 'Its bytes are not text in a known encoding: binary content, or a damaged file.';
const STATE_IT = 'State "format": {"encoding": …} for this brand or table in the config.';

/**
 * Decides by samples of a text: its beginning first. Samples of which each byte is ASCII or part of UTF-8 are settled
 * here; of others a caller that has not seen all bytes should collect them all and ask `decideByHighBytes`.
 */
export function decideEncoding(
  samples: readonly Buffer[],
  evidence: EvidenceSource = NO_EVIDENCE,
): EncodingDecision {
  const head = samples[0] ?? Buffer.alloc(0);
  const shape = byBom(head) ?? byZeros(head);
  if (shape !== undefined) return { kind: 'decided', ...shape };
  if (controlShare(head) > 0.02) return { kind: 'refused', code: 'NOT_TEXT', reason: UNKNOWN };
  const trimmed = samples.map(trimPartial);
  if (trimmed.every((sample) => !sample.some((b) => b >= 0x80)))
    return utf8(0.9, 'only ASCII in the sample: read as UTF-8');
  if (trimmed.every((s) => isUtf8(s)) && trimmed.some((s) => isLikelyUtf8(s.toString('utf8'))))
    return hasFewCharacters(trimmed) ? validUtf8(HighBytes.separate(trimmed), evidence) : utf8(0.99);
  return decideByHighBytes(HighBytes.separate(trimmed), evidence);
}

/** As decideEncoding, without anything known beside the bytes; undefined: no encoding fits. */
export function detectEncoding(samples: readonly Buffer[]): Encoding | undefined {
  const decision = decideEncoding(samples);
  return decision.kind === 'decided' ? decision : decision.best;
}

function utf8(confidence: number, note?: string): EncodingDecision {
  return { kind: 'decided', encoding: 'utf-8', bom: false, confidence, ...defined({ note }) };
}

/** So many different characters beyond ASCII are no chance. */
const MANY_CHARACTERS = 6;

function hasFewCharacters(samples: readonly Buffer[]): boolean {
  const seen = new Set<string>();
  for (const sample of samples)
    for (const [character] of sample.toString('utf8').matchAll(/[^\x00-\x7f]/gu))
      if (seen.add(character).size > MANY_CHARACTERS) return false;
  return true;
}

/** As log odds: below the first it is UTF-8 with a doubt, below the second by chance. */
const SURE_UTF8 = 6;
const NO_UTF8 = -5;

/** Valid UTF-8 of few characters: two letters of a code page may be a sequence by chance, "STRĂŞENI" is "STRêENI". */
function validUtf8(found: HighBytes, evidence: EvidenceSource): EncodingDecision {
  const cells = [...found.utf8.keys()].slice(0, 100);
  const { lead, rival } = leadOfUtf8(cells);
  if (lead >= SURE_UTF8) return utf8(0.99);
  const single = lead > NO_UTF8 ? undefined : settled(cells, compare(cells, {}), evidence);
  const taken = single?.encoding ?? 'utf-8';
  const other = taken === 'utf-8' ? rival : 'utf-8';
  return {
    kind: 'decided',
    encoding: taken,
    bom: false,
    confidence: 0.7,
    doubts: [
      {
        choice: 'encoding',
        message: `Its encoding is not certain: ${shown(cells, taken)} as ${taken}, which was taken; ${shown(cells, other)} as ${other}. ${STATE_IT}`,
      },
    ],
    ...defined({ evidence: single?.evidence }),
  };
}

/** Decides by the lines and cells of a text that is neither ASCII nor UTF-8 throughout. */
export function decideByHighBytes(
  found: HighBytes,
  evidence: EvidenceSource = NO_EVIDENCE,
): EncodingDecision {
  const { lines } = found;
  if (lines.utf8 + lines.odd + lines.other === 0) return utf8(0.9, 'only ASCII in the sample: read as UTF-8');
  if (lines.other === 0 && lines.odd === 0) return validUtf8(found, evidence);
  if (lines.utf8 > lines.other)
    return utf8(
      lines.other === 0 ? 0.95 : 0.9,
      lines.other === 0
        ? undefined
        : `${lines.other} of ${lines.utf8 + lines.other} lines beyond ASCII are not UTF-8`,
    );
  const cells = [...found.other.keys()];
  const comparison = compare(cells, {});
  const [first] = comparison.readings;
  if (first === undefined) return utf8(0.9);
  if (lines.utf8 === lines.other && lines.utf8 > 0) return halfAndHalf(found, first);
  if (first.mean < NO_WORDS) {
    if (lines.other === 0) return utf8(0.9);
    return withoutWords(cells, comparison, first);
  }
  const unusual = asUnusual(cells, first);
  const decided = unusual?.encoding ?? settled(cells, comparison, evidence);
  const doubts = [
    ...(unusual === undefined ? [] : unusual.doubts),
    ...(decided.doubts ?? []),
    ...mixedDoubts(found, decided.encoding),
  ];
  if (doubts.length === 0) return { kind: 'decided', ...decided };
  return { kind: 'decided', ...decided, confidence: Math.min(0.94, decided.confidence), doubts };
}

/** As many lines are UTF-8 as are not: neither reading is right for all. */
function halfAndHalf(found: HighBytes, first: RankedPage): EncodingDecision {
  const utf8Words = shownCells(found.utf8, 'utf-8');
  const otherWords = shownCells(found.other, first.encoding);
  return {
    kind: 'refused',
    code: 'AMBIGUOUS_ENCODING',
    reason: `As many of its lines are UTF-8 (${utf8Words}) as are ${first.encoding} (${otherWords}). Deliver it in one encoding, or state it: ${STATE_IT}`,
    best: { encoding: first.encoding, bom: false, confidence: 0.5 },
  };
}

/** Code pages of old programs for the same languages: believed only on overwhelming evidence. */
const OLD_PAGES = ['cp852', 'cp850', 'macroman'];
/** By how much one has to lead, as log odds, for a whole text and for a few words. */
const OVERWHELMING = 60;
const STRONG = 20;

/** Where a code page that nobody uses makes better words: it is taken for a whole text, else it is a doubt. */
function asUnusual(
  cells: readonly string[],
  usual: RankedPage,
): { readonly encoding?: Encoding; readonly doubts: readonly FormatDoubt[] } | undefined {
  const comparison = compare(cells, {}, OLD_PAGES);
  const [best] = comparison.readings;
  if (best === undefined || !OLD_PAGES.includes(best.encoding)) return undefined;
  const rival = comparison.readings.find((r) => r.encoding === usual.encoding);
  if (rival === undefined) return undefined;
  const lead = best.score - rival.score;
  const whole = comparison.stretches >= WHOLE_TEXT && lead >= OVERWHELMING;
  const note = `not UTF-8: read as ${best.encoding} by its words`;
  const found = { encoding: best.encoding, bom: false, confidence: whole ? 0.97 : 0.8, note };
  if (whole) return { encoding: found, doubts: [] };
  const taken = comparison.stretches >= FEW_WORDS && lead >= STRONG;
  const [one, other] = taken ? [best.encoding, usual.encoding] : [usual.encoding, best.encoding];
  return {
    ...(taken ? { encoding: found } : {}),
    doubts: [{ choice: 'encoding', message: contested(comparison, one, other) }],
  };
}

/** By the bytes alone where they settle it, else with what is known beside them. */
function settled(cells: readonly string[], alone: PageComparison, source: EvidenceSource): Encoding {
  const [first, second] = alone.readings;
  if (first === undefined) throw new Error('No reading was compared.');
  const by = (encoding: string): string => `not UTF-8: read as ${encoding} by its words`;
  if (second === undefined)
    return {
      encoding: first.encoding,
      bom: false,
      confidence: 0.94,
      note: `not UTF-8: read as ${first.encoding}; other code pages of Europe give the same text`,
    };
  if (first.score - second.score >= CERTAIN)
    return {
      encoding: first.encoding,
      bom: false,
      confidence: confidenceOf(first.score - second.score),
      note: by(first.encoding),
    };
  return byEvidence(cells, alone, source());
}

/**
 * What is known beside the bytes chooses where they are not clear. It takes the doubt away only where an earlier file
 * of the table says what the bytes say, too: a time zone alone proves nothing, and a brand may change its encoding.
 */
function byEvidence(cells: readonly string[], alone: PageComparison, evidence: EncodingEvidence): Encoding {
  const informed = compare(cells, evidence);
  const [first, second] = alone.readings;
  const [best, rival] = informed.readings;
  if (first === undefined || second === undefined || best === undefined || rival === undefined)
    throw new Error('No two readings were compared.');
  const lead = first.score - second.score;
  const agree = informed.words(first.encoding, best.encoding).length === 0;
  const [taken, other] = agree || lead < CLEAR ? [best, rival] : [first, best];
  const margin = taken === best ? best.score - rival.score : 0;
  const note = `not UTF-8: read as ${taken.encoding} by its words`;
  const read = { encoding: taken.encoding, bom: false, evidence };
  if (agree && evidence.earlier === taken.encoding && lead >= LEANING && margin >= CERTAIN)
    return { ...read, confidence: confidenceOf(margin), note: `${note} and as earlier files of the table` };
  return {
    ...read,
    confidence: Math.min(UNSURE, confidenceOf(margin)),
    note: `${note}, ${other.encoding} would also fit`,
    doubts: [{ choice: 'encoding', message: contested(informed, taken.encoding, other.encoding) }],
  };
}

/** Of a reading that has a doubt. */
const UNSURE = 0.94;

/** Fitted to the same words as CERTAIN; only a reading without rival is surer than 0.95. */
function confidenceOf(margin: number): number {
  const sure = 1 / (1 + Math.exp(-0.7 * margin));
  const most = margin >= CERTAIN ? 0.99 : UNSURE;
  return Math.round(Math.min(most, sure) * 100) / 100;
}

/** The words in question in both readings. */
function contested(comparison: PageComparison, best: string, rival: string): string {
  const words = comparison.words(best, rival).slice(0, 3);
  const list = (side: 'first' | 'second'): string => words.map((pair) => `"${pair[side]}"`).join(', ');
  return `Its encoding is not certain: ${list('first')} as ${best}, which was taken; ${list('second')} as ${rival}. ${STATE_IT}`;
}

/** No usual code page makes words of the bytes: another alphabet, where the text is long enough to say so. */
function withoutWords(cells: readonly string[], usual: PageComparison, first: RankedPage): EncodingDecision {
  const same = compare(cells, {}, OLD_PAGES).readings[0];
  const other = same !== undefined && same.mean >= NO_WORDS ? same.encoding : otherAlphabet(cells);
  if (other === undefined) {
    if (usual.stretches >= FEW_WORDS || first.mean < 2 * NO_WORDS)
      return { kind: 'refused', code: 'NOT_TEXT', reason: UNKNOWN };
    return {
      kind: 'refused',
      code: 'AMBIGUOUS_ENCODING',
      reason: `No encoding that is known makes words of its bytes: ${shown(cells, first.encoding)} as ${first.encoding}. ${STATE_IT}`,
      best: { encoding: first.encoding, bom: false, confidence: 0.5 },
    };
  }
  const both = `${shown(cells, other)} as ${other}, ${shown(cells, first.encoding)} as ${first.encoding}`;
  const best = { encoding: other, bom: false, confidence: usual.stretches >= WHOLE_TEXT ? 0.97 : 0.8 };
  if (usual.stretches < FEW_WORDS)
    return {
      kind: 'refused',
      code: 'AMBIGUOUS_ENCODING',
      reason: `Too few words say in which encoding it is: ${both}. ${STATE_IT}`,
      best: { ...best, confidence: 0.5 },
    };
  return {
    kind: 'decided',
    ...best,
    note: `not UTF-8: read as ${other} by its letters`,
    ...(usual.stretches >= WHOLE_TEXT
      ? {}
      : { doubts: [{ choice: 'encoding', message: `Its encoding is unusual: ${both}. ${STATE_IT}` }] }),
  };
}

/** Lines of a file in a code page that are UTF-8: their text was stored twice, or glued in. */
function mixedDoubts(found: HighBytes, encoding: string): readonly FormatDoubt[] {
  const { utf8: lines, odd } = found.lines;
  if (lines === 0 && found.lines.other === 0)
    return [
      {
        choice: 'encoding',
        message: `Its bytes are valid UTF-8 by chance: ${shownCells(found.other, encoding)} as ${encoding}, which was taken; ${shownCells(found.other, 'utf-8')} as UTF-8 (${odd} ${odd === 1 ? 'line' : 'lines'}). ${STATE_IT}`,
      },
    ];
  if (lines === 0) return [];
  return [
    {
      choice: 'encoding',
      message: `${lines} of its ${lines + found.lines.other} lines beyond ASCII ${lines === 1 ? 'is' : 'are'} UTF-8, the others are not: ${shownCells(found.utf8, encoding)} as ${encoding}, which was taken; ${shownCells(found.utf8, 'utf-8')} as UTF-8. Deliver it in one encoding.`,
    },
  ];
}

function shownCells(cells: ReadonlyMap<string, number>, encoding: string): string {
  return shown([...cells.keys()], encoding);
}

/** The first cells, quoted. */
function shown(cells: readonly string[], encoding: string): string {
  return cells
    .slice(0, 3)
    .map((cell) => {
      const text =
        encoding === 'utf-8' ? Buffer.from(cell, 'latin1').toString('utf8') : readAs(cell, encoding);
      return `"${text.trim().slice(0, 40)}"`;
    })
    .join(', ');
}

// ---- the shape of the bytes ----------------------------------------------------------------------

function byBom(head: Buffer): Encoding | undefined {
  const found = (encoding: string): Encoding => ({ encoding, bom: true, confidence: 1 });
  const [a, b, c, d] = head;
  if (a === 0xef && b === 0xbb && c === 0xbf) return found('utf-8');
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 ? found('utf-32le') : found('utf-16le');
  if (a === 0xfe && b === 0xff) return found('utf-16be');
  if (a === 0 && b === 0 && c === 0xfe && d === 0xff) return found('utf-32be');
  return undefined;
}

/** UTF-16 and UTF-32 without BOM: in western text zeros stand at every second byte, or three of four. */
function byZeros(head: Buffer): Encoding | undefined {
  const length = Math.min(head.length, 65536) & ~3;
  if (length < 4) return undefined;
  const zeros = [0, 0, 0, 0];
  for (let i = 0; i < length; i++) if (head[i] === 0) zeros[i & 3] = (zeros[i & 3] ?? 0) + 1;
  const share = zeros.map((n) => n / (length / 4));
  const [a = 0, b = 0, c = 0, d = 0] = share;
  const found = (encoding: string): Encoding => ({
    encoding,
    bom: false,
    confidence: 0.95,
    note: `no BOM: ${encoding} by the places of its zero bytes`,
  });
  if (b > 0.9 && c > 0.9 && d > 0.9 && a < 0.1) return found('utf-32le');
  if (a > 0.9 && b > 0.9 && c > 0.9 && d < 0.1) return found('utf-32be');
  if (b > 0.6 && d > 0.6 && a < 0.05 && c < 0.05) return found('utf-16le');
  if (a > 0.6 && c > 0.6 && b < 0.05 && d < 0.05) return found('utf-16be');
  return undefined;
}

/** Share of bytes that stand in no text. NUL counts little: text with a few NULs is damaged text. */
function controlShare(head: Buffer): number {
  let controls = 0;
  for (const b of head)
    if (b < 32 && b !== 0 && b !== 9 && b !== 10 && b !== 12 && b !== 13 && b !== 1 && b < 28) controls++;
  return head.length === 0 ? 0 : controls / head.length;
}

const isContinuation = (b: number | undefined): boolean => b !== undefined && (b & 0xc0) === 0x80;

/** Without the sequence that the sample's borders cut. */
function trimPartial(sample: Buffer): Buffer {
  let from = 0;
  while (from < 3 && isContinuation(sample[from])) from++;
  if (from > 0 && !isUtf8(sample.subarray(from, Math.min(sample.length, from + 64)))) from = 0;
  let to = sample.length;
  for (let back = 1; back <= 3 && back <= sample.length; back++) {
    const b = sample[sample.length - back] ?? 0;
    if (isContinuation(b)) continue;
    const need = b >= 0xf0 ? 4 : b >= 0xe0 ? 3 : b >= 0xc2 ? 2 : 1;
    if (need > back) to = sample.length - back;
    break;
  }
  return sample.subarray(from, Math.max(from, to));
}
