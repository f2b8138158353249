// What is before the rows of a file, found again by its format.
import { utf8Bytes } from './unpacked';
import { isBlank } from './layout';
import { cutText, toBytes, type RecordSyntax, type FileRecord } from './records';
import type { ConvertRequest, CsvFormat } from './format';

/** How records are cut by a format; byte strings. */
export function cutOf(format: CsvFormat): RecordSyntax {
  return {
    delimiter: toBytes(format.delimiter),
    quote: format.quote,
    escape: format.escape,
    newline: format.newline,
  };
}

/** The top of the file as the reading below sees it. */
export interface Prefix {
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

/** Undefined where the top cannot be known from its first megabyte. */
export async function readPrefix(request: ConvertRequest): Promise<Prefix | undefined> {
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
