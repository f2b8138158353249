// Cuts SQL text into tokens and walks over them: small, because only known statements are let in.
import { syntax } from '../errors';

export interface Token {
  readonly kind: 'word' | 'quoted' | 'text' | 'number' | 'symbol' | 'bind' | 'stage' | 'end';
  /** The value: words as written, quoted names and texts without their quotes. */
  readonly text: string;
  readonly at: number;
  /** Where the text after the token goes on. */
  readonly until: number;
}

const SYMBOLS = ['::', '<=', '>=', '<>', '!=', '||', '=>'];

/** @throws SnowflakeError for text that ends within a token or has a character no token has. */
export function tokens(sql: string): readonly Token[] {
  const found: Token[] = [];
  let at = 0;
  const add = (kind: Token['kind'], text: string, until: number): void => {
    found.push({ kind, text, at, until });
    at = until;
  };
  while (at < sql.length) {
    const rest = sql.slice(at);
    const space = /^(?:\s+|--[^\n]*|\/\*[\s\S]*?\*\/)/.exec(rest);
    if (space !== null) {
      at += space[0].length;
      continue;
    }
    const word = /^[A-Za-z_][A-Za-z0-9_$]*/.exec(rest);
    const number = /^(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/.exec(rest);
    const quoted = /^"((?:[^"]|"")*)"/.exec(rest);
    const text = /^'((?:[^'\\]|''|\\[\s\S])*)'/.exec(rest);
    const stage = /^@(?:[A-Za-z0-9_$.~%/=-]|"(?:[^"]|"")*")+/.exec(rest);
    if (word !== null) add('word', word[0], at + word[0].length);
    else if (number !== null) add('number', number[0], at + number[0].length);
    else if (quoted !== null) add('quoted', (quoted[1] ?? '').replaceAll('""', '"'), at + quoted[0].length);
    else if (text !== null) add('text', unescape(text[1] ?? ''), at + text[0].length);
    else if (stage !== null) add('stage', stage[0].slice(1), at + stage[0].length);
    else if (rest.startsWith('?')) add('bind', '?', at + 1);
    else {
      const symbol = SYMBOLS.find((s) => rest.startsWith(s)) ?? rest.charAt(0);
      if (!/^[-+*/%(),.;<>=!|:[\]]/.test(symbol))
        throw syntax(`parse error line 1 at position ${at} near '${symbol}'.`);
      add('symbol', symbol, at + symbol.length);
    }
  }
  found.push({ kind: 'end', text: '<EOF>', at, until: at });
  return found;
}

function unescape(text: string): string {
  const letters: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '\0', b: '\b' };
  return text.replace(/''|\\([\s\S])/g, (whole, letter: string | undefined) =>
    letter === undefined ? "'" : (letters[letter] ?? letter) + (whole.length > 2 ? whole.slice(2) : ''),
  );
}

/** A name as Snowflake folds it: unquoted ones are upper case. */
export function folded(token: Token): string {
  return token.kind === 'word' ? token.text.toUpperCase() : token.text;
}

/** Walks over the tokens of one statement. */
export class Cursor {
  private index = 0;

  constructor(
    readonly sql: string,
    private readonly all: readonly Token[],
  ) {}

  peek(ahead = 0): Token {
    const last = this.all[this.all.length - 1];
    const token = this.all[this.index + ahead] ?? last;
    if (token === undefined) throw syntax('Empty SQL statement.');
    return token;
  }

  next(): Token {
    const token = this.peek();
    this.index += 1;
    return token;
  }

  /** Do these words come next (ahead from the cursor)? Nothing is consumed. */
  sees(...words: readonly string[]): boolean {
    return words.every((word, i) => {
      const token = this.peek(i);
      return (
        (token.kind === 'word' ? token.text.toUpperCase() : token.kind === 'symbol' ? token.text : '') ===
        word
      );
    });
  }

  /** Consumes these words or symbols where they come next. */
  takes(...words: readonly string[]): boolean {
    if (!this.sees(...words)) return false;
    this.index += words.length;
    return true;
  }

  /** @throws SnowflakeError where something else comes next. */
  expect(...words: readonly string[]): void {
    for (const word of words) if (!this.takes(word)) throw this.unexpected();
  }

  /** One name: a quoted one or a word. */
  name(): string {
    const token = this.next();
    if (token.kind !== 'quoted' && token.kind !== 'word') throw this.unexpected(token);
    return folded(token);
  }

  /** A name of up to three parts. */
  path(): readonly string[] {
    const parts = [this.name()];
    while (this.takes('.')) parts.push(this.name());
    if (parts.length > 3) throw this.unexpected();
    return parts;
  }

  text(): string {
    const token = this.next();
    if (token.kind !== 'text') throw this.unexpected(token);
    return token.text;
  }

  number(): number {
    const token = this.next();
    if (token.kind !== 'number') throw this.unexpected(token);
    return Number(token.text);
  }

  /** The end of the statement, with or without a semicolon. */
  end(): void {
    this.takes(';');
    if (this.peek().kind !== 'end') throw this.unexpected();
  }

  unexpected(token: Token = this.peek()): Error {
    return syntax(`syntax error line 1 at position ${token.at} unexpected '${token.text}'.`);
  }

  /** The tokens from the cursor on, and moves to the end. */
  rest(): readonly Token[] {
    const rest = this.all.slice(this.index);
    this.index = this.all.length - 1;
    return rest;
  }
}
