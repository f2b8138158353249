// The next cell of a view that contains a text: read from where the reader stands, not from the beginning of the file.
import type { View } from './api';
import { ROW, type SourceColumn } from './previewColumns';
import type { PercentListener } from './previewPool';
import type { RowList } from './rowList';
import { ranges, type ViewRows } from './previewRows';
import type { PreviewRelation, PreviewSource } from './source';
import { conditionOf, containsAnywhere, containsSql, mayContain } from './viewSql';

export interface FindRequest {
  readonly view: View;
  readonly text: string;
  readonly case: boolean;
  /** Position looked at first. */
  readonly from: number;
  readonly backwards: boolean;
}

export interface FindResult {
  readonly position: number;
  readonly column: string;
}

/** Positions of a sorted view that are looked at before the whole file is. */
const NEAR = 500;
const LIST_BLOCK = 250_000;

/** Where the text is found next, wrapping round once; null where it is nowhere. */
export async function findText(
  source: PreviewSource,
  rows: ViewRows,
  request: FindRequest,
  options: { readonly signal?: AbortSignal | undefined; readonly progress?: PercentListener | undefined },
): Promise<FindResult | null> {
  const { signal } = options;
  const columns = source.columns.filter((column) => mayContain(column, request.text));
  if (request.text === '' || columns.length === 0) return null;
  const relation = await source.relation(signal, options.progress);
  const match = containsAnywhere(columns, request.text, request.case);
  const looked: Looked = { source, relation, rows, request, match, ...options };
  const hit = request.view.sort.length > 0 ? await inSorted(looked) : await inFileOrder(looked);
  if (hit === undefined) return null;
  const column = await columnOf(looked, columns, hit.row);
  return { position: hit.position, column: column.name };
}

interface Looked {
  readonly source: PreviewSource;
  readonly relation: PreviewRelation;
  readonly rows: ViewRows;
  readonly request: FindRequest;
  /** The condition of a match. */
  readonly match: string;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: PercentListener | undefined;
}

interface MatchedRow {
  readonly row: number;
  readonly position: number;
}

async function inFileOrder(looked: Looked): Promise<MatchedRow | undefined> {
  const { relation, rows, request, signal } = looked;
  const { view, from, backwards } = request;
  if (view.filters.length === 0) {
    const row = await nearest(looked, Math.min(from, Math.max(0, relation.rows - 1)), backwards);
    return row === undefined ? undefined : { row, position: row };
  }
  const list = await rows.list(view, signal);
  const count = await list.count(signal);
  if (count === 0) return undefined;
  const [start = 0] = await list.slice(Math.min(from, count - 1), 1, signal);
  const row = await nearest(looked, start, backwards);
  return row === undefined ? undefined : { row, position: await positionOf(list, count, row) };
}

/** The matching row that is met first from `start` on, round the end of the file. */
async function nearest(looked: Looked, start: number, backwards: boolean): Promise<number | undefined> {
  const { relation } = looked;
  const last = relation.rows - 1;
  const legs = backwards
    ? [
        { from: 0, to: start },
        { from: start + 1, to: last },
      ]
    : [
        { from: start, to: last },
        { from: 0, to: start - 1 },
      ];
  let done = 0;
  for (const leg of legs) {
    for (const piece of ranges(leg.to - leg.from + 1)) {
      const range = backwards
        ? { from: leg.to - piece.to, to: leg.to - piece.from }
        : { from: leg.from + piece.from, to: leg.from + piece.to };
      const row = await extreme(looked, range, backwards);
      if (row !== undefined) return row;
      done += range.to - range.from + 1;
      looked.progress?.((100 * done) / relation.rows);
    }
  }
  return undefined;
}

async function extreme(
  { source, relation, request, match, signal }: Looked,
  range: { readonly from: number; readonly to: number },
  backwards: boolean,
): Promise<number | undefined> {
  const condition = conditionOf(request.view.filters, source.columns);
  const sql = [
    `SELECT ${backwards ? 'max' : 'min'}(${ROW}) AS row`,
    `FROM ${relation.from}`,
    `WHERE ${ROW} BETWEEN ${range.from} AND ${range.to}`,
    ...(condition === undefined ? [] : [`  AND ${condition}`]),
    `  AND (${match})`,
  ].join('\n');
  const [found] = await source.pool.use((connection) => connection.rows(sql, { signal }));
  return typeof found?.['row'] === 'number' ? found['row'] : undefined;
}

