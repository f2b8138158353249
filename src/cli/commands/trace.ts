// m7 trace: rows of gold with the file and line each came from, and what became of a line of a landing file.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  pageLines,
  plural,
  printable,
  trace,
  traceLine,
  tracePage,
  valueText,
  wrap,
  type OpenWorkspace,
  type TraceResult,
  type TracedRow,
  type TracePiece,
} from '../../engine';
import { openHere, tableNames } from '../selection';
import { writeDocument, type ExitCode, type Session } from '../session';
import { UsageError } from '../usage';

/** Of a condition over gold, or of a line: what is typed of the two is checked by `directionOf`. */
export interface TraceOptions {
  readonly date?: string;
  readonly table?: string;
  readonly where?: string;
  readonly limit?: number;
  readonly file?: string;
  readonly line?: number;
  readonly record?: number;
}

type TraceDirection =
  | {
      readonly kind: 'back';
      readonly date: string;
      readonly table: string;
      readonly where: string;
      readonly limit: number;
    }
  | {
      readonly kind: 'forward';
      readonly file: string;
      readonly at: { readonly line: number } | { readonly record: number };
    };

const DEFAULT_LIMIT = 20;
const MOST_CHARACTERS = 10_000;
const HELP = 'See m7 trace --help.';

export async function traceRows(session: Session, options: TraceOptions): Promise<ExitCode> {
  const direction = directionOf(options);
  const workspace = await openHere(session);
  switch (direction.kind) {
    case 'back':
      return back(session, workspace, direction);
    case 'forward':
      return forward(session, workspace, direction);
    default:
      return direction satisfies never;
  }
}

/** @throws UsageError where the options name neither direction, or both. */
function directionOf(options: TraceOptions): TraceDirection {
  const { date, table, where, limit, file, line, record } = options;
  const given = (names: readonly (keyof TraceOptions)[]): readonly string[] =>
    names.filter((name) => options[name] !== undefined).map((name) => `--${name}`);
  const ofGold = given(['date', 'table', 'where', 'limit']);
  const ofLine = given(['file', 'line', 'record']);
  const [gold] = ofGold;
  const [lines] = ofLine;
  if (gold !== undefined && lines !== undefined)
    throw new UsageError(
      `${lines} asks what became of a line, ${gold} where rows of gold came from.`,
      `Ask one of them. ${HELP}`,
    );
  if (lines !== undefined) {
    if (file === undefined) throw new UsageError(`${lines} is of which file?`, `Name it by --file. ${HELP}`);
    if (line !== undefined && record !== undefined)
      throw new UsageError('--line and --record name a place each.', 'Give one of them.');
    if (line !== undefined) return { kind: 'forward', file, at: { line } };
    if (record !== undefined) return { kind: 'forward', file, at: { record } };
    throw new UsageError(`Which line of ${file}?`, `Give --line, or --record. ${HELP}`);
  }
  if (date === undefined || table === undefined || where === undefined) {
    const missing = (['date', 'table', 'where'] as const).filter((name) => options[name] === undefined);
    throw new UsageError(
      missing.length === 3
        ? 'Trace what? Rows of gold by --date, --table and --where, or a line by --file and --line.'
        : `Rows of gold are named by --date, --table and --where: ${missing.map((name) => `--${name}`).join(' and ')} ${missing.length === 1 ? 'is' : 'are'} missing.`,
      HELP,
    );
  }
  return { kind: 'back', date, table, where, limit: limit ?? DEFAULT_LIMIT };
}

// ---- forward -------------------------------------------------------------------------------------

async function forward(
  session: Session,
  workspace: OpenWorkspace,
  { file, at }: Extract<TraceDirection, { kind: 'forward' }>,
): Promise<ExitCode> {
  // Where it is not there under this name, it may have been: the engine knows the names files came with.
  const path = existsSync(file) ? resolve(file) : file;
  const found = await traceLine(
    workspace,
    'line' in at ? { kind: 'line', path, line: at.line } : { kind: 'number', path, row: at.record },
    session.signal,
  );
  if (session.json) await writeDocument(session, found);
  else {
    const { colours } = session.out.style;
    const tones: Readonly<Record<NonNullable<TracePiece['tone']>, (text: string) => string>> = {
      ...colours,
      title: colours.bold,
    };
    const page = tracePage(found, (one) => workspace.relative(one));
    const lines = pageLines(page).map((pieces) =>
      pieces
        .filter((piece) => piece.link?.kind !== 'report')
        .map(({ text, tone }) => (tone === undefined ? text : tones[tone](text)))
        .join('')
        .trimEnd(),
    );
    await session.out.write(`${lines.join('\n').trimEnd()}\n`);
  }
  return 0;
}

// ---- back ----------------------------------------------------------------------------------------

async function back(
  session: Session,
  workspace: OpenWorkspace,
  direction: Extract<TraceDirection, { kind: 'back' }>,
): Promise<ExitCode> {
  const [table = direction.table] = tableNames(workspace, [direction.table]);
  const { date, where, limit } = direction;
  const result = await trace(workspace, { date, table, where, limit, signal: session.signal });
  if (session.json) await writeDocument(session, result);
  else await session.out.write(`${traceLines(result, { ...direction, table }, session).join('\n')}\n`);
  return 0;
}

function traceLines(
  result: TraceResult,
  { table, date, where, limit }: Extract<TraceDirection, { kind: 'back' }>,
  session: Session,
): string[] {
  const { colours } = session.out.style;
  const title = `${colours.bold(`${printable(table)} ${date}`)}  ${printable(where)}`;
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
