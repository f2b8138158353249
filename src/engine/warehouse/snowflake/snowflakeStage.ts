// The accepted rows of a date as Parquet files that Snowflake reads without loss, and their figures.
import { isoDate } from '../../model';
import { randomBytes } from 'node:crypto';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Cell, makeFolder, quoteIdentifier, quoteLiteral, quotePath } from '../../base';
import type { LoadRequest, Measures } from '../contract';
import { DUCKDB_DIALECT, measureQuery, readMeasures } from '../measures';
import { DATE_COLUMN, type Target } from '../target';
import { snowflakeType } from './snowflakeNames';

/** Snowflake loads files of 100 to 250 MB best; a small day stays one file. */
const FILE_BYTES = 200_000_000;

export interface WrittenFiles {
  readonly folder: string;
  /** Names inside the folder; none where there are no rows. */
  readonly files: readonly string[];
  readonly measures: Measures;
}

/** SELECT of the accepted rows with the target's columns, each as Snowflake reads it from Parquet. */
export function acceptedRows(
  target: Target,
  request: Pick<LoadRequest, 'source' | 'rejects' | 'date'>,
): string {
  const columns = target.columns.map((column) => {
    const value =
      column.name === DATE_COLUMN
        ? `DATE ${quoteLiteral(isoDate(request.date))}`
        : snowflakeType(column.type).written(`gold.${quoteIdentifier(column.source)}`);
    return `  ${value} AS ${quoteIdentifier(column.name)}`;
  });
  return [
    'SELECT',
    columns.join(',\n'),
    `FROM ${quoteIdentifier(request.source)} AS gold`,
    ...(request.rejects === undefined
      ? []
      : [`ANTI JOIN ${quoteIdentifier(request.rejects)} AS rejected ON rejected."_row" = gold."_row"`]),
  ].join('\n');
}

/**
 * Writes the rows below `temporary`; whoever asked removes the folder.
 * @param fileBytes about how large a file gets before the next one begins.
 */
export async function writeAccepted(
  request: LoadRequest,
  target: Target,
  temporary: string,
  fileBytes = FILE_BYTES,
): Promise<WrittenFiles> {
  const { connection, signal } = request;
  const name = `load_${randomBytes(6).toString('hex')}`;
  const folder = join(temporary, name);
  await makeFolder(temporary);
  try {
    // Ordered as gold is: two loads of the same rows bring the same files.
    const rows = await connection.run(
      `COPY (\n${acceptedRows(target, request)}\n) TO ${quoteLiteral(folder)} (FORMAT parquet, COMPRESSION zstd, FILE_SIZE_BYTES ${fileBytes})`,
      { signal },
    );
    const found = (await readdir(folder)).filter((file) => file.endsWith('.parquet')).sort(byNumber);
    const files: string[] = [];
    for (const [i, file] of found.entries()) {
      const named = `${name}_${i}.parquet`;
      await rename(join(folder, file), join(folder, named));
      files.push(named);
    }
    const paths = files.map((file) => quotePath(join(folder, file)));
    const [row] = await connection.rows<Record<string, Cell>>(
      measureQuery(target.columns, `read_parquet([${paths.join(', ')}])`, undefined, DUCKDB_DIALECT),
      { signal },
    );
    if (row === undefined) throw new Error('Figures of the files came without a row.');
    return { folder, files: rows === 0 ? [] : files, measures: readMeasures(target.columns, row) };
  } catch (error) {
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
    throw error;
  }
}

const byNumber = (a: string, b: string): number => Number(/\d+/.exec(a)?.[0]) - Number(/\d+/.exec(b)?.[0]);
