// Which records are rows: the one place that says so, whoever cut them.
import { isUtf8 } from 'node:buffer';
import { isBlank } from './layout';
import { headerAgain } from './headerAgain';
import { fromBytes, toBytes, type FileRecord } from './records';
import type { CsvFormat } from './format';

export type JudgedRecord =
  | { readonly kind: 'row'; readonly fields: readonly string[] }
  | { readonly kind: 'blank' }
  | { readonly kind: 'header' }
  | { readonly kind: 'reject'; readonly code: string; readonly reason: string };

export interface Judge {
  /** Columns. */
  readonly width: number;
  /** An empty field follows the last column's. */
  readonly trailing: boolean;
  /** Fields of the header's records: the same again amid the rows is no row. */
  readonly headers: readonly (readonly string[])[];
  readonly otherNames: CsvFormat['otherNames'];
  /** Decoded from another encoding: U+FFFD stands for bytes that had no meaning. */
  readonly replaced: boolean;
}

/** Code of a record that makes the whole file one to refuse: what follows it has other columns. */
export const OTHER_HEADER = 'OTHER_HEADER';

const REPLACEMENT = '\xef\xbf\xbd';
const BLANK: JudgedRecord = { kind: 'blank' };
const HEADER: JudgedRecord = { kind: 'header' };

/** Judges a record behind the header. */
export function judgeRecord(record: FileRecord, by: Judge): JudgedRecord {
  if (isBlank(record)) return BLANK;
  const reject = (code: string, reason: string): JudgedRecord => ({ kind: 'reject', code, reason });
  switch (record.problem) {
    case 'LINE_TOO_LONG':
      return reject('LINE_TOO_LONG', 'The record is longer than 2,000,000 bytes.');
    case 'BAD_QUOTES':
      return reject(
        'BAD_QUOTES',
        'Its quotes are broken: a quoted field is not closed, text follows a closing quote, or a quote is amid a field.',
      );
    case undefined:
      break;
    default:
      record.problem satisfies never;
  }
  if (record.raw.includes('\0')) return reject('NUL_BYTE', 'The record has NUL bytes.');
  if (
    by.replaced
      ? record.raw.includes(REPLACEMENT)
      : /[\x80-\xff]/.test(record.raw) && !isUtf8(Buffer.from(record.raw, 'latin1'))
  )
    return reject(
      'BAD_ENCODING',
      'The record has bytes that are not valid text in the encoding of the file.',
    );
  const { fields } = record;
  const again = headerAgain(fields, by.headers, by.otherNames);
  if (again === 'again') return HEADER;
  if (again === 'other')
    return reject(
      OTHER_HEADER,
      `Line ${record.line} has the header again with other names or in another order (${namesOf(fields)}): the rows behind it do not belong to the columns before it.`,
    );
  const expected = by.width + (by.trailing ? 1 : 0);
  if (fields.length < expected)
    return reject('TOO_FEW_FIELDS', `The record has ${fields.length} of ${expected} fields.`);
  if (fields.length > expected)
    return reject('TOO_MANY_FIELDS', `The record has ${fields.length} fields; ${expected} are expected.`);
  if (!by.trailing) return { kind: 'row', fields };
  if (fields[by.width] !== '')
    return reject('TOO_MANY_FIELDS', 'The record has a value behind its last column.');
  return { kind: 'row', fields: fields.slice(0, by.width) };
}

const namesOf = (fields: readonly string[]): string =>
  fields
    .slice(0, 6)
    .map((f) => JSON.stringify(fromBytes(f).slice(0, 40)))
    .join(', ') + (fields.length > 6 ? ', …' : '');

/** What is found again amid the rows: the file's header, or the names that its columns were given by their places. */
export function headersOf(
  { header, columns, trailingDelimiter, stated }: CsvFormat,
  headers: readonly (readonly string[])[],
): readonly (readonly string[])[] {
  if (header > 0 || stated?.includes('header') === true || columns.every((name) => /^column\d+$/.test(name)))
    return headers;
  return [[...columns.map(toBytes), ...(trailingDelimiter === true ? [''] : [])]];
}

/** How the records of a format are judged. */
export function judgeOf(format: CsvFormat, headers: readonly (readonly string[])[]): Judge {
  return {
    width: format.columns.length,
    trailing: format.trailingDelimiter === true,
    headers: headersOf(format, headers),
    otherNames: format.otherNames,
    replaced: format.encoding !== 'utf-8',
  };
}
