// The words of SQL as DuckDB reads them: whoever looks for a comment, a quote or a semicolon in SQL of others asks here.

/** Part of a text; all parts in order are the whole text. */
interface SqlToken {
  readonly kind: SqlTokenKind;
  readonly start: number;
  readonly end: number;
  /** Of texts, names and comments: is its end there? */
  readonly closed: boolean;
}

type SqlTokenKind =
  | 'space'
  | 'comment'
  /** 'text', e'text', $$text$$ */
  | 'text'
  /** "name" */
  | 'name'
  | 'word'
  | 'number'
  | 'operator'
  /** One of , ( ) [ ] { } . ; : and what is no SQL. */
  | 'sign';

// Beyond ASCII every character that is no blank is part of a word.
const WORD = /(?:[A-Za-z_]|[^\0-\x7f\s\u200b])(?:[A-Za-z0-9_$]|[^\0-\x7f\s\u200b])*/uy;
const SPACE = /[\s\u200b]+/uy;
const NUMBER = /(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/uy;
const DOLLARS = /\$(?:(?:[A-Za-z_]|[^\0-\x7f\s])(?:[A-Za-z0-9_]|[^\0-\x7f\s])*)?\$/uy;
const OPERATORS: ReadonlySet<string> = new Set('~!@#^&|`?+-*/%<>=');
/** Letters before a quote that belong to the text. */
const PREFIXES: ReadonlySet<string> = new Set('bBeEnNxX');

/** Cuts SQL into its words. Reads each character once: what it costs grows with the length alone. */
export function sqlTokens(sql: string): readonly SqlToken[] {
  const tokens: SqlToken[] = [];
  let at = 0;
  while (at < sql.length) {
    const token = tokenAt(sql, at);
    tokens.push(token);
    at = token.end;
  }
  return tokens;
}

/** Signs of operators in a row that DuckDB's parser reads in time: each more costs more than the one before it. */
const MOST_IN_A_ROW = 64;
const MOST_COMMENTS_IN_A_ROW = 16;

/** Has the SQL a row of signs that DuckDB would read for minutes? Its own limits do not hold for all of them. */
export function hasEndlessRow(sql: string): boolean {
  const rows: { start: number; end: number }[] = [];
  for (const { kind, start, end } of sqlTokens(sql)) {
    if (kind === 'operator' && end - start > MOST_IN_A_ROW) return true;
    if (kind !== 'operator' && !(kind === 'comment' && sql[start] === '/')) continue;
    const last = rows.at(-1);
    if (last?.end === start) last.end = end;
    else rows.push({ start, end });
  }
  return rows.some(({ start, end }) =>
    (sql.slice(start, end).match(SIGNS) ?? []).some(
      (signs) => signs.split('/*').length - 1 > MOST_COMMENTS_IN_A_ROW,
    ),
  );
}

const SIGNS = /[~!@#^&|`?+\-*/%<>=]+/g;

/** The text of a token. */
export const textOfToken = (sql: string, { start, end }: SqlToken): string => sql.slice(start, end);

/** What a name stands for: `"a ""b"""` is a "b". */
export function nameOfToken(sql: string, token: SqlToken): string {
  const text = textOfToken(sql, token);
  return token.kind === 'name' ? text.slice(1, token.closed ? -1 : undefined).replaceAll('""', '"') : text;
}

/** SQL without what ends a statement at its end: semicolons, blanks, and the comments between and after them. */
export function withoutEnd(sql: string): string {
  const tokens = [...sqlTokens(sql)];
  const ends = (token: SqlToken | undefined): boolean =>
    token !== undefined &&
    (token.kind === 'space' || (token.kind === 'comment' && token.closed) || sql[token.start] === ';');
  const last = tokens.findLastIndex((token) => !ends(token));
  const semicolon = tokens.findIndex((token, i) => i > last && sql[token.start] === ';');
  // A comment at the end is the writer's own; only what follows a semicolon goes.
  return (semicolon === -1 ? sql : sql.slice(0, tokens[semicolon]?.start)).trim();
}

function tokenAt(sql: string, start: number): SqlToken {
  const first = sql.charAt(start);
  const next = sql.charAt(start + 1);
  const made = (kind: SqlTokenKind, end: number, closed = true): SqlToken => ({ kind, start, end, closed });
  if (first === "'") return quoted('text', start, start + 1, false);
  if (first === '"') return quoted('name', start, start + 1, false);
  if (PREFIXES.has(first) && next === "'") return quoted('text', start, start + 2, /e/i.test(first));
  if (/u/i.test(first) && next === '&' && /['"]/.test(sql.charAt(start + 2)))
    return quoted(sql.charAt(start + 2) === "'" ? 'text' : 'name', start, start + 3, false);
  if (first === '-' && next === '-') {
    const end = sql.slice(start).search(/[\r\n]/);
    return made('comment', end === -1 ? sql.length : start + end);
  }
  if (first === '/' && next === '*') return block(sql, start);
  const space = matched(SPACE, sql, start);
  if (space !== undefined) return made('space', space);
  const dollars = first === '$' ? matched(DOLLARS, sql, start) : undefined;
  if (dollars !== undefined) {
    const end = sql.indexOf(sql.slice(start, dollars), dollars);
    return end === -1 ? made('text', sql.length, false) : made('text', end + dollars - start);
  }
  const number = matched(NUMBER, sql, start);
  if (number !== undefined) return made('number', number);
  const word = matched(WORD, sql, start);
  if (word !== undefined) return made('word', word);
  if (OPERATORS.has(first)) return made('operator', operatorEnd(sql, start));
  return made('sign', start + 1);

  function quoted(kind: 'text' | 'name', from: number, inside: number, escapes: boolean): SqlToken {
    const quote = sql.charAt(inside - 1);
    for (let at = inside; at < sql.length; at += 1) {
      const sign = sql.charAt(at);
      if (escapes && sign === '\\') at += 1;
      else if (sign === quote) {
        if (sql.charAt(at + 1) !== quote) return { kind, start: from, end: at + 1, closed: true };
        at += 1;
      }
    }
    return { kind, start: from, end: sql.length, closed: false };
  }
}

/** A comment of this kind may hold others. */
function block(sql: string, start: number): SqlToken {
  let depth = 0;
  for (let at = start; at < sql.length - 1; at += 1) {
    const two = sql.charCodeAt(at) * 256 + sql.charCodeAt(at + 1);
    if (two === OPENS) depth += 1;
    else if (two === CLOSES) depth -= 1;
    else continue;
    at += 1;
    if (depth === 0) return { kind: 'comment', start, end: at + 1, closed: true };
  }
  return { kind: 'comment', start, end: sql.length, closed: false };
}
const OPENS = '/'.charCodeAt(0) * 256 + '*'.charCodeAt(0);
const CLOSES = '*'.charCodeAt(0) * 256 + '/'.charCodeAt(0);

/** An operator ends where a comment begins. */
function operatorEnd(sql: string, start: number): number {
  let end = start;
  while (OPERATORS.has(sql.charAt(end)) && end < sql.length) {
    const two = sql.slice(end, end + 2);
    if (end > start && (two === '--' || two === '/*')) break;
    end += 1;
  }
  return end;
}

function matched(pattern: RegExp, sql: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(sql) ? pattern.lastIndex : undefined;
}
