// SQL of a person, checked and made into one query over the sources that it names.
import { type Connection, quoteIdentifier } from '../../base';
import { PipelineError, type Table } from '../../model';
import { type NamedColumn, checkQuery, inspectQuery, sqlTokens, textOfToken, withoutEnd } from '../../rules';
import { layerNames } from './debugSources';
import type { NamedSources } from './pointSources';

/**
 * The query that a text asks for: itself, or an expression over `rows`.
 * @param date for the message about a table without files.
 * @throws PipelineError SQL_INVALID in plain words; NOT_FOUND where a source has no rows here.
 */
export async function consoleQuery(
  connection: Connection,
  sql: string,
  {
    tables,
    sources,
    date,
  }: { readonly tables: readonly Table[]; readonly sources: NamedSources; readonly date: string },
): Promise<string> {
  const text = layerNames(withoutEnd(sql), tables);
  const query = (await isTable(text, sources)) ? `FROM ${text}` : asQuery(text);
  const used = await inspectQuery(connection, query, [...sources.keys()]);
  if ('message' in used) throw refused(used);
  const columns = new Map<string, readonly NamedColumn[]>();
  // Binding wants one table at least.
  if (used.length === 0) columns.set('m7_nothing', []);
  const ctes: string[] = [];
  for (const name of used) {
    const source = await sources.get(name)?.();
    if (source === undefined) throw absent(name, date);
    columns.set(name, source.columns);
    // Written out where it is named: nothing is kept of a table of millions of rows.
    ctes.push(`${quoteIdentifier(name)} AS NOT MATERIALIZED (SELECT * FROM ${source.from})`);
  }
  const problem = await checkQuery(connection, query, columns);
  if (problem !== null) throw refused(problem);
  const head = ctes.length === 0 ? '' : `WITH ${ctes.join(',\n')}\n`;
  return `${head}SELECT * FROM (${query}\n)`;
}

/** Is it the name of a table and nothing else? A column of that name goes before it. */
async function isTable(text: string, sources: NamedSources): Promise<boolean> {
  const name = text.replace(/^"(.*)"$/s, '$1').toLowerCase();
  if (!sources.has(name)) return false;
  const rows = await sources.get('rows')?.();
  return rows?.columns.every((column) => column.name.toLowerCase() !== name) ?? true;
}

/** A query as it is; an expression is one over the rows. */
function asQuery(text: string): string {
  const first = sqlTokens(text).find(({ kind }) => kind !== 'space' && kind !== 'comment');
  const word = first === undefined ? '' : textOfToken(text, first);
  return /^(?:select|with|from|values|table)$/i.test(word) ? text : `SELECT ${text}\nFROM rows`;
}

/** SQL that DuckDB or the guard does not take. */
export function refused(problem: { readonly message: string; readonly remedy: string }): PipelineError {
  const bound = /^DuckDB refuses it: /;
  // What DuckDB says names the place itself; the remedy that goes with it speaks of rules.
  return new PipelineError(
    'SQL_INVALID',
    problem.message.replace(bound, ''),
    bound.test(problem.message) ? 'Correct the SQL; :help shows what can be asked.' : problem.remedy,
  );
}

function absent(name: string, date: string): PipelineError {
  if (name === 'failing')
    return new PipelineError(
      'NOT_FOUND',
      'There are no failing rows here.',
      'Stop at a rule that checks single rows, or query `rows`.',
    );
  if (name === 'rows')
    return new PipelineError('NOT_FOUND', 'There are no rows here yet.', 'Continue until they are read.');
  return new PipelineError(
    'NOT_FOUND',
    `There is no ${name} for ${date}.`,
    'Run its stages first, or query a table that is there.',
  );
}
