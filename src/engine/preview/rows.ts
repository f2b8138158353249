// Which rows a view shows, and their cells: row numbers first, then those rows alone.
import { join } from 'node:path';
import type { QueryOptions } from '../duckdb';
import { PipelineError } from '../errors';
import { printable } from '../report/layout';
import type { View } from './api';
import { cellOf, cellSql, ROW, type SourceColumn } from './columns';
import { keepRows, SMALL_ROWS, type RowList } from './rowList';
import { raggedNote } from './textSource';
import type { PageRow, Relation, Source } from './source';
import { checkSql, conditionOf, orderOf } from './viewSql';

/** Views whose row numbers are kept: the one shown and the one before. */
const KEPT = 2;
/** Rows at the top of a sorted view that are found without sorting all of it. */
const TOP_ROWS = 1_000;

export interface ViewRows {
  /** Row numbers at the positions of a view that is not plain. */
  slice(
    view: View,
    offset: number,
    limit: number,
    signal: AbortSignal | undefined,
  ): Promise<readonly number[]>;
  count(view: View, signal: AbortSignal | undefined, progress?: (known: number) => void): Promise<number>;
  close(): Promise<void>;
}

interface Kept {
  readonly key: string;
  top?: readonly number[];
  list?: Promise<RowList>;
}

export function openViewRows(source: Source): ViewRows {
  let kept: readonly Kept[] = [];
  let made = 0;
  const closeList = async (one: Kept): Promise<void> => {
    const list = await one.list?.catch(() => undefined);
    await list?.close();
  };
  const entry = (view: View): Kept => {
    const key = JSON.stringify([view.sort, view.filters]);
    const found = kept.find((one) => one.key === key) ?? { key };
    kept = [found, ...kept.filter((one) => one !== found)];
    for (const old of kept.slice(KEPT)) void closeList(old);
    kept = kept.slice(0, KEPT);
    return found;
  };
  /** The whole list, begun where it is not yet; one that failed or was given up is begun anew. */
  const listOf = async (one: Kept, view: View, signal: AbortSignal | undefined): Promise<RowList> => {
    const before = await one.list?.catch(() => undefined);
    if (before !== undefined && !before.work.failed) return before;
    const relation = await source.relation(signal);
    await checkValues(source, view, signal);
    // What nobody waits for any more makes room for what is wanted now.
    for (const other of kept) {
      const list = other === one ? undefined : await other.list?.catch(() => undefined);
      if (list?.work.done === false && list.work.idle) list.work.stop();
    }
    one.list = keepRows(join(source.folder, `view-${made++}.rows`), relation.rows, (stop) =>
      source.pool.numbers(listSql(relation, source.columns, view), stop),
    );
    void before?.close();
    return one.list;
  };
  return {
    async slice(view, offset, limit, signal) {
      const one = entry(view);
      if (view.sort.length > 0 && offset + limit <= TOP_ROWS && (await listReady(one)) === undefined) {
        if (one.top === undefined) {
          const relation = await source.relation(signal);
          await checkValues(source, view, signal);
          one.top = await collect(
            source.pool.numbers(`${listSql(relation, source.columns, view)}\nLIMIT ${TOP_ROWS}`, signal),
          );
        }
        return one.top.slice(offset, offset + limit);
      }
      return (await listOf(one, view, signal)).slice(offset, limit, signal);
    },
    async count(view, signal, progress) {
      // How many rows there are does not hang on their order.
      const unsorted = { sort: [], filters: view.filters };
      if (view.filters.length === 0) return (await source.relation(signal, progress)).rows;
      const ready = await listReady(entry(view));
      if (ready !== undefined) return ready.count(signal);
      return (await listOf(entry(unsorted), unsorted, signal)).count(signal, progress);
    },
    async close() {
      const all = kept;
      kept = [];
      await Promise.all(all.map(closeList));
    },
  };
}

async function listReady(one: Kept): Promise<RowList | undefined> {
  const list = await one.list?.catch(() => undefined);
  return list?.work.done === true ? list : undefined;
}

/** @throws PipelineError USAGE for a value that is none of its column's type. */
async function checkValues(source: Source, view: View, signal: AbortSignal | undefined): Promise<void> {
  const { sql, values } = checkSql(view.filters, source.columns);
  if (values.length === 0) return;
  const { rows } = await source.pool.use((connection) => connection.table(sql, { signal }));
  const wrong = values.find((_, i) => rows[0]?.[i] !== true);
  if (wrong === undefined) return;
  throw new PipelineError(
    'USAGE',
    `"${printable(wrong.value)}" is no ${wrong.column.type}, which is the type of column ${printable(wrong.column.name)}.`,
    'Write the value as the column shows its values.',
  );
}

/** The row numbers of a view in its order. */
export function listSql(relation: Relation, columns: readonly SourceColumn[], view: View): string {
  const condition = conditionOf(view.filters, columns);
  const order = orderOf(view, columns);
  return [
    `SELECT CAST(${ROW} AS ${relation.rows > SMALL_ROWS ? 'DOUBLE' : 'UINTEGER'})`,
    `FROM ${relation.from}`,
    ...(condition === undefined ? [] : [`WHERE ${condition}`]),
    ...(order === undefined ? [] : [`ORDER BY ${order}`]),
  ].join('\n');
}

async function collect(numbers: AsyncIterable<Float64Array>): Promise<readonly number[]> {
  const all: number[] = [];
  for await (const some of numbers) all.push(...some);
  return all;
}

/** Cells of the given rows, in the given order. */
export async function fetchRows(
  source: Source,
  relation: Relation,
  rows: readonly number[] | { readonly from: number; readonly to: number },
  columns: readonly SourceColumn[],
  options: QueryOptions,
): Promise<readonly PageRow[]> {
  const wanted = 'from' in rows ? undefined : rows;
  if (wanted?.length === 0) return [];
  const sql = fetchSql(relation, rows, columns);
  const { rows: found } = await source.pool.use((connection) => connection.table(sql, options));
  const shown = found.map((cells): PageRow => {
    const row = Number(cells[0]);
    const fields = cells[1];
    return {
      row: source.kind === 'query' ? null : row,
      cells: columns.map((_, i) => cellOf(cells[2 + 2 * i], cells[3 + 2 * i])),
      ...(typeof fields === 'number' ? { note: raggedNote(fields, source.columns.length) } : {}),
    };
  });
  if (wanted === undefined) return shown;
  const byRow = new Map(found.map((cells, i) => [Number(cells[0]), shown[i]]));
  return wanted.flatMap((row) => byRow.get(row) ?? []);
}

export function fetchSql(
  relation: Relation,
  rows: readonly number[] | { readonly from: number; readonly to: number },
  columns: readonly SourceColumn[],
): string {
  const range =
    'from' in rows
      ? rows
      : {
          from: rows.reduce((least, row) => Math.min(least, row), Infinity),
          to: rows.reduce((most, row) => Math.max(most, row), 0),
        };
  return [
    `SELECT ${ROW}, ${relation.fields ?? 'NULL'}`,
    ...columns.flatMap((column) => cellSql(column).map((sql) => `  , ${sql}`)),
    `FROM ${relation.from}`,
    // Row groups outside the range are not even opened.
    `WHERE ${ROW} BETWEEN ${range.from} AND ${range.to}`,
    ...('from' in rows ? [`ORDER BY ${ROW}`] : [`  AND ${ROW} IN (${rows.join(', ')})`]),
  ].join('\n');
}
