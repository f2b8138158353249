// The raw records behind rejects: which part holds them, and how its file was written.
import { shellWord } from '../../base';
import { type DateKey, PipelineError } from '../../model';
import type { Lake, Manifest } from '../../lake';

/**
 * The raw part that a landing file became.
 * @throws PipelineError NOT_FOUND where it is gone; UNSUPPORTED where two files of this name came.
 */
export function partOf(
  lake: Lake,
  of: { readonly date: DateKey; readonly table: string; readonly brand: string; readonly file: string },
): Manifest {
  const { date, table, brand, file } = of;
  const parts = lake.parts(date, brand, table).filter((m) => m.source?.file === file);
  const [part] = parts;
  if (parts.length > 1)
    throw new PipelineError(
      'UNSUPPORTED',
      `Two files named ${file} were delivered for ${brand}/${table} of ${date}: a row number does not identify a record.`,
      'Leave its records out with --where, and deliver them again under another name.',
    );
  if (part === undefined || !lake.intact(part))
    throw new PipelineError(
      'NOT_FOUND',
      `The raw records of ${file} are ${part?.removed === true ? 'past their retention' : 'missing'}.`,
      `Make them again: m7 run --date ${date} --table ${shellWord(table)} --brand ${shellWord(brand)} --stage landing-to-raw --force`,
      part === undefined ? {} : { where: { file: lake.absolute(part.output.path) } },
    );
  return part;
}

/** Names of the columns of a part, in the order of its file. */
export const columnsOf = (part: Manifest): readonly string[] => part.source?.format.columns ?? [];

/** A record as one line of delimited text. */
export function csvLine(values: readonly (string | null)[], delimiter = ',', quote = '"'): string {
  return values
    .map((value) => {
      if (value === null || value === '') return '';
      const special = value.includes(delimiter) || value.includes(quote) || /[\r\n]|^\s|\s$/.test(value);
      return special && quote !== '' ? `${quote}${value.replaceAll(quote, quote + quote)}${quote}` : value;
    })
    .join(delimiter);
}

/** Columns of an export that say which reject a record is; the record's own follow. */
export const OWN_COLUMNS = [
  'm7_table',
  'm7_brand',
  'm7_file',
  'm7_row',
  'm7_line',
  'm7_code',
  'm7_reason',
] as const;
/** For lines that never became records: the line as it came. */
export const LINE_COLUMN = 'm7_record';
