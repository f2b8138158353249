// A delimited text file for looking at: its rows as they stand, or as the Parquet that landing would make.
import { join } from 'node:path';
import { type CsvFormat, type CsvRows, convertCsv, decideFormat, openCsv } from '../../csv';
import type { Connection } from '../../base';
import { PipelineError } from '../../model';
import { plural } from '../../report';
import type { SubjectKnowledge } from '../trace/subject';
import { readingNotes } from './previewWords';

export interface TextRows extends CsvRows {
  /** Rows asked for; reading stops behind them. Once. */
  page(offset: number, limit: number): AsyncGenerator<readonly (readonly string[])[]>;
  /** Reads on to the end where the page did not: a text file does not tell how many rows it has. */
  total(): Promise<number>;
  close(): Promise<void>;
}

export interface TextOptions {
  /** What a run would know of the file. */
  readonly known: SubjectKnowledge;
  /** An existing folder. */
  readonly temporary: string;
  readonly signal: AbortSignal | undefined;
}

/**
 * Opens a text file of any size.
 * @throws PipelineError NOT_CSV
 */
export async function openText(path: string, { known, temporary, signal }: TextOptions): Promise<TextRows> {
  const rows = await openCsv({ ...known, file: path, temporary, signal });
  const batches = rows.batches();
  let seen = 0;
  const next = async (): Promise<readonly (readonly string[])[] | undefined> => {
    const result = await batches.next();
    if (result.done === true) return undefined;
    seen += result.value.length;
    return result.value;
  };
  return {
    ...rows,
    page: async function* (offset, limit) {
      const end = limit === 0 ? Infinity : offset + limit;
      while (seen < end) {
        const from = seen;
        const batch = await next();
        if (batch === undefined) return;
        const wanted = batch.slice(Math.max(0, offset - from), Math.max(0, end - from));
        if (wanted.length > 0) yield wanted;
      }
    },
    total: async () => {
      while ((await next()) !== undefined);
      return seen;
    },
    close: async () => {
      await batches.return(undefined);
    },
  };
}

/** What a query over a text file reads. */
export interface ConvertedText {
  readonly parquet: string;
  readonly header: boolean;
  readonly dialect: CsvFormat;
  readonly notes: readonly string[];
}

/**
 * Makes the Parquet of a text file as landing-to-raw would, in the temporary folder: a query over it sees what the
 * pipeline would see. Records that would be rejected are left out, and a note says how many.
 * @throws PipelineError NOT_CSV
 */
export async function textToParquet(
  path: string,
  connection: Connection,
  { known, temporary: folder, signal }: TextOptions,
): Promise<ConvertedText> {
  const decision = await decideFormat(path, { ...known, temporary: folder, signal });
  if (decision.kind !== 'csv') throw notCsv(path, decision.reason);
  const parquet = join(folder, 'file.parquet');
  const converted = await convertCsv({
    file: path,
    format: decision.format,
    evidence: known.evidence,
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
    notes: [
      ...readingNotes({ format: converted.format }),
      ...(converted.rejected === 0
        ? []
        : [`${plural(converted.rejected, 'record')} not shown: landing-to-raw would reject them.`]),
    ],
  };
}

function notCsv(path: string, reason: string): PipelineError {
  return new PipelineError('NOT_CSV', reason, 'Open the file without --sql first.', {
    where: { file: path },
  });
}
