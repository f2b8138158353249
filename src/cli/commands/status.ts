// m7 status: what is where, by date or table by table; last runs, and what failed.
import {
  damagedHistoryInWords,
  fit,
  formatCount,
  formatBytes,
  plural,
  printable,
  readStatus,
  stateColour,
  tableLines,
  unconfiguredInWords,
  wrap,
  type DateStatus,
  type Layer,
  type Status,
  type TableStatus,
  type TextCell,
  defined,
  holderText,
} from '../../engine';
import { fileLines, missingLines } from '../files';
import { openHere } from '../selection';
import { writeDocument, type ExitCode, type Session } from '../session';

export interface StatusOptions {
  readonly date?: string;
}

const MOST_RUNS = 5;

export async function status(session: Session, options: StatusOptions): Promise<ExitCode> {
  const workspace = await openHere(session);
  const found = await readStatus(workspace, {
    ...defined({ date: options.date }),
    signal: session.signal,
  });
  if (session.json) {
    await writeDocument(session, found);
    return 0;
  }
  const body =
    options.date === undefined
      ? overview(found, session)
      : found.dates.flatMap((one) => [
          ...dateTable(one, session),
          ...missingLines(one.missing, session.out.style, 0),
        ]);
  const lines = [
    ...body,
    ...failureLines(found, session),
    ...driftLines(found, options.date === undefined, session),
    ...found.unconfigured.map((one) => printable(unconfiguredInWords(one))),
    ...fileLines(found.files, session.out.style, 0),
    ...runLines(found, session),
  ];
  await session.out.write(`${lines.join('\n').trimEnd()}\n`);
  return 0;
}

function overview(found: Status, session: Session): string[] {
  const { style } = session.out;
  if (found.dates.length === 0) return ['No data yet: put files into landing, then m7 run.', ''];
  return [
    ...tableLines(
      {
        columns: [
          { title: 'DATE' },
          { title: 'STATE' },
          { title: 'TABLES', align: 'right' },
          { title: 'LANDING', align: 'right' },
          { title: 'GOLD ROWS', align: 'right' },
          { title: 'REJECTED', align: 'right' },
          { title: 'LOADED', align: 'right' },
          { title: 'MISSING', align: 'right' },
          { title: 'VALIDATION', shrinks: 'cut' },
        ],
        rows: found.dates.map((one) => [
          one.date,
          stateCell(one.state, session),
          String(one.verdict.tables.length),
          formatCount(sum(one.tables, (table) => table.layers.landing?.files ?? 0)),
          formatCount(sum(one.tables, (table) => table.layers.gold?.rows ?? 0)),
          formatCount(sum(one.tables, (table) => table.report?.rejected ?? 0)),
          formatCount(sum(one.tables, (table) => table.loaded ?? 0)),
          formatCount(one.verdict.files.missing),
          validationText(one),
        ]),
      },
      style,
    ),
    '',
  ];
}

const sum = (tables: readonly TableStatus[], count: (table: TableStatus) => number): number =>
  tables.reduce((total, table) => total + count(table), 0);

function stateCell(state: DateStatus['state'], session: Session): TextCell {
  const { colours } = session.out.style;
  switch (state) {
    case 'loaded':
      return { text: state, colour: colours.good };
    case 'unfinished':
      return { text: state, colour: colours.warn };
    case 'failed':
      return { text: state, colour: colours.bad };
  }
}

/** "5 passed, 2 failed". */
function validationText({ verdict: { counts, files } }: DateStatus): string {
  const states = ['failed', 'warned', 'passed'] as const;
  return [
    ...states.filter((state) => counts[state] > 0).map((state) => `${counts[state]} ${state}`),
    ...(files.rejected > 0 ? [plural(files.rejected, 'rejected file')] : []),
  ].join(', ');
}

function dateTable(one: DateStatus, session: Session): string[] {
  const { style } = session.out;
  const state = stateCell(one.state, session);
  const rows = (table: TableStatus, layer: Layer): string => {
    const held = table.layers[layer];
    if (held === undefined) return '-';
    return held.rows === null
      ? `${plural(held.files, 'file')}, ${formatBytes(held.bytes)}`
      : formatCount(held.rows);
  };
  return [
    `${style.colours.bold(one.date)}  ${typeof state === 'string' ? state : state.colour(state.text)}`,
    ...wrap(one.verdict.text, style.width - 2).map((line) => `  ${line}`),
    ...tableLines(
      {
        indent: 2,
        columns: [
          { title: 'TABLE', shrinks: 'cut' },
          { title: 'LANDING', align: 'right' },
          { title: 'RAW', align: 'right' },
          { title: 'SILVER', align: 'right' },
          { title: 'GOLD', align: 'right' },
          { title: 'LOADED', align: 'right' },
          { title: 'STATUS' },
        ],
        rows: one.tables.map((table) => [
          table.table,
          rows(table, 'landing'),
          rows(table, 'raw'),
          rows(table, 'silver'),
          rows(table, 'gold'),
          table.loaded === null ? '-' : formatCount(table.loaded),
          { text: table.status, colour: stateColour(table.status, style.colours) },
        ]),
      },
      style,
    ),
    '',
  ];
}

