// Reads the text of a .env file: KEY=VALUE lines with quotes, comments and values of several lines.

export interface DotenvEntry {
  readonly key: string;
  readonly value: string;
  /** Line of the key, from 1. */
  readonly line: number;
  /** Column on `line`, from 0, where the value begins: at its quote, where it has one. */
  readonly from: number;
  /** Line and column behind the value and its closing quote. */
  readonly to: { readonly line: number; readonly column: number };
}

/** A line that is no entry; the message never repeats the line: it may be part of a secret. */
export interface DotenvProblem {
  readonly line: number;
  readonly message: string;
  readonly remedy: string;
}

const ENTRY = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*=[ \t]*/;
const BLANK = /^[ \t\f\v]*(?:#.*)?$/;
const SHAPE = 'Write KEY=VALUE, with # before a comment; put a value of several lines in quotes.';
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['"', '"'],
  ['\\', '\\'],
]);

/**
 * Parses the text of a .env file (no byte order mark; LF, CRLF or CR). Rules: `export ` may stand before a
 * key; an unquoted value ends at the line's end or at a `#` after a blank; '…', "…" and `…` keep everything,
 * line breaks too; \n \r \t \" \\ mean something only in "…". Nothing is expanded: a $ is a $.
 */
export function parseDotenv(text: string): {
  readonly entries: readonly DotenvEntry[];
  readonly problems: readonly DotenvProblem[];
} {
  const lines = text.replaceAll('\r\n', '\n').replaceAll('\r', '\n').split('\n');
  const entries: DotenvEntry[] = [];
  const problems: DotenvProblem[] = [];
  for (let index = 0; index < lines.length; index++) {
    const source = lines[index] ?? '';
    const line = index + 1;
    if (BLANK.test(source)) continue;
    const match = ENTRY.exec(source);
    const key = match?.[1];
    if (match === null || key === undefined) {
      problems.push({ line, message: 'This line of .env is not KEY=VALUE.', remedy: SHAPE });
      continue;
    }
    const from = match[0].length;
    const rest = source.slice(from);
    const quote = rest[0];
    if (quote !== '"' && quote !== "'" && quote !== '`') {
      const value = unquoted(rest, /[ \t]$/.test(match[0]));
      const at = from + rest.indexOf(value);
      entries.push({ key, value, line, from: at, to: { line, column: at + value.length } });
      continue;
    }
    const quoted = readQuoted(lines, index, from + 1, quote);
    if (quoted === undefined) {
      problems.push({
        line,
        message: `The quote ${quote} that opens the value of ${key} is never closed.`,
        remedy: `Close it with ${quote}; a value that begins with a quote needs other quotes around it.`,
      });
      // All further lines may belong to the value: telling of them would be noise.
      break;
    }
    index = quoted.index;
    if (!BLANK.test(quoted.tail))
      problems.push({
        line: index + 1,
        message: `Text follows the closing quote of ${key}.`,
        remedy: 'Put the whole value into quotes of another kind, or a # before the comment.',
      });
    const column = (lines[index] ?? '').length - quoted.tail.length;
    entries.push({ key, value: quoted.value, line, from, to: { line: index + 1, column } });
  }
  return { entries, problems };
}

function unquoted(rest: string, afterBlank: boolean): string {
  const comment = /(?:^|[ \t])#/.exec(afterBlank ? rest : `x${rest}`);
  const end = comment === null ? rest.length : Math.max(0, comment.index - (afterBlank ? 0 : 1));
  return rest.slice(0, end).trim();
}

/** Reads from behind the opening quote; undefined where it is never closed. */
function readQuoted(
  lines: readonly string[],
  first: number,
  start: number,
  quote: string,
): { readonly value: string; readonly index: number; readonly tail: string } | undefined {
  const parts: string[] = [];
  for (let index = first; index < lines.length; index++) {
    const source = lines[index] ?? '';
    for (let at = index === first ? start : 0; at < source.length; at++) {
      const character = source[at] ?? '';
      if (character === quote) return { value: parts.join(''), index, tail: source.slice(at + 1) };
      const escaped = quote === '"' && character === '\\' ? ESCAPES.get(source[at + 1] ?? '') : undefined;
      if (escaped !== undefined) at++;
      parts.push(escaped ?? character);
    }
    parts.push('\n');
  }
  return undefined;
}
