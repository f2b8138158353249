// Results as they go over the wire: column descriptions, and every value as the text the driver expects.
import { quoteIdentifier, type Connection } from '../../../src/engine/base/duckdb';
import { notSpoken } from './errors';

export interface WireColumn {
  readonly name: string;
  readonly type: string;
  readonly length: number | null;
  readonly byteLength: number | null;
  readonly precision: number | null;
  readonly scale: number | null;
  readonly nullable: boolean;
}

export type WireRow = readonly (string | null)[];

/** What a statement gives back. */
export interface Answer {
  readonly columns: readonly WireColumn[];
  readonly rows: readonly WireRow[];
  readonly typeId: number;
}

export const TYPE_IDS = {
  SELECT: 0x1000,
  INSERT: 0x3100,
  UPDATE: 0x3200,
  DELETE: 0x3300,
  COPY: 0x3600,
  SCL: 0x4000,
  TCL: 0x5000,
  DDL: 0x6000,
} as const;

export function textColumn(name: string): WireColumn {
  return {
    name,
    type: 'text',
    length: 16_777_216,
    byteLength: 16_777_216,
    precision: null,
    scale: null,
    nullable: true,
  };
}

export function numberColumn(name: string, precision = 38, scale = 0): WireColumn {
  return { name, type: 'fixed', length: null, byteLength: null, precision, scale, nullable: true };
}

/** The one row that DDL and session statements answer. */
export function statusAnswer(message: string, typeId: number = TYPE_IDS.DDL): Answer {
  return { columns: [textColumn('status')], rows: [[message]], typeId };
}

/** One row of counts, as DML answers. */
export function countsAnswer(typeId: number, counts: Readonly<Record<string, number>>): Answer {
  return {
    columns: Object.keys(counts).map((name) => numberColumn(name, 19)),
    rows: [Object.values(counts).map(String)],
    typeId,
  };
}

/** A table of texts, as SHOW and LIST answer. */
export function textsAnswer(names: readonly string[], rows: readonly WireRow[]): Answer {
  return { columns: names.map(textColumn), rows, typeId: TYPE_IDS.SELECT };
}

/** How a column of DuckDB's type is told and written. @throws SnowflakeError for types that Snowflake has not. */
export function wireOf(
  name: string,
  type: string,
  offset = false,
): { readonly column: WireColumn; readonly expression: string } {
  const value = quoteIdentifier(name);
  const base = { name, length: null, byteLength: null, precision: null, scale: null, nullable: true };
  const seconds = `CAST(CAST(epoch_us(${value}) AS DECIMAL(20, 0)) * 0.000001 AS VARCHAR) || '000'`;
  const decimal = /^DECIMAL\((\d+),\s*(\d+)\)$/.exec(type);
  if (decimal !== null)
    return {
      column: numberColumn(name, Number(decimal[1]), Number(decimal[2])),
      expression: `CAST(${value} AS VARCHAR)`,
    };
  if (/^U?(?:TINY|SMALL|BIG|HUGE)INT$|^U?INTEGER$/.test(type))
    return { column: numberColumn(name), expression: `CAST(${value} AS VARCHAR)` };
  switch (type) {
    case 'VARCHAR':
    case '"NULL"':
      return { column: textColumn(name), expression: `CAST(${value} AS VARCHAR)` };
    case 'DOUBLE':
    case 'FLOAT':
      return {
        column: { ...base, type: 'real' },
        expression: `CASE WHEN isnan(${value}) THEN 'NaN' ELSE CAST(${value} AS VARCHAR) END`,
      };
    case 'BOOLEAN':
      return {
        column: { ...base, type: 'boolean' },
        expression: `CASE WHEN ${value} THEN '1' WHEN NOT ${value} THEN '0' END`,
      };
    case 'DATE':
      return {
        column: { ...base, type: 'date' },
        expression: `CAST(${value} - DATE '1970-01-01' AS VARCHAR)`,
      };
    case 'TIME':
      return { column: { ...base, type: 'time', precision: 0, scale: 9 }, expression: seconds };
    case 'TIMESTAMP':
    case 'TIMESTAMP_NS':
      return { column: { ...base, type: 'timestamp_ntz', precision: 0, scale: 9 }, expression: seconds };
    case 'TIMESTAMP WITH TIME ZONE':
      return offset
        ? {
            // 1440: minutes of the offset plus a day; the peer keeps UTC.
            column: { ...base, type: 'timestamp_tz', precision: 0, scale: 9 },
            expression: `${seconds} || ' 1440'`,
          }
        : { column: { ...base, type: 'timestamp_ltz', precision: 0, scale: 9 }, expression: seconds };
    case 'BLOB':
      return {
        column: { ...base, type: 'binary', length: 8_388_608, byteLength: 8_388_608 },
        expression: `hex(${value})`,
      };
    case 'JSON':
      return { column: { ...base, type: 'variant' }, expression: `CAST(${value} AS VARCHAR)` };
    default:
      throw notSpoken(`a result of type ${type}`);
  }
}

/** Names and DuckDB's types of a query's columns. */
export async function columnsOf(
  connection: Connection,
  query: string,
  signal?: AbortSignal,
): Promise<readonly { readonly name: string; readonly type: string }[]> {
  const rows = await connection.rows<{ readonly column_name: string; readonly column_type: string }>(
    `DESCRIBE ${query}`,
    { signal },
  );
  return rows.map((r) => ({ name: r.column_name, type: r.column_type }));
}
