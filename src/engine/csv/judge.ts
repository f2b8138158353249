// Which records are rows: the one place that says so, whoever cut them.
import { isUtf8 } from 'node:buffer';
import { isBlank } from './layout';
import type { FileRecord } from './records';

export type Verdict =
  | { readonly kind: 'row'; readonly fields: readonly string[] }
  | { readonly kind: 'blank' }
  | { readonly kind: 'header' }
  | { readonly kind: 'reject'; readonly code: string; readonly reason: string };

export interface Judge {
  readonly width: number;
  /** Raw text of the header's records: the same again amid the rows is no row. */
  readonly header: ReadonlySet<string>;
  /** Decoded from another encoding: U+FFFD stands for bytes that had no meaning. */
  readonly replaced: boolean;
}

const REPLACEMENT = '\xef\xbf\xbd';
const BLANK: Verdict = { kind: 'blank' };
const HEADER: Verdict = { kind: 'header' };

/** Judges a record behind the header. */
export function judgeRecord(record: FileRecord, by: Judge): Verdict {
  if (isBlank(record)) return BLANK;
  if (by.header.has(record.raw)) return HEADER;
  const reject = (code: string, reason: string): Verdict => ({ kind: 'reject', code, reason });
  switch (record.problem) {
    case 'LINE_TOO_LONG':
      return reject('LINE_TOO_LONG', 'The record is longer than 2,000,000 bytes.');
    case 'BAD_QUOTES':
      return reject('BAD_QUOTES', 'A quoted field is not closed before a delimiter or the end of the line.');
    case undefined:
      break;
    default:
      record.problem satisfies never;
  }
  if (record.raw.includes('\0')) return reject('NUL_BYTE', 'The record holds NUL bytes.');
  if (
    by.replaced
      ? record.raw.includes(REPLACEMENT)
      : /[\x80-\xff]/.test(record.raw) && !isUtf8(Buffer.from(record.raw, 'latin1'))
  )
    return reject('BAD_ENCODING', 'The record holds bytes that are no text in the encoding of the file.');
  const { fields } = record;
  const { width } = by;
  if (fields.length === width) return { kind: 'row', fields };
  // A delimiter at the end of the line adds an empty field and nothing else.
  if (fields.length === width + 1 && fields[width] === '')
    return { kind: 'row', fields: fields.slice(0, width) };
  return fields.length < width
    ? reject('TOO_FEW_FIELDS', `The record has ${fields.length} of ${width} fields.`)
    : reject('TOO_MANY_FIELDS', `The record has ${fields.length} fields; ${width} are expected.`);
}
