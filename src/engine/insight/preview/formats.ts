// Rows as text for people and programs: CSV, TSV, JSON, Markdown.
import { isJson } from '../../base';
import { markdownText } from '../../report';
import type { CopyFormat } from './api';
import type { SourceColumn } from './previewColumns';

type Cells = readonly (string | null)[];

export interface RowWriter {
  /** What stands before the rows. */
  readonly head: string;
  /** One row; `first` tells whether rows stand before it. */
  row(cells: Cells, first: boolean): string;
  readonly foot: string;
}

/** The writer of a format; without `header` for formats that can do without. */
export function rowWriter(format: CopyFormat, columns: readonly SourceColumn[], header: boolean): RowWriter {
  const names = columns.map((column) => column.name);
  switch (format) {
    case 'csv':
      return separated(',', '\r\n', header ? names : undefined);
    case 'tsv':
      return separated('\t', '\n', header ? names : undefined);
    case 'markdown':
      return {
        head: `${markdownRow(names)}${markdownRule(columns)}`,
        row: (cells) => markdownRow(cells),
        foot: '',
      };
    case 'json': {
      const keys = names.map((name) => JSON.stringify(name));
      return {
        head: '[',
        row: (cells, first) =>
          `${first ? '\n' : ',\n'}  {${columns
            .map((column, i) => `${keys[i] ?? ''}: ${jsonValue(column, cells[i] ?? null)}`)
            .join(', ')}}`,
        foot: '\n]\n',
      };
    }
    default:
      return format satisfies never;
  }
}

/** RFC 4180, for tabs too: spreadsheets read it so. NULL is an empty field, an empty text a quoted one. */
function separated(delimiter: string, end: string, names: readonly string[] | undefined): RowWriter {
  const special = new RegExp(`["\\r\\n${delimiter}]`);
  const field = (cell: string | null): string => {
    if (cell === null) return '';
    return cell === '' || special.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
  };
  const line = (cells: Cells): string => {
    // A lone NULL would make an empty line, which readers skip.
    if (cells.length === 1 && cells[0] === null) return `""${end}`;
    return `${cells.map(field).join(delimiter)}${end}`;
  };
  return { head: names === undefined ? '' : line(names), row: line, foot: '' };
}

function markdownRow(cells: Cells): string {
  return `| ${cells.map((cell) => markdownCell(cell ?? '')).join(' | ')} |\n`;
}

function markdownRule(columns: readonly SourceColumn[]): string {
  return `| ${columns.map(({ family }) => (family === 'number' ? '---:' : '---')).join(' | ')} |\n`;
}

/** Text that stays text in a table, its lines one below the other. */
function markdownCell(text: string): string {
  return text
    .split(/\r\n|\r|\n/)
    .map(markdownText)
    .join('<br>');
}

const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;

/** Numbers, booleans and nested values as themselves where JSON can hold them, else as text. */
function jsonValue({ family }: SourceColumn, cell: string | null): string {
  if (cell === null) return 'null';
  if (family === 'number' && JSON_NUMBER.test(cell)) return cell;
  if (family === 'boolean' && (cell === 'true' || cell === 'false')) return cell;
  return family === 'nested' && isJson(cell) ? cell : JSON.stringify(cell);
}
