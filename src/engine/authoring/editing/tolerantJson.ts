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

/** The tree of a text in any state. An object or list that is not closed reaches to where its parent goes on. */
export function readLoosely(text: string): LooseText {
  const tokens = tokensOf(text);
  let at = 0;
  const state = { sound: true };
  const peek = (ahead = 0): Token | undefined => tokens[at + ahead];
  const keyAhead = (): boolean => peek()?.kind === 'string' && peek(1)?.kind === ':';
  const node = (type: NodeType, offset: number, parent: Node | undefined): Growing => ({
    type,
    offset,
    length: 0,
    ...defined({ parent }),
  });
  const finish = (made: Growing): Node => {
    made.length = (tokens[at - 1]?.end ?? made.offset) - made.offset;
    return made;
  };
  /** An unclosed bracket owns the blanks up to what follows. */
  const abandon = (made: Growing): Node => {
    state.sound = false;
    made.length = (peek()?.offset ?? text.length) - made.offset;
    return made;
  };
  const scalar = (parent: Node): Node => {
    const token = tokens[at++];
    const value = token?.value;
    const type =
      token?.kind === 'string'
        ? 'string'
        : value === null
          ? 'null'
          : typeof value === 'number'
            ? 'number'
            : 'boolean';
    if (token?.open === true) state.sound = false;
    return finish({ ...node(type, token?.offset ?? 0, parent), value });
  };

  function value(parent: Node): Node | undefined {
    switch (peek()?.kind) {
      case '{':
        return object(parent);
      case '[':
        return array(parent);
      case 'string':
      case 'literal':
        return scalar(parent);
      default:
        return undefined;
    }
  }
  function property(owner: Node): Node {
    const made = node('property', peek()?.offset ?? 0, owner);
    const key = scalar(made);
    made.children = [key];
    if (peek()?.kind !== ':') {
      state.sound = false;
      return finish(made);
    }
    made.colonOffset = peek()?.offset ?? 0;
    at++;
    // A key where a value should stand: the value is still to be written.
    const found = keyAhead() ? undefined : value(made);
    if (found === undefined) {
      state.sound = false;
      if (peek()?.kind === 'word') at++;
    } else made.children.push(found);
    return finish(made);
  }
  function object(parent: Node | undefined): Node {
    const made = node('object', tokens[at++]?.offset ?? 0, parent);
    const children: Node[] = [];
    made.children = children;
    let comma = true;
    for (;;) {
      const next = peek();
      switch (next?.kind) {
        case undefined:
        case ']':
          return abandon(made);
        case '}':
          if (comma && children.length > 0) state.sound = false;
          at++;
          return finish(made);
        case ',':
          if (comma) state.sound = false;
          comma = true;
          at++;
          break;
        case 'string':
          if (!comma) state.sound = false;
          comma = false;
          children.push(property(made));
          break;
        case '{':
          // The next entry of the list this object stands in.
          if (parent?.type === 'array') return abandon(made);
          state.sound = false;
          value(made);
          break;
        default:
          // No key of an object: a word, a colon, a list. What it holds is nobody's.
          state.sound = false;
          if (next?.kind !== '[') at++;
          if (next?.kind !== 'word' || peek()?.kind === ':') {
            if (peek()?.kind === ':') at++;
            if (!keyAhead()) value(made);
          }
      }
    }
  }
  function array(parent: Node | undefined): Node {
    const made = node('array', tokens[at++]?.offset ?? 0, parent);
    const children: Node[] = [];
    made.children = children;
    let comma = true;
    for (;;) {
      const next = peek();
      if (next === undefined || next.kind === '}') return abandon(made);
      if (next.kind === ']') {
        if (comma && children.length > 0) state.sound = false;
        at++;
        return finish(made);
      }
      if (next.kind === ',') {
        if (comma) state.sound = false;
        comma = true;
        at++;
      } else if (keyAhead() && parent !== undefined) return abandon(made);
      else {
        if (!comma) state.sound = false;
        comma = false;
        const found = value(made);
        if (found === undefined) {
          state.sound = false;
          at++;
        } else children.push(found);
      }
    }
  }
  if (firstTooDeep(text) !== undefined) return { text, tokens, root: undefined, sound: false };
  const first = peek();
  const root = first?.kind === '{' ? object(undefined) : first?.kind === '[' ? array(undefined) : undefined;
  return { text, tokens, root, sound: state.sound && root !== undefined && at === tokens.length };
}
