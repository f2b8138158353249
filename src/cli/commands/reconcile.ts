// m7 reconcile: gold held against the warehouse by count and figures, with why they differ.
import {
  dayNumber,
  formatCount,
  plural,
  printable,
  reconcile,
  tableLines,
  wrap,
  type ComparisonVerdict,
  type ReconcileResult,
  type TableComparison,
  type TextCell,
} from '../../engine';
import { checkSelection, openHere, tableNames } from '../selection';
import { writeDocument, type ExitCode, type Session } from '../session';
import { UsageError } from '../usage';

export interface ReconcileOptions {
  readonly date?: string;
  readonly from?: string;
  readonly to?: string;
  readonly table?: readonly string[];
  readonly mock?: boolean;
}

const MOST_DIFFERENCES = 12;
const MOST_DETAILED = 20;
/** A range is asked for day by day: rows may be there of a day that nobody here knows. */
const MOST_DAYS = 400;

const WORDS: Readonly<Record<ComparisonVerdict, string>> = {
  same: 'same',
  not_loaded: 'not loaded',
  older: 'older',
  changed: 'changed',
  unaccounted: 'unaccounted',
  gold_gone: 'no gold',
};

export async function reconcileTables(session: Session, options: ReconcileOptions): Promise<ExitCode> {
  checkSelection(options);
  const { date, from, to } = options;
  const dates =
    from !== undefined && to !== undefined ? { from, to } : date === undefined ? undefined : [date];
  if (dates === undefined)
    throw new UsageError(
      'No date is given.',
      'Name one with --date 20241115, or several with --from 20241101 --to 20241130.',
    );
  if ('from' in dates && dayNumber(dates.to) - dayNumber(dates.from) > MOST_DAYS)
    throw new UsageError(
      `--from ${dates.from} --to ${dates.to} are more than ${MOST_DAYS} days.`,
      'Compare them in parts.',
    );
  const workspace = await openHere(session, options.mock === true);
  const result = await reconcile(workspace, {
    dates,
    tables: tableNames(workspace, options.table ?? []),
    signal: session.signal,
  });
  if (session.json) await writeDocument(session, result);
  else await session.out.write(`${resultLines(result, session).join('\n')}\n`);
  return result.different > 0 ? 1 : 0;
}

function resultLines(result: ReconcileResult, session: Session): string[] {
  const { style } = session.out;
  const place = `${result.warehouse.kind === 'embedded' ? 'the embedded warehouse' : 'Snowflake'}, ${printable(result.warehouse.place)}`;
  if (result.tables.length === 0)
    return [`Nothing to compare: neither gold nor ${place} has anything of these dates.`];
  const shown = session.quiet ? result.tables.filter((one) => one.verdict !== 'same') : result.tables;
  const different = result.tables.filter((one) => one.verdict !== 'same');
  return [
    ...(shown.length === 0 ? [] : [...overview(shown, session), '']),
    ...different.slice(0, MOST_DETAILED).flatMap((one) => [...differenceLines(one, session), '']),
    ...(different.length > MOST_DETAILED
      ? [`and ${plural(different.length - MOST_DETAILED, 'more table')} that differ (--json lists all)`, '']
      : []),
    result.different === 0
      ? `${style.colours.good('Same')}: ${plural(result.same, 'table')} of gold and ${place} agree.`
      : `${style.colours.bad('Different')}: ${plural(result.different, 'table')} of ${formatCount(result.tables.length)}, in ${place}.`,
  ];
}

function overview(tables: readonly TableComparison[], session: Session): string[] {
  const { style } = session.out;
  const count = (rows: number | null | undefined): string =>
    rows === null || rows === undefined ? '-' : formatCount(rows);
  return tableLines(
    {
      columns: [
        { title: 'DATE' },
        { title: 'TABLE', shrinks: 'cut' },
        { title: 'GOLD', align: 'right' },
        { title: 'ACCEPTED', align: 'right' },
        { title: 'LOADED', align: 'right' },
        { title: 'WAREHOUSE', align: 'right' },
        { title: 'VERDICT' },
        { title: 'COMPARED' },
      ],
      rows: tables.map((one) => [
        one.date,
        one.table,
        count(one.gold?.rows),
        count(one.gold?.accepted),
        count(one.load?.rows),
        count(one.warehouse?.rows),
        verdictCell(one.verdict, session),
        one.compared,
      ]),
    },
    style,
  );
}

function verdictCell(verdict: ComparisonVerdict, session: Session): TextCell {
  const { colours } = session.out.style;
  const colour = verdict === 'same' ? colours.good : verdict === 'changed' ? colours.bad : colours.warn;
  return { text: WORDS[verdict], colour };
}

function differenceLines(one: TableComparison, session: Session): string[] {
  const { style } = session.out;
  const more = one.differences.length - MOST_DIFFERENCES;
  return [
    style.colours.bold(`${one.date} ${printable(one.table)}`),
    ...wrap(printable(one.explanation), style.width - 2).map((line) => `  ${line}`),
    ...(one.differences.length === 0
      ? []
      : tableLines(
          {
            indent: 2,
            columns: [
              { title: 'COLUMN', shrinks: 'cut' },
              { title: 'FIGURE' },
              { title: 'GOLD', shrinks: 'cut' },
              { title: 'WAREHOUSE', shrinks: 'cut' },
            ],
            rows: one.differences
              .slice(0, MOST_DIFFERENCES)
              .map((d) => [d.column ?? '', d.figure, d.gold ?? 'NULL', d.warehouse ?? 'NULL']),
          },
          style,
        )),
    ...(more > 0 ? [style.colours.dim(`  and ${plural(more, 'more figure')} (--json lists them)`)] : []),
    ...(one.remedy === undefined
      ? []
      : wrap(printable(one.remedy), style.width - 2).map((line) => style.colours.dim(`  ${line}`))),
  ];
}
