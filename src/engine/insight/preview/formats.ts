// Rows as text for people and programs: CSV, TSV, JSON, Markdown.
import { isJson } from '../../base';
import { isFormula, markdownText, spreadsheetText } from '../../report';
import type { CopyFormat } from './api';
import type { SourceColumn } from './previewColumns';

type Cells = readonly (string | null)[];

export interface RowWriter {
  /** What stands before the rows. */
  readonly head: string;
  /** One row; `first` tells whether rows stand before it. */
  row(cells: Cells, first: boolean): string;
  readonly foot: string;
  /** Cells so far that have a ' before what a spreadsheet would compute. */
  readonly neutralized: () => number;
}

export interface WriterOptions {
  /** Names before the rows, for formats that can do without. */
  readonly header: boolean;
  /** Nothing stands before what a spreadsheet would compute. */
  readonly exact?: boolean | undefined;
}

/** The writer of a format. */
export function rowWriter(
  format: CopyFormat,
  columns: readonly SourceColumn[],
  { header, exact }: WriterOptions,
): RowWriter {
  const names = columns.map((column) => column.name);
  const texts = exact === true ? [] : columns.map(({ family }) => mayBeFormula(family));
  const neutralized = (): number => 0;
  switch (format) {
    case 'csv':
      return separated({ delimiter: ',', end: '\r\n' }, header ? names : undefined, texts);
    case 'tsv':
      return separated({ delimiter: '\t', end: '\n' }, header ? names : undefined, texts);
    case 'markdown':
      return {
        head: `${markdownRow(names)}${markdownRule(columns)}`,
        row: (cells) => markdownRow(cells),
        foot: '',
        neutralized,
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
        neutralized,
      };
    }
    default:
      return format satisfies never;
  }
}

/** Can a value of such a column be a text that a spreadsheet computes? */
export function mayBeFormula(family: SourceColumn['family']): boolean {
  return family === 'text' || family === 'nested';
}

/**
 * RFC 4180, for tabs too: spreadsheets read it so. NULL is an empty field, an empty text a quoted one.
 * @param texts columns whose text must not be computed; none where all is to be exact.
 */
function separated(
  { delimiter, end }: { readonly delimiter: string; readonly end: string },
  names: readonly string[] | undefined,
  texts: readonly boolean[],
): RowWriter {
  let neutralized = 0;
  const safe = (cell: string | null): string | null => {
    if (cell === null || !isFormula(cell)) return cell;
    neutralized += 1;
    return spreadsheetText(cell);
  };
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
  const head = names === undefined ? '' : line(texts.length === 0 ? names : names.map(safe));
  return {
    head,
    row: (cells) => line(cells.map((cell, i) => (texts[i] === true ? safe(cell) : cell))),
    foot: '',
    neutralized: () => neutralized,
  };
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
