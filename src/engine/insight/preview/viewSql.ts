// A view in SQL: its condition and its order, over the ids of an opened file's columns.
import { quoteLiteral } from '../../base';
import { PipelineError } from '../../model';
import { printable } from '../../report';
import type { Filter, View } from './api';
import { ROW, asTextSql, type SourceColumn } from './previewColumns';

/** Is the view the file as it is? */
export function isPlain(view: View): boolean {
  return view.sort.length === 0 && view.filters.length === 0;
}

/** @throws PipelineError NOT_FOUND for a name that is no column. */
export function columnNamed(columns: readonly SourceColumn[], name: string): SourceColumn {
  const found = columns.find((column) => column.name === name);
  if (found !== undefined) return found;
  throw new PipelineError(
    'NOT_FOUND',
    `There is no column ${printable(name)}.`,
    'Open the file again: it may have changed.',
  );
}

/** The condition of a view; undefined where all rows satisfy it. */
export function conditionOf(
  filters: readonly Filter[],
  columns: readonly SourceColumn[],
): string | undefined {
  if (filters.length === 0) return undefined;
  return filters.map((filter) => `(${filterSql(filter, columns)})`).join('\n  AND ');
}

function filterSql(filter: Filter, columns: readonly SourceColumn[]): string {
  switch (filter.kind) {
    case 'search':
      return containsAnywhere(columns, filter.text, filter.case);
    case 'contains':
      return containsSql(columnNamed(columns, filter.column), filter.text, filter.case);
    case 'compare': {
      const column = columnNamed(columns, filter.column);
      return `${column.id} ${operatorOf(filter.operator)} ${valueSql(column, filter.value)}`;
    }
    case 'in': {
      const column = columnNamed(columns, filter.column);
      const values = filter.values.filter((value) => value !== null);
      const among =
        values.length === 0
          ? []
          : byText(column)
            ? [`${asTextSql(column)} IN (${values.map(textLiteral).join(', ')})`]
            : [`${column.id} IN (${values.map((value) => valueSql(column, value)).join(', ')})`];
      const none = filter.values.includes(null) ? [`${column.id} IS NULL`] : [];
      return [...among, ...none].join(' OR ') || 'false';
    }
    case 'null':
      return `${columnNamed(columns, filter.column).id} IS NULL`;
    case 'not_null':
      return `${columnNamed(columns, filter.column).id} IS NOT NULL`;
    default:
      throw unknown(filter);
  }
}

type Operator = Extract<Filter, { readonly kind: 'compare' }>['operator'];
const OPERATORS: ReadonlySet<string> = new Set<Operator>(['=', '<>', '<', '<=', '>', '>=']);

/** What comes over a wire is text of any kind until it has been looked at. */
function operatorOf(operator: Operator): string {
  if (OPERATORS.has(operator)) return operator;
  throw unknown(operator);
}

function unknown(what: unknown): PipelineError {
  return new PipelineError(
    'USAGE',
    `There is no such filter: ${JSON.stringify(what)}.`,
    'Reload the window: two versions of the extension are in use.',
  );
}

/** Values of these are told apart by their text: no literal of their type reads it back. */
export function byText({ family }: SourceColumn): boolean {
  return family === 'nested' || family === 'binary' || family === 'other';
}

/** A value of the column's type from text; `checkValues` has made sure that it can be read so. */
function valueSql(column: SourceColumn, value: string): string {
  return column.type === 'VARCHAR' ? textLiteral(value) : `CAST(${textLiteral(value)} AS ${column.type})`;
}

/** A statement that tells for each value that must be read as its column's type whether it can be. */
export function checkSql(
  filters: readonly Filter[],
  columns: readonly SourceColumn[],
): {
  readonly sql: string;
  readonly values: readonly { readonly column: SourceColumn; readonly value: string }[];
} {
  const values = filters.flatMap((filter) => {
    if (filter.kind !== 'compare' && filter.kind !== 'in') return [];
    const column = columnNamed(columns, filter.column);
    if (column.type === 'VARCHAR' || (filter.kind === 'in' && byText(column))) return [];
    const given = filter.kind === 'compare' ? [filter.value] : filter.values;
    return given.filter((value) => value !== null).map((value) => ({ column, value }));
  });
  const tries = values.map(
    ({ column, value }) => `TRY_CAST(${textLiteral(value)} AS ${column.type}) IS NOT NULL`,
  );
  return { sql: `SELECT ${tries.join(', ')}`, values };
}

/** The text is found in the column's value. Lower case on both sides finds it three times as fast as ILIKE. */
export function containsSql(column: SourceColumn, text: string, sensitive: boolean): string {
  const value = asTextSql(column);
  return sensitive
    ? `contains(${value}, ${textLiteral(text)})`
    : `contains(lower(${value}), lower(${textLiteral(text)}))`;
}

/** The text is found in any column; columns whose values cannot hold it are not read. */
export function containsAnywhere(columns: readonly SourceColumn[], text: string, sensitive: boolean): string {
  const possible = columns.filter((column) => mayContain(column, text));
  // NULL contains nothing; without this a row of NULLs would be neither in nor out.
  return (
    possible.map((column) => `coalesce(${containsSql(column, text, sensitive)}, false)`).join(' OR ') ||
    'false'
  );
}

/** All characters that values of a family are written in, in lower case; others are not limited. */
const ALPHABETS: Readonly<Partial<Record<SourceColumn['family'], RegExp>>> = {
  // 1e+20, nan, inf
  number: /^[-+0-9.einfa]*$/,
  boolean: /^[truefals]*$/,
  // 2024-11-15 10:00:00+00, infinity, 0044-01-01 (BC)
  date: /^[-+0-9:. infty()bc]*$/,
  time: /^[-+0-9:.]*$/,
};

export function mayContain(column: SourceColumn, text: string): boolean {
  return ALPHABETS[column.family]?.test(text.toLowerCase()) ?? true;
}

/** The order of a view; NULL comes last either way, equal rows stay in file order. Undefined for file order. */
export function orderOf(view: View, columns: readonly SourceColumn[]): string | undefined {
  if (view.sort.length === 0) return undefined;
  const keys = view.sort.map(
    ({ column, descending }) =>
      `${columnNamed(columns, column).id} ${descending ? 'DESC' : 'ASC'} NULLS LAST`,
  );
  return [...keys, ROW].join(', ');
}

/** A text literal that holds whatever the text holds, NUL too. */
function textLiteral(text: string): string {
  return text.split('\0').map(quoteLiteral).join(' || chr(0) || ');
}
