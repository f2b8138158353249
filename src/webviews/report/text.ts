// Text of unknown origin made ready to be shown: what would act, hide or reorder is set apart. No DOM in here.
import { formatCount, visibleEscape } from '../../shared/words';

/** A piece of a text: as it stands, or the visible escape of a character that must not act. */
export interface Piece {
  readonly text: string;
  readonly escape: boolean;
}

// C0 without tab and line break, DEL, C1; bidirectional marks, isolates and overrides; separators of lines and
// paragraphs; zero width characters outside of words they belong to; the byte order mark; lone surrogates.
const UNSAFE =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]|\p{Surrogate}/gu;

/** The text in pieces; joined they read as it is meant to be seen. A tab and a line break stay as they are. */
export function pieces(text: string): readonly Piece[] {
  const found: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(UNSAFE)) {
    if (match.index > from) found.push({ text: text.slice(from, match.index), escape: false });
    found.push({ text: visibleEscape(match[0]), escape: true });
    from = match.index + match[0].length;
  }
  if (from < text.length) found.push({ text: text.slice(from), escape: false });
  return found;
}

/** The text as one line with its escapes, for titles and labels that hold nothing else. */
export function oneLine(text: string): string {
  return pieces(text.replace(/\t/g, ' ').replace(/\r\n|\r|\n/g, ' ⏎ '))
    .map((piece) => piece.text)
    .join('');
}

export interface ShortenedText {
  readonly shown: string;
  /** Characters left out; 0 where the whole is shown. */
  readonly more: number;
}

/** The beginning of a long text. A character of two code units is not torn. */
export function cut(text: string, most: number): ShortenedText {
  if (text.length <= most) return { shown: text, more: 0 };
  const code = text.charCodeAt(most - 1);
  const end = code >= 0xd800 && code <= 0xdbff ? most - 1 : most;
  return { shown: text.slice(0, end), more: text.length - end };
}

/** "9,600 more characters". */
export function moreWords(more: number): string {
  return `${formatCount(more)} more ${more === 1 ? 'character' : 'characters'}`;
}
