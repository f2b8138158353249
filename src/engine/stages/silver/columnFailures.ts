// All rows that a column of silver stumbled over, for who looks into a run: what is wrong, beside the row itself.
import { type Connection, quoteIdentifier } from '../../base';
import type { ColumnLook } from '../inspector';
import type { Column } from '../../model';
import { internalNames } from '../freeNames';
import { selectFrom } from '../select';
import { buildLayers, type SilverQuery } from './statement';
import { columnProblems } from './problems';

/**
 * Finds the rows whose value of a column did not convert, or is missing where it is required; those that became
 * NULL and those that were rejected alike. Converts all rows once more: for who stands still and asks.
 * @param column of the table, as its config has it.
 */
export async function columnLook(
  connection: Connection,
  query: SilverQuery,
  column: Column,
  signal: AbortSignal,
): Promise<ColumnLook> {
  const select = columnFailuresSelect(query, column);
  if (select === undefined) return { failing: undefined };
  const failing = `m7_column_${query.table.columns.indexOf(column)}`;
  await connection.run(`CREATE OR REPLACE TEMPORARY TABLE ${quoteIdentifier(failing)} AS\n${select}`, {
    signal,
  });
  return { failing };
}

/**
 * The text before its conversion, what is wrong with it, whether its row is rejected, then silver's columns, in the
 * order of the files; undefined for a column in which nothing can be wrong.
 */
function columnFailuresSelect(query: SilverQuery, column: Column): string | undefined {
  const layers = buildLayers(
    query,
    query.parts.map(() => 'all'),
  );
  const work = layers.work.find((one) => one.column.name === column.name);
  const problems = work === undefined ? [] : columnProblems(work);
  if (work === undefined || problems.length === 0) return undefined;
  const reasons = problems.map((p) => `WHEN ${p.condition} THEN ${p.reason}`).join(' ');
  const kept = layers.kept.length === 0 ? 'true' : layers.kept.map((one) => `(${one})`).join(' AND ');
  const taken = [...query.table.columns, ...query.mapping.extras].map((one) => one.name);
  const internal = internalNames(taken);
  const free = (name: string): string =>
    quoteIdentifier(taken.some((one) => one.toLowerCase() === name) ? internal(name) : name);
  const columns = [
    `${work.text} AS ${free('_text')}`,
    `CASE ${reasons} END AS ${free('_reason')}`,
    `NOT (${kept}) AS ${free('_rejected')}`,
    ...layers.output,
  ];
  const where = problems.map((p) => `(${p.condition})`).join(' OR ');
  return `${layers.chain}\n${selectFrom(columns, `FROM ${layers.last}\nWHERE ${where}`)}`;
}
