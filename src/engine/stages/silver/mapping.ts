// Which header of a raw file means which column of the table; what is left over; what is missing.
import { foldHeader, foldName, headerOf, nearest } from '../../base';
import { type Column, type Table, PipelineError, RESERVED_COLUMNS } from '../../model';
import { mentions } from '../drift/headerComparison';

/** One raw part: its columns as the file names them. */
export interface PartHeader {
  /** Landing file, relative to the landing folder. */
  readonly file: string;
  readonly headers: readonly string[];
}

interface ExtraColumn {
  /** Name in silver: the header, with _2, _3, … where that name is taken. */
  readonly name: string;
  /** Header in each part; undefined where a part lacks it. */
  readonly headers: readonly (string | undefined)[];
}

export interface Mapping {
  /** Columns read from the file, in config order, with their header in each part. */
  readonly columns: readonly { readonly column: Column; readonly headers: readonly (string | undefined)[] }[];
  readonly extras: readonly ExtraColumn[];
}

/**
 * Maps the headers of all parts of a slot to the table's columns: a column's own name is looked for first,
 * then its `source` names in order; among equal ones the first in the file wins.
 * @throws PipelineError TABLE_FAILED where a required column has no header, or extra ones are forbidden.
 */
export function mapHeaders(table: Table, parts: readonly PartHeader[]): Mapping {
  const read = table.columns.filter((c) => c.derived === undefined);
  const columns = read.map((column) => ({
    column,
    headers: parts.map((part) => headerOf([column.name, ...column.source], part.headers)),
  }));
  parts.forEach((part, i) => {
    const absent = columns
      .filter((c) => c.headers[i] === undefined && mustBeThere(c.column))
      .map((c) => c.column);
    if (absent.length > 0) throw missingColumns(table, part, absent);
  });
  const extras = extraColumns(table, columns, parts);
  if (table.extraColumns === 'fail' && extras.length > 0) throw unexpectedColumns(table, parts, extras);
  return { columns, extras: table.extraColumns === 'keep' ? extras : [] };
}

/** A default fills what is not there, and a transform may make the value from other columns. */
function mustBeThere({ name, required, default: fallback, transform }: Column): boolean {
  if (!required || fallback !== undefined) return false;
  return transform === undefined || mentions(transform, name);
}

function extraColumns(
  table: Table,
  columns: Mapping['columns'],
  parts: readonly PartHeader[],
): readonly ExtraColumn[] {
  // The n-th header of a folded name is the same column in every part.
  const found = new Map<string, { first: string; headers: (string | undefined)[] }>();
  parts.forEach((part, i) => {
    const mapped = new Set(columns.map((c) => c.headers[i]));
    const seen = new Map<string, number>();
    for (const header of part.headers) {
      if (mapped.has(header)) continue;
      const normal = foldHeader(header);
      const nth = (seen.get(normal) ?? 0) + 1;
      seen.set(normal, nth);
      const key = `${nth} ${normal}`;
      const entry = found.get(key) ?? { first: header, headers: parts.map(() => undefined) };
      entry.headers[i] = header;
      found.set(key, entry);
    }
  });
  const taken = new Set([...RESERVED_COLUMNS, ...table.columns.map((c) => foldName(c.name))]);
  return [...found.values()].map(({ first, headers }) => ({ name: freeName(first, taken), headers }));
}

/** The first free one of name, name_2, name_3, … is taken. */
function freeName(name: string, taken: Set<string>): string {
  let free = name;
  for (let n = 2; taken.has(foldName(free)); n++) free = `${name}_${n}`;
  taken.add(foldName(free));
  return free;
}

function missingColumns(table: Table, part: PartHeader, absent: readonly Column[]): PipelineError {
  const first = absent[0];
  const details = absent.map((column) => {
    const looked = [column.name, ...column.source].map((n) => `"${n}"`).join(', ');
    const near = [column.name, ...column.source]
      .map((name) => nearest(name, part.headers, foldHeader))
      .find((header) => header !== undefined);
    return `${column.name} (looked for ${looked}${near === undefined ? '' : `; the nearest header is "${near}"`})`;
  });
  return new PipelineError(
    'TABLE_FAILED',
    `${part.file} lacks the required ${absent.length === 1 ? 'column' : 'columns'} ${details.join(', ')} of table ${table.name}. Its headers are ${quotedList(part.headers)}.`,
    'Add the header to "source" of the column in table_schemas.json, or ask for a file that has it.',
    first === undefined ? {} : { where: first.location },
  );
}

function unexpectedColumns(
  table: Table,
  parts: readonly PartHeader[],
  extras: readonly ExtraColumn[],
): PipelineError {
  const files = parts.filter((_, i) => extras.some((e) => e.headers[i] !== undefined)).map((p) => p.file);
  const names = extras.map((e) => e.headers.find((h) => h !== undefined) ?? e.name);
  return new PipelineError(
    'TABLE_FAILED',
    `${files.join(', ')}: table ${table.name} does not know ${extras.length === 1 ? 'the column' : 'the columns'} ${quotedList(names)}.`,
    'Add them to the table in table_schemas.json, or set its "extra_columns" to "keep" or "drop".',
    { where: table.location },
  );
}

function quotedList(names: readonly string[]): string {
  const shown = names.slice(0, 40).map((n) => `"${n}"`);
  return names.length > 40 ? `${shown.join(', ')} and ${names.length - 40} more` : shown.join(', ');
}