/** Where a row number stands in a list in file order. */
async function positionOf(list: RowList, count: number, row: number): Promise<number> {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    const [there = 0] = await list.slice(middle, 1, undefined);
    if (there < row) low = middle + 1;
    else high = middle;
  }
  return low;
}

async function inSorted(looked: Looked): Promise<MatchedRow | undefined> {
  const { rows, request, signal } = looked;
  const { view, from, backwards } = request;
  const first = backwards ? Math.max(0, from - NEAR + 1) : from;
  const near = await rows.slice(view, first, backwards ? from - first + 1 : NEAR, signal);
  const matching = await among(looked, near);
  const places = backwards ? [...near.keys()].reverse() : [...near.keys()];
  for (const place of places) {
    const row = near[place];
    if (row !== undefined && matching.has(row)) return { row, position: first + place };
  }
  return inList(looked, await rows.list(view, signal));
}

/** Which of these rows match. */
async function among(
  { source, relation, match, signal }: Looked,
  rows: readonly number[],
): Promise<ReadonlySet<number>> {
  if (rows.length === 0) return new Set();
  const sql = [
    `SELECT ${ROW} AS row`,
    `FROM ${relation.from}`,
    `WHERE ${ROW} IN (${rows.join(', ')})`,
    `  AND (${match})`,
  ].join('\n');
  const found = await source.pool.use((connection) => connection.rows(sql, { signal }));
  return new Set(found.map((one) => Number(one['row'])));
}

/** All matches of the file as bits, then the list from the position on. */
async function inList(looked: Looked, list: RowList): Promise<MatchedRow | undefined> {
  const { source, relation, request, match, signal, progress } = looked;
  const { from, backwards } = request;
  const bits = new Uint8Array(Math.ceil(relation.rows / 8));
  let any = false;
  const sql = `SELECT CAST(${ROW} AS DOUBLE)\nFROM ${relation.from}\nWHERE (${match})`;
  for await (const some of source.pool.numbers(sql, signal, progress))
    for (const row of some) {
      const place = Math.floor(row / 8);
      bits[place] = (bits[place] ?? 0) | (1 << (row % 8));
      any = true;
    }
  if (!any) return undefined;
  const count = await list.count(signal);
  const matches = (row: number): boolean => ((bits[Math.floor(row / 8)] ?? 0) & (1 << (row % 8))) !== 0;
  const step = backwards ? -1 : 1;
  // Twice round at most: to the end, and from the other end to where it began.
  for (let seen = 0, at = Math.min(from, count - 1); seen < count;) {
    const first = backwards ? Math.max(0, at - LIST_BLOCK + 1) : at;
    const block = await list.slice(first, backwards ? at - first + 1 : LIST_BLOCK, signal);
    if (block.length === 0) return undefined;
    for (let i = backwards ? block.length - 1 : 0; i >= 0 && i < block.length; i += step) {
      const row = block[i];
      if (row !== undefined && matches(row)) return { row, position: first + i };
    }
    seen += block.length;
    at = backwards ? first - 1 : first + block.length;
    if (at < 0) at = count - 1;
    if (at >= count) at = 0;
  }
  return undefined;
}

async function columnOf(
  { source, relation, request, signal }: Looked,
  columns: readonly SourceColumn[],
  row: number,
): Promise<SourceColumn> {
  const flags = columns.map((column) => containsSql(column, request.text, request.case));
  const sql = `SELECT ${flags.join(', ')}\nFROM ${relation.from}\nWHERE ${ROW} = ${row}`;
  const { rows } = await source.pool.use((connection) => connection.table(sql, { signal }));
  const place = rows[0]?.indexOf(true) ?? -1;
  const found = columns[place];
  if (found === undefined) throw new Error(`Row ${row} matches in no column.`);
  return found;
}
