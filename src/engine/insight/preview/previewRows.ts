// Which rows a view shows, by their numbers in the file: found once, kept on disk, whatever is asked of the view then.
import { join } from 'node:path';
import { PipelineError, cancelled, isCancelled } from '../../model';
import { printable } from '../../report';
import type { View } from './api';
import { ROW, type SourceColumn } from './previewColumns';
import type { PercentListener } from './previewPool';
import { keepRows, SMALL_ROWS, type RowList } from './rowList';
import { shareWork, type SharedWork } from './shared';
import type { PreviewRelation, RelationProgress, PreviewSource } from './source';
import { checkSql, conditionOf, isPlain, orderOf } from './viewSql';

/** Views whose row numbers are kept, the latest ones: four bytes a row on disk. */
const KEPT = 4;
/** Rows at the top of a sorted view that are found without sorting all of it. */
const TOP_ROWS = 1_000;
/** Rows that are looked through at once for a filter: first few, so that the first page comes soon. */
const FIRST_RANGE = 250_000;
const LAST_RANGE = 8_000_000;

export interface ViewRows {
  /** Row numbers at these positions; fewer behind the end. */
  slice(
    view: View,
    offset: number,
    limit: number,
    signal: AbortSignal | undefined,
    percent?: PercentListener,
  ): Promise<readonly number[]>;
  count(view: View, signal: AbortSignal | undefined, progress?: (known: number) => void): Promise<number>;
  /** All row numbers of a view that is not plain, found by now or later. */
  list(view: View, signal: AbortSignal | undefined): Promise<RowList>;
  close(): Promise<void>;
}

interface CachedView {
  readonly key: string;
  /** The first rows of a sorted view. */
  top?: SharedWork<readonly number[]>;
  list?: RowList;
}

export function openViewRows(source: PreviewSource): ViewRows {
  let kept: readonly CachedView[] = [];
  let made = 0;
  let closed = false;
  const dropped: Promise<void>[] = [];
  const entry = (view: View): CachedView => {
    const key = JSON.stringify([view.sort, view.filters]);
    const found = kept.find((one) => one.key === key) ?? { key };
    kept = [found, ...kept.filter((one) => one !== found)];
    for (const old of kept.slice(KEPT)) if (old.list !== undefined) dropped.push(old.list.close());
    kept = kept.slice(0, KEPT);
    return found;
  };
  const list: ViewRows['list'] = async (view, signal) => {
    const before = entry(view).list;
    if (before !== undefined && !before.work.failed) return before;
    const relation = await source.relation(signal);
    await checkValues(source, view, signal);
    // Nobody would close a list that is begun after the end.
    if (closed) throw cancelled();
    const one = entry(view);
    // Another call may have begun it meanwhile.
    if (one.list !== undefined && !one.list.work.failed) return one.list;
    for (const { list: other } of kept) {
      // What nobody waits for any more makes room for what is wanted now.
      if (other?.work.done === false && other.work.idle) other.work.stop();
    }
    if (one.list !== undefined) dropped.push(one.list.close());
    one.list = keepRows(join(source.folder, `view-${made++}.rows`), relation.rows, (stop, percent) =>
      numbersOf(source, relation, view, stop, percent),
    );
    return one.list;
  };
  const topOf = (
    one: CachedView,
    view: View,
    signal: AbortSignal | undefined,
  ): Promise<readonly number[]> => {
    // The pages of one screen are asked for together: they share the search.
    if (one.top === undefined || one.top.failed)
      one.top = shareWork(async (stop) => {
        const relation = await source.relation(stop);
        await checkValues(source, view, stop);
        const numbers: number[] = [];
        const sql = `${listSql(relation, source.columns, view)}\nLIMIT ${TOP_ROWS}`;
        for await (const some of source.pool.numbers(sql, stop)) numbers.push(...some);
        return numbers;
      });
    return one.top.wait(signal);
  };
  /** A list that was stopped by another view's beginning, between two of our steps, is started again. */
  const again = async <T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> => {
    for (;;)
      try {
        return await work();
      } catch (error) {
        if (!isCancelled(error) || signal?.aborted === true || closed) throw error;
      }
  };
  return {
    list,
    async slice(view, offset, limit, signal, percent) {
      if (isPlain(view)) {
        const { rows } = await source.relation(signal, percent);
        return Array.from({ length: Math.max(0, Math.min(limit, rows - offset)) }, (_, i) => offset + i);
      }
      const one = entry(view);
      if (view.sort.length > 0 && one.list === undefined && offset + limit <= TOP_ROWS)
        return (await topOf(one, view, signal)).slice(offset, offset + limit);
      return again(signal, async () => (await list(view, signal)).slice(offset, limit, signal, percent));
    },
    async count(view, signal, progress) {
      if (view.filters.length === 0) {
        const told: RelationProgress | undefined =
          progress && ((_, rows) => (rows === undefined ? undefined : progress(rows)));
        return (await source.relation(signal, told)).rows;
      }
      const sorted = entry(view).list;
      if (sorted?.work.done === true) return sorted.count(signal);
      // How many rows there are does not hang on their order.
      const unsorted = { sort: [], filters: view.filters };
      return again(signal, async () => (await list(unsorted, signal)).count(signal, progress));
    },
    async close() {
      closed = true;
      for (const one of kept) if (one.list !== undefined) dropped.push(one.list.close());
      kept = [];
      await Promise.all(dropped);
    },
  };
}

