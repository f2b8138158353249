// The careful reading: our own cutting of the file, every record judged, and DuckDB for a canonical copy.
import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { once } from 'node:events';
import { PipelineError, throwIfCancelled } from '../model';
import { fingerprint, temporaryPath, utf8Bytes, type Fingerprint } from './bytes';
import { judgeOf, judgeRecord } from './judge';
import { isBlank } from './layout';
import { cutStream, type FileRecord } from './records';
import { keepRejects } from './csvRejects';
import { carefulSql } from './csvSql';
import { cutOf, topOfFile } from './top';
import type { Converted, ConvertRequest } from './format';

/** Cuts the file ourselves and hands DuckDB a canonical copy: slower, but every record is judged by us. */
export async function carefully(request: ConvertRequest, made: string[]): Promise<Converted> {
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
