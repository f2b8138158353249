// Cells of rows that are known by number: those rows alone are read, and of them the wanted columns.
import { cellOf, cellSql, CELL_CHARACTERS, ROW, type SourceColumn } from './previewColumns';
import type { PageRow, PreviewRelation, PreviewSource } from './source';
import { raggedNote } from './previewWords';

/** Row numbers, in the order they are wanted in; or a piece of the file. */
type RowRange = readonly number[] | { readonly from: number; readonly to: number };

export interface CellsRequest {
  readonly rows: RowRange;
  readonly columns: readonly SourceColumn[];
  readonly signal: AbortSignal | undefined;
  /** Characters of a cell; those a page shows without it. */
  readonly characters?: number;
}

export async function fetchRows(
  source: Pick<PreviewSource, 'pool' | 'kind' | 'columns'>,
  relation: PreviewRelation,
  request: CellsRequest,
): Promise<readonly PageRow[]> {
  const { rows, columns, signal } = request;
  const wanted = 'from' in rows ? undefined : rows;
  if (wanted?.length === 0) return [];
  const sql = fetchSql(relation, request);
  const { rows: found } = await source.pool.use((connection) => connection.table(sql, { signal }));
  const shown = new Map(
    found.map((cells): [number, PageRow] => {
      const row = Number(cells[0]);
      const fields = cells[1];
      return [
        row,
        {
          row: source.kind === 'query' ? null : row,
          cells: columns.map((_, i) => cellOf(cells[2 + 2 * i], cells[3 + 2 * i])),
          ...(typeof fields === 'number' ? { note: raggedNote(fields, source.columns.length) } : {}),
        },
      ];
    }),
  );
  return wanted === undefined ? [...shown.values()] : wanted.flatMap((row) => shown.get(row) ?? []);
}

function fetchSql(
  relation: PreviewRelation,
  { rows, columns, characters = CELL_CHARACTERS }: CellsRequest,
): string {
  return [
    `SELECT ${ROW}, ${relation.fields ?? 'NULL'}`,
    ...columns.flatMap((column) => cellSql(column, characters).map((sql) => `  , ${sql}`)),
    `FROM ${relation.from}`,
    ...whereRows(rows),
    ...('from' in rows ? [`ORDER BY ${ROW}`] : []),
  ].join('\n');
}

function whereRows(rows: RowRange): readonly string[] {
  if ('from' in rows) return [`WHERE ${ROW} BETWEEN ${rows.from} AND ${rows.to}`];
  let from = Infinity;
  let to = 0;
  for (const row of rows) {
    from = Math.min(from, row);
    to = Math.max(to, row);
  }
  // Row groups outside the range are not even opened.
  return [`WHERE ${ROW} BETWEEN ${from} AND ${to}`, `  AND ${ROW} IN (${rows.join(', ')})`];
}
