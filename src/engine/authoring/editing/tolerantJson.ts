// Reads JSON that is being typed: never throws, and makes of broken text the tree that its writer means.
import { defined } from '../../model';
import { createScanner, type Node, type NodeType } from 'jsonc-parser';
import { firstTooDeep } from '../../workspace';

// The scanner's enumeration exists for the type checker alone: its numbers are these.
const TOKEN = { openBrace: 1, closeBrace: 2, openBracket: 3, closeBracket: 4, comma: 5, colon: 6 } as const;
const [NULL, TRUE, FALSE, STRING, NUMBER, UNKNOWN] = [7, 8, 9, 10, 11, 16];
const [LINE_COMMENT, BLOCK_COMMENT, BREAK, TRIVIA, END] = [12, 13, 14, 15, 17];

type Growing = { -readonly [K in keyof Node]: Node[K] };

/** A token that means something: blanks and comments are left out. */
export interface Token {
  readonly kind: '{' | '}' | '[' | ']' | ',' | ':' | 'string' | 'literal' | 'word';
  readonly offset: number;
  readonly end: number;
  readonly value: unknown;
  /** A string that ends with its line instead of a quote. */
  readonly open: boolean;
}

export interface LooseText {
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly root: Node | undefined;
  /** Is every bracket and text of it as JSON wants it? */
  readonly sound: boolean;
}

const PUNCTUATION: ReadonlyMap<number, Token['kind']> = new Map([
  [TOKEN.openBrace, '{'],
  [TOKEN.closeBrace, '}'],
  [TOKEN.openBracket, '['],
  [TOKEN.closeBracket, ']'],
  [TOKEN.comma, ','],
  [TOKEN.colon, ':'],
]);

function tokensOf(text: string): readonly Token[] {
  const scanner = createScanner(text, false);
  const tokens: Token[] = [];
  for (;;) {
    const kind = scanner.scan() as number;
    if (kind === END) return tokens;
    if ([LINE_COMMENT, BLOCK_COMMENT, BREAK, TRIVIA].includes(kind)) continue;
    const offset = scanner.getTokenOffset();
    const end = offset + scanner.getTokenLength();
    const value = scanner.getTokenValue();
    const base = { offset, end, open: false };
    const mark = PUNCTUATION.get(kind);
    if (mark !== undefined) tokens.push({ ...base, kind: mark, value });
    else if (kind === STRING)
      tokens.push({ ...base, kind: 'string', value, open: end === offset + 1 || !closed(text, offset, end) });
    else if (kind === NUMBER) tokens.push({ ...base, kind: 'literal', value: Number(value) });
    else if (kind === NULL) tokens.push({ ...base, kind: 'literal', value: null });
    else if (kind === TRUE || kind === FALSE) tokens.push({ ...base, kind: 'literal', value: kind === TRUE });
    else if (kind === UNKNOWN) tokens.push({ ...base, kind: 'word', value });
  }
}

function closed(text: string, offset: number, end: number): boolean {
  if (text[end - 1] !== '"') return false;
  let backslashes = 0;
  while (end - 2 - backslashes > offset && text[end - 2 - backslashes] === '\\') backslashes++;
  return backslashes % 2 === 0;
}

/** The tree of a text in any state. An object or list that is not closed reaches to where its parent continues. */
export function readLoosely(text: string): LooseText {
  const tokens = tokensOf(text);
  if (firstTooDeep(text) !== undefined) return { text, tokens, root: undefined, sound: false };
  return new LooseReader(text, tokens).read();
}

/** Reads tokens from left to right, and remembers whether all was as JSON wants it. */
class LooseReader {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  /** Index of the token that is read next. */
  #at = 0;
  #sound = true;

  constructor(text: string, tokens: readonly Token[]) {
    this.#text = text;
    this.#tokens = tokens;
  }

  read(): LooseText {
    const first = this.#peek()?.kind;
    const root = first === '{' ? this.#object(undefined) : first === '[' ? this.#array(undefined) : undefined;
    const whole = root !== undefined && this.#at === this.#tokens.length;
    return { text: this.#text, tokens: this.#tokens, root, sound: this.#sound && whole };
  }

  #peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#at + ahead];
  }

