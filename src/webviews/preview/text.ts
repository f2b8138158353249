// Makes what cannot be seen in a text visible: control and direction characters, blanks at the ends.

export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  /** A stand-in; `name` says which character it stands for. */
  | { readonly kind: 'mark'; readonly text: string; readonly name: string };

export interface Showing {
  /** Characters shown at most; the rest is left out. */
  readonly limit: number;
  /** One line: line ends become marks. Else they stay, and blanks at the ends as well. */
  readonly oneLine: boolean;
}

/** Stand-ins at most in one text; further ones are shown without their name, so that nodes stay few. */
const MARKS = 2_000;

const NAMED: Readonly<Record<string, string>> = {
  '\u007f': 'DEL',
  '\u00ad': 'SHY',
  '\u061c': 'ALM',
  '\u180e': 'MVS',
  '\u200b': 'ZWSP',
  '\u200c': 'ZWNJ',
  '\u200d': 'ZWJ',
  '\u200e': 'LRM',
  '\u200f': 'RLM',
  '\u2028': 'LSEP',
  '\u2029': 'PSEP',
  '\u202a': 'LRE',
  '\u202b': 'RLE',
  '\u202c': 'PDF',
  '\u202d': 'LRO',
  '\u202e': 'RLO',
  '\u2060': 'WJ',
  '\u2066': 'LRI',
  '\u2067': 'RLI',
  '\u2068': 'FSI',
  '\u2069': 'PDI',
  '\ufeff': 'BOM',
  '\ufffe': 'NONCHAR',
  '\uffff': 'NONCHAR',
};

const CONTROLS: readonly string[] = (
  'NUL SOH STX ETX EOT ENQ ACK BEL BS TAB LF VT FF CR SO SI ' +
  'DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US'
).split(' ');

const UNSEEN =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const ALL_UNSEEN = new RegExp(UNSEEN.source, 'g');
const LEADING = /^[ \u00a0\u2000-\u200a\u3000]+/;
const TRAILING = /(?<![ \u00a0\u2000-\u200a\u3000])[ \u00a0\u2000-\u200a\u3000]+$/;

/** The text in pieces; joined they read as it does, with stand-ins where nothing would be seen. */
export function pieces(text: string, { limit, oneLine }: Showing): readonly Piece[] {
  const shown = text.length > limit ? text.slice(0, wholeCharacters(text, limit)) : text;
  if (!UNSEEN.test(shown) && !(oneLine && blankEnds(shown))) return [{ kind: 'text', text: shown }];
  const found: Piece[] = [];
  const lead = oneLine ? (LEADING.exec(shown)?.[0].length ?? 0) : 0;
  const trail =
    oneLine && lead < shown.length && shown.length === text.length
      ? (TRAILING.exec(shown)?.[0].length ?? 0)
      : 0;
  pushBlanks(found, shown.slice(0, lead));
  pushMiddle(found, shown.slice(lead, shown.length - trail), oneLine);
  pushBlanks(found, shown.slice(shown.length - trail));
  return found;
}

/** The same as one string, for titles and labels. */
export function visibleText(text: string, showing: Showing): string {
  return pieces(text, showing)
    .map((piece) => piece.text)
    .join('');
}

/** What stands for a character that cannot be seen. */
function standIn(character: string): { readonly text: string; readonly name: string } {
  const code = character.charCodeAt(0);
  const unicode = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  if (character === '\n') return { text: '⏎', name: `${unicode} LF` };
  if (character === '\t') return { text: '⇥', name: `${unicode} TAB` };
  // Letters in brackets: many fonts lack the pictures of control characters.
  const named = CONTROLS[code] ?? NAMED[character];
  if (named !== undefined) return { text: `⟨${named}⟩`, name: unicode };
  return { text: `\\u${code.toString(16).padStart(4, '0')}`, name: unicode };
}

function pushMiddle(found: Piece[], text: string, oneLine: boolean): void {
  let from = 0;
  let plain = '';
  for (const match of text.matchAll(ALL_UNSEEN)) {
    const character = match[0];
    plain += text.slice(from, match.index);
    from = match.index + character.length;
    if (!oneLine && (character === '\n' || character === '\t')) {
      plain += character;
      continue;
    }
    // A CR before LF ends the line with it.
    if (!oneLine && character === '\r' && text[from] === '\n') continue;
    if (oneLine && character === '\r' && text[from] === '\n') continue;
    // It joins emoji: what it makes of them is seen.
    if (character === '\u200d' && joinsEmoji(text, match.index)) {
      plain += character;
      continue;
    }
    const mark = standIn(character);
    if (found.length >= MARKS) {
      plain += mark.text;
      continue;
    }
    if (plain !== '') found.push({ kind: 'text', text: plain });
    plain = '';
    found.push({ kind: 'mark', ...mark });
  }
  plain += text.slice(from);
  if (plain !== '') found.push({ kind: 'text', text: plain });
}

function joinsEmoji(text: string, at: number): boolean {
  return (
    /\p{Emoji}\ufe0f?$/u.test(text.slice(Math.max(0, at - 4), at)) &&
    /^\p{Emoji}/u.test(text.slice(at + 1, at + 3))
  );
}

function pushBlanks(found: Piece[], blanks: string): void {
  if (blanks === '') return;
  const text = blanks.replace(/[^ ]/g, '⍽').replace(/ /g, '·');
  found.push({ kind: 'mark', text, name: `${blanks.length} × blank` });
}

function blankEnds(text: string): boolean {
  return LEADING.test(text) || TRAILING.test(text);
}

function wholeCharacters(text: string, limit: number): number {
  const last = text.charCodeAt(limit - 1);
  return last >= 0xd800 && last <= 0xdbff ? limit - 1 : limit;
}
