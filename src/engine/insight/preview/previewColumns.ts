// Columns of an opened file: their names in our SQL, what kind of values they hold, and their values as text.
import { typeFamily } from '../../base';
import type { PreviewCell, PreviewColumn } from './api';

/** A column with its name in our SQL, where any name a file may have ("", twice the same, `a"b`) does no harm. */
export interface SourceColumn extends PreviewColumn {
  readonly id: string;
}

/** The row number in our SQL. */
export const ROW = 'row_number';

export function sourceColumns(
  columns: readonly { readonly name: string; readonly type: string }[],
): readonly SourceColumn[] {
  return columns.map(({ name, type }, i) => ({ name, type, family: familyOf(type), id: `c${i}` }));
}

/** What a grid aligns and formats a DuckDB type by. */
function familyOf(type: string): PreviewColumn['family'] {
  const family = typeFamily(type);
  return family === 'uuid' ? 'text' : family;
}

/** Characters of a cell that are shown. */
export const CELL_CHARACTERS = 1_000;

/** The value as text: what a cell shows and a search reads. NULL stays NULL. */
export function asTextSql({ id, type, family }: SourceColumn): string {
  if (type === 'VARCHAR') return id;
  if (family === 'binary') return `hex(${id})`;
  if (family === 'nested' && type !== 'JSON' && type !== 'VARIANT') return `CAST(to_json(${id}) AS VARCHAR)`;
  return `CAST(${id} AS VARCHAR)`;
}

/** May its values be longer than a cell shows? */
function mayBeLong({ family }: SourceColumn): boolean {
  switch (family) {
    case 'text':
    case 'nested':
    case 'binary':
    case 'other':
      return true;
    case 'number':
    case 'boolean':
    case 'date':
    case 'time':
      return false;
    default:
      return family satisfies never;
  }
}

/** Two expressions: the beginning of the value's text, and its length where that is not all of it. */
export function cellSql(
  column: SourceColumn,
  characters: number = CELL_CHARACTERS,
): readonly [text: string, length: string] {
  const text = asTextSql(column);
  if (!mayBeLong(column)) return [text, 'NULL'];
  if (column.family === 'binary') {
    const bytes = characters / 2;
    return [
      // A large value is not turned into text twice its size to show the beginning.
      `hex(${column.id}[1:${bytes}])`,
      `CASE WHEN octet_length(${column.id}) > ${bytes} THEN 2 * octet_length(${column.id}) END`,
    ];
  }
  return [
    `left(${text}, ${characters})`,
    // The length in bytes is at hand; characters are counted only where there may be too many of them.
    `CASE WHEN strlen(${text}) > ${characters} AND length(${text}) > ${characters} THEN length(${text}) END`,
  ];
}

/** A cell of what `cellSql` gave. */
export function cellOf(text: unknown, length: unknown): PreviewCell {
  if (text === null || text === undefined) return null;
  const shown = typeof text === 'string' ? text : JSON.stringify(text);
  return typeof length === 'number' ? { text: shown, cut: length } : shown;
}

/** The beginning of a text that is at hand whole. */
export function cutCell(text: string | null | undefined, most: number = CELL_CHARACTERS): PreviewCell {
  if (text === null || text === undefined || text === '') return null;
  if (text.length <= most) return text;
  const characters = Array.from(text);
  return characters.length <= most
    ? text
    : { text: characters.slice(0, most).join(''), cut: characters.length };
}