  #keyAhead(): boolean {
    return this.#peek()?.kind === 'string' && this.#peek(1)?.kind === ':';
  }

  #node(type: NodeType, offset: number, parent: Node | undefined): Growing {
    return { type, offset, length: 0, ...defined({ parent }) };
  }

  #finish(made: Growing): Node {
    made.length = (this.#tokens[this.#at - 1]?.end ?? made.offset) - made.offset;
    return made;
  }

  /** An unclosed bracket owns the blanks up to what follows. */
  #abandon(made: Growing): Node {
    this.#sound = false;
    made.length = (this.#peek()?.offset ?? this.#text.length) - made.offset;
    return made;
  }

  #value(parent: Node): Node | undefined {
    switch (this.#peek()?.kind) {
      case '{':
        return this.#object(parent);
      case '[':
        return this.#array(parent);
      case 'string':
      case 'literal':
        return this.#scalar(parent);
      default:
        return undefined;
    }
  }

  #scalar(parent: Node): Node {
    const token = this.#tokens[this.#at++];
    const value = token?.value;
    if (token?.open === true) this.#sound = false;
    return this.#finish({ ...this.#node(scalarType(token), token?.offset ?? 0, parent), value });
  }

  #property(owner: Node): Node {
    const made = this.#node('property', this.#peek()?.offset ?? 0, owner);
    const key = this.#scalar(made);
    made.children = [key];
    if (this.#peek()?.kind !== ':') {
      this.#sound = false;
      return this.#finish(made);
    }
    made.colonOffset = this.#peek()?.offset ?? 0;
    this.#at++;
    // A key where a value should be: the value is still to be written.
    const found = this.#keyAhead() ? undefined : this.#value(made);
    if (found === undefined) {
      this.#sound = false;
      if (this.#peek()?.kind === 'word') this.#at++;
    } else made.children.push(found);
    return this.#finish(made);
  }

  #object(parent: Node | undefined): Node {
    const made = this.#node('object', this.#tokens[this.#at++]?.offset ?? 0, parent);
    const children: Node[] = [];
    made.children = children;
    let comma = true;
    for (;;) {
      switch (this.#peek()?.kind) {
        case undefined:
        case ']':
          return this.#abandon(made);
        case '}':
          if (comma && children.length > 0) this.#sound = false;
          this.#at++;
          return this.#finish(made);
        case ',':
          if (comma) this.#sound = false;
          comma = true;
          this.#at++;
          break;
        case 'string':
          if (!comma) this.#sound = false;
          comma = false;
          children.push(this.#property(made));
          break;
        case '{':
          // The next entry of the list this object is in.
          if (parent?.type === 'array') return this.#abandon(made);
          this.#sound = false;
          this.#value(made);
          break;
        default:
          this.#skipNoKey(made);
      }
    }
  }

  /** No key of an object: a word, a colon, a list. What it holds is nobody's. */
  #skipNoKey(made: Node): void {
    this.#sound = false;
    const kind = this.#peek()?.kind;
    if (kind !== '[') this.#at++;
    if (kind === 'word' && this.#peek()?.kind !== ':') return;
    if (this.#peek()?.kind === ':') this.#at++;
    if (!this.#keyAhead()) this.#value(made);
  }

  #array(parent: Node | undefined): Node {
    const made = this.#node('array', this.#tokens[this.#at++]?.offset ?? 0, parent);
    const children: Node[] = [];
    made.children = children;
    let comma = true;
    for (;;) {
      const next = this.#peek();
      if (next === undefined || next.kind === '}') return this.#abandon(made);
      if (next.kind === ']') {
        if (comma && children.length > 0) this.#sound = false;
        this.#at++;
        return this.#finish(made);
      }
      if (next.kind === ',') {
        if (comma) this.#sound = false;
        comma = true;
        this.#at++;
      } else if (this.#keyAhead() && parent !== undefined) return this.#abandon(made);
      else {
        if (!comma) this.#sound = false;
        comma = false;
        const found = this.#value(made);
        if (found === undefined) {
          this.#sound = false;
          this.#at++;
        } else children.push(found);
      }
    }
  }
}

function scalarType(token: Token | undefined): NodeType {
  if (token?.kind === 'string') return 'string';
  if (token?.value === null) return 'null';
  return typeof token?.value === 'number' ? 'number' : 'boolean';
}
