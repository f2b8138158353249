// What the values of one column are like: how many are missing or differ, their ends, and how they are spread.
import { type Cell, type Connection, isNumeric, quoteIdentifier } from '../../base';
import type { SqlSource } from './pagedRows';

export interface ValueProfile {
  readonly name: string;
  readonly type: string;
  readonly rows: number;
  readonly nulls: number;
  /** Estimated. */
  readonly distinct: number;
  readonly min: string | null;
  readonly max: string | null;
  /** Of a column of numbers, of equal width, in order; empty where none were asked for. */
  readonly bins: readonly {
    /** The smallest value of the bin. */ readonly from: string;
    readonly rows: number;
  }[];
  /** The most frequent values as text; empty where too many differ to look for them. */
  readonly frequent: readonly { readonly value: string; readonly rows: number }[];
}

const BINS = 8;
const FREQUENT = 5;
/** Up to so many distinct values are counted one by one. */
const COUNTED = 10_000;

/**
 * @param column its name, in any case. @param spread with bins and frequent values: two more readings of the column.
 * @returns undefined where there is no such column.
 */
export async function valueProfileOf(
  connection: Connection,
  source: SqlSource,
  { column, spread }: { readonly column: string; readonly spread: boolean },
  signal: AbortSignal,
): Promise<ValueProfile | undefined> {
  const found = source.columns.find((one) => one.name.toLowerCase() === column.toLowerCase());
  if (found === undefined) return undefined;
  const name = quoteIdentifier(found.name);
  const [row] = await connection.rows(
    `SELECT count(*) AS n, count(${name}) AS present, approx_count_distinct(${name}) AS "distinct", ${text(`min(${name})`)} AS low, ${text(`max(${name})`)} AS high FROM ${source.from}`,
    { signal },
  );
  const rows = Number(row?.['n'] ?? 0);
  const present = Number(row?.['present'] ?? 0);
  const distinct = Number(row?.['distinct'] ?? 0);
  const isSpread = spread && distinct > 1;
  return {
    ...found,
    rows,
    nulls: rows - present,
    distinct,
    min: asText(row?.['low']),
    max: asText(row?.['high']),
    bins: isSpread && isNumeric(found.type) ? await binsOf(connection, source, name, signal) : [],
    // Where every value differs none is frequent.
    frequent:
      isSpread && distinct <= COUNTED && distinct < present * 0.9
        ? await frequentOf(connection, source, name, signal)
        : [],
  };
}

/** The beginning of a value as text. */
const text = (sql: string): string => `left(CAST(${sql} AS VARCHAR), 200)`;

async function binsOf(
  connection: Connection,
  { from }: SqlSource,
  name: string,
  signal: AbortSignal,
): Promise<ValueProfile['bins']> {
  // Infinities and NaN have no bin.
  const numbers = `(SELECT CAST(${name} AS DOUBLE) AS v FROM ${from} WHERE isfinite(CAST(${name} AS DOUBLE)))`;
  const rows = await connection.rows<{ start: number; n: number }>(
    `WITH ends AS (SELECT min(v) AS low, max(v) AS high FROM ${numbers}),
bins AS (
  SELECT low, high, least(floor((v - low) / nullif(high - low, 0) * ${BINS}), ${BINS - 1}) AS bin
  FROM ${numbers}, ends
)
SELECT any_value(low + (high - low) * bin / ${BINS}) AS start, count(*) AS n
FROM bins
WHERE bin IS NOT NULL
GROUP BY bin
ORDER BY bin`,
    { signal },
  );
  return rows.map(({ start, n }) => ({ from: String(Number(start.toPrecision(6))), rows: n }));
}

async function frequentOf(
  connection: Connection,
  { from }: SqlSource,
  name: string,
  signal: AbortSignal,
): Promise<ValueProfile['frequent']> {
  const rows = await connection.rows<{ value: string; n: number }>(
    `SELECT ${text(name)} AS value, count(*) AS n FROM ${from} WHERE ${name} IS NOT NULL GROUP BY 1 ORDER BY n DESC, value LIMIT ${FREQUENT}`,
    { signal },
  );
  return rows.map(({ value, n }) => ({ value, rows: n }));
}

const asText = (cell: Cell | undefined): string | null => (typeof cell === 'string' ? cell : null);
