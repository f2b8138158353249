// The file of corrected records as a person saved it: whatever a spreadsheet made of its delimiter, nothing guessed.
import { parse } from 'csv-parse/sync';
import { readFile, stat } from 'node:fs/promises';
import { inWords } from '../../base';
import { PipelineError } from '../../model';
import type { RecordId } from '../../lake';
import { OWN_COLUMNS } from './parts';

/** A corrected record. */
export interface Correction {
  /** Its line in the file, from 1. */
  readonly at: number;
  readonly id: RecordId;
  /** Own columns of the record by name, or LINE_COLUMN alone. */
  readonly values: ReadonlyMap<string, string>;
}

/** Corrections are made by hand; so large a file is a delivery, and has its way through landing. */
const MOST_BYTES = 64 * 2 ** 20;

/**
 * Reads the corrections.
 * @throws PipelineError USAGE for a file that is not one of ours, with the line that is wrong; NOT_FOUND | PERMISSION.
 */
export async function readCorrections(
  path: string,
): Promise<{ readonly columns: readonly string[]; readonly corrections: readonly Correction[] }> {
  const found = await inWords(path, () => stat(path));
  if (!found.isFile())
    throw new PipelineError('USAGE', `${path} is not a file.`, 'Give the CSV file that --export wrote.');
  if (found.size > MOST_BYTES)
    throw new PipelineError(
      'USAGE',
      `${path} is too large for corrections by hand.`,
      'Submit them in parts, or deliver the corrected file in landing.',
    );
  const bytes = await inWords(path, () => readFile(path));
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw wrong(path, 'is not UTF-8', 'Save it as "CSV UTF-8".');
  }
  const delimiter = /^"?m7_table"?([^"\w])/.exec(text)?.[1];
  if (delimiter === undefined)
    throw wrong(
      path,
      'does not begin with the column m7_table',
      'Submit the file that --export wrote, with its columns.',
    );
  const rows = recordsOf(path, text, delimiter);
  const [header = []] = rows;
  const doubled = header.find((name, i) => header.indexOf(name) < i);
  if (doubled !== undefined)
    throw wrong(path, `has two columns ${doubled}`, 'Leave the columns as they were.');
  const lacks = OWN_COLUMNS.find(
    (name) => !header.includes(name) && name !== 'm7_code' && name !== 'm7_reason',
  );
  if (lacks !== undefined) throw wrong(path, `lacks the column ${lacks}`, 'Leave the columns as they were.');
  const own: readonly string[] = OWN_COLUMNS;
  const columns = header.filter((name) => !own.includes(name));
  const corrections = rows.slice(1).map((cells, i): Correction => {
    const cell = (name: string): string => cells[header.indexOf(name)] ?? '';
    const at = i + 2;
    return {
      at,
      id: {
        table: cell('m7_table'),
        brand: cell('m7_brand'),
        file: cell('m7_file'),
        row: numberIn(path, at, 'm7_row', cell('m7_row')),
        line: numberIn(path, at, 'm7_line', cell('m7_line')),
      },
      values: new Map(columns.map((name) => [name, cell(name)])),
    };
  });
  return { columns, corrections };
}

function recordsOf(path: string, text: string, delimiter: string): readonly (readonly string[])[] {
  try {
    return parse(text, { delimiter, skip_empty_lines: true, bom: true });
  } catch (error) {
    throw wrong(
      path,
      `cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      'Save it as CSV with a value for each column.',
    );
  }
}

function numberIn(path: string, at: number, name: string, value: string): number | null {
  if (value === '') return null;
  if (/^\d{1,15}$/.test(value)) return Number(value);
  throw wrong(
    path,
    `has "${value.slice(0, 40)}" for ${name} in record ${at - 1}`,
    'Leave the columns that begin with m7_ as they were.',
  );
}

const wrong = (path: string, what: string, remedy: string): PipelineError =>
  new PipelineError('USAGE', `${path} ${what}.`, remedy, { where: { file: path } });
