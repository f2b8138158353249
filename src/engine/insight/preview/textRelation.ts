// A whole text file as Parquet, every row kept as a page shows it: DuckDB's reading where the file is regular.
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type CsvRows, convertCsv } from '../../csv';
import { type Connection, quoteLiteral, quotePath } from '../../base';
import { throwIfCancelled } from '../../model';
import { ROW, type SourceColumn } from './previewColumns';
import { readParquet } from './opening';
import type { PreviewRelation, RelationProgress } from './source';
import { fieldCount } from './previewWords';

export interface TextRelationRequest {
  readonly path: string;
  readonly csv: CsvRows;
  readonly columns: readonly SourceColumn[];
  readonly connection: Connection;
  /** Parquet file to write. */
  readonly output: string;
  readonly temporary: string;
  /** Size of the file. */
  readonly bytes: number;
  readonly signal: AbortSignal;
  readonly progress: RelationProgress;
}

/** Makes the Parquet of a text file. Rows are those of `csv.batches()`, in their order. */
export async function textRelation(request: TextRelationRequest): Promise<PreviewRelation> {
  const regular = await asLanding(request);
  if (regular !== undefined) return regular;
  return asShown(request);
}

/** As landing reads it, where landing would neither reject a record nor take one for a footer. */
async function asLanding(request: TextRelationRequest): Promise<PreviewRelation | undefined> {
  const { path, csv, columns, connection, output, temporary, signal, progress } = request;
  if (csv.format === null || csv.format.footer > 0) return undefined;
  const converted = await convertCsv({
    file: path,
    format: csv.format,
    connection,
    output,
    rejects: join(temporary, 'rejects.parquet'),
    temporary,
    brand: '',
    sourceFile: path,
    signal,
    progress: (percent, rows) => {
      if (percent !== undefined) progress(percent, rows);
    },
  });
  throwIfCancelled(signal);
  // Read in another encoding than the page was shown in: what is shown must stay what it is.
  if (
    converted.kind === 'rejected' ||
    converted.rejected > 0 ||
    converted.format.encoding !== csv.format.encoding
  )
    return undefined;
  return {
    path: output,
    from: fromSql(
      output,
      columns.map((column) => column.id),
    ),
    rows: converted.rows,
  };
}

const FIELDS = 'fields';

/** Through our own reader: slower, but nothing is left out. */
async function asShown(request: TextRelationRequest): Promise<PreviewRelation> {
  const { csv, columns, connection, output, temporary, bytes, signal, progress } = request;
  const target = join(temporary, 'shown.csv');
  const stream = createWriteStream(target, { highWaterMark: 1 << 20 });
  let failure: Error | undefined;
  stream.on('error', (error) => (failure = error));
  let rows = 0;
  let written = 0;
  try {
    for await (const batch of csv.batches()) {
      throwIfCancelled(signal);
      const lines = batch.map((fields) => canonical(fields, columns.length)).join('');
      rows += batch.length;
      written += lines.length;
      if (lines !== '' && !stream.write(lines) && stream.writableNeedDrain)
        await Promise.race([once(stream, 'drain'), once(stream, 'close')]);
      if (failure !== undefined) throw failure;
      progress(Math.min(80, (80 * written) / Math.max(1, bytes)), rows);
    }
    stream.end();
    if (!stream.closed) await once(stream, 'close');
    if (failure !== undefined) throw failure;
    const ids = [...columns.map((column) => column.id), FIELDS];
    const copied = await connection.run(copySql(target, output, ids), { signal });
    if (copied !== rows) throw new Error(`${rows} rows were read, but ${copied} were kept.`);
    return { path: output, from: fromSql(output, ids), rows, fields: FIELDS };
  } finally {
    stream.destroy();
    await rm(target, { force: true });
  }
}

function fromSql(path: string, ids: readonly string[]): string {
  return `${readParquet(path, true)} AS file(${[...ids, ROW].join(', ')})`;
}

function copySql(source: string, target: string, ids: readonly string[]): string {
  const types = ids.map((id) => `${quoteLiteral(id)}: ${id === FIELDS ? "'INTEGER'" : "'VARCHAR'"}`);
  return [
    'COPY (',
    `SELECT * FROM read_csv(${quotePath(source)}, columns = {${types.join(', ')}}, header = false,`,
    `  delim = ',', quote = '"', escape = '"', new_line = '\\n', auto_detect = false, null_padding = false,`,
    // Records are at most 2 MB, quotes doubled.
    '  max_line_size = 8000000, buffer_size = 33554432)',
    `) TO ${quoteLiteral(target)} (FORMAT parquet, COMPRESSION zstd)`,
  ].join('\n');
}

/** A row as RFC 4180 has it, as wide as the columns, and the number of its fields where that differs. */
function canonical(fields: readonly string[], width: number): string {
  let line = '';
  for (let i = 0; i < width; i++) {
    const field = fields[i] ?? '';
    line += /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}",` : `${field},`;
  }
  const count = fieldCount(fields);
  return `${line}${count === width ? '' : count}\n`;
}
