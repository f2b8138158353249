// Finds records in the file again: their physical lines and their text, for those who must go and look.
import { judgeOf, judgeRecord } from './judge';
import { cutStream, fromBytes } from './records';
import { cutOf, topOfFile } from './top';
import { utf8Bytes } from './unpacked';
import { throwIfCancelled } from '../model';
import type { CsvFormat } from './format';

export interface LocateRequest {
  readonly file: string;
  /** As convertCsv returned it. */
  readonly format: CsvFormat;
  /** Numbers among the accepted records, from 1, in any order. */
  readonly records: readonly number[];
  readonly temporary: string;
  readonly signal?: AbortSignal | undefined;
}

export interface Located {
  /** Physical line the record begins on, from 1. */
  readonly line: number;
  /** The record as it is in the file. */
  readonly text: string;
}

/** Reads the file up to the last of the records; numbers that no record has are missing in the answer. */
export async function locateRecords(request: LocateRequest): Promise<ReadonlyMap<number, Located>> {
  const { file, format, temporary, signal } = request;
  const found = new Map<number, Located>();
  const wanted = new Set(request.records.filter((n) => Number.isInteger(n) && n >= 1));
  if (wanted.size === 0) return found;
  const kindOf = topOfFile(format);
  const headers: (readonly string[])[] = [];
  const by = judgeOf(format, headers);
  let number = 0;
  for await (const batch of cutStream(utf8Bytes(file, format, { temporary, signal }), cutOf(format))) {
    throwIfCancelled(signal);
    for (const record of batch) {
      const kind = kindOf(record);
      if (kind === 'header') headers.push(record.fields);
      if (kind !== 'rest' || judgeRecord(record, by).kind !== 'row') continue;
      number++;
      if (!wanted.has(number)) continue;
      found.set(number, { line: record.line, text: fromBytes(record.raw) });
      if (found.size === wanted.size) return found;
    }
  }
  return found;
}
