// A preview as one JSON document or as CSV, piece by piece: a file of any size passes through.
import type { Cell } from '../../base';
import { isFormula, spreadsheetText, valueText } from '../../report';
import type { Preview } from './model';

/** `{"columns", "header", "rows", "total", "dialect"}`, one row a line; total is known once all rows are out. */
export async function* previewJson(preview: Preview): AsyncGenerator<string> {
  yield `{"columns": ${JSON.stringify(preview.columns)}, "header": ${preview.header}, "rows": [`;
  let first = true;
  for await (const batch of preview.batches()) {
    const lines = batch.map((row) => JSON.stringify(row)).join(',\n');
    if (lines === '') continue;
    yield `${first ? '\n' : ',\n'}${lines}`;
    first = false;
  }
  const dialect = JSON.stringify(preview.dialect);
  yield `${first ? '' : '\n'}], "total": ${await preview.total()}, "dialect": ${dialect}}\n`;
}

/**
 * RFC 4180 with a header line; NULL is an empty field, an empty text is quoted so that it stays apart. Text that a
 * spreadsheet would compute has a ' before it, unless it is to be `exact`.
 * @returns how many cells have one
 */
export async function* previewCsv(preview: Preview, exact = false): AsyncGenerator<string, number> {
  let neutralized = 0;
  const safe = (cell: Cell): Cell => {
    if (exact || typeof cell !== 'string' || !isFormula(cell)) return cell;
    neutralized += 1;
    return spreadsheetText(cell);
  };
  yield csvLine(preview.columns.map((column) => safe(column.name)));
  for await (const batch of preview.batches()) {
    const lines = batch.map((row) => csvLine(row.map(safe))).join('');
    if (lines !== '') yield lines;
  }
  return neutralized;
}

function csvLine(cells: readonly Cell[]): string {
  // A lone NULL would make an empty line, which readers skip.
  const only = cells.length === 1 && cells[0] === null;
  return only ? '""\r\n' : `${cells.map(csvField).join(',')}\r\n`;
}

function csvField(cell: Cell): string {
  if (cell === null) return '';
  const text = valueText(cell);
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
