// One row from raw to silver: the values of the file beside what they became, by the statement that makes silver.
import { type Cell, type Connection, quoteIdentifier, quoteLiteral, quotePath } from '../../base';
import {
  brandsThere,
  type Brand,
  type Column,
  type DateKey,
  PipelineError,
  type Table,
  defined,
} from '../../model';
import type { Lake, Manifest } from '../../lake';
import { valueText } from '../../report';
import {
  type ColumnWork,
  type Mapping,
  type Part,
  type Zone,
  buildLayers,
  mapHeaders,
  numberedFile,
  readZone,
  zoneName,
} from '../../stages';
import type { OpenWorkspace } from '../../workspace';
import type { TracedValue } from './model';

/** Session variable with the bit of the row. */
const BIT = 'm7_trace_bit';

/** A row of raw: its texts by the file's headers, in order. */
export type RawRow = ReadonlyMap<string, string | null>;

/** A row of a raw part, from 1; undefined where the file is not there as it was published, or has no such row. */
export async function rawRow(
  { lake }: OpenWorkspace,
  connection: Connection,
  part: Manifest,
  row: number,
  signal: AbortSignal | undefined,
): Promise<RawRow | undefined> {
  if (!lake.intact(part) || part.removed === true) return undefined;
  const headers = part.source?.format.columns ?? [];
  const path = lake.absolute(part.output.path);
  const { from, row: number } = numberedFile(path, headers);
  const { rows } = await connection.table(
    `SELECT ${headers.map(quoteIdentifier).join(', ')}\n${from}\nWHERE ${number} = ${row - 1}`,
    { signal },
  );
  const [found] = rows;
  if (found === undefined) return undefined;
  return new Map(headers.map((header, i) => [header, textOrNull(found[i])]));
}

/** What silver's own statement makes of one row of raw. */
export interface Made {
  readonly mapping: Mapping;
  /** Columns of the config, in order. */
  readonly columns: readonly {
    readonly column: Column;
    readonly header: string | null;
    /** Text before its conversion, after transform, map and null_values. */
    readonly text: string | null;
    readonly value: string | null;
    readonly failed: boolean;
    /** What it was to be, in words: "of type DECIMAL(10,2)". */
    readonly expected: string;
  }[];
}

/** A record of raw: its part, and its number in it from 1. */
interface RawRecord {
  readonly table: Table;
  readonly part: Manifest;
  readonly row: number;
}

/**
 * Makes silver of one row again, by the config as it is now.
 * @returns undefined where the config cannot be applied to the file any more.
 */
export async function makeAgain(
  { lake, config }: OpenWorkspace,
  connection: Connection,
  { table, part, row }: RawRecord,
  signal: AbortSignal | undefined,
): Promise<Made | undefined> {
  const brand = brandsThere(config).find(({ name }) => name === part.brand);
  if (brand === undefined) return undefined;
  const mapped = mappedParts(lake, table, part);
  if (mapped === undefined) return undefined;
  const { parts, place, mapping } = mapped;
  const zones = await zonesOf(connection, { table, brand, date: part.date }, signal);
  const chosen = parts.map((_, i) => (i === place ? ({ bits: BIT, wanted: 1 } as const) : ('none' as const)));
  const layers = buildLayers({ table, brand, parts, mapping, zones }, chosen);
  const asked = layers.work.flatMap(({ text, value, failed, present }) => [
    present,
    `CAST(${value} AS VARCHAR)`,
    failed,
    text,
  ]);
  await connection.run(
    `SET VARIABLE ${BIT} = (SELECT bitstring_agg(CAST(${row - 1} AS BIGINT), 0, ${Math.max(0, part.output.rows - 1)}))`,
    { signal },
  );
  try {
    const { rows } = await connection.table(
      `${layers.chain}\nSELECT ${asked.join(',\n  ')}\nFROM ${layers.last}`,
      { signal },
    );
    const [found] = rows;
    if (found === undefined) return undefined;
    const headerOf = (column: Column): string | null =>
      mapping.columns.find((one) => one.column === column)?.headers[place] ?? null;
    return {
      mapping,
      columns: layers.work.map(({ column, conversion }: ColumnWork, i) => ({
        column,
        header: headerOf(column),
        text: textOrNull(found[4 * i]),
        value: textOrNull(found[4 * i + 1]),
        failed: found[4 * i + 2] === true,
        expected: conversion.expected,
      })),
    };
  } finally {
    await connection.run(`RESET VARIABLE ${BIT}`);
  }
}

interface MappedParts {
  readonly parts: readonly Part[];
  /** Of the record's part among them, from 0. */
  readonly place: number;
  readonly mapping: Mapping;
}

/** The parts of a record's slot with the columns their headers mean; undefined where the config fits them no more. */
function mappedParts(lake: Lake, table: Table, part: Manifest): MappedParts | undefined {
  const parts = lake.parts(part.date, part.brand ?? '', table.name).map((one): Part => ({
    path: lake.absolute(one.output.path),
    rows: one.output.rows,
    file: one.source?.file ?? one.output.path,
    headers: one.source?.format.columns ?? [],
  }));
  const place = (part.part ?? 1) - 1;
  if (parts[place] === undefined) return undefined;
  try {
    return { parts, place, mapping: mapHeaders(table, parts) };
  } catch (error) {
    if (error instanceof PipelineError) return undefined;
    throw error;
  }
}

