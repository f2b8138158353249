// The fast reading: DuckDB from the file to Parquet, with a scan beside it that says whether to trust it.
import { throwIfCancelled } from '../model';
import { bomLength, fingerprint, storedBytes, temporaryPath, writeChunks, type Fingerprint } from './bytes';
import { utf8Bytes } from './unpacked';
import { judgeOf, judgeRecord } from './judge';
import { cutText, toBytes } from './records';
import { RecordScanner, type Irregular, type ScanResult } from './scan';
import { directSql, isCsvProblem, MOST_REJECTS, rejectTables, type RejectTables } from './csvSql';
import { cutOf, readPrefix, type Prefix } from './top';
import type { Converted, ConvertRequest, CsvFormat } from './format';
import type { Rejects } from './csvRejects';

/** DuckDB's reading is only taken where it cannot differ from ours. */
function canBeDirect(format: CsvFormat): boolean {
  return (
    format.columns.length > 1 &&
    /^[\x01-\x7f]$/.test(format.delimiter) &&
    (format.quote === '' ? format.escape === '' : format.escape === format.quote) &&
    format.newline !== 'mixed' &&
    format.footer === 0
  );
}

/**
 * So far the scan is ahead of the copy before that starts: it is ten times as fast, and what it finds stops the copy
 * before DuckDB comes to it. A record of 50,000 fields too many holds DuckDB for half a minute and 2 GB.
 */
const LEAD = 64 << 20;

export async function directly(
  request: ConvertRequest,
  rejects: Rejects,
  made: string[],
): Promise<
  Converted | { readonly kind: 'irregular'; readonly irregular: Irregular | 'counts' | 'format' } | undefined
> {
  const { file, format, connection, signal } = request;
  const irregular = (why: Irregular | 'counts' | 'format') =>
    ({ kind: 'irregular', irregular: why }) as const;
  if (!canBeDirect(format)) return irregular('format');
  const prefix = await readPrefix(request);
  if (prefix === undefined) return irregular('format');
  const cut = cutOf(format);
  const seen = fingerprint();
  const scan = new RecordScanner(cut, format.columns.length + (format.trailingDelimiter === true ? 1 : 0));
  const plain = format.compression === 'none' && format.encoding === 'utf-8';
  const tables = rejectTables();
  const stop = new AbortController();
  const both = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  try {
    let rows: number;
    let source = file;
    if (plain) {
      // The copy takes the cores; the scan runs beside it, so the fingerprint and the count cost little time.
      let copying: Promise<number> | undefined;
      const copy = (): Promise<number> => {
        if (copying !== undefined) return copying;
        copying = connection.run(directSql(request, file, prefix, tables), { signal: both });
        copying.catch(() => undefined);
        return copying;
      };
      let odd: Irregular | undefined;
      try {
        odd = await scanPlain(request, seen, scan, () => {
          if (seen.bytes() >= LEAD) void copy();
          return copying === undefined ? 0 : connection.progress();
        });
      } catch (error) {
        stop.abort();
        await copying?.catch(() => undefined);
        throw error;
      }
      if (odd !== undefined) {
        stop.abort();
        await copying?.catch(() => undefined);
        return irregular(odd);
      }
      try {
        rows = await copy();
      } catch (error) {
        throwIfCancelled(signal);
        if (isCsvProblem(error)) return irregular('counts');
        throw error;
      }
    } else {
      source = temporaryPath(request.temporary, '.csv');
      made.push(source);
      const odd = await stage(request, source, seen, scan);
      if (odd !== undefined) return irregular(odd);
      try {
        rows = await connection.run(directSql(request, source, prefix, tables), { signal });
      } catch (error) {
        throwIfCancelled(signal);
        if (isCsvProblem(error)) return irregular('counts');
        throw error;
      }
    }
    const counted = scan.result();
    const judged = await judgeRejected(request, { source, prefix, tables, counted, rejects });
    if (judged === undefined) return irregular('counts');
    const blank = counted.blank + judged.blank;
    if (counted.records !== prefix.records - prefix.blank + rows + judged.rejected + blank)
      return irregular('counts');
    const stored = seen.result();
    return {
      kind: 'converted',
      rows,
      rejected: judged.rejected,
      other: { header: prefix.header, blank, preamble: prefix.preamble, footer: 0 },
      records: counted.records,
      ...stored,
      format,
      path: 'direct',
    };
  } finally {
    await connection
      .run(`DROP TABLE IF EXISTS ${tables.errors}; DROP TABLE IF EXISTS ${tables.scans}`)
      .catch(() => undefined);
  }
}

