// A preview as one JSON document or as CSV, piece by piece: a file of any size passes through.
import type { Cell } from '../../base';
import { valueText } from '../../report';
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

/** RFC 4180 with a header line; NULL is an empty field, an empty text is quoted so that it stays apart. */
export async function* previewCsv(preview: Preview): AsyncGenerator<string> {
  yield csvLine(preview.columns.map((column) => column.name));
  for await (const batch of preview.batches()) {
    const lines = batch.map(csvLine).join('');
    if (lines !== '') yield lines;
  }
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
