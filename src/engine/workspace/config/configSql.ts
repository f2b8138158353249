// What only a database can say of the config: whether its SQL, patterns and defaults mean anything to it.
import { type Connection, type ProblemKind, shown } from '../../base';
import { type Config, PipelineError, type Table, isCancelled, throwIfCancelled } from '../../model';
import {
  type NamedColumn,
  type SqlProblem,
  checkExpression,
  checkQuery,
  queryTables,
  ruleColumns,
} from '../../rules';
import { memberMap, type JsonDocument, type Node } from './jsonDocument';
import type { PlacedRule } from './rules';

interface Scope {
  readonly connection: Connection;
  /** Columns with an error, by table, see brokenColumns: SQL over their types is not judged. */
  readonly broken: ReadonlyMap<string, ReadonlySet<string>>;
  readonly signal: AbortSignal | undefined;
}

/**
 * Reports every SQL fragment of the columns that the guard refuses, and defaults that do not convert.
 * @throws PipelineError CANCELLED
 */
export async function checkColumnSql(
  document: JsonDocument,
  tables: readonly Table[],
  scope: Scope,
): Promise<void> {
  const nodes = memberMap(memberMap(document.root).get('tables')?.value);
  for (const table of tables) {
    const columnNodes = memberMap(memberMap(nodes.get(table.name)?.value).get('columns')?.value);
    const read = table.columns.filter((column) => column.derived === undefined);
    const texts = read.map(({ name }) => ({ name, type: 'VARCHAR' }));
    const typed = read.map(({ name, type }) => ({ name, type }));
    for (const column of table.columns) {
      const node = columnNodes.get(column.name)?.value;
      if (node === undefined || document.isBroken(node)) continue;
      const place = `of column ${shown(column.name)} of table ${shown(table.name)}`;
      const fields = memberMap(node);
      const check = async (key: 'transform' | 'derived', columns: readonly NamedColumn[]): Promise<void> => {
        const fragment = column[key];
        if (fragment === undefined) return;
        throwIfCancelled(scope.signal);
        const problem = await checkExpression(scope.connection, fragment, columns);
        if (problem !== null)
          document.report(fields.get(key)?.value, `"${key}" ${place}: ${problem.message}`, problem.remedy, {
            code: 'SQL_INVALID',
            trouble: troubleOf(problem),
            inside: problem.at,
          });
      };
      await check('transform', texts);
      if (isWhole(table, scope)) await check('derived', typed);
      if (column.default === undefined) continue;
      // The type is one of those this module's own list knows, so it may stand in the SQL.
      const sql = `SELECT TRY_CAST($1 AS ${column.type}) IS NULL AS lost`;
      const [row] = await scope.connection.rows(sql, {
        values: [String(column.default)],
        signal: scope.signal,
      });
      if (row?.['lost'] === true)
        document.report(
          fields.get('default')?.value,
          `The default ${shown(column.default)} ${place} does not convert to ${column.type}.`,
          `Write a value of type ${column.type}.`,
          { trouble: { kind: 'invalid-default' } },
        );
    }
  }
}

/**
 * Reports every filter, expression, query and pattern of the rules that the guard or the database refuses.
 * @throws PipelineError CANCELLED
 */
export async function checkRuleSql(
  document: JsonDocument,
  placed: readonly PlacedRule[],
  config: Config,
  scope: Scope,
): Promise<void> {
  for (const { rule, table, node, fields } of placed) {
    if (document.isBroken(node) || !isWhole(table, scope)) continue;
    throwIfCancelled(scope.signal);
    const report = (key: string, problem: SqlProblem, trouble = troubleOf(problem)): void => {
      const at: Node = fields.get(key)?.value ?? node;
      document.report(at, `Rule ${shown(rule.id)}, "${key}": ${problem.message}`, problem.remedy, {
        code: 'SQL_INVALID',
        trouble,
        inside: problem.at,
      });
    };
    const columns = ruleColumns(table);
    if (rule.filter !== undefined) {
      const problem = await checkExpression(scope.connection, rule.filter, columns, { gives: 'boolean' });
      if (problem !== null) report('where', problem);
    }
    const { expression, query, pattern } = rule.parameters;
    if (rule.kind === 'expression' && typeof expression === 'string') {
      const problem = await checkExpression(scope.connection, expression, columns, { gives: 'boolean' });
      if (problem !== null) report('expression', problem);
    }
    if (rule.kind === 'sql' && typeof query === 'string') {
      const problem = await checkQuery(scope.connection, query, queryTables(table, config));
      if (problem !== null) report('query', problem);
    }
    if (typeof pattern === 'string') {
      const message = await patternProblem(pattern, scope);
      if (message !== undefined)
        report(
          'pattern',
          { message, remedy: 'Correct the regular expression; its syntax is that of RE2.' },
          { kind: 'invalid-pattern' },
        );
    }
  }
}

function troubleOf({ unknown }: SqlProblem): ProblemKind {
  return unknown === undefined ? { kind: 'invalid-sql' } : { kind: 'unknown-column', ...unknown };
}

function isWhole(table: Table, { broken }: Scope): boolean {
  return table.columns.length > 0 && (broken.get(table.name)?.size ?? 0) === 0;
}

async function patternProblem(pattern: string, { connection, signal }: Scope): Promise<string | undefined> {
  try {
    await connection.rows(`SELECT regexp_full_match('', $1)`, { values: [pattern], signal });
    return undefined;
  } catch (error) {
    if (isCancelled(error) || !(error instanceof PipelineError)) throw error;
    return error.message;
  }
}