/** @throws PipelineError USAGE for a value that is none of its column's type. */
export async function checkValues(
  source: PreviewSource,
  view: View,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { sql, values } = checkSql(view.filters, source.columns);
  // Unknown columns are told before anything is begun.
  orderOf(view, source.columns);
  conditionOf(view.filters, source.columns);
  if (values.length === 0) return;
  const { rows } = await source.pool.use((connection) => connection.table(sql, { signal }));
  const wrong = values.find((_, i) => rows[0]?.[i] !== true);
  if (wrong === undefined) return;
  throw new PipelineError(
    'USAGE',
    `"${printable(wrong.value)}" is not a ${wrong.column.type}, which is the type of column ${printable(wrong.column.name)}.`,
    'Write the value as the column shows its values.',
  );
}

/** The row numbers of a view in its order; those of a range of the file alone, where one is given. */
function listSql(
  relation: PreviewRelation,
  columns: readonly SourceColumn[],
  view: View,
  range?: { readonly from: number; readonly to: number },
): string {
  const conditions = [
    ...(range === undefined ? [] : [`${ROW} BETWEEN ${range.from} AND ${range.to}`]),
    conditionOf(view.filters, columns) ?? [],
  ].flat();
  const order = orderOf(view, columns);
  return [
    `SELECT CAST(${ROW} AS ${relation.rows > SMALL_ROWS ? 'DOUBLE' : 'UINTEGER'})`,
    `FROM ${relation.from}`,
    ...(conditions.length === 0 ? [] : [`WHERE ${conditions.join('\n  AND ')}`]),
    ...(order === undefined ? [] : [`ORDER BY ${order}`]),
  ].join('\n');
}

async function* numbersOf(
  source: PreviewSource,
  relation: PreviewRelation,
  view: View,
  signal: AbortSignal,
  percent: PercentListener,
): AsyncGenerator<Float64Array> {
  if (view.sort.length > 0) {
    yield* source.pool.numbers(listSql(relation, source.columns, view), signal, percent);
    return;
  }
  for (const range of ranges(relation.rows)) {
    yield* source.pool.numbers(listSql(relation, source.columns, view, range), signal);
    percent((100 * (range.to + 1)) / relation.rows);
  }
}

/** Pieces of a file, the first ones small. */
export function* ranges(rows: number): Generator<{ readonly from: number; readonly to: number }, void> {
  let size = FIRST_RANGE;
  for (let from = 0; from < rows; from += size, size = Math.min(2 * size, LAST_RANGE))
    yield { from, to: Math.min(rows, from + size) - 1 };
}
