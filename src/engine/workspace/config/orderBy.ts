// The order of {"deduplicate": {"order_by": …}}: a list of columns, read here so that nothing else enters the SQL.
import { quoteIdentifier, shown, suggestion } from '../../base';

export type OrderBy =
  | { readonly ok: true; readonly sql: string }
  | { readonly ok: false; readonly message: string; readonly remedy: string };

const TERM =
  /^\s*(?:"((?:[^"]|"")+)"|([\p{L}_][\p{L}\p{M}\p{N}_$]*))(?:\s+(ASC|DESC))?(?:\s+NULLS\s+(FIRST|LAST))?\s*$/iu;

/**
 * Turns `updated_at DESC, id` into quoted SQL with the place of NULLs spelled out (last without it). Columns
 * are those of the table, written as there or in another case.
 */
export function parseOrderBy(text: string, columns: readonly string[]): OrderBy {
  const fold = (name: string): string => name.normalize('NFC').toLowerCase();
  const byFold = new Map(columns.map((name) => [fold(name), name]));
  const terms: string[] = [];
  for (const part of splitTerms(text)) {
    const match = TERM.exec(part);
    if (match === null)
      return {
        ok: false,
        message: `order_by cannot be read at ${shown(part.trim())}.`,
        remedy:
          'Write columns with commas between them, such as "updated_at DESC, id"; compute others with "derived".',
      };
    const written = match[1]?.replaceAll('""', '"') ?? match[2] ?? '';
    const name = byFold.get(fold(written));
    if (name === undefined)
      return {
        ok: false,
        message: `order_by names the unknown column ${shown(written)}.`,
        remedy: suggestion(written, columns, `The columns are: ${columns.join(', ')}.`),
      };
    const direction = (match[3] ?? 'ASC').toUpperCase();
    terms.push(`${quoteIdentifier(name)} ${direction} NULLS ${(match[4] ?? 'LAST').toUpperCase()}`);
  }
  return { ok: true, sql: terms.join(', ') };
}

/** The parts between commas; a comma inside a quoted name parts nothing. */
function splitTerms(text: string): readonly string[] {
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '"') quoted = !quoted;
    if (text[at] !== ',' || quoted) continue;
    parts.push(text.slice(start, at));
    start = at + 1;
  }
  return [...parts, text.slice(start)];
}
