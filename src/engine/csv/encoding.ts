// In which encoding is this text: by its BOM, by the shape of its bytes, else by the letters of our languages.
import { isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';

export interface Encoding {
  readonly encoding: string;
  readonly bom: boolean;
  /** 0 to 1. */
  readonly confidence: number;
  readonly note?: string;
}

/** Undefined: no encoding fits, the content is binary or of an encoding not known here. */
export function detectEncoding(samples: readonly Buffer[]): Encoding | undefined {
  const head = samples[0] ?? Buffer.alloc(0);
  const bom = byBom(head);
  if (bom !== undefined) return bom;
  const wide = byZeros(head);
  if (wide !== undefined) return wide;
  if (controlShare(head) > 0.02) return undefined;
  const trimmed = samples.map(trimPartial);
  const highs = trimmed.reduce((n, s) => n + countHigh(s), 0);
  if (highs === 0)
    return {
      encoding: 'utf-8',
      bom: false,
      confidence: 0.9,
      note: 'only ASCII in the sample: read as UTF-8',
    };
  if (trimmed.every((s) => isUtf8(s))) return { encoding: 'utf-8', bom: false, confidence: 0.99 };
  const broken = trimmed.reduce((n, s) => n + countBroken(s), 0);
  // A few broken bytes among good sequences are damaged rows of a UTF-8 file, not another encoding.
  if (highs - broken > 20 * broken)
    return { encoding: 'utf-8', bom: false, confidence: 0.9, note: 'bytes that are not UTF-8 in the sample' };
  return bySingleByte(Buffer.concat(trimmed));
}

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

function countHigh(sample: Buffer): number {
  let n = 0;
  for (const b of sample) if (b >= 0x80) n++;
  return n;
}

/** High bytes that belong to no UTF-8 sequence. */
function countBroken(sample: Buffer): number {
  let broken = 0;
  for (let i = 0; i < sample.length; i++) {
    const b = sample[i] ?? 0;
    if (b < 0x80) continue;
    const need = b >= 0xf0 && b < 0xf5 ? 3 : b >= 0xe0 && b < 0xf0 ? 2 : b >= 0xc2 && b < 0xe0 ? 1 : 0;
    if (need > 0 && isUtf8(sample.subarray(i, i + need + 1)) && i + need < sample.length) i += need;
    else broken++;
  }
  return broken;
}

/**
 * Letters beyond ASCII of each language with rough shares per thousand of them: enough to tell which of the
 * code pages makes words of the same bytes.
 */
const LANGUAGES: readonly { readonly encodings: readonly string[]; readonly letters: string }[] = [
  // Central European
  {
    encodings: ['windows-1250', 'iso-8859-2', 'cp852'],
    letters: 'í190 á150 é100 ě95 ř75 č70 ž65 ý65 š55 ů45 ú15 ó5 ť5 ď3 ň6',
  }, // Czech
  {
    encodings: ['windows-1250', 'iso-8859-2', 'cp852'],
    letters: 'á180 í130 é110 č100 š85 ž85 ý90 ú80 ľ45 ť55 ô25 ň15 ä12 ó12 ď12 ŕ3 ĺ3',
  }, // Slovak
  { encodings: ['windows-1250', 'iso-8859-2', 'cp852'], letters: 'ł220 ę130 ą130 ó110 ż110 ś90 ć60 ń30 ź10' }, // Polish
  { encodings: ['windows-1250', 'iso-8859-2', 'cp852'], letters: 'á270 é270 ö90 ó90 í60 ő60 ü50 ú35 ű20' }, // Hungarian
  { encodings: ['windows-1250', 'iso-8859-2'], letters: 'ă350 î220 ş170 ţ170 â90' }, // Romanian
  { encodings: ['windows-1250', 'iso-8859-2'], letters: 'č300 š300 ž250 ć100 đ50' }, // Slovene, Croatian
  // Western European
  { encodings: ['windows-1252', 'cp850', 'macroman'], letters: 'ü350 ä320 ö200 ß130' }, // German
  {
    encodings: ['windows-1252', 'cp850', 'macroman'],
    letters: 'é600 è140 à120 ê60 ç50 ô25 î20 û15 â15 ù15 ï7 ë7 œ5',
  }, // French
  { encodings: ['windows-1252', 'cp850', 'macroman'], letters: 'ë450 é350 ï120 ö40 ü40 è30 ó20 ê15 á10' }, // Dutch
  { encodings: ['windows-1252', 'cp850', 'macroman'], letters: 'ó280 í240 á200 é150 ñ90 ú60 ü5 ¿10 ¡5' }, // Spanish
  { encodings: ['windows-1252', 'cp850', 'macroman'], letters: 'è300 à300 ù130 ò110 é110 ì90' }, // Italian
  {
    encodings: ['windows-1252', 'cp850', 'macroman'],
    letters: 'ã240 ç170 é130 á120 í110 ó90 ê90 õ50 ú40 à30 â30 ô20',
  }, // Portuguese
  { encodings: ['windows-1252', 'cp850', 'macroman'], letters: 'ø330 å380 æ270 é10' }, // Danish, Norwegian
  { encodings: ['windows-1252', 'cp850', 'macroman'], letters: 'ä420 å320 ö300 é10' }, // Swedish, Finnish
  { encodings: ['windows-1254'], letters: 'ı330 ü130 ş130 ğ90 ç90 ö80 İ20' }, // Turkish
  {
    encodings: ['windows-1257'],
    letters: 'ā120 ī120 ē100 š100 ė100 ž60 ų90 ū60 į60 ņ20 ļ30 č30 ģ20 ķ20 ą30 ę20',
  }, // Baltic
  {
    encodings: ['windows-1251', 'koi8-r', 'cp866', 'iso-8859-5'],
    letters:
      'о110 е85 а80 и73 н67 т63 с55 р47 в45 л43 к35 м32 д30 п28 у26 я20 ы19 ь17 г17 з16 б16 ч14 й12 х10 ж9 ш7 ю6 ц5 щ4 э3 ф3 ъ1',
  }, // Russian
  {
    encodings: ['windows-1255'],
    letters:
      'י110 ו105 ה95 ל75 א65 ר60 ת55 ב50 מ50 ש48 ם33 נ32 ד27 ע26 ח24 ק22 פ20 כ20 ט13 ג13 צ11 ס14 ז11 ן10 ך6 ף3 ץ2',
  }, // Hebrew
  {
    encodings: ['windows-1253', 'iso-8859-7'],
    letters:
      'α120 ο90 ι80 ε80 τ80 ν65 σ60 η50 ρ45 π40 κ40 μ33 υ42 λ26 ς40 ά20 ί20 έ20 ό20 ή15 ώ10 γ17 δ17 θ11 χ10 φ8 ω15 ύ8 β7 ξ4 ζ4 ψ2',
  }, // Greek
];
/** Signs beside letters that any language uses. */
const COMMON = '€£§°–—‘’“”„…•·´«»©®™±²³½¼¾µ\u00a0¢¥';
const RARE = Math.log(0.0005);
const SIGN = Math.log(0.03);
/** Mean per byte: languages of ours reach -3.5, bytes of Asian or unknown encodings stay below -4.5. */
const UNLIKELY = -4.2;

function profile(letters: string): ReadonlyMap<string, number> {
  const shares = new Map<string, number>();
  let total = 0;
  for (const item of letters.split(' ')) total += Number(item.slice(1));
  for (const item of letters.split(' ')) {
    const letter = item.slice(0, 1);
    const share = Math.log(Number(item.slice(1)) / total);
    shares.set(letter, share);
    const upper = letter.toUpperCase();
    // Capitals are rarer, but names and headings have them.
    if (upper.length === 1 && upper !== letter && !shares.has(upper)) shares.set(upper, share - 1.2);
  }
  return shares;
}

/** The code page whose letters make the likeliest language of the bytes. */
function bySingleByte(sample: Buffer): Encoding | undefined {
  const counts = new Array<number>(256).fill(0);
  let highs = 0;
  for (const b of sample) {
    if (b < 0x80) continue;
    counts[b] = (counts[b] ?? 0) + 1;
    highs++;
  }
  const misplaced = signsInWords(sample);
  const scores = new Map<string, number>();
  for (const { encodings, letters } of LANGUAGES) {
    const shares = profile(letters);
    for (const encoding of encodings) {
      const table = iconv.decode(Buffer.from(Array.from({ length: 256 }, (_, i) => i)), encoding);
      let score = 0;
      for (let b = 0x80; b < 256; b++) {
        const n = counts[b] ?? 0;
        if (n === 0) continue;
        const character = table[b] ?? '\ufffd';
        const sign = COMMON.includes(character);
        // A sign amid letters is a letter of another code page.
        if (sign) score += (n - (misplaced[b] ?? 0)) * SIGN + (misplaced[b] ?? 0) * (RARE - 1);
        else if (character === '\ufffd' || (character >= '\u0080' && character < '\u00a0'))
          score += n * (RARE - 3);
        else score += n * (shares.get(character) ?? RARE);
      }
      const known = scores.get(encoding);
      if (known === undefined || score > known) scores.set(encoding, score);
    }
  }
  const ranked = [...scores]
    .map(([encoding, score]) => ({ encoding, score: score / highs }))
    .sort((x, y) => y.score - x.score);
  const [best] = ranked;
  if (best === undefined) return undefined;
  // Code pages that give the same text are no rivals.
  const used = Buffer.from(counts.flatMap((n, b) => (n > 0 ? [b] : [])));
  const text = iconv.decode(used, best.encoding);
  const second = ranked.find((r) => iconv.decode(used, r.encoding) !== text) ?? {
    encoding: best.encoding,
    score: best.score - 5,
  };
  // Worse than a rare letter each time: no language of ours.
  if (best.score < UNLIKELY) return undefined;
  const margin = 1 - Math.exp((second.score - best.score) * Math.min(highs, 50));
  const confidence = Math.round(Math.max(0.5, Math.min(0.98, 0.5 + margin / 2)) * 100) / 100;
  // Western and Central European are a close call on few letters: the common one then.
  const chosen =
    confidence < 0.55 && ranked.some((r) => r.encoding === 'windows-1252' && best.score - r.score < 0.05)
      ? 'windows-1252'
      : best.encoding;
  return {
    encoding: chosen,
    bom: false,
    confidence,
    note:
      confidence < 0.8
        ? `not UTF-8: read as ${chosen} by its letters, ${chosen === second.encoding ? best.encoding : second.encoding} would also fit`
        : `not UTF-8: read as ${chosen} by its letters`,
  };
}

/** By byte value: how often it stands between two ASCII letters. */
function signsInWords(sample: Buffer): readonly number[] {
  const inside = new Array<number>(256).fill(0);
  const letter = (b: number): boolean => (b | 32) >= 97 && (b | 32) <= 122;
  for (let i = 1; i + 1 < sample.length; i++) {
    const b = sample[i] ?? 0;
    if (b >= 0x80 && letter(sample[i - 1] ?? 0) && letter(sample[i + 1] ?? 0))
      inside[b] = (inside[b] ?? 0) + 1;
  }
  return inside;
}
