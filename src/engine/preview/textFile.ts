// A delimited text file for looking at: its rows as they stand, or as the Parquet that landing would make.
import { join } from 'node:path';
import { convertCsv, decideFormat, openCsv, type CsvFormat, type CsvRows } from '../csv';
import type { Connection } from '../duckdb';
import { PipelineError } from '../errors';
import { formatCount } from '../report/layout';

export interface TextRows extends CsvRows {
  /** Rows asked for; once they are out, `total` is known. */
  page(offset: number, limit: number): AsyncGenerator<readonly (readonly string[])[]>;
  total(): Promise<number>;
}

/**
 * Opens a text file of any size.
 * @throws PipelineError NOT_CSV
 */
export async function openText(
  path: string,
  temporary: string,
  signal: AbortSignal | undefined,
): Promise<TextRows> {
  const rows = await openCsv({ file: path, temporary, signal });
  let counted: number | undefined;
  const count = async (): Promise<number> => {
    let all = 0;
    for await (const batch of rows.batches()) all += batch.length;
    return all;
  };
  return {
    ...rows,
    page: async function* (offset, limit) {
      const end = limit === 0 ? Infinity : offset + limit;
      let seen = 0;
      for await (const batch of rows.batches()) {
        const wanted = batch.slice(Math.max(0, offset - seen), Math.max(0, end - seen));
        seen += batch.length;
        if (wanted.length > 0) yield wanted;
      }
      // The rest was read to be counted: a text file does not tell how many rows it has.
      counted = seen;
    },
    total: async () => (counted ??= await count()),
  };
}

/** What a query over a text file reads. */
export interface TextTable {
  readonly parquet: string;
  readonly header: boolean;
  readonly dialect: CsvFormat;
  readonly notes: readonly string[];
}

/**
 * Makes the Parquet of a text file as landing-to-raw would, in `folder`: a query over it sees what the
 * pipeline would see. Records that would be rejected are left out, and a note says how many.
 * @throws PipelineError NOT_CSV
 */
export async function textToParquet(
  path: string,
  folder: string,
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<TextTable> {
  const decision = await decideFormat(path, { temporary: folder, signal });
  if (decision.kind !== 'csv') throw notCsv(path, decision.reason);
  const parquet = join(folder, 'file.parquet');
  const converted = await convertCsv({
    file: path,
    format: decision.format,
    connection,
    output: parquet,
    rejects: join(folder, 'rejects.parquet'),
    temporary: folder,
    brand: '',
    sourceFile: path,
    signal,
  });
  if (converted.kind === 'rejected') throw notCsv(path, converted.reason);
  return {
    parquet,
    header: decision.format.header > 0,
    dialect: decision.format,
    notes:
      converted.rejected === 0
        ? []
        : [`${formatCount(converted.rejected)} records are left out: landing would reject them.`],
  };
}

function notCsv(path: string, reason: string): PipelineError {
  return new PipelineError('NOT_CSV', reason, 'Look at the file without --sql first.', {
    where: { file: path },
  });
}
