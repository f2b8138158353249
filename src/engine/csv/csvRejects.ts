// Keeps rejected records aside while a file is read, and writes them as a rejects Parquet file.
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { once } from 'node:events';
import { quoteLiteral } from '../base';
import { fromBytes } from './records';
import { temporaryPath } from './bytes';
import type { ConvertRequest } from './format';

type RejectsRequest = Pick<ConvertRequest, 'connection' | 'rejects' | 'brand' | 'sourceFile' | 'signal'>;

export interface LastReject {
  /** Physical line it begins on, from 1. */
  readonly line: number;
  readonly code: string;
  readonly reason: string;
  /** A byte string. */
  readonly record: string;
}

export interface Rejects {
  /** `record` is a byte string. */
  add(line: number, code: string, reason: string, record: string): void;
  /** Waits until what was added is on its way to the disk: keeps memory bounded. */
  settle(): Promise<void>;
  count(): number;
  /** The one that was added last; undefined before one was. */
  last(): LastReject | undefined;
  /** Writes the Parquet file where there is anything to write. */
  publish(request: RejectsRequest): Promise<void>;
  /** Removes what it kept. */
  discard(): Promise<void>;
}

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

export function keepRejects(temporary: string): Rejects {
  const path = temporaryPath(temporary, '-rejects.csv');
  let count = 0;
  let last: LastReject | undefined;
  let stream: ReturnType<typeof createWriteStream> | undefined;
  let failure: Error | undefined;
  let full = false;
  return {
    add(line, code, reason, record) {
      if (stream === undefined) {
        stream = createWriteStream(path);
        stream.on('error', (error) => (failure = error));
      }
      count++;
      last = { line, code, reason, record };
      full = !stream.write(`${line},${code},${quoted(reason)},${quoted(fromBytes(record))}\n`);
    },
    async settle() {
      if (failure !== undefined) throw failure;
      if (full && stream !== undefined && stream.writableNeedDrain) await once(stream, 'drain');
      full = false;
    },
    count: () => count,
    last: () => last,
    async publish(request) {
      if (stream === undefined) return;
      stream.end();
      if (!stream.closed) await once(stream, 'close');
      if (failure !== undefined) throw failure;
      await request.connection.run(rejectsCopy(path, request), { signal: request.signal });
    },
    async discard() {
      stream?.destroy();
      await rm(path, { force: true });
    },
  };
}

/** Columns as REJECT_COLUMNS of lake.ts has them; a record of the landing file has no row number of its own. */
function rejectsCopy(path: string, { rejects, brand, sourceFile }: RejectsRequest): string {
  return `COPY (
  SELECT
    ${quoteLiteral(brand)} AS _brand,
    ${quoteLiteral(sourceFile)} AS _source_file,
    CAST(NULL AS BIGINT) AS _source_row,
    CAST(line AS BIGINT) AS line,
    code,
    CAST([] AS VARCHAR[]) AS columns,
    CAST([] AS VARCHAR[]) AS rules,
    reason,
    record
  FROM read_csv(
    ${quoteLiteral(path)},
    auto_detect = false,
    header = false,
    columns = {'line': 'VARCHAR', 'code': 'VARCHAR', 'reason': 'VARCHAR', 'record': 'VARCHAR'},
    delim = ',',
    quote = '"',
    escape = '"',
    new_line = '\\n',
    max_line_size = 8000000,
    buffer_size = 33554432
  )
) TO ${quoteLiteral(rejects)} (FORMAT parquet, COMPRESSION zstd)`;
}
