// Words that several parts of a preview say.
import { plural } from '../report/layout';

/** What a person should know of a row that is not as wide as the header. */
export function raggedNote(fields: number, width: number): string {
  return `${plural(fields, 'field')} where the file has ${plural(width, 'column')}`;
}
