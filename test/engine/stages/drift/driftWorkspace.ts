// A workspace of one table whose files are written by the test: header and rows as they come from a vendor.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  openWorkspace,
  run,
  type Drift,
  type OpenWorkspace,
  type RunEvent,
  type RunResult,
} from '../../../../src/engine';
import { ofWorkspace, withSession } from '../../../../src/engine/base';
import { readReport } from '../../../../src/engine/report';

export const DAY = '20241114';
export const NEXT = '20241115';
export const THIRD = '20241116';

interface Given {
  readonly brands?: readonly string[];
  /** Keys of table T beside its columns. */
  readonly table?: object;
  readonly columns: Readonly<Record<string, object>>;
  readonly rules?: readonly object[];
}

/** Writes the config of a workspace with the table T. */
export async function writeConfig(
  folder: string,
  { brands = ['A'], table = {}, columns, rules = [] }: Given,
): Promise<void> {
  const write = (name: string, value: object): Promise<void> =>
    writeFile(join(folder, 'config', `${name}.json`), JSON.stringify(value, undefined, 2));
  await mkdir(join(folder, 'config'), { recursive: true });
  await mkdir(join(folder, 'data/landing'), { recursive: true });
  await write('brand_configs', { brands: Object.fromEntries(brands.map((name) => [name, name])) });
  await write('table_schemas', { tables: { T: { ...table, columns } } });
  await write('validation_rules', { tables: { T: { rules } } });
  await writeFile(join(folder, '.env'), 'EXPECTED_TABLES=T\n');
}

/** A file in landing: cells are quoted where they need it. */
export async function deliver(
  folder: string,
  { brand = 'A', date, part }: { readonly brand?: string; readonly date: string; readonly part?: string },
  header: readonly string[],
  rows: readonly (readonly string[])[],
): Promise<void> {
  const line = (cells: readonly string[]): string =>
    cells.map((cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',');
  const name = part === undefined ? `${brand}_T_${date}.csv` : `${part}/${brand}_T_${date}.csv`;
  await mkdir(join(folder, 'data/landing', part ?? ''), { recursive: true });
  await writeFile(join(folder, 'data/landing', name), `${[header, ...rows].map(line).join('\n')}\n`);
}

export interface Ran {
  readonly workspace: OpenWorkspace;
  readonly result: RunResult;
  readonly events: readonly RunEvent[];
}

/** Runs dates to their end. */
export async function runDates(folder: string, ...dates: readonly string[]): Promise<Ran> {
  const workspace = await openWorkspace({ directory: folder, environment: { SETTLE: '0' } });
  const events: RunEvent[] = [];
  const running = run(workspace, { dates });
  for (;;) {
    const next = await running.next();
    if (next.done === true) return { workspace, result: next.value, events };
    events.push(next.value);
  }
}

/** The drift in the report of a date; `open`: without what was accepted. */
export function reported({ workspace }: Pick<Ran, 'workspace'>, date: string, open = true): readonly Drift[] {
  const report = readReport(workspace, date, 'T');
  return (report?.findings ?? []).flatMap(({ drift, status }) =>
    drift === undefined || (open && status === 'passed') ? [] : [drift],
  );
}

/** "missing price", "renamed price → price_eur": short, for comparisons. */
export const short = ({ kind, column, header }: Drift): string =>
  kind === 'renamed' ? `${kind} ${column ?? ''} → ${header ?? ''}` : `${kind} ${column ?? header ?? ''}`;

/** Rows of gold, as texts. */
export async function goldRows(
  { workspace }: Pick<Ran, 'workspace'>,
  date: string,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  return withSession(ofWorkspace(workspace.settings), (connection) =>
    connection.rows(
      `SELECT CAST(COLUMNS(*) AS VARCHAR) FROM read_parquet('${workspace.lake.goldFile(date, 'T')}') ORDER BY ALL`,
    ),
  );
}