/** The header of the file that a column is read from, by the config as it is now; null for none. */
export function columnHeaders(
  { lake }: OpenWorkspace,
  table: Table,
  part: Manifest,
): (column: Column) => string | null {
  const mapped = mappedParts(lake, table, part);
  return (column) =>
    mapped?.mapping.columns.find((one) => one.column === column)?.headers[mapped.place] ?? null;
}

async function zonesOf(
  connection: Connection,
  { table, brand, date }: { readonly table: Table; readonly brand: Brand; readonly date: DateKey },
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, Zone>> {
  const zones = new Map<string, Zone>();
  for (const column of table.columns) {
    const name = zoneName(column, brand);
    if (name !== undefined && !zones.has(name))
      zones.set(name, await readZone(connection, name, date, signal ?? new AbortController().signal));
  }
  return zones;
}

/** A row of a table in raw and in silver. */
interface RowInLayers {
  readonly table: Table;
  readonly raw: RawRow;
  /** undefined: the config no longer fits the file, or must not be run. */
  readonly made: Made | undefined;
  /** As it lies in silver; undefined for a row that was rejected. */
  readonly silver: ReadonlyMap<string, string | null> | undefined;
  readonly headerOf: (column: Column) => string | null;
}

/** The values of a row side by side. */
export function valuesOf({ table, raw, made, silver, headerOf }: RowInLayers): readonly TracedValue[] {
  if (made === undefined)
    // What lies in raw and in silver is told as it is.
    return table.columns.map((column) => {
      const header = headerOf(column);
      const value = silver?.get(column.name) ?? null;
      const before = header === null ? null : (raw.get(header) ?? null);
      return { column: column.name, type: column.type, header, raw: before, value, wrong: false };
    });
  return made.columns.map(({ column, header, text, value: now, failed, expected }) => {
    const before = header === null ? null : (raw.get(header) ?? null);
    const value = silver === undefined ? now : (silver.get(column.name) ?? null);
    const note = noteOf(column, { header, before, text, value, failed, expected });
    return {
      column: column.name,
      type: column.type,
      header,
      raw: before,
      value,
      ...defined({ note }),
      wrong: failed || (column.required && value === null),
    };
  });
}

function noteOf(
  column: Column,
  is: {
    readonly header: string | null;
    readonly before: string | null;
    readonly text: string | null;
    readonly value: string | null;
    readonly failed: boolean;
    readonly expected: string;
  },
): string | undefined {
  const { header, before, text, value, failed, expected } = is;
  if (failed) {
    const what =
      text === null
        ? `its "${column.derived === undefined ? 'transform' : 'derived'}" fails for this row`
        : `"${text.length > 100 ? `${text.slice(0, 100)}…` : text}" is not ${expected}`;
    return value === null ? what : `${what}; the default is used`;
  }
  if (column.derived !== undefined) return 'derived';
  if (value === null) {
    if (column.required) return 'required and missing';
    if (header === null) return 'not in the file';
    return before !== null && text === null ? 'is one of null_values' : undefined;
  }
  if (text === null || text.trim() === '') return column.default === undefined ? undefined : 'default';
  if (column.transform !== undefined && text !== before && text !== value) return `transform gives "${text}"`;
  if (text !== before && before !== null && text !== value) return `mapped to "${text}"`;
  return undefined;
}

/** A row of silver or gold: its place in the file, from 0, and its values as text. */
export interface FoundRow {
  readonly position: number;
  readonly values: ReadonlyMap<string, string | null>;
}

/** Rows of a Parquet file with lineage that came from a record, in the order of the file. */
export async function rowsOfRecord(
  connection: Connection,
  path: string,
  name: { readonly brand: string; readonly file: string; readonly row: number },
  signal: AbortSignal | undefined,
): Promise<readonly FoundRow[]> {
  const { columns } = await connection.table(`SELECT * FROM read_parquet(${quotePath(path)}) LIMIT 0`, {
    signal,
  });
  const names = columns.map((column) => column.name);
  const { from, row } = numberedFile(path, names);
  const { rows } = await connection.table(
    [
      `SELECT ${row} AS position, ${names.map((one) => `CAST(${quoteIdentifier(one)} AS VARCHAR)`).join(', ')}`,
      from,
      `WHERE "_source_row" = ${name.row} AND "_source_file" = ${quoteLiteral(name.file)} AND "_brand" = ${quoteLiteral(name.brand)}`,
      'ORDER BY position',
      'LIMIT 100',
    ].join('\n'),
    { signal },
  );
  return rows.map((cells) => ({
    position: Number(cells[0]),
    values: new Map(names.map((one, i) => [one, textOrNull(cells[i + 1])])),
  }));
}

export function textOrNull(cell: Cell | undefined): string | null {
  return cell === null || cell === undefined ? null : valueText(cell);
}
