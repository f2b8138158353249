// What a file tells of itself: the footer of a Parquet file, or how a text file was read.
import { type Connection, type Row, quotePath } from '../../base';
import { formatBytes, formatCount } from '../../report';
import type { Metadata } from './api';
import { holdsTimes } from './opening';
import type { PreviewSource } from './source';

/** Characters of a property's value at most. */
const PROPERTY_CHARACTERS = 100_000;

export async function readMetadata(
  source: PreviewSource,
  signal: AbortSignal | undefined,
): Promise<Metadata> {
  const common = [
    { name: 'File', value: source.path },
    { name: 'Size', value: `${formatBytes(source.bytes)} (${formatCount(source.bytes)} bytes)` },
  ];
  if (source.kind !== 'parquet') {
    const rows = source.rows();
    return {
      facts: [
        ...common,
        ...(rows === null ? [] : [{ name: 'Rows', value: formatCount(rows) }]),
        { name: 'Columns', value: formatCount(source.columns.length) },
        ...source.dialect.map(({ name, value, confidence }) => ({
          name,
          value: confidence === undefined ? value : `${value} (${Math.round(confidence * 100)}% sure)`,
        })),
      ],
      columns: [],
      rowGroups: 0,
      properties: [],
    };
  }
  return source.pool.use(async (connection) => {
    const path = quotePath(source.path);
    const [file = {}] = await connection.rows(`FROM parquet_file_metadata(${path})`, { signal });
    const schema = await connection.rows(schemaSql(path), { signal });
    const leaves = leavesOf(schema);
    // DuckDB writes the least and greatest value of every chunk as text: a time of day that is none makes it crash.
    const shown = !leaves.some(holdsTimes);
    const found = shown ? await connection.rows(chunksSql(path), { signal }) : [];
    const chunks = new Map(found.map((chunk) => [Number(chunk['column_id']), chunk]));
    const columns = (shown ? leaves : []).map(({ name, type, physical }, i) => {
      const chunk = chunks.get(i) ?? {};
      return {
        name,
        type,
        physical,
        encodings: text(chunk['encodings']) ?? '',
        compression: text(chunk['compression']) ?? '',
        compressed_bytes: Number(chunk['compressed'] ?? 0),
        uncompressed_bytes: Number(chunk['uncompressed'] ?? 0),
        nulls: typeof chunk['nulls'] === 'number' ? chunk['nulls'] : null,
        min: text(chunk['least']),
        max: text(chunk['most']),
      };
    });
    const sum = (of: (column: (typeof columns)[number]) => number): number =>
      columns.reduce((total, column) => total + of(column), 0);
    const rowGroups = Number(file['num_row_groups'] ?? 0);
    const rows = Number(file['num_rows'] ?? 0);
    return {
      facts: [
        ...common,
        { name: 'Rows', value: formatCount(rows) },
        { name: 'Columns', value: formatCount(source.columns.length) },
        {
          name: 'Row groups',
          value:
            rowGroups === 0
              ? '0'
              : `${formatCount(rowGroups)}, ${formatCount(Math.round(rows / rowGroups))} rows each on average`,
        },
        ...(shown
          ? [
              { name: 'Values, compressed', value: formatBytes(sum((column) => column.compressed_bytes)) },
              {
                name: 'Values, uncompressed',
                value: formatBytes(sum((column) => column.uncompressed_bytes)),
              },
            ]
          : [{ name: 'Sizes and statistics', value: 'not shown for files with times of day (TIME)' }]),
        { name: 'Footer', value: formatBytes(Number(file['footer_size'] ?? 0)) },
        { name: 'Created by', value: text(file['created_by']) ?? 'not stated' },
        { name: 'Format version', value: text(file['format_version']) ?? 'not stated' },
        ...(text(file['encryption_algorithm']) === null
          ? []
          : [{ name: 'Encryption', value: text(file['encryption_algorithm']) ?? '' }]),
      ],
      columns,
      rowGroups,
      properties: await properties(connection, path, signal),
    };
  });
}

const text = (value: unknown): string | null =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : null;

function schemaSql(path: string): string {
  return `SELECT name, type, num_children, logical_type, duckdb_type FROM parquet_schema(${path})`;
}

/** Figures of a column over all row groups. */
function chunksSql(path: string): string {
  // Statistics are text; numbers among them are compared as numbers.
  const extreme = (aggregate: 'min' | 'max', value: string): string =>
    `CASE WHEN any_value(type) IN ('BYTE_ARRAY', 'BOOLEAN') THEN ${aggregate}(${value})
    ELSE coalesce(arg_${aggregate}(${value}, TRY_CAST(${value} AS DOUBLE)), ${aggregate}(${value})) END`;
  return [
    'SELECT',
    '  column_id,',
    `  string_agg(DISTINCT compression, ', ' ORDER BY compression) AS compression,`,
    `  string_agg(DISTINCT encodings, '; ' ORDER BY encodings) AS encodings,`,
    '  CAST(sum(total_compressed_size) AS BIGINT) AS compressed,',
    '  CAST(sum(total_uncompressed_size) AS BIGINT) AS uncompressed,',
    // A sum of some would pass for the sum of all.
    '  CASE WHEN count(stats_null_count) = count(*) THEN CAST(sum(stats_null_count) AS BIGINT) END AS nulls,',
    `  left(CASE WHEN count(stats_min_value) = count(*) THEN ${extreme('min', 'stats_min_value')} END, 1000) AS least,`,
    `  left(CASE WHEN count(stats_max_value) = count(*) THEN ${extreme('max', 'stats_max_value')} END, 1000) AS most`,
    `FROM parquet_metadata(${path})`,
    'GROUP BY column_id',
  ].join('\n');
}

interface Leaf {
  readonly name: string;
  readonly type: string;
  readonly physical: string;
}

/** The columns that hold values, with the dotted path of nested ones, in the order of the file. */
function leavesOf(schema: readonly Row[]): readonly Leaf[] {
  const leaves: Leaf[] = [];
  let at = 0;
  const walk = (path: readonly string[]): void => {
    const node = schema[at++];
    if (node === undefined) return;
    const here = [...path, text(node['name']) ?? ''];
    const children = Number(node['num_children'] ?? 0);
    if (node['type'] !== null)
      leaves.push({
        name: here.slice(1).join('.'),
        type: text(node['duckdb_type']) ?? text(node['logical_type']) ?? '',
        physical: text(node['type']) ?? '',
      });
    for (let i = 0; i < children; i++) walk(here);
  };
  walk([]);
  return leaves;
}

async function properties(
  connection: Connection,
  path: string,
  signal: AbortSignal | undefined,
): Promise<Metadata['properties']> {
  const rows = await connection.rows(
    [
      `SELECT coalesce(TRY(decode(key)), CAST(key AS VARCHAR)) AS key,`,
      `  left(coalesce(TRY(decode(value)), CAST(value AS VARCHAR)), ${PROPERTY_CHARACTERS}) AS value`,
      `FROM parquet_kv_metadata(${path})`,
    ].join('\n'),
    { signal },
  );
  return rows.map((row) => ({ key: text(row['key']) ?? '', value: text(row['value']) ?? '' }));
}
