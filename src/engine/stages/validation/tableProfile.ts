// What a reader wants to know of each column at a glance, from the statistics Parquet keeps: no scan of the rows.
import {
  type Connection,
  type TypeFamily,
  quoteIdentifier,
  quoteLiteral,
  quotePath,
  typeFamily,
} from '../../base';
import type { Report, Table } from '../../model';
import { isHiddenColumn } from '../../report';
import type { GoldColumn } from './goldView';

/** Types whose text form in the statistics casts back, so that the least and the greatest are known. */
const COMPARABLE: readonly TypeFamily[] = ['text', 'number', 'boolean', 'date', 'time'];

/** So many columns are asked for in one statement: its cost grows with their square. */
const AT_ONCE = 100;

/**
 * The profile of a gold file. Values of sensitive columns stay out of it; a column whose row groups lack
 * statistics has no least and greatest value.
 */
export async function profileOf(
  connection: Connection,
  path: string,
  columns: readonly GoldColumn[],
  table: Table | undefined,
): Promise<Report['profile']> {
  if (columns.length === 0) return [];
  const shown = columns.map((c) => COMPARABLE.includes(typeFamily(c.type)) && !isHiddenColumn(table, c.name));
  const byPlace = new Map<number, { nulls: number; least: string | null; most: string | null }>();
  for (let from = 0; from < columns.length; from += AT_ONCE) {
    const to = from + AT_ONCE;
    const rows = await connection.rows<{
      place: number;
      nulls: number;
      least: string | null;
      most: string | null;
    }>(profileSql(path, columns.slice(from, to), shown.slice(from, to)));
    for (const row of rows) byPlace.set(from + row.place, row);
  }
  return columns.map((column, place) => {
    const found = byPlace.get(place);
    return {
      column: column.name,
      type: column.type,
      nulls: found?.nulls ?? 0,
      min: found?.least ?? null,
      max: found?.most ?? null,
    };
  });
}

/** One row per column: its place, its nulls and, where `shown`, its least and greatest value as text. */
export function profileSql(path: string, columns: readonly GoldColumn[], shown: readonly boolean[]): string {
  const bound = (column: GoldColumn, fn: 'min' | 'max'): string =>
    `CAST(${fn}(TRY_CAST(stats_${fn}_value AS ${column.type})) AS VARCHAR)`;
  const selects = columns.map((column, place) => {
    const values = shown[place]
      ? `CASE WHEN bool_and(stats_min_value IS NOT NULL OR stats_null_count = row_group_num_rows) THEN ${bound(column, 'min')} END AS least,
  CASE WHEN bool_and(stats_max_value IS NOT NULL OR stats_null_count = row_group_num_rows) THEN ${bound(column, 'max')} END AS most`
      : 'CAST(NULL AS VARCHAR) AS least,\n  CAST(NULL AS VARCHAR) AS most';
    return `SELECT
  ${place} AS place,
  CAST(coalesce(sum(stats_null_count), 0) AS BIGINT) AS nulls,
  ${values}
FROM footer
WHERE path_in_schema = ${quoteLiteral(column.name)}`;
  });
  return `WITH footer AS MATERIALIZED (
  SELECT path_in_schema, stats_min_value, stats_max_value, stats_null_count, row_group_num_rows
  FROM parquet_metadata(${quotePath(path)})
)
${selects.join('\nUNION ALL\n')}
ORDER BY ${quoteIdentifier('place')}`;
}
