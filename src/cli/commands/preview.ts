// m7 preview: the rows of a Parquet or delimited text file, or of a query over it.
import {
  displayWidth,
  fit,
  formatCount,
  plural,
  previewCsv,
  previewFile,
  previewJson,
  printable,
  tableLines,
  valueText,
  type Preview,
  defined,
} from '../../engine';
import { note, type ExitCode, type Session } from '../session';
import { UsageError } from '../usage';

export interface PreviewOptions {
  readonly file: string;
  readonly sql?: string;
  readonly limit?: number;
  readonly offset?: number;
  readonly format?: 'table' | 'json' | 'csv';
  readonly exact?: boolean;
}

const DEFAULT_LIMIT = 100;
/** Room a column asks for in the table; a single one may have the whole width. */
const WIDEST = 32;
const NUMERIC = /^(?:U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?|FLOAT|DOUBLE|DECIMAL.*)$/;

export async function preview(session: Session, options: PreviewOptions): Promise<ExitCode> {
  if (session.json && options.format !== undefined && options.format !== 'json')
    throw new UsageError(
      `--json and --format ${options.format} contradict each other.`,
      'Leave one of them out.',
    );
  if (options.exact === true && options.format !== 'csv')
    throw new UsageError('--exact is about CSV.', 'Write --format csv --exact, or leave it out.');
  // A reader that has seen enough (`| head`) ends the reading, too.
  const signal = AbortSignal.any([session.signal, session.out.closed]);
  const opened = await previewFile(options.file, {
    ...defined({ sql: options.sql }),
    limit: options.limit ?? DEFAULT_LIMIT,
    offset: options.offset ?? 0,
    signal,
    workspace: session.directory,
  });
  try {
    switch (session.json ? 'json' : (options.format ?? 'table')) {
      case 'json':
        await pour(session, previewJson(opened));
        break;
      case 'csv':
        await pourCsv(session, opened, options.exact === true);
        break;
      case 'table':
        await writeTable(session, opened, options);
        break;
    }
  } catch (error) {
    if (!session.out.closed.aborted) throw error;
  } finally {
    await opened.close();
  }
  return 0;
}

/** Undefined where the reader has gone. */
async function pour<R>(session: Session, pieces: AsyncGenerator<string, R>): Promise<R | undefined> {
  for (;;) {
    const next = await pieces.next();
    if (next.done === true) return next.value;
    await session.out.data(next.value);
    if (session.out.closed.aborted) {
      await pieces.return(undefined as never);
      return undefined;
    }
  }
}

async function pourCsv(session: Session, opened: Preview, exact: boolean): Promise<void> {
  const cells = (await pour(session, previewCsv(opened, exact))) ?? 0;
  if (cells === 0) return;
  const begins = cells === 1 ? 'begins like a formula: it has' : 'begin like formulas: they have';
  note(session, `${plural(cells, 'cell')} ${begins} a ' in front, for spreadsheets. As they are: --exact`);
}

/** A header again for each batch: a file of any size is shown without holding it. */
async function writeTable(session: Session, opened: Preview, options: PreviewOptions): Promise<void> {
  const offset = options.offset ?? 0;
  const numbered = options.sql === undefined;
  let shown = 0;
  let hidden: readonly string[] = [];
  for await (const batch of opened.batches()) {
    if (batch.length === 0) continue;
    if (shown > 0) await session.out.line();
    const block = blockOf(session, opened, batch, numbered ? offset + shown + 1 : undefined);
    hidden = block.hidden;
    await session.out.write(`${block.lines.join('\n')}\n`);
    if (session.out.closed.aborted) return;
    shown += batch.length;
  }
  if (shown === 0)
    await session.out.write(`${opened.columns.map((column) => printable(column.name)).join('  ')}\n`);
  const from = shown > 0 && offset > 0 ? `, from row ${formatCount(offset + 1)}` : '';
  const limit = options.limit ?? DEFAULT_LIMIT;
  // The rows of a large text file are counted on request only: --format json does.
  const known = opened.quick || limit === 0 || shown < limit;
  const of = known ? `of ${plural(await opened.total(), 'row')}` : 'rows; there may be more';
  note(session, `${formatCount(shown)} ${of}${from}`);
  for (const text of opened.notes) note(session, printable(text));
  if (hidden.length > 0)
    note(
      session,
      fit(
        `${plural(hidden.length, 'more column')}: ${hidden.map(printable).join(', ')}`,
        session.log.style.width,
      ),
    );
}

interface Block {
  readonly lines: readonly string[];
  /** Columns that have no room. */
  readonly hidden: readonly string[];
}

function blockOf(
  session: Session,
  opened: Preview,
  batch: readonly (readonly unknown[])[],
  first: number | undefined,
): Block {
  const { style } = session.out;
  const numbers = first === undefined ? [] : batch.map((_, r) => formatCount(first + r));
  let room = style.width - (first === undefined ? 0 : Math.max(...numbers.map((n) => n.length)) + 2);
  let taken = 0;
  for (const [i, column] of opened.columns.entries()) {
    const natural = batch.reduce(
      (most, row) => Math.max(most, displayWidth(printable(valueText(row[i]).slice(0, WIDEST * 4)))),
      displayWidth(printable(column.name)),
    );
    const need = Math.min(natural, WIDEST) + (taken === 0 ? 0 : 2);
    if (taken > 0 && need > room) break;
    room -= need;
    taken += 1;
  }
  const columns = opened.columns.slice(0, taken);
  return {
    lines: tableLines(
      {
        columns: [
          ...(first === undefined ? [] : [{ title: '#', align: 'right' as const }]),
          ...columns.map((column) => ({
            title: printable(column.name),
            align: NUMERIC.test(column.type) ? ('right' as const) : ('left' as const),
            shrinks: 'cut' as const,
          })),
        ],
        rows: batch.map((row, r) => [
          ...(first === undefined ? [] : [{ text: numbers[r] ?? '', colour: style.colours.dim }]),
          ...columns.map((_, i) =>
            row[i] === null ? { text: 'NULL', colour: style.colours.dim } : valueText(row[i]),
          ),
        ]),
      },
      style,
    ),
    hidden: opened.columns.slice(taken).map((column) => column.name),
  };
}
