// The guard: an owner's SQL enters a statement of ours only if it is what it should be and reaches nothing else.
import type { Connection } from '../base';
import { bindExpression, bindQuery, type NamedColumn } from './bind';
import { exceedsLiterals } from './literalBounds';
import { inspect } from './sqlGuard';
import { hasEndlessRow } from './sqlTokens';
import { oneExpression, refuseSyntax, type SqlProblem } from './refusals';
import { bareSelect, childrenOf, nodeOf, parse } from './syntax';

export { type NamedColumn } from './bind';
export type { SqlProblem } from './refusals';

export interface ExpressionOptions {
  /** "boolean" demands a condition. Default: any scalar. */
  readonly gives?: 'boolean' | 'any';
  /** Aggregates (sum, count, …) are allowed too. */
  readonly aggregates?: boolean;
}

/**
 * Checks a fragment that is to stand in a statement as `(fragment\n)`: one expression over the given columns,
 * without subqueries, windows, and (by default) aggregates, calling only functions that depend on their
 * arguments. It is parsed, its whole syntax tree is inspected, and it is bound against the columns' types;
 * nothing of it is run on rows.
 * @returns null where the fragment may be used.
 */
export async function checkExpression(
  connection: Connection,
  sql: string,
  columns: readonly NamedColumn[],
  options: ExpressionOptions = {},
): Promise<SqlProblem | null> {
  const empty = checkText(sql);
  if (empty !== null) return empty;
  // A fragment that is balanced by itself parses in both kinds of brackets; one that closes ours does not.
  const [round, square] = await parse(connection, [`${OPENING}${sql}\n)`, `SELECT [${sql}\n]`]);
  if (round === undefined || 'message' in round) return inFragment(refuseSyntax(round), OPENING, sql);
  if (square === undefined || 'message' in square) return refuseSyntax(undefined);
  const items = bareSelect(round.statements);
  const wrapped = bareSelect(square.statements);
  if (items?.length !== 1 || wrapped?.length !== 1 || childrenOf(wrapped[0]).length !== 1)
    return oneExpression();
  const known = new Set(columns.map((c) => c.name.toLowerCase()));
  const problem =
    inspect(items[0], { columns: known, tables: undefined, aggregates: options.aggregates === true }) ??
    exceedsLiterals(items[0]);
  if (problem !== null) return inFragment(problem, OPENING, sql);
  return bindExpression(connection, sql, columns, options.gives ?? 'any');
}

/** Which of the columns a fragment names, in their order; empty where it is refused. */
export async function expressionColumns(
  connection: Connection,
  sql: string,
  columns: readonly NamedColumn[],
): Promise<readonly string[]> {
  const [parsed] = await parse(connection, [`SELECT (${sql}\n)`]);
  const items = parsed === undefined || 'message' in parsed ? undefined : bareSelect(parsed.statements);
  const seen = new Set<string>();
  const known = new Set(columns.map((c) => c.name.toLowerCase()));
  inspect(items?.[0] ?? null, { columns: known, seen, tables: undefined, aggregates: true });
  return columns.filter((c) => seen.has(c.name.toLowerCase())).map((c) => c.name);
}

/**
 * Checks a query that is to stand in a statement as `FROM (query\n)`: one SELECT over the given tables only.
 * CTEs, subqueries, windows and aggregates are fine; table functions only where they make rows of their arguments.
 * @param tables Columns by table name.
 * @returns null where the query may be used.
 */
export async function checkQuery(
  connection: Connection,
  sql: string,
  tables: ReadonlyMap<string, readonly NamedColumn[]>,
): Promise<SqlProblem | null> {
  const found = await inspectQuery(connection, sql, [...tables.keys()]);
  if ('message' in found) return found;
  return bindQuery(connection, sql, tables);
}

/** Tables (of those named) that a query reads, or why it is refused. Not bound: columns may still be wrong. */
export async function inspectQuery(
  connection: Connection,
  sql: string,
  tables: readonly string[],
): Promise<readonly string[] | SqlProblem> {
  const empty = checkText(sql);
  if (empty !== null) return empty;
  const [alone, wrapped] = await parse(connection, [sql, `SELECT * FROM (${sql}\n)`]);
  if (alone === undefined || 'message' in alone) return inFragment(refuseSyntax(alone), '', sql);
  if (
    alone.statements.length !== 1 ||
    wrapped === undefined ||
    'message' in wrapped ||
    wrapped.statements.length !== 1
  )
    return {
      message: 'This is not one query.',
      remedy: 'Write a single SELECT without a semicolon at its end.',
    };
  const used = new Set<string>();
  const names = new Map(tables.map((name) => [name.toLowerCase(), name]));
  const node = nodeOf(alone.statements[0]);
  const problem =
    inspect(node, {
      columns: undefined,
      tables: { given: names, scope: new Set(), used },
      aggregates: true,
    }) ?? exceedsLiterals(node);
  return problem === null ? [...used] : inFragment(problem, '', sql);
}

const OPENING = 'SELECT (';

/** From bytes of the statement, where DuckDB points, to characters of the fragment that stands in it. */
function inFragment(problem: SqlProblem, opening: string, sql: string): SqlProblem {
  const { at, ...rest } = problem;
  if (at === undefined) return problem;
  const bytes = Buffer.from(`${opening}${sql}`).subarray(0, at.at);
  const start = Math.max(0, bytes.toString().length - opening.length);
  // The end of the fragment is where something is missing.
  if (start >= sql.length) return { ...rest, at: { at: Math.max(0, sql.trimEnd().length - 1) } };
  const word = /^(?:[\p{L}\p{N}_]+|"(?:[^"]|"")*"|'(?:[^']|'')*')/u.exec(sql.slice(start))?.[0].length ?? 1;
  return { ...rest, at: { at: start, length: Math.max(at.length ?? 0, word) } };
}

function checkText(sql: string): SqlProblem | null {
  if (sql.trim() === '')
    return { message: 'The SQL is empty.', remedy: 'Write an expression, or remove the key.' };
  // A NUL would end the statement's text early.
  if (sql.includes('\0')) return { message: 'The SQL has a NUL character.', remedy: 'Remove it.' };
  if (sql.length > MOST_CHARACTERS)
    return {
      message: `The SQL is longer than ${MOST_CHARACTERS.toLocaleString('en-US')} characters.`,
      remedy: 'Keep long lists in a table of their own and refer to it.',
    };
  if (hasEndlessRow(sql))
    return {
      message: 'The SQL has a long row of operators or of comments without a blank between them.',
      remedy: 'Remove what is too much of them.',
    };
  return null;
}

/** Of one fragment. Its syntax tree takes a hundred times as much. */
const MOST_CHARACTERS = 100_000;
