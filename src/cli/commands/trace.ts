// m7 trace: rows of gold with the file and line each came from.
import { plural, printable, trace, valueText, wrap, type TraceResult, type TracedRow } from '../../engine';
import { openHere, tableNames } from '../selection';
import { writeDocument, type ExitCode, type Session } from '../session';

export interface TraceOptions {
  readonly date: string;
  readonly table: string;
  readonly where: string;
  readonly limit?: number;
}

const DEFAULT_LIMIT = 20;
const MOST_CHARACTERS = 10_000;

export async function traceRows(session: Session, options: TraceOptions): Promise<ExitCode> {
  const workspace = await openHere(session);
  const [table = options.table] = tableNames(workspace, [options.table]);
  const limit = options.limit ?? DEFAULT_LIMIT;
  const result = await trace(workspace, {
    date: options.date,
    table,
    where: options.where,
    limit,
    signal: session.signal,
  });
  if (session.json) await writeDocument(session, result);
  else await session.out.write(`${traceLines(result, table, options, limit, session).join('\n')}\n`);
  return 0;
}

function traceLines(
  result: TraceResult,
  table: string,
  options: TraceOptions,
  limit: number,
  session: Session,
): string[] {
  const { colours } = session.out.style;
  const title = `${colours.bold(`${printable(table)} ${options.date}`)}  ${printable(options.where)}`;
  if (result.rows.length === 0) return [title, 'No row of gold is like this.'];
  const more = result.rows.length >= limit ? `; there may be more: --limit ${limit * 10}` : '';
  return [
    title,
    '',
    ...result.rows.flatMap((row) => rowLines(row, result.columns, session)),
    `${plural(result.rows.length, 'row')}${more}`,
  ];
}

function rowLines(row: TracedRow, columns: readonly string[], session: Session): string[] {
  const { colours, width } = session.out.style;
  const line = row.line === null ? '' : `, line ${row.line}`;
  const values = columns
    .map(
      (column, i) => `${printable(column)}=${printable(valueText(row.values[i]).slice(0, MOST_CHARACTERS))}`,
    )
    .join('  ');
  return [
    `${colours.bold(printable(row.file))}  record ${row.row}${line}  ${colours.dim(printable(row.brand))}`,
    // Not cut: this line is the evidence, to be copied as it stands.
    row.text === null
      ? '  the original is gone: it was past its retention'
      : `  ${printable(row.text.slice(0, MOST_CHARACTERS))}`,
    ...wrap(values, width - 2).map((part) => colours.dim(`  ${part}`)),
    ...(row.original === null ? [] : [colours.dim(`  ${printable(row.original)}`)]),
    '',
  ];
}
