// Words that several parts of a preview say.
import type { CsvRows } from '../../csv';
import { plural } from '../../report';

/** Fields of a row as its note counts them: none where the reader gave up on a record without end. */
export function fieldCount(fields: readonly string[]): number {
  const [only = ''] = fields;
  return fields.length === 1 && only.length > 1_000 && only.endsWith('…') ? 0 : fields.length;
}

/** What a person should know of a row that is not as wide as the header. */
export function raggedNote(fields: number, width: number): string {
  return fields === 0
    ? 'a record of more than 2,000,000 bytes: its beginning is shown'
    : `${plural(fields, 'field')} where the file has ${plural(width, 'column')}`;
}

/** What a reader should know of how a text file was read: what is open, and that a run would not take it. */
export function readingNotes({ format, refused }: Pick<CsvRows, 'format' | 'refused'>): readonly string[] {
  return [
    ...(refused === undefined ? [] : [`A run would reject this file (${refused})`]),
    ...(format?.doubts ?? []).map((doubt) => doubt.message),
  ];
}
