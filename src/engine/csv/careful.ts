// The careful reading: our own cutting of the file, every record judged, and DuckDB for a canonical copy.
import { stat } from 'node:fs/promises';
import { PipelineError, throwIfCancelled } from '../model';
import { fingerprint, temporaryPath, Unreadable } from './bytes';
import { utf8Bytes } from './unpacked';
import { CanonicalCopy } from './canonicalCopy';
import { cutOffDoubt, withDoubt } from './cutOff';
import { judgeOf, judgeRecord, OTHER_HEADER, type Judge } from './judge';
import { isBlank } from './layout';
import { cutStream, fromBytes, type FileRecord } from './records';
import { keepRejects, type Rejects } from './csvRejects';
import { carefulSql, isCsvProblem } from './csvSql';
import { cutOf, topOfFile } from './top';
import type { Converted, ConvertRequest, CsvFormat } from './format';

/** Cuts the file ourselves and hands DuckDB a canonical copy: slower, but every record is judged by us. */
export async function carefully(request: ConvertRequest, made: string[]): Promise<Converted> {
  const { file, format, connection, temporary, signal } = request;
  const target = temporaryPath(temporary, '.csv');
  made.push(target);
  const seen = fingerprint();
  const rejects = keepRejects(temporary);
  const copy = new CanonicalCopy(target, format);
  try {
    const size = (await stat(file)).size;
    const router = new RecordRouter(format, copy, rejects);
    const bytes = utf8Bytes(file, format, { temporary, seen, signal });
    for await (const batch of cutStream(bytes, cutOf(format))) {
      throwIfCancelled(signal);
      for (const record of batch) router.take(record);
      await copy.flush();
      await rejects.settle();
      request.progress?.(size === 0 ? undefined : Math.min(90, (seen.bytes() / size) * 90), copy.rows);
    }
    const { records, other, format: asRead } = router.result();
    await copy.close();
    const copied = await connection.run(carefulSql(request, target), { signal }).catch((error: unknown) => {
      throw isCsvProblem(error) ? refusedByDuckdb(error) : error;
    });
    const total = copied + rejects.count() + other.header + other.blank + other.preamble + other.footer;
    if (copied !== copy.rows || total !== records)
      throw new PipelineError(
        'CONSERVATION',
        `${request.sourceFile} has ${records} records, but ${total} are accounted for.`,
        'Report this with the file: it is a defect of M7 Pipeline. Nothing was published.',
        { where: { file } },
      );
    await rejects.publish(request);
    const converted: Converted = {
      kind: 'converted',
      rows: copy.rows,
      rejected: rejects.count(),
      other,
      records,
      ...seen.result(),
      format: asRead,
      path: 'careful',
    };
    return withDoubt(converted, await cutOffDoubt(request, rejects.last()));
  } finally {
    copy.destroy();
    await rejects.discard();
  }
}

/** Of a copy that we wrote DuckDB takes every record: what it refuses are the names of the columns, or their number. */
function refusedByDuckdb(error: PipelineError): Unreadable {
  return new Unreadable('NOT_CSV', `It cannot be made a table of: ${error.message}`, error);
}

/** The footer speaks of another number of rows than the file has: its lines are records, and somebody should look. */
function withoutFooter(
  { footerRows, ...format }: CsvFormat,
  rows: number,
  held: readonly FileRecord[],
): CsvFormat {
  const texts = held.map((record) => JSON.stringify(fromBytes(record.raw).slice(0, 120))).join(', ');
  return {
    ...format,
    footer: 0,
    notes: format.notes.filter((note) => !note.includes(' footer ')),
    doubts: [
      ...(format.doubts ?? []),
      {
        choice: 'footer',
        message: `The last lines (${texts}) speak of ${footerRows ?? 0} rows, but ${rows} stand before them: rows may be missing. They were read as rows.`,
      },
    ],
  };
}

/** Takes the records of a file in their order: rows go to the copy, rejects aside, the others are counted. */
class RecordRouter {
  readonly #format: CsvFormat;
  readonly #copy: CanonicalCopy;
  readonly #rejects: Rejects;
  readonly #kindOf: ReturnType<typeof topOfFile>;
  readonly #headers: (readonly string[])[] = [];
  readonly #judge: Judge;
  readonly #other = { header: 0, blank: 0, preamble: 0 };
  /** The last records so far: as many as the footer has. */
  readonly #held: FileRecord[] = [];
  #records = 0;

  constructor(format: CsvFormat, copy: CanonicalCopy, rejects: Rejects) {
    this.#format = format;
    this.#copy = copy;
    this.#rejects = rejects;
    this.#kindOf = topOfFile(format);
    this.#judge = judgeOf(format, this.#headers);
  }

  take(record: FileRecord): void {
    this.#records++;
    const kind = this.#kindOf(record);
    if (kind !== 'rest') {
      this.#other[kind]++;
      if (kind === 'header') this.#headers.push(record.fields);
      return;
    }
    // Blank lines pass the held-back ones: only records can be footers.
    if (this.#format.footer === 0 || isBlank(record)) {
      this.#route(record);
      return;
    }
    this.#held.push(record);
    if (this.#held.length <= this.#format.footer) return;
    const oldest = this.#held.shift();
    if (oldest !== undefined) this.#route(oldest);
  }

  /** Behind the last record: what is still held is the footer, unless it says another number of rows. */
  result(): Pick<Converted, 'records' | 'other' | 'format'> {
    const rows = this.#copy.rows;
    const claimed = this.#format.footerRows;
    let format = this.#format;
    if (claimed !== undefined && claimed !== rows && claimed !== rows + this.#rejects.count()) {
      format = withoutFooter(format, rows + this.#rejects.count(), this.#held);
      for (const record of this.#held.splice(0)) this.#route(record);
    }
    return {
      format,
      records: this.#records,
      other: { ...this.#other, footer: this.#held.length },
    };
  }

  #route(record: FileRecord): void {
    const judged = judgeRecord(record, this.#judge);
    switch (judged.kind) {
      case 'row':
        this.#copy.add(record, judged.fields);
        return;
      case 'blank':
      case 'header':
        this.#other[judged.kind]++;
        return;
      case 'reject':
        if (judged.code === OTHER_HEADER) throw new Unreadable('HEADER_MISMATCH', judged.reason);
        this.#rejects.add(record.line, judged.code, judged.reason, record.raw);
        return;
      default:
        judged satisfies never;
    }
  }
}
