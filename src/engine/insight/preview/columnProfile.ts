// What a column holds under a view: counts, extremes, a histogram, the most frequent values.
import { isInteger } from '../../base';
import type { ColumnProfile, View } from './api';
import { CELL_CHARACTERS, asTextSql, type SourceColumn } from './previewColumns';
import type { PreviewRelation, PreviewSource } from './source';
import { byText, columnNamed, conditionOf } from './viewSql';
import { checkValues } from './previewRows';

const BINS = 30;
const TOP = 20;
/** More different values than this are not counted one by one. */
const MOST_DISTINCT = 2_000_000;

/** Reads the column alone: once for the figures, once for each of histogram and top values. */
export async function profileColumn(
  source: PreviewSource,
  request: { readonly view: View; readonly column: string },
  signal: AbortSignal | undefined,
): Promise<ColumnProfile> {
  const column = columnNamed(source.columns, request.column);
  const relation = await source.relation(signal);
  await checkValues(source, request.view, signal);
  const from = fromSql(relation, source.columns, request.view);
  return source.pool.use(async (connection) => {
    const [figures] = await connection.rows(figuresSql(column, from), { signal });
    const number = (name: string): number => Number(figures?.[name] ?? 0);
    const text = (name: string): string | null => {
      const value = figures?.[name];
      return value === null || value === undefined
        ? null
        : typeof value === 'string'
          ? value
          : JSON.stringify(value);
    };
    const rows = number('rows');
    const nulls = rows - number('present');
    const guessed = Math.min(number('distinct'), rows - nulls);
    const low = figures?.['low'];
    const high = figures?.['high'];
    const bins = typeof low === 'number' && typeof high === 'number' ? binsOf(column, low, high) : [];
    const counted =
      bins.length === 0 ? [] : await connection.rows(histogramSql(column, from, bins), { signal });
    const inBin = new Map(counted.map((one) => [Number(one['bin']), Number(one['rows'])]));
    const top =
      guessed > MOST_DISTINCT || guessed > Math.max(1_000, rows / 2)
        ? []
        : await connection.rows(topSql(column, from), { signal });
    // Who has counted them one by one need not guess.
    const groups = top[0]?.['groups'];
    const distinct = typeof groups === 'number' ? groups - (nulls > 0 ? 1 : 0) : guessed;
    // Where the most frequent value is there once, none is frequent.
    const frequent = top.some((one) => Number(one['rows']) > 1) || rows === 1;
    return {
      column: column.name,
      rows,
      nulls,
      distinct,
      min: text('min'),
      max: text('max'),
      mean: text('mean'),
      histogram: bins.map(({ from: begin, to: end }, i) => ({
        from: edge(column, begin),
        to: edge(column, end),
        rows: inBin.get(i) ?? 0,
      })),
      top: frequent
        ? top.map((one) => ({
            value: typeof one['value'] === 'string' ? one['value'] : null,
            rows: Number(one['rows']),
          }))
        : [],
    };
  });
}

function fromSql(relation: PreviewRelation, columns: readonly SourceColumn[], view: View): string {
  const condition = conditionOf(view.filters, columns);
  return `FROM ${relation.from}${condition === undefined ? '' : `\nWHERE ${condition}`}`;
}

/** A value as a number to be divided into bins: itself, or microseconds; undefined where it has no such. */
function measure({ id, family, type }: SourceColumn): string | undefined {
  switch (family) {
    case 'number':
      return `CAST(${id} AS DOUBLE)`;
    case 'date':
      // Infinite dates have no place between others.
      return `CASE WHEN isfinite(${id}) THEN CAST(epoch_us(${id}) AS DOUBLE) END`;
    case 'time':
      return type === 'TIME' ? `CAST(epoch_us(${id}) AS DOUBLE)` : undefined;
    case 'text':
    case 'boolean':
    case 'nested':
    case 'binary':
    case 'other':
      return undefined;
    default:
      return family satisfies never;
  }
}

