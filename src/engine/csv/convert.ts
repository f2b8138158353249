// The whole file as text Parquet: DuckDB reads what is regular, our own reader what is not, and the counts must agree.
import { createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { once } from 'node:events';
import { quoteIdentifier, quoteLiteral, type Connection } from '../duckdb';
import { PipelineError, throwIfCancelled } from '../errors';
import {
  asPipelineError,
  bomLength,
  fingerprint,
  decoded,
  storedBytes,
  temporaryPath,
  unpackedBytes,
  Unreadable,
  utf8Bytes,
  writeChunks,
  type Fingerprint,
} from './bytes';
import { detectEncoding } from './encoding';
import { judgeOf, judgeRecord } from './judge';
import { isBlank } from './layout';
import { cutStream, cutText, fromBytes, toBytes, type Cut, type FileRecord } from './records';
import { uniqueNames } from './dialect';
import { keepRejects, type Rejects } from './rejects';
import { scanner, type Irregular, type ScanResult } from './scan';
import type { CsvFormat } from './index';

export interface ConvertRequest {
  readonly file: string;
  readonly format: CsvFormat;
  readonly connection: Connection;
  /** Parquet file to write: all columns VARCHAR, in file order, NULL for empty. */
  readonly output: string;
  /** Parquet file for rejected records (REJECT_COLUMNS); written only where there are any. */
  readonly rejects: string;
  /** An existing folder for temporary files. */
  readonly temporary: string;
  readonly brand: string;
  readonly sourceFile: string;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: ((percent?: number, rows?: number) => void) | undefined;
  /** Tests only: takes the careful path for a file the fast one could read. */
  readonly careful?: boolean;
}

export interface Others {
  readonly header: number;
  readonly blank: number;
  readonly preamble: number;
  readonly footer: number;
}

export interface Converted {
  readonly kind: 'converted';
  readonly rows: number;
  readonly rejected: number;
  /** Records that are no rows. */
  readonly other: Others;
  /** Records in the file, counted apart from DuckDB: rows + rejected + others. */
  readonly records: number;
  readonly sha256: string;
  readonly bytes: number;
  /** As it was read: the encoding may have been decided by bytes beyond the sample. */
  readonly format: CsvFormat;
  /** "direct": by DuckDB from the file; "careful": through our own reader. */
  readonly path: 'direct' | 'careful';
}

export type Conversion =
  Converted | { readonly kind: 'rejected'; readonly code: string; readonly reason: string };

/** How records are cut by a format; byte strings. */
export function cutOf(format: CsvFormat): Cut {
  return {
    delimiter: toBytes(format.delimiter),
    quote: format.quote,
    escape: format.escape,
    newline: format.newline,
  };
}

/**
 * Converts a whole file; see ConvertRequest and Converted.
 * @throws PipelineError CONSERVATION where the counts cannot be made to agree, CANCELLED, DISK_FULL, …
 */
export async function convert(request: ConvertRequest): Promise<Conversion> {
  try {
    return await convertOrThrow(request);
  } catch (error) {
    throwIfCancelled(request.signal);
    if (error instanceof Unreadable) return { kind: 'rejected', code: error.code, reason: error.message };
    throw asPipelineError(error, request.file);
  }
}

async function convertOrThrow(request: ConvertRequest): Promise<Conversion> {
  const rejects = keepRejects(request.temporary);
  const made: string[] = [];
  try {
    const direct = request.careful === true ? undefined : await directly(request, rejects, made);
    if (direct !== undefined && direct.kind === 'converted') {
      await rejects.publish(
        request.connection,
        request.rejects,
        request.brand,
        request.sourceFile,
        request.signal,
      );
      return direct;
    }
    if (direct?.irregular === 'encoding' || request.careful === true) {
      const format = await encodingBeyondSample(request);
      if (format !== undefined) return await convertOrThrow({ ...request, format });
    }
    const careful = await carefully(request, made);
    return careful;
  } finally {
    await rejects.discard();
    for (const path of made) await rm(path, { force: true });
  }
}

/** The top of the file as the reading below sees it. */
interface Prefix {
  /** Records before the first row. */
  readonly records: number;
  readonly preamble: number;
  readonly header: number;
  readonly blank: number;
  /** Fields of the header's records. */
  readonly headers: readonly (readonly string[])[];
}

/** Sorts records into preamble, header and the rest, one after another. */
export function topOfFile(
  format: CsvFormat,
): (record: FileRecord) => 'preamble' | 'header' | 'blank' | 'rest' {
  let header = 0;
  return (record) => {
    if (record.line <= format.preamble) return 'preamble';
    if (header < format.header) {
      if (isBlank(record)) return 'blank';
      header++;
      return 'header';
    }
    return 'rest';
  };
}

async function readPrefix(request: ConvertRequest): Promise<Prefix | undefined> {
  const { file, format, temporary, signal } = request;
  const kindOf = topOfFile(format);
  let text = '';
  for await (const chunk of utf8Bytes(file, format, { temporary, signal })) {
    text += chunk.toString('latin1');
    if (text.length >= 1 << 20) break;
  }
  const headers: (readonly string[])[] = [];
  let preamble = 0;
  let blank = 0;
  let records = 0;
  for (const record of cutText(text, cutOf(format), true, format.preamble + format.header + 200)) {
    const kind = kindOf(record);
    if (kind === 'rest') return { records, preamble, header: headers.length, blank, headers };
    if (record.problem !== undefined) return undefined;
    records++;
    if (kind === 'preamble') preamble++;
    else if (kind === 'blank') blank++;
    else headers.push(record.fields);
  }
  return { records, preamble, header: headers.length, blank, headers };
}

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

async function directly(
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
  const scan = scanner(cut, format.columns.length + (format.trailingDelimiter === true ? 1 : 0));
  const plain = format.compression === 'none' && format.encoding === 'utf-8';
  const tables = rejectTables();
  const stop = new AbortController();
  const both = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  try {
    let rows: number;
    let source = file;
    if (plain) {
      // The copy takes the cores; the scan runs beside it, so the fingerprint and the count cost little time.
      const copying = connection.run(directSql(request, file, prefix, tables), { signal: both });
      copying.catch(() => undefined);
      let odd: Irregular | undefined;
      try {
        odd = await scanPlain(request, seen, scan, () => connection.progress());
      } catch (error) {
        stop.abort();
        await copying.catch(() => undefined);
        throw error;
      }
      if (odd !== undefined) {
        stop.abort();
        await copying.catch(() => undefined);
        return irregular(odd);
      }
      try {
        rows = await copying;
      } catch (error) {
        throwIfCancelled(signal);
        if (isCsvTrouble(error)) return irregular('counts');
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
        if (isCsvTrouble(error)) return irregular('counts');
        throw error;
      }
    }
    const counted = scan.result();
    const judged = await judgeRejected(request, source, prefix, tables, counted, rejects);
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

function isCsvTrouble(error: unknown): boolean {
  return error instanceof PipelineError && (error.code === 'DUCKDB' || error.code === 'SQL_INVALID');
}

async function scanPlain(
  request: ConvertRequest,
  seen: Fingerprint,
  scan: ReturnType<typeof scanner>,
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
  scan: ReturnType<typeof scanner>,
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

interface RejectTables {
  readonly errors: string;
  readonly scans: string;
}
let serial = 0;
function rejectTables(): RejectTables {
  serial++;
  return { errors: `csv_errors_${serial}`, scans: `csv_scans_${serial}` };
}

/** As DuckDB wants them named. */
const NEWLINES: Readonly<Record<CsvFormat['newline'], string>> = {
  '\n': String.raw`\n`,
  '\r\n': String.raw`\r\n`,
  '\r': String.raw`\r`,
  mixed: String.raw`\n`,
};

/** All columns as text; the options of `read` as given, one a line. */
function readCsvSql(
  path: string,
  columns: readonly string[],
  options: Readonly<Record<string, string>>,
): string {
  const list = columns.map((name) => `      ${quoteLiteral(name)}: 'VARCHAR'`).join(',\n');
  const more = Object.entries(options)
    .map(([key, value]) => `,\n    ${key} = ${value}`)
    .join('');
  return `read_csv(
    ${quoteLiteral(path)},
    auto_detect = false,
    header = false,
    strict_mode = true,
    nullstr = '',
    columns = {
${list}
    }${more}
  )`;
}

/**
 * DuckDB straight from the file to Parquet. What must not pass in silence (the header again, a value behind the
 * last column) ends the statement with an error, and the careful reading takes over.
 */
export function directSql(
  request: Pick<ConvertRequest, 'format' | 'output'>,
  path: string,
  prefix: Pick<Prefix, 'records' | 'headers'>,
  tables: RejectTables,
): string {
  const { format, output } = request;
  const { columns } = format;
  const behind =
    format.trailingDelimiter === true ? uniqueNames([...columns, 'behind']).columns.slice(-1) : [];
  const trouble = [
    ...prefix.headers
      .filter((h) => h.length === columns.length + behind.length && h.some((n) => n !== ''))
      .map((h) => isHeaderSql(h, columns)),
    ...behind.map((name) => `${quoteIdentifier(name)} IS NOT NULL`),
  ];
  const where =
    trouble.length === 0
      ? ''
      : `
  WHERE CASE
    WHEN ${trouble.join('\n      OR ')} THEN error('irregular record')
    ELSE true
  END`;
  return `COPY (
  SELECT ${behind.length === 0 ? '*' : `* EXCLUDE (${behind.map(quoteIdentifier).join(', ')})`}
  FROM ${readCsvSql(path, [...columns, ...behind], {
    delim: quoteLiteral(format.delimiter),
    quote: quoteLiteral(format.quote),
    escape: quoteLiteral(format.escape),
    // Left to itself DuckDB takes a line end inside quotes for that of the file.
    new_line: quoteLiteral(NEWLINES[format.newline]),
    skip: String(prefix.records),
    store_rejects: 'true',
    rejects_table: quoteLiteral(tables.errors),
    rejects_scan: quoteLiteral(tables.scans),
    rejects_limit: '0',
  })}${where}
) TO ${quoteLiteral(output)} (FORMAT parquet, COMPRESSION zstd)`;
}

function isHeaderSql(header: readonly string[], columns: readonly string[]): string {
  const equal = columns.map((name, i) => {
    const cell = fromBytes(header[i] ?? '');
    return cell === ''
      ? `${quoteIdentifier(name)} IS NULL`
      : `${quoteIdentifier(name)} = ${quoteLiteral(cell)}`;
  });
  return `(${equal.join(' AND ')})`;
}

/** The lines DuckDB refused, judged by our own rules; undefined where we would not refuse them. */
async function judgeRejected(
  request: ConvertRequest,
  source: string,
  prefix: Prefix,
  tables: RejectTables,
  counted: ScanResult,
  rejects: Rejects,
): Promise<{ readonly rejected: number; readonly blank: number } | undefined> {
  const { connection, format, signal } = request;
  const [most] = await connection.rows<{ n: number }>(
    `SELECT count(DISTINCT line) AS n FROM ${tables.errors}`,
    { signal },
  );
  if (most === undefined || most.n === 0) return { rejected: 0, blank: 0 };
  if (most.n > 20_000) return undefined;
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

/** Cuts the file ourselves and hands DuckDB a canonical copy: slower, but every record is judged by us. */
async function carefully(request: ConvertRequest, made: string[]): Promise<Converted> {
  const { file, format, connection, temporary, signal } = request;
  const target = temporaryPath(temporary, '.csv');
  made.push(target);
  const seen = fingerprint();
  const rejects = keepRejects(temporary);
  const output = createWriteStream(target, { highWaterMark: 1 << 20 });
  let failure: Error | undefined;
  output.on('error', (error) => (failure = error));
  const size = (await stat(file)).size;
  try {
    const kindOf = topOfFile(format);
    const headers: (readonly string[])[] = [];
    const judge = judgeOf(format, headers);
    const asIs =
      format.delimiter === ',' && format.quote !== "'" && (format.quote !== '' || format.escape === '');
    const other = { header: 0, blank: 0, preamble: 0, footer: 0 };
    let rows = 0;
    let records = 0;
    let bytes = 0;
    const counting: Fingerprint = {
      ...seen,
      update: (chunk) => (seen.update(chunk), (bytes += chunk.length)),
    };
    let lines: string[] = [];
    let held: FileRecord[] = [];
    const take = (record: FileRecord): void => {
      const verdict = judgeRecord(record, judge);
      switch (verdict.kind) {
        case 'row':
          lines.push(
            // Without quotes and in our delimiter it is canonical as it stands.
            asIs && verdict.fields === record.fields && record.raw !== '' && !/["\r\n]/.test(record.raw)
              ? `${record.raw}\n`
              : canonical(verdict.fields),
          );
          rows++;
          return;
        case 'blank':
          other.blank++;
          return;
        case 'header':
          other.header++;
          return;
        case 'reject':
          rejects.add(record.line, verdict.code, verdict.reason, record.raw);
          return;
        default:
          verdict satisfies never;
      }
    };
    for await (const batch of cutStream(
      utf8Bytes(file, format, { temporary, seen: counting, signal }),
      cutOf(format),
    )) {
      throwIfCancelled(signal);
      for (const record of batch) {
        records++;
        const kind = kindOf(record);
        if (kind === 'rest') {
          // Blank lines pass the held-back ones: only records can be footers.
          if (format.footer === 0 || isBlank(record)) take(record);
          else {
            held.push(record);
            if (held.length > format.footer) {
              const [oldest, ...later] = held;
              held = later;
              if (oldest !== undefined) take(oldest);
            }
          }
          continue;
        }
        other[kind]++;
        if (kind === 'header') headers.push(record.fields);
      }
      if (lines.length > 0 && !output.write(lines.join(''), 'latin1') && output.writableNeedDrain)
        await once(output, 'drain');
      lines = [];
      await rejects.settle();
      if (failure !== undefined) throw failure;
      request.progress?.(size === 0 ? undefined : Math.min(90, (bytes / size) * 90), rows);
    }
    other.footer = held.length;
    output.end();
    if (!output.closed) await once(output, 'close');
    if (failure !== undefined) throw failure;
    const copied = await connection.run(carefulSql(request, target), { signal });
    const total = copied + rejects.count() + other.header + other.blank + other.preamble + other.footer;
    if (copied !== rows || total !== records)
      throw new PipelineError(
        'CONSERVATION',
        `${request.sourceFile} has ${records} records, but ${total} are accounted for.`,
        'Report this with the file: it is a defect of M7 Pipeline. Nothing was published.',
        { where: { file } },
      );
    await rejects.publish(connection, request.rejects, request.brand, request.sourceFile, signal);
    return {
      kind: 'converted',
      rows,
      rejected: rejects.count(),
      other,
      records,
      ...seen.result(),
      format,
      path: 'careful',
    };
  } finally {
    output.destroy();
    await rejects.discard();
  }
}

export function carefulSql(request: Pick<ConvertRequest, 'format' | 'output'>, path: string): string {
  return `COPY (
  SELECT *
  FROM ${readCsvSql(path, request.format.columns, {
    delim: "','",
    quote: `'"'`,
    escape: `'"'`,
    new_line: quoteLiteral(NEWLINES['\n']),
    max_line_size: '8000000',
    buffer_size: '33554432',
  })}
) TO ${quoteLiteral(request.output)} (FORMAT parquet, COMPRESSION zstd)`;
}

/** A record as RFC 4180 has it; a lone empty field is quoted, or its line would be blank. */
function canonical(fields: readonly string[]): string {
  let line = '';
  for (let i = 0; i < fields.length; i++) {
    const field = fields[i] ?? '';
    if (i > 0) line += ',';
    line += /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
  }
  return line === '' ? '""\n' : `${line}\n`;
}

/** Where bytes beyond the sample are no UTF-8, they decide the encoding. */
async function encodingBeyondSample(request: ConvertRequest): Promise<CsvFormat | undefined> {
  const { file, format, temporary, signal } = request;
  if (format.encoding !== 'utf-8' || format.bom) return undefined;
  const samples: Buffer[] = [];
  for await (const chunk of decoded(
    unpackedBytes(file, { compression: format.compression, temporary, signal }),
    'utf-8',
    false,
  )) {
    const at = chunk.findIndex((b) => b >= 0x80);
    if (at === -1) continue;
    samples.push(Buffer.from(chunk.subarray(at, at + 65536)));
    if (samples.length >= 64) break;
  }
  if (samples.length === 0) return undefined;
  const found = detectEncoding([Buffer.from('ascii'), ...samples]);
  if (found === undefined || found.encoding === 'utf-8') return undefined;
  return {
    ...format,
    encoding: found.encoding,
    confidence: { ...format.confidence, encoding: found.confidence },
    notes: [...format.notes, ...(found.note === undefined ? [] : [`beyond the sample ${found.note}`])],
  };
}
