// Failing rows to show: the first ones of each rule, with the columns it is about and where they came from.
import { type Row, quoteIdentifier } from '../base';
import { breaksSlot, slotOf } from './brokenRows';
import type { Slip, EvaluationTask } from './evaluation';

/** Fills the samples of all slips with failing rows: always the first ones of the table, so that reports repeat. */
export async function sampleRows(work: EvaluationTask, broken: string): Promise<void> {
  const { connection, signal } = work.request;
  const failing = work.slips.filter(
    (slip) =>
      slip.outcome === undefined && slip.failing > 0 && slip.samples.length === 0 && slip.rule.samples > 0,
  );
  if (failing.length === 0) return;
  const first = failing.map(
    ({ index, rule }) =>
      `SELECT ${index} AS rule, _row FROM (SELECT _row FROM ${quoteIdentifier(broken)} WHERE ${breaksSlot(slotOf(index))} ORDER BY _row LIMIT ${rule.samples})`,
  );
  const picked = await connection.rows(`${first.join('\nUNION ALL ')}\nORDER BY rule, _row`, { signal });
  const numbers = [...new Set(picked.map((row) => Number(row['_row'])))].sort((a, b) => a - b);
  const columns = [...new Set(['_source_file', '_source_row', ...failing.flatMap((slip) => slip.shown)])];
  const rows = await connection.rows(
    [
      `SELECT _row, ${columns.map((name, i) => `${quoteIdentifier(name)} AS c${i}`).join(', ')}`,
      `FROM ${work.relation}`,
      // The bounds let Parquet skip row groups, the list alone does not.
      `WHERE _row BETWEEN ${numbers[0] ?? 0} AND ${numbers.at(-1) ?? 0} AND _row IN (${numbers.join(', ')})`,
    ].join('\n'),
    { signal },
  );
  const byNumber = new Map(rows.map((row) => [Number(row['_row']), row]));
  const cell = (row: Row, name: string): unknown => row[`c${columns.indexOf(name)}`] ?? null;
  const place = (slip: Slip) =>
    picked
      .filter((row) => row['rule'] === slip.index)
      .map((row) => byNumber.get(Number(row['_row'])))
      .filter((row) => row !== undefined)
      .map((row) => ({
        values: Object.fromEntries(slip.shown.map((name) => [name, cell(row, name)])),
        file: textOrNull(cell(row, '_source_file')),
        row: numberOrNull(cell(row, '_source_row')),
      }));
  for (const slip of failing) slip.samples = place(slip);
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
