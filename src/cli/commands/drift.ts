// m7 drift: what of the files is neither as the config nor as the files before; with --accept it is remembered as known.
import {
  acceptDrifts,
  defined,
  meansDrift,
  plural,
  printable,
  readDrift,
  tableLines,
  wrap,
  type Drift,
  type DriftList,
  type DriftTarget,
  type OpenWorkspace,
} from '../../engine';
import { openHere } from '../selection';
import { note, writeDocument, type ExitCode, type Session } from '../session';
import { UsageError } from '../usage';
import { resolveNames } from '../values';

export interface DriftOptions {
  readonly date?: string;
  /** true: given without a value. */
  readonly accept?: readonly string[] | true;
  readonly all?: boolean;
}

export async function drift(session: Session, options: DriftOptions): Promise<ExitCode> {
  const { date, accept, all } = options;
  const named = Array.isArray(accept) ? (accept as readonly string[]) : [];
  if (all === true && named.length > 0)
    throw new UsageError('--all is given beside names.', 'Give --all, or the names of what to accept.');
  if (accept === true && all !== true)
    throw new UsageError(
      'Nothing is named to accept.',
      'Write --accept BRAND/TABLE or --accept BRAND/TABLE/COLUMN, or --all for everything that m7 drift lists.',
    );
  const workspace = await openHere(session);
  if (all === true || named.length > 0) return acceptNamed(session, workspace, options, named);
  const list = await readDrift(workspace, { ...defined({ date }), signal: session.signal });
  if (session.json) await writeDocument(session, list);
  else await session.out.write(`${listLines(list, session).join('\n')}\n`);
  return 0;
}

async function acceptNamed(
  session: Session,
  workspace: OpenWorkspace,
  { date, all }: DriftOptions,
  named: readonly string[],
): Promise<ExitCode> {
  const targets = named.map((text) => targetOf(workspace, text));
  const result = await acceptDrifts(workspace, {
    ...defined({ date }),
    ...(all === true ? {} : { targets }),
    signal: session.signal,
  });
  const [first] = result.unmatched;
  if (first !== undefined) throw unmatched(first, result);
  if (session.json) {
    await writeDocument(session, result);
    return 0;
  }
  const { accepted } = result;
  const dates = [...new Set(accepted.map((one) => one.date))];
  await session.out.write(
    accepted.length === 0
      ? `Nothing to accept${result.drifts.length > 0 ? ': all of it was accepted before' : ''}.\n`
      : `${[`Accepted: ${plural(accepted.length, 'difference')}.`, ...driftTable(accepted, session)].join('\n')}\n`,
  );
  for (const day of dates) note(session, `The report is made again by: m7 run --date ${day}`);
  return 0;
}

/** BRAND/TABLE or BRAND/TABLE/COLUMN; a column may have slashes. */
function targetOf(workspace: OpenWorkspace, text: string): DriftTarget {
  const [brand = '', table = '', ...rest] = text.split('/');
  if (brand === '' || table === '')
    throw new UsageError(
      `"${text}" names no brand and table.`,
      'Write BRAND/TABLE or BRAND/TABLE/COLUMN, as m7 drift lists them.',
    );
  const { config } = workspace;
  const known = config.brands.map(({ name, code, aliases }) => ({ name, aliases: [code, ...aliases] }));
  const [brandName = ''] = resolveNames('brand', [brand], known);
  const [tableName = ''] = resolveNames('table', [table], config.tables);
  const column = rest.join('/');
  return { brand: brandName, table: tableName, ...(column === '' ? {} : { column }) };
}

function unmatched(target: DriftTarget, { drifts, date }: DriftList): UsageError {
  const { brand, table, column } = target;
  const own = drifts.filter((one) => meansDrift({ brand, table }, one));
  const when = date === undefined ? 'in its last files' : `on ${date}`;
  const there = (own.length > 0 ? own : drifts).map(nameOf);
  return new UsageError(
    column === undefined || own.length === 0
      ? `There is no drift of ${brand}/${table} ${when}.`
      : `There is no drift of ${column} in ${brand}/${table} ${when}.`,
    there.length === 0 ? 'There is nothing to accept.' : `There is: ${[...new Set(there)].join(', ')}.`,
  );
}

const nameOf = ({ brand, table, column, header }: Drift): string =>
  `${brand}/${table}/${column ?? header ?? ''}`;

function listLines(list: DriftList, session: Session): string[] {
  const { style } = session.out;
  const damaged = list.damaged.flatMap((path) =>
    wrap(
      `${printable(path)} is damaged: what was accepted before is not known. Accept it again.`,
      style.width,
    ).map(style.colours.warn),
  );
  const when = list.date === undefined ? '' : ` on ${list.date}`;
  if (list.slots === 0) return [...damaged, `No files${when === '' ? ' yet' : when}: nothing is in raw.`];
  if (list.drifts.length === 0)
    return [
      ...damaged,
      `No drift${when}: the files of ${plural(list.slots, 'brand and table', 'brands and tables')} are as configured.`,
    ];
  const open = list.drifts.filter((one) => one.accepted === undefined);
  return [
    ...damaged,
    ...driftTable(list.drifts, session),
    '',
    open.length === 0
      ? 'All of it is accepted.'
      : `${plural(open.length, 'difference')} to look at: fix table_schemas.json, or accept with m7 drift --accept BRAND/TABLE/COLUMN.`,
  ];
}

function driftTable(drifts: readonly Drift[], session: Session): string[] {
  const { style } = session.out;
  return tableLines(
    {
      columns: [
        { title: 'DATE' },
        { title: 'NAME', shrinks: 'cut' },
        { title: 'KIND' },
        { title: 'STATE' },
        { title: 'WHAT', shrinks: 'wrap' },
      ],
      rows: drifts.map((one) => [
        one.date,
        nameOf(one),
        one.kind,
        one.accepted === undefined
          ? { text: 'open', colour: style.colours.warn }
          : `accepted ${one.accepted.at.slice(0, 10)} by ${one.accepted.by}`,
        one.message,
      ]),
    },
    style,
  );
}
