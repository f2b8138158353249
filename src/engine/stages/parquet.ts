// Parquet as the stages write and ask it: one way to copy a query out, and counts that cost no scan.
import { type Connection, quoteLiteral, quotePath } from '../base';
import { PipelineError, isCancelled } from '../model';

/**
 * COPY statement of a layer's file.
 * @param version of the format. 1 for what leaves the engine: not every reader (Snowflake's COPY among them)
 *   takes the pages of version 2, and DuckDB 1.5.6 fails to write lists in them. 2 for what only the engine
 *   reads and has no lists: delta encoding of numbers and texts writes a tenth faster and a quarter smaller.
 */
export function copyStatement(select: string, path: string, version: 1 | 2 = 1): string {
  const format = version === 1 ? 'FORMAT parquet' : 'FORMAT parquet, PARQUET_VERSION V2';
  return `COPY (\n${select}\n) TO ${quoteLiteral(path)} (${format}, COMPRESSION zstd)`;
}

/**
 * Rows of a Parquet file as its footer tells.
 * @throws PipelineError PARQUET_INVALID naming the file, where it has no readable footer.
 */
export async function parquetRows(
  connection: Connection,
  path: string,
  signal: AbortSignal,
): Promise<number> {
  const [row] = await reading(path, () =>
    connection.rows<{ n: number }>(`SELECT num_rows AS n FROM parquet_file_metadata(${quotePath(path)})`, {
      signal,
    }),
  );
  return row?.n ?? 0;
}

/**
 * NULLs of each column of a Parquet file, in file order, from its footer; undefined where the footer does
 * not tell, and for all columns where some are nested: then the footer counts other things.
 * @throws PipelineError PARQUET_INVALID as parquetRows.
 */
export async function parquetNulls(
  connection: Connection,
  path: string,
  columns: number,
  signal: AbortSignal,
): Promise<readonly (number | undefined)[]> {
  const rows = await reading(path, () =>
    connection.rows<{ nulls: number | null }>(
      `SELECT CASE WHEN count(*) = count(stats_null_count) THEN sum(stats_null_count)::BIGINT END AS nulls
FROM parquet_metadata(${quotePath(path)})
GROUP BY column_id
ORDER BY column_id`,
      { signal },
    ),
  );
  return rows.length === columns ? rows.map((row) => row.nulls ?? undefined) : [];
}

/** Texts that many programs write for "no value"; a column that has no other is empty, whatever the config says. */
const WORDS_FOR_NOTHING = ['', 'null', '(null)', '\\n', 'n/a', 'na', 'nan', 'none', 'nil', '-', '--', '?'];

/**
 * Columns of a Parquet file of texts without a value in any row, from its footer: nothing but NULL, blanks or one
 * word for nothing. A file without rows has none: nothing is known of its columns.
 */
export async function emptyColumns(
  connection: Connection,
  path: string,
  columns: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const words = WORDS_FOR_NOTHING.map(quoteLiteral).join(', ');
  const rows = await reading(path, () =>
    connection.rows<{ place: number }>(
      `SELECT CAST(column_id AS INTEGER) AS place
FROM parquet_metadata(${quotePath(path)})
GROUP BY column_id
HAVING bool_and(coalesce(
  stats_null_count = row_group_num_rows
  OR (trim(stats_min_value) = '' AND trim(stats_max_value) = '')
  OR (stats_min_value = stats_max_value AND lower(trim(stats_min_value)) IN (${words})),
  false
))
ORDER BY column_id`,
      { signal },
    ),
  );
  return rows.flatMap(({ place }) => columns[place] ?? []);
}

/** Runs `read` and puts the name of the file into what goes wrong with it. */
export async function reading<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (isCancelled(error) || !(error instanceof PipelineError)) throw error;
    // What DuckDB stumbles over inside a broken page it tells without the word Parquet, as an Invalid Error.
    const inside = error.code === 'DUCKDB' && error.message.startsWith('Invalid Error:');
    if (error.code !== 'PARQUET_INVALID' && !inside) throw error;
    throw new PipelineError(
      'PARQUET_INVALID',
      `${path} is not a readable Parquet file: ${error.message}`,
      remedy,
      {
        where: { file: path },
        cause: error,
      },
    );
  }
}

const remedy = 'Remove the file and run again: the run makes it again from the layer before it.';