function failureLines(found: Status, session: Session): string[] {
  const { colours, width } = session.out.style;
  const failures = found.dates.flatMap((one) =>
    one.tables.flatMap(({ table, failure, damaged = [], rejected_files: files = [] }) => [
      ...damaged.map(({ brand, error }) => ({ place: ['damaged manifest', one.date, brand, table], error })),
      ...(failure === undefined ||
      files.some((file) => file.error === failure.error) ||
      damaged.some(({ error }) => error.file === failure.error.file)
        ? []
        : [
            {
              place: [failure.stage, one.date, failure.brand, table],
              error: failure.error,
            },
          ]),
      ...files.map(({ brand, error }) => ({ place: ['rejected file', one.date, brand, table], error })),
    ]),
  );
  if (failures.length === 0) return [];
  return [
    colours.bold('Failed'),
    ...failures.flatMap(({ place, error }) => [
      `  ${colours.bad(printable(place.filter((part) => part !== undefined).join(' ')))}  ${colours.dim(error.code)}`,
      ...wrap(printable(error.message), width - 4).map((line) => `    ${line}`),
      ...wrap(printable(error.remedy), width - 4).map((line) => `    ${colours.dim(line)}`),
    ]),
    '',
  ];
}

/** What differs in the files: of all dates the newest of each table. */
function driftLines({ dates }: Status, newest: boolean, session: Session): string[] {
  const { colours, width } = session.out.style;
  const seen = new Set<string>();
  const lines = dates.flatMap(({ date, tables }) =>
    tables.flatMap(({ table, report }): string[] => {
      if (report === undefined || (newest && seen.has(table))) return [];
      seen.add(table);
      const { drift = [] } = report;
      return drift.flatMap((text) => [
        `  ${colours.warn(printable(`${date}  ${table}`))}`,
        ...wrap(printable(text), width - 4).map((line) => `    ${line}`),
      ]);
    }),
  );
  if (lines.length === 0) return [];
  return [colours.bold('Drift'), ...lines, colours.dim('  See and accept it with: m7 drift'), ''];
}

/** Runs that were interrupted, and whose dates no later run has taken. */
function interruptedLines({ runs }: Status): string[] {
  const taken = new Set<string>();
  const lines = runs.flatMap((one) => {
    const open = one.dates.filter((date) => !taken.has(date)).toSorted();
    for (const date of one.dates) taken.add(date);
    const [first] = open;
    const last = open.at(-1);
    if (one.status !== 'interrupted' || first === undefined || last === undefined) return [];
    const dates = open.length === 1 ? `--date ${first}` : `--from ${first} --to ${last}`;
    return [
      `Interrupted: run ${printable(one.run_id)} ended before it was finished.`,
      `  Continue with: m7 run ${dates}`,
    ];
  });
  return lines.length === 0 ? [] : [...lines, ''];
}

function runLines(found: Status, session: Session): string[] {
  const { style } = session.out;
  const running =
    found.running === undefined ? [] : [`Running now ${printable(holderText(found.running))}`, ''];
  const damaged =
    found.damaged_history === undefined
      ? []
      : [...wrap(damagedHistoryInWords(found.damaged_history), style.width), ''];
  if (found.runs.length === 0) return [...running, ...damaged];
  return [
    ...running,
    ...damaged,
    ...interruptedLines(found),
    style.colours.bold('Last runs'),
    ...found.runs.slice(0, MOST_RUNS).map((one) => {
      const dates = one.dates.length > 3 ? `${one.dates.length} dates` : one.dates.join(', ');
      const colour =
        one.status === 'ok'
          ? style.colours.good
          : one.status === 'failed'
            ? style.colours.bad
            : style.colours.warn;
      return `  ${one.started_at.slice(0, 19).replace('T', ' ')}  ${colour(one.status.padEnd(11))}  ${fit(`${printable(one.run_id)}  ${dates}`, style.width - 36)}`;
    }),
  ];
}
