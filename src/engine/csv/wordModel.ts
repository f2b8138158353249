// How likely is a text as words of our languages: what decides between readings of the same bytes.
import { LANGUAGES } from './languages';

/** Log probabilities of letters, learned from words: by the two letters before, the one before, and alone. */
class LetterModel {
  readonly weight: number;
  readonly #pairs = new Map<string, Followers>();
  readonly #singles = new Map<string, Followers>();
  readonly #letters = new Map<string, number>();
  readonly #remembered = new Map<string, number>();
  #total = 0;

  constructor(weight: number, words: readonly string[]) {
    this.weight = Math.log(weight);
    for (const word of words) {
      const text = `^${word.toLowerCase()}$`;
      for (let i = 1; i < text.length; i++) {
        const letter = text.charAt(i);
        count(this.#pairs, text.slice(Math.max(0, i - 2), i), letter);
        count(this.#singles, text.charAt(i - 1), letter);
        this.#letters.set(letter, (this.#letters.get(letter) ?? 0) + 1);
        this.#total++;
      }
    }
  }

  /** Log probability of a word in lower case. */
  word(word: string): number {
    const known = this.#remembered.get(word);
    if (known !== undefined) return known;
    const text = `^${word}$`;
    let sum = 0;
    for (let i = 1; i < text.length; i++)
      sum += Math.log(this.#share(text.slice(Math.max(0, i - 2), i), text.charAt(i)));
    if (this.#remembered.size < 20_000) this.#remembered.set(word, sum);
    return sum;
  }

  /** Witten-Bell smoothing: the more different letters followed, the more a new one may. */
  #share(before: string, letter: string): number {
    const alone =
      ((this.#letters.get(letter) ?? 0) + this.#letters.size / ALPHABET) / (this.#total + this.#letters.size);
    const one = blend(this.#singles.get(before.slice(-1)), letter, alone);
    return before.length < 2 ? one : blend(this.#pairs.get(before), letter, one);
  }
}

/** Letters that might occur in any text: what a language never shows shares the rest. */
const ALPHABET = 400;

/** Which letters followed, and how often. */
interface Followers {
  readonly letters: Map<string, number>;
  total: number;
}

function count(into: Map<string, Followers>, before: string, letter: string): void {
  const followers = into.get(before) ?? { letters: new Map<string, number>(), total: 0 };
  followers.letters.set(letter, (followers.letters.get(letter) ?? 0) + 1);
  followers.total++;
  into.set(before, followers);
}

function blend(followers: Followers | undefined, letter: string, lower: number): number {
  if (followers === undefined) return lower;
  const { letters, total } = followers;
  return ((letters.get(letter) ?? 0) + letters.size * lower) / (total + letters.size);
}

let models: readonly LetterModel[] | undefined;

/** Learned at the first file that is neither ASCII nor UTF-8. */
function learned(): readonly LetterModel[] {
  models ??= LANGUAGES.map(({ weight, words }) => new LetterModel(weight, words.split(/\s+/)));
  return models;
}

/** Bytes of a cell that belong together, as text of one reading. */
export interface Stretch {
  /** Two characters at most. */
  readonly before: string;
  readonly text: string;
  readonly after: string;
}

/** Letters, without the signs that Unicode counts among them. */
const WORD = /(?:['’]?(?![ªºµˇ])[\p{L}\p{M}])+(?:['’](?=$|[\s,;.]))?/gu;
/** No text has these. */
const NO_TEXT = -16;
/** A capital amid small letters, a small letter amid capitals, a letter at a digit. */
const MISPLACED = -4;

/** Log probability of a stretch as text of any of our languages; comparable between readings of the same bytes. */
export function likelihood(stretch: Stretch): number {
  const { text } = stretch;
  const words: string[] = [];
  let signs = 0;
  let at = 0;
  const takeSigns = (to: number): void => {
    for (let i = at; i < to; i++) signs += signScore(stretch, i);
  };
  for (const match of text.matchAll(WORD)) {
    takeSigns(match.index);
    at = match.index + match[0].length;
    signs += placing(stretch, match[0], match.index);
    words.push(match[0].toLowerCase());
  }
  takeSigns(text.length);
  if (words.length === 0) return signs;
  return (
    signs + logSum(learned().map((model) => words.reduce((sum, w) => sum + model.word(w), model.weight)))
  );
}

function logSum(values: readonly number[]): number {
  const most = Math.max(...values);
  return most + Math.log(values.reduce((sum, v) => sum + Math.exp(v - most), 0));
}

const isUpper = (c: string): boolean => c !== c.toLowerCase();
const isLower = (c: string): boolean => c !== c.toUpperCase() && c === c.toLowerCase();

/** What speaks against a word besides its letters. */
function placing({ before, text, after }: Stretch, word: string, index: number): number {
  let score = 0;
  const plain = word.replaceAll('ß', '').replace(/['’]\p{Ll}{1,2}$/u, '');
  const uppers = Array.from(plain).filter(isUpper).length;
  const lowers = Array.from(plain).filter(isLower).length;
  for (let i = 0; i < plain.length; i++) {
    const c = plain.charAt(i);
    if (c <= '\x7f') continue;
    if (isUpper(c) && i > 0 && isLower(plain.charAt(i - 1))) score += MISPLACED;
    if (isLower(c) && uppers - (isUpper(plain.charAt(0)) ? 1 : 0) >= 1 && uppers > lowers) score += MISPLACED;
    if (/^[ˇ˘˝˛˙¨´¸ªº]/u.test(c)) score += MISPLACED;
  }
  const left = index > 0 ? text.charAt(index - 1) : before.slice(-1);
  const right = index + word.length < text.length ? text.charAt(index + word.length) : after.slice(0, 1);
  if (/[^\x00-\x7f]/.test(word.charAt(0)) && /\d/.test(left)) score += MISPLACED;
  if (/[^\x00-\x7f]/.test(word.slice(-1)) && /\d/.test(right)) score += MISPLACED;
  return score;
}

const LETTER = /[\p{L}\p{M}]/u;
const EDGE = /^$|[\s()[\]{}/\\,.;:!?<>+=*&|"'_~#-]/;
const DASHES = '–—';

/** Signs with the places where they stand: what is left of them, and what is right. */
const SIGNS: readonly {
  readonly signs: string;
  readonly left: RegExp;
  readonly right: RegExp;
  readonly score: number;
}[] = [
  { signs: '‘’‚', left: EDGE, right: /[\p{L}\d]/u, score: -4 },
  { signs: '’‘', left: /[\p{L}\d.!?…]/u, right: EDGE, score: -4 },
  { signs: '“„”«»‹›', left: EDGE, right: /[\p{L}\d\s\u00a0¡¿…’]/u, score: -4 },
  { signs: '”“»«›‹', left: /[\p{L}\d\s\u00a0.,!?…’)%]/u, right: EDGE, score: -4 },
  { signs: DASHES, left: /^$|[\s\u00a0]/, right: /^$|[\s\u00a0]/, score: -3.5 },
  { signs: DASHES, left: /[\p{L}\d]/u, right: /[\p{L}\d]/u, score: -5 },
  { signs: DASHES, left: /[\p{L}\d,.]/u, right: /\s/, score: -5 },
  { signs: '…', left: /[\p{L}\d\s!?]/u, right: EDGE, score: -4 },
  { signs: '…', left: EDGE, right: /\p{L}/u, score: -4.5 },
  { signs: '€£¥¢ƒ', left: /^$|[\s\d(\u00a0/-]/, right: /^$|[\s\d)\u00a0.,/-]/, score: -4.5 },
  { signs: '™®©', left: /[\p{L}\d)]/u, right: EDGE, score: -5 },
  { signs: '©®™', left: /^$|[\s(]/, right: /^$|[\s\d)]/, score: -5 },
  { signs: '°', left: /^$|[\d\sNn]/, right: /^$|[\sCFKcf\d,.)]/, score: -4.5 },
  { signs: '§', left: /^$|[\s(§]/, right: /^$|[\s\d§\u00a0]/, score: -4.5 },
  { signs: '½¼¾', left: /^$|[\s\d(]/, right: EDGE, score: -4.5 },
  { signs: '²³', left: /[mMdck]/, right: EDGE, score: -4.5 },
  { signs: '¹²³', left: /[\d)]/, right: EDGE, score: -5.5 },
  { signs: 'ºª', left: /[\d.]/, right: EDGE, score: -5 },
  { signs: '¿¡', left: /^$|[\s("¿¡]/, right: /\p{L}/u, score: -4 },
  { signs: '·•†‡', left: /^$|[\s\u00a0]/, right: /^$|[\s\u00a0\p{L}\d]/u, score: -4.5 },
  { signs: '·', left: /\p{L}/u, right: /\p{L}/u, score: -6 },
  { signs: '×±÷µ', left: /^$|[\s\d(]/, right: /^$|[\s\dmgls]/, score: -4.5 },
  { signs: '\u00a0', left: /[\p{L}\d«»“”.,:;!?%€]/u, right: /[\p{L}\d«»“”:;!?%€–—(]/u, score: -4 },
  { signs: '‰', left: /[\d\s]/, right: EDGE, score: -5 },
  { signs: '\u00ad', left: LETTER, right: LETTER, score: -7 },
  { signs: '´', left: LETTER, right: LETTER, score: -7 },
];
/** A quotation mark that closes what nothing opens, or opens what nothing closes. */
const UNPAIRED = -3;
const PAIRED = '“”„«»‹›';
const ODD_PLACE = -12;
const ODD_SIGN = -14;

function signScore({ before, text, after }: Stretch, i: number): number {
  const sign = text.charAt(i);
  if (sign <= '\x7f') return 0;
  if (sign === '\ufffd' || (sign >= '\u0080' && sign <= '\u009f')) return NO_TEXT;
  const left = i > 0 ? text.charAt(i - 1) : before.slice(-1);
  const right = i + 1 < text.length ? text.charAt(i + 1) : after.slice(0, 1);
  let known = false;
  let best = -Infinity;
  for (const place of SIGNS) {
    if (!place.signs.includes(sign)) continue;
    known = true;
    if (place.left.test(left) && place.right.test(right)) best = Math.max(best, place.score);
  }
  if (!known) return ODD_SIGN;
  if (best === -Infinity) return ODD_PLACE;
  const whole = `${before}${text}${after}`;
  const pairs = Array.from(whole).filter((c) => PAIRED.includes(c)).length;
  return PAIRED.includes(sign) && pairs % 2 === 1 ? best + UNPAIRED : best;
}
