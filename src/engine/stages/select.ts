// Pieces of SELECT that the statements of the stages are built of.
import { quoteIdentifier, quotePath } from '../base';
import { internalNames } from './freeNames';

/** SELECT with one column a line; the columns' own text is left as it is, line breaks in names and literals too. */
export function selectFrom(columns: readonly string[], from: string): string {
  return `SELECT\n${columns.map((c) => `  ${c}`).join(',\n')}\n${from}`;
}

/** A Parquet file to read with the number of each row, from 0. */
export interface NumberedFile {
  /** FROM clause. */
  readonly from: string;
  /** SQL of the row's number. */
  readonly row: string;
}

/** DuckDB refuses its own row number where a column has its name: then rows are counted as they come. */
export function numberedFile(path: string, columns: readonly string[]): NumberedFile {
  if (!columns.some((name) => name.toLowerCase() === 'file_row_number'))
    return { from: `FROM read_parquet(${quotePath(path)}, file_row_number = true)`, row: 'file_row_number' };
  const row = quoteIdentifier(internalNames(columns)('row'));
  return {
    from: `FROM (\nSELECT *, row_number() OVER () - 1 AS ${row}\nFROM read_parquet(${quotePath(path)})\n)`,
    row,
  };
}
