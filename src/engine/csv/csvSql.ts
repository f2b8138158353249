// The two statements by which DuckDB makes text Parquet of a file.
import { quoteIdentifier, quoteLiteral } from '../base';
import { PipelineError } from '../model';
import { uniqueNames } from './dialect';
import { mayBeHeaderSql } from './headerAgain';
import { headersOf } from './judge';
import type { ConvertRequest, CsvFormat } from './format';
import type { Prefix } from './top';

/** Where DuckDB puts what it refuses: temporary tables of the connection. */
export interface RejectTables {
  readonly errors: string;
  readonly scans: string;
}
/** Files with more lines that DuckDB refuses are cut by our own reader. */
export const MOST_REJECTS = 20_000;

let serial = 0;
export function rejectTables(): RejectTables {
  serial++;
  return { errors: `csv_errors_${serial}`, scans: `csv_scans_${serial}` };
}

/** As DuckDB wants them named. */
const NEWLINES: Readonly<Record<CsvFormat['newline'], string>> = {
  '\n': String.raw`\n`,
  '\r\n': String.raw`\r\n`,
  '\r': String.raw`\r`,
  mixed: String.raw`\n`,
};

/** All columns as text; the options of `read` as given, one a line. */
function readCsvSql(
  path: string,
  columns: readonly string[],
  options: Readonly<Record<string, string>>,
): string {
  const list = columns.map((name) => `      ${quoteLiteral(name)}: 'VARCHAR'`).join(',\n');
  const more = Object.entries(options)
    .map(([key, value]) => `,\n    ${key} = ${value}`)
    .join('');
  return `read_csv(
    ${quoteLiteral(path)},
    auto_detect = false,
    header = false,
    strict_mode = true,
    nullstr = '',
    columns = {
${list}
    }${more}
  )`;
}

/**
 * DuckDB straight from the file to Parquet. What must not pass in silence (the header again, a value behind the
 * last column) ends the statement with an error, and the careful reading takes over.
 */
export function directSql(
  request: Pick<ConvertRequest, 'format' | 'output' | 'sourceFile'>,
  path: string,
  prefix: Pick<Prefix, 'records' | 'headers'>,
  tables: RejectTables,
): string {
  const { format, output } = request;
  const { columns } = format;
  const behind =
    format.trailingDelimiter === true ? uniqueNames([...columns, 'behind']).columns.slice(-1) : [];
  const irregular = [
    ...headersOf(format, prefix.headers)
      .filter((h) => h.length === columns.length + behind.length)
      .map((h) => mayBeHeaderSql(h.slice(0, columns.length), columns, format.otherNames))
      .filter((sql) => sql !== undefined),
    ...behind.map((name) => `${quoteIdentifier(name)} IS NOT NULL`),
  ];
  const where =
    irregular.length === 0
      ? ''
      : `
  WHERE CASE
    WHEN ${irregular.join('\n      OR ')} THEN error('irregular record')
    ELSE true
  END`;
  return `COPY (
  SELECT ${behind.length === 0 ? '*' : `* EXCLUDE (${behind.map(quoteIdentifier).join(', ')})`}
  FROM ${readCsvSql(path, [...columns, ...behind], {
    delim: quoteLiteral(format.delimiter),
    quote: quoteLiteral(format.quote),
    escape: quoteLiteral(format.escape),
    // Left to itself DuckDB takes a line end inside quotes for that of the file.
    new_line: quoteLiteral(NEWLINES[format.newline]),
    skip: String(prefix.records),
    store_rejects: 'true',
    rejects_table: quoteLiteral(tables.errors),
    rejects_scan: quoteLiteral(tables.scans),
    // One more than is taken from it; DuckDB keeps the whole line with each field too many.
    rejects_limit: String(MOST_REJECTS + 1),
  })}${where}
) TO ${quoteLiteral(output)} ${rawParquet(request.sourceFile)}`;
}

/** Key in the footer of a raw Parquet file under which it says the name that its file had in landing. */
export const SOURCE_FILE_KEY = 'source_file';

/** Options of COPY: the file says itself which landing file it was, for the day on which its manifest is lost. */
const rawParquet = (sourceFile: string): string =>
  `(FORMAT parquet, COMPRESSION zstd, KV_METADATA {${SOURCE_FILE_KEY}: ${quoteLiteral(sourceFile)}})`;

/** From the canonical copy that the careful reading made. */
export function carefulSql(
  request: Pick<ConvertRequest, 'format' | 'output' | 'sourceFile'>,
  path: string,
): string {
  return `COPY (
  SELECT *
  FROM ${readCsvSql(path, request.format.columns, {
    delim: "','",
    quote: `'"'`,
    escape: `'"'`,
    new_line: quoteLiteral(NEWLINES['\n']),
    max_line_size: '8000000',
    buffer_size: '33554432',
  })}
) TO ${quoteLiteral(request.output)} ${rawParquet(request.sourceFile)}`;
}

/** Does an error speak of the file, and not of the machine? */
export function isCsvProblem(error: unknown): error is PipelineError {
  return error instanceof PipelineError && (error.code === 'DUCKDB' || error.code === 'SQL_INVALID');
}
