// Syntax trees of SQL, as DuckDB's own parser gives them: parsed, never bound or run.
import type { Connection } from '../base';

export type Json = null | string | number | boolean | readonly Json[] | SyntaxNode;
export interface SyntaxNode {
  readonly [key: string]: Json;
}
export type ParsedSql =
  | { readonly statements: readonly Json[] }
  /** `position` in bytes of UTF-8, as DuckDB counts. */
  | { readonly message: string; readonly position?: number };

/** Parses statements by DuckDB's own parser, without binding or running them. */
export async function parse(
  connection: Connection,
  statements: readonly string[],
): Promise<readonly ParsedSql[]> {
  const calls = statements.map((_, i) => `json_serialize_sql($${i + 1}::VARCHAR) AS s${i}`).join(', ');
  const [row] = await connection.rows<Record<string, string>>(`SELECT ${calls}`, { values: statements });
  return statements.map((_, i): ParsedSql => {
    const tree = treeOf(row?.[`s${i}`] ?? '{}');
    if (tree === undefined) return { message: 'a number in it is too large' };
    if (tree['error'] === false && Array.isArray(tree['statements']))
      return { statements: tree['statements'] };
    const message = tree['error_message'];
    const position = Number(tree['position'] ?? NaN);
    return {
      message: typeof message === 'string' ? message : 'it cannot be parsed',
      ...(Number.isSafeInteger(position) ? { position } : {}),
    };
  });
}

/** DuckDB writes a number past all bounds as Infinity, which is no JSON. */
function treeOf(json: string): SyntaxNode | undefined {
  try {
    return JSON.parse(json) as SyntaxNode;
  } catch {
    return undefined;
  }
}

export function isObject(value: Json | undefined): value is SyntaxNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function nodeOf(statement: Json | undefined): Json {
  return isObject(statement) ? (statement['node'] ?? null) : null;
}

export function childrenOf(node: Json | undefined): readonly Json[] {
  const children = isObject(node) ? node['children'] : undefined;
  return Array.isArray(children) ? (children as readonly Json[]) : [];
}

/** The select list of `SELECT a, b` with nothing else to it; undefined for all other statements. */
export function bareSelect(statements: readonly Json[]): readonly Json[] | undefined {
  const node = statements.length === 1 ? nodeOf(statements[0]) : null;
  if (!isObject(node) || node['type'] !== 'SELECT_NODE') return undefined;
  const from = node['from_table'];
  const ctes = isObject(node['cte_map']) ? node['cte_map']['map'] : undefined;
  const nothing = (key: string): boolean => {
    const value = node[key];
    return value === null || value === undefined || (Array.isArray(value) && value.length === 0);
  };
  const bare =
    isObject(from) &&
    from['type'] === 'EMPTY' &&
    Array.isArray(ctes) &&
    ctes.length === 0 &&
    ['modifiers', 'where_clause', 'group_expressions', 'group_sets', 'having', 'sample', 'qualify'].every(
      nothing,
    );
  const items = node['select_list'];
  return bare && Array.isArray(items) ? (items as readonly Json[]) : undefined;
}

/** Where a node begins in its statement, in bytes; undefined where DuckDB does not say. */
export function placeOf(node: SyntaxNode): number | undefined {
  const place = node['query_location'];
  return typeof place === 'number' && Number.isSafeInteger(place) ? place : undefined;
}

/** A text of a node; empty where it has none. */
export function nodeText(node: SyntaxNode, key: string): string {
  const value = node[key];
  return typeof value === 'string' ? value : '';
}

/** The function's name in lower case; undefined where it is called through a schema or catalog of its own. */
export function functionName(node: SyntaxNode): string | undefined {
  const [name, schema, catalog] = [node['function_name'], node['schema'], node['catalog']];
  const own = (part: Json | undefined): boolean => part === undefined || part === '' || part === 'main';
  return typeof name === 'string' && own(schema) && (catalog === undefined || catalog === '')
    ? name.toLowerCase()
    : undefined;
}

/** The parts of a column's name, as they are written. */
export function columnNames(node: SyntaxNode): readonly string[] {
  const names = node['column_names'];
  return Array.isArray(names)
    ? (names as readonly Json[]).map((name) => (typeof name === 'string' ? name : ''))
    : [];
}

/** Names that a lambda binds, in lower case. */
export function parametersOf(lhs: Json | undefined): readonly string[] {
  if (!isObject(lhs)) return [];
  if (lhs['class'] === 'COLUMN_REF') return columnNames(lhs).map((name) => name.toLowerCase());
  return childrenOf(lhs).flatMap(parametersOf);
}