async function scanPlain(
  request: ConvertRequest,
  seen: Fingerprint,
  scan: RecordScanner,
  percent: () => number,
): Promise<Irregular | undefined> {
  let skip = bomLength(request.format.encoding, request.format.bom);
  for await (const stored of storedBytes(request.file, { seen, signal: request.signal })) {
    const chunk = skip === 0 ? stored : stored.subarray(skip);
    skip = 0;
    const odd = scan.write(chunk);
    if (odd !== undefined) return odd;
    const done = percent();
    request.progress?.(done < 0 ? undefined : done);
  }
  return scan.end();
}

/** Writes the file as plain UTF-8 and scans it on the way. */
async function stage(
  request: ConvertRequest,
  target: string,
  seen: Fingerprint,
  scan: RecordScanner,
): Promise<Irregular | undefined> {
  const { file, format, temporary, signal } = request;
  let odd: Irregular | undefined;
  const check = (chunk: Buffer): void => {
    odd ??= scan.write(chunk);
    // Bytes without meaning became U+FFFD: those records must be rejected one by one.
    if (format.encoding !== 'utf-8' && chunk.includes('\ufffd')) odd ??= 'encoding';
  };
  async function* regular(): AsyncGenerator<Buffer> {
    for await (const chunk of utf8Bytes(file, format, { temporary, seen, signal })) {
      yield chunk;
      if (odd !== undefined) return;
    }
  }
  await writeChunks(target, regular(), check);
  return odd ?? scan.end();
}

/** What is known of a file once DuckDB has read it. */
interface DirectRead {
  /** Path of the plain file that DuckDB read. */
  readonly source: string;
  readonly prefix: Prefix;
  readonly tables: RejectTables;
  readonly counted: ScanResult;
  readonly rejects: Rejects;
}

/** The lines DuckDB refused, judged by our own rules; undefined where we would not refuse them. */
async function judgeRejected(
  { connection, format, signal }: ConvertRequest,
  { source, prefix, tables, counted, rejects }: DirectRead,
): Promise<{ readonly rejected: number; readonly blank: number } | undefined> {
  const [most] = await connection.rows<{ n: number }>(
    `SELECT count(DISTINCT line) AS n FROM ${tables.errors}`,
    { signal },
  );
  if (most === undefined || most.n === 0) return { rejected: 0, blank: 0 };
  if (most.n > MOST_REJECTS) return undefined;
  const lines = await connection.rows<{ line: number; position: number; record: string | null }>(
    `SELECT line, min(line_byte_position) AS position, any_value(csv_line) AS record
FROM ${tables.errors}
GROUP BY line
ORDER BY line`,
    { signal },
  );
  const places =
    counted.quotedNewlines === 0
      ? lines.map((l) => l.line)
      : await linesAt(
          source,
          lines.map((l) => l.position - 1),
          signal,
        );
  const by = judgeOf(format, prefix.headers);
  const cut = cutOf(format);
  let blank = 0;
  let rejected = 0;
  for (const [i, { record }] of lines.entries()) {
    const raw = toBytes(record ?? '');
    const [cutAgain, ...more] = cutText(raw, cut, true);
    if (cutAgain === undefined || more.length > 0) return undefined;
    const verdict = judgeRecord(cutAgain, by);
    if (verdict.kind === 'blank') blank++;
    else if (verdict.kind === 'reject') {
      rejects.add(places[i] ?? 0, verdict.code, verdict.reason, cutAgain.raw);
      rejected++;
    } else return undefined;
  }
  await rejects.settle();
  return { rejected, blank };
}

/** Physical lines of byte offsets, which ascend. */
async function linesAt(
  path: string,
  offsets: readonly number[],
  signal: AbortSignal | undefined,
): Promise<number[]> {
  const lines: number[] = [];
  let line = 1;
  let position = 0;
  let afterCr = false;
  for await (const chunk of storedBytes(path, { signal })) {
    for (let k = 0; k < chunk.length; k++) {
      while (lines.length < offsets.length && offsets[lines.length] === position + k) {
        lines.push(afterCr && chunk[k] !== 10 ? line + 1 : line);
      }
      const b = chunk[k];
      if (afterCr && b !== 10) line++;
      afterCr = b === 13;
      if (b === 10) line++;
    }
    position += chunk.length;
    if (lines.length === offsets.length) break;
  }
  return lines;
}