function figuresSql(column: SourceColumn, from: string): string {
  const measured = measure(column);
  const finite =
    measured !== undefined && /^(?:FLOAT|DOUBLE)$/.test(column.type)
      ? `CASE WHEN isfinite(${column.id}) THEN ${measured} END`
      : measured;
  const key = byText(column) ? asTextSql(column) : column.id;
  const shown = (aggregate: string): string =>
    `left(${asTextSql({ ...column, id: `${aggregate}(${column.id})` })}, ${CELL_CHARACTERS})`;
  const ordered = column.family !== 'nested' && column.family !== 'other';
  return [
    'SELECT',
    '  count(*) AS rows,',
    `  count(${column.id}) AS present,`,
    `  approx_count_distinct(${key}) AS "distinct",`,
    `  ${ordered ? shown('min') : 'NULL'} AS min,`,
    `  ${ordered ? shown('max') : 'NULL'} AS max,`,
    `  min(${finite ?? 'NULL'}) AS low,`,
    `  max(${finite ?? 'NULL'}) AS high,`,
    `  ${meanSql(column, finite)} AS mean`,
    from,
  ].join('\n');
}

function meanSql(column: SourceColumn, finite: string | undefined): string {
  if (finite === undefined) return 'NULL';
  const mean = `avg(${finite})`;
  if (column.family === 'number') return `CAST(${mean} AS VARCHAR)`;
  if (column.family === 'time')
    return `CAST(TIME '00:00:00' + to_microseconds(CAST(${mean} AS BIGINT)) AS VARCHAR)`;
  return `CAST(make_timestamp(CAST(${mean} AS BIGINT)) AS VARCHAR)`;
}

interface Bin {
  readonly from: number;
  readonly to: number;
}

const DAY_US = 86_400_000_000;

/** Bins of equal width over the range; whole numbers and days are not cut. */
function binsOf(column: SourceColumn, low: number, high: number): readonly Bin[] {
  if (low === high) return [{ from: low, to: high }];
  const unit = column.type === 'DATE' ? DAY_US : isInteger(column.type) ? 1 : 0;
  const even = (high - low) / BINS;
  if (unit === 0 || !Number.isFinite(even))
    return Array.from({ length: BINS }, (_, i) => ({
      from: low + i * even,
      to: i === BINS - 1 ? high : low + (i + 1) * even,
    }));
  // The last value lies within the last bin, whose end is behind it.
  const width = Math.max(unit, Math.ceil((high - low + unit) / BINS / unit) * unit);
  const count = Math.ceil((high - low + unit) / width);
  return Array.from({ length: count }, (_, i) => ({ from: low + i * width, to: low + (i + 1) * width }));
}

function histogramSql(column: SourceColumn, from: string, bins: readonly Bin[]): string {
  const first = bins[0]?.from ?? 0;
  const width = (bins[0]?.to ?? 0) - first;
  const measured = measure(column) ?? 'NULL';
  const bin =
    width === 0
      ? '0'
      : `greatest(0, least(${bins.length - 1}, CAST(floor((${measured} - ${literal(first)}) / ${literal(width)}) AS INTEGER)))`;
  const finite = /^(?:FLOAT|DOUBLE)$/.test(column.type)
    ? `isfinite(${column.id})`
    : `${measured} IS NOT NULL`;
  return [
    `SELECT ${bin} AS bin, count(*) AS rows`,
    `FROM (SELECT * ${from}) AS file`,
    `WHERE ${finite}`,
    'GROUP BY bin',
  ].join('\n');
}

/** Doubles as DuckDB reads them back exactly. */
const literal = (value: number): string => `CAST('${value}' AS DOUBLE)`;

function topSql(column: SourceColumn, from: string): string {
  const key = byText(column) ? asTextSql(column) : column.id;
  return [
    `SELECT left(${byText(column) ? 'v' : asTextSql({ ...column, id: 'v' })}, ${CELL_CHARACTERS}) AS value, n AS rows, groups`,
    `FROM (SELECT ${key} AS v, count(*) AS n, count(*) OVER () AS groups`,
    from,
    `GROUP BY v ORDER BY n DESC, v LIMIT ${TOP}) AS tops`,
    'ORDER BY n DESC, v',
  ].join('\n');
}

/** The edge of a bin in words. */
function edge(column: SourceColumn, value: number): string {
  switch (column.family) {
    case 'date': {
      const date = new Date(value / 1000);
      if (Number.isNaN(date.getTime())) return String(value);
      const text = date.toISOString().replace('T', ' ').replace('Z', '');
      return column.type === 'DATE' ? text.slice(0, -13) : text.replace(/\.000$/, '');
    }
    case 'time':
      return new Date(value / 1000).toISOString().slice(11, 19);
    default:
      return String(Number(value.toPrecision(12)));
  }
}
