// Binding of an owner's SQL against the types of its columns: planned by DuckDB, never run on rows.
import { BINDING, type Connection, quoteIdentifier } from '../base';
import { isCancelled, defined, PipelineError } from '../model';
import type { SqlProblem } from './refusals';
import { sqlTokens } from './sqlTokens';
import { bareSelect, isObject, parse } from './syntax';

export interface NamedColumn {
  readonly name: string;
  /** DuckDB type. */
  readonly type: string;
}

/** A FROM source without rows that has the given columns. */
function emptyTable(columns: readonly NamedColumn[]): string {
  const items = columns.map(({ name, type }) => `CAST(NULL AS ${type}\n) AS ${quoteIdentifier(name)}`);
  return `(SELECT ${items.length === 0 ? '1 AS "none"' : items.join(', ')} LIMIT 0)`;
}

/** Types are text of the config: each must be a type name and nothing more before it enters SQL. */
export async function checkTypes(
  connection: Connection,
  columns: readonly NamedColumn[],
): Promise<SqlProblem | null> {
  const types = [...new Set(columns.map((c) => c.type))];
  if (types.length === 0) return null;
  const parsed = await parse(
    connection,
    types.map((type) => `SELECT CAST(NULL AS ${type}\n)`),
  );
  const wrong = parsed.findIndex((tree, i) => {
    // A comment would be a type by the parser's measure, and end the line it stands in; within quotes it is a name.
    const type = types[i] ?? '';
    if (type.includes('\0') || sqlTokens(type).some(({ kind }) => kind === 'comment')) return true;
    const items = 'message' in tree ? undefined : bareSelect(tree.statements);
    const [cast] = items ?? [];
    return (
      items?.length !== 1 ||
      !isObject(cast) ||
      cast['class'] !== 'CAST' ||
      !isObject(cast['child']) ||
      cast['child']['class'] !== 'CONSTANT'
    );
  });
  if (wrong === -1) return null;
  return {
    message: `"${types[wrong] ?? ''}" is not a type.`,
    remedy: 'Correct the type of the column in table_schemas.json.',
  };
}

/** Why an expression does not bind, or does not give what it should. */
export async function bindExpression(
  connection: Connection,
  sql: string,
  columns: readonly NamedColumn[],
  gives: 'boolean' | 'any',
): Promise<SqlProblem | null> {
  const types = await checkTypes(connection, columns);
  if (types !== null) return types;
  const bound = await bind(connection, `SELECT (${sql}\n) AS v FROM ${emptyTable(columns)}`, sql);
  if ('message' in bound) return bound;
  const [type] = bound;
  if (gives === 'boolean' && type !== 'BOOLEAN')
    return {
      message: `The expression gives ${type ?? 'nothing'}, not a condition.`,
      remedy: 'Write something that is true or false, e.g. a comparison.',
    };
  return null;
}

/** Why a query over these tables does not bind. */
export async function bindQuery(
  connection: Connection,
  sql: string,
  tables: ReadonlyMap<string, readonly NamedColumn[]>,
): Promise<SqlProblem | null> {
  const types = await checkTypes(connection, [...tables.values()].flat());
  if (types !== null) return types;
  const ctes = [...tables].map(
    ([name, columns]) => `${quoteIdentifier(name)} AS (FROM ${emptyTable(columns)})`,
  );
  const bound = await bind(connection, `WITH ${ctes.join(', ')} SELECT * FROM (${sql}\n)`, sql);
  return 'message' in bound ? bound : null;
}

/**
 * Where in a fragment DuckDB points at: it shows a piece of the line, in which a caret stands under the word.
 * Columns of the caret are counted by characters as a terminal draws them.
 */
function placeIn(sql: string, message: string): SqlProblem['at'] {
  const shown = /\nLINE \d+: (.*)\n( *)\^/.exec(message);
  if (shown === null) return undefined;
  const line = shown[1] ?? '';
  const caret = (shown[2]?.length ?? 0) - (shown[0].indexOf(line, 8) - 1);
  const word = /^(?:[\p{L}\p{N}_]+|"[^"]*"|.)/u.exec(line.slice(caret))?.[0];
  if (word === undefined) return undefined;
  // The more of what stands before it is found too, the surer it is the word that is meant.
  for (let before = Math.min(caret, 40); before >= 0; before--) {
    const found = sql.indexOf(line.slice(caret - before, caret) + word);
    if (found !== -1) return { at: found + before, length: word.length };
  }
  return undefined;
}

/** Types of the columns of a query, or why DuckDB refuses it. It is planned and not run. */
async function bind(
  connection: Connection,
  query: string,
  sql: string,
): Promise<readonly string[] | SqlProblem> {
  try {
    const rows = await connection.rows<{ column_type: string }>(`DESCRIBE ${query}`, {
      bounds: BINDING,
    });
    return rows.map((row) => row.column_type);
  } catch (error) {
    if (isCancelled(error)) throw error;
    if (error instanceof PipelineError && ['OUT_OF_MEMORY', 'TIMEOUT'].includes(error.code))
      return {
        message: `${error.message} It is computed before any row is read.`,
        remedy: 'Simplify the SQL.',
      };
    const message = error instanceof Error ? error.message : String(error);
    const at = placeIn(
      sql,
      error instanceof Error && error.cause instanceof Error ? error.cause.message : '',
    );
    return {
      message: `DuckDB refuses it: ${(message.split('\n')[0] ?? '').replace(/^\w+(?: \w+)* Error: /, '')}`,
      remedy: 'Correct the SQL; the columns have the types of table_schemas.json.',
      ...defined({ at }),
    };
  }
}
